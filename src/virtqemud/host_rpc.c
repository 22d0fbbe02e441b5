/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: questions about the host. */
#include <string.h>

#include "common/error.h"
#include "virtqemud/handlers.h"
#include "virtqemud/host.h"
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
    const Named values[] = {{"total", host_memory_kib("MemTotal")},
                            {"free", host_memory_kib("MemFree")},
                            {"buffers", host_memory_kib("Buffers")},
                            {"cached", host_memory_kib("Cached")}};
    gboolean only_count;

    if (!check_flags(args->flags, 0, "virNodeGetMemoryStats", error))
        return FALSE;
    if (args->cellNum > 0) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "cellNum in virNodeGetMemoryStats must be 0 or -1");
        return FALSE;
    }
    if (!check_room(args->nparams, G_N_ELEMENTS(values), &ret->nparams, &only_count, error) || only_count)
        return only_count;
    ret->params.params_val = g_new0(remote_node_get_memory_stats, G_N_ELEMENTS(values));
    ret->params.params_len = G_N_ELEMENTS(values);
    for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
        ret->params.params_val[i].field = g_strdup(values[i].field);
        ret->params.params_val[i].value = values[i].value;
    }
    return TRUE;
}

static gboolean node_get_cpu_stats(RpcCall *call, const remote_node_get_cpu_stats_args *args,
                                   remote_node_get_cpu_stats_ret *ret, GError **error)
{
    HostCpuTime time;
    gboolean only_count;

    if (!check_flags(args->flags, 0, "virNodeGetCPUStats", error))
        return FALSE;
    if (!host_cpu_time(args->cpuNum, &time)) {
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
    handlers->connect_get_max_vcpus = get_max_vcpus;
}
