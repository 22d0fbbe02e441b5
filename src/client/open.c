/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/open.h"

#include <string.h>
#include <unistd.h>

#include "client/auth.h"
#include "client/client_config.h"
#include "client/dial.h"
#include "client/event_loop.h"
#include "common/error.h"
#include "config.h"
#include "rpc/admin_calls.h"
#include "rpc/remote_calls.h"

/* ---- which URI ---- */

/* The URI to open: as asked for, else by environment, else by configuration; "" for none. Aliases are resolved. */
static char *resolve_name(ConfigFile *config, const char *name, const char *variable, gboolean with_aliases,
                          GError **error)
{
    const char *from_env = g_getenv(variable);
    g_autofree char *from_config = NULL;

    if (!name && from_env && *from_env)
        name = from_env;
    if (!name) {
        if (!config_file_get_string(config, "uri_default", &from_config, error))
            return NULL;
        name = from_config;
    }
    if (!name || !*name)
        return g_strdup("");
    return with_aliases ? client_config_resolve(config, name, error) : g_strdup(name);
}

static gboolean refuse_in_process(const ConnectUri *uri, GError **error)
{
    if (!uri->driver || strcmp(uri->driver, "test") != 0 || uri->has_transport || uri->host)
        return TRUE;
    vir_error_set(error, VIR_FROM_NONE, VIR_ERR_NO_CONNECT, "%s: the test driver is not built in", uri->text);
    return FALSE;
}

static ConnectUri *prepare_uri(const char *name, unsigned int flags, GError **error)
{
    g_autoptr(ConfigFile) config = client_config_load("libvirt.conf", error);
    g_autoptr(ConnectUri) uri = NULL;
    g_autofree char *text = NULL;

    if (!config)
        return NULL;
    text = resolve_name(config, name, "LIBVIRT_DEFAULT_URI", !(flags & VIR_CONNECT_NO_ALIASES), error);
    uri = text ? connect_uri_parse(text, error) : NULL;
    if (!uri || !refuse_in_process(uri, error) || !client_config_complete(config, uri, error))
        return NULL;
    return g_steal_pointer(&uri);
}

/* ---- the ordinary connection ---- */

static gboolean call_open(RpcClient *client, const char *uri, unsigned int flags, GError **error)
{
    char *name = (char *)uri;
    remote_connect_open_args args = {.name = &name, .flags = flags & VIR_CONNECT_RO};

    return rpc_client_call(client, &rpc_program_remote, REMOTE_PROC_CONNECT_OPEN, &args, NULL, 0, error);
}

static char *call_get_uri(RpcClient *client, GError **error)
{
    remote_connect_get_uri_ret ret = {0};

    if (!rpc_client_call(client, &rpc_program_remote, REMOTE_PROC_CONNECT_GET_URI, NULL, &ret, 0, error))
        return NULL;
    return ret.uri;
}

/* Asking whether the daemon knows keepalive is what lets it send questions of its own, so only with a loop to answer.
 */
static gboolean ask_keepalive(virConnectPtr conn, RpcClient *client, GError **error)
{
    remote_connect_supports_feature_args args = {.feature = FEATURE_KEEPALIVE};
    remote_connect_supports_feature_ret ret = {0};

    if (!event_loop())
        return TRUE;
    if (!rpc_client_call(client, &rpc_program_remote, REMOTE_PROC_CONNECT_SUPPORTS_FEATURE, &args, &ret, 0, error))
        return FALSE;
    conn->features[FEATURE_KEEPALIVE] = ret.supported ? 2 : 1;
    return TRUE;
}

static gboolean greet(virConnectPtr conn, RpcClient *client, const ConnectUri *uri, const char *probed,
                      virConnectAuthPtr auth, unsigned int flags, GError **error)
{
    if (!auth_run(client, uri, auth, error) || !ask_keepalive(conn, client, error) ||
        !call_open(client, probed ? probed : uri->for_daemon, flags, error))
        return FALSE;
    conn->connection.uri = *uri->text ? g_strdup(uri->text) : call_get_uri(client, error);
    return conn->connection.uri != NULL;
}

virConnectPtr open_connection(const char *name, virConnectAuthPtr auth, unsigned int flags, GError **error)
{
    g_autoptr(ConnectUri) uri = prepare_uri(name, flags, error);
    RpcTransport *transport = NULL;
    g_autoptr(RpcClient) client = NULL;
    g_autofree char *probed = NULL;
    virConnectPtr conn;

    if (!uri)
        return NULL;
    transport = dial(uri, (flags & VIR_CONNECT_RO) != 0, &probed, error);
    if (!transport)
        return NULL;
    client = rpc_client_new(transport);
    conn = connection_public(connection_new(&handle_type_connect));
    conn->connection.is_read_only = (flags & VIR_CONNECT_RO) != 0;
    conn->connection.is_remote_secure = uri->transport == TRANSPORT_SSH;
    if (!greet(conn, client, uri, probed, auth, flags, error)) {
        rpc_client_close(client);
        handle_unref(conn);
        return NULL;
    }
    connection_set_client(&conn->connection, g_steal_pointer(&client));
    return conn;
}

/* ---- the admin connection ---- */

/* An admin URI is DAEMON:///system or DAEMON:///session; its socket, caller frees. */
static char *admin_socket(const ConnectUri *uri, GError **error)
{
    gboolean is_session = strcmp(uri->path, "/session") == 0;
    gboolean is_system = strcmp(uri->path, "/system") == 0;
    g_autofree char *dir = NULL;
    const char *daemon = uri->driver;

    if (uri->has_transport && uri->transport != TRANSPORT_UNIX) {
        vir_error_set(error, VIR_FROM_ADMIN, VIR_ERR_OPERATION_UNSUPPORTED, "%s",
                      "the admin interface is on unix sockets only");
        return NULL;
    }
    if (uri->socket)
        return g_strdup(uri->socket);
    if (!is_system && !is_session) {
        vir_error_set(error, VIR_FROM_ADMIN, VIR_ERR_INVALID_ARG, "unexpected URI path '%s', try %s:///system",
                      uri->path, daemon);
        return NULL;
    }
    dir = client_socket_dir(is_session && geteuid() != 0);
    if (strcmp(daemon, "libvirtd") == 0 || strcmp(daemon, "virtproxyd") == 0)
        daemon = "libvirt";
    return g_strdup_printf("%s/%s-admin-sock", dir, daemon);
}

static ConnectUri *prepare_admin_uri(const char *name, unsigned int flags, GError **error)
{
    g_autoptr(ConfigFile) config = client_config_load("libvirt-admin.conf", error);
    g_autofree char *text = NULL;

    if (!config)
        return NULL;
    text = resolve_name(config, name, "LIBVIRT_ADMIN_DEFAULT_URI", !(flags & VIR_CONNECT_NO_ALIASES), error);
    if (text && !*text) {
        g_free(text);
        text = g_strdup(geteuid() == 0 ? "libvirtd:///system" : "libvirtd:///session");
    }
    return text ? connect_uri_parse(text, error) : NULL;
}

virAdmConnectPtr open_admin_connection(const char *name, unsigned int flags, GError **error)
{
    g_autoptr(ConnectUri) uri = prepare_admin_uri(name, flags, error);
    g_autofree char *path = uri ? admin_socket(uri, error) : NULL;
    RpcTransport *transport = path ? rpc_transport_connect_unix(path, error) : NULL;
    admin_connect_open_args args = {.flags = 0};
    g_autoptr(RpcClient) client = NULL;
    Connection *connection;

    if (!transport)
        return NULL;
    client = rpc_client_new(transport);
    if (!rpc_client_call(client, &rpc_program_admin, ADMIN_PROC_CONNECT_OPEN, &args, NULL, 0, error)) {
        rpc_client_close(client);
        return NULL;
    }
    connection = connection_new(&handle_type_adm_connect);
    connection->uri = g_strdup(uri->text);
    connection_set_client(connection, g_steal_pointer(&client));
    return (virAdmConnectPtr)connection;
}
