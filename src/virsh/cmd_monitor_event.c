/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events of QEMU's monitors, as they come. */
#include <libvirt/libvirt-qemu.h>
#include <string.h>

#include "common/error.h"
#include "common/json.h"
#include "virsh/commands.h"
#include "virsh/event_wait.h"

#define DETAILS_DEPTH 64

const Option monitor_event_options[] = {
    {"domain", OPTION_STRING, FALSE, FALSE, COMPLETE_DOMAIN_ACTIVE, "only this domain's events"},
    {"event", OPTION_STRING, FALSE, FALSE, COMPLETE_NOTHING, "only events of this name"},
    EVENT_WAIT_OPTIONS,
    FLAG("pretty", "details on several lines"),
    FLAG("regex", "the name is a regular expression"),
    FLAG("no-case", "capitals or not makes no difference"),
    OPTION_END};

/* What event_wait_report() takes, which is not the same in both forms. */
static void on_event(virConnectPtr connection, virDomainPtr domain, const char *event, long long seconds,
                     unsigned int micros, const char *details, void *opaque)
{
    EventWait *wait = opaque;
    json_object *parsed = details ? json_parse(details, strlen(details), DETAILS_DEPTH, VIR_FROM_NONE, NULL) : NULL;
    const char *text = details;
    g_autofree char *more = NULL;
    json_object *json = json_object_new_object();

    if (parsed && argument_flag(wait->arguments, "pretty"))
        text = json_object_to_json_string_ext(parsed, JSON_C_TO_STRING_PRETTY);
    more = g_strdup_printf(" at %lld.%06u%s%s", seconds, micros, text ? ": " : "", text ? text : "");
    json_object_object_add(json, "seconds", json_object_new_int64(seconds));
    json_object_object_add(json, "micros", json_object_new_int64(micros));
    json_object_object_add(json, "details", json_object_get(parsed));
    event_wait_report(wait, event, virDomainGetName(domain), more, json);
    json_object_put(parsed);
}

static int deregister(virConnectPtr connection, int id)
{
    return virConnectDomainQemuMonitorEventDeregister(connection, id);
}

gboolean monitor_event_run(Shell *shell, const Arguments *arguments)
{
    g_auto(EventWait) wait;
    const char *name = argument_string(arguments, "domain");
    g_autoptr(virDomain) domain = NULL;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int));
    unsigned int flags =
        (argument_flag(arguments, "regex") ? VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_REGEX : 0) |
        (argument_flag(arguments, "no-case") ? VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_NOCASE : 0);
    int id;

    event_wait_init(&wait, arguments, "domain", "domain '%s'");
    if (name && !(domain = shell_domain(shell, name)))
        return FALSE;
    id = virConnectDomainQemuMonitorEventRegister(shell->connection, domain, argument_string(arguments, "event"),
                                                  on_event, &wait, NULL, flags);
    if (id < 0)
        return shell_fail(shell, "failed to register for events of QEMU's monitor");
    g_array_append_val(ids, id);
    return event_wait_run(shell, &wait, ids, deregister);
}
