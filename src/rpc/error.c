/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/error.h"

#include "common/error.h"

static char **string_box(char *text)
{
    char **box = g_new(char *, 1);

    *box = text;
    return box;
}

void rpc_error_encode(const GError *error, virNetMessageError *wire)
{
    int code = vir_error_code(error);

    wire->code = code;
    wire->domain = vir_error_domain(error);
    wire->level = VIR_ERR_ERROR;
    wire->message = string_box(vir_error_message(error));
    wire->str1 = string_box(g_strdup(vir_error_code_format(code, TRUE)));
    wire->str2 = string_box(g_strdup(error->message));
    wire->int1 = -1;
    wire->int2 = -1;
}

GError *rpc_error_decode(const virNetMessageError *wire)
{
    const char *detail = wire->message ? *wire->message : "the peer sent an error without a message";

    /* Only a format that we would have written ourselves can be undone without losing words. */
    if (wire->str1 && wire->str2 && g_strcmp0(*wire->str1, vir_error_code_format(wire->code, TRUE)) == 0)
        detail = *wire->str2;
    return g_error_new_literal(vir_error_quark(wire->domain), wire->code, detail);
}
