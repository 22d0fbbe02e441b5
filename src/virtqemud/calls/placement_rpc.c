/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: on which of the host's CPUs a guest's threads may run. */
#include <string.h>

#include "common/error.h"
#include "conf/cpuset.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/guest/affect.h"
#include "virtqemud/host/host.h"
#include "virtqemud/host/pin.h"
#include "virtqemud/host/process.h"
#include "virtqemud/stats/vcpu_stats.h"
#include "virtqemud/wire.h"

static gboolean check_maps(int n_maps, int map_len, GError **error)
{
    if (n_maps >= 0 && map_len > 0 && (guint64)n_maps * (guint64)map_len <= REMOTE_CPUMAPS_MAX)
        return TRUE;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "%d maps with %d bytes each cannot be", n_maps, map_len);
    return FALSE;
}

/* What a thread that is not pinned may use: all CPUs that are online. */
static void fill_online(guint8 *map, guint size)
{
    guint n_cpus, n_online;
    g_autofree guint8 *online = host_cpu_map(&n_cpus, &n_online);

    memcpy(map, online, MIN((n_cpus + 7) / 8, size));
}

/* Of one thread: what the scheduler says of one that runs, else what the definition does. */
static void fill_map(const Guest *guest, const DomainDef *def, ThreadKind kind, guint id, guint8 *map, guint size)
{
    const char *pin = pin_of(def, kind, id);

    if (def == guest->live && !(kind == THREAD_VCPU && id >= def->vcpus))
        vcpu_stats_affinity(pin_find_thread(process_pid(guest->process), kind, id), map, size);
    else if (pin)
        cpuset_to_bits(pin, map, size);
    else
        fill_online(map, size);
}

static gboolean get_vcpu_pin_info(RpcCall *call, const remote_domain_get_vcpu_pin_info_args *args,
                                  remote_domain_get_vcpu_pin_info_ret *ret, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);
    const DomainDef *def;
    guint n;

    if (!guest || !check_flags(args->flags, AFFECT_FLAGS, "virDomainGetVcpuPinInfo", error) ||
        !check_maps(args->ncpumaps, args->maplen, error) || !(def = affect_one(guest, args->flags, error)))
        return FALSE;
    n = MIN((guint)args->ncpumaps, def->vcpus_max);
    ret->num = (int)n;
    ret->cpumaps.cpumaps_len = n * (guint)args->maplen;
    ret->cpumaps.cpumaps_val = g_malloc0(MAX(ret->cpumaps.cpumaps_len, 1));
    for (guint i = 0; i < n; i++)
        fill_map(guest, def, THREAD_VCPU, i, (guint8 *)ret->cpumaps.cpumaps_val + (gsize)i * (gsize)args->maplen,
                 (guint)args->maplen);
    return TRUE;
}

static gboolean get_emulator_pin_info(RpcCall *call, const remote_domain_get_emulator_pin_info_args *args,
                                      remote_domain_get_emulator_pin_info_ret *ret, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);
    const DomainDef *def;

    if (!guest || !check_flags(args->flags, AFFECT_FLAGS, "virDomainGetEmulatorPinInfo", error) ||
        !check_maps(1, args->maplen, error) || !(def = affect_one(guest, args->flags, error)))
        return FALSE;
    ret->ret = 1;
    ret->cpumaps.cpumaps_len = (guint)args->maplen;
    ret->cpumaps.cpumaps_val = g_malloc0((gsize)args->maplen);
    fill_map(guest, def, THREAD_EMULATOR, 0, (guint8 *)ret->cpumaps.cpumaps_val, (guint)args->maplen);
    return TRUE;
}

static gboolean get_iothread_info(RpcCall *call, const remote_domain_get_iothread_info_args *args,
                                  remote_domain_get_iothread_info_ret *ret, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);
    const DomainDef *def;
    guint n, n_cpus, n_online;
    g_autofree guint8 *online = host_cpu_map(&n_cpus, &n_online);

    if (!guest || !check_flags(args->flags, AFFECT_FLAGS, "virDomainGetIOThreadInfo", error) ||
        !(def = affect_one(guest, args->flags, error)))
        return FALSE;
    n = MIN(def->iothreads ? def->iothreads->len : 0, REMOTE_IOTHREAD_INFO_MAX);
    ret->ret = ret->info.info_len = n;
    ret->info.info_val = g_new0(remote_domain_iothread_info, MAX(n, 1));
    for (guint i = 0; i < n; i++) {
        remote_domain_iothread_info *info = &ret->info.info_val[i];

        info->iothread_id = ((const IoThread *)g_ptr_array_index(def->iothreads, i))->id;
        info->cpumap.cpumap_len = (n_cpus + 7) / 8;
        info->cpumap.cpumap_val = g_malloc0(MAX(info->cpumap.cpumap_len, 1));
        fill_map(guest, def, THREAD_IOTHREAD, info->iothread_id, (guint8 *)info->cpumap.cpumap_val,
                 info->cpumap.cpumap_len);
    }
    return TRUE;
}

void placement_rpc_add(RemoteHandlers *handlers)
{
    handlers->domain_get_vcpu_pin_info = get_vcpu_pin_info;
    handlers->domain_get_emulator_pin_info = get_emulator_pin_info;
    handlers->domain_get_iothread_info = get_iothread_info;
}
