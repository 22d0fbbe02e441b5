/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: questions about the host. */
#include <string.h>

#include "common/error.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/host/host.h"
#include "virtqemud/host/host_node.h"
#include "virtqemud/host/sysinfo.h"
#include "virtqemud/wire.h"

static gboolean node_get_info(RpcCall *call, remote_node_get_info_ret *ret, GError **error)
{
    HostInfo info;

    host_info_read(&info);
    g_strlcpy(ret->model, info.arch, sizeof(ret->model));
    ret->memory = info.memory_kib;
    ret->cpus = (int)info.cpus;
    ret->mhz = (int)info.mhz;
    ret->nodes = (int)info.nodes;
    ret->sockets = (int)info.sockets;
    ret->cores = (int)info.cores;
    ret->threads = (int)info.threads;
    host_info_clear(&info);
    return TRUE;
}

static gboolean node_get_free_memory(RpcCall *call, remote_node_get_free_memory_ret *ret, GError **error)
{
    ret->freeMem = host_memory_kib("MemFree") * 1024;
    return TRUE;
}

/* ---- memory nodes ---- */

static gboolean check_first_cell(int first, const GArray *nodes, GError **error)
{
    if (first >= 0 && (guint)first <= g_array_index(nodes, guint, nodes->len - 1))
        return TRUE;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "start cell %d out of range (0-%u)", first,
                  g_array_index(nodes, guint, nodes->len - 1));
    return FALSE;
}

static gboolean node_get_cells_free_memory(RpcCall *call, const remote_node_get_cells_free_memory_args *args,
                                           remote_node_get_cells_free_memory_ret *ret, GError **error)
{
    g_autoptr(GArray) nodes = host_nodes();

    if (args->maxcells < 0 || args->maxcells > REMOTE_NODE_MAX_CELLS) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "there cannot be %d cells", args->maxcells);
        return FALSE;
    }
    if (!check_first_cell(args->startCell, nodes, error))
        return FALSE;
    ret->cells.cells_val = g_new0(u_quad_t, (gsize)args->maxcells);
    for (guint i = 0; i < nodes->len && ret->cells.cells_len < (guint)args->maxcells; i++) {
        guint node = g_array_index(nodes, guint, i);
        guint64 free_kib;

        if (node < (guint)args->startCell || !host_node_free_kib(node, &free_kib))
            continue;
        ret->cells.cells_val[ret->cells.cells_len++] = free_kib * 1024;
    }
    return TRUE;
}

/* All sizes of the first cell, then of the second, and so on. */
static gboolean node_get_free_pages(RpcCall *call, const remote_node_get_free_pages_args *args,
                                    remote_node_get_free_pages_ret *ret, GError **error)
{
    g_autoptr(GArray) nodes = host_nodes();
    guint last = g_array_index(nodes, guint, nodes->len - 1);
    guint64 n_counts = (guint64)args->pages.pages_len * args->cellCount;

    if (!check_flags(args->flags, 0, "virNodeGetFreePages", error) || !check_first_cell(args->startCell, nodes, error))
        return FALSE;
    if (n_counts > REMOTE_NODE_MAX_CELLS) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "%" G_GUINT64_FORMAT " numbers are too many",
                      n_counts);
        return FALSE;
    }
    ret->counts.counts_val = g_new0(u_quad_t, n_counts);
    for (guint cell = (guint)args->startCell; cell <= last && cell - (guint)args->startCell < args->cellCount; cell++) {
        for (guint i = 0; i < args->pages.pages_len; i++) {
            guint64 count;

            if (!host_node_free_pages(cell, args->pages.pages_val[i], &count)) {
                vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_FAILED,
                              "page size %u is not available on node %u", args->pages.pages_val[i], cell);
                return FALSE;
            }
            ret->counts.counts_val[ret->counts.counts_len++] = count;
        }
    }
    return TRUE;
}

/* ---- what the host is, and how it keeps guests apart ---- */

static gboolean get_sysinfo(RpcCall *call, const remote_connect_get_sysinfo_args *args,
                            remote_connect_get_sysinfo_ret *ret, GError **error)
{
    if (!check_flags(args->flags, 0, "virConnectGetSysinfo", error))
        return FALSE;
    ret->sysinfo = sysinfo_format("/sys/class/dmi/id", error);
    return ret->sysinfo != NULL;
}

static gboolean node_get_security_model(RpcCall *call, remote_node_get_security_model_ret *ret, GError **error)
{
    ret->model.model_val = g_strdup("none");
    ret->model.model_len = strlen("none") + 1;
    ret->doi.doi_val = g_strdup("0");
    ret->doi.doi_len = strlen("0") + 1;
    return TRUE;
}

/* ---- lists of named numbers ---- */

typedef struct {
    const char *field;
    guint64 value;
} Named;

/* Clients first ask how many there are (nparams 0), then for that many. */
static gboolean check_room(int asked, guint there, int *ret_nparams, gboolean *only_count, GError **error)
{
    *only_count = asked == 0;
    if (*only_count)
        *ret_nparams = (int)there;
    if (asked == 0 || asked >= (int)there)
        return TRUE;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "nparams must be at least %u", there);
    return FALSE;
}

static gboolean node_get_memory_stats(RpcCall *call, const remote_node_get_memory_stats_args *args,
                                      remote_node_get_memory_stats_ret *ret, GError **error)
{
    Named values[] = {{"total", host_memory_kib("MemTotal")},
                      {"free", host_memory_kib("MemFree")},
                      {"buffers", host_memory_kib("Buffers")},
                      {"cached", host_memory_kib("Cached")}};
    gboolean is_node = args->cellNum != VIR_NODE_MEMORY_STATS_ALL_CELLS, only_count;
    /* The kernel does not tell what the buffers and caches of a node are. */
    guint n = is_node ? 2 : G_N_ELEMENTS(values);

    if (!check_flags(args->flags, 0, "virNodeGetMemoryStats", error))
        return FALSE;
    if (is_node && (args->cellNum < 0 || !host_node_total_kib((guint)args->cellNum, &values[0].value) ||
                    !host_node_free_kib((guint)args->cellNum, &values[1].value))) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "there is no NUMA cell %d", args->cellNum);
        return FALSE;
    }
    if (!check_room(args->nparams, n, &ret->nparams, &only_count, error) || only_count)
        return only_count;
    ret->params.params_val = g_new0(remote_node_get_memory_stats, n);
    ret->params.params_len = n;
    for (guint i = 0; i < n; i++) {
        ret->params.params_val[i].field = g_strdup(values[i].field);
        ret->params.params_val[i].value = values[i].value;
    }
    return TRUE;
}

static gboolean node_get_cpu_stats(RpcCall *call, const remote_node_get_cpu_stats_args *args,
                                   remote_node_get_cpu_stats_ret *ret, GError **error)
{
    HostCpuTime time = {0};
    gboolean only_count;

    if (!check_flags(args->flags, 0, "virNodeGetCPUStats", error))
        return FALSE;
    /* How many there are is the same of every CPU, also of one that is not there. */
    if (args->nparams != 0 && !host_cpu_time(args->cpuNum, &time)) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "Invalid cpuNum in virNodeGetCPUStats");
        return FALSE;
    }
    {
        const Named values[] = {
            {"kernel", time.kernel}, {"user", time.user}, {"idle", time.idle}, {"iowait", time.iowait}};

        if (!check_room(args->nparams, G_N_ELEMENTS(values), &ret->nparams, &only_count, error) || only_count)
            return only_count;
        ret->params.params_val = g_new0(remote_node_get_cpu_stats, G_N_ELEMENTS(values));
        ret->params.params_len = G_N_ELEMENTS(values);
        for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
            ret->params.params_val[i].field = g_strdup(values[i].field);
            ret->params.params_val[i].value = values[i].value;
        }
    }
    return TRUE;
}

static gboolean node_get_cpu_map(RpcCall *call, const remote_node_get_cpu_map_args *args,
                                 remote_node_get_cpu_map_ret *ret, GError **error)
{
    guint n_cpus, n_online;
    g_autofree guint8 *map = host_cpu_map(&n_cpus, &n_online);

    if (!check_flags(args->flags, 0, "virNodeGetCPUMap", error))
        return FALSE;
    ret->ret = (int)n_cpus;
    if (args->need_online)
        ret->online = n_online;
    if (args->need_map) {
        ret->cpumap.cpumap_len = (n_cpus + 7) / 8;
        ret->cpumap.cpumap_val = (char *)g_steal_pointer(&map);
    }
    return TRUE;
}

static gboolean get_max_vcpus(RpcCall *call, const remote_connect_get_max_vcpus_args *args,
                              remote_connect_get_max_vcpus_ret *ret, GError **error)
{
    const char *type = args->type ? *args->type : NULL;

    if (!type || g_ascii_strcasecmp(type, "qemu") == 0) {
        ret->max_vcpus = 16;
        return TRUE;
    }
    if (g_ascii_strcasecmp(type, "kvm") == 0 && caps_host_has_kvm()) {
        ret->max_vcpus = caps_host_max_vcpus();
        return TRUE;
    }
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "unknown type '%s'", type);
    return FALSE;
}

void host_rpc_add(RemoteHandlers *handlers)
{
    handlers->node_get_info = node_get_info;
    handlers->node_get_free_memory = node_get_free_memory;
    handlers->node_get_memory_stats = node_get_memory_stats;
    handlers->node_get_cpu_stats = node_get_cpu_stats;
    handlers->node_get_cpu_map = node_get_cpu_map;
    handlers->node_get_cells_free_memory = node_get_cells_free_memory;
    handlers->node_get_free_pages = node_get_free_pages;
    handlers->node_get_security_model = node_get_security_model;
    handlers->connect_get_sysinfo = get_sysinfo;
    handlers->connect_get_max_vcpus = get_max_vcpus;
}
