/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/peer.h"

#include "common/error.h"
#include "rpc/remote_calls.h"
#include "virtqemud/driver.h"

const Peer peer_network = {"virtnetworkd", "network", "network", VIR_FROM_NETWORK};
const Peer peer_storage = {"virtstoraged", "storage", "storage", VIR_FROM_STORAGE};
const Peer peer_secret = {"virtsecretd", "secret", "secret", VIR_FROM_SECRET};

static RpcTransport *connect_running(const Peer *peer, GError **error)
{
    g_autofree char *own = g_strconcat(peer->daemon, "-sock", NULL);
    const char *const sockets[] = {own, "libvirt-sock"};
    g_autoptr(GError) first = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(sockets); i++) {
        g_autofree char *path = g_build_filename(driver.run_dir, sockets[i], NULL);
        g_autoptr(GError) problem = NULL;
        RpcTransport *transport = rpc_transport_connect_unix(path, &problem);

        if (transport)
            return transport;
        if (!first)
            first = g_steal_pointer(&problem);
    }
    vir_error_set(error, peer->domain, VIR_ERR_SYSTEM_ERROR, "cannot reach the %s daemon: %s", peer->what,
                  first->message);
    return NULL;
}

RpcTransport *peer_connect(const Peer *peer, GError **error)
{
    RpcTransport *transport = connect_running(peer, NULL);

    if (!transport)
        daemon_autostart(driver.daemon, peer->daemon);
    return transport ? transport : connect_running(peer, error);
}

gboolean peer_call(RpcClient *client, gint32 procedure, gconstpointer args, gpointer ret, GError **error)
{
    return rpc_client_call(client, &rpc_program_remote, procedure, args, ret, PEER_TIMEOUT_MS, error);
}

static gboolean authenticate(RpcClient *client, GError **error)
{
    remote_auth_list_ret methods = {0};
    gboolean ok = peer_call(client, REMOTE_PROC_AUTH_LIST, NULL, &methods, error);

    if (!ok)
        return FALSE;
    if (methods.types.types_len > 0 && methods.types.types_val[0] == REMOTE_AUTH_POLKIT) {
        remote_auth_polkit_ret done = {0};

        ok = peer_call(client, REMOTE_PROC_AUTH_POLKIT, NULL, &done, error);
    }
    xdr_free((xdrproc_t)xdr_remote_auth_list_ret, (char *)&methods);
    return ok;
}

gboolean peer_open_driver(RpcClient *client, const Peer *peer, GError **error)
{
    g_autofree char *uri = g_strdup_printf("%s:///%s", peer->scheme, driver.is_privileged ? "system" : "session");
    remote_connect_open_args args = {.name = &uri};

    return authenticate(client, error) && peer_call(client, REMOTE_PROC_CONNECT_OPEN, &args, NULL, error);
}

RpcClient *peer_open(const Peer *peer, GError **error)
{
    RpcTransport *transport = peer_connect(peer, error);
    RpcClient *client;

    if (!transport)
        return NULL;
    client = rpc_client_new(transport);
    if (peer_open_driver(client, peer, error))
        return client;
    peer_close(client);
    return NULL;
}

void peer_close(RpcClient *client)
{
    if (!client)
        return;
    rpc_client_close(client);
    rpc_client_unref(client);
}
