/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A call being served, as a driver's handler sees it. Before a handler runs, the call is authenticated, within limits,
 * decoded, and allowed by the call table; a handler does what is special about its call and nothing else.
 *
 * Handlers run on the loop. A handler either
 *   - fills ret and returns TRUE: the reply is sent and ret released with xdr_free(), so what it points to is
 *     malloc'ed; or lent, see rpc_call_lend_ret();
 *   - sets *error and returns FALSE: the error is sent;
 *   - calls rpc_call_defer() and returns TRUE: the answer is given later, by rpc_call_reply() or rpc_call_fail(). Only
 *     calls of class "wait" may. args stay valid until then. The answer may come while the handler still runs.
 *
 * Checks of further permissions (rpc_call_check_access(), rpc_call_may_see()) come before anything that has an effect
 * and before rpc_call_defer(): the access driver may have to ask somebody, and then the handler runs again with the
 * answer. What it made of the arguments must then be the same, or it would be asked about anew: rpc_call_keep().
 *
 * All functions here are for the loop's thread, unless they say otherwise; none blocks.
 */
#pragma once

#include <glib.h>

#include "rpc/program.h"

typedef struct DaemonClient DaemonClient;
typedef struct DaemonStream DaemonStream;
typedef struct DaemonIdentity DaemonIdentity;

/* The answer comes later. The call lives until it is answered, also when its client goes away. */
void rpc_call_defer(RpcCall *call);

/* Keeps data for the next run of the handler; free releases it if the call ends first. There is one such thing a call.
 */
void rpc_call_keep(RpcCall *call, gpointer data, GDestroyNotify free);
/* What was kept, which is the caller's now; NULL on the first run. */
gpointer rpc_call_steal_kept(RpcCall *call);

/* Instead of an answer to a deferred call: its handler runs again. For checks that need what had to be waited for. */
void rpc_call_run_again(RpcCall *call);

/* ret refers to memory, which the call takes and releases with g_free(), and from there to what is not the call's: what
 * the handler lends, as it stays the same until the handler has returned. Not for deferred calls. Saves long lists from
 * being copied. */
void rpc_call_lend_ret(RpcCall *call, gpointer memory);

/* Where a deferred call's answer is built: zeroed, of the procedure's ret type; NULL when it has none. */
gpointer rpc_call_ret(RpcCall *call);

/* Sends the reply from rpc_call_ret() and ends the call. Dropped in silence when the client is gone. */
void rpc_call_reply(RpcCall *call);

/* Sends the error and ends the call. Takes ownership of error. */
void rpc_call_fail(RpcCall *call, GError *error);

/* The client that called; borrowed. NULL after it has gone. */
DaemonClient *rpc_call_client(RpcCall *call);

/* Descriptors that came with the call. They are closed with the call; take one with rpc_call_steal_fd(). */
guint rpc_call_n_fds(RpcCall *call);
int rpc_call_steal_fd(RpcCall *call, guint index);

/* Sends a duplicate of fd with the reply. At most RPC_FDS_MAX. */
void rpc_call_add_reply_fd(RpcCall *call, int fd);

/*
 * Checks one more permission, for objects that the arguments do not name by themselves: an entry of a list (the filter
 * column), or what an XML document defines. name and uuid (16 bytes) may be NULL where the kind has none.
 * FALSE: VIR_ERR_ACCESS_DENIED.
 */
gboolean rpc_call_check_access(RpcCall *call, AccessPermission permission, const char *name, const guint8 *uuid,
                               GError **error);

/* Whether the caller may see an object: the permission of the row's filter column. TRUE when the row has none. */
gboolean rpc_call_may_see(RpcCall *call, const char *name, const guint8 *uuid);

/* The stream that this call opens, or NULL when the table says it opens none. See daemon/stream.h. */
DaemonStream *rpc_call_stream(RpcCall *call);
