/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands about a domain's network cards: the cable, limits, addresses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xml.h"
#include "virsh/affect.h"
#include "virsh/commands.h"
#include "virsh/document.h"

#define OPTION_INTERFACE                                                                                               \
    {                                                                                                                  \
        "interface", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "its device on the host, or its MAC address"        \
    }

/* ---- the card in the document ---- */

/* NULL: reported. */
static xmlNode *find_interface(Shell *shell, xmlDoc *doc, const char *name)
{
    for (xmlNode *node = document_first_device(doc, "interface"); node; node = document_next_device(node))
        if (document_has(node, "target", "dev", name) || document_has(node, "mac", "address", name))
            return node;
    shell_error(shell, "interface '%s' not found", name);
    return NULL;
}

/* ---- the cable ---- */

static const Option setlink_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN),
                                         OPTION_INTERFACE,
                                         {"state", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "up or down"},
                                         FLAG("config", "of what is defined"),
                                         FLAG("print-xml", "print what would be sent, and change nothing"),
                                         OPTION_END};

static void set_state(xmlNode *interface, const char *state)
{
    xmlNode *link = xml_child(interface, "link");

    if (!link)
        link = xmlNewChild(interface, NULL, (const xmlChar *)"link", NULL);
    xmlSetProp(link, (const xmlChar *)"state", (const xmlChar *)state);
}

static gboolean domif_setlink(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    gboolean is_config = domain && (argument_flag(arguments, "config") || virDomainIsActive(domain) == 0);
    const char *state = argument_string(arguments, "state");
    g_autoptr(xmlDoc) doc = NULL;
    g_autofree char *xml = NULL;
    xmlNode *interface;

    if (!domain)
        return FALSE;
    if (strcmp(state, "up") != 0 && strcmp(state, "down") != 0) {
        shell_error(shell, "invalid link state '%s'", state);
        return FALSE;
    }
    doc = document_of_domain(shell, domain, is_config);
    interface = doc ? find_interface(shell, doc, argument_string(arguments, "interface")) : NULL;
    if (!interface)
        return FALSE;
    set_state(interface, state);
    xml = document_node_text(doc, interface);
    if (argument_flag(arguments, "print-xml")) {
        print_document(argument_output(arguments), xml);
        return TRUE;
    }
    if (virDomainUpdateDeviceFlags(domain, xml, is_config ? VIR_DOMAIN_AFFECT_CONFIG : VIR_DOMAIN_AFFECT_LIVE) < 0)
        return shell_fail(shell, "Failed to update interface link state");
    shell_say(shell, "Device updated successfully");
    return TRUE;
}

static const Option getlink_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN), OPTION_INTERFACE,
                                         FLAG("config", "of what is defined"), OPTION_END};

static gboolean domif_getlink(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    const char *name = argument_string(arguments, "interface");
    g_autoptr(xmlDoc) doc = domain ? document_of_domain(shell, domain, argument_flag(arguments, "config")) : NULL;
    xmlNode *interface = doc ? find_interface(shell, doc, name) : NULL;
    xmlNode *link = interface ? xml_child(interface, "link") : NULL;
    g_autofree char *state = link ? xml_attribute(link, "state") : NULL;

    if (!interface)
        return FALSE;
    if (argument_output(arguments) == OUTPUT_JSON)
        print_value(OUTPUT_JSON, "state", value_string(state ? state : "up"));
    else
        printf("%s %s", name, state ? state : "up");
    return TRUE;
}

/* ---- limits ---- */

static const Option tune_options[] = {
    OPTION_DOMAIN(COMPLETE_DOMAIN),
    OPTION_INTERFACE,
    {"inbound", OPTION_STRING, FALSE, FALSE, COMPLETE_NOTHING, "to the guest: average[,peak[,burst[,floor]]]; 0: none"},
    {"outbound", OPTION_STRING, FALSE, FALSE, COMPLETE_NOTHING, "from the guest: average[,peak[,burst]]; 0: none"},
    OPTIONS_AFFECT,
    OPTION_END};

static const char *const inbound_fields[] = {VIR_DOMAIN_BANDWIDTH_IN_AVERAGE, VIR_DOMAIN_BANDWIDTH_IN_PEAK,
                                             VIR_DOMAIN_BANDWIDTH_IN_BURST, VIR_DOMAIN_BANDWIDTH_IN_FLOOR, NULL};
static const char *const outbound_fields[] = {VIR_DOMAIN_BANDWIDTH_OUT_AVERAGE, VIR_DOMAIN_BANDWIDTH_OUT_PEAK,
                                              VIR_DOMAIN_BANDWIDTH_OUT_BURST, NULL};

typedef struct {
    virTypedParameterPtr params;
    int n, max;
} Limits;

/* Numbers with commas between them; one that is left out is not set. FALSE: reported. */
static gboolean read_limits(Shell *shell, const char *option, const char *text, const char *const *fields,
                            Limits *limits)
{
    g_auto(GStrv) words = g_strsplit(text ? text : "", ",", -1);

    for (guint i = 0; text && words[i]; i++) {
        guint64 value;

        if (fields[i] && !*words[i])
            continue;
        if (!fields[i] || !g_ascii_string_to_unsigned(words[i], 10, 0, G_MAXUINT, &value, NULL)) {
            shell_error(shell, "%s format is incorrect", option);
            return FALSE;
        }
        virTypedParamsAddUInt(&limits->params, &limits->n, &limits->max, fields[i], (unsigned int)value);
    }
    return TRUE;
}

static gboolean show_limits(Shell *shell, const Arguments *arguments, virDomainPtr domain, unsigned int flags)
{
    const char *name = argument_string(arguments, "interface");
    g_autoptr(Fields) fields = fields_new(15);
    g_autofree virTypedParameterPtr params = NULL;
    int n = 0;

    if (virDomainGetInterfaceParameters(domain, name, NULL, &n, flags) < 0)
        return shell_fail(shell, "Unable to get number of interface parameters");
    params = g_new0(virTypedParameter, n);
    if (virDomainGetInterfaceParameters(domain, name, params, &n, flags) < 0)
        return shell_fail(shell, "Unable to get interface parameters");
    for (int i = 0; i < n; i++) {
        g_autofree char *label = g_strdup_printf("%-15s", params[i].field);
        g_autofree char *key = g_strdelimit(g_strdup(params[i].field), ".", '_');

        fields_add(fields, label, key, value_number(params[i].value.ui));
    }
    fields_print(fields, argument_output(arguments));
    virTypedParamsClear(params, n);
    return TRUE;
}

static gboolean domiftune(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    const char *inbound = argument_string(arguments, "inbound"), *outbound = argument_string(arguments, "outbound");
    unsigned int flags = 0;
    Limits limits = {0};
    gboolean ok;

    if (!domain || !affect_flags(shell, arguments, domain, &flags))
        return FALSE;
    if (!inbound && !outbound)
        return show_limits(shell, arguments, domain, flags);
    ok = read_limits(shell, "inbound", inbound, inbound_fields, &limits) &&
         read_limits(shell, "outbound", outbound, outbound_fields, &limits);
    if (ok && virDomainSetInterfaceParameters(domain, argument_string(arguments, "interface"), limits.params, limits.n,
                                              flags) < 0)
        ok = shell_fail(shell, "Unable to set interface parameters");
    virTypedParamsFree(limits.params, limits.n);
    return ok;
}

/* ---- addresses ---- */

static const Option addr_options[] = {
    OPTION_DOMAIN(COMPLETE_DOMAIN_ACTIVE),
    {"interface", OPTION_STRING, FALSE, FALSE, COMPLETE_NOTHING, "only this one, by its device on the host"},
    FLAG("full", "name and MAC address on each line"),
    {"source", OPTION_STRING, FALSE, FALSE, COMPLETE_NOTHING, "who is asked: lease (default), agent or arp"},
    OPTION_END};

static void add_addresses(Table *table, const virDomainInterface *interface, gboolean is_full)
{
    for (unsigned int i = 0; i < interface->naddrs; i++) {
        g_autofree char *address = g_strdup_printf("%s/%u", interface->addrs[i].addr, interface->addrs[i].prefix);
        gboolean is_named = i == 0 || is_full;
        const Value row[] = {
            is_named ? value_string(interface->name) : value_none("-"),
            is_named && interface->hwaddr ? value_string(interface->hwaddr) : value_none("-"),
            value_string(interface->addrs[i].type == VIR_IP_ADDR_TYPE_IPV6 ? "ipv6" : "ipv4"),
            value_string(address),
        };

        table_add(table, row);
    }
}

/* -1: reported. */
static int find_source(Shell *shell, const char *name)
{
    static const char *const sources[] = {
        [VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE] = "lease",
        [VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT] = "agent",
        [VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP] = "arp",
    };

    for (int i = 0; i < (int)G_N_ELEMENTS(sources); i++)
        if (strcmp(sources[i], name ? name : "lease") == 0)
            return i;
    shell_error(shell, "Unknown data source '%s'", name);
    return -1;
}

static gboolean domifaddr(Shell *shell, const Arguments *arguments)
{
    static const char *const titles[] = {"Name", "MAC address", "Protocol", "Address", NULL};
    static const char *const keys[] = {"name", "mac", "protocol", "address", NULL};
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    const char *only = argument_string(arguments, "interface");
    g_autoptr(Table) table = table_new(titles, keys);
    gboolean is_full = argument_flag(arguments, "full") || argument_output(arguments) == OUTPUT_JSON;
    int source = domain ? find_source(shell, argument_string(arguments, "source")) : -1;
    virDomainInterfacePtr *interfaces = NULL;
    int n;

    if (source < 0)
        return FALSE;
    n = virDomainInterfaceAddresses(domain, &interfaces, (unsigned int)source, 0);
    if (n < 0)
        return shell_fail(shell, "Failed to query for interfaces addresses");
    for (int i = 0; i < n; i++) {
        if (!only || strcmp(only, interfaces[i]->name) == 0)
            add_addresses(table, interfaces[i], is_full);
        virDomainInterfaceFree(interfaces[i]);
    }
    free(interfaces);
    table_print(table, argument_output(arguments), shell->is_quiet);
    return TRUE;
}

const Command interface_commands[] = {
    {"domif-getlink", "whether a network card's cable is plugged in", getlink_options, domif_getlink, TRUE, TRUE},
    {"domif-setlink", "plug a network card's cable in or out", setlink_options, domif_setlink, TRUE, TRUE},
    {"domifaddr", "addresses of a domain's network cards", addr_options, domifaddr, TRUE, TRUE},
    {"domiftune", "show or set limits of a network card", tune_options, domiftune, TRUE, TRUE},
    {NULL},
};
