/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: starting, stopping and what lies between. */
#include "common/error.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/guest/call_job.h"
#include "virtqemud/guest/define.h"
#include "virtqemud/guest/events.h"
#include "virtqemud/guest/guest_end.h"
#include "virtqemud/guest/start.h"
#include "virtqemud/host/log_file.h"

#define START_FLAGS                                                                                                    \
    (VIR_DOMAIN_START_PAUSED | VIR_DOMAIN_START_AUTODESTROY | VIR_DOMAIN_START_BYPASS_CACHE |                          \
     VIR_DOMAIN_START_FORCE_BOOT | VIR_DOMAIN_START_VALIDATE | VIR_DOMAIN_START_RESET_NVRAM)

/* ---- start ---- */

static void answer_started(Guest *guest, const GError *error, gpointer data)
{
    if (error)
        rpc_call_fail(data, g_error_copy(error));
    else
        rpc_call_reply(data);
}

/* For the calls whose answer is the guest. */
static void answer_with_domain(Guest *guest, const GError *error, gpointer data)
{
    remote_domain_create_xml_ret *ret = rpc_call_ret(data);

    if (!error)
        wire_domain(guest, &ret->dom);
    answer_started(guest, error, data);
}

G_STATIC_ASSERT(sizeof(remote_domain_create_xml_ret) == sizeof(remote_domain_create_with_flags_ret));

static gboolean start_defined(RpcCall *call, const remote_nonnull_domain *dom, guint flags, StartDone answer,
                              GError **error)
{
    Guest *guest = wire_find_guest(dom, error);

    if (!guest)
        return FALSE;
    if (guest_is_active(guest)) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "domain is already running");
        return FALSE;
    }
    rpc_call_defer(call);
    start_guest(guest, NULL, flags, rpc_call_client(call), answer, call);
    return TRUE;
}

static gboolean create(RpcCall *call, const remote_domain_create_args *args, GError **error)
{
    return start_defined(call, &args->dom, 0, answer_started, error);
}

static gboolean create_with_flags(RpcCall *call, const remote_domain_create_with_flags_args *args,
                                  remote_domain_create_with_flags_ret *ret, GError **error)
{
    return check_flags(args->flags, START_FLAGS & ~VIR_DOMAIN_START_VALIDATE, "virDomainCreateWithFlags", error) &&
           start_defined(call, &args->dom, args->flags, answer_with_domain, error);
}

static void create_next(RpcCall *call, Guest *guest, DomainDef *def, guint flags)
{
    rpc_call_defer(call);
    start_guest(guest, def, flags, rpc_call_client(call), answer_with_domain, call);
}

static gboolean create_xml(RpcCall *call, const remote_domain_create_xml_args *args, remote_domain_create_xml_ret *ret,
                           GError **error)
{
    if (!check_flags(args->flags, START_FLAGS, "virDomainCreateXML", error))
        return FALSE;
    return define_from_xml(call, args->xml_desc, args->flags & VIR_DOMAIN_START_VALIDATE ? XML_MODE_VALIDATE : 0,
                           DEFINE_TRANSIENT, args->flags, create_next, error);
}

/* ---- the forced end ---- */

typedef struct {
    RpcCall *call;
    guint flags;
} Destroy;

static void answer_destroyed(Guest *guest, const GError *error, gpointer data)
{
    Destroy *destroy = data;

    if (error) {
        rpc_call_fail(destroy->call, g_error_copy(error));
    } else {
        if (destroy->flags & VIR_DOMAIN_DESTROY_REMOVE_LOGS)
            log_file_remove(guest->name);
        rpc_call_reply(destroy->call);
    }
    g_free(destroy);
}

/* Not a job: it has to work when a job hangs on a QEMU that does not answer. */
static gboolean destroy_with(RpcCall *call, const remote_nonnull_domain *dom, guint flags, GError **error)
{
    Guest *guest = wire_find_guest(dom, error);
    Destroy *destroy;

    if (!guest || !check_flags(flags, VIR_DOMAIN_DESTROY_GRACEFUL | VIR_DOMAIN_DESTROY_REMOVE_LOGS,
                               "virDomainDestroyFlags", error))
        return FALSE;
    if (!guest_is_active(guest) && guest->state != GUEST_STARTING) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "domain is not running");
        return FALSE;
    }
    destroy = g_new(Destroy, 1);
    *destroy = (Destroy){call, flags};
    rpc_call_defer(call);
    guest_stop(guest, VIR_DOMAIN_SHUTOFF_DESTROYED, !(flags & VIR_DOMAIN_DESTROY_GRACEFUL), answer_destroyed, destroy);
    return TRUE;
}

static gboolean destroy(RpcCall *call, const remote_domain_destroy_args *args, GError **error)
{
    return destroy_with(call, &args->dom, 0, error);
}

static gboolean destroy_flags(RpcCall *call, const remote_domain_destroy_flags_args *args, GError **error)
{
    return destroy_with(call, &args->dom, args->flags, error);
}

/* ---- what one QMP command does ---- */

static gboolean run_command(CallJob *job, GError **error)
{
    g_autoptr(json_object) reply = qmp_call(job->qmp, job->text, NULL, QMP_TIMEOUT_MS, error);

    return reply != NULL;
}

static gboolean push_command(RpcCall *call, Guest *guest, const char *command, gboolean (*begin)(CallJob *, GError **),
                             const char *name)
{
    CallJob *job = call_job_new(call, guest, TRUE);

    job->text = g_strdup(command);
    job->begin = begin;
    job->run = run_command;
    call_job_push(job, name);
    return TRUE;
}

static gboolean begin_suspend(CallJob *job, GError **error)
{
    if (job->guest->state == GUEST_SLEEPING) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "domain is pmsuspended");
        return FALSE;
    }
    job->guest->pause_reason = VIR_DOMAIN_PAUSED_USER;
    return TRUE;
}

static gboolean suspend(RpcCall *call, const remote_domain_suspend_args *args, GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);

    return guest && push_command(call, guest, "stop", begin_suspend, "suspend");
}

static gboolean begin_resume(CallJob *job, GError **error)
{
    if (job->guest->state == GUEST_SLEEPING) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "domain is pmsuspended");
        return FALSE;
    }
    if (job->guest->state == GUEST_RUNNING) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "domain is already running");
        return FALSE;
    }
    return TRUE;
}

static gboolean resume(RpcCall *call, const remote_domain_resume_args *args, GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);

    return guest && push_command(call, guest, "cont", begin_resume, "resume");
}

static gboolean reset(RpcCall *call, const remote_domain_reset_args *args, GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);

    return guest && check_flags(args->flags, 0, "virDomainReset", error) &&
           push_command(call, guest, "system_reset", NULL, "reset");
}

static gboolean inject_nmi(RpcCall *call, const remote_domain_inject_nmi_args *args, GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);

    return guest && check_flags(args->flags, 0, "virDomainInjectNMI", error) &&
           push_command(call, guest, "inject-nmi", NULL, "inject-nmi");
}

static gboolean wakeup(RpcCall *call, const remote_domain_pm_wakeup_args *args, GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);

    return guest && check_flags(args->flags, 0, "virDomainPMWakeup", error) &&
           push_command(call, guest, "system_wakeup", NULL, "wakeup");
}

/* ---- asking the guest to end ---- */

static gboolean check_way(guint flags, guint agent_flag, guint acpi_flag, const char *function, GError **error)
{
    if (!check_flags(flags, agent_flag | acpi_flag, function, error))
        return FALSE;
    if (flags && !(flags & acpi_flag)) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED, "QEMU guest agent is not supported");
        return FALSE;
    }
    return TRUE;
}

static gboolean begin_shutdown(CallJob *job, GError **error)
{
    /* Nobody is there to hear of the button. */
    if (job->guest->state != GUEST_RUNNING)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "domain is not running");
    job->guest->is_rebooting = FALSE;
    return TRUE;
}

/* QEMU passes on a press of the power button only; that the guest's end is a reboot is known here. */
static gboolean begin_reboot(CallJob *job, GError **error)
{
    job->guest->is_rebooting = TRUE;
    return TRUE;
}

static gboolean shutdown_with(RpcCall *call, const remote_nonnull_domain *dom, guint flags, GError **error)
{
    Guest *guest = wire_find_active_guest(dom, error);

    return guest &&
           check_way(flags, VIR_DOMAIN_SHUTDOWN_GUEST_AGENT, VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN,
                     "virDomainShutdownFlags", error) &&
           push_command(call, guest, "system_powerdown", begin_shutdown, "shutdown");
}

static gboolean shut_down(RpcCall *call, const remote_domain_shutdown_args *args, GError **error)
{
    return shutdown_with(call, &args->dom, 0, error);
}

static gboolean shutdown_flags(RpcCall *call, const remote_domain_shutdown_flags_args *args, GError **error)
{
    return shutdown_with(call, &args->dom, args->flags, error);
}

static gboolean reboot(RpcCall *call, const remote_domain_reboot_args *args, GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);

    return guest &&
           check_way(args->flags, VIR_DOMAIN_REBOOT_GUEST_AGENT, VIR_DOMAIN_REBOOT_ACPI_POWER_BTN, "virDomainReboot",
                     error) &&
           push_command(call, guest, "system_powerdown", begin_reboot, "reboot");
}

void lifecycle_rpc_add(RemoteHandlers *handlers)
{
    handlers->domain_create = create;
    handlers->domain_create_with_flags = create_with_flags;
    handlers->domain_create_xml = create_xml;
    handlers->domain_destroy = destroy;
    handlers->domain_destroy_flags = destroy_flags;
    handlers->domain_suspend = suspend;
    handlers->domain_resume = resume;
    handlers->domain_reset = reset;
    handlers->domain_inject_nmi = inject_nmi;
    handlers->domain_pm_wakeup = wakeup;
    handlers->domain_shutdown = shut_down;
    handlers->domain_shutdown_flags = shutdown_flags;
    handlers->domain_reboot = reboot;
}
