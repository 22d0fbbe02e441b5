/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: counters of one guest. */
#include <string.h>

#include "common/error.h"
#include "virtqemud/block_stats.h"
#include "virtqemud/call_job.h"
#include "virtqemud/handlers.h"
#include "virtqemud/interface_host.h"
#include "virtqemud/params.h"
#include "virtqemud/process.h"
#include "virtqemud/vcpu_stats.h"

/* ---- disks ---- */

/* The alias of the disk that a call names by target or path; path "" means all of them (alias NULL). */
static gboolean find_alias(Guest *guest, const char *path, char **alias, GError **error)
{
    *alias = NULL;
    if (!*path)
        return TRUE;
    for (guint i = 0; i < guest->live->disks->len; i++) {
        const DiskDef *disk = g_ptr_array_index(guest->live->disks, i);

        if (g_strcmp0(disk->target, path) == 0 || g_strcmp0(disk->path, path) == 0) {
            *alias = g_strdup(disk->info.alias);
            return TRUE;
        }
    }
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "invalid path %s not assigned to domain", path);
    return FALSE;
}

static gboolean begin_block_stats(CallJob *job, GError **error)
{
    char *alias;

    if (!find_alias(job->guest, job->text, &alias, error))
        return FALSE;
    g_free(job->path);
    job->path = alias;
    return TRUE;
}

static gboolean run_block_stats(CallJob *job, GError **error)
{
    job->output = qmp_call(job->qmp, "query-blockstats", NULL, QMP_TIMEOUT_MS, error);
    return job->output != NULL;
}

static gboolean answer_block_stats(CallJob *job, GError **error)
{
    remote_domain_block_stats_ret *ret = rpc_call_ret(job->call);
    BlockStats stats;

    if (!block_stats_read(job->output, job->path, &stats, error))
        return FALSE;
    ret->rd_req = stats.rd_operations;
    ret->rd_bytes = stats.rd_bytes;
    ret->wr_req = stats.wr_operations;
    ret->wr_bytes = stats.wr_bytes;
    ret->errs = -1;
    return TRUE;
}

static gboolean block_stats(RpcCall *call, const remote_domain_block_stats_args *args, remote_domain_block_stats_ret *ret,
                            GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);
    CallJob *job;

    if (!guest)
        return FALSE;
    job = call_job_new(call, guest, TRUE);
    job->text = g_strdup(args->path);
    job->begin = begin_block_stats;
    job->run = run_block_stats;
    job->finish = answer_block_stats;
    call_job_push(job, "block stats");
    return TRUE;
}

static gboolean answer_block_stats_flags(CallJob *job, GError **error)
{
    remote_domain_block_stats_flags_ret *ret = rpc_call_ret(job->call);
    g_autoptr(Params) params = params_new();
    BlockStats stats;

    if (!block_stats_read(job->output, job->path, &stats, error))
        return FALSE;
    params_add_llong(params, VIR_DOMAIN_BLOCK_STATS_WRITE_BYTES, stats.wr_bytes);
    params_add_llong(params, VIR_DOMAIN_BLOCK_STATS_WRITE_REQ, stats.wr_operations);
    params_add_llong(params, VIR_DOMAIN_BLOCK_STATS_READ_BYTES, stats.rd_bytes);
    params_add_llong(params, VIR_DOMAIN_BLOCK_STATS_READ_REQ, stats.rd_operations);
    params_add_llong(params, VIR_DOMAIN_BLOCK_STATS_FLUSH_REQ, stats.flush_operations);
    params_add_llong(params, VIR_DOMAIN_BLOCK_STATS_WRITE_TOTAL_TIMES, stats.wr_total_ns);
    params_add_llong(params, VIR_DOMAIN_BLOCK_STATS_READ_TOTAL_TIMES, stats.rd_total_ns);
    params_add_llong(params, VIR_DOMAIN_BLOCK_STATS_FLUSH_TOTAL_TIMES, stats.flush_total_ns);
    ret->nparams = (int)params_size(params);
    if (job->number > 0)
        ret->params.params_len = params_take(params, job->number, &ret->params.params_val);
    return TRUE;
}

static gboolean block_stats_flags(RpcCall *call, const remote_domain_block_stats_flags_args *args,
                                  remote_domain_block_stats_flags_ret *ret, GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);
    CallJob *job;

    if (!guest || !check_flags(args->flags, VIR_TYPED_PARAM_STRING_OKAY, "virDomainBlockStatsFlags", error))
        return FALSE;
    job = call_job_new(call, guest, TRUE);
    job->text = g_strdup(args->path);
    job->number = args->nparams > 0 ? (guint)args->nparams : 0;
    job->begin = begin_block_stats;
    job->run = run_block_stats;
    job->finish = answer_block_stats_flags;
    call_job_push(job, "block stats");
    return TRUE;
}

/* ---- network cards ---- */

static gboolean interface_stats(RpcCall *call, const remote_domain_interface_stats_args *args,
                                remote_domain_interface_stats_ret *ret, GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);
    InterfaceStats stats;

    if (!guest)
        return FALSE;
    for (guint i = 0; i < guest->live->interfaces->len; i++) {
        const InterfaceDef *interface = g_ptr_array_index(guest->live->interfaces, i);
        char mac[MAC_TEXT_LEN];

        mac_format(interface->mac, mac);
        if (!interface->target ||
            (g_strcmp0(interface->target, args->device) != 0 && g_strcmp0(mac, args->device) != 0))
            continue;
        if (!interface_host_stats(interface->target, &stats, error))
            return FALSE;
        *ret = (remote_domain_interface_stats_ret){
            .rx_bytes = stats.rx_bytes,     .rx_packets = stats.rx_packets, .rx_errs = stats.rx_errors,
            .rx_drop = stats.rx_dropped,    .tx_bytes = stats.tx_bytes,     .tx_packets = stats.tx_packets,
            .tx_errs = stats.tx_errors,     .tx_drop = stats.tx_dropped};
        return TRUE;
    }
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "'%s' is not a known interface", args->device);
    return FALSE;
}

/* ---- memory ---- */

/* The balloon's words and ours. */
static const struct {
    const char *key;
    int tag;
    gboolean is_bytes;
} balloon_stats[] = {
    {"stat-swap-in", VIR_DOMAIN_MEMORY_STAT_SWAP_IN, TRUE},
    {"stat-swap-out", VIR_DOMAIN_MEMORY_STAT_SWAP_OUT, TRUE},
    {"stat-major-faults", VIR_DOMAIN_MEMORY_STAT_MAJOR_FAULT, FALSE},
    {"stat-minor-faults", VIR_DOMAIN_MEMORY_STAT_MINOR_FAULT, FALSE},
    {"stat-free-memory", VIR_DOMAIN_MEMORY_STAT_UNUSED, TRUE},
    {"stat-total-memory", VIR_DOMAIN_MEMORY_STAT_AVAILABLE, TRUE},
    {"stat-available-memory", VIR_DOMAIN_MEMORY_STAT_USABLE, TRUE},
    {"stat-disk-caches", VIR_DOMAIN_MEMORY_STAT_DISK_CACHES, TRUE},
};

static gboolean run_memory_stats(CallJob *job, GError **error)
{
    json_object *arguments;
    g_autoptr(QmpBatch) batch = qmp_batch_new();
    guint index;

    if (!job->text)
        return TRUE;
    arguments = json_object_new_object();
    json_add_stringf(arguments, "path", "/machine/peripheral/%s", job->text);
    json_add_string(arguments, "property", "guest-stats");
    index = qmp_batch_try(batch, "qom-get", arguments);
    if (!qmp_run(job->qmp, batch, QMP_TIMEOUT_MS, error))
        return FALSE;
    job->output = json_object_get(qmp_batch_result(batch, index));
    return TRUE;
}

static void add_stat(remote_domain_memory_stats_ret *ret, guint max, int tag, guint64 value)
{
    if (ret->stats.stats_len >= max)
        return;
    ret->stats.stats_val[ret->stats.stats_len++] = (remote_domain_memory_stat){tag, value};
}

static gboolean answer_memory_stats(CallJob *job, GError **error)
{
    remote_domain_memory_stats_ret *ret = rpc_call_ret(job->call);
    json_object *stats = json_get_object(job->output, "stats");
    guint64 cpu_ns, rss_kib;
    guint max = job->number;

    ret->stats.stats_val = g_new0(remote_domain_memory_stat, max);
    add_stat(ret, max, VIR_DOMAIN_MEMORY_STAT_ACTUAL_BALLOON, job->guest->live->current_memory_kib);
    for (gsize i = 0; i < G_N_ELEMENTS(balloon_stats); i++) {
        gint64 value = json_get_int(stats, balloon_stats[i].key, -1);

        if (value >= 0)
            add_stat(ret, max, balloon_stats[i].tag, (guint64)(balloon_stats[i].is_bytes ? value / 1024 : value));
    }
    if (json_get_int(job->output, "last-update", 0) > 0)
        add_stat(ret, max, VIR_DOMAIN_MEMORY_STAT_LAST_UPDATE, (guint64)json_get_int(job->output, "last-update", 0));
    if (process_usage(process_pid(job->guest->process), &cpu_ns, &rss_kib))
        add_stat(ret, max, VIR_DOMAIN_MEMORY_STAT_RSS, rss_kib);
    return TRUE;
}

static gboolean memory_stats(RpcCall *call, const remote_domain_memory_stats_args *args,
                             remote_domain_memory_stats_ret *ret, GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);
    const BalloonDef *balloon;
    CallJob *job;

    if (!guest || !check_flags(args->flags, 0, "virDomainMemoryStats", error))
        return FALSE;
    balloon = guest->live->balloons->len > 0 ? g_ptr_array_index(guest->live->balloons, 0) : NULL;
    job = call_job_new(call, guest, TRUE);
    job->number = MIN(args->maxStats, REMOTE_DOMAIN_MEMORY_STATS_MAX);
    job->text = balloon && balloon->model != BALLOON_NONE ? g_strdup(balloon->info.alias) : NULL;
    job->run = run_memory_stats;
    job->finish = answer_memory_stats;
    call_job_push(job, "memory stats");
    return TRUE;
}

/* ---- virtual processors ---- */

static gboolean get_vcpus(RpcCall *call, const remote_domain_get_vcpus_args *args, remote_domain_get_vcpus_ret *ret,
                          GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);
    g_autoptr(GArray) times = NULL;
    guint n;

    if (!guest)
        return FALSE;
    if (args->maxinfo < 0 || args->maxinfo > REMOTE_VCPUINFO_MAX || args->maplen < 0 ||
        (guint64)args->maxinfo * (guint64)args->maplen > REMOTE_CPUMAPS_MAX) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "%d entries with %d bytes each are too many",
                      args->maxinfo, args->maplen);
        return FALSE;
    }
    times = vcpu_stats_read(process_pid(guest->process), guest->live->vcpus);
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
