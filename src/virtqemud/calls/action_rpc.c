/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: what becomes of a guest that powers off, resets or crashes. */
#include "common/error.h"
#include "conf/domain/check/domain_check.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/guest/affect.h"
#include "virtqemud/guest/change_job.h"

/* The job: type is VIR_DOMAIN_LIFECYCLE_*, number the action. */

static const char *const event_names[VIR_DOMAIN_LIFECYCLE_LAST] = {"poweroff", "reboot", "crash"};

/* The API's numbers are the model's. */
G_STATIC_ASSERT((int)LIFECYCLE_DESTROY == (int)VIR_DOMAIN_LIFECYCLE_ACTION_DESTROY);
G_STATIC_ASSERT((int)LIFECYCLE_RENAME_RESTART == (int)VIR_DOMAIN_LIFECYCLE_ACTION_RESTART_RENAME);
G_STATIC_ASSERT((int)LIFECYCLE_LAST == (int)VIR_DOMAIN_LIFECYCLE_ACTION_LAST);

static gboolean is_dump(LifecycleAction action)
{
    return action == LIFECYCLE_COREDUMP_DESTROY || action == LIFECYCLE_COREDUMP_RESTART;
}

static gboolean check_action(guint type, guint action, GError **error)
{
    if (type >= VIR_DOMAIN_LIFECYCLE_LAST || action >= VIR_DOMAIN_LIFECYCLE_ACTION_LAST)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG,
                              "there is no lifecycle event %u with action %u", type, action);
    return type == VIR_DOMAIN_LIFECYCLE_CRASH || !is_dump((LifecycleAction)action) ||
           vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                          "Lifecycle event '%s' doesn't support '%s' action", event_names[type],
                          lifecycle_actions[action]);
}

static gboolean change_action(DomainDef *def, CallJob *job, gboolean is_live, GError **error)
{
    LifecycleAction *const actions[] = {&def->on_poweroff, &def->on_reboot, &def->on_crash};
    LifecycleAction before = *actions[job->type];

    if (is_dump((LifecycleAction)job->number))
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED, "on_crash '%s' is not supported",
                              lifecycle_actions[job->number]);
    *actions[job->type] = (LifecycleAction)job->number;
    if (domain_check_lifecycle(def, error))
        return TRUE;
    *actions[job->type] = before;
    return FALSE;
}

static gboolean prepare_action(CallJob *job, GError **error)
{
    g_autoptr(DomainDef) live = domain_def_copy(job->guest->live);

    return change_action(live, job, TRUE, error);
}

/* Of a guest that powers off or crashes QEMU tells, and waits; resets it does by itself. */
static gboolean ask_action(CallJob *job, GError **error)
{
    json_object *arguments;
    g_autoptr(json_object) reply = NULL;

    if (job->type != VIR_DOMAIN_LIFECYCLE_REBOOT)
        return TRUE;
    arguments = json_object_new_object();
    json_add_string(arguments, "reboot", job->number == LIFECYCLE_DESTROY ? "shutdown" : "reset");
    reply = qmp_call(job->qmp, "set-action", arguments, QMP_TIMEOUT_MS, error);
    return reply != NULL;
}

static const ChangeKind action_change = {
    .name = "lifecycle action", .change = change_action, .prepare = prepare_action, .ask = ask_action};

static gboolean set_lifecycle_action(RpcCall *call, const remote_domain_set_lifecycle_action_args *args, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);
    CallJob *job;

    if (!guest || !check_flags(args->flags, AFFECT_FLAGS, "virDomainSetLifecycleAction", error) ||
        !check_action(args->type, args->action, error))
        return FALSE;
    job = change_job_new(call, guest, args->flags, &action_change);
    job->type = (int)args->type;
    job->number = args->action;
    change_job_push(job);
    return TRUE;
}

void action_rpc_add(RemoteHandlers *handlers)
{
    handlers->domain_set_lifecycle_action = set_lifecycle_action;
}
