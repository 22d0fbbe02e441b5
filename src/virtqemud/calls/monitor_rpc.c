/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: raw access to a guest's monitor. */
#include <libvirt/libvirt-qemu.h>
#include <string.h>

#include "common/error.h"
#include "daemon/monitor_events.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/guest/call_job.h"
#include "virtqemud/guest/messages.h"
#include "virtqemud/guest/state_dir.h"
#include "virtqemud/stats/counters.h"

#define COMMAND_DEPTH 64

/* A human command is passed on by the QMP command that there is for it. */
static json_object *wrap_human(const char *text)
{
    json_object *command = json_object_new_object();
    json_object *arguments = json_object_new_object();

    json_add_string(command, "execute", "human-monitor-command");
    json_add_string(arguments, "command-line", text);
    json_add_object(command, "arguments", arguments);
    return command;
}

static gboolean is_command_name(const char *name)
{
    return name && *name &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == strlen(name);
}

static gboolean begin_command(CallJob *job, GError **error)
{
    counters_share_monitor(job->guest);
    if (messages_taint(job->guest, TAINT_CUSTOM_MONITOR))
        state_dir_save(job->guest);
    return TRUE;
}

static gboolean run_command(CallJob *job, GError **error)
{
    const char *name = json_get_string(job->input, "execute");
    json_object *arguments = json_object_get(json_get_object(job->input, "arguments"));
    g_autoptr(QmpBatch) batch = qmp_batch_new();
    guint index;

    index = qmp_batch_try(batch, name, arguments);
    if (!qmp_run(job->qmp, batch, QMP_TIMEOUT_DISK_MS, error))
        return FALSE;
    if (job->flags & VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP) {
        if (!qmp_batch_result(batch, index)) {
            g_propagate_error(error, g_error_copy(qmp_batch_error(batch, index)));
            return FALSE;
        }
        job->path = g_strdup(json_object_get_string(qmp_batch_result(batch, index)));
        return TRUE;
    }
    /* The raw form is QMP's own, errors included. */
    job->path = qmp_batch_format_reply(batch, index);
    return TRUE;
}

static gboolean answer_command(CallJob *job, GError **error)
{
    qemu_domain_monitor_command_ret *ret = rpc_call_ret(job->call);

    if (strlen(job->path) > REMOTE_STRING_MAX) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_RPC, "the monitor's answer is too long for a reply");
        return FALSE;
    }
    ret->result = g_steal_pointer(&job->path);
    return TRUE;
}

static gboolean monitor_command(RpcCall *call, const qemu_domain_monitor_command_args *args,
                                qemu_domain_monitor_command_ret *ret, GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);
    gboolean is_human = (args->flags & VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP) != 0;
    CallJob *job;
    json_object *command;

    if (!guest ||
        !check_flags(args->flags, VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP | VIR_DOMAIN_QEMU_MONITOR_COMMAND_DEFAULT,
                     "virDomainQemuMonitorCommand", error))
        return FALSE;
    command = is_human ? wrap_human(args->cmd)
                       : json_parse(args->cmd, strlen(args->cmd), COMMAND_DEPTH, VIR_FROM_QEMU, error);
    if (!command)
        return FALSE;
    if (!is_command_name(json_get_string(command, "execute"))) {
        json_object_put(command);
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "the command has no \"execute\"");
        return FALSE;
    }
    job = call_job_new(call, guest, TRUE);
    job->flags = args->flags;
    job->input = command;
    job->begin = begin_command;
    job->run = run_command;
    job->finish = answer_command;
    call_job_push(job, "monitor command");
    return TRUE;
}

void monitor_rpc_add(QemuHandlers *handlers)
{
    handlers->domain_monitor_command = monitor_command;
    handlers->connect_domain_monitor_event_register = monitor_event_register;
    handlers->connect_domain_monitor_event_deregister = monitor_event_deregister;
}
