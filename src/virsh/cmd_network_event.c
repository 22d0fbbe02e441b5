/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events of networks. */
#include <string.h>

#include "virsh/commands.h"
#include "virsh/event_text.h"
#include "virsh/event_wait.h"

/* There is one kind, so far. */
#define LIFECYCLE "lifecycle"

const Option network_event_options[] = {
    {"network", OPTION_STRING, FALSE, TRUE, COMPLETE_NETWORK, "only this network's events"},
    {"event", OPTION_STRING, FALSE, FALSE, COMPLETE_NOTHING, "which event to wait for"},
    EVENT_WAIT_OPTIONS,
    OPTION_END};

static void on_lifecycle(virConnectPtr connection, virNetworkPtr network, int event, int detail, void *opaque)
{
    g_autofree char *more = g_strdup_printf(": %s", event_network_text(event));

    event_wait_report(opaque, LIFECYCLE, virNetworkGetName(network), more,
                      event_wait_detail("type", event_network_text(event)));
}

static gboolean wait_for(Shell *shell, EventWait *wait, virNetworkPtr network)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int));
    int id = virConnectNetworkEventRegisterAny(shell->connection, network, VIR_NETWORK_EVENT_ID_LIFECYCLE,
                                               VIR_NETWORK_EVENT_CALLBACK(on_lifecycle), wait, NULL);

    if (id < 0)
        return shell_fail(shell, "failed to register for event '%s'", LIFECYCLE);
    g_array_append_val(ids, id);
    return event_wait_run(shell, wait, ids, virConnectNetworkEventDeregisterAny);
}

static void print_events(const Arguments *arguments)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    g_ptr_array_add(names, (gpointer)LIFECYCLE);
    print_list(argument_output(arguments), names);
}

gboolean network_event_run(Shell *shell, const Arguments *arguments)
{
    g_auto(EventWait) wait;
    const char *event = argument_string(arguments, "event");
    const char *name = argument_string(arguments, "network");
    g_autoptr(virNetwork) network = NULL;

    event_wait_init(&wait, arguments, "network", "network %s");
    if (argument_flag(arguments, "list")) {
        print_events(arguments);
        return TRUE;
    }
    if (!event || strcmp(event, LIFECYCLE) != 0) {
        shell_error(shell, event ? "unknown event type %s" : "either --list or --event <type> is required%s",
                    event ? event : "");
        return FALSE;
    }
    if (!shell_connect(shell) || (name && !(network = shell_network(shell, name))))
        return FALSE;
    return wait_for(shell, &wait, network);
}
