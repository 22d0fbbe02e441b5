/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/routing/upstream.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "daemon/routing/autostart.h"
#include "rpc/error.h"
#include "rpc/protocol/keepalive.h"

#define WAITING_BYTES_MAX (1024 * 1024)
/* A daemon whose queue of connections is full is tried again so often. */
#define RETRY_MS    10
#define RETRIES_MAX 500

typedef enum { STATE_CONNECT, STATE_AUTH, STATE_OPEN, STATE_IDENTITY, STATE_READY, STATE_CLOSED } State;

struct Upstream {
    DaemonClient *client; /* borrowed: the router, which owns this, ends with it */
    const Route *route;
    const UpstreamOps *ops;
    gpointer data;
    char *uri;
    State state;
    Wire *wire;
    guint timer;
    guint retries;
    gboolean was_started;
    guint identities; /* CONNECT_SET_IDENTITY without an answer */
    GQueue waiting;   /* RpcFrame */
    gsize waiting_bytes;
};

static void try_connect(gpointer data);

static void fail(Upstream *upstream, gboolean is_absent, GError *error)
{
    upstream->state = STATE_CLOSED;
    if (upstream->wire)
        wire_close(upstream->wire);
    upstream->ops->closed(upstream, is_absent, error, upstream->data);
    g_error_free(error);
}

static void send_call(Upstream *upstream, gint32 procedure, gconstpointer args)
{
    const RpcProcedure *row = rpc_program_find(&rpc_program_remote, procedure);
    RpcHeader header = {.program = rpc_program_remote.number,
                        .version = rpc_program_remote.version,
                        .procedure = procedure,
                        .type = VIR_NET_CALL};

    wire_send(upstream->wire, rpc_frame_encode(&header, row->args, args, NULL, 0, NULL));
}

static remote_typed_param *add_param(GArray *params, const char *field, int type)
{
    remote_typed_param param = {.field = (char *)field, .value.type = type};

    g_array_append_val(params, param);
    return &g_array_index(params, remote_typed_param, params->len - 1);
}

static void add_text(GArray *params, const char *field, const char *value)
{
    if (value)
        add_param(params, field, VIR_TYPED_PARAM_STRING)->value.remote_typed_param_value_u.s = (char *)value;
}

static void add_number(GArray *params, const char *field, guint64 value)
{
    add_param(params, field, VIR_TYPED_PARAM_ULLONG)->value.remote_typed_param_value_u.ul = value;
}

static void send_identity(Upstream *upstream)
{
    const DaemonIdentity *identity = upstream->client->identity;
    g_autoptr(GArray) params = g_array_new(FALSE, TRUE, sizeof(remote_typed_param));
    remote_connect_set_identity_args args = {0};

    if (identity->has_process) {
        add_number(params, VIR_CONNECT_IDENTITY_PROCESS_ID, (guint64)identity->pid);
        add_number(params, VIR_CONNECT_IDENTITY_PROCESS_TIME, identity->start_time);
        add_number(params, VIR_CONNECT_IDENTITY_UNIX_USER_ID, identity->uid);
        add_number(params, VIR_CONNECT_IDENTITY_UNIX_GROUP_ID, identity->gid);
    }
    add_text(params, VIR_CONNECT_IDENTITY_USER_NAME, identity->user_name);
    add_text(params, VIR_CONNECT_IDENTITY_GROUP_NAME, identity->group_name);
    add_text(params, VIR_CONNECT_IDENTITY_SASL_USER_NAME, identity->sasl_user_name);
    add_text(params, VIR_CONNECT_IDENTITY_X509_DISTINGUISHED_NAME, identity->x509_name);
    add_text(params, VIR_CONNECT_IDENTITY_SELINUX_CONTEXT, identity->selinux_context);
    args.params.params_val = (remote_typed_param *)params->data;
    args.params.params_len = params->len;
    upstream->identities++;
    send_call(upstream, REMOTE_PROC_CONNECT_SET_IDENTITY, &args);
}

static void send_open(Upstream *upstream)
{
    remote_connect_open_args args = {.name = &upstream->uri,
                                     .flags = upstream->client->is_read_only ? VIR_CONNECT_RO : 0};

    send_call(upstream, REMOTE_PROC_CONNECT_OPEN, &args);
}

static void become_ready(Upstream *upstream)
{
    RpcFrame *frame;

    upstream->state = STATE_READY;
    upstream->ops->ready(upstream, upstream->data);
    while ((frame = g_queue_pop_head(&upstream->waiting)))
        wire_send(upstream->wire, frame);
    upstream->waiting_bytes = 0;
    if (upstream->state == STATE_READY)
        upstream->ops->drained(upstream, upstream->data);
}

static GError *decode_error(const WireFrame *frame)
{
    virNetMessageError wire = {0};
    GError *error = NULL;

    if (!rpc_body_decode(frame->bytes + frame->body, frame->size - frame->body, (xdrproc_t)xdr_virNetMessageError,
                         &wire, &error))
        return error;
    error = rpc_error_decode(&wire);
    xdr_free((xdrproc_t)xdr_virNetMessageError, &wire);
    return error;
}

/* We are root or the daemon's own user; who wants more than that from us does not want us. */
static gboolean is_auth_none(const WireFrame *frame)
{
    remote_auth_list_ret list = {0};
    gboolean is_none;

    if (!rpc_body_decode(frame->bytes + frame->body, frame->size - frame->body, (xdrproc_t)xdr_remote_auth_list_ret,
                         &list, NULL))
        return FALSE;
    is_none = list.types.types_len > 0 && list.types.types_val[0] == REMOTE_AUTH_NONE;
    xdr_free((xdrproc_t)xdr_remote_auth_list_ret, &list);
    return is_none;
}

/* An answer to one of the calls that open the connection. */
static void take_answer(Upstream *upstream, const WireFrame *frame)
{
    GError *error = NULL;

    if (frame->header.status != VIR_NET_OK) {
        fail(upstream, FALSE, decode_error(frame));
        return;
    }
    switch (upstream->state) {
    case STATE_AUTH:
        if (!is_auth_none(frame)) {
            vir_error_set(&error, VIR_FROM_RPC, VIR_ERR_AUTH_FAILED, "%s does not trust this daemon",
                          upstream->route->daemon);
            fail(upstream, FALSE, error);
            return;
        }
        upstream->state = STATE_OPEN;
        send_open(upstream);
        break;
    case STATE_OPEN:
        upstream->state = STATE_IDENTITY;
        send_identity(upstream);
        break;
    default:
        upstream->identities--;
        become_ready(upstream);
        break;
    }
}

static void send_pong(Upstream *upstream)
{
    RpcHeader header = {.program = KEEPALIVE_PROGRAM,
                        .version = KEEPALIVE_PROTOCOL_VERSION,
                        .procedure = KEEPALIVE_PROC_PONG,
                        .type = VIR_NET_MESSAGE};

    wire_send(upstream->wire, rpc_frame_encode_bytes(&header, NULL, 0));
}

static gboolean on_frame(Wire *wire, WireFrame *frame, gpointer data)
{
    Upstream *upstream = data;
    const RpcHeader *header = &frame->header;

    if (header->program == KEEPALIVE_PROGRAM) {
        if (header->procedure == KEEPALIVE_PROC_PING)
            send_pong(upstream);
        return TRUE;
    }
    if (upstream->state != STATE_READY) {
        if (header->type == VIR_NET_REPLY)
            take_answer(upstream, frame);
        return TRUE;
    }
    /* The client's own calls of this procedure never come here. */
    if (upstream->identities > 0 && header->type == VIR_NET_REPLY && header->program == REMOTE_PROGRAM &&
        header->procedure == REMOTE_PROC_CONNECT_SET_IDENTITY) {
        upstream->identities--;
        if (header->status != VIR_NET_OK)
            fail(upstream, FALSE, decode_error(frame));
        return TRUE;
    }
    return upstream->ops->frame(upstream, frame, upstream->data);
}

static void on_closed(Wire *wire, const char *reason, gpointer data)
{
    Upstream *upstream = data;
    GError *error = NULL;

    vir_error_set(&error, VIR_FROM_RPC, VIR_ERR_SYSTEM_ERROR, "%s has closed the connection%s%s",
                  upstream->route->daemon, reason ? ": " : "", reason ? reason : "");
    fail(upstream, FALSE, error);
}

static void on_drained(Wire *wire, gpointer data)
{
    Upstream *upstream = data;

    if (upstream->state == STATE_READY)
        upstream->ops->drained(upstream, upstream->data);
}

static const WireOps wire_ops = {.frame = on_frame, .closed = on_closed, .drained = on_drained, .reads_always = TRUE};

static char *socket_path(Daemon *daemon, const Route *route, gboolean is_read_only)
{
    return g_strdup_printf("%s/%s-sock%s", daemon->run_dir, route->daemon, is_read_only ? "-ro" : "");
}

/* -1 with errno. The kernel connects unix sockets at once, or says that it cannot now. */
static int connect_path(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int saved_errno;
    int fd;

    if (g_strlcpy(address.sun_path, path, sizeof(address.sun_path)) >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    saved_errno = errno;
    close(fd);
    errno = saved_errno;
    return -1;
}

/* What a read-only client asks for goes through the read-only socket, where there is one. */
static int connect_daemon(Upstream *upstream)
{
    DaemonClient *client = upstream->client;
    g_autofree char *read_write = socket_path(client->daemon, upstream->route, FALSE);
    g_autofree char *read_only = socket_path(client->daemon, upstream->route, TRUE);

    if (client->is_read_only && access(read_only, F_OK) == 0)
        return connect_path(read_only);
    return connect_path(read_write);
}

static gboolean on_retry(gpointer data)
{
    Upstream *upstream = data;

    upstream->timer = 0;
    try_connect(upstream);
    return G_SOURCE_REMOVE;
}

static void connect_failed(Upstream *upstream, int errnum)
{
    gboolean is_absent = errnum == ENOENT || errnum == ECONNREFUSED;
    GError *error = NULL;

    if (errnum == EAGAIN && upstream->retries++ < RETRIES_MAX) {
        upstream->timer = g_timeout_add(RETRY_MS, on_retry, upstream);
        return;
    }
    if (is_absent && !upstream->was_started) {
        upstream->was_started = TRUE;
        if (autostart(upstream->client->daemon, upstream->route->daemon, try_connect, upstream))
            return;
    }
    vir_error_set_errno(&error, VIR_FROM_RPC, errnum, "Failed to connect socket to '%s/%s-sock'",
                        upstream->client->daemon->run_dir, upstream->route->daemon);
    fail(upstream, is_absent, error);
}

static void try_connect(gpointer data)
{
    Upstream *upstream = data;
    int fd = connect_daemon(upstream);

    if (fd < 0) {
        connect_failed(upstream, errno);
        return;
    }
    upstream->wire = wire_new(upstream->client->daemon->poll, fd, &wire_ops, upstream);
    upstream->state = STATE_AUTH;
    send_call(upstream, REMOTE_PROC_AUTH_LIST, NULL);
}

Upstream *upstream_new(DaemonClient *client, const Route *route, const char *uri, const UpstreamOps *ops, gpointer data)
{
    Upstream *upstream = g_new0(Upstream, 1);

    *upstream = (Upstream){.client = client, .route = route, .ops = ops, .data = data};
    upstream->uri =
        uri ? g_strdup(uri)
            : g_strdup_printf("%s:///%s", route->scheme, client->daemon->is_privileged ? "system" : "session");
    g_queue_init(&upstream->waiting);
    upstream->timer = g_idle_add_full(G_PRIORITY_DEFAULT, on_retry, upstream, NULL);
    return upstream;
}

void upstream_free(Upstream *upstream)
{
    RpcFrame *frame;

    if (!upstream)
        return;
    autostart_cancel(upstream);
    g_clear_handle_id(&upstream->timer, g_source_remove);
    while ((frame = g_queue_pop_head(&upstream->waiting)))
        rpc_frame_free(frame);
    wire_free(upstream->wire);
    g_free(upstream->uri);
    g_free(upstream);
}

void upstream_send(Upstream *upstream, RpcFrame *frame)
{
    if (upstream->state == STATE_READY) {
        wire_send(upstream->wire, frame);
        return;
    }
    g_queue_push_tail(&upstream->waiting, frame);
    upstream->waiting_bytes += frame->size;
}

gboolean upstream_is_full(const Upstream *upstream)
{
    return upstream->waiting_bytes > WAITING_BYTES_MAX ||
           (upstream->state == STATE_READY && wire_backlog(upstream->wire) > WAITING_BYTES_MAX);
}

void upstream_resume(Upstream *upstream)
{
    if (upstream->state == STATE_READY)
        wire_resume(upstream->wire);
}

void upstream_update_identity(Upstream *upstream)
{
    if (upstream->state >= STATE_IDENTITY && upstream->state < STATE_CLOSED)
        send_identity(upstream);
}

gboolean upstream_is_possible(Daemon *daemon, const Route *route)
{
    g_autofree char *path = socket_path(daemon, route, FALSE);

    return access(path, F_OK) == 0;
}
