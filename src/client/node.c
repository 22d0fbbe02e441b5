/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Public functions about the host, its devices, its networks and secrets that the call table does not explain. */
#include <string.h>

#include "client/call.h"
#include "rpc/remote_calls.h"

/* ---- processors and memory ---- */

/* The two kinds of statistics are alike on the wire and in public: a name and a number. */
G_STATIC_ASSERT(sizeof(virNodeCPUStats) == sizeof(virNodeMemoryStats));
G_STATIC_ASSERT(sizeof(remote_node_get_cpu_stats) == sizeof(remote_node_get_memory_stats));

static gboolean fill_stats(ClientCall *call, const remote_node_get_cpu_stats *wire, guint n, int n_known,
                           virNodeCPUStatsPtr params, int *nparams)
{
    if (*nparams == 0) {
        *nparams = n_known;
        return TRUE;
    }
    if (!call_check_list(call, n, *nparams))
        return FALSE;
    for (guint i = 0; i < n; i++) {
        if (g_strlcpy(params[i].field, wire[i].field, sizeof(params[i].field)) >= sizeof(params[i].field))
            return call_fail(call, VIR_FROM_REMOTE, VIR_ERR_INTERNAL_ERROR, "statistic %s too big for destination",
                             wire[i].field);
        params[i].value = wire[i].value;
    }
    *nparams = (int)n;
    return TRUE;
}

int virNodeGetCPUStats(virConnectPtr conn, int cpuNum, virNodeCPUStatsPtr params, int *nparams, unsigned int flags)
{
    remote_node_get_cpu_stats_args args = {.cpuNum = cpuNum, .flags = flags};
    remote_node_get_cpu_stats_ret ret = {0};
    gboolean ok;
    ClientCall call;

    if (!call_begin(&call, &handle_type_connect, conn, __func__) || !call_need(&call, nparams, "nparams") ||
        !call_need_array(&call, params, *nparams, "params"))
        return -1;
    args.nparams = *nparams;
    if (!call_run(&call, &rpc_program_remote, REMOTE_PROC_NODE_GET_CPU_STATS, &args, &ret))
        return -1;
    ok = fill_stats(&call, ret.params.params_val, ret.params.params_len, ret.nparams, params, nparams);
    call_release(&call, &ret);
    return ok ? 0 : -1;
}

int virNodeGetMemoryStats(virConnectPtr conn, int cellNum, virNodeMemoryStatsPtr params, int *nparams,
                          unsigned int flags)
{
    remote_node_get_memory_stats_args args = {.cellNum = cellNum, .flags = flags};
    remote_node_get_memory_stats_ret ret = {0};
    gboolean ok;
    ClientCall call;

    if (!call_begin(&call, &handle_type_connect, conn, __func__) || !call_need(&call, nparams, "nparams") ||
        !call_need_array(&call, params, *nparams, "params"))
        return -1;
    args.nparams = *nparams;
    if (!call_run(&call, &rpc_program_remote, REMOTE_PROC_NODE_GET_MEMORY_STATS, &args, &ret))
        return -1;
    ok = fill_stats(&call, (remote_node_get_cpu_stats *)ret.params.params_val, ret.params.params_len, ret.nparams,
                    (virNodeCPUStatsPtr)params, nparams);
    call_release(&call, &ret);
    return ok ? 0 : -1;
}

int virNodeGetCPUMap(virConnectPtr conn, unsigned char **cpumap, unsigned int *online, unsigned int flags)
{
    remote_node_get_cpu_map_args args = {.need_map = cpumap != NULL, .need_online = online != NULL, .flags = flags};
    remote_node_get_cpu_map_ret ret = {0};
    ClientCall call;
    int result;

    if (!call_begin(&call, &handle_type_connect, conn, __func__) ||
        !call_run(&call, &rpc_program_remote, REMOTE_PROC_NODE_GET_CPU_MAP, &args, &ret))
        return -1;
    result = ret.ret;
    if (cpumap && result > 0 && ret.cpumap.cpumap_len < (guint)(result + 7) / 8) {
        call_fail(&call, VIR_FROM_REMOTE, VIR_ERR_RPC, "the daemon's map of %d CPUs has %u bytes", result,
                  ret.cpumap.cpumap_len);
        call_release(&call, &ret);
        return -1;
    }
    if (cpumap)
        *cpumap = (unsigned char *)g_steal_pointer(&ret.cpumap.cpumap_val);
    if (online)
        *online = ret.online;
    call_release(&call, &ret);
    return result;
}

int virNodeGetFreePages(virConnectPtr conn, unsigned int npages, unsigned int *pages, int startCell,
                        unsigned int cellCount, unsigned long long *counts, unsigned int flags)
{
    remote_node_get_free_pages_args args = {.startCell = startCell, .cellCount = cellCount, .flags = flags};
    remote_node_get_free_pages_ret ret = {0};
    ClientCall call;
    int n = -1;

    if (!call_begin(&call, &handle_type_connect, conn, __func__) || !call_need_positive(&call, npages, "npages") ||
        !call_need(&call, pages, "pages") || !call_need_positive(&call, cellCount, "cellCount") ||
        !call_need(&call, counts, "counts"))
        return -1;
    args.pages.pages_val = pages;
    args.pages.pages_len = npages;
    if (!call_run(&call, &rpc_program_remote, REMOTE_PROC_NODE_GET_FREE_PAGES, &args, &ret))
        return -1;
    if (call_check_list(&call, ret.counts.counts_len, npages * (gint64)cellCount))
        n = (int)ret.counts.counts_len;
    for (int i = 0; i < n; i++)
        counts[i] = ret.counts.counts_val[i];
    call_release(&call, &ret);
    return n;
}

int virNodeAllocPages(virConnectPtr conn, unsigned int npages, unsigned int *pageSizes, unsigned long long *pageCounts,
                      int startCell, unsigned int cellCount, unsigned int flags)
{
    remote_node_alloc_pages_args args = {.startCell = startCell, .cellCount = cellCount, .flags = flags};
    remote_node_alloc_pages_ret ret = {0};
    ClientCall call;

    if (!call_begin(&call, &handle_type_connect, conn, __func__) || !call_need_positive(&call, npages, "npages") ||
        !call_need(&call, pageSizes, "pageSizes") || !call_need(&call, pageCounts, "pageCounts") ||
        !call_need_positive(&call, cellCount, "cellCount"))
        return -1;
    G_STATIC_ASSERT(sizeof(unsigned long long) == sizeof(u_quad_t));
    args.pageSizes.pageSizes_val = pageSizes;
    args.pageSizes.pageSizes_len = npages;
    args.pageCounts.pageCounts_val = (u_quad_t *)pageCounts;
    args.pageCounts.pageCounts_len = npages;
    if (!call_run(&call, &rpc_program_remote, REMOTE_PROC_NODE_ALLOC_PAGES, &args, &ret))
        return -1;
    return ret.ret;
}

int virNodeGetSecurityModel(virConnectPtr conn, virSecurityModelPtr secmodel)
{
    remote_node_get_security_model_ret ret = {0};
    ClientCall call;

    if (!call_begin(&call, &handle_type_connect, conn, __func__) || !call_need(&call, secmodel, "secmodel") ||
        !call_run(&call, &rpc_program_remote, REMOTE_PROC_NODE_GET_SECURITY_MODEL, NULL, &ret))
        return -1;
    memset(secmodel, 0, sizeof(*secmodel));
    if (ret.model.model_len)
        call_copy_text(secmodel->model, sizeof(secmodel->model), ret.model.model_val, ret.model.model_len);
    if (ret.doi.doi_len)
        call_copy_text(secmodel->doi, sizeof(secmodel->doi), ret.doi.doi_val, ret.doi.doi_len);
    call_release(&call, &ret);
    return 0;
}

/* ---- devices ---- */

/* The string stays the handle's, so it is asked for once. */
const char *virNodeDeviceGetParent(virNodeDevicePtr dev)
{
    remote_node_device_get_parent_args args = {0};
    remote_node_device_get_parent_ret ret = {0};
    ClientCall call;
    char *parent;

    if (!call_begin(&call, &handle_type_node_device, dev, __func__))
        return NULL;
    if (g_atomic_pointer_get(&dev->parent))
        return g_atomic_pointer_get(&dev->parent);
    args.name = dev->name;
    if (!call_run(&call, &rpc_program_remote, REMOTE_PROC_NODE_DEVICE_GET_PARENT, &args, &ret))
        return NULL;
    parent = ret.parentName ? g_steal_pointer(ret.parentName) : NULL;
    call_release(&call, &ret);
    if (parent && !g_atomic_pointer_compare_and_exchange(&dev->parent, NULL, parent))
        g_free(parent);
    return g_atomic_pointer_get(&dev->parent);
}

/* ---- networks ---- */

/* Early daemons took command and section in each other's place, and say by a feature that they do not any more. */
int virNetworkUpdate(virNetworkPtr network, unsigned int command, unsigned int section, int parentIndex,
                     const char *xml, unsigned int flags)
{
    remote_network_update_args args = {.parentIndex = parentIndex, .xml = (char *)xml, .flags = flags};
    gboolean in_order;
    ClientCall call;

    if (!call_begin(&call, &handle_type_network, network, __func__) || !call_need(&call, xml, "xml"))
        return -1;
    in_order = connection_has_feature(connection_public(call.connection), FEATURE_NETWORK_UPDATE_ORDER);
    args.command = in_order ? command : section;
    args.section = in_order ? section : command;
    handle_network_encode(network, &args.net);
    return call_run(&call, &rpc_program_remote, REMOTE_PROC_NETWORK_UPDATE, &args, NULL) ? 0 : -1;
}

void virNetworkDHCPLeaseFree(virNetworkDHCPLeasePtr lease)
{
    if (!lease)
        return;
    g_free(lease->iface);
    g_free(lease->mac);
    g_free(lease->iaid);
    g_free(lease->ipaddr);
    g_free(lease->hostname);
    g_free(lease->clientid);
    g_free(lease);
}

static char *take_optional(char **text)
{
    return text ? g_steal_pointer(text) : NULL;
}

static virNetworkDHCPLeasePtr lease_new(remote_network_dhcp_lease *wire)
{
    virNetworkDHCPLeasePtr lease = g_new0(virNetworkDHCPLease, 1);

    lease->iface = g_steal_pointer(&wire->iface);
    lease->expirytime = wire->expirytime;
    lease->type = wire->type;
    lease->mac = take_optional(wire->mac);
    lease->iaid = take_optional(wire->iaid);
    lease->ipaddr = g_steal_pointer(&wire->ipaddr);
    lease->prefix = wire->prefix;
    lease->hostname = take_optional(wire->hostname);
    lease->clientid = take_optional(wire->clientid);
    return lease;
}

int virNetworkGetDHCPLeases(virNetworkPtr network, const char *mac, virNetworkDHCPLeasePtr **leases, unsigned int flags)
{
    remote_network_get_dhcp_leases_args args = {
        .mac = mac ? (char **)&mac : NULL, .need_results = leases != NULL, .flags = flags};
    remote_network_get_dhcp_leases_ret ret = {0};
    ClientCall call;
    int n;

    if (!call_begin(&call, &handle_type_network, network, __func__))
        return -1;
    handle_network_encode(network, &args.net);
    if (!call_run(&call, &rpc_program_remote, REMOTE_PROC_NETWORK_GET_DHCP_LEASES, &args, &ret))
        return -1;
    n = leases ? (int)ret.leases.leases_len : (int)ret.ret;
    if (leases) {
        *leases = g_new0(virNetworkDHCPLeasePtr, n + 1);
        for (int i = 0; i < n; i++)
            (*leases)[i] = lease_new(&ret.leases.leases_val[i]);
    }
    call_release(&call, &ret);
    return n;
}

/* ---- secrets ---- */

unsigned char *virSecretGetValue(virSecretPtr secret, size_t *value_size, unsigned int flags)
{
    remote_secret_get_value_args args = {.flags = flags};
    remote_secret_get_value_ret ret = {0};
    unsigned char *value;
    ClientCall call;

    if (!call_begin(&call, &handle_type_secret, secret, __func__) || !call_need(&call, value_size, "value_size"))
        return NULL;
    handle_secret_encode(secret, &args.secret);
    if (!call_run(&call, &rpc_program_remote, REMOTE_PROC_SECRET_GET_VALUE, &args, &ret))
        return NULL;
    *value_size = ret.value.value_len;
    value = (unsigned char *)g_steal_pointer(&ret.value.value_val);
    call_release(&call, &ret);
    return value ? value : g_malloc0(1); /* an empty secret is not a failure */
}
