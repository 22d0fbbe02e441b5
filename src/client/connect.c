/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public functions about the connection itself. */
#include <string.h>

#include "client/call.h"
#include "client/open.h"
#include "client/report.h"
#include "common/error.h"
#include "rpc/remote_calls.h"

int virInitialize(void)
{
    return 0; /* everything sets itself up when it is first needed */
}

int virGetVersion(unsigned long *libVer, const char *type, unsigned long *typeVer)
{
    virResetLastError();
    if (!libVer) {
        report_invalid_arg(NULL, VIR_FROM_NONE, __func__, "libVer", "must not be NULL");
        return -1;
    }
    *libVer = LIBVIR_VERSION_NUMBER;
    if (typeVer)
        *typeVer = LIBVIR_VERSION_NUMBER;
    return 0;
}

static virConnectPtr open_and_report(const char *name, virConnectAuthPtr auth, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    virConnectPtr conn;

    virResetLastError();
    conn = open_connection(name, auth, flags, &error);
    if (!conn)
        report_gerror(NULL, error);
    return conn;
}

virConnectPtr virConnectOpen(const char *name)
{
    return open_and_report(name, NULL, 0);
}

virConnectPtr virConnectOpenReadOnly(const char *name)
{
    return open_and_report(name, NULL, VIR_CONNECT_RO);
}

virConnectPtr virConnectOpenAuth(const char *name, virConnectAuthPtr auth, unsigned int flags)
{
    return open_and_report(name, auth, flags);
}

int virConnectRef(virConnectPtr conn)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_connect, conn, __func__))
        return -1;
    handle_ref(conn);
    return 0;
}

int virConnectClose(virConnectPtr conn)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_connect, conn, __func__))
        return -1;
    return handle_unref(conn) ? 0 : 1;
}

char *virConnectGetURI(virConnectPtr conn)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_connect, conn, __func__))
        return NULL;
    return g_strdup(call.connection->uri);
}

const char *virConnectGetType(virConnectPtr conn)
{
    remote_connect_get_type_ret ret = {0};
    const char *type;
    ClientCall call;

    if (!call_begin(&call, &handle_type_connect, conn, __func__))
        return NULL;
    type = g_atomic_pointer_get(&conn->type);
    if (type)
        return type;
    if (!call_run(&call, &rpc_program_remote, REMOTE_PROC_CONNECT_GET_TYPE, NULL, &ret))
        return NULL;
    if (!g_atomic_pointer_compare_and_exchange(&conn->type, NULL, ret.type))
        g_free(ret.type); /* another thread asked at the same time */
    return g_atomic_pointer_get(&conn->type);
}

int virConnectIsEncrypted(virConnectPtr conn)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_connect, conn, __func__))
        return -1;
    return rpc_transport_is_encrypted(rpc_client_transport(call.connection->client)) ||
           call.connection->is_remote_secure;
}

int virConnectIsSecure(virConnectPtr conn)
{
    remote_connect_is_secure_ret ret = {0};
    gboolean is_secure;
    ClientCall call;

    if (!call_begin(&call, &handle_type_connect, conn, __func__) ||
        !call_run(&call, &rpc_program_remote, REMOTE_PROC_CONNECT_IS_SECURE, NULL, &ret))
        return -1;
    is_secure =
        rpc_transport_is_secure(rpc_client_transport(call.connection->client)) || call.connection->is_remote_secure;
    return ret.secure && is_secure; /* the whole way is as secure as its weaker half */
}

int virConnectIsAlive(virConnectPtr conn)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_connect, conn, __func__))
        return -1;
    return rpc_client_is_open(call.connection->client);
}

int virConnectSetKeepAlive(virConnectPtr conn, int interval, unsigned int count)
{
    g_autoptr(GError) error = NULL;
    ClientCall call;

    if (!call_begin(&call, &handle_type_connect, conn, __func__))
        return -1;
    if (interval > 0 && g_atomic_int_get(&conn->features[FEATURE_KEEPALIVE]) == 1)
        return 1;
    if (rpc_client_set_keepalive(call.connection->client, MAX(interval, 0), count, &error))
        return 0;
    report_gerror(call.connection, error);
    return -1;
}

/* ---- the end of the connection ---- */

/* Asks the daemon to say when its own connection to the hypervisor ends; those that cannot are not asked. */
static void tell_daemon(virConnectPtr conn, gboolean wants)
{
    ClientCall call = {.function = __func__, .connection = &conn->connection};

    if (!connection_has_feature(conn, FEATURE_CLOSE_CALLBACK))
        return;
    if (call_run(&call, &rpc_program_remote,
                 wants ? REMOTE_PROC_CONNECT_REGISTER_CLOSE_CALLBACK : REMOTE_PROC_CONNECT_UNREGISTER_CLOSE_CALLBACK,
                 NULL, NULL))
        conn->connection.is_daemon_told = wants;
    virResetLastError(); /* what ends our own connection is heard all the same */
}

int virConnectRegisterCloseCallback(virConnectPtr conn, virConnectCloseFunc cb, void *opaque, virFreeCallback freecb)
{
    CloseCallback callback = {.func = (void (*)(void))cb, .opaque = opaque, .free = freecb};
    ClientCall call;

    if (!call_begin(&call, &handle_type_connect, conn, __func__) || !call_need(&call, cb, "cb") ||
        !connection_set_close_callback(call.connection, __func__, &callback))
        return -1;
    tell_daemon(conn, TRUE);
    return 0;
}

int virConnectUnregisterCloseCallback(virConnectPtr conn, virConnectCloseFunc cb)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_connect, conn, __func__) || !call_need(&call, cb, "cb"))
        return -1;
    handle_ref(conn);
    if (!connection_unset_close_callback(call.connection, __func__, (void (*)(void))cb)) {
        handle_unref(conn);
        return -1;
    }
    if (conn->connection.is_daemon_told && rpc_client_is_open(conn->connection.client))
        tell_daemon(conn, FALSE);
    handle_unref(conn);
    return 0;
}
