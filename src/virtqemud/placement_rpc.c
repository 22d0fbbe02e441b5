/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: on which of the host's CPUs a guest's threads may run. */
#include <string.h>

#include "common/error.h"
#include "virtqemud/affect.h"
#include "virtqemud/handlers.h"
#include "virtqemud/host.h"
#include "virtqemud/process.h"
#include "virtqemud/vcpu_stats.h"
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

/* Of one thread of a running guest (tid 0: of its emulator), else of a definition, which cannot pin any. */
static void fill_map(const Guest *guest, gboolean is_live, pid_t tid, guint8 *map, guint size)
{
    if (is_live)
        vcpu_stats_affinity(tid ? tid : process_pid(guest->process), map, size);
    else
        fill_online(map, size);
}

static gboolean get_vcpu_pin_info(RpcCall *call, const remote_domain_get_vcpu_pin_info_args *args,
                                  remote_domain_get_vcpu_pin_info_ret *ret, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);
    const DomainDef *def;
    g_autoptr(GArray) threads = NULL;
    gboolean is_live;
    guint n;

    if (!guest || !check_flags(args->flags, AFFECT_FLAGS, "virDomainGetVcpuPinInfo", error) ||
        !check_maps(args->ncpumaps, args->maplen, error) || !(def = affect_one(guest, args->flags, error)))
        return FALSE;
    is_live = def == guest->live;
    n = MIN((guint)args->ncpumaps, def->vcpus);
    if (is_live)
        threads = vcpu_stats_read(process_pid(guest->process), def->vcpus);
    ret->num = (int)n;
    ret->cpumaps.cpumaps_len = n * (guint)args->maplen;
    ret->cpumaps.cpumaps_val = g_malloc0(MAX(ret->cpumaps.cpumaps_len, 1));
    for (guint i = 0; i < n; i++)
        fill_map(guest, is_live, is_live ? g_array_index(threads, VcpuStats, i).tid : 0,
                 (guint8 *)ret->cpumaps.cpumaps_val + (gsize)i * (gsize)args->maplen, (guint)args->maplen);
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
    fill_map(guest, def == guest->live, 0, (guint8 *)ret->cpumaps.cpumaps_val, (guint)args->maplen);
    return TRUE;
}

/* Definitions with I/O threads are refused, so that there are none. */
static gboolean get_iothread_info(RpcCall *call, const remote_domain_get_iothread_info_args *args,
                                  remote_domain_get_iothread_info_ret *ret, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);

    return guest && check_flags(args->flags, AFFECT_FLAGS, "virDomainGetIOThreadInfo", error) &&
           affect_one(guest, args->flags, error);
}

void placement_rpc_add(RemoteHandlers *handlers)
{
    handlers->domain_get_vcpu_pin_info = get_vcpu_pin_info;
    handlers->domain_get_emulator_pin_info = get_emulator_pin_info;
    handlers->domain_get_iothread_info = get_iothread_info;
}
