/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/params.h"

#include <libvirt/libvirt.h>

struct Params {
    GArray *items; /* of remote_typed_param */
};

static void item_clear(gpointer data)
{
    xdr_free((xdrproc_t)xdr_remote_typed_param, data);
}

Params *params_new(void)
{
    Params *params = g_new0(Params, 1);

    params->items = g_array_new(FALSE, TRUE, sizeof(remote_typed_param));
    g_array_set_clear_func(params->items, item_clear);
    return params;
}

void params_free(Params *params)
{
    if (!params)
        return;
    g_array_unref(params->items);
    g_free(params);
}

static remote_typed_param_value *add(Params *params, const char *field, int type)
{
    remote_typed_param item = {.field = g_strdup(field)};

    item.value.type = type;
    g_array_append_val(params->items, item);
    return &g_array_index(params->items, remote_typed_param, params->items->len - 1).value;
}

void params_add_int(Params *params, const char *field, int value)
{
    add(params, field, VIR_TYPED_PARAM_INT)->remote_typed_param_value_u.i = value;
}

void params_add_uint(Params *params, const char *field, guint value)
{
    add(params, field, VIR_TYPED_PARAM_UINT)->remote_typed_param_value_u.ui = value;
}

void params_add_llong(Params *params, const char *field, gint64 value)
{
    add(params, field, VIR_TYPED_PARAM_LLONG)->remote_typed_param_value_u.l = value;
}

void params_add_ullong(Params *params, const char *field, guint64 value)
{
    add(params, field, VIR_TYPED_PARAM_ULLONG)->remote_typed_param_value_u.ul = value;
}

void params_add_boolean(Params *params, const char *field, gboolean value)
{
    add(params, field, VIR_TYPED_PARAM_BOOLEAN)->remote_typed_param_value_u.b = value;
}

void params_add_string(Params *params, const char *field, const char *value)
{
    add(params, field, VIR_TYPED_PARAM_STRING)->remote_typed_param_value_u.s = g_strdup(value);
}

guint params_size(const Params *params)
{
    return params->items->len;
}

guint params_take(Params *params, guint max, remote_typed_param **wire)
{
    guint n = MIN(params->items->len, max);
    GArray *items = params->items;

    params->items = g_array_new(FALSE, TRUE, sizeof(remote_typed_param));
    g_array_set_clear_func(params->items, item_clear);
    g_array_set_size(items, n);
    *wire = (remote_typed_param *)g_array_free(items, FALSE);
    return n;
}

guint params_copy(const Params *params, remote_typed_param **wire)
{
    *wire = g_new0(remote_typed_param, MAX(params->items->len, 1));
    for (guint i = 0; i < params->items->len; i++) {
        remote_typed_param *copy = &(*wire)[i];

        *copy = g_array_index(params->items, remote_typed_param, i);
        copy->field = g_strdup(copy->field);
        if (copy->value.type == VIR_TYPED_PARAM_STRING)
            copy->value.remote_typed_param_value_u.s = g_strdup(copy->value.remote_typed_param_value_u.s);
    }
    return params->items->len;
}

int params_answer(Params *params, int room, guint *len, remote_typed_param **wire)
{
    int n = (int)params_size(params);

    if (room > 0)
        *len = params_take(params, (guint)room, wire);
    return n;
}
