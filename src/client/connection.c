/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connection's life after it was opened, and its end. */
#include "client/connection.h"

#include "client/call.h"
#include "client/event_loop.h"
#include "client/events.h"
#include "client/report.h"
#include "common/error.h"
#include "rpc/admin_calls.h"
#include "rpc/remote_calls.h"

/* How long a goodbye may take. */
#define GOODBYE_MS 5000

static void connection_clear(gpointer handle)
{
    Connection *connection = handle;

    connection_hang_up(connection);
    g_free(connection->uri);
    virResetError(&connection->last_error);
    g_mutex_clear(&connection->lock);
}

static void connect_clear(gpointer handle)
{
    virConnectPtr conn = handle;

    connection_clear(handle);
    client_events_free(conn->events);
    g_free(conn->type);
}

const HandleType handle_type_connect = {sizeof(struct _virConnect), VIR_ERR_INVALID_CONN, VIR_FROM_NONE, VIR_FROM_NONE,
                                        connect_clear};
const HandleType handle_type_adm_connect = {sizeof(struct _virAdmConnect), VIR_ERR_INVALID_CONN, VIR_FROM_NONE,
                                            VIR_FROM_ADMIN, connection_clear};

Connection *connection_new(const HandleType *type)
{
    Connection *connection = handle_new(type, NULL);

    g_mutex_init(&connection->lock);
    connection->closed_reason = -1;
    connection->close_timer = -1;
    if (type == &handle_type_connect)
        connection_public(connection)->events = client_events_new(connection_public(connection));
    return connection;
}

/* ---- the other side ---- */

static void on_event(RpcClient *client, const RpcHeader *header, const guint8 *body, gsize size, gpointer data)
{
    Connection *connection = data;

    if (connection->base.type == &handle_type_connect)
        client_events_receive(connection_public(connection)->events, header, body, size);
}

static void on_closed(RpcClient *client, int reason, gpointer data)
{
    connection_note_closed(data, reason);
}

static const RpcClientHandlers handlers = {.event = on_event, .closed = on_closed};

void connection_set_client(Connection *connection, RpcClient *client)
{
    const RpcLoop *loop = event_loop();
    g_autoptr(GError) error = NULL;

    connection->client = client;
    rpc_client_set_handlers(client, &handlers, connection);
    if (loop && !rpc_client_attach_loop(client, loop, &error))
        g_warning("%s", error->message); /* calls work without it */
}

static void say_goodbye(Connection *connection)
{
    gboolean is_admin = connection->base.type == &handle_type_adm_connect;
    g_autoptr(GError) error = NULL;

    if (connection->is_daemon_told)
        rpc_client_call(connection->client, &rpc_program_remote, REMOTE_PROC_CONNECT_UNREGISTER_CLOSE_CALLBACK, NULL,
                        NULL, GOODBYE_MS, &error);
    g_clear_error(&error); /* it hears no more from us either way */
    rpc_client_call(connection->client, is_admin ? &rpc_program_admin : &rpc_program_remote,
                    is_admin ? ADMIN_PROC_CONNECT_CLOSE : REMOTE_PROC_CONNECT_CLOSE, NULL, NULL, GOODBYE_MS, &error);
}

void connection_hang_up(Connection *connection)
{
    if (!connection->client)
        return;
    rpc_client_set_handlers(connection->client, NULL, NULL);
    if (rpc_client_is_open(connection->client))
        say_goodbye(connection);
    rpc_client_close(connection->client);
    g_clear_pointer(&connection->client, rpc_client_unref);
}

gboolean connection_has_feature(virConnectPtr conn, int feature)
{
    remote_connect_supports_feature_args args = {.feature = feature};
    remote_connect_supports_feature_ret ret = {0};
    int known = g_atomic_int_get(&conn->features[feature]);

    if (known == 0) {
        if (!rpc_client_call(conn->connection.client, &rpc_program_remote, REMOTE_PROC_CONNECT_SUPPORTS_FEATURE, &args,
                             &ret, 0, NULL))
            return FALSE; /* the next call will say what is wrong */
        known = ret.supported ? 2 : 1;
        g_atomic_int_set(&conn->features[feature], known);
    }
    return known == 2;
}

/* ---- hearing of the end ---- */

static void on_close_timer(int timer, void *opaque)
{
    connection_tell_closed(opaque);
}

static void release(void *opaque)
{
    handle_unref(opaque);
}

void connection_note_closed(Connection *connection, int reason)
{
    const RpcLoop *loop = event_loop();

    g_mutex_lock(&connection->lock);
    if (connection->close.func) {
        connection->closed_reason = reason;
        if (loop && connection->close_timer >= 0)
            loop->update_timeout(connection->close_timer, 0);
    }
    g_mutex_unlock(&connection->lock);
}

static void call_close_func(Connection *connection, const CloseCallback *close, int reason)
{
    if (connection->base.type == &handle_type_adm_connect)
        ((virAdmConnectCloseFunc)close->func)((virAdmConnectPtr)connection, reason, close->opaque);
    else
        ((virConnectCloseFunc)close->func)((virConnectPtr)connection, reason, close->opaque);
}

/* Removes the callback and whoever waits for it; the caller releases both outside the lock. */
static CloseCallback take_close(Connection *connection)
{
    CloseCallback close = connection->close;

    connection->close = (CloseCallback){0};
    connection->closed_reason = -1;
    if (connection->close_timer >= 0)
        event_loop()->remove_timeout(connection->close_timer);
    connection->close_timer = -1;
    return close;
}

static void close_release(Connection *connection, const CloseCallback *close)
{
    if (close->free)
        close->free(close->opaque);
    handle_unref(connection);
}

void connection_tell_closed(Connection *connection)
{
    CloseCallback close;
    int reason;

    g_mutex_lock(&connection->lock);
    reason = connection->closed_reason;
    if (reason < 0) {
        g_mutex_unlock(&connection->lock);
        return;
    }
    close = take_close(connection);
    g_mutex_unlock(&connection->lock);

    call_close_func(connection, &close, reason);
    close_release(connection, &close);
}

gboolean connection_set_close_callback(Connection *connection, const char *function, const CloseCallback *callback)
{
    const RpcLoop *loop = event_loop();

    g_mutex_lock(&connection->lock);
    if (connection->close.func) {
        g_mutex_unlock(&connection->lock);
        report(connection, connection->base.type->domain, VIR_ERR_OPERATION_INVALID, "%s",
               "A close callback is already registered");
        return FALSE;
    }
    connection->close = *callback;
    handle_ref(connection);
    if (loop) /* the timer has a reference of its own, for a turn of the loop that is under way */
        connection->close_timer = loop->add_timeout(-1, on_close_timer, handle_ref(connection), release);
    if (loop && connection->close_timer < 0)
        g_atomic_int_add(&connection->base.refs, -1);
    g_mutex_unlock(&connection->lock);
    return TRUE;
}

gboolean connection_unset_close_callback(Connection *connection, const char *function, void (*func)(void))
{
    CloseCallback close;

    g_mutex_lock(&connection->lock);
    if (connection->close.func != func) {
        g_mutex_unlock(&connection->lock);
        report(connection, connection->base.type->domain, VIR_ERR_OPERATION_INVALID, "%s",
               "A different callback was requested");
        return FALSE;
    }
    close = take_close(connection);
    g_mutex_unlock(&connection->lock);
    close_release(connection, &close);
    return TRUE;
}
