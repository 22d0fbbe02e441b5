/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/params.h"

#include <string.h>

#include "rpc/protocol/admin.h"

G_STATIC_ASSERT(sizeof(remote_typed_param) == sizeof(admin_typed_param));
G_STATIC_ASSERT(offsetof(remote_typed_param, value) == offsetof(admin_typed_param, value));

static gboolean encode_one(ClientCall *call, virTypedParameterPtr param, remote_typed_param *wire)
{
    wire->field = param->field;
    wire->value.type = param->type;
    switch (param->type) {
    case VIR_TYPED_PARAM_INT:
        wire->value.remote_typed_param_value_u.i = param->value.i;
        return TRUE;
    case VIR_TYPED_PARAM_UINT:
        wire->value.remote_typed_param_value_u.ui = param->value.ui;
        return TRUE;
    case VIR_TYPED_PARAM_LLONG:
        wire->value.remote_typed_param_value_u.l = param->value.l;
        return TRUE;
    case VIR_TYPED_PARAM_ULLONG:
        wire->value.remote_typed_param_value_u.ul = param->value.ul;
        return TRUE;
    case VIR_TYPED_PARAM_DOUBLE:
        wire->value.remote_typed_param_value_u.d = param->value.d;
        return TRUE;
    case VIR_TYPED_PARAM_BOOLEAN:
        wire->value.remote_typed_param_value_u.b = param->value.b;
        return TRUE;
    case VIR_TYPED_PARAM_STRING:
        wire->value.remote_typed_param_value_u.s = param->value.s;
        return call_need(call, param->value.s, param->field);
    default:
        return call_fail(call, VIR_FROM_RPC, VIR_ERR_RPC, "unknown parameter type: %d", param->type);
    }
}

gboolean params_encode(ClientCall *call, virTypedParameterPtr params, gint64 n, const char *name,
                       remote_typed_param **wire, u_int *wire_len)
{
    g_autofree remote_typed_param *list = NULL;

    if (!call_need_array(call, params, n, name))
        return FALSE;
    list = g_new0(remote_typed_param, n);
    for (gint64 i = 0; i < n; i++) {
        if (memchr(params[i].field, '\0', sizeof(params[i].field)) == NULL)
            return call_fail(call, call->domain, VIR_ERR_INVALID_ARG, "string parameter name '%.*s' too long",
                             VIR_TYPED_PARAM_FIELD_LENGTH, params[i].field);
        if (!encode_one(call, &params[i], &list[i]))
            return FALSE;
    }
    *wire = g_steal_pointer(&list);
    *wire_len = n;
    return TRUE;
}

/* Field and value; a string is shared. FALSE when the name is too long, and is cut then. */
static gboolean share_one(const remote_typed_param *wire, virTypedParameterPtr param)
{
    gboolean fits = g_strlcpy(param->field, wire->field, sizeof(param->field)) < sizeof(param->field);

    param->type = wire->value.type;
    switch (param->type) {
    case VIR_TYPED_PARAM_INT:
        param->value.i = wire->value.remote_typed_param_value_u.i;
        break;
    case VIR_TYPED_PARAM_UINT:
        param->value.ui = wire->value.remote_typed_param_value_u.ui;
        break;
    case VIR_TYPED_PARAM_LLONG:
        param->value.l = wire->value.remote_typed_param_value_u.l;
        break;
    case VIR_TYPED_PARAM_ULLONG:
        param->value.ul = wire->value.remote_typed_param_value_u.ul;
        break;
    case VIR_TYPED_PARAM_DOUBLE:
        param->value.d = wire->value.remote_typed_param_value_u.d;
        break;
    case VIR_TYPED_PARAM_BOOLEAN:
        param->value.b = wire->value.remote_typed_param_value_u.b;
        break;
    case VIR_TYPED_PARAM_STRING:
        param->value.s = wire->value.remote_typed_param_value_u.s;
        break;
    default: /* the XDR union has no other arm */
        g_assert_not_reached();
    }
    return fits;
}

virTypedParameterPtr params_borrow(const remote_typed_param *wire, u_int wire_len)
{
    virTypedParameterPtr list = g_new0(virTypedParameter, wire_len);

    for (u_int i = 0; i < wire_len; i++)
        share_one(&wire[i], &list[i]);
    return list;
}

gboolean params_decode_one(ClientCall *call, remote_typed_param *wire, virTypedParameterPtr param)
{
    if (!share_one(wire, param))
        return call_fail(call, VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "parameter %s too big for destination",
                         wire->field);
    if (param->type == VIR_TYPED_PARAM_STRING)
        wire->value.remote_typed_param_value_u.s = NULL;
    return TRUE;
}

gboolean params_decode(ClientCall *call, remote_typed_param *wire, u_int wire_len, virTypedParameterPtr *params, int *n)
{
    virTypedParameterPtr list = g_new0(virTypedParameter, wire_len);

    for (u_int i = 0; i < wire_len; i++) {
        if (!params_decode_one(call, &wire[i], &list[i])) {
            virTypedParamsFree(list, i);
            return FALSE;
        }
    }
    *params = list;
    *n = wire_len;
    return TRUE;
}

gboolean params_fill(ClientCall *call, remote_typed_param *wire, u_int wire_len, int n_known,
                     virTypedParameterPtr params, int *n)
{
    if (*n == 0) {
        *n = n_known;
        return TRUE;
    }
    if (!call_check_list(call, wire_len, *n))
        return FALSE;
    for (u_int i = 0; i < wire_len; i++) {
        if (!params_decode_one(call, &wire[i], &params[i])) {
            virTypedParamsClear(params, i);
            return FALSE;
        }
    }
    *n = wire_len;
    return TRUE;
}
