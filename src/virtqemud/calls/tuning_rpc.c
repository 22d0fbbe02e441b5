/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: what guests are held to by control groups, and what they have used by their account. */
#include <libvirt/libvirt.h>

#include "common/error.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/calls/tuning_params.h"
#include "virtqemud/cgroup/cgroup_tune.h"
#include "virtqemud/cgroup/guest_cgroup.h"
#include "virtqemud/guest/affect.h"
#include "virtqemud/guest/change_job.h"
#include "virtqemud/guest/events.h"

/* The kernel's own, of groups that nobody has said anything about. */
#define DEFAULT_PERIOD_US 100000

/* ---- changes ---- */

typedef struct {
    const remote_typed_param *params; /* the call's; they stay while it does */
    guint n_params;
    CpuTune cpu;
    MemoryTune memory;
    DomainDef *live; /* what will be, for the thread */
    pid_t pid;
} Given;

static void given_free(gpointer data)
{
    Given *given = data;

    domain_def_free(given->live);
    g_free(given);
}

static gboolean prepare(CallJob *job, GError **error)
{
    Given *given = job->data;

    given->live = domain_def_copy(job->guest->live);
    given->pid = process_pid(job->guest->process);
    return job->change->change(given->live, job, TRUE, error);
}

static gboolean change_scheduler(DomainDef *def, CallJob *job, gboolean is_live, GError **error)
{
    const Given *given = job->data;

    tuning_merge_scheduler(&given->cpu, &def->cputune);
    return TRUE;
}

static gboolean apply_scheduler(CallJob *job, GError **error)
{
    const Given *given = job->data;

    return guest_cgroup_change_cpu(given->live, &given->cpu, given->pid, error);
}

static void tell_scheduler(CallJob *job)
{
    const Given *given = job->data;
    g_autoptr(Params) params = params_new();

    if (!job->is_live)
        return;
    tuning_scheduler_to_event(&given->cpu, params);
    events_tunable(job->guest, params);
}

static gboolean change_memory(DomainDef *def, CallJob *job, gboolean is_live, GError **error)
{
    const Given *given = job->data;

    return tuning_merge_memory(&given->memory, &def->memtune, error);
}

static gboolean apply_memory(CallJob *job, GError **error)
{
    const Given *given = job->data;
    MemoryTune tune = given->memory;

    /* What is left for swap follows from both. */
    if (tune.hard_kib && !tune.swap_hard_kib)
        tune.swap_hard_kib = given->live->memtune.swap_hard_kib;
    return guest_cgroup_change_memory(&tune, given->pid, error);
}

static gboolean change_blkio(DomainDef *def, CallJob *job, gboolean is_live, GError **error)
{
    const Given *given = job->data;

    return tuning_merge_blkio(given->params, given->n_params, &def->blkiotune, error);
}

static gboolean apply_blkio(CallJob *job, GError **error)
{
    const Given *given = job->data;

    return guest_cgroup_change_blkio(&given->live->blkiotune, given->pid, error);
}

static const ChangeKind scheduler_change = {.name = "scheduler parameters",
                                            .change = change_scheduler,
                                            .prepare = prepare,
                                            .ask = apply_scheduler,
                                            .tell = tell_scheduler,
                                            .without_monitor = TRUE};
static const ChangeKind memory_change = {.name = "memory parameters",
                                         .change = change_memory,
                                         .prepare = prepare,
                                         .ask = apply_memory,
                                         .without_monitor = TRUE};
static const ChangeKind blkio_change = {.name = "blkio parameters",
                                        .change = change_blkio,
                                        .prepare = prepare,
                                        .ask = apply_blkio,
                                        .without_monitor = TRUE};

/* Reads what is given into its struct, as far as that needs no guest. */
static gboolean read_given(Given *given, const ChangeKind *kind, GError **error)
{
    BlkioTune any = {0};
    gboolean is_good;

    if (kind == &scheduler_change)
        return tuning_scheduler_from_params(given->params, given->n_params, &given->cpu, error);
    if (kind == &memory_change)
        return tuning_memory_from_params(given->params, given->n_params, &given->memory, error);
    is_good = tuning_merge_blkio(given->params, given->n_params, &any, error);
    xml_struct_clear(&blkio_tune_element, &any);
    return is_good;
}

static gboolean set(RpcCall *call, const remote_nonnull_domain *dom, const remote_typed_param *params, guint n_params,
                    guint flags, const ChangeKind *kind, const char *function, GError **error)
{
    Guest *guest = wire_find_guest(dom, error);
    Given *given;
    CallJob *job;

    if (!guest || !check_flags(flags, AFFECT_FLAGS, function, error))
        return FALSE;
    given = g_new0(Given, 1);
    given->params = params;
    given->n_params = n_params;
    if (!read_given(given, kind, error)) {
        given_free(given);
        return FALSE;
    }
    job = change_job_new(call, guest, flags, kind);
    job->data = given;
    job->data_free = given_free;
    change_job_push(job);
    return TRUE;
}

static gboolean set_scheduler(RpcCall *call, const remote_domain_set_scheduler_parameters_args *args, GError **error)
{
    return set(call, &args->dom, args->params.params_val, args->params.params_len, 0, &scheduler_change,
               "virDomainSetSchedulerParameters", error);
}

static gboolean set_scheduler_flags(RpcCall *call, const remote_domain_set_scheduler_parameters_flags_args *args,
                                    GError **error)
{
    return set(call, &args->dom, args->params.params_val, args->params.params_len, args->flags, &scheduler_change,
               "virDomainSetSchedulerParametersFlags", error);
}

static gboolean set_memory(RpcCall *call, const remote_domain_set_memory_parameters_args *args, GError **error)
{
    return set(call, &args->dom, args->params.params_val, args->params.params_len, args->flags, &memory_change,
               "virDomainSetMemoryParameters", error);
}

static gboolean set_blkio(RpcCall *call, const remote_domain_set_blkio_parameters_args *args, GError **error)
{
    return set(call, &args->dom, args->params.params_val, args->params.params_len, args->flags, &blkio_change,
               "virDomainSetBlkioParameters", error);
}

/* ---- questions ---- */

/* The definition that is meant, and the group if it is that of what runs. */
static const DomainDef *find_def(const remote_nonnull_domain *dom, guint flags, const char *function,
                                 CgroupController controller, Cgroup **group, GError **error)
{
    Guest *guest = wire_find_guest(dom, error);
    const DomainDef *def;

    if (!guest || !check_flags(flags, AFFECT_PARAM_FLAGS, function, error))
        return NULL;
    def = affect_one(guest, flags, error);
    if (!def || def != guest->live)
        return def;
    *group = guest_cgroup_find(process_pid(guest->process), controller, error);
    return *group ? def : NULL;
}

static void fill_default(CpuBandwidth *bandwidth)
{
    if (!bandwidth->period_us)
        bandwidth->period_us = DEFAULT_PERIOD_US;
    if (!bandwidth->quota_us)
        bandwidth->quota_us = -1;
}

static gboolean read_scheduler(const Cgroup *group, CpuTune *tune, GError **error)
{
    unsigned long long shares;

    fill_default(&tune->vcpu);
    fill_default(&tune->emulator);
    fill_default(&tune->iothread);
    if (!cgroup_get_shares(group, &shares, error) || !cgroup_get_bandwidth(group, &tune->global, error))
        return FALSE;
    tune->shares = shares;
    return TRUE;
}

static gboolean scheduler_params(const remote_nonnull_domain *dom, guint flags, const char *function, Params *params,
                                 GError **error)
{
    g_autoptr(Cgroup) group = NULL;
    const DomainDef *def = find_def(dom, flags, function, CGROUP_CPU, &group, error);
    CpuTune tune;

    if (!def)
        return FALSE;
    tune = def->cputune;
    if (group && !read_scheduler(group, &tune, error))
        return FALSE;
    tuning_scheduler_to_params(&tune, params);
    return TRUE;
}

static gboolean get_scheduler(RpcCall *call, const remote_domain_get_scheduler_parameters_args *args,
                              remote_domain_get_scheduler_parameters_ret *ret, GError **error)
{
    g_autoptr(Params) params = params_new();

    if (!scheduler_params(&args->dom, 0, "virDomainGetSchedulerParameters", params, error))
        return FALSE;
    ret->params.params_len = params_take(params, (guint)MAX(args->nparams, 0), &ret->params.params_val);
    return TRUE;
}

static gboolean get_scheduler_flags(RpcCall *call, const remote_domain_get_scheduler_parameters_flags_args *args,
                                    remote_domain_get_scheduler_parameters_flags_ret *ret, GError **error)
{
    g_autoptr(Params) params = params_new();

    if (!scheduler_params(&args->dom, args->flags, "virDomainGetSchedulerParametersFlags", params, error))
        return FALSE;
    ret->params.params_len = params_take(params, (guint)MAX(args->nparams, 0), &ret->params.params_val);
    return TRUE;
}

static gboolean get_scheduler_type(RpcCall *call, const remote_domain_get_scheduler_type_args *args,
                                   remote_domain_get_scheduler_type_ret *ret, GError **error)
{
    g_autoptr(Cgroup) group = NULL;

    if (!find_def(&args->dom, 0, "virDomainGetSchedulerType", CGROUP_CPU, &group, error))
        return FALSE;
    ret->type = g_strdup("posix");
    ret->nparams = TUNING_N_SCHEDULER;
    return TRUE;
}

static gboolean get_memory(RpcCall *call, const remote_domain_get_memory_parameters_args *args,
                           remote_domain_get_memory_parameters_ret *ret, GError **error)
{
    g_autoptr(Cgroup) group = NULL;
    g_autoptr(Params) params = params_new();
    const DomainDef *def =
        find_def(&args->dom, args->flags, "virDomainGetMemoryParameters", CGROUP_MEMORY, &group, error);
    MemoryTune tune;

    if (!def)
        return FALSE;
    tune = def->memtune;
    if (group && !cgroup_get_memory(group, &tune, error))
        return FALSE;
    tuning_memory_to_params(&tune, params);
    ret->nparams = params_answer(params, args->nparams, &ret->params.params_len, &ret->params.params_val);
    return TRUE;
}

static gboolean get_blkio(RpcCall *call, const remote_domain_get_blkio_parameters_args *args,
                          remote_domain_get_blkio_parameters_ret *ret, GError **error)
{
    g_autoptr(Cgroup) group = NULL;
    g_autoptr(Params) params = params_new();
    const DomainDef *def =
        find_def(&args->dom, args->flags, "virDomainGetBlkioParameters", CGROUP_BLKIO, &group, error);
    BlkioTune tune;

    if (!def)
        return FALSE;
    tune = def->blkiotune;
    if (group)
        cgroup_get_blkio_weight(group, &tune.weight, NULL);
    tuning_blkio_to_params(&tune, params);
    ret->nparams = params_answer(params, args->nparams, &ret->params.params_len, &ret->params.params_val);
    return TRUE;
}

/* ---- use ---- */

static gboolean add_total(const Cgroup *group, Params *params, GError **error)
{
    CgroupUsage usage;

    if (!cgroup_get_usage(group, &usage, error))
        return FALSE;
    params_add_ullong(params, VIR_DOMAIN_CPU_STATS_CPUTIME, usage.cpu_ns);
    params_add_ullong(params, VIR_DOMAIN_CPU_STATS_USERTIME, usage.user_ns);
    params_add_ullong(params, VIR_DOMAIN_CPU_STATS_SYSTEMTIME, usage.system_ns);
    return TRUE;
}

/* One parameter for each CPU from start on. A caller that asks for none of them wants to know how many there are. */
static gboolean answer_by_cpu(const Cgroup *group, const remote_domain_get_cpu_stats_args *args,
                              remote_domain_get_cpu_stats_ret *ret, GError **error)
{
    g_autoptr(GArray) usage = cgroup_get_usage_by_cpu(group, error);
    g_autoptr(Params) params = params_new();
    guint start = (guint)args->start_cpu;

    if (!usage)
        return FALSE;
    if (args->ncpus == 0 || args->nparams == 0) {
        ret->nparams = args->ncpus == 0 ? (int)usage->len : 1;
        return TRUE;
    }
    if (start >= usage->len)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "start_cpu %d larger than maximum of %u",
                              args->start_cpu, usage->len - 1);
    for (guint i = start; i < usage->len && i - start < args->ncpus; i++)
        params_add_ullong(params, VIR_DOMAIN_CPU_STATS_CPUTIME, g_array_index(usage, guint64, i));
    ret->nparams = 1;
    ret->params.params_len = params_take(params, params_size(params), &ret->params.params_val);
    return TRUE;
}

static gboolean get_cpu_stats(RpcCall *call, const remote_domain_get_cpu_stats_args *args,
                              remote_domain_get_cpu_stats_ret *ret, GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);
    g_autoptr(Cgroup) group = NULL;
    g_autoptr(Params) params = params_new();

    if (!guest || !check_flags(args->flags, VIR_TYPED_PARAM_STRING_OKAY, "virDomainGetCPUStats", error))
        return FALSE;
    group = guest_cgroup_find(process_pid(guest->process), CGROUP_CPUACCT, error);
    if (!group)
        return FALSE;
    if (args->start_cpu >= 0)
        return answer_by_cpu(group, args, ret, error);
    if (!add_total(group, params, error))
        return FALSE;
    ret->nparams =
        params_answer(params, (int)MIN(args->nparams, G_MAXINT), &ret->params.params_len, &ret->params.params_val);
    return TRUE;
}

void tuning_rpc_add(RemoteHandlers *handlers)
{
    handlers->domain_get_scheduler_type = get_scheduler_type;
    handlers->domain_get_scheduler_parameters = get_scheduler;
    handlers->domain_get_scheduler_parameters_flags = get_scheduler_flags;
    handlers->domain_set_scheduler_parameters = set_scheduler;
    handlers->domain_set_scheduler_parameters_flags = set_scheduler_flags;
    handlers->domain_get_memory_parameters = get_memory;
    handlers->domain_set_memory_parameters = set_memory;
    handlers->domain_get_blkio_parameters = get_blkio;
    handlers->domain_set_blkio_parameters = set_blkio;
    handlers->domain_get_cpu_stats = get_cpu_stats;
}
