/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/connection/dispatch.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "daemon/access/access.h"
#include "daemon/routing/router.h"
#include "daemon/routing/routes.h"
#include "daemon/stream/stream_priv.h"
#include "rpc/admin_calls.h"

#define ALIGN(size) (((size) + 15) & ~(gsize)15)

static const RpcProcedure *find_row(DaemonClient *client, const RpcHeader *header, const DaemonProgram **program)
{
    *program = daemon_server_find_program(client->server, header->program, header->version);
    return *program ? rpc_program_find((*program)->program, header->procedure) : NULL;
}

gboolean dispatch_must_wait(DaemonClient *client, const WireFrame *frame)
{
    const DaemonProgram *program;
    const RpcProcedure *row;

    if (client->calls.length < client->server->limits.max_requests)
        return FALSE;
    row = find_row(client, &frame->header, &program);
    return row && (row->flags & RPC_PROC_WAITS || access_may_wait(client->daemon)) &&
           !router_wants(client, program->program, row, frame);
}

/* Calls that make sense before CONNECT_OPEN. */
static gboolean needs_open(const RpcProgram *program, gint32 procedure)
{
    const RpcProcedure *row = &program->procedures[procedure];

    if (row->flags & RPC_PROC_NO_AUTH)
        return FALSE;
    if (program == &rpc_program_remote)
        return procedure != REMOTE_PROC_CONNECT_OPEN && procedure != REMOTE_PROC_CONNECT_CLOSE &&
               procedure != REMOTE_PROC_CONNECT_SUPPORTS_FEATURE && procedure != REMOTE_PROC_CONNECT_SET_IDENTITY;
    if (program == &rpc_program_admin)
        return procedure != ADMIN_PROC_CONNECT_OPEN && procedure != ADMIN_PROC_CONNECT_CLOSE;
    return TRUE;
}

/* What can be said of a call from its header alone. */
static gboolean check_header(DaemonClient *client, const RpcHeader *header, const DaemonProgram *program,
                             const RpcProcedure *row, GError **error)
{
    if (!program) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_RPC, "Cannot find program %u version %u", header->program,
                      header->version);
        return FALSE;
    }
    if (header->status != VIR_NET_OK) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_RPC, "Unexpected message status %u", header->status);
        return FALSE;
    }
    if (!row || row->flags & RPC_PROC_EVENT) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_RPC, "unknown procedure: %d", header->procedure);
        return FALSE;
    }
    if (!client->is_authenticated && !(row->flags & RPC_PROC_NO_AUTH)) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_RPC, "%s", "authentication required");
        return FALSE;
    }
    return TRUE;
}

static gboolean check_open(DaemonClient *client, const RpcHeader *header, const DaemonProgram *program, GError **error)
{
    if (client->is_open || !needs_open(program->program, header->procedure))
        return TRUE;
    vir_error_set(error, VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "%sconnection not open",
                  route_for_kind(program->program->procedures[header->procedure].owner) ? "" : "hypervisor ");
    return FALSE;
}

static gboolean check_handler(const DaemonProgram *program, const RpcProcedure *row, GError **error)
{
    if (*(const gpointer *)((const char *)program->handlers + row->handler))
        return TRUE;
    vir_error_set(error, access_error_domain(row), VIR_ERR_NO_SUPPORT, "%s", row->function ? row->function : row->name);
    return FALSE;
}

static RpcCall *call_new(DaemonClient *client, const RpcHeader *header, const DaemonProgram *program,
                         const RpcProcedure *row)
{
    gsize args_at = ALIGN(sizeof(RpcCall));
    gsize ret_at = args_at + ALIGN(row->args_size);
    RpcCall *call = g_malloc0(ret_at + row->ret_size);

    call->client = daemon_client_ref(client);
    call->program = program;
    call->row = row;
    call->header = *header;
    call->args = row->args ? (char *)call + args_at : NULL;
    call->ret = row->ret ? (char *)call + ret_at : NULL;
    call->link.data = call;
    g_queue_push_tail_link(&client->calls, &call->link);
    return call;
}

static void call_take_fds(RpcCall *call, int *fds, guint n_fds)
{
    if (n_fds == 0)
        return;
    call->n_fds = n_fds;
    call->fds = g_memdup2(fds, n_fds * sizeof(int));
    for (guint i = 0; i < n_fds; i++)
        fds[i] = -1;
}

static void release_ret(RpcCall *call)
{
    if (!call->lent && call->row->ret)
        xdr_free(call->row->ret, call->ret);
    g_clear_pointer(&call->lent, g_free);
}

static void call_free(RpcCall *call)
{
    DaemonClient *client = call->client;
    gboolean was_deferred = call->is_deferred;

    g_queue_unlink(&client->calls, &call->link);
    if (call->stream)
        daemon_stream_discard(call->stream);
    if (call->args)
        xdr_free(call->row->args, call->args);
    if (call->ret)
        release_ret(call);
    for (guint i = 0; i < call->n_fds; i++)
        if (call->fds[i] >= 0)
            close(call->fds[i]);
    for (guint i = 0; call->reply_fds && i < call->reply_fds->len; i++)
        close(g_array_index(call->reply_fds, int, i));
    g_clear_pointer(&call->reply_fds, g_array_unref);
    g_free(call->fds);
    if (call->kept)
        call->free_kept(call->kept);
    access_clear_call(call);
    g_free(call);
    if (was_deferred)
        daemon_client_serve_waiting(client);
    daemon_client_unref(client);
}

/* A deferred call may turn out to need no waiting: then its answer comes while its handler still runs, and is kept
 * until that returns. */
static gboolean answer_early(RpcCall *call, GError *error)
{
    if (!call->is_running)
        return FALSE;
    call->is_answered = TRUE;
    call->early_error = error;
    return TRUE;
}

void rpc_call_fail(RpcCall *call, GError *error)
{
    if (answer_early(call, error))
        return;
    if (call->client->is_closed)
        g_error_free(error);
    else
        daemon_client_send_error(call->client, &call->header, VIR_NET_REPLY, error);
    call_free(call);
}

void rpc_call_reply(RpcCall *call)
{
    guint n_fds = call->reply_fds ? call->reply_fds->len : 0;
    RpcHeader header = call->header;
    GError *error = NULL;
    RpcFrame *frame;

    if (answer_early(call, NULL))
        return;
    header.type = n_fds ? VIR_NET_REPLY_WITH_FDS : VIR_NET_REPLY;
    frame = rpc_frame_encode(&header, call->row->ret, call->ret, n_fds ? (int *)call->reply_fds->data : NULL, n_fds,
                             &error);
    if (!frame) {
        rpc_call_fail(call, error);
        return;
    }
    daemon_client_send(call->client, frame);
    if (call->client->is_leaving)
        daemon_client_finish(call->client);
    if (call->stream)
        daemon_stream_opened(g_steal_pointer(&call->stream));
    call_free(call);
}

void rpc_call_defer(RpcCall *call)
{
    g_assert(call->row->flags & RPC_PROC_WAITS);
    call->is_deferred = TRUE;
}

void rpc_call_keep(RpcCall *call, gpointer data, GDestroyNotify free)
{
    g_assert(!call->kept);
    call->kept = data;
    call->free_kept = free;
}

gpointer rpc_call_steal_kept(RpcCall *call)
{
    return g_steal_pointer(&call->kept);
}

void rpc_call_run_again(RpcCall *call)
{
    g_assert(call->is_deferred && !call->is_running);
    call->is_deferred = FALSE;
    dispatch_again(call);
}

void rpc_call_lend_ret(RpcCall *call, gpointer memory)
{
    g_assert(!call->lent && !call->is_deferred);
    call->lent = memory;
}

gpointer rpc_call_ret(RpcCall *call)
{
    return call->ret;
}

DaemonClient *rpc_call_client(RpcCall *call)
{
    return call->client->is_closed ? NULL : call->client;
}

guint rpc_call_n_fds(RpcCall *call)
{
    return call->n_fds;
}

int rpc_call_steal_fd(RpcCall *call, guint index)
{
    int fd = -1;

    if (index < call->n_fds) {
        fd = call->fds[index];
        call->fds[index] = -1;
    }
    return fd;
}

void rpc_call_add_reply_fd(RpcCall *call, int fd)
{
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);

    g_return_if_fail(own >= 0);
    if (!call->reply_fds)
        call->reply_fds = g_array_new(FALSE, FALSE, sizeof(int));
    g_array_append_val(call->reply_fds, own);
}

DaemonStream *rpc_call_stream(RpcCall *call)
{
    return call->stream;
}

gboolean rpc_call_check_access(RpcCall *call, AccessPermission permission, const char *name, const guint8 *uuid,
                               GError **error)
{
    return access_check_object(call, permission, name, uuid, error);
}

gboolean rpc_call_may_see(RpcCall *call, const char *name, const guint8 *uuid)
{
    return call->row->filter == ACCESS_NOTHING || access_check_object(call, call->row->filter, name, uuid, NULL);
}

static gboolean open_stream(RpcCall *call, GError **error)
{
    if (call->stream || !(call->row->flags & (RPC_PROC_STREAM_READ | RPC_PROC_STREAM_WRITE)))
        return TRUE;
    call->stream = daemon_stream_new(call, error);
    return call->stream != NULL;
}

/* Whether the call is allowed and its handler did not refuse it. */
static gboolean invoke(RpcCall *call, GError **error)
{
    const RpcProcedure *row = call->row;
    gboolean ok;

    call->is_running = TRUE;
    ok = access_check_call(call, error) && check_handler(call->program, row, error) && open_stream(call, error) &&
         row->invoke(call->program->handlers, call, call->args, call->ret, error);
    call->is_running = FALSE;
    return ok;
}

static void dispatch_run(RpcCall *call)
{
    const RpcProcedure *row = call->row;
    GError *error = NULL;
    gboolean ok = invoke(call, &error);

    if (access_is_asking(call)) {
        g_assert(!call->is_deferred);
        g_clear_error(&error);
        if (row->ret) {
            release_ret(call);
            memset(call->ret, 0, row->ret_size);
        }
    } else if (!ok) {
        rpc_call_fail(call, error);
    } else if (call->early_error) {
        rpc_call_fail(call, g_steal_pointer(&call->early_error));
    } else if (!call->is_deferred || call->is_answered) {
        rpc_call_reply(call);
    }
}

void dispatch_again(RpcCall *call)
{
    DaemonClient *client = daemon_client_ref(call->client);

    if (client->is_closed)
        call_free(call);
    else
        dispatch_run(call);
    daemon_client_serve_waiting(client);
    daemon_client_unref(client);
}

gboolean dispatch_call(DaemonClient *client, WireFrame *frame)
{
    const RpcHeader *header = &frame->header;
    const DaemonProgram *program;
    const RpcProcedure *row = find_row(client, header, &program);
    GError *error = NULL;
    RpcCall *call;

    if (!check_header(client, header, program, row, &error)) {
        daemon_client_send_error(client, header, VIR_NET_REPLY, error);
        return TRUE;
    }
    if (router_wants(client, program->program, row, frame))
        return router_call(client, program->program, row, frame);
    call = call_new(client, header, program, row);
    call_take_fds(call, frame->fds, frame->n_fds);
    if ((row->args &&
         !rpc_body_decode(frame->bytes + frame->body, frame->size - frame->body, row->args, call->args, &error)) ||
        !check_open(client, header, program, &error))
        rpc_call_fail(call, error);
    else
        dispatch_run(call);
    return TRUE;
}
