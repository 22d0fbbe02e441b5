/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/routing/router.h"

#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "daemon/access/access.h"
#include "daemon/connection/dispatch.h"
#include "daemon/routing/upstream.h"

#define STREAMS_MAX   128
#define CALLBACKS_MAX 1024
/* While a daemon is gone that a client wants events of. */
#define RECONNECT_MS 1000

/* One other daemon, as one client uses it. */
typedef struct {
    struct Router *router;
    Upstream *upstream; /* NULL when there is no connection */
    const Route *route;
    gboolean was_there;    /* it has answered this client once */
    GHashTable *calls;     /* serial of a call without an answer -> its RpcProcedure */
    GHashTable *to_client; /* callback id there -> callback id here */

    /* What the client has registered for, to register it again when the daemon comes back. */
    GHashTable *adding;        /* serial of a registration without an answer -> its RpcFrame */
    GHashTable *registrations; /* callback id here -> the RpcFrame that asked for it */
    GHashTable *repeated;      /* serial of one sent again -> callback id here */
    guint timer;               /* until the next try to connect */
} Branch;

typedef struct Router {
    DaemonClient *client; /* borrowed: it ends this */
    GPtrArray *branches;
    GHashTable *streams;     /* serial -> Branch */
    const Route *hypervisor; /* of virtproxyd's client, once it has opened one */
    char *uri;               /* that it opened */
    RpcCall *open_call;      /* CONNECT_OPEN without an answer */
} Router;

static const UpstreamOps upstream_ops;

static void branch_free(gpointer data)
{
    Branch *branch = data;

    upstream_free(branch->upstream);
    g_clear_handle_id(&branch->timer, g_source_remove);
    g_hash_table_unref(branch->adding);
    g_hash_table_unref(branch->registrations);
    g_hash_table_unref(branch->repeated);
    g_hash_table_unref(branch->calls);
    g_hash_table_unref(branch->to_client);
    g_free(branch);
}

static Router *router_of(DaemonClient *client)
{
    Router *router = client->router;

    if (!router) {
        client->router = router = g_new0(Router, 1);
        router->client = client;
        router->branches = g_ptr_array_new_with_free_func(branch_free);
        router->streams = g_hash_table_new(NULL, NULL);
    }
    return router;
}

static Branch *branch_for(Router *router, const Route *route)
{
    Branch *branch;

    for (guint i = 0; i < router->branches->len; i++) {
        branch = g_ptr_array_index(router->branches, i);
        if (branch->route == route)
            return branch;
    }
    branch = g_new0(Branch, 1);
    branch->router = router;
    branch->route = route;
    branch->calls = g_hash_table_new(NULL, NULL);
    branch->to_client = g_hash_table_new(NULL, NULL);
    branch->adding = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)rpc_frame_free);
    branch->registrations = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)rpc_frame_free);
    branch->repeated = g_hash_table_new(NULL, NULL);
    g_ptr_array_add(router->branches, branch);
    return branch;
}

/* --- words and frames
 * ---------------------------------------------------------------------------------------------------- */

static guint32 word_get(const guint8 *data)
{
    guint32 word;

    memcpy(&word, data, sizeof(word));
    return GUINT32_FROM_BE(word);
}

static void word_put(guint8 *data, guint32 word)
{
    word = GUINT32_TO_BE(word);
    memcpy(data, &word, sizeof(word));
}

static RpcFrame *copy_frame(WireFrame *frame)
{
    RpcFrame *copy = g_new0(RpcFrame, 1);

    copy->size = frame->size;
    copy->data = g_memdup2(frame->bytes, frame->size);
    if (frame->n_fds) {
        copy->n_fds = frame->n_fds;
        copy->fds = g_memdup2(frame->fds, frame->n_fds * sizeof(int));
        memset(frame->fds, 0xff, frame->n_fds * sizeof(int)); /* -1: they have a new owner */
    }
    return copy;
}

/* The word in front of the body, or NULL when there is none. */
static guint8 *first_word(RpcFrame *frame, guint body)
{
    return frame->size >= body + 4 ? frame->data + body : NULL;
}

static void answer_error(Router *router, const RpcHeader *header, GError *error)
{
    daemon_client_send_error(router->client, header, VIR_NET_REPLY, error);
}

/* --- what goes where
 * ------------------------------------------------------------------------------------------------------- */

/* The calls that virtproxyd answers itself: the connection to it is its own. */
static gboolean is_own_call(const DaemonClient *client, const RpcProgram *program, gint32 procedure,
                            const WireFrame *frame)
{
    if (program != &rpc_program_remote)
        return FALSE;
    switch (procedure) {
    case REMOTE_PROC_AUTH_LIST:
    case REMOTE_PROC_AUTH_SASL_INIT:
    case REMOTE_PROC_AUTH_SASL_START:
    case REMOTE_PROC_AUTH_SASL_STEP:
    case REMOTE_PROC_AUTH_POLKIT:
    case REMOTE_PROC_CONNECT_OPEN:
    case REMOTE_PROC_CONNECT_CLOSE:
    case REMOTE_PROC_CONNECT_SET_IDENTITY:
    case REMOTE_PROC_CONNECT_REGISTER_CLOSE_CALLBACK:
    case REMOTE_PROC_CONNECT_UNREGISTER_CLOSE_CALLBACK:
        return TRUE;
    case REMOTE_PROC_CONNECT_SUPPORTS_FEATURE:
        /* Keepalive is a matter of each connection; so is everything before there is another one. */
        return !client->is_open || frame->size < frame->body + 4u ||
               word_get(frame->bytes + frame->body) == REMOTE_FEATURE_PROGRAM_KEEPALIVE;
    default:
        return FALSE;
    }
}

gboolean router_wants(const DaemonClient *client, const RpcProgram *program, const RpcProcedure *row,
                      const WireFrame *frame)
{
    const DaemonDriver *driver = client->daemon->driver;

    if (client->server != client->daemon->server || !client->is_authenticated)
        return FALSE;
    if (driver->is_router)
        return !is_own_call(client, program, frame->header.procedure, frame);
    return client->is_open && program == &rpc_program_remote && route_for_kind(row->owner) &&
           !(driver->object_kinds & 1u << row->owner);
}

static const Route *route_for(Router *router, const RpcProgram *program, const RpcProcedure *row)
{
    const Route *route =
        program == &rpc_program_remote ? route_for_kind(row->owner) : route_for_program(program->number);

    return route ? route : router->hypervisor;
}

/* --- from the client
 * -------------------------------------------------------------------------------------------------------- */

static void branch_connect(Branch *branch)
{
    Router *router = branch->router;
    const char *uri = branch->route == router->hypervisor ? router->uri : NULL;

    if (!branch->upstream)
        branch->upstream = upstream_new(router->client, branch->route, uri, &upstream_ops, branch);
}

/* Puts the daemon's number of a callback in place of the client's. FALSE when the client has no such callback. */
static gboolean translate_drop(Branch *branch, guint8 *word, GError **error)
{
    GHashTableIter iter;
    gpointer there, here;

    g_hash_table_iter_init(&iter, branch->to_client);
    while (g_hash_table_iter_next(&iter, &there, &here)) {
        if ((guint32)GPOINTER_TO_INT(here) != word_get(word))
            continue;
        word_put(word, (guint32)GPOINTER_TO_INT(there));
        g_hash_table_remove(branch->registrations, here);
        g_hash_table_iter_remove(&iter);
        return TRUE;
    }
    /* Its daemon may be gone and the callback wait to be registered again, which it now need not. */
    g_hash_table_remove(branch->registrations, GINT_TO_POINTER((int)word_get(word)));
    vir_error_set(error, VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "event callback %d not registered", (int)word_get(word));
    return FALSE;
}

static gboolean may_send(Branch *branch, const RpcHeader *header, const RpcProcedure *row, GError **error)
{
    Router *router = branch->router;
    gpointer serial = GUINT_TO_POINTER(header->serial);

    if (row->flags & (RPC_PROC_STREAM_READ | RPC_PROC_STREAM_WRITE) &&
        (g_hash_table_size(router->streams) >= STREAMS_MAX || g_hash_table_contains(router->streams, serial))) {
        vir_error_set(error, VIR_FROM_STREAMS, VIR_ERR_OPERATION_FAILED,
                      "a connection cannot have more than %d streams, nor two of the same serial", STREAMS_MAX);
        return FALSE;
    }
    if (row->flags & RPC_PROC_ID_ADD && g_hash_table_size(branch->to_client) >= CALLBACKS_MAX) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_OPERATION_FAILED,
                      "a client cannot have more than %d event callbacks", CALLBACKS_MAX);
        return FALSE;
    }
    return TRUE;
}

static void send_call(Branch *branch, const RpcProcedure *row, WireFrame *frame)
{
    Router *router = branch->router;
    gpointer serial = GUINT_TO_POINTER(frame->header.serial);
    RpcFrame *copy = copy_frame(frame);
    guint8 *word = first_word(copy, frame->body);
    GError *error = NULL;

    if (!may_send(branch, &frame->header, row, &error) ||
        (row->flags & RPC_PROC_ID_DROP && word && !translate_drop(branch, word, &error))) {
        rpc_frame_free(copy);
        answer_error(router, &frame->header, error);
        return;
    }
    branch_connect(branch);
    if (row->flags & RPC_PROC_ID_ADD)
        g_hash_table_insert(branch->adding, serial, rpc_frame_copy(copy));
    if (row->flags & (RPC_PROC_STREAM_READ | RPC_PROC_STREAM_WRITE))
        g_hash_table_insert(router->streams, serial, branch);
    g_hash_table_insert(branch->calls, serial, (gpointer)row);
    upstream_send(branch->upstream, copy);
}

gboolean router_call(DaemonClient *client, const RpcProgram *program, const RpcProcedure *row, WireFrame *frame)
{
    Router *router = router_of(client);
    const Route *route = route_for(router, program, row);
    GError *error = NULL;
    Branch *branch;

    if (!route || !client->is_open) {
        vir_error_set(&error, VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "%s", "hypervisor connection not open");
        answer_error(router, &frame->header, error);
        return TRUE;
    }
    branch = branch_for(router, route);
    if (branch->upstream && upstream_is_full(branch->upstream))
        return FALSE;
    send_call(branch, row, frame);
    return TRUE;
}

gboolean router_stream(DaemonClient *client, WireFrame *frame, gboolean *is_full)
{
    Router *router = client->router;
    Branch *branch = router ? g_hash_table_lookup(router->streams, GUINT_TO_POINTER(frame->header.serial)) : NULL;

    if (!branch || !branch->upstream)
        return FALSE;
    *is_full = upstream_is_full(branch->upstream);
    if (!*is_full)
        upstream_send(branch->upstream, copy_frame(frame));
    return TRUE;
}

/* --- to the client
 * ----------------------------------------------------------------------------------------------------------- */

static void take_reply(Branch *branch, const WireFrame *frame, RpcFrame *copy)
{
    Router *router = branch->router;
    gpointer serial = GUINT_TO_POINTER(frame->header.serial);
    const RpcProcedure *row = g_hash_table_lookup(branch->calls, serial);
    guint8 *word = first_word(copy, frame->body);

    if (!row)
        return;
    g_hash_table_remove(branch->calls, serial);
    if (frame->header.status != VIR_NET_OK) {
        g_hash_table_remove(router->streams, serial);
    } else if (row->flags & RPC_PROC_ID_ADD && word) {
        int here = router->client->next_callback_id++;

        g_hash_table_insert(branch->to_client, GINT_TO_POINTER((int)word_get(word)), GINT_TO_POINTER(here));
        g_hash_table_insert(branch->registrations, GINT_TO_POINTER(here), g_hash_table_lookup(branch->adding, serial));
        g_hash_table_steal(branch->adding, serial);
        word_put(word, (guint32)here);
    }
    g_hash_table_remove(branch->adding, serial);
}

/* Takes the answer to a registration that was sent again; the client has had its own long ago. FALSE when it is none.
 */
static gboolean take_repeated(Branch *branch, const WireFrame *frame)
{
    gpointer serial = GUINT_TO_POINTER(frame->header.serial);
    gpointer here;

    if (!g_hash_table_lookup_extended(branch->repeated, serial, NULL, &here))
        return FALSE;
    g_hash_table_remove(branch->repeated, serial);
    if (frame->header.status == VIR_NET_OK && frame->size >= frame->body + 4u)
        g_hash_table_insert(branch->to_client, GINT_TO_POINTER((int)word_get(frame->bytes + frame->body)), here);
    else
        g_hash_table_remove(branch->registrations, here);
    return TRUE;
}

/* FALSE for an event that nobody here has asked for (any more). */
static gboolean take_event(Branch *branch, const WireFrame *frame, RpcFrame *copy)
{
    const DaemonProgram *program =
        daemon_server_find_program(branch->router->client->server, frame->header.program, frame->header.version);
    const RpcProcedure *row = program ? rpc_program_find(program->program, frame->header.procedure) : NULL;
    guint8 *word = first_word(copy, frame->body);
    gpointer here;

    if (!row || !(row->flags & RPC_PROC_EVENT))
        return FALSE;
    if (!(row->flags & RPC_PROC_ID_EVENT))
        return TRUE;
    if (!word || !g_hash_table_lookup_extended(branch->to_client, GINT_TO_POINTER((int)word_get(word)), NULL, &here))
        return FALSE;
    word_put(word, (guint32)GPOINTER_TO_INT(here));
    return TRUE;
}

static gboolean on_frame(Upstream *upstream, WireFrame *frame, gpointer data)
{
    Branch *branch = data;
    Router *router = branch->router;
    RpcFrame *copy;

    if (daemon_client_is_full(router->client))
        return FALSE;
    if (frame->header.type == VIR_NET_REPLY && take_repeated(branch, frame))
        return TRUE;
    copy = copy_frame(frame);
    switch (frame->header.type) {
    case VIR_NET_REPLY:
    case VIR_NET_REPLY_WITH_FDS:
        take_reply(branch, frame, copy);
        break;
    case VIR_NET_MESSAGE:
        if (take_event(branch, frame, copy))
            break;
        rpc_frame_free(copy);
        return TRUE;
    case VIR_NET_STREAM:
        if (frame->header.status != VIR_NET_CONTINUE)
            g_hash_table_remove(router->streams, GUINT_TO_POINTER(frame->header.serial));
        break;
    case VIR_NET_STREAM_HOLE:
        break;
    default:
        rpc_frame_free(copy);
        return TRUE;
    }
    daemon_client_send(router->client, copy);
    return TRUE;
}

/* --- an upstream comes and goes
 * ------------------------------------------------------------------------------------------------ */

static void repeat_registrations(Branch *branch)
{
    GHashTableIter iter;
    gpointer here, frame;

    g_hash_table_iter_init(&iter, branch->registrations);
    while (g_hash_table_iter_next(&iter, &here, &frame)) {
        RpcHeader header;

        rpc_header_decode(((RpcFrame *)frame)->data + RPC_LENGTH_SIZE, &header);
        g_hash_table_insert(branch->repeated, GUINT_TO_POINTER(header.serial), here);
        upstream_send(branch->upstream, rpc_frame_copy(frame));
    }
}

static gboolean on_reconnect(gpointer data)
{
    Branch *branch = data;

    branch->timer = 0;
    branch_connect(branch);
    return G_SOURCE_REMOVE;
}

static void on_ready(Upstream *upstream, gpointer data)
{
    Branch *branch = data;
    Router *router = branch->router;

    branch->was_there = TRUE;
    repeat_registrations(branch);
    if (router->open_call && branch->route == router->hypervisor) {
        router->client->is_open = TRUE;
        rpc_call_reply(g_steal_pointer(&router->open_call));
    }
}

static void on_drained(Upstream *upstream, gpointer data)
{
    DaemonClient *client = ((Branch *)data)->router->client;

    if (!client->is_closed)
        wire_resume(client->wire);
}

/* A daemon that is not there is a driver that this host does not have; one that was there will be back. */
static GError *call_error(const Branch *branch, const RpcProcedure *row, gboolean is_absent, const GError *error)
{
    GError *result = NULL;

    if (!is_absent || branch->was_there)
        return g_error_copy(error);
    vir_error_set(&result, access_error_domain(row), VIR_ERR_NO_SUPPORT, "%s (%s is not there)",
                  row->function ? row->function : row->name, branch->route->daemon);
    return result;
}

static const RpcProgram *program_of(const DaemonClient *client, const RpcProcedure *row)
{
    for (guint i = 0; i < client->server->programs->len; i++) {
        const RpcProgram *program = g_array_index(client->server->programs, DaemonProgram, i).program;

        if (row >= program->procedures && row < program->procedures + program->n_procedures)
            return program;
    }
    return &rpc_program_remote;
}

static RpcHeader header_of(const DaemonClient *client, const RpcProcedure *row, guint32 serial)
{
    const RpcProgram *program = program_of(client, row);

    return (RpcHeader){.program = program->number,
                       .version = program->version,
                       .procedure = (gint32)(row - program->procedures),
                       .serial = serial};
}

/* Every call that waited for this daemon gets an answer, every stream its end. */
static void fail_calls(Branch *branch, gboolean is_absent, const GError *error)
{
    Router *router = branch->router;
    GHashTableIter iter;
    gpointer serial, row, owner;

    g_hash_table_iter_init(&iter, branch->calls);
    while (g_hash_table_iter_next(&iter, &serial, &row)) {
        RpcHeader header = header_of(router->client, row, GPOINTER_TO_UINT(serial));

        g_hash_table_remove(router->streams, serial);
        answer_error(router, &header, call_error(branch, row, is_absent, error));
    }
    g_hash_table_remove_all(branch->calls);
    g_hash_table_iter_init(&iter, router->streams);
    while (g_hash_table_iter_next(&iter, &serial, &owner))
        if (owner == branch)
            g_hash_table_iter_remove(&iter);
}

/* Tells a client that asked for it that the hypervisor's daemon has gone. */
static void send_close_event(Router *router)
{
    remote_connect_event_connection_closed_msg message = {.reason = VIR_CONNECT_CLOSE_REASON_EOF};

    if (router->client->wants_close_event)
        daemon_client_send_message(router->client, &rpc_program_remote, REMOTE_PROC_CONNECT_EVENT_CONNECTION_CLOSED,
                                   &message);
}

static void on_closed(Upstream *upstream, gboolean is_absent, const GError *error, gpointer data)
{
    Branch *branch = data;
    Router *router = branch->router;
    DaemonClient *client = daemon_client_ref(router->client);
    gboolean was_open = client->is_open;

    log_info("client %" G_GUINT64_FORMAT ": %s: %s", client->id, branch->route->daemon, error->message);
    if (router->open_call && branch->route == router->hypervisor)
        rpc_call_fail(g_steal_pointer(&router->open_call), g_error_copy(error));
    fail_calls(branch, is_absent, error);
    g_hash_table_remove_all(branch->to_client);
    g_hash_table_remove_all(branch->adding);
    g_hash_table_remove_all(branch->repeated);
    g_clear_pointer(&branch->upstream, upstream_free);
    if (g_hash_table_size(branch->registrations) > 0 && !branch->timer && !client->is_closed)
        branch->timer = g_timeout_add(RECONNECT_MS, on_reconnect, branch);
    if (was_open && branch->route == router->hypervisor && !client->is_closed)
        send_close_event(router);
    if (!client->is_closed)
        wire_resume(client->wire);
    daemon_client_unref(client);
}

static const UpstreamOps upstream_ops = {
    .ready = on_ready, .frame = on_frame, .closed = on_closed, .drained = on_drained};

void router_drained(DaemonClient *client)
{
    Router *router = client->router;

    for (guint i = 0; router && i < router->branches->len; i++) {
        Branch *branch = g_ptr_array_index(router->branches, i);

        if (branch->upstream)
            upstream_resume(branch->upstream);
    }
}

void router_identity_changed(DaemonClient *client)
{
    Router *router = client->router;

    for (guint i = 0; router && i < router->branches->len; i++) {
        Branch *branch = g_ptr_array_index(router->branches, i);

        if (branch->upstream)
            upstream_update_identity(branch->upstream);
    }
}

void router_close(DaemonClient *client)
{
    Router *router = g_steal_pointer(&client->router);
    GError *error = NULL;

    if (!router)
        return;
    if (router->open_call) {
        vir_error_set(&error, VIR_FROM_RPC, VIR_ERR_OPERATION_ABORTED, "%s", "the client has gone");
        rpc_call_fail(g_steal_pointer(&router->open_call), error);
    }
    g_ptr_array_unref(router->branches);
    g_hash_table_unref(router->streams);
    g_free(router->uri);
    g_free(router);
}

/* --- opening
 * ---------------------------------------------------------------------------------------------------------------------
 */

/* The first hypervisor that is there; in a session also the first that could be started. */
static const Route *probe(Daemon *daemon)
{
    for (const Route *route = routes_of_hypervisors; route->daemon; route++)
        if (upstream_is_possible(daemon, route))
            return route;
    return daemon->is_privileged ? NULL : &routes_of_hypervisors[0];
}

static const Route *find_hypervisor(Daemon *daemon, const char *uri, GError **error)
{
    g_autofree char *scheme = *uri ? g_uri_parse_scheme(uri) : NULL;
    const Route *route = *uri ? (scheme ? route_for_scheme(scheme) : NULL) : probe(daemon);

    if (route)
        return route;
    if (*uri)
        vir_error_set(error, VIR_FROM_NONE, VIR_ERR_NO_CONNECT, "%s", uri);
    else
        vir_error_set(error, VIR_FROM_NONE, VIR_ERR_NO_CONNECT, "%s", "an empty URI: no hypervisor's daemon is there");
    return NULL;
}

gboolean router_connect_open(RpcCall *call, const remote_connect_open_args *args, GError **error)
{
    DaemonClient *client = call->client;
    Router *router = router_of(client);
    const char *uri = args->name ? *args->name : "";
    const Route *route;
    Branch *branch;

    if (router->open_call || client->is_open) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "%s", "connection already open");
        return FALSE;
    }
    route = find_hypervisor(client->daemon, uri, error);
    if (!route)
        return FALSE;
    client->is_read_only = client->is_socket_read_only || args->flags & VIR_CONNECT_RO;
    router->hypervisor = route;
    g_free(router->uri);
    router->uri = *uri ? g_strdup(uri) : NULL;
    branch = branch_for(router, route);
    branch->upstream = upstream_new(client, route, router->uri, &upstream_ops, branch);
    router->open_call = call;
    rpc_call_defer(call);
    return TRUE;
}
