/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Typed parameters of the admin program, as its wire has them. Thread-safe, never blocks. */
#pragma once

#include <glib.h>

#include "rpc/protocol/admin.h"

/* A list being made. */
typedef struct {
    admin_typed_param *list; /* malloc'ed, for xdr_free() */
    guint n;
} AdminParams;

#define ADMIN_PARAMS_INIT                                                                                              \
    {                                                                                                                  \
        NULL, 0                                                                                                        \
    }

void admin_params_add_uint(AdminParams *params, const char *field, guint value);
void admin_params_add_int(AdminParams *params, const char *field, int value);
void admin_params_add_bool(AdminParams *params, const char *field, gboolean value);
/* Nothing is added for NULL. */
void admin_params_add_string(AdminParams *params, const char *field, const char *value);

/* Moves the list to where the wire wants it. */
void admin_params_end(AdminParams *params, admin_typed_param **list, u_int *n);

/* FALSE: VIR_ERR_INVALID_ARG, one of the parameters is not in the NULL-terminated list, not an unsigned int, or there
 * twice. */
gboolean admin_params_check(const admin_typed_param *list, guint n, const char *const *known, GError **error);

/* Sets *value when the parameter is there. */
gboolean admin_params_find(const admin_typed_param *list, guint n, const char *field, guint *value);
