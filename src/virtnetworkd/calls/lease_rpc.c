/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* NETWORK_GET_DHCP_LEASES: the lease file is read by a worker. */
#include "common/error.h"
#include "virtnetworkd/calls/handlers.h"
#include "virtnetworkd/calls/network_rpc.h"
#include "virtnetworkd/dhcp/leases.h"

typedef struct {
    RpcCall *call;
    NetworkDef *def;
    char *path, *mac;
    gboolean need_results;
    GArray *leases;
    GError *error;
} Query;

static void query_free(Query *query)
{
    network_def_free(query->def);
    g_free(query->path);
    g_free(query->mac);
    g_clear_pointer(&query->leases, g_array_unref);
    g_free(query);
}

static void work(gpointer data)
{
    Query *query = data;

    query->leases = leases_read(query->path, query->def, query->mac, &query->error);
}

static char **optional(const char *text)
{
    char **wire = text ? g_new(char *, 1) : NULL;

    if (wire)
        *wire = g_strdup(text);
    return wire;
}

static void fill(remote_network_dhcp_lease *wire, const Lease *lease, const char *bridge)
{
    wire->iface = g_strdup(bridge);
    wire->expirytime = lease->expiry;
    wire->type = lease->address.family == AF_INET6 ? VIR_IP_ADDR_TYPE_IPV6 : VIR_IP_ADDR_TYPE_IPV4;
    wire->mac = optional(lease->mac);
    wire->iaid = optional(lease->iaid);
    wire->ipaddr = ip_address_format(&lease->address);
    wire->prefix = lease->prefix;
    wire->hostname = optional(lease->hostname);
    wire->clientid = optional(lease->client_id);
}

static void answer(Query *query)
{
    remote_network_get_dhcp_leases_ret *ret = rpc_call_ret(query->call);

    ret->ret = query->leases->len;
    if (!query->need_results)
        return;
    ret->leases.leases_len = MIN(query->leases->len, REMOTE_NETWORK_DHCP_LEASES_MAX);
    ret->leases.leases_val = g_new0(remote_network_dhcp_lease, ret->leases.leases_len);
    for (guint i = 0; i < ret->leases.leases_len; i++)
        fill(&ret->leases.leases_val[i], &g_array_index(query->leases, Lease, i), query->def->bridge);
}

static void done(gpointer data)
{
    Query *query = data;

    if (query->leases) {
        answer(query);
        rpc_call_reply(query->call);
    } else {
        rpc_call_fail(query->call, g_steal_pointer(&query->error));
    }
    query_free(query);
}

gboolean lease_rpc_get(RpcCall *call, const remote_network_get_dhcp_leases_args *args,
                       remote_network_get_dhcp_leases_ret *ret, GError **error)
{
    Network *network = network_rpc_find(&args->net, error);
    guint8 mac[MAC_LEN];
    DhcpDirs dirs = network_dhcp_dirs();
    Query *query;

    if (!network || !network_rpc_check_flags(args->flags, 0, "virNetworkGetDHCPLeases", error))
        return FALSE;
    if (args->mac && !mac_parse(*args->mac, mac)) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_INVALID_MAC, "%s", *args->mac);
        return FALSE;
    }
    query = g_new0(Query, 1);
    query->call = call;
    query->def = network_def_copy(network_def_for(network, FALSE));
    query->path = dhcp_path(network->name, dirs.files_dir, "leases");
    query->mac = args->mac ? g_strdup(*args->mac) : NULL;
    query->need_results = args->need_results;
    rpc_call_defer(call);
    daemon_run_worker(network_driver.daemon, work, done, query);
    return TRUE;
}
