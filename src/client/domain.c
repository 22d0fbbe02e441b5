/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Public functions about domains that the call table does not explain. What a guest knows of itself is in
 * client/domain_info.c, migration in client/migrate.c. */
#include <stdlib.h>
#include <string.h>

#include "client/call.h"
#include "client/params.h"
#include "rpc/remote_calls.h"

virDomainPtr virDomainCreateLinux(virConnectPtr conn, const char *xmlDesc, unsigned int flags)
{
    return virDomainCreateXML(conn, xmlDesc, flags);
}

/* The reply does not tell the new id, so it is asked for; a guest that is gone again by then has none. */
int virDomainCreate(virDomainPtr domain)
{
    remote_domain_create_args args = {0};
    remote_domain_lookup_by_uuid_args lookup = {0};
    remote_domain_lookup_by_uuid_ret found = {0};
    ClientCall call;

    if (!call_begin(&call, &handle_type_domain, domain, __func__))
        return -1;
    handle_domain_encode(domain, &args.dom);
    if (!call_run(&call, &rpc_program_remote, REMOTE_PROC_DOMAIN_CREATE, &args, NULL))
        return -1;
    memcpy(lookup.uuid, domain->uuid, sizeof(lookup.uuid));
    if (!call_run(&call, &rpc_program_remote, REMOTE_PROC_DOMAIN_LOOKUP_BY_UUID, &lookup, &found))
        return -1;
    handle_domain_update(domain, &found.dom);
    call_release(&call, &found);
    return 0;
}

int virDomainRename(virDomainPtr domain, const char *new_name, unsigned int flags)
{
    remote_domain_rename_args args = {0};
    remote_domain_rename_ret ret = {0};
    ClientCall call;

    if (!call_begin(&call, &handle_type_domain, domain, __func__) || !call_need(&call, new_name, "new_name"))
        return -1;
    handle_domain_encode(domain, &args.dom);
    args.new_name = (char **)&new_name;
    args.flags = flags;
    if (!call_run(&call, &rpc_program_remote, REMOTE_PROC_DOMAIN_RENAME, &args, &ret))
        return -1;
    handle_domain_rename(domain, new_name);
    return ret.retcode;
}

/* ---- virtual CPUs ---- */

int virDomainGetVcpus(virDomainPtr domain, virVcpuInfoPtr info, int maxinfo, unsigned char *cpumaps, int maplen)
{
    remote_domain_get_vcpus_args args = {.maxinfo = maxinfo, .maplen = cpumaps ? maplen : 0};
    remote_domain_get_vcpus_ret ret = {0};
    ClientCall call;
    int n;

    if (!call_begin(&call, &handle_type_domain, domain, __func__) || !call_need(&call, info, "info") ||
        !call_need_positive(&call, maxinfo, "maxinfo") || (cpumaps && !call_need_positive(&call, maplen, "maplen")))
        return -1;
    handle_domain_encode(domain, &args.dom);
    if (!call_run(&call, &rpc_program_remote, REMOTE_PROC_DOMAIN_GET_VCPUS, &args, &ret))
        return -1;
    n = (int)ret.info.info_len;
    if (!call_check_list(&call, n, maxinfo) ||
        !call_check_list(&call, ret.cpumaps.cpumaps_len, maxinfo * (gint64)args.maplen)) {
        call_release(&call, &ret);
        return -1;
    }
    for (int i = 0; i < n; i++) {
        info[i].number = ret.info.info_val[i].number;
        info[i].state = ret.info.info_val[i].state;
        info[i].cpuTime = ret.info.info_val[i].cpu_time;
        info[i].cpu = ret.info.info_val[i].cpu;
    }
    if (ret.cpumaps.cpumaps_len)
        memcpy(cpumaps, ret.cpumaps.cpumaps_val, ret.cpumaps.cpumaps_len);
    call_release(&call, &ret);
    return n;
}

/* Copies maps from a reply into the caller's room; what the reply leaves open reads as "on no CPU". */
static gboolean copy_maps(ClientCall *call, unsigned char *maps, gint64 room, const char *from, guint n)
{
    if (!call_check_list(call, n, room))
        return FALSE;
    memset(maps, 0, room);
    if (n)
        memcpy(maps, from, n);
    return TRUE;
}

int virDomainGetVcpuPinInfo(virDomainPtr domain, int ncpumaps, unsigned char *cpumaps, int maplen, unsigned int flags)
{
    remote_domain_get_vcpu_pin_info_args args = {.ncpumaps = ncpumaps, .maplen = maplen, .flags = flags};
    remote_domain_get_vcpu_pin_info_ret ret = {0};
    gint64 room = ncpumaps * (gint64)maplen;
    ClientCall call;
    int result;

    if (!call_begin(&call, &handle_type_domain, domain, __func__) || !call_need(&call, cpumaps, "cpumaps") ||
        !call_need_positive(&call, ncpumaps, "ncpumaps") || !call_need_positive(&call, maplen, "maplen"))
        return -1;
    handle_domain_encode(domain, &args.dom);
    if (!call_run(&call, &rpc_program_remote, REMOTE_PROC_DOMAIN_GET_VCPU_PIN_INFO, &args, &ret))
        return -1;
    result = copy_maps(&call, cpumaps, room, ret.cpumaps.cpumaps_val, ret.cpumaps.cpumaps_len) ? ret.num : -1;
    call_release(&call, &ret);
    return result;
}

int virDomainGetEmulatorPinInfo(virDomainPtr domain, unsigned char *cpumap, int maplen, unsigned int flags)
{
    remote_domain_get_emulator_pin_info_args args = {.maplen = maplen, .flags = flags};
    remote_domain_get_emulator_pin_info_ret ret = {0};
    ClientCall call;
    int result;

    if (!call_begin(&call, &handle_type_domain, domain, __func__) || !call_need(&call, cpumap, "cpumap") ||
        !call_need_positive(&call, maplen, "maplen"))
        return -1;
    handle_domain_encode(domain, &args.dom);
    if (!call_run(&call, &rpc_program_remote, REMOTE_PROC_DOMAIN_GET_EMULATOR_PIN_INFO, &args, &ret))
        return -1;
    result = copy_maps(&call, cpumap, maplen, ret.cpumaps.cpumaps_val, ret.cpumaps.cpumaps_len) ? ret.ret : -1;
    call_release(&call, &ret);
    return result;
}

/* The reply has ret.nparams parameters for each of some CPUs, one CPU after the other; the caller's array has room for
 * nparams for each. */
static int fill_cpu_stats(ClientCall *call, remote_domain_get_cpu_stats_ret *ret, virTypedParameterPtr params,
                          unsigned int nparams, unsigned int ncpus)
{
    guint per_cpu = ret->nparams, len = ret->params.params_len;

    if (len == 0)
        return ret->nparams;
    if (ret->nparams <= 0 || per_cpu > nparams || len % per_cpu || len / per_cpu > ncpus) {
        call_fail(call, VIR_FROM_REMOTE, VIR_ERR_RPC, "the daemon's answer has %u statistics, which were not asked for",
                  len);
        return -1;
    }
    memset(params, 0, sizeof(*params) * nparams * ncpus);
    for (guint i = 0; i < len; i++) {
        guint at = i / per_cpu * nparams + i % per_cpu;
        if (!params_decode_one(call, &ret->params.params_val[i], &params[at])) {
            virTypedParamsClear(params, (int)at);
            return -1;
        }
    }
    return ret->nparams;
}

int virDomainGetCPUStats(virDomainPtr domain, virTypedParameterPtr params, unsigned int nparams, int start_cpu,
                         unsigned int ncpus, unsigned int flags)
{
    remote_domain_get_cpu_stats_args args = {.nparams = nparams, .start_cpu = start_cpu, .ncpus = ncpus};
    remote_domain_get_cpu_stats_ret ret = {0};
    ClientCall call;
    int result;

    if (!call_begin(&call, &handle_type_domain, domain, __func__) ||
        !call_need_array(&call, params, nparams, "params") ||
        (start_cpu == -1 && !call_need_at_most(&call, ncpus, 1, "ncpus")) ||
        (params && (!call_need_positive(&call, ncpus, "ncpus") || !call_need_positive(&call, nparams, "nparams"))))
        return -1;
    handle_domain_encode(domain, &args.dom);
    args.flags = flags | call_string_params_flag(&call);
    if (!call_run(&call, &rpc_program_remote, REMOTE_PROC_DOMAIN_GET_CPU_STATS, &args, &ret))
        return -1;
    /* With nothing to fill, the number of CPUs or of parameters was asked for. */
    result = params ? fill_cpu_stats(&call, &ret, params, nparams, ncpus) : ret.nparams;
    call_release(&call, &ret);
    return result;
}

/* ---- memory and disks ---- */

int virDomainMemoryStats(virDomainPtr domain, virDomainMemoryStatPtr stats, unsigned int nr_stats, unsigned int flags)
{
    remote_domain_memory_stats_args args = {.maxStats = nr_stats, .flags = flags};
    remote_domain_memory_stats_ret ret = {0};
    ClientCall call;
    int n = -1;

    if (!call_begin(&call, &handle_type_domain, domain, __func__))
        return -1;
    if (!stats || nr_stats == 0)
        return 0;
    args.maxStats = MIN(nr_stats, VIR_DOMAIN_MEMORY_STAT_NR);
    handle_domain_encode(domain, &args.dom);
    if (!call_run(&call, &rpc_program_remote, REMOTE_PROC_DOMAIN_MEMORY_STATS, &args, &ret))
        return -1;
    if (call_check_list(&call, ret.stats.stats_len, nr_stats))
        n = (int)ret.stats.stats_len;
    for (int i = 0; i < n; i++) {
        stats[i].tag = ret.stats.stats_val[i].tag;
        stats[i].val = ret.stats.stats_val[i].val;
    }
    call_release(&call, &ret);
    return n;
}

int virDomainGetDiskErrors(virDomainPtr domain, virDomainDiskErrorPtr errors, unsigned int maxerrors,
                           unsigned int flags)
{
    remote_domain_get_disk_errors_args args = {.maxerrors = maxerrors, .flags = flags};
    remote_domain_get_disk_errors_ret ret = {0};
    ClientCall call;
    int result;

    if (!call_begin(&call, &handle_type_domain, domain, __func__) ||
        !call_need_array(&call, errors, maxerrors, "errors"))
        return -1;
    handle_domain_encode(domain, &args.dom);
    if (!call_run(&call, &rpc_program_remote, REMOTE_PROC_DOMAIN_GET_DISK_ERRORS, &args, &ret))
        return -1;
    result = call_check_list(&call, ret.errors.errors_len, maxerrors) ? ret.nerrors : -1;
    for (guint i = 0; result >= 0 && i < ret.errors.errors_len; i++) {
        errors[i].disk = g_steal_pointer(&ret.errors.errors_val[i].disk);
        errors[i].error = ret.errors.errors_val[i].error;
    }
    call_release(&call, &ret);
    return result;
}

int virDomainGetBlockJobInfo(virDomainPtr domain, const char *disk, virDomainBlockJobInfoPtr info, unsigned int flags)
{
    remote_domain_get_block_job_info_args args = {.path = (char *)disk, .flags = flags};
    remote_domain_get_block_job_info_ret ret = {0};
    ClientCall call;

    if (!call_begin(&call, &handle_type_domain, domain, __func__) || !call_need(&call, disk, "disk") ||
        !call_need(&call, info, "info"))
        return -1;
    memset(info, 0, sizeof(*info));
    handle_domain_encode(domain, &args.dom);
    if (!call_run(&call, &rpc_program_remote, REMOTE_PROC_DOMAIN_GET_BLOCK_JOB_INFO, &args, &ret))
        return -1;
    if (!ret.found)
        return 0;
    info->type = ret.type;
    info->bandwidth = ret.bandwidth;
    info->cur = ret.cur;
    info->end = ret.end;
    return 1;
}

/* ---- security labels ---- */

static void copy_label(virSecurityLabelPtr label, const remote_domain_get_security_label_ret *wire)
{
    memset(label, 0, sizeof(*label));
    if (wire->label.label_len)
        call_copy_text(label->label, sizeof(label->label), wire->label.label_val, wire->label.label_len);
    label->enforcing = wire->enforcing;
}

int virDomainGetSecurityLabel(virDomainPtr domain, virSecurityLabelPtr seclabel)
{
    remote_domain_get_security_label_args args = {0};
    remote_domain_get_security_label_ret ret = {0};
    ClientCall call;

    if (!call_begin(&call, &handle_type_domain, domain, __func__) || !call_need(&call, seclabel, "seclabel"))
        return -1;
    handle_domain_encode(domain, &args.dom);
    if (!call_run(&call, &rpc_program_remote, REMOTE_PROC_DOMAIN_GET_SECURITY_LABEL, &args, &ret))
        return -1;
    copy_label(seclabel, &ret);
    call_release(&call, &ret);
    return 0;
}

int virDomainGetSecurityLabelList(virDomainPtr domain, virSecurityLabelPtr *seclabels)
{
    remote_domain_get_security_label_list_args args = {0};
    remote_domain_get_security_label_list_ret ret = {0};
    ClientCall call;
    int n;

    if (!call_begin(&call, &handle_type_domain, domain, __func__) || !call_need(&call, seclabels, "seclabels"))
        return -1;
    handle_domain_encode(domain, &args.dom);
    if (!call_run(&call, &rpc_program_remote, REMOTE_PROC_DOMAIN_GET_SECURITY_LABEL_LIST, &args, &ret))
        return -1;
    n = (int)ret.labels.labels_len;
    *seclabels = g_new0(virSecurityLabel, n);
    for (int i = 0; i < n; i++)
        copy_label(&(*seclabels)[i], &ret.labels.labels_val[i]);
    call_release(&call, &ret);
    return n;
}
