/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: giving a guest's threads their CPUs. */
#include "common/error.h"
#include "conf/cpuset.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/guest/affect.h"
#include "virtqemud/guest/change_job.h"
#include "virtqemud/guest/events.h"
#include "virtqemud/host/pin.h"
#include "virtqemud/host/process.h"
#include "virtqemud/params.h"

/* The job: type is the ThreadKind, number the thread's, text the set; size becomes QEMU's pid, or stays 0. */

static gboolean check_thread(const DomainDef *def, const CallJob *job, gboolean is_live, GError **error)
{
    if (job->type == THREAD_VCPU && job->number >= def->vcpus_max)
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "vcpu %u is out of range of %s cpu count %u",
                      job->number, is_live ? "live" : "persistent", def->vcpus_max);
    else if (job->type == THREAD_IOTHREAD && !domain_find_iothread(def, job->number))
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG,
                      is_live ? "iothread %u not found" : "iothreadid %u not found", job->number);
    else
        return TRUE;
    return FALSE;
}

static gboolean change_pin(DomainDef *def, CallJob *job, gboolean is_live, GError **error)
{
    CpuTune *tune = &def->cputune;

    if (!check_thread(def, job, is_live, error))
        return FALSE;
    if (job->type == THREAD_EMULATOR) {
        cpu_pin_free(tune->emulator_pin);
        tune->emulator_pin = cpu_pin_new(0, job->text);
    } else {
        cpu_pin_set(job->type == THREAD_VCPU ? &tune->vcpu_pins : &tune->iothread_pins, job->number, job->text);
    }
    return TRUE;
}

static gboolean prepare_pin(CallJob *job, GError **error)
{
    const DomainDef *live = job->guest->live;

    /* A processor that is not plugged in has no thread yet. */
    if (job->type != THREAD_VCPU || job->number < live->vcpus)
        job->size = (guint64)process_pid(job->guest->process);
    return check_thread(live, job, TRUE, error);
}

static gboolean ask_pin(CallJob *job, GError **error)
{
    return job->size == 0 || pin_thread((pid_t)job->size, (ThreadKind)job->type, job->number, job->text, error);
}

static void tell_pin(CallJob *job)
{
    g_autoptr(Params) params = params_new();
    g_autofree char *field = NULL;

    if (!job->is_live)
        return;
    if (job->type == THREAD_EMULATOR)
        field = g_strdup(VIR_DOMAIN_TUNABLE_CPU_EMULATORPIN);
    else if (job->type == THREAD_VCPU)
        field = g_strdup_printf(VIR_DOMAIN_TUNABLE_CPU_VCPUPIN, job->number);
    else
        field = g_strdup_printf(VIR_DOMAIN_TUNABLE_CPU_IOTHREADSPIN, job->number);
    params_add_string(params, field, job->text);
    events_tunable(job->guest, params);
}

static const ChangeKind pin_change = {.name = "pin",
                                      .change = change_pin,
                                      .prepare = prepare_pin,
                                      .ask = ask_pin,
                                      .tell = tell_pin,
                                      .without_monitor = TRUE};

static gboolean pin(RpcCall *call, const remote_nonnull_domain *dom, ThreadKind kind, guint id, const char *bits,
                    guint size, guint flags, const char *function, GError **error)
{
    Guest *guest = wire_find_guest(dom, error);
    g_autofree char *cpuset = cpuset_from_bits((const guint8 *)bits, size);
    CallJob *job;

    if (!guest || !check_flags(flags, AFFECT_FLAGS, function, error))
        return FALSE;
    if (!cpuset) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "Empty cpu list for pinning");
        return FALSE;
    }
    job = change_job_new(call, guest, flags, &pin_change);
    job->type = (int)kind;
    job->number = id;
    job->text = g_steal_pointer(&cpuset);
    change_job_push(job);
    return TRUE;
}

static gboolean pin_vcpu(RpcCall *call, const remote_domain_pin_vcpu_args *args, GError **error)
{
    return pin(call, &args->dom, THREAD_VCPU, args->vcpu, args->cpumap.cpumap_val, args->cpumap.cpumap_len,
               VIR_DOMAIN_AFFECT_LIVE, "virDomainPinVcpu", error);
}

static gboolean pin_vcpu_flags(RpcCall *call, const remote_domain_pin_vcpu_flags_args *args, GError **error)
{
    return pin(call, &args->dom, THREAD_VCPU, args->vcpu, args->cpumap.cpumap_val, args->cpumap.cpumap_len, args->flags,
               "virDomainPinVcpuFlags", error);
}

static gboolean pin_emulator(RpcCall *call, const remote_domain_pin_emulator_args *args, GError **error)
{
    return pin(call, &args->dom, THREAD_EMULATOR, 0, args->cpumap.cpumap_val, args->cpumap.cpumap_len, args->flags,
               "virDomainPinEmulator", error);
}

static gboolean pin_iothread(RpcCall *call, const remote_domain_pin_iothread_args *args, GError **error)
{
    return pin(call, &args->dom, THREAD_IOTHREAD, args->iothreads_id, args->cpumap.cpumap_val, args->cpumap.cpumap_len,
               args->flags, "virDomainPinIOThread", error);
}

void pin_rpc_add(RemoteHandlers *handlers)
{
    handlers->domain_pin_vcpu = pin_vcpu;
    handlers->domain_pin_vcpu_flags = pin_vcpu_flags;
    handlers->domain_pin_emulator = pin_emulator;
    handlers->domain_pin_iothread = pin_iothread;
}
