/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waiting for events and printing them, as text or as JSON lines. */
#include <stdio.h>
#include <string.h>

#include "virsh/commands.h"
#include "virsh/event_text.h"
#include "virsh/event_wait.h"

const Option event_options[] = {{"domain", OPTION_STRING, FALSE, TRUE, COMPLETE_DOMAIN, "only this domain's events"},
                                {"event", OPTION_STRING, FALSE, FALSE, COMPLETE_EVENT, "which event to wait for"},
                                FLAG("all", "wait for all events"),
                                EVENT_WAIT_OPTIONS,
                                OPTION_END};

static void report(EventWait *wait, virDomainPtr domain, int id, const char *more, json_object *detail)
{
    event_wait_report(wait, event_name(id), virDomainGetName(domain), more, detail);
}

static void on_lifecycle(virConnectPtr connection, virDomainPtr domain, int event, int detail, void *opaque)
{
    g_autofree char *more =
        g_strdup_printf(": %s %s", event_lifecycle_text(event), event_lifecycle_detail_text(event, detail));
    json_object *json = event_wait_detail("type", event_lifecycle_text(event));

    json_object_object_add(json, "detail", json_object_new_string(event_lifecycle_detail_text(event, detail)));
    report(opaque, domain, VIR_DOMAIN_EVENT_ID_LIFECYCLE, more, json);
}

/* Events that say nothing but that they happened. */
static void on_reboot(virConnectPtr connection, virDomainPtr domain, void *opaque)
{
    report(opaque, domain, VIR_DOMAIN_EVENT_ID_REBOOT, "", NULL);
}

static void on_control_error(virConnectPtr connection, virDomainPtr domain, void *opaque)
{
    report(opaque, domain, VIR_DOMAIN_EVENT_ID_CONTROL_ERROR, "", NULL);
}

static void report_number(EventWait *wait, virDomainPtr domain, int id, const char *what, gint64 number)
{
    g_autofree char *more = g_strdup_printf(": %s %" G_GINT64_FORMAT, what, number);
    json_object *json = json_object_new_object();

    json_object_object_add(json, what, json_object_new_int64(number));
    report(wait, domain, id, more, json);
}

static void on_rtc_change(virConnectPtr connection, virDomainPtr domain, long long offset, void *opaque)
{
    report_number(opaque, domain, VIR_DOMAIN_EVENT_ID_RTC_CHANGE, "offset", offset);
}

static void on_watchdog(virConnectPtr connection, virDomainPtr domain, int action, void *opaque)
{
    report_number(opaque, domain, VIR_DOMAIN_EVENT_ID_WATCHDOG, "action", action);
}

static void on_balloon_change(virConnectPtr connection, virDomainPtr domain, unsigned long long kib, void *opaque)
{
    report_number(opaque, domain, VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE, "kib", (gint64)kib);
}

static void on_agent(virConnectPtr connection, virDomainPtr domain, int state, int reason, void *opaque)
{
    report_number(opaque, domain, VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE, "state", state);
}

static void on_io_error(virConnectPtr connection, virDomainPtr domain, const char *path, const char *device, int action,
                        const char *reason, void *opaque)
{
    g_autofree char *more =
        g_strdup_printf(": %s (%s) action %d%s%s", path, device, action, *reason ? " due to " : "", reason);
    json_object *json = event_wait_detail("path", path);

    json_object_object_add(json, "device", json_object_new_string(device));
    json_object_object_add(json, "action", json_object_new_int(action));
    json_object_object_add(json, "reason", json_object_new_string(reason));
    report(opaque, domain, VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON, more, json);
}

static void on_graphics(virConnectPtr connection, virDomainPtr domain, int phase,
                        const virDomainEventGraphicsAddress *local, const virDomainEventGraphicsAddress *remote,
                        const char *scheme, const virDomainEventGraphicsSubject *subject, void *opaque)
{
    static const char *const phases[] = {"connect", "initialize", "disconnect"};
    const char *word = phase >= 0 && phase < (int)G_N_ELEMENTS(phases) ? phases[phase] : "unknown";
    g_autofree char *more = g_strdup_printf(": %s local [%s]:%s remote [%s]:%s %s", word, local->node, local->service,
                                            remote->node, remote->service, scheme);
    json_object *json = event_wait_detail("phase", word);

    json_object_object_add(json, "local", json_object_new_string(local->node));
    json_object_object_add(json, "remote", json_object_new_string(remote->node));
    report(opaque, domain, VIR_DOMAIN_EVENT_ID_GRAPHICS, more, json);
}

static void on_device_added(virConnectPtr connection, virDomainPtr domain, const char *alias, void *opaque)
{
    g_autofree char *more = g_strdup_printf(": %s", alias);

    report(opaque, domain, VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, more, event_wait_detail("device", alias));
}

static void on_device_removed(virConnectPtr connection, virDomainPtr domain, const char *alias, void *opaque)
{
    g_autofree char *more = g_strdup_printf(": %s", alias);

    report(opaque, domain, VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, more, event_wait_detail("device", alias));
}

static void on_metadata(virConnectPtr connection, virDomainPtr domain, int type, const char *uri, void *opaque)
{
    g_autofree char *more = g_strdup_printf(": type %s, uri %s", event_metadata_text(type), uri ? uri : "");

    report(opaque, domain, VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, more,
           event_wait_detail("type", event_metadata_text(type)));
}

static const struct {
    int id;
    virConnectDomainEventGenericCallback callback;
} callbacks[] = {
    {VIR_DOMAIN_EVENT_ID_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle)},
    {VIR_DOMAIN_EVENT_ID_REBOOT, VIR_DOMAIN_EVENT_CALLBACK(on_reboot)},
    {VIR_DOMAIN_EVENT_ID_RTC_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(on_rtc_change)},
    {VIR_DOMAIN_EVENT_ID_WATCHDOG, VIR_DOMAIN_EVENT_CALLBACK(on_watchdog)},
    {VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON, VIR_DOMAIN_EVENT_CALLBACK(on_io_error)},
    {VIR_DOMAIN_EVENT_ID_GRAPHICS, VIR_DOMAIN_EVENT_CALLBACK(on_graphics)},
    {VIR_DOMAIN_EVENT_ID_CONTROL_ERROR, VIR_DOMAIN_EVENT_CALLBACK(on_control_error)},
    {VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(on_balloon_change)},
    {VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, VIR_DOMAIN_EVENT_CALLBACK(on_device_removed)},
    {VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(on_agent)},
    {VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, VIR_DOMAIN_EVENT_CALLBACK(on_device_added)},
    {VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(on_metadata)},
};

/* ---- waiting ---- */

/* Registers for the one event asked for, or for all; ids gets the callbacks' numbers. */
static gboolean register_all(Shell *shell, EventWait *wait, virDomainPtr domain, GArray *ids)
{
    const char *name = argument_string(wait->arguments, "event");
    gboolean found = FALSE;

    for (gsize i = 0; i < G_N_ELEMENTS(callbacks); i++) {
        int id;

        if (name && strcmp(event_name(callbacks[i].id), name) != 0)
            continue;
        found = TRUE;
        id = virConnectDomainEventRegisterAny(shell->connection, domain, callbacks[i].id, callbacks[i].callback, wait,
                                              NULL);
        if (id < 0)
            return shell_fail(shell, "failed to register for event '%s'", event_name(callbacks[i].id));
        g_array_append_val(ids, id);
    }
    if (!found)
        shell_error(shell, event_find(name) < 0 ? "unknown event type %s" : "event type %s cannot be shown", name);
    return found;
}

static gboolean wait_registered(Shell *shell, EventWait *wait, virDomainPtr domain)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int));

    if (register_all(shell, wait, domain, ids))
        return event_wait_run(shell, wait, ids, virConnectDomainEventDeregisterAny);
    for (guint i = 0; i < ids->len; i++)
        virConnectDomainEventDeregisterAny(shell->connection, g_array_index(ids, int, i));
    return FALSE;
}

gboolean event_run(Shell *shell, const Arguments *arguments)
{
    g_auto(EventWait) wait;
    const char *name = argument_string(arguments, "domain");
    g_autoptr(virDomain) domain = NULL;

    event_wait_init(&wait, arguments, "domain", "domain '%s'");
    if (argument_flag(arguments, "list")) {
        for (int i = 0; i < VIR_DOMAIN_EVENT_ID_LAST; i++)
            puts(event_name(i));
        return TRUE;
    }
    if (!argument_string(arguments, "event") && !argument_flag(arguments, "all")) {
        shell_error(shell, "one of --list, --all, or --event <type> is required");
        return FALSE;
    }
    if (!shell_connect(shell) || (name && !(domain = shell_domain(shell, name))))
        return FALSE;
    return wait_registered(shell, &wait, domain);
}
