/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The client's side of a connection: calls, events, keepalive. Streams are in rpc/rpc_client_stream.h.
 *
 * Any number of threads may call at once. There is no thread of its own: one of the waiting callers reads for all of
 * them, and when nobody waits and a loop is attached, the loop reads. A call costs one write and one wait for its
 * reply.
 *
 * The connection ends when the daemon goes away, sends what cannot be understood, or stays silent (keepalive), and by
 * rpc_client_close(). Every waiting call then fails, and every later one.
 */
#pragma once

#include <glib.h>
#include <libvirt/libvirt.h>

#include "rpc/frame.h"
#include "rpc/program.h"
#include "rpc/transport.h"

typedef struct RpcClient RpcClient;
typedef struct RpcClientStream RpcClientStream;

/* An event loop, by the functions that libvirt's API has for one. */
typedef struct {
    virEventAddHandleFunc add_handle;
    virEventUpdateHandleFunc update_handle;
    virEventRemoveHandleFunc remove_handle;
    virEventAddTimeoutFunc add_timeout;
    virEventUpdateTimeoutFunc update_timeout;
    virEventRemoveTimeoutFunc remove_timeout;
} RpcLoop;

/* GLib's default main context as such a loop. */
extern const RpcLoop rpc_loop_glib;

/*
 * What the owner of a connection wants to hear. Both are called in order, on whichever thread reads just then, and with
 * the client's lock held: they must not use the client nor wait, but put something aside for later.
 */
typedef struct {
    /* An event: a frame of type MESSAGE. body is XDR of size bytes, borrowed. */
    void (*event)(RpcClient *client, const RpcHeader *header, const guint8 *body, gsize size, gpointer data);
    /* The connection has ended, once; reason is a virConnectCloseReason. Not after rpc_client_close(). */
    void (*closed)(RpcClient *client, int reason, gpointer data);
} RpcClientHandlers;

/* One call with all that can come with it. Fields not needed stay zero. */
typedef struct {
    const RpcProgram *program;
    gint32 procedure;
    gconstpointer args; /* of the procedure's type; borrowed */
    gpointer ret;       /* zeroed by the caller, of the procedure's type; on success released with xdr_free() */
    int timeout_ms;     /* how long to wait for the reply, or 0 for as long as the connection lives */
    const int *fds;     /* descriptors to send, duplicated */
    guint n_fds;
    int *reply_fds; /* descriptors that came with the reply: the array and they are the caller's */
    guint n_reply_fds;
    RpcClientStream *stream;     /* new stream that this call opens; borrowed */
    virNetMessageError *failure; /* zeroed; filled when the daemon answers an error, released with xdr_free() */
} RpcClientCall;

/* A client that speaks over transport, which becomes the client's. */
RpcClient *rpc_client_new(RpcTransport *transport);
RpcClient *rpc_client_ref(RpcClient *client);
void rpc_client_unref(RpcClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RpcClient, rpc_client_unref)

/* Sets who hears of events and the end; NULL for nobody. handlers and data are borrowed; once they are unset, neither
 * is in use any more. */
void rpc_client_set_handlers(RpcClient *client, const RpcClientHandlers *handlers, gpointer data);

/* Lets loop read while no caller does, and lets keepalive and streams use its timers. FALSE: VIR_ERR_INTERNAL_ERROR
 * when the loop takes no handle. The loop keeps a reference until the connection is closed. */
gboolean rpc_client_attach_loop(RpcClient *client, const RpcLoop *loop, GError **error);

/*
 * Makes a call and waits for its reply. FALSE with the daemon's own error, VIR_ERR_OPERATION_TIMEOUT,
 * VIR_ERR_SYSTEM_ERROR or VIR_ERR_INTERNAL_ERROR when the connection ended, VIR_ERR_RPC when args cannot be encoded or
 * the reply not decoded. Blocks.
 */
gboolean rpc_client_run(RpcClient *client, RpcClientCall *call, GError **error);

/* The same for the plain case. args and ret as in RpcClientCall; timeout_ms 0 for no limit. */
gboolean rpc_client_call(RpcClient *client, const RpcProgram *program, gint32 procedure, gconstpointer args,
                         gpointer ret, int timeout_ms, GError **error);

/* Ends the connection; waiting calls fail. Idempotent. */
void rpc_client_close(RpcClient *client);

/* Whether the connection is still up, as far as is known without asking. */
gboolean rpc_client_is_open(RpcClient *client);

/*
 * Asks the daemon for a sign of life after each interval of silence, and ends the connection when count such questions
 * in a row stay without answer. interval 0 turns it off. Works while the attached loop runs or a caller waits. FALSE:
 * VIR_ERR_INTERNAL_ERROR when no loop is attached or the connection has ended.
 */
gboolean rpc_client_set_keepalive(RpcClient *client, int interval_s, guint count, GError **error);

/* Puts a layer on the transport: wrap gets it and returns what is used from now on. Not while a call is under way, and
 * before a loop is attached. */
void rpc_client_wrap_transport(RpcClient *client, RpcTransport *(*wrap)(RpcTransport *below, gpointer data),
                               gpointer data);

/* The transport, for questions about it. Borrowed. */
const RpcTransport *rpc_client_transport(RpcClient *client);
