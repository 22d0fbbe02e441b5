/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/admin/admin_params.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"

static admin_typed_param_value *add(AdminParams *params, const char *field, int type)
{
    admin_typed_param *param;

    params->list = realloc(params->list, (params->n + 1) * sizeof(*params->list));
    param = &params->list[params->n++];
    memset(param, 0, sizeof(*param));
    param->field = strdup(field);
    param->value.type = type;
    return &param->value;
}

void admin_params_add_uint(AdminParams *params, const char *field, guint value)
{
    add(params, field, VIR_TYPED_PARAM_UINT)->admin_typed_param_value_u.ui = value;
}

void admin_params_add_int(AdminParams *params, const char *field, int value)
{
    add(params, field, VIR_TYPED_PARAM_INT)->admin_typed_param_value_u.i = value;
}

void admin_params_add_bool(AdminParams *params, const char *field, gboolean value)
{
    add(params, field, VIR_TYPED_PARAM_BOOLEAN)->admin_typed_param_value_u.b = value;
}

void admin_params_add_string(AdminParams *params, const char *field, const char *value)
{
    if (value)
        add(params, field, VIR_TYPED_PARAM_STRING)->admin_typed_param_value_u.s = strdup(value);
}

void admin_params_end(AdminParams *params, admin_typed_param **list, u_int *n)
{
    *list = params->list;
    *n = params->n;
    *params = (AdminParams)ADMIN_PARAMS_INIT;
}

static gboolean refuse(const char *field, const char *why, GError **error)
{
    vir_error_set(error, VIR_FROM_ADMIN, VIR_ERR_INVALID_ARG, "parameter '%s' %s", field, why);
    return FALSE;
}

gboolean admin_params_check(const admin_typed_param *list, guint n, const char *const *known, GError **error)
{
    for (guint i = 0; i < n; i++) {
        guint value;

        if (!g_strv_contains(known, list[i].field))
            return refuse(list[i].field, "not supported", error);
        if (list[i].value.type != VIR_TYPED_PARAM_UINT)
            return refuse(list[i].field, "is not an unsigned integer", error);
        if (admin_params_find(list, i, list[i].field, &value))
            return refuse(list[i].field, "occurs multiple times", error);
    }
    return TRUE;
}

gboolean admin_params_find(const admin_typed_param *list, guint n, const char *field, guint *value)
{
    for (guint i = 0; i < n; i++) {
        if (strcmp(list[i].field, field) == 0) {
            *value = list[i].value.admin_typed_param_value_u.ui;
            return TRUE;
        }
    }
    return FALSE;
}
