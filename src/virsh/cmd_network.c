/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Networks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "virsh/commands.h"
#include "virsh/document.h"
#include "virsh/edit.h"

#define FLAG(name, help)                                                                                               \
    {                                                                                                                  \
        name, OPTION_FLAG, FALSE, FALSE, COMPLETE_NOTHING, help                                                        \
    }

static const Option any_network[] = {OPTION_NETWORK(COMPLETE_NETWORK), OPTION_END};
static const Option active_network[] = {OPTION_NETWORK(COMPLETE_NETWORK_ACTIVE), OPTION_END};
static const Option inactive_network[] = {OPTION_NETWORK(COMPLETE_NETWORK_INACTIVE), OPTION_END};
static const Option file_options[] = {OPTION_FILE, FLAG("validate", "check the document against the schema"),
                                      OPTION_END};

/* ---- changes ---- */

/* What has been done to which network: the sentence, in which its name is the first word to fill in, or in JSON the
 * network. */
static void say_done(Shell *shell, const Arguments *arguments, virNetworkPtr network, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
static void say_done(Shell *shell, const Arguments *arguments, virNetworkPtr network, const char *format, ...)
{
    char uuid[VIR_UUID_STRING_BUFLEN] = "";
    g_autofree char *text = NULL;
    va_list values;

    va_start(values, format);
    text = g_strdup_vprintf(format, values);
    va_end(values);
    if (argument_output(arguments) == OUTPUT_TEXT) {
        shell_say(shell, "%s", text);
        return;
    }
    virNetworkGetUUIDString(network, uuid);
    print_changed(virNetworkGetName(network), uuid);
}

typedef virNetworkPtr (*NetworkMaker)(virConnectPtr conn, const char *xml);
typedef virNetworkPtr (*NetworkFlagsMaker)(virConnectPtr conn, const char *xml, unsigned int flags);

/* done: "defined". The call with flags is for --validate alone, as older daemons do not know it. */
static gboolean from_file(Shell *shell, const Arguments *arguments, NetworkMaker make, NetworkFlagsMaker make_validated,
                          const char *verb, const char *done)
{
    const char *file = argument_string(arguments, "file");
    g_autofree char *xml = shell_read_file(shell, file);
    g_autoptr(virNetwork) network = NULL;

    if (!xml)
        return FALSE;
    network = argument_flag(arguments, "validate") ? make_validated(shell->connection, xml, VIR_NETWORK_DEFINE_VALIDATE)
                                                   : make(shell->connection, xml);
    if (!network)
        return shell_fail(shell, "Failed to %s network from %s", verb, file);
    say_done(shell, arguments, network, "Network %s %s from %s", virNetworkGetName(network), done, file);
    return TRUE;
}

static gboolean net_define(Shell *shell, const Arguments *arguments)
{
    return from_file(shell, arguments, virNetworkDefineXML, virNetworkDefineXMLFlags, "define", "defined");
}

static gboolean net_create(Shell *shell, const Arguments *arguments)
{
    G_STATIC_ASSERT(VIR_NETWORK_CREATE_VALIDATE == (int)VIR_NETWORK_DEFINE_VALIDATE);
    return from_file(shell, arguments, virNetworkCreateXML, virNetworkCreateXMLFlags, "create", "created");
}

static gboolean simple(Shell *shell, const Arguments *arguments, int (*call)(virNetworkPtr), const char *failure,
                       const char *success)
{
    g_autoptr(virNetwork) network = shell_network(shell, argument_string(arguments, "network"));

    if (!network)
        return FALSE;
    if (call(network) < 0)
        return shell_fail(shell, failure, virNetworkGetName(network));
    say_done(shell, arguments, network, success, virNetworkGetName(network));
    return TRUE;
}

static gboolean net_start(Shell *shell, const Arguments *arguments)
{
    return simple(shell, arguments, virNetworkCreate, "Failed to start network %s", "Network %s started");
}

static gboolean net_destroy(Shell *shell, const Arguments *arguments)
{
    return simple(shell, arguments, virNetworkDestroy, "Failed to destroy network %s", "Network %s destroyed");
}

static gboolean net_undefine(Shell *shell, const Arguments *arguments)
{
    return simple(shell, arguments, virNetworkUndefine, "Failed to undefine network %s",
                  "Network %s has been undefined");
}

static const Option autostart_options[] = {OPTION_NETWORK(COMPLETE_NETWORK), FLAG("disable", "turn it off"),
                                           OPTION_END};

static gboolean net_autostart(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virNetwork) network = shell_network(shell, argument_string(arguments, "network"));
    gboolean on = !argument_flag(arguments, "disable");

    if (!network)
        return FALSE;
    if (virNetworkSetAutostart(network, on) < 0)
        return shell_fail(
            shell, on ? "failed to mark network %s as autostarted" : "failed to unmark network %s as autostarted",
            virNetworkGetName(network));
    say_done(shell, arguments, network, on ? "Network %s marked as autostarted" : "Network %s unmarked as autostarted",
             virNetworkGetName(network));
    return TRUE;
}

static gboolean define_again(Shell *shell, const char *xml, gpointer data)
{
    g_autoptr(virNetwork) network = virNetworkDefineXML(shell->connection, xml);

    return network || shell_fail(shell, "Failed to define the changed network");
}

static gboolean net_edit(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virNetwork) network = shell_network(shell, argument_string(arguments, "network"));
    char *xml = network ? virNetworkGetXMLDesc(network, VIR_NETWORK_XML_INACTIVE) : NULL;
    g_autofree char *what = NULL;
    gboolean ok;

    if (!network)
        return FALSE;
    if (!xml)
        return shell_fail(shell, "failed to get the XML of network %s", virNetworkGetName(network));
    what = g_strdup_printf("Network %s XML configuration", virNetworkGetName(network));
    ok = edit_document(shell, xml, what, define_again, NULL);
    free(xml);
    return ok;
}

/* ---- changes of one entry ---- */

static const Option update_options[] = {
    OPTION_NETWORK(COMPLETE_NETWORK),
    {"command", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "add-first, add-last (add), delete or modify"},
    {"section", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "which part of the network's document"},
    {"xml", OPTION_STRING, TRUE, FALSE, COMPLETE_FILE, "the element itself (beginning with <), or a file with it"},
    {"parent-index", OPTION_INT, FALSE, TRUE, COMPLETE_NOTHING, "which of several parents"},
    FLAG("config", "of the network's next start"),
    FLAG("live", "of the network that runs"),
    FLAG("current", "of what there is (the default)"),
    OPTION_END};

static const struct {
    const char *word;
    int number;
} update_commands[] =
    {
        {"add", VIR_NETWORK_UPDATE_COMMAND_ADD_LAST},        {"add-last", VIR_NETWORK_UPDATE_COMMAND_ADD_LAST},
        {"add-first", VIR_NETWORK_UPDATE_COMMAND_ADD_FIRST}, {"delete", VIR_NETWORK_UPDATE_COMMAND_DELETE},
        {"modify", VIR_NETWORK_UPDATE_COMMAND_MODIFY},
},
  update_sections[] = {
      {"bridge", VIR_NETWORK_SECTION_BRIDGE},
      {"domain", VIR_NETWORK_SECTION_DOMAIN},
      {"ip", VIR_NETWORK_SECTION_IP},
      {"ip-dhcp-host", VIR_NETWORK_SECTION_IP_DHCP_HOST},
      {"ip-dhcp-range", VIR_NETWORK_SECTION_IP_DHCP_RANGE},
      {"forward", VIR_NETWORK_SECTION_FORWARD},
      {"forward-interface", VIR_NETWORK_SECTION_FORWARD_INTERFACE},
      {"forward-pf", VIR_NETWORK_SECTION_FORWARD_PF},
      {"portgroup", VIR_NETWORK_SECTION_PORTGROUP},
      {"dns-host", VIR_NETWORK_SECTION_DNS_HOST},
      {"dns-txt", VIR_NETWORK_SECTION_DNS_TXT},
      {"dns-srv", VIR_NETWORK_SECTION_DNS_SRV},
};

static int update_command(const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(update_commands); i++) {
        if (strcmp(update_commands[i].word, word) == 0)
            return update_commands[i].number;
    }
    return -1;
}

static int update_section(const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(update_sections); i++) {
        if (strcmp(update_sections[i].word, word) == 0)
            return update_sections[i].number;
    }
    return -1;
}

/* FALSE: --current beside one of the others, reported. */
static gboolean update_flags(Shell *shell, const Arguments *arguments, unsigned int *flags)
{
    *flags = (argument_flag(arguments, "live") ? VIR_NETWORK_UPDATE_AFFECT_LIVE : 0) |
             (argument_flag(arguments, "config") ? VIR_NETWORK_UPDATE_AFFECT_CONFIG : 0);
    if (!*flags || !argument_flag(arguments, "current"))
        return TRUE;
    shell_error(shell, "--current must be specified exclusively");
    return FALSE;
}

static gboolean net_update(Shell *shell, const Arguments *arguments)
{
    const char *text = argument_string(arguments, "xml");
    int command = update_command(argument_string(arguments, "command"));
    int section = update_section(argument_string(arguments, "section"));
    g_autoptr(virNetwork) network = shell_network(shell, argument_string(arguments, "network"));
    g_autofree char *xml = NULL;
    unsigned int flags;

    if (!network || !update_flags(shell, arguments, &flags))
        return FALSE;
    if (command < 0 || section < 0) {
        shell_error(shell, command < 0 ? "unrecognized command name '%s'" : "unrecognized section name '%s'",
                    argument_string(arguments, command < 0 ? "command" : "section"));
        return FALSE;
    }
    xml = *text == '<' ? g_strdup(text) : shell_read_file(shell, text);
    if (!xml)
        return FALSE;
    if (virNetworkUpdate(network, (unsigned int)command, (unsigned int)section,
                         argument_int(arguments, "parent-index", -1), xml, flags) < 0)
        return shell_fail(shell, "Failed to update network %s", virNetworkGetName(network));
    say_done(shell, arguments, network, "Updated network %s %s", virNetworkGetName(network),
             !(flags & VIR_NETWORK_UPDATE_AFFECT_CONFIG)
                 ? virNetworkIsActive(network) == 1 ? "live state" : "persistent config"
             : flags & VIR_NETWORK_UPDATE_AFFECT_LIVE ? "persistent config and live state"
                                                      : "persistent config");
    return TRUE;
}

/* ---- questions ---- */

static const Option list_options[] = {FLAG("inactive", "inactive networks"),
                                      FLAG("all", "inactive and active networks"),
                                      FLAG("persistent", "persistent networks"),
                                      FLAG("transient", "transient networks"),
                                      FLAG("autostart", "networks with autostart"),
                                      FLAG("no-autostart", "networks without autostart"),
                                      FLAG("uuid", "only UUIDs"),
                                      FLAG("name", "only names"),
                                      FLAG("table", "a table (the default)"),
                                      FLAG("title", "titles in the table"),
                                      OPTION_END};

static const FlagOption list_filters[] = {
    {"persistent", VIR_CONNECT_LIST_NETWORKS_PERSISTENT},
    {"transient", VIR_CONNECT_LIST_NETWORKS_TRANSIENT},
    {"autostart", VIR_CONNECT_LIST_NETWORKS_AUTOSTART},
    {"no-autostart", VIR_CONNECT_LIST_NETWORKS_NO_AUTOSTART},
    {NULL, 0},
};

static unsigned int list_flags(const Arguments *arguments)
{
    unsigned int flags = VIR_CONNECT_LIST_NETWORKS_ACTIVE;

    if (argument_flag(arguments, "inactive"))
        flags = VIR_CONNECT_LIST_NETWORKS_INACTIVE;
    if (argument_flag(arguments, "all"))
        flags = VIR_CONNECT_LIST_NETWORKS_ACTIVE | VIR_CONNECT_LIST_NETWORKS_INACTIVE;
    flags |= argument_flags(arguments, list_filters);
    return flags;
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(virNetworkGetName(*(const virNetworkPtr *)a), virNetworkGetName(*(const virNetworkPtr *)b));
}

/* Empty also where the daemon is older than such titles are. */
static Value title_of(virNetworkPtr network)
{
    char *title = virNetworkGetMetadata(network, VIR_NETWORK_METADATA_TITLE, NULL, 0);
    Value value = value_string(title ? title : "");

    free(title);
    return value;
}

static void add_row(Table *table, virNetworkPtr network, gboolean with_title)
{
    int autostart = 0;
    Value row[5] = {value_string(virNetworkGetName(network)),
                    value_string(virNetworkIsActive(network) == 1 ? "active" : "inactive")};

    row[2] = virNetworkGetAutostart(network, &autostart) < 0 ? value_none("no autostart")
                                                             : value_bool(autostart, "yes", "no");
    row[3] = value_bool(virNetworkIsPersistent(network) == 1, "yes", "no");
    if (with_title)
        row[4] = title_of(network);
    table_add(table, row);
}

static void print_table(Shell *shell, const Arguments *arguments, virNetworkPtr *networks, int n)
{
    static const char *const titles[] = {"Name", "State", "Autostart", "Persistent", "Title", NULL};
    static const char *const plain[] = {"Name", "State", "Autostart", "Persistent", NULL};
    static const char *const keys[] = {"name", "state", "autostart", "persistent", "title", NULL};
    gboolean with_title = argument_flag(arguments, "title");
    g_autoptr(Table) table = table_new(with_title ? titles : plain, keys);

    for (int i = 0; i < n; i++)
        add_row(table, networks[i], with_title);
    virResetLastError();
    table_print(table, argument_output(arguments), shell->is_quiet);
}

static void print_names(const Arguments *arguments, virNetworkPtr *networks, int n)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    for (int i = 0; i < n; i++) {
        char uuid[VIR_UUID_STRING_BUFLEN] = "";

        if (argument_flag(arguments, "uuid"))
            virNetworkGetUUIDString(networks[i], uuid);
        g_ptr_array_add(lines, g_strdup(*uuid ? uuid : virNetworkGetName(networks[i])));
    }
    print_list(argument_output(arguments), lines);
}

static gboolean net_list(Shell *shell, const Arguments *arguments)
{
    virNetworkPtr *networks = NULL;
    int n = virConnectListAllNetworks(shell->connection, &networks, list_flags(arguments));

    if (n < 0)
        return shell_fail(shell, "Failed to list networks");
    qsort(networks, (size_t)n, sizeof(*networks), by_name);
    if (argument_flag(arguments, "name") || argument_flag(arguments, "uuid"))
        print_names(arguments, networks, n);
    else
        print_table(shell, arguments, networks, n);
    for (int i = 0; i < n; i++)
        virNetworkFree(networks[i]);
    free(networks);
    return TRUE;
}

static gboolean net_info(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virNetwork) network = shell_network(shell, argument_string(arguments, "network"));
    g_autoptr(Fields) fields = fields_new(16);
    char uuid[VIR_UUID_STRING_BUFLEN];
    char *bridge;
    int autostart;

    if (!network)
        return FALSE;
    fields_add(fields, "Name", "name", value_string(virNetworkGetName(network)));
    if (virNetworkGetUUIDString(network, uuid) == 0)
        fields_add(fields, "UUID", "uuid", value_string(uuid));
    fields_add(fields, "Active", "active", value_bool(virNetworkIsActive(network) == 1, "yes", "no"));
    fields_add(fields, "Persistent", "persistent", value_bool(virNetworkIsPersistent(network) == 1, "yes", "no"));
    if (virNetworkGetAutostart(network, &autostart) == 0)
        fields_add(fields, "Autostart", "autostart", value_bool(autostart, "yes", "no"));
    bridge = virNetworkGetBridgeName(network);
    if (bridge)
        fields_add(fields, "Bridge", "bridge", value_string(bridge));
    free(bridge);
    virResetLastError(); /* not every network has a bridge */
    fields_print(fields, argument_output(arguments));
    return TRUE;
}

static const Option dumpxml_options[] = {OPTION_NETWORK(COMPLETE_NETWORK),
                                         FLAG("inactive", "the persistent definition"), OPTION_XPATH, OPTION_WRAP,
                                         OPTION_END};

static gboolean net_dumpxml(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virNetwork) network = shell_network(shell, argument_string(arguments, "network"));
    gboolean is_shown;
    char *xml;

    if (!network)
        return FALSE;
    xml = virNetworkGetXMLDesc(network, argument_flag(arguments, "inactive") ? VIR_NETWORK_XML_INACTIVE : 0);
    if (!xml)
        return shell_fail(shell, "failed to get the XML of network %s", virNetworkGetName(network));
    is_shown = document_print(shell, arguments, xml);
    free(xml);
    return is_shown;
}

static const Option leases_options[] = {
    OPTION_NETWORK(COMPLETE_NETWORK),
    {"mac", OPTION_STRING, FALSE, TRUE, COMPLETE_NOTHING, "only the leases of this MAC address"},
    OPTION_END};

static Value lease_expiry(long long expiry)
{
    g_autoptr(GDateTime) time = expiry ? g_date_time_new_from_unix_local(expiry) : NULL;
    g_autofree char *text = time ? g_date_time_format(time, "%Y-%m-%d %H:%M:%S") : NULL;

    return text ? value_string(text) : value_none("infinite");
}

static void add_lease(Table *table, virNetworkDHCPLeasePtr lease)
{
    gboolean is_v6 = lease->type == VIR_IP_ADDR_TYPE_IPV6;
    g_autofree char *address = g_strdup_printf("%s/%u", lease->ipaddr, lease->prefix);
    Value row[] = {lease_expiry(lease->expirytime),
                   lease->mac ? value_string(lease->mac) : value_none("-"),
                   value_string(is_v6 ? "ipv6" : "ipv4"),
                   value_string(address),
                   lease->hostname ? value_string(lease->hostname) : value_none("-"),
                   lease->clientid ? value_string(lease->clientid) : value_none("-")};

    table_add(table, row);
}

static int by_address(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const virNetworkDHCPLeasePtr *)a)->ipaddr, (*(const virNetworkDHCPLeasePtr *)b)->ipaddr);
}

static gboolean net_dhcp_leases(Shell *shell, const Arguments *arguments)
{
    static const char *const titles[] = {"Expiry Time", "MAC address",       "Protocol", "IP address",
                                         "Hostname",    "Client ID or DUID", NULL};
    static const char *const keys[] = {"expiry_time", "mac", "protocol", "address", "hostname", "client_id", NULL};
    g_autoptr(virNetwork) network = shell_network(shell, argument_string(arguments, "network"));
    g_autoptr(Table) table = table_new(titles, keys);
    virNetworkDHCPLeasePtr *leases = NULL;
    int n;

    if (!network)
        return FALSE;
    n = virNetworkGetDHCPLeases(network, argument_string(arguments, "mac"), &leases, 0);
    if (n < 0)
        return shell_fail(shell, "Failed to get leases info for %s", virNetworkGetName(network));
    qsort(leases, (size_t)n, sizeof(*leases), by_address);
    for (int i = 0; i < n; i++) {
        add_lease(table, leases[i]);
        virNetworkDHCPLeaseFree(leases[i]);
    }
    free(leases);
    table_print(table, argument_output(arguments), shell->is_quiet);
    return TRUE;
}

static gboolean net_name(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virNetwork) network = shell_network(shell, argument_string(arguments, "network"));

    if (network)
        print_value(argument_output(arguments), "name", value_string(virNetworkGetName(network)));
    return network != NULL;
}

static gboolean net_uuid(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virNetwork) network = shell_network(shell, argument_string(arguments, "network"));
    char uuid[VIR_UUID_STRING_BUFLEN];

    if (!network)
        return FALSE;
    if (virNetworkGetUUIDString(network, uuid) < 0)
        return shell_fail(shell, "failed to get network UUID");
    print_value(argument_output(arguments), "uuid", value_string(uuid));
    return TRUE;
}

const Command network_commands[] = {
    {"net-autostart", "start a network when its host starts", autostart_options, net_autostart, TRUE, TRUE},
    {"net-create", "create a network from an XML file", file_options, net_create, TRUE, TRUE},
    {"net-define", "define (but don't start) a network from an XML file", file_options, net_define, TRUE, TRUE},
    {"net-destroy", "destroy (stop) a network", active_network, net_destroy, TRUE, TRUE},
    {"net-dhcp-leases", "leases that a network's DHCP server has given", leases_options, net_dhcp_leases, TRUE, TRUE},
    {"net-dumpxml", "network information in XML", dumpxml_options, net_dumpxml, TRUE, TRUE},
    {"net-edit", "change a network's document with an editor", any_network, net_edit, TRUE},
    {"net-event", "wait for networks' events", network_event_options, network_event_run},
    {"net-info", "network information", any_network, net_info, TRUE, TRUE},
    {"net-list", "list networks", list_options, net_list, TRUE, TRUE},
    {"net-name", "convert a network UUID to network name", any_network, net_name, TRUE, TRUE},
    {"net-start", "start a (previously defined) inactive network", inactive_network, net_start, TRUE, TRUE},
    {"net-undefine", "undefine a network", any_network, net_undefine, TRUE, TRUE},
    {"net-update", "change one entry of a network's document", update_options, net_update, TRUE, TRUE},
    {"net-uuid", "convert a network name to network UUID", any_network, net_uuid, TRUE, TRUE},
    {NULL},
};
