/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public helpers for arrays of typed parameters. None of them makes a call. */
#include <errno.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#include "client/report.h"

static const char *type_name(int type)
{
    static const char *const names[VIR_TYPED_PARAM_LAST] = {
        [VIR_TYPED_PARAM_INT] = "int",       [VIR_TYPED_PARAM_UINT] = "uint",     [VIR_TYPED_PARAM_LLONG] = "llong",
        [VIR_TYPED_PARAM_ULLONG] = "ullong", [VIR_TYPED_PARAM_DOUBLE] = "double", [VIR_TYPED_PARAM_BOOLEAN] = "boolean",
        [VIR_TYPED_PARAM_STRING] = "string",
    };

    return type > 0 && type < VIR_TYPED_PARAM_LAST ? names[type] : "unknown";
}

virTypedParameterPtr virTypedParamsGet(virTypedParameterPtr params, int nparams, const char *name)
{
    if (!params || !name)
        return NULL;
    for (int i = 0; i < nparams; i++) {
        if (strncmp(params[i].field, name, VIR_TYPED_PARAM_FIELD_LENGTH) == 0)
            return &params[i];
    }
    return NULL;
}

/* Returns 1 with *found set, 0 when there is none, -1 when it is of another type: reported. */
static int find(virTypedParameterPtr params, int nparams, const char *name, int type, virTypedParameterPtr *found)
{
    virResetLastError();
    *found = virTypedParamsGet(params, nparams, name);
    if (!*found)
        return 0;
    if ((*found)->type == type)
        return 1;
    report(NULL, VIR_FROM_NONE, VIR_ERR_INVALID_ARG,
           "Invalid type '%s' requested for parameter '%s', actual type is '%s'", type_name(type), name,
           type_name((*found)->type));
    return -1;
}

/* The next free element, with name and type set; NULL: reported. */
static virTypedParameterPtr append(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name,
                                   int type)
{
    virTypedParameterPtr param;

    if (!params || !nparams || !maxparams || !name || *nparams < 0 || *maxparams < *nparams) {
        report(NULL, VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "%s", "no array of typed parameters to add to");
        return NULL;
    }
    if (strlen(name) >= VIR_TYPED_PARAM_FIELD_LENGTH) {
        report(NULL, VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "Field name '%s' too long", name);
        return NULL;
    }
    if (*nparams == *maxparams) {
        int larger = *maxparams + MAX(1, *maxparams / 2);
        *params = g_realloc_n(*params, larger, sizeof(virTypedParameter));
        *maxparams = larger;
    }
    param = &(*params)[(*nparams)++];
    memset(param, 0, sizeof(*param));
    strcpy(param->field, name);
    param->type = type;
    return param;
}

/* clang-format off */
#define NUMBER(Name, c_type, TYPE, member)                                                                              \
    int virTypedParamsGet##Name(virTypedParameterPtr params, int nparams, const char *name, c_type *value)              \
    {                                                                                                                   \
        virTypedParameterPtr param;                                                                                     \
        int found = find(params, nparams, name, VIR_TYPED_PARAM_##TYPE, &param);                                        \
        if (found > 0 && value)                                                                                         \
            *value = param->value.member;                                                                               \
        return found;                                                                                                   \
    }                                                                                                                   \
    int virTypedParamsAdd##Name(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name, c_type value) \
    {                                                                                                                   \
        virTypedParameterPtr param;                                                                                     \
        virResetLastError();                                                                                            \
        param = append(params, nparams, maxparams, name, VIR_TYPED_PARAM_##TYPE);                                       \
        if (!param)                                                                                                     \
            return -1;                                                                                                  \
        param->value.member = value;                                                                                    \
        return 0;                                                                                                       \
    }

NUMBER(Int, int, INT, i)
NUMBER(UInt, unsigned int, UINT, ui)
NUMBER(LLong, long long, LLONG, l)
NUMBER(ULLong, unsigned long long, ULLONG, ul)
NUMBER(Double, double, DOUBLE, d)
/* clang-format on */

int virTypedParamsGetBoolean(virTypedParameterPtr params, int nparams, const char *name, int *value)
{
    virTypedParameterPtr param;
    int found = find(params, nparams, name, VIR_TYPED_PARAM_BOOLEAN, &param);

    if (found > 0 && value)
        *value = param->value.b != 0;
    return found;
}

int virTypedParamsGetString(virTypedParameterPtr params, int nparams, const char *name, const char **value)
{
    virTypedParameterPtr param;
    int found = find(params, nparams, name, VIR_TYPED_PARAM_STRING, &param);

    if (found > 0 && value)
        *value = param->value.s;
    return found;
}

int virTypedParamsAddBoolean(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name, int value)
{
    virTypedParameterPtr param;

    virResetLastError();
    param = append(params, nparams, maxparams, name, VIR_TYPED_PARAM_BOOLEAN);
    if (!param)
        return -1;
    param->value.b = value != 0;
    return 0;
}

int virTypedParamsAddString(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name,
                            const char *value)
{
    virTypedParameterPtr param;

    virResetLastError();
    param = append(params, nparams, maxparams, name, VIR_TYPED_PARAM_STRING);
    if (!param)
        return -1;
    param->value.s = g_strdup(value ? value : "");
    return 0;
}

int virTypedParamsAddStringList(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name,
                                const char **values)
{
    for (; values && *values; values++) {
        if (virTypedParamsAddString(params, nparams, maxparams, name, *values) < 0)
            return -1;
    }
    return 0;
}

/* Reads value, all of it, as a parameter's type. */
static gboolean value_parse(virTypedParameterPtr param, const char *value)
{
    gint64 number;
    guint64 natural;
    char *end;

    switch (param->type) {
    case VIR_TYPED_PARAM_INT:
        param->value.i = 0;
        if (!g_ascii_string_to_signed(value, 10, G_MININT, G_MAXINT, &number, NULL))
            return FALSE;
        param->value.i = (int)number;
        return TRUE;
    case VIR_TYPED_PARAM_UINT:
        if (!g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT, &natural, NULL))
            return FALSE;
        param->value.ui = (unsigned int)natural;
        return TRUE;
    case VIR_TYPED_PARAM_LLONG:
        if (!g_ascii_string_to_signed(value, 10, G_MININT64, G_MAXINT64, &number, NULL))
            return FALSE;
        param->value.l = number;
        return TRUE;
    case VIR_TYPED_PARAM_ULLONG:
        if (!g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT64, &natural, NULL))
            return FALSE;
        param->value.ul = natural;
        return TRUE;
    case VIR_TYPED_PARAM_DOUBLE:
        param->value.d = g_ascii_strtod(value, &end);
        return end != value && *end == '\0';
    case VIR_TYPED_PARAM_BOOLEAN:
        param->value.b = strcmp(value, "1") == 0;
        return param->value.b || strcmp(value, "0") == 0;
    default:
        param->value.s = g_strdup(value);
        return TRUE;
    }
}

int virTypedParamsAddFromString(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name, int type,
                                const char *value)
{
    virTypedParameterPtr param;

    virResetLastError();
    if (type <= 0 || type >= VIR_TYPED_PARAM_LAST || !value) {
        report(NULL, VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "unexpected type %d for field %s", type, name ? name : "");
        return -1;
    }
    param = append(params, nparams, maxparams, name, type);
    if (!param)
        return -1;
    if (value_parse(param, value))
        return 0;
    (*nparams)--;
    report(NULL, VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "Invalid value for field '%s': expected %s", name,
           type_name(type));
    return -1;
}

void virTypedParamsClear(virTypedParameterPtr params, int nparams)
{
    for (int i = 0; params && i < nparams; i++) {
        if (params[i].type == VIR_TYPED_PARAM_STRING)
            g_clear_pointer(&params[i].value.s, g_free);
    }
}

void virTypedParamsFree(virTypedParameterPtr params, int nparams)
{
    virTypedParamsClear(params, nparams);
    g_free(params);
}
