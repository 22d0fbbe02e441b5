/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Typed parameters under construction, in their form on the wire. */
#pragma once

#include <glib.h>

#include "rpc/protocol/remote.h"

typedef struct Params Params;

Params *params_new(void);
void params_free(Params *params);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Params, params_free)

void params_add_int(Params *params, const char *field, int value);
void params_add_uint(Params *params, const char *field, guint value);
void params_add_llong(Params *params, const char *field, gint64 value);
void params_add_ullong(Params *params, const char *field, guint64 value);
void params_add_boolean(Params *params, const char *field, gboolean value);
void params_add_string(Params *params, const char *field, const char *value);

/* Copies all of them, to be released with xdr_free(). Returns how many. */
guint params_copy(const Params *params, remote_typed_param **wire);

guint params_size(const Params *params);

/* Gives at most max of them away, to be released with xdr_free(). Returns how many. */
guint params_take(Params *params, guint max, remote_typed_param **wire);

/* An answer's list and number: gives as many away as the caller has room for. One without room wants to know how much
 * is needed, so the number is that of all there are. */
int params_answer(Params *params, int room, guint *len, remote_typed_param **wire);
