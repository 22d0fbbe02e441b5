/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: questions that are answered from what is in memory. */
#include <string.h>
#include <time.h>

#include "common/error.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/guest/affect.h"
#include "virtqemud/guest/guest_list.h"
#include "virtqemud/guest/messages.h"
#include "virtqemud/host/process.h"
#include "virtqemud/host/seclabel.h"
#include "virtqemud/wire.h"

/* By the process's clock: one system call, where reading its file takes three and is what a busy monitor waits for. */
static guint64 cpu_time_ns(const Guest *guest)
{
    struct timespec time;
    clockid_t clock;

    if (!guest->process || clock_getcpuclockid(process_pid(guest->process), &clock) != 0 ||
        clock_gettime(clock, &time) < 0)
        return 0;
    return (guint64)time.tv_sec * 1000000000 + (guint64)time.tv_nsec;
}

static gboolean get_info(RpcCall *call, const remote_domain_get_info_args *args, remote_domain_get_info_ret *ret,
                         GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);
    const DomainDef *def;

    if (!guest)
        return FALSE;
    def = guest_current_def(guest);
    ret->state = (unsigned char)guest_state_public(guest->state);
    ret->maxMem = def->memory_kib;
    ret->memory = def->current_memory_kib;
    ret->nrVirtCpu = (unsigned short)def->vcpus;
    ret->cpuTime = cpu_time_ns(guest);
    return TRUE;
}

static gboolean get_state(RpcCall *call, const remote_domain_get_state_args *args, remote_domain_get_state_ret *ret,
                          GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);

    if (!guest || !check_flags(args->flags, 0, "virDomainGetState", error))
        return FALSE;
    ret->state = guest_state_public(guest->state);
    ret->reason = guest->reason;
    return TRUE;
}

static gboolean get_control_info(RpcCall *call, const remote_domain_get_control_info_args *args,
                                 remote_domain_get_control_info_ret *ret, GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);
    gint64 age_ms = 0;

    if (!guest || !check_flags(args->flags, 0, "virDomainGetControlInfo", error))
        return FALSE;
    ret->state = VIR_DOMAIN_CONTROL_OK;
    if (!guest_find_monitor(guest)) {
        ret->state = VIR_DOMAIN_CONTROL_ERROR;
        ret->details = VIR_DOMAIN_CONTROL_ERROR_REASON_MONITOR;
    } else if ((age_ms = qmp_silence_ms(guest->qmp)) > 0) {
        ret->state = VIR_DOMAIN_CONTROL_OCCUPIED;
    } else if (job_queue_current(guest->jobs, &age_ms)) {
        ret->state = VIR_DOMAIN_CONTROL_JOB;
    }
    ret->stateTime = (guint64)age_ms;
    return TRUE;
}

#define XML_FLAGS                                                                                                      \
    (VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_UPDATE_CPU | VIR_DOMAIN_XML_MIGRATABLE)

static gboolean get_xml_desc(RpcCall *call, const remote_domain_get_xml_desc_args *args,
                             remote_domain_get_xml_desc_ret *ret, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);

    if (!guest || !check_flags(args->flags, XML_FLAGS, "virDomainGetXMLDesc", error))
        return FALSE;
    ret->xml = guest_format_xml(guest, args->flags);
    return TRUE;
}

static gboolean is_active(RpcCall *call, const remote_domain_is_active_args *args, remote_domain_is_active_ret *ret,
                          GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);

    if (!guest)
        return FALSE;
    ret->active = guest_is_active(guest);
    return TRUE;
}

static gboolean is_persistent(RpcCall *call, const remote_domain_is_persistent_args *args,
                              remote_domain_is_persistent_ret *ret, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);

    if (!guest)
        return FALSE;
    ret->persistent = guest->is_persistent;
    return TRUE;
}

static gboolean is_updated(RpcCall *call, const remote_domain_is_updated_args *args, remote_domain_is_updated_ret *ret,
                           GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);

    if (!guest)
        return FALSE;
    /* Whether the definition was changed by other means than a new one; nothing here does that. */
    ret->updated = 0;
    return TRUE;
}

static gboolean get_os_type(RpcCall *call, const remote_domain_get_os_type_args *args,
                            remote_domain_get_os_type_ret *ret, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);

    if (!guest)
        return FALSE;
    ret->type = g_strdup(guest_current_def(guest)->os->type);
    return TRUE;
}

static gboolean get_max_memory(RpcCall *call, const remote_domain_get_max_memory_args *args,
                               remote_domain_get_max_memory_ret *ret, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);

    if (!guest)
        return FALSE;
    ret->memory = guest_current_def(guest)->memory_kib;
    return TRUE;
}

/* ---- messages ---- */

static gboolean get_messages(RpcCall *call, const remote_domain_get_messages_args *args,
                             remote_domain_get_messages_ret *ret, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);

    if (!guest || !check_flags(args->flags, VIR_DOMAIN_MESSAGE_DEPRECATION | VIR_DOMAIN_MESSAGE_TAINTING,
                               "virDomainGetMessages", error))
        return FALSE;
    ret->msgs.msgs_val = messages_list(&guest->messages, args->flags);
    ret->msgs.msgs_len = g_strv_length(ret->msgs.msgs_val);
    return TRUE;
}

/* ---- virtual processors ---- */

static gboolean get_vcpus_flags(RpcCall *call, const remote_domain_get_vcpus_flags_args *args,
                                remote_domain_get_vcpus_flags_ret *ret, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);
    const DomainDef *def;

    if (!guest || !check_flags(args->flags, AFFECT_FLAGS | VIR_DOMAIN_VCPU_MAXIMUM | VIR_DOMAIN_VCPU_GUEST,
                               "virDomainGetVcpusFlags", error))
        return FALSE;
    def = affect_one(guest, args->flags & AFFECT_FLAGS, error);
    if (!def)
        return FALSE;
    if (args->flags & VIR_DOMAIN_VCPU_GUEST)
        return def == guest->live ? wire_refuse_agent(guest, "virDomainGetVcpusFlags", error)
                                  : vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG,
                                                   "only a guest that runs can tell how many processors it uses");
    ret->num = (int)(args->flags & VIR_DOMAIN_VCPU_MAXIMUM ? def->vcpus_max : def->vcpus);
    return TRUE;
}

static gboolean get_max_vcpus(RpcCall *call, const remote_domain_get_max_vcpus_args *args,
                              remote_domain_get_max_vcpus_ret *ret, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);

    if (!guest)
        return FALSE;
    ret->num = (int)guest_current_def(guest)->vcpus_max;
    return TRUE;
}

/* ---- labels of security drivers: of the first, which labels nothing, and of "dac" ---- */

static void fill_label(remote_domain_get_security_label_ret *ret, const char *text)
{
    ret->label.label_val = g_strdup(text ? text : "");
    ret->label.label_len = (guint)strlen(ret->label.label_val) + 1;
}

static gboolean get_security_label(RpcCall *call, const remote_domain_get_security_label_args *args,
                                   remote_domain_get_security_label_ret *ret, GError **error)
{
    if (!wire_find_guest(&args->dom, error))
        return FALSE;
    fill_label(ret, NULL);
    return TRUE;
}

static gboolean get_security_labels(RpcCall *call, const remote_domain_get_security_label_list_args *args,
                                    remote_domain_get_security_label_list_ret *ret, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);
    const Seclabel *label;

    if (!guest)
        return FALSE;
    if (!guest_is_active(guest) || !driver.is_privileged)
        return TRUE;
    label = seclabel_find(guest->live);
    ret->labels.labels_len = 2;
    ret->labels.labels_val = g_new0(remote_domain_get_security_label_ret, 2);
    fill_label(&ret->labels.labels_val[0], "");
    fill_label(&ret->labels.labels_val[1], label ? label->label : NULL);
    ret->ret = 2;
    return TRUE;
}

void query_rpc_add(RemoteHandlers *handlers)
{
    handlers->domain_get_info = get_info;
    handlers->domain_get_state = get_state;
    handlers->domain_get_control_info = get_control_info;
    handlers->domain_get_xml_desc = get_xml_desc;
    handlers->domain_is_active = is_active;
    handlers->domain_is_persistent = is_persistent;
    handlers->domain_is_updated = is_updated;
    handlers->domain_get_os_type = get_os_type;
    handlers->domain_get_max_memory = get_max_memory;
    handlers->domain_get_messages = get_messages;
    handlers->domain_get_vcpus_flags = get_vcpus_flags;
    handlers->domain_get_max_vcpus = get_max_vcpus;
    handlers->domain_get_security_label = get_security_label;
    handlers->domain_get_security_label_list = get_security_labels;
}
