/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A client's life and its calls. */
#include "rpc/rpc_client.h"

#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "rpc/error.h"
#include "rpc/rpc_client_priv.h"

RpcClient *rpc_client_new(RpcTransport *transport)
{
    RpcClient *client = g_new0(RpcClient, 1);

    client->refs = 1;
    client->transport = transport;
    client->calls = g_hash_table_new(NULL, NULL);
    client->streams = g_hash_table_new(NULL, NULL);
    client->in_fds = g_array_new(FALSE, FALSE, sizeof(int));
    client->watch = -1;
    client->keepalive.timer = -1;
    g_mutex_init(&client->lock);
    g_queue_init(&client->waiters);
    g_queue_init(&client->out);
    return client;
}

RpcClient *rpc_client_ref(RpcClient *client)
{
    g_atomic_int_inc(&client->refs);
    return client;
}

void rpc_client_unref(RpcClient *client)
{
    if (!client || !g_atomic_int_dec_and_test(&client->refs))
        return;
    for (guint i = 0; i < client->in_fds->len; i++)
        close(g_array_index(client->in_fds, int, i));
    g_array_unref(client->in_fds);
    g_free(client->in);
    g_queue_clear_full(&client->out, (GDestroyNotify)rpc_frame_free);
    g_hash_table_unref(client->calls);
    g_hash_table_unref(client->streams);
    g_clear_error(&client->failure);
    rpc_transport_free(client->transport);
    g_mutex_clear(&client->lock);
    g_free(client);
}

void rpc_client_set_handlers(RpcClient *client, const RpcClientHandlers *handlers, gpointer data)
{
    g_mutex_lock(&client->lock);
    client->handlers = handlers;
    client->handlers_data = data;
    g_mutex_unlock(&client->lock);
}

gboolean rpc_client_attach_loop(RpcClient *client, const RpcLoop *loop, GError **error)
{
    gboolean ok = TRUE;

    g_mutex_lock(&client->lock);
    client->loop = loop;
    if (!client->is_closed)
        ok = rpc_client_add_watch(client, error);
    if (!ok)
        client->loop = NULL;
    g_mutex_unlock(&client->lock);
    return ok;
}

static void wake_all(RpcClient *client)
{
    GHashTableIter iter;
    gpointer stream;

    for (GList *link = client->waiters.head; link; link = link->next)
        rpc_waiter_wake(link->data);
    g_hash_table_iter_init(&iter, client->streams);
    while (g_hash_table_iter_next(&iter, NULL, &stream))
        rpc_client_stream_tell(stream);
}

static void client_shut(RpcClient *client, int reason)
{
    client->is_closed = TRUE;
    client->close_reason = reason;
    rpc_keepalive_stop(client);
    rpc_client_update_watch(client);
    rpc_transport_shutdown(client->transport);
    wake_all(client);
}

void rpc_client_fail(RpcClient *client, int reason, GError *error)
{
    if (client->is_closed) {
        g_error_free(error);
        return;
    }
    client->failure = error;
    client_shut(client, reason);
    if (client->handlers && client->handlers->closed)
        client->handlers->closed(client, reason, client->handlers_data);
}

void rpc_client_close(RpcClient *client)
{
    g_mutex_lock(&client->lock);
    if (!client->is_closed)
        client_shut(client, VIR_CONNECT_CLOSE_REASON_CLIENT);
    g_mutex_unlock(&client->lock);
}

gboolean rpc_client_is_open(RpcClient *client)
{
    gboolean is_open;

    g_mutex_lock(&client->lock);
    is_open = !client->is_closed;
    g_mutex_unlock(&client->lock);
    return is_open;
}

void rpc_client_wrap_transport(RpcClient *client, RpcTransport *(*wrap)(RpcTransport *below, gpointer data),
                               gpointer data)
{
    g_mutex_lock(&client->lock);
    client->transport = wrap(client->transport, data);
    g_mutex_unlock(&client->lock);
}

const RpcTransport *rpc_client_transport(RpcClient *client)
{
    return client->transport;
}

/* Sends the call and waits; FALSE when there is no reply to look at. With the lock held. */
static gboolean client_exchange(RpcClient *client, RpcPendingCall *pending, RpcFrame *frame, int timeout_ms,
                                GError **error)
{
    gint64 deadline = timeout_ms > 0 ? g_get_monotonic_time() + timeout_ms * (gint64)1000 : -1;

    g_hash_table_insert(client->calls, GUINT_TO_POINTER(pending->serial), pending);
    rpc_client_queue(client, frame);
    rpc_client_wait(client, &pending->waiter, deadline);
    g_hash_table_remove(client->calls, GUINT_TO_POINTER(pending->serial));
    if (pending->waiter.is_done)
        return TRUE;
    if (client->failure)
        g_propagate_error(error, g_error_copy(client->failure));
    else if (client->is_closed)
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "%s", "client socket is closed");
    else
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_OPERATION_TIMEOUT, "no reply within %d ms", timeout_ms);
    return FALSE;
}

/* Decodes what the daemon answered. */
static gboolean client_conclude(RpcClientCall *call, const RpcProcedure *row, RpcPendingCall *pending, GError **error)
{
    virNetMessageError failure = {0};

    if (pending->status == VIR_NET_OK) {
        call->reply_fds = g_steal_pointer(&pending->fds);
        call->n_reply_fds = pending->n_fds;
        pending->n_fds = 0;
        if (!row->ret || !call->ret)
            return TRUE;
        return rpc_body_decode(pending->body, pending->body_size, row->ret, call->ret, error);
    }
    if (pending->status != VIR_NET_ERROR) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_RPC, "got unexpected RPC call status %u", pending->status);
        return FALSE;
    }
    if (!rpc_body_decode(pending->body, pending->body_size, (xdrproc_t)xdr_virNetMessageError, &failure, error))
        return FALSE;
    g_propagate_error(error, rpc_error_decode(&failure));
    if (call->failure)
        *call->failure = failure;
    else
        xdr_free((xdrproc_t)xdr_virNetMessageError, &failure);
    return FALSE;
}

static void pending_clear(RpcPendingCall *pending)
{
    for (guint i = 0; i < pending->n_fds; i++)
        close(pending->fds[i]);
    g_free(pending->fds);
    g_free(pending->body);
    rpc_waiter_clear(&pending->waiter);
}

static gboolean client_may_call(RpcClient *client, const RpcClientCall *call, GError **error)
{
    if (client->is_closed) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "%s", "client socket is closed");
        return FALSE;
    }
    if (call->n_fds && !rpc_transport_passes_fds(client->transport)) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "%s",
                      "file descriptor passing is only possible on unix sockets");
        return FALSE;
    }
    return TRUE;
}

gboolean rpc_client_run(RpcClient *client, RpcClientCall *call, GError **error)
{
    const RpcProcedure *row = rpc_program_find(call->program, call->procedure);
    RpcPendingCall pending = {.program = call->program->number, .procedure = call->procedure};
    RpcHeader header = {
        .program = call->program->number, .version = call->program->version, .procedure = call->procedure};
    RpcFrame *frame;
    gboolean ok;

    g_return_val_if_fail(row, FALSE);
    pending.serial = header.serial = (guint32)g_atomic_int_add((gint *)&client->next_serial, 1);
    header.type = row->flags & RPC_PROC_FDS_CALL ? VIR_NET_CALL_WITH_FDS : VIR_NET_CALL;
    frame = rpc_frame_encode(&header, row->args, call->args, call->fds, call->n_fds, error);
    if (!frame)
        return FALSE;
    rpc_waiter_init(&pending.waiter);

    g_mutex_lock(&client->lock);
    ok = client_may_call(client, call, error);
    if (ok && call->stream)
        rpc_client_stream_opened(call->stream, &header);
    if (ok)
        ok = client_exchange(client, &pending, g_steal_pointer(&frame), call->timeout_ms, error);
    if (call->stream && !(ok && pending.status == VIR_NET_OK))
        rpc_client_stream_dropped(call->stream);
    g_mutex_unlock(&client->lock);

    rpc_frame_free(frame);
    ok = ok && client_conclude(call, row, &pending, error);
    pending_clear(&pending);
    return ok;
}

gboolean rpc_client_call(RpcClient *client, const RpcProgram *program, gint32 procedure, gconstpointer args,
                         gpointer ret, int timeout_ms, GError **error)
{
    RpcClientCall call = {
        .program = program, .procedure = procedure, .args = args, .ret = ret, .timeout_ms = timeout_ms};
    gboolean ok = rpc_client_run(client, &call, error);

    for (guint i = 0; i < call.n_reply_fds; i++)
        close(call.reply_fds[i]);
    g_free(call.reply_fds);
    return ok;
}
