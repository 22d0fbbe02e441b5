/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/connection/client.h"

#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "daemon/access/access.h"
#include "daemon/connection/dispatch.h"
#include "daemon/connection/keepalive.h"
#include "daemon/remote/event_registry.h"
#include "daemon/routing/router.h"
#include "daemon/stream/stream_priv.h"
#include "rpc/error.h"
#include "rpc/protocol/keepalive.h"

/* Calls kept while a client's earlier ones are served; behind them its socket is not read. Keepalive behind them is. */
#define WAITING_MAX       32
#define WAITING_BYTES_MAX (256 * 1024)
/* Bytes to a client that wait for its socket; with more, what other daemons and streams have for it is not read. */
#define OUT_BACKLOG_MAX (512 * 1024)
/* Before authentication: the largest SASL step is 64 Ki characters of four bytes each. */
#define ANONYMOUS_FRAME_MAX (4 * 65536 + 1024)

static gboolean hold_back(DaemonClient *client, const WireFrame *frame)
{
    RpcFrame *held;

    if (client->waiting.length >= WAITING_MAX || (client->waiting.length > 0 && frame->size > WAITING_BYTES_MAX))
        return FALSE;
    held = g_new0(RpcFrame, 1);
    held->size = frame->size;
    held->data = g_memdup2(frame->bytes, frame->size);
    held->n_fds = frame->n_fds;
    held->fds = g_memdup2(frame->fds, frame->n_fds * sizeof(int));
    for (guint i = 0; i < frame->n_fds; i++)
        frame->fds[i] = -1;
    g_queue_push_tail(&client->waiting, held);
    return TRUE;
}

static void serve_held(DaemonClient *client, RpcFrame *held)
{
    WireFrame frame = {
        .bytes = held->data, .size = held->size, .body = RPC_PREFIX_SIZE, .fds = held->fds, .n_fds = held->n_fds};

    rpc_header_decode(held->data + RPC_LENGTH_SIZE, &frame.header);
    if (frame.header.type == VIR_NET_CALL_WITH_FDS)
        frame.body += 4;
    dispatch_call(client, &frame); /* never refused: only calls that are served here are held back */
    if (held->n_fds && held->fds[0] < 0)
        held->n_fds = 0; /* a call takes all or none */
}

void daemon_client_serve_waiting(DaemonClient *client)
{
    while (!client->is_closed && client->waiting.length > 0 &&
           client->calls.length < client->server->limits.max_requests) {
        g_autoptr(RpcFrame) held = g_queue_pop_head(&client->waiting);

        serve_held(client, held);
    }
    if (!client->is_closed)
        wire_resume(client->wire);
}

static gboolean on_call(DaemonClient *client, WireFrame *frame)
{
    return dispatch_must_wait(client, frame) ? hold_back(client, frame) : dispatch_call(client, frame);
}

static gboolean on_stream(DaemonClient *client, WireFrame *frame)
{
    gboolean is_full;

    return router_stream(client, frame, &is_full) ? !is_full : daemon_stream_receive(client, frame);
}

static gboolean on_frame(Wire *wire, WireFrame *frame, gpointer data)
{
    DaemonClient *client = data;

    client->pings = 0;
    if (frame->header.program == KEEPALIVE_PROGRAM && frame->header.type == VIR_NET_MESSAGE) {
        keepalive_receive(client, &frame->header);
        return TRUE;
    }
    switch (frame->header.type) {
    case VIR_NET_CALL:
    case VIR_NET_CALL_WITH_FDS:
        return on_call(client, frame);
    case VIR_NET_STREAM:
    case VIR_NET_STREAM_HOLE:
        return on_stream(client, frame);
    default: /* a client answers nothing and reports nothing; the peers let such frames pass, too */
        return TRUE;
    }
}

static void on_closed(Wire *wire, const char *reason, gpointer data)
{
    DaemonClient *client = data;

    if (reason)
        log_info("%s: client %" G_GUINT64_FORMAT " is gone: %s", client->server->name, client->id, reason);
    daemon_client_close(client);
}

static void on_drained(Wire *wire, gpointer data)
{
    daemon_streams_drained(data);
    router_drained(data);
}

static const WireOps wire_ops = {.frame = on_frame, .closed = on_closed, .drained = on_drained};

DaemonClient *daemon_client_new(DaemonService *service, int fd)
{
    DaemonServer *server = service->server;
    DaemonClient *client = g_new0(DaemonClient, 1);

    client->ref_count = 1;
    client->daemon = server->daemon;
    client->server = server;
    client->id = ++server->next_id;
    client->connected_at = g_get_real_time() / G_USEC_PER_SEC;
    client->transport = service->transport;
    client->peer = daemon_identity_new_from_socket(fd);
    client->identity = daemon_identity_ref(client->peer);
    client->is_socket_read_only = client->is_read_only = service->is_read_only;
    client->auth = service->auth;
    /* Who may do anything on this host anyway is not asked to prove it. */
    if (client->auth == DAEMON_AUTH_POLKIT && client->peer->has_process && client->peer->uid == 0)
        client->auth = DAEMON_AUTH_NONE;
    client->wire = wire_new(client->daemon->poll, fd, &wire_ops, client);
    client->link.data = client;
    g_queue_push_tail_link(&server->clients, &client->link);
    server->n_anonymous++;
    if (client->auth == DAEMON_AUTH_NONE)
        daemon_client_set_authenticated(client);
    else
        wire_limit_frames(client->wire, ANONYMOUS_FRAME_MAX);
    daemon_server_update(server);
    daemon_update_idle(client->daemon);
    return client;
}

DaemonClient *daemon_client_ref(DaemonClient *client)
{
    client->ref_count++;
    return client;
}

void daemon_client_unref(DaemonClient *client)
{
    if (--client->ref_count > 0)
        return;
    wire_free(client->wire);
    daemon_identity_unref(client->peer);
    daemon_identity_unref(client->identity);
    g_free(client);
}

char *daemon_client_address(const DaemonClient *client)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof(address);
    char host[NI_MAXHOST], port[NI_MAXSERV];

    if (client->is_closed || client->transport == DAEMON_TRANSPORT_UNIX ||
        getpeername(wire_fd(client->wire), (struct sockaddr *)&address, &size) < 0 ||
        getnameinfo((struct sockaddr *)&address, size, host, sizeof(host), port, sizeof(port),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return NULL;
    return g_strdup_printf("%s:%s", host, port);
}

void daemon_client_set_authenticated(DaemonClient *client)
{
    if (client->is_authenticated)
        return;
    client->is_authenticated = TRUE;
    client->server->n_anonymous--;
    wire_limit_frames(client->wire, RPC_FRAME_MAX);
    daemon_server_update(client->server);
}

void daemon_client_close(DaemonClient *client)
{
    DaemonServer *server = client->server;
    RpcFrame *frame;

    if (client->is_closed)
        return;
    client->is_closed = TRUE;
    wire_close(client->wire);
    g_queue_unlink(&server->clients, &client->link);
    if (!client->is_authenticated)
        server->n_anonymous--;
    while ((frame = g_queue_pop_head(&client->waiting)))
        rpc_frame_free(frame);
    daemon_streams_close(client);
    router_close(client);
    event_registry_clear(client);
    access_clear_client(client);
    if (client->daemon->driver->client_closed && server == client->daemon->server)
        client->daemon->driver->client_closed(client->daemon, client);
    daemon_server_update(server);
    daemon_update_idle(client->daemon);
    daemon_client_unref(client);
}

void daemon_client_finish(DaemonClient *client)
{
    if (!client->is_closed)
        wire_finish(client->wire);
}

gboolean daemon_client_is_full(const DaemonClient *client)
{
    return wire_backlog(client->wire) > OUT_BACKLOG_MAX;
}

void daemon_client_send(DaemonClient *client, RpcFrame *frame)
{
    wire_send(client->wire, frame);
}

void daemon_client_send_error(DaemonClient *client, const RpcHeader *header, guint32 type, GError *error)
{
    RpcHeader answer = *header;
    virNetMessageError wire = {0};
    RpcFrame *frame;

    answer.type = type;
    answer.status = VIR_NET_ERROR;
    rpc_error_encode(error, &wire);
    frame = rpc_frame_encode(&answer, (xdrproc_t)xdr_virNetMessageError, &wire, NULL, 0, NULL);
    xdr_free((xdrproc_t)xdr_virNetMessageError, &wire);
    g_error_free(error);
    if (frame)
        daemon_client_send(client, frame);
    else /* a message that does not fit any frame; without an answer the caller would wait for good */
        daemon_client_finish(client);
}

void daemon_client_send_message(DaemonClient *client, const RpcProgram *program, gint32 procedure, gconstpointer wire)
{
    const RpcProcedure *row = rpc_program_find(program, procedure);
    RpcHeader header = {.program = program->number,
                        .version = program->version,
                        .procedure = procedure,
                        .type = VIR_NET_MESSAGE,
                        .serial = 1,
                        .status = VIR_NET_OK};
    g_autoptr(GError) error = NULL;
    RpcFrame *frame = rpc_frame_encode(&header, row->args, wire, NULL, 0, &error);

    if (frame)
        event_registry_send(client, frame);
    else
        log_error("cannot send %s: %s", row->name, error->message);
}
