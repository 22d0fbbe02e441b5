/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What every public function does around its call: forget the last error, check the handle and the arguments, check
 * that a read-only connection may, encode, call, decode, report. The functions that are generated from the call table
 * and those written by hand both go through here. Whatever returns FALSE has reported.
 */
#pragma once

#include "client/connection.h"
#include "client/objects.h"
#include "rpc/program.h"

/* A public function at work; lives on its stack. */
typedef struct {
    const char *function; /* its name */
    int domain;           /* VIR_FROM_* of errors about its arguments */
    Connection *connection;
    RpcClientCall rpc;
} ClientCall;

/* Begins a function whose first argument is handle, which must be of type. */
gboolean call_begin(ClientCall *call, const HandleType *type, gconstpointer handle, const char *function);

/* A further handle: of type, and of the same connection. */
gboolean call_need_handle(ClientCall *call, const HandleType *type, gconstpointer handle);

/* What an argument must be. */
gboolean call_need(ClientCall *call, gconstpointer arg, const char *name);
gboolean call_need_null(ClientCall *call, gconstpointer arg, const char *name);
gboolean call_need_positive(ClientCall *call, gint64 arg, const char *name);
gboolean call_need_not_negative(ClientCall *call, gint64 arg, const char *name);
gboolean call_need_at_most(ClientCall *call, gsize arg, gsize max, const char *name);

/* An array that may be NULL when it has no elements. */
gboolean call_need_array(ClientCall *call, gconstpointer array, gint64 n, const char *name);

/* Refuses a call on a read-only connection. For functions that do so without making this very call. */
gboolean call_need_write(ClientCall *call);

/* Reports an error of this function. Returns FALSE. */
gboolean call_fail(ClientCall *call, int domain, int code, const char *format, ...) G_GNUC_PRINTF(4, 5);

/* Makes the call. args and ret may be NULL where the procedure has none; ret is zeroed, and on success released with
 * call_release(). call->rpc may hold descriptors and a stream beforehand, and has those of the reply afterwards. */
gboolean call_run(ClientCall *call, const RpcProgram *program, gint32 procedure, gconstpointer args, gpointer ret);

/* Releases what a reply was decoded to. */
void call_release(ClientCall *call, gpointer ret);

/* Opens st by the call: of the call's connection, unused, and from now on the call's stream. */
gboolean call_set_stream(ClientCall *call, virStreamPtr st, gboolean is_sparse);

/* The call that should have opened st failed. */
void call_unset_stream(ClientCall *call, virStreamPtr st);

/* The flag with which daemons that know string parameters send them, or 0. */
unsigned int call_string_params_flag(ClientCall *call);

/* Whether descriptors can be sent: over this connection and to this daemon. */
gboolean call_need_fd_passing(ClientCall *call);

/* The one descriptor that came with the reply; -1 with an error when it is not one. */
int call_take_fd(ClientCall *call);

/* Checks that a daemon's list has at most max elements, or just size bytes. */
gboolean call_check_list(ClientCall *call, guint n, gint64 max);
gboolean call_check_size(ClientCall *call, guint n, gsize size);

/* Copies text of a fixed size on the wire; what is cut ends with a NUL nevertheless. */
void call_copy_text(char *to, gsize to_size, const char *from, gsize from_size);
