/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who may do what: the rules of the call table, read-only connections, and the access driver. For the loop's thread. */
#pragma once

#include "daemon/dispatch.h"

/* Checks what the row of the call asks for. FALSE: VIR_ERR_OPERATION_DENIED or VIR_ERR_ACCESS_DENIED. */
gboolean access_check_call(RpcCall *call, GError **error);

/* Checks one permission on one object; see rpc_call_check_access(). */
gboolean access_check_object(RpcCall *call, AccessPermission permission, const char *name, const guint8 *uuid,
                             GError **error);

/* The VIR_FROM_* of errors about a call as such, by the kind of object it is about. */
int access_error_domain(const RpcProcedure *row);

/* Whether the client may see the object of an event. */
gboolean access_allows_event(DaemonClient *client, AccessPermission permission, const DaemonEvent *event);
