/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events of networks. */
#include "virsh/commands.h"
#include "virsh/event_text.h"
#include "virsh/event_wait.h"

const Option network_event_options[] = {
    {"network", OPTION_STRING, FALSE, TRUE, COMPLETE_NETWORK, "only this network's events"},
    {"event", OPTION_STRING, FALSE, FALSE, COMPLETE_NETWORK_EVENT, "which event to wait for"},
    EVENT_WAIT_OPTIONS,
    OPTION_END};

static void on_lifecycle(virConnectPtr connection, virNetworkPtr network, int event, int detail, void *opaque)
{
    g_autofree char *more = g_strdup_printf(": %s", event_network_text(event));

    event_wait_report(opaque, event_network_names[VIR_NETWORK_EVENT_ID_LIFECYCLE], virNetworkGetName(network), more,
                      event_wait_detail("type", event_network_text(event)));
}

static void on_metadata(virConnectPtr connection, virNetworkPtr network, int type, const char *uri, void *opaque)
{
    g_autofree char *more = g_strdup_printf(": %s %s", event_metadata_text(type), uri ? uri : "");
    json_object *detail = event_wait_detail("type", event_metadata_text(type));

    json_object_object_add(detail, "uri", uri ? json_object_new_string(uri) : NULL);
    event_wait_report(opaque, event_network_names[VIR_NETWORK_EVENT_ID_METADATA_CHANGE], virNetworkGetName(network),
                      g_strchomp(more), detail);
}

static const virConnectNetworkEventGenericCallback callbacks[] = {
    [VIR_NETWORK_EVENT_ID_LIFECYCLE] = VIR_NETWORK_EVENT_CALLBACK(on_lifecycle),
    [VIR_NETWORK_EVENT_ID_METADATA_CHANGE] = VIR_NETWORK_EVENT_CALLBACK(on_metadata),
};

static gboolean wait_for(Shell *shell, EventWait *wait, virNetworkPtr network, int kind)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int));
    int id = virConnectNetworkEventRegisterAny(shell->connection, network, kind, callbacks[kind], wait, NULL);

    if (id < 0)
        return shell_fail(shell, "failed to register for event '%s'", event_network_names[kind]);
    g_array_append_val(ids, id);
    return event_wait_run(shell, wait, ids, virConnectNetworkEventDeregisterAny);
}

gboolean network_event_run(Shell *shell, const Arguments *arguments)
{
    g_auto(EventWait) wait;
    const char *name = argument_string(arguments, "network");
    g_autoptr(virNetwork) network = NULL;
    int kind;

    event_wait_init(&wait, arguments, "network", "network %s");
    if (!event_wait_choose(shell, arguments, event_network_names, &kind))
        return FALSE;
    if (kind < 0)
        return TRUE;
    if (!shell_connect(shell) || (name && !(network = shell_network(shell, name))))
        return FALSE;
    return wait_for(shell, &wait, network, kind);
}
