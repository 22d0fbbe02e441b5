/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: how much memory and how many processors a guest has. */
#include "common/error.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/guest/affect.h"
#include "virtqemud/guest/change_job.h"
#include "virtqemud/plug/vcpus.h"
#include "virtqemud/stats/counters.h"

static gboolean check_balloon(const Guest *guest, GError **error)
{
    if (counters_balloon(guest))
        return TRUE;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "Domain has no memory balloon");
    return FALSE;
}

/* ---- memory ---- */

static gboolean check_size(const DomainDef *def, guint64 size_kib, GError **error)
{
    if (size_kib <= def->memory_kib)
        return TRUE;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "cannot set memory higher than max memory");
    return FALSE;
}

/* What a running guest has got is known when its balloon says so, by event. */
static gboolean change_memory(DomainDef *def, CallJob *job, gboolean is_live, GError **error)
{
    if (is_live)
        return TRUE;
    if (!check_size(def, job->size, error))
        return FALSE;
    def->current_memory_kib = job->size;
    return TRUE;
}

static gboolean ask_memory(CallJob *job, GError **error)
{
    json_object *arguments = json_object_new_object();
    g_autoptr(json_object) reply = NULL;

    json_add_int(arguments, "value", (gint64)job->size * 1024);
    reply = qmp_call(job->qmp, "balloon", arguments, QMP_TIMEOUT_MS, error);
    return reply != NULL;
}

static const ChangeKind memory_change = {.name = "memory", .change = change_memory, .ask = ask_memory};

static gboolean change_memory_max(DomainDef *def, CallJob *job, gboolean is_live, GError **error)
{
    def->memory_kib = job->size;
    def->current_memory_kib = MIN(def->current_memory_kib, job->size);
    return TRUE;
}

static const ChangeKind memory_max_change = {.name = "maximum memory", .change = change_memory_max};

static gboolean check_memory(Guest *guest, guint64 size_kib, guint flags, GError **error)
{
    gboolean is_live, is_config;

    if (!affect_which(guest, flags, &is_live, &is_config, error))
        return FALSE;
    if (size_kib == 0 || size_kib > G_MAXINT64 / 1024) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "a guest cannot have %" G_GUINT64_FORMAT " KiB",
                      size_kib);
        return FALSE;
    }
    if (flags & VIR_DOMAIN_MEM_MAXIMUM) {
        if (!is_live)
            return TRUE;
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID,
                      "cannot resize the maximum memory on an active domain");
        return FALSE;
    }
    return !is_live || (check_balloon(guest, error) && check_size(guest->live, size_kib, error));
}

static gboolean set_memory_with(RpcCall *call, const remote_nonnull_domain *dom, guint64 size_kib, guint flags,
                                GError **error)
{
    Guest *guest = wire_find_guest(dom, error);
    CallJob *job;

    if (!guest || !check_flags(flags, AFFECT_FLAGS | VIR_DOMAIN_MEM_MAXIMUM, "virDomainSetMemoryFlags", error) ||
        !check_memory(guest, size_kib, flags, error))
        return FALSE;
    job = change_job_new(call, guest, flags, flags & VIR_DOMAIN_MEM_MAXIMUM ? &memory_max_change : &memory_change);
    job->size = size_kib;
    change_job_push(job);
    return TRUE;
}

static gboolean set_memory(RpcCall *call, const remote_domain_set_memory_args *args, GError **error)
{
    return set_memory_with(call, &args->dom, args->memory, VIR_DOMAIN_AFFECT_LIVE, error);
}

static gboolean set_max_memory(RpcCall *call, const remote_domain_set_max_memory_args *args, GError **error)
{
    return set_memory_with(call, &args->dom, args->memory, VIR_DOMAIN_MEM_MAXIMUM, error);
}

static gboolean set_memory_flags(RpcCall *call, const remote_domain_set_memory_flags_args *args, GError **error)
{
    return set_memory_with(call, &args->dom, args->memory, args->flags, error);
}

/* ---- how often the balloon asks the guest for its numbers ---- */

static gboolean change_period(DomainDef *def, CallJob *job, gboolean is_live, GError **error)
{
    BalloonDef *balloon = def->balloons->len > 0 ? g_ptr_array_index(def->balloons, 0) : NULL;

    if (!balloon || balloon->model == BALLOON_NONE) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "Domain has no memory balloon");
        return FALSE;
    }
    balloon->stats_period_s = job->number;
    return TRUE;
}

static gboolean ask_period(CallJob *job, GError **error)
{
    g_autoptr(QmpBatch) batch = qmp_batch_new();

    counters_set_period(batch, job->text, job->number);
    return qmp_run(job->qmp, batch, QMP_TIMEOUT_MS, error);
}

static const ChangeKind period_change = {.name = "memory stats period", .change = change_period, .ask = ask_period};

static gboolean set_period(RpcCall *call, const remote_domain_set_memory_stats_period_args *args, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);
    const BalloonDef *balloon;
    CallJob *job;

    if (!guest || !check_flags(args->flags, AFFECT_FLAGS, "virDomainSetMemoryStatsPeriod", error))
        return FALSE;
    if (args->period < 0) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "invalid value for collection period '%d'",
                      args->period);
        return FALSE;
    }
    balloon = counters_balloon(guest);
    if (guest_is_active(guest) && !check_balloon(guest, error))
        return FALSE;
    job = change_job_new(call, guest, args->flags, &period_change);
    job->number = (guint)args->period;
    job->text = balloon ? g_strdup(balloon->info.alias) : NULL;
    change_job_push(job);
    return TRUE;
}

/* ---- processors ---- */

#define VCPU_FLAGS (VIR_DOMAIN_VCPU_MAXIMUM | VIR_DOMAIN_VCPU_GUEST | VIR_DOMAIN_VCPU_HOTPLUGGABLE)

/* Which processors of a definition can go later is not in our documents; what is plugged in can. */
static gboolean check_vcpus(Guest *guest, guint number, guint flags, GError **error)
{
    gboolean is_live, is_config;

    if (!affect_which(guest, flags, &is_live, &is_config, error))
        return FALSE;
    if (flags & VIR_DOMAIN_VCPU_GUEST)
        return wire_refuse_agent(guest, "virDomainSetVcpusFlags", error);
    if (is_live && (flags & VIR_DOMAIN_VCPU_MAXIMUM))
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_UNSUPPORTED,
                              "maximum vcpu count of a live domain can't be modified");
    if (is_config && (flags & VIR_DOMAIN_VCPU_HOTPLUGGABLE) && !(flags & VIR_DOMAIN_VCPU_MAXIMUM))
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                              "definitions do not say which vcpus are hotpluggable");
    if (number == 0 || ((flags & VIR_DOMAIN_VCPU_MAXIMUM) && number > DOMAIN_VCPUS_MAX))
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "a guest cannot have %u vcpus", number);
    return TRUE;
}

static gboolean set_vcpus_with(RpcCall *call, const remote_nonnull_domain *dom, guint number, guint flags,
                               GError **error)
{
    Guest *guest = wire_find_guest(dom, error);

    if (!guest || !check_flags(flags, AFFECT_FLAGS | VCPU_FLAGS, "virDomainSetVcpusFlags", error) ||
        !check_vcpus(guest, number, flags, error))
        return FALSE;
    vcpus_set(call, guest, number, flags);
    return TRUE;
}

static gboolean set_vcpus(RpcCall *call, const remote_domain_set_vcpus_args *args, GError **error)
{
    return set_vcpus_with(call, &args->dom, args->nvcpus, VIR_DOMAIN_AFFECT_LIVE, error);
}

static gboolean set_vcpus_flags(RpcCall *call, const remote_domain_set_vcpus_flags_args *args, GError **error)
{
    return set_vcpus_with(call, &args->dom, args->nvcpus, args->flags, error);
}

void resize_rpc_add(RemoteHandlers *handlers)
{
    handlers->domain_set_memory = set_memory;
    handlers->domain_set_max_memory = set_max_memory;
    handlers->domain_set_memory_flags = set_memory_flags;
    handlers->domain_set_memory_stats_period = set_period;
    handlers->domain_set_vcpus = set_vcpus;
    handlers->domain_set_vcpus_flags = set_vcpus_flags;
}
