/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Typed parameters: between the public arrays and the wire. The admin program's wire type is laid out as the remote
 * program's, and is passed by a cast. Whatever returns FALSE has reported.
 */
#pragma once

#include "client/call.h"

/* The wire form of n parameters; strings are borrowed. Release *wire with g_free(). name is the argument's. */
gboolean params_encode(ClientCall *call, virTypedParameterPtr params, gint64 n, const char *name,
                       remote_typed_param **wire, u_int *wire_len);

/* A new array of what the daemon sent, whose strings are taken. The caller of the public function frees it with
 * virTypedParamsFree(). */
gboolean params_decode(ClientCall *call, remote_typed_param *wire, u_int wire_len, virTypedParameterPtr *params,
                       int *n);

/* Fills the caller's array of *n elements and sets *n to what was filled; with *n zero on entry it is set to n_known,
 * the number that the daemon says there are. */
gboolean params_fill(ClientCall *call, remote_typed_param *wire, u_int wire_len, int n_known,
                     virTypedParameterPtr params, int *n);

/* One parameter; its string is taken. */
gboolean params_decode_one(ClientCall *call, remote_typed_param *wire, virTypedParameterPtr param);

/* A new array of what the daemon sent, whose strings stay the wire's. Release with g_free(). */
virTypedParameterPtr params_borrow(const remote_typed_param *wire, u_int wire_len);
