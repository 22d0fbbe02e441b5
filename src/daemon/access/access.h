/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who may do what: the rules of the call table, read-only connections, and the access driver (none, or polkit).
 *
 * polkit answers later, and nothing here waits. A check whose answer is not known yet fails for now, and the call is
 * remembered as asking; once all its questions are answered it runs again from its first check, this time with answers.
 *
 * For the loop's thread; never blocks.
 */
#pragma once

#include "daemon/connection/dispatch.h"

/* Checks what the row of the call asks for. FALSE: VIR_ERR_OPERATION_DENIED or VIR_ERR_ACCESS_DENIED. */
gboolean access_check_call(RpcCall *call, GError **error);

/* Checks one permission on one object; see rpc_call_check_access(). */
gboolean access_check_object(RpcCall *call, AccessPermission permission, const char *name, const guint8 *uuid,
                             GError **error);

/* Whether the call has to run again, because it has questions without an answer. */
gboolean access_is_asking(const RpcCall *call);

/* Whether any call may have to wait for answers. */
gboolean access_may_wait(const Daemon *daemon);

/* Sends an event's frame, which becomes the wire's, if the client may see the event's object; in the order of these
 * calls, also when answers come in another one. */
void access_send_event(DaemonClient *client, AccessPermission permission, const DaemonEvent *event, RpcFrame *frame);

/* Frees what access keeps with a call, or a client. */
void access_clear_call(RpcCall *call);
void access_clear_client(DaemonClient *client);

/* The VIR_FROM_* of errors about a call as such, by the kind of object it is about. */
int access_error_domain(const RpcProcedure *row);
