/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ports of a network. */
#include <stdlib.h>

#include "virsh/commands.h"
#include "virsh/document.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(virNetworkPort, virNetworkPortFree)

#define FLAG(name, help)                                                                                               \
    {                                                                                                                  \
        name, OPTION_FLAG, FALSE, FALSE, COMPLETE_NOTHING, help                                                        \
    }
#define OPTION_PORT                                                                                                    \
    {                                                                                                                  \
        "port", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "port UUID"                                              \
    }

static const Option list_options[] = {OPTION_NETWORK(COMPLETE_NETWORK_ACTIVE), FLAG("uuid", "only UUIDs"),
                                      FLAG("table", "a table (the default)"), OPTION_END};
static const Option create_options[] = {OPTION_NETWORK(COMPLETE_NETWORK_ACTIVE), OPTION_FILE,
                                        FLAG("validate", "check the document against the schema"), OPTION_END};
static const Option dumpxml_options[] = {OPTION_NETWORK(COMPLETE_NETWORK_ACTIVE), OPTION_PORT, OPTION_XPATH,
                                         OPTION_WRAP, OPTION_END};
static const Option one_options[] = {OPTION_NETWORK(COMPLETE_NETWORK_ACTIVE), OPTION_PORT, OPTION_END};

/* The port that the arguments name. NULL: reported. */
static virNetworkPortPtr find_port(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virNetwork) network = shell_network(shell, argument_string(arguments, "network"));
    const char *uuid = argument_string(arguments, "port");
    virNetworkPortPtr port = network ? virNetworkPortLookupByUUIDString(network, uuid) : NULL;

    if (network && !port)
        shell_fail(shell, "failed to get network port '%s'", uuid);
    return port;
}

static void print_ports(Shell *shell, const Arguments *arguments, virNetworkPortPtr *ports, int n)
{
    static const char *const titles[] = {"UUID", NULL};
    static const char *const keys[] = {"uuid", NULL};
    g_autoptr(Table) table = table_new(titles, keys);
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    for (int i = 0; i < n; i++) {
        char uuid[VIR_UUID_STRING_BUFLEN] = "";
        Value row[1];

        virNetworkPortGetUUIDString(ports[i], uuid);
        row[0] = value_string(uuid);
        table_add(table, row);
        g_ptr_array_add(lines, g_strdup(uuid));
    }
    if (argument_flag(arguments, "uuid"))
        print_list(argument_output(arguments), lines);
    else
        table_print(table, argument_output(arguments), shell->is_quiet);
}

static gboolean port_list(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virNetwork) network = shell_network(shell, argument_string(arguments, "network"));
    virNetworkPortPtr *ports = NULL;
    int n;

    if (!network)
        return FALSE;
    n = virNetworkListAllPorts(network, &ports, 0);
    if (n < 0)
        return shell_fail(shell, "Failed to list network ports");
    print_ports(shell, arguments, ports, n);
    for (int i = 0; i < n; i++)
        virNetworkPortFree(ports[i]);
    free(ports);
    return TRUE;
}

/* What has been done to which port: the sentence, or in JSON the port. */
static void say_done(Shell *shell, const Arguments *arguments, const char *uuid, const char *text)
{
    if (argument_output(arguments) == OUTPUT_JSON)
        print_value(OUTPUT_JSON, "uuid", value_string(uuid));
    else
        shell_say(shell, "%s", text);
}

static gboolean port_create(Shell *shell, const Arguments *arguments)
{
    const char *file = argument_string(arguments, "file");
    g_autoptr(virNetwork) network = shell_network(shell, argument_string(arguments, "network"));
    g_autofree char *xml = network ? shell_read_file(shell, file) : NULL;
    unsigned int flags = argument_flag(arguments, "validate") ? VIR_NETWORK_PORT_CREATE_VALIDATE : 0;
    char uuid[VIR_UUID_STRING_BUFLEN] = "";
    g_autoptr(virNetworkPort) port = NULL;
    g_autofree char *text = NULL;

    if (!xml)
        return FALSE;
    port = virNetworkPortCreateXML(network, xml, flags);
    if (!port)
        return shell_fail(shell, "Failed to create network from %s", file);
    virNetworkPortGetUUIDString(port, uuid);
    text = g_strdup_printf("Network port %s created from %s", uuid, file);
    say_done(shell, arguments, uuid, text);
    return TRUE;
}

static gboolean port_dumpxml(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virNetworkPort) port = find_port(shell, arguments);
    char *xml = port ? virNetworkPortGetXMLDesc(port, 0) : NULL;
    gboolean is_shown;

    if (!port)
        return FALSE;
    if (!xml)
        return shell_fail(shell, "failed to get the XML of the network port");
    is_shown = document_print(shell, arguments, xml);
    free(xml);
    return is_shown;
}

static gboolean port_delete(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virNetworkPort) port = find_port(shell, arguments);
    const char *uuid = argument_string(arguments, "port");
    g_autofree char *text = g_strdup_printf("Network port %s deleted", uuid);

    if (!port)
        return FALSE;
    if (virNetworkPortDelete(port, 0) < 0)
        return shell_fail(shell, "Failed to delete network port %s", uuid);
    say_done(shell, arguments, uuid, text);
    return TRUE;
}

const Command network_port_commands[] = {
    {"net-port-create", "create a network port from an XML file", create_options, port_create, TRUE, TRUE},
    {"net-port-delete", "delete a network port", one_options, port_delete, TRUE, TRUE},
    {"net-port-dumpxml", "network port information in XML", dumpxml_options, port_dumpxml, TRUE, TRUE},
    {"net-port-list", "list the ports of a network", list_options, port_list, TRUE, TRUE},
    {NULL},
};
