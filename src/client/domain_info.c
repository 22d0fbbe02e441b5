/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Public functions that return arrays of structs about guests, and those that free the structs. */
#include <string.h>

#include "client/call.h"
#include "client/params.h"
#include "rpc/remote_calls.h"

/* ---- file systems ---- */

void virDomainFSInfoFree(virDomainFSInfoPtr info)
{
    if (!info)
        return;
    g_free(info->mountpoint);
    g_free(info->name);
    g_free(info->fstype);
    for (size_t i = 0; i < info->ndevAlias; i++)
        g_free(info->devAlias[i]);
    g_free(info->devAlias);
    g_free(info);
}

static virDomainFSInfoPtr fs_info_new(remote_domain_fsinfo *wire)
{
    virDomainFSInfoPtr info = g_new0(virDomainFSInfo, 1);

    info->mountpoint = g_steal_pointer(&wire->mountpoint);
    info->name = g_steal_pointer(&wire->name);
    info->fstype = g_steal_pointer(&wire->fstype);
    info->ndevAlias = wire->dev_aliases.dev_aliases_len;
    info->devAlias = g_new0(char *, info->ndevAlias + 1);
    for (size_t i = 0; i < info->ndevAlias; i++)
        info->devAlias[i] = g_steal_pointer(&wire->dev_aliases.dev_aliases_val[i]);
    return info;
}

int virDomainGetFSInfo(virDomainPtr domain, virDomainFSInfoPtr **info, unsigned int flags)
{
    remote_domain_get_fsinfo_args args = {.flags = flags};
    remote_domain_get_fsinfo_ret ret = {0};
    ClientCall call;
    int n;

    if (!call_begin(&call, &handle_type_domain, domain, __func__) || !call_need(&call, info, "info"))
        return -1;
    handle_domain_encode(domain, &args.dom);
    if (!call_run(&call, &rpc_program_remote, REMOTE_PROC_DOMAIN_GET_FSINFO, &args, &ret))
        return -1;
    n = (int)ret.info.info_len;
    *info = g_new0(virDomainFSInfoPtr, n + 1);
    for (int i = 0; i < n; i++)
        (*info)[i] = fs_info_new(&ret.info.info_val[i]);
    call_release(&call, &ret);
    return n;
}

/* ---- I/O threads ---- */

void virDomainIOThreadInfoFree(virDomainIOThreadInfoPtr info)
{
    if (!info)
        return;
    g_free(info->cpumap);
    g_free(info);
}

int virDomainGetIOThreadInfo(virDomainPtr domain, virDomainIOThreadInfoPtr **info, unsigned int flags)
{
    remote_domain_get_iothread_info_args args = {.flags = flags};
    remote_domain_get_iothread_info_ret ret = {0};
    ClientCall call;
    int n;

    if (!call_begin(&call, &handle_type_domain, domain, __func__) || !call_need(&call, info, "info"))
        return -1;
    handle_domain_encode(domain, &args.dom);
    if (!call_run(&call, &rpc_program_remote, REMOTE_PROC_DOMAIN_GET_IOTHREAD_INFO, &args, &ret))
        return -1;
    n = (int)ret.info.info_len;
    *info = g_new0(virDomainIOThreadInfoPtr, n + 1);
    for (int i = 0; i < n; i++) {
        remote_domain_iothread_info *wire = &ret.info.info_val[i];
        (*info)[i] = g_new0(virDomainIOThreadInfo, 1);
        (*info)[i]->iothread_id = wire->iothread_id;
        (*info)[i]->cpumaplen = (int)wire->cpumap.cpumap_len;
        (*info)[i]->cpumap = (unsigned char *)g_steal_pointer(&wire->cpumap.cpumap_val);
    }
    call_release(&call, &ret);
    return n;
}

/* ---- network interfaces ---- */

void virDomainInterfaceFree(virDomainInterfacePtr iface)
{
    if (!iface)
        return;
    g_free(iface->name);
    g_free(iface->hwaddr);
    for (unsigned int i = 0; i < iface->naddrs; i++)
        g_free(iface->addrs[i].addr);
    g_free(iface->addrs);
    g_free(iface);
}

static virDomainInterfacePtr interface_new(remote_domain_interface *wire)
{
    virDomainInterfacePtr iface = g_new0(virDomainInterface, 1);

    iface->name = g_steal_pointer(&wire->name);
    iface->hwaddr = wire->hwaddr ? g_steal_pointer(wire->hwaddr) : NULL;
    iface->naddrs = wire->addrs.addrs_len;
    iface->addrs = g_new0(virDomainIPAddress, iface->naddrs);
    for (unsigned int i = 0; i < iface->naddrs; i++) {
        iface->addrs[i].type = wire->addrs.addrs_val[i].type;
        iface->addrs[i].addr = g_steal_pointer(&wire->addrs.addrs_val[i].addr);
        iface->addrs[i].prefix = wire->addrs.addrs_val[i].prefix;
    }
    return iface;
}

int virDomainInterfaceAddresses(virDomainPtr domain, virDomainInterfacePtr **ifaces, unsigned int source,
                                unsigned int flags)
{
    remote_domain_interface_addresses_args args = {.source = source, .flags = flags};
    remote_domain_interface_addresses_ret ret = {0};
    ClientCall call;
    int n;

    if (!call_begin(&call, &handle_type_domain, domain, __func__) || !call_need(&call, ifaces, "ifaces"))
        return -1;
    handle_domain_encode(domain, &args.dom);
    if (!call_run(&call, &rpc_program_remote, REMOTE_PROC_DOMAIN_INTERFACE_ADDRESSES, &args, &ret))
        return -1;
    n = (int)ret.ifaces.ifaces_len;
    *ifaces = g_new0(virDomainInterfacePtr, n + 1);
    for (int i = 0; i < n; i++)
        (*ifaces)[i] = interface_new(&ret.ifaces.ifaces_val[i]);
    call_release(&call, &ret);
    return n;
}

/* ---- statistics of many guests at once ---- */

void virDomainStatsRecordListFree(virDomainStatsRecordPtr *stats)
{
    for (virDomainStatsRecordPtr *record = stats; record && *record; record++) {
        virTypedParamsFree((*record)->params, (*record)->nparams);
        if ((*record)->dom)
            handle_unref((*record)->dom);
        g_free(*record);
    }
    g_free(stats);
}

/* Sends the call and makes the list; returns its length or -1. */
static int get_stats(ClientCall *call, remote_connect_get_all_domain_stats_args *args, virDomainStatsRecordPtr **list)
{
    remote_connect_get_all_domain_stats_ret ret = {0};
    virDomainStatsRecordPtr *records;
    int n;

    if (!call_run(call, &rpc_program_remote, REMOTE_PROC_CONNECT_GET_ALL_DOMAIN_STATS, args, &ret))
        return -1;
    n = (int)ret.retStats.retStats_len;
    records = g_new0(virDomainStatsRecordPtr, n + 1);
    for (int i = 0; i < n; i++) {
        remote_domain_stats_record *wire = &ret.retStats.retStats_val[i];
        records[i] = g_new0(virDomainStatsRecord, 1);
        records[i]->dom = handle_domain_new(call->connection, &wire->dom);
        if (!params_decode(call, wire->params.params_val, wire->params.params_len, &records[i]->params,
                           &records[i]->nparams)) {
            virDomainStatsRecordListFree(records);
            call_release(call, &ret);
            return -1;
        }
    }
    call_release(call, &ret);
    *list = records;
    return n;
}

int virConnectGetAllDomainStats(virConnectPtr conn, unsigned int stats, virDomainStatsRecordPtr **retStats,
                                unsigned int flags)
{
    remote_connect_get_all_domain_stats_args args = {.stats = stats, .flags = flags};
    ClientCall call;

    if (!call_begin(&call, &handle_type_connect, conn, __func__) || !call_need(&call, retStats, "retStats"))
        return -1;
    return get_stats(&call, &args, retStats);
}

int virDomainListGetStats(virDomainPtr *doms, unsigned int stats, virDomainStatsRecordPtr **retStats,
                          unsigned int flags)
{
    remote_connect_get_all_domain_stats_args args = {.stats = stats, .flags = flags};
    g_autofree remote_nonnull_domain *wire = NULL;
    ClientCall call;
    guint n = 0;

    /* Whose connection it is, the first domain tells; an empty list has none. */
    if (!call_begin(&call, &handle_type_domain, doms ? *doms : NULL, __func__) ||
        !call_need(&call, retStats, "retStats"))
        return -1;
    while (doms[n]) {
        if (!call_need_handle(&call, &handle_type_domain, doms[n++]))
            return -1;
    }
    wire = g_new0(remote_nonnull_domain, n);
    for (guint i = 0; i < n; i++)
        handle_domain_encode(doms[i], &wire[i]);
    args.doms.doms_val = wire;
    args.doms.doms_len = n;
    return get_stats(&call, &args, retStats);
}
