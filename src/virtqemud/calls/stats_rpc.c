/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: counters of one guest. */
#include <string.h>

#include "common/error.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/host/process.h"
#include "virtqemud/interface/interface_host.h"
#include "virtqemud/params.h"
#include "virtqemud/stats/counters.h"
#include "virtqemud/stats/vcpu_stats.h"
#include "virtqemud/wire.h"

/* A call that is answered from what QEMU counts. args and the answer are the call's. */
typedef struct {
    RpcCall *call;
    gconstpointer args;
    gboolean (*answer)(Guest *guest, gconstpointer args, gpointer ret, GError **error);
} Question;

/* Fresh numbers, else the last known ones; error is told only where there are none. */
static void on_counted(Guest *guest, const GError *error, gpointer data)
{
    Question *question = data;
    GError *problem = NULL;

    if (!guest_check_active(guest, &problem) ||
        !question->answer(guest, question->args, rpc_call_ret(question->call), &problem)) {
        if (error) {
            g_clear_error(&problem);
            problem = g_error_copy(error);
        }
        rpc_call_fail(question->call, problem);
    } else {
        rpc_call_reply(question->call);
    }
    g_free(question);
}

static void ask(RpcCall *call, Guest *guest, CountersKind kind, gconstpointer args,
                gboolean (*answer)(Guest *, gconstpointer, gpointer, GError **))
{
    Question *question = g_new(Question, 1);

    *question = (Question){call, args, answer};
    rpc_call_defer(call);
    counters_ask(guest, 1u << kind, on_counted, question);
}

/* ---- disks ---- */

static const DiskDef *find_disk(const Guest *guest, const char *path, GError **error)
{
    const DiskDef *disk = domain_find_disk_or_path(guest->live, path);

    if (!disk)
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "invalid path: %s", path);
    return disk;
}

static void add_block_stats(BlockStats *sum, const BlockStats *stats)
{
    sum->rd_operations += stats->rd_operations;
    sum->rd_bytes += stats->rd_bytes;
    sum->rd_total_ns += stats->rd_total_ns;
    sum->wr_operations += stats->wr_operations;
    sum->wr_bytes += stats->wr_bytes;
    sum->wr_total_ns += stats->wr_total_ns;
    sum->flush_operations += stats->flush_operations;
    sum->flush_total_ns += stats->flush_total_ns;
}

/* Of the disk that path or target name, or (path "") the sum of all. */
static gboolean get_block_stats(const Guest *guest, const char *path, BlockStats *sum, GError **error)
{
    const DiskDef *only = *path ? find_disk(guest, path, error) : NULL;

    *sum = (BlockStats){0};
    if (*path && !only)
        return FALSE;
    for (guint i = 0; i < guest->live->disks->len; i++) {
        const DiskDef *disk = g_ptr_array_index(guest->live->disks, i);
        const DiskCounters *counters = counters_disk(guest, disk->info.alias);

        if (only && only != disk)
            continue;
        if (!counters || !counters->has_io) {
            vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "cannot find statistics for device '%s'",
                          disk->info.alias);
            return FALSE;
        }
        add_block_stats(sum, &counters->io);
    }
    return TRUE;
}

static gboolean answer_block_stats(Guest *guest, gconstpointer data, gpointer reply, GError **error)
{
    const remote_domain_block_stats_args *args = data;
    remote_domain_block_stats_ret *ret = reply;
    BlockStats stats;

    if (!get_block_stats(guest, args->path, &stats, error))
        return FALSE;
    ret->rd_req = stats.rd_operations;
    ret->rd_bytes = stats.rd_bytes;
    ret->wr_req = stats.wr_operations;
    ret->wr_bytes = stats.wr_bytes;
    ret->errs = -1;
    return TRUE;
}

static gboolean block_stats(RpcCall *call, const remote_domain_block_stats_args *args,
                            remote_domain_block_stats_ret *ret, GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);

    if (!guest || (*args->path && !find_disk(guest, args->path, error)))
        return FALSE;
    ask(call, guest, COUNTERS_DISKS, args, answer_block_stats);
    return TRUE;
}

static gboolean answer_block_stats_flags(Guest *guest, gconstpointer data, gpointer reply, GError **error)
{
    const remote_domain_block_stats_flags_args *args = data;
    remote_domain_block_stats_flags_ret *ret = reply;
    g_autoptr(Params) params = params_new();
    BlockStats stats;

    if (!get_block_stats(guest, args->path, &stats, error))
        return FALSE;
    params_add_llong(params, VIR_DOMAIN_BLOCK_STATS_WRITE_BYTES, stats.wr_bytes);
    params_add_llong(params, VIR_DOMAIN_BLOCK_STATS_WRITE_REQ, stats.wr_operations);
    params_add_llong(params, VIR_DOMAIN_BLOCK_STATS_READ_BYTES, stats.rd_bytes);
    params_add_llong(params, VIR_DOMAIN_BLOCK_STATS_READ_REQ, stats.rd_operations);
    params_add_llong(params, VIR_DOMAIN_BLOCK_STATS_FLUSH_REQ, stats.flush_operations);
    params_add_llong(params, VIR_DOMAIN_BLOCK_STATS_WRITE_TOTAL_TIMES, stats.wr_total_ns);
    params_add_llong(params, VIR_DOMAIN_BLOCK_STATS_READ_TOTAL_TIMES, stats.rd_total_ns);
    params_add_llong(params, VIR_DOMAIN_BLOCK_STATS_FLUSH_TOTAL_TIMES, stats.flush_total_ns);
    ret->nparams = params_answer(params, args->nparams, &ret->params.params_len, &ret->params.params_val);
    return TRUE;
}

static gboolean block_stats_flags(RpcCall *call, const remote_domain_block_stats_flags_args *args,
                                  remote_domain_block_stats_flags_ret *ret, GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);

    if (!guest || !check_flags(args->flags, VIR_TYPED_PARAM_STRING_OKAY, "virDomainBlockStatsFlags", error) ||
        (*args->path && !find_disk(guest, args->path, error)))
        return FALSE;
    ask(call, guest, COUNTERS_DISKS, args, answer_block_stats_flags);
    return TRUE;
}

/* ---- network cards ---- */

static gboolean interface_stats(RpcCall *call, const remote_domain_interface_stats_args *args,
                                remote_domain_interface_stats_ret *ret, GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);
    const InterfaceDef *interface = guest ? domain_find_interface(guest->live, args->device) : NULL;
    InterfaceStats stats;

    if (!guest)
        return FALSE;
    if (!interface || !interface->target) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "'%s' is not a known interface", args->device);
        return FALSE;
    }
    if (!interface_host_stats(interface, &stats, error))
        return FALSE;
    *ret = (remote_domain_interface_stats_ret){.rx_bytes = stats.rx_bytes,
                                               .rx_packets = stats.rx_packets,
                                               .rx_errs = stats.rx_errors,
                                               .rx_drop = stats.rx_dropped,
                                               .tx_bytes = stats.tx_bytes,
                                               .tx_packets = stats.tx_packets,
                                               .tx_errs = stats.tx_errors,
                                               .tx_drop = stats.tx_dropped};
    return TRUE;
}

/* ---- memory ---- */

static void add_stat(remote_domain_memory_stats_ret *ret, guint max, int tag, guint64 value)
{
    if (ret->stats.stats_len >= max)
        return;
    ret->stats.stats_val[ret->stats.stats_len++] = (remote_domain_memory_stat){tag, value};
}

/* The order is the peer's, for clients that take only so many. */
static gboolean answer_memory_stats(Guest *guest, gconstpointer data, gpointer reply, GError **error)
{
    static const int tags[] = {VIR_DOMAIN_MEMORY_STAT_SWAP_IN,       VIR_DOMAIN_MEMORY_STAT_SWAP_OUT,
                               VIR_DOMAIN_MEMORY_STAT_MAJOR_FAULT,   VIR_DOMAIN_MEMORY_STAT_MINOR_FAULT,
                               VIR_DOMAIN_MEMORY_STAT_UNUSED,        VIR_DOMAIN_MEMORY_STAT_AVAILABLE,
                               VIR_DOMAIN_MEMORY_STAT_USABLE,        VIR_DOMAIN_MEMORY_STAT_LAST_UPDATE,
                               VIR_DOMAIN_MEMORY_STAT_DISK_CACHES,   VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGALLOC,
                               VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGFAIL};
    const remote_domain_memory_stats_args *args = data;
    remote_domain_memory_stats_ret *ret = reply;
    guint max = MIN(args->maxStats, REMOTE_DOMAIN_MEMORY_STATS_MAX);
    ProcessUsage usage;
    guint64 value;

    ret->stats.stats_val = g_new0(remote_domain_memory_stat, max);
    add_stat(ret, max, VIR_DOMAIN_MEMORY_STAT_ACTUAL_BALLOON, guest->live->current_memory_kib);
    for (gsize i = 0; i < G_N_ELEMENTS(tags); i++)
        if (counters_memory(guest, tags[i], &value))
            add_stat(ret, max, tags[i], value);
    if (process_usage(process_pid(guest->process), &usage))
        add_stat(ret, max, VIR_DOMAIN_MEMORY_STAT_RSS, usage.rss_kib);
    return TRUE;
}

static gboolean memory_stats(RpcCall *call, const remote_domain_memory_stats_args *args,
                             remote_domain_memory_stats_ret *ret, GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);

    if (!guest || !check_flags(args->flags, 0, "virDomainMemoryStats", error))
        return FALSE;
    ask(call, guest, COUNTERS_BALLOON, args, answer_memory_stats);
    return TRUE;
}

/* ---- virtual processors ---- */

static gboolean get_vcpus(RpcCall *call, const remote_domain_get_vcpus_args *args, remote_domain_get_vcpus_ret *ret,
                          GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);
    g_autoptr(GArray) times = NULL;
    guint n;

    if (!guest)
        return FALSE;
    /* The peer's words, which clients know. */
    if (!guest_check_active(guest, NULL)) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID,
                      "cannot retrieve vcpu information for inactive domain");
        return FALSE;
    }
    if (args->maxinfo < 0 || args->maxinfo > REMOTE_VCPUINFO_MAX || args->maplen < 0 ||
        (guint64)args->maxinfo * (guint64)args->maplen > REMOTE_CPUMAPS_MAX) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "%d entries with %d bytes each are too many",
                      args->maxinfo, args->maplen);
        return FALSE;
    }
    times = vcpu_stats_read(process_pid(guest->process), guest->live->vcpus, &guest->vcpu_threads);
    n = MIN((guint)args->maxinfo, times->len);
    ret->info.info_val = g_new0(remote_vcpu_info, n);
    ret->info.info_len = n;
    ret->cpumaps.cpumaps_len = n * (guint)args->maplen;
    ret->cpumaps.cpumaps_val = g_malloc0(MAX(ret->cpumaps.cpumaps_len, 1));
    for (guint i = 0; i < n; i++) {
        const VcpuStats *stats = &g_array_index(times, VcpuStats, i);

        ret->info.info_val[i] = (remote_vcpu_info){
            .number = i, .state = VIR_VCPU_RUNNING, .cpu_time = stats->cpu_ns, .cpu = stats->host_cpu};
        vcpu_stats_affinity(stats->tid, (guint8 *)ret->cpumaps.cpumaps_val + (gsize)i * (gsize)args->maplen,
                            (guint)args->maplen);
    }
    return TRUE;
}

void stats_rpc_add(RemoteHandlers *handlers)
{
    handlers->domain_block_stats = block_stats;
    handlers->domain_block_stats_flags = block_stats_flags;
    handlers->domain_interface_stats = interface_stats;
    handlers->domain_memory_stats = memory_stats;
    handlers->domain_get_vcpus = get_vcpus;
}
