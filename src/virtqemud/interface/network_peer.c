/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/interface/network_peer.h"

#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "daemon/loop_post.h"
#include "rpc/remote_calls.h"
#include "rpc/rpc_client.h"
#include "virtqemud/driver.h"
#include "virtqemud/peer.h"

/* After the peer went away or refused, when to look again. */
#define RETRY_MS 2000

static GMutex lock;
static RpcClient *connection;
static guint retry_timer;
static const NetworkPeerListener *listeners[NETWORK_PEER_LISTENERS_MAX];

/* ---- what it says by itself ---- */

#define TELL(what, ...)                                                                                                \
    for (gsize i = 0; i < G_N_ELEMENTS(listeners); i++)                                                                \
        if (listeners[i] && listeners[i]->what)                                                                        \
    listeners[i]->what(__VA_ARGS__)

static void tell_changed(gpointer data)
{
    listen_changed_msg *message = data;

    TELL(changed, message);
    xdr_free((xdrproc_t)xdr_listen_changed_msg, (char *)message);
    g_free(message);
}

static void tell_lifecycle(gpointer data)
{
    remote_network_event_lifecycle_msg *message = data;

    TELL(lifecycle, message->net.name, message->event);
    xdr_free((xdrproc_t)xdr_remote_network_event_lifecycle_msg, (char *)message);
    g_free(message);
}

static void tell_opened(gpointer data)
{
    TELL(opened);
}

static gboolean tell_retry(gpointer data)
{
    retry_timer = 0;
    TELL(retry);
    return G_SOURCE_REMOVE;
}

void network_peer_retry_later(void)
{
    if (!retry_timer)
        retry_timer = g_timeout_add(RETRY_MS, tell_retry, NULL);
}

static void tell_closed(gpointer data)
{
    TELL(closed);
    network_peer_retry_later();
}

/* Messages, what they are decoded into, and who passes them on. */
static const struct {
    guint32 program;
    gint32 procedure;
    gsize size;
    xdrproc_t decode;
    LoopFunc tell;
} messages[] = {
    {LISTEN_PROGRAM, LISTEN_PROC_CHANGED, sizeof(listen_changed_msg), (xdrproc_t)xdr_listen_changed_msg, tell_changed},
    {REMOTE_PROGRAM, REMOTE_PROC_NETWORK_EVENT_LIFECYCLE, sizeof(remote_network_event_lifecycle_msg),
     (xdrproc_t)xdr_remote_network_event_lifecycle_msg, tell_lifecycle},
};

static void on_event(RpcClient *client, const RpcHeader *header, const guint8 *body, gsize size, gpointer data)
{
    for (gsize i = 0; i < G_N_ELEMENTS(messages); i++) {
        g_autoptr(GError) error = NULL;
        gpointer message;

        if (header->program != messages[i].program || header->procedure != messages[i].procedure)
            continue;
        message = g_malloc0(messages[i].size);
        if (rpc_body_decode(body, size, messages[i].decode, message, &error)) {
            loop_post(messages[i].tell, message);
            return;
        }
        log_warning("the network daemon sent what cannot be understood: %s", error->message);
        g_free(message);
    }
}

static void on_closed(RpcClient *client, int reason, gpointer data)
{
    loop_post(tell_closed, NULL);
}

static const RpcClientHandlers handlers = {on_event, on_closed};

/* A peer that has no such events has no such news. */
static void ask_for_events(RpcClient *client)
{
    remote_connect_network_event_register_any_args args = {.eventID = VIR_NETWORK_EVENT_ID_LIFECYCLE};
    remote_connect_network_event_register_any_ret answer = {0};

    peer_call(client, REMOTE_PROC_CONNECT_NETWORK_EVENT_REGISTER_ANY, &args, &answer, NULL);
}

static RpcClient *make_connection(GError **error)
{
    RpcTransport *transport = peer_connect(&peer_network, error);
    g_autoptr(RpcClient) client = NULL;

    if (!transport)
        return NULL;
    client = rpc_client_new(transport);
    if (listeners[0]) {
        rpc_client_set_handlers(client, &handlers, NULL);
        if (!rpc_client_attach_loop(client, &rpc_loop_glib, error))
            return NULL;
    }
    if (!peer_open_driver(client, &peer_network, error)) {
        rpc_client_close(client);
        return NULL;
    }
    if (listeners[0]) {
        ask_for_events(client);
        loop_post(tell_opened, NULL);
    }
    return g_steal_pointer(&client);
}

/* A reference to the connection, made when there is none that works. */
static RpcClient *get_connection(GError **error)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&lock);

    if (connection && !rpc_client_is_open(connection))
        g_clear_pointer(&connection, rpc_client_unref);
    if (!connection)
        connection = make_connection(error);
    return connection ? rpc_client_ref(connection) : NULL;
}

void network_peer_add_listener(const NetworkPeerListener *listener)
{
    for (gsize i = 0; i < G_N_ELEMENTS(listeners); i++) {
        if (listeners[i])
            continue;
        listeners[i] = listener;
        return;
    }
    g_assert_not_reached();
}

gboolean network_peer_open(GError **error)
{
    g_autoptr(RpcClient) client = get_connection(error);

    return client != NULL;
}

void network_peer_close(void)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&lock);

    if (connection)
        rpc_client_close(connection);
    g_clear_pointer(&connection, rpc_client_unref);
}

static gboolean call_once(const RpcProgram *program, gint32 procedure, gconstpointer args, gpointer ret,
                          gboolean *is_broken, GError **error)
{
    g_autoptr(RpcClient) client = get_connection(error);
    gboolean ok;

    *is_broken = FALSE;
    if (!client)
        return FALSE;
    ok = rpc_client_call(client, program, procedure, args, ret, NETWORK_PEER_TIMEOUT_MS, error);
    *is_broken = !ok && !rpc_client_is_open(client);
    return ok;
}

gboolean network_peer_call(const RpcProgram *program, gint32 procedure, gconstpointer args, gpointer ret,
                           GError **error)
{
    g_autoptr(GError) problem = NULL;
    gboolean is_broken;

    if (call_once(program, procedure, args, ret, &is_broken, &problem))
        return TRUE;
    /* The peer may have been restarted since the last call: that is noticed only now, and the questions asked here may
     * be asked twice. */
    if (is_broken) {
        g_clear_error(&problem);
        if (call_once(program, procedure, args, ret, &is_broken, &problem))
            return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&problem));
    return FALSE;
}

/* ---- questions ---- */

gboolean network_peer_look_up(const char *name, remote_network_lookup_by_name_ret *found, GError **error)
{
    remote_network_lookup_by_name_args args = {.name = (char *)name};

    return network_peer_call(&rpc_program_remote, REMOTE_PROC_NETWORK_LOOKUP_BY_NAME, &args, found, error);
}

static gboolean check_active(const char *name, const remote_nonnull_network *net, GError **error)
{
    remote_network_is_active_args args = {.net = *net};
    remote_network_is_active_ret answer = {0};

    if (!network_peer_call(&rpc_program_remote, REMOTE_PROC_NETWORK_IS_ACTIVE, &args, &answer, error))
        return FALSE;
    if (answer.active)
        return TRUE;
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_OPERATION_INVALID, "network '%s' is not active", name);
    return FALSE;
}

static char *get_xml(const remote_nonnull_network *net, GError **error)
{
    remote_network_get_xml_desc_args args = {.net = *net};
    remote_network_get_xml_desc_ret answer = {0};

    return network_peer_call(&rpc_program_remote, REMOTE_PROC_NETWORK_GET_XML_DESC, &args, &answer, error) ? answer.xml
                                                                                                           : NULL;
}

char *network_peer_active_xml(const char *name, GError **error)
{
    remote_network_lookup_by_name_ret found = {0};
    char *xml = NULL;

    if (!network_peer_look_up(name, &found, error))
        return NULL;
    if (check_active(name, &found.net, error))
        xml = get_xml(&found.net, error);
    xdr_free((xdrproc_t)xdr_remote_network_lookup_by_name_ret, (char *)&found);
    return xml;
}
