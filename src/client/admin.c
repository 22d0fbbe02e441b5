/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt-admin.so.0: its handles and the functions that the call table does not explain. */
#include "client/admin.h"

#include <libvirt/virterror.h>

#include "client/call.h"
#include "client/open.h"
#include "client/report.h"

static void server_clear(gpointer handle)
{
    g_free(((virAdmServerPtr)handle)->name);
}

static void client_clear(gpointer handle)
{
    handle_unref(((virAdmClientPtr)handle)->server);
}

const HandleType handle_type_adm_server = {sizeof(struct _virAdmServer), VIR_ERR_INVALID_CONN, VIR_FROM_NONE,
                                           VIR_FROM_ADMIN, server_clear};
const HandleType handle_type_adm_client = {sizeof(struct _virAdmClient), VIR_ERR_INVALID_CONN, VIR_FROM_NONE,
                                           VIR_FROM_ADMIN, client_clear};

virAdmServerPtr handle_adm_server_new(Connection *connection, admin_nonnull_server *wire)
{
    virAdmServerPtr server = handle_new(&handle_type_adm_server, connection);

    server->name = g_steal_pointer(&wire->name);
    return server;
}

void handle_adm_server_encode(virAdmServerPtr server, admin_nonnull_server *wire)
{
    wire->name = server->name;
}

virAdmClientPtr handle_adm_client_new(Connection *connection, admin_nonnull_client *wire)
{
    virAdmClientPtr client = handle_new(&handle_type_adm_client, connection);

    client->server = handle_adm_server_new(connection, &wire->srv);
    client->id = wire->id;
    client->timestamp = wire->timestamp;
    client->transport = wire->transport;
    return client;
}

void handle_adm_client_encode(virAdmClientPtr client, admin_nonnull_client *wire)
{
    handle_adm_server_encode(client->server, &wire->srv);
    wire->id = client->id;
    wire->timestamp = client->timestamp;
    wire->transport = client->transport;
}

/* ---- connections ---- */

int virAdmInitialize(void)
{
    return 0;
}

int virAdmGetVersion(unsigned long long *libVer)
{
    virResetLastError();
    if (!libVer) {
        report_invalid_arg(NULL, VIR_FROM_ADMIN, __func__, "libVer", "must not be NULL");
        return -1;
    }
    *libVer = LIBVIR_VERSION_NUMBER;
    return 0;
}

virAdmConnectPtr virAdmConnectOpen(const char *name, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    virAdmConnectPtr conn;

    virResetLastError();
    conn = open_admin_connection(name, flags, &error);
    if (!conn)
        report_gerror(NULL, error);
    return conn;
}

int virAdmConnectRef(virAdmConnectPtr conn)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_adm_connect, conn, __func__))
        return -1;
    handle_ref(conn);
    return 0;
}

int virAdmConnectClose(virAdmConnectPtr conn)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_adm_connect, conn, __func__))
        return -1;
    return handle_unref(conn) ? 0 : 1;
}

char *virAdmConnectGetURI(virAdmConnectPtr conn)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_adm_connect, conn, __func__))
        return NULL;
    return g_strdup(call.connection->uri);
}

int virAdmConnectIsAlive(virAdmConnectPtr conn)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_adm_connect, conn, __func__))
        return -1;
    return rpc_client_is_open(call.connection->client);
}

int virAdmConnectRegisterCloseCallback(virAdmConnectPtr conn, virAdmConnectCloseFunc cb, void *opaque,
                                       virFreeCallback freecb)
{
    CloseCallback callback = {.func = (void (*)(void))cb, .opaque = opaque, .free = freecb};
    ClientCall call;

    if (!call_begin(&call, &handle_type_adm_connect, conn, __func__) || !call_need(&call, cb, "cb"))
        return -1;
    return connection_set_close_callback(call.connection, __func__, &callback) ? 0 : -1;
}

int virAdmConnectUnregisterCloseCallback(virAdmConnectPtr conn, virAdmConnectCloseFunc cb)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_adm_connect, conn, __func__) || !call_need(&call, cb, "cb"))
        return -1;
    return connection_unset_close_callback(call.connection, __func__, (void (*)(void))cb) ? 0 : -1;
}

/* ---- what the handles know ---- */

int virAdmServerFree(virAdmServerPtr srv)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_adm_server, srv, __func__))
        return -1;
    handle_unref(srv);
    return 0;
}

const char *virAdmServerGetName(virAdmServerPtr srv)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_adm_server, srv, __func__))
        return NULL;
    return srv->name;
}

int virAdmClientFree(virAdmClientPtr client)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_adm_client, client, __func__))
        return -1;
    handle_unref(client);
    return 0;
}

unsigned long long virAdmClientGetID(virAdmClientPtr client)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_adm_client, client, __func__))
        return (unsigned long long)-1;
    return client->id;
}

long long virAdmClientGetTimestamp(virAdmClientPtr client)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_adm_client, client, __func__))
        return -1;
    return client->timestamp;
}

int virAdmClientGetTransport(virAdmClientPtr client)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_adm_client, client, __func__))
        return -1;
    return (int)client->transport;
}
