/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What asks for a domain's numbers: statistics of all kinds, and the devices that they are of. */
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/xml.h"
#include "virsh/commands.h"

static const Option no_more[] = {OPTION_DOMAIN(COMPLETE_DOMAIN), OPTION_END};

static const Option device_options[] = {
    OPTION_DOMAIN(COMPLETE_DOMAIN),
    {"device", OPTION_STRING, FALSE, FALSE, COMPLETE_NOTHING, "target or path of one disk"},
    OPTION_END};

/* ---- a device's counters: "DEVICE NAME NUMBER" on a line each ---- */

/* device NULL: the counter is the domain's. */
static void print_counter(json_object *object, const char *device, const char *name, long long value)
{
    if (object)
        json_object_object_add(object, name, json_object_new_int64(value));
    else
        printf("%s%s%s %lld\n", device ? device : "", device ? " " : "", name, value);
}

/* JSON under construction when that was asked for, else NULL. */
static json_object *new_counters(const Arguments *arguments)
{
    return argument_output(arguments) == OUTPUT_JSON ? json_object_new_object() : NULL;
}

static gboolean end_counters(json_object *object)
{
    if (object)
        print_json(object);
    return TRUE;
}

static const struct {
    const char *field, *name;
} block_counters[] = {
    {VIR_DOMAIN_BLOCK_STATS_READ_REQ, "rd_req"},
    {VIR_DOMAIN_BLOCK_STATS_READ_BYTES, "rd_bytes"},
    {VIR_DOMAIN_BLOCK_STATS_WRITE_REQ, "wr_req"},
    {VIR_DOMAIN_BLOCK_STATS_WRITE_BYTES, "wr_bytes"},
    {VIR_DOMAIN_BLOCK_STATS_FLUSH_REQ, "flush_operations"},
    {VIR_DOMAIN_BLOCK_STATS_READ_TOTAL_TIMES, "rd_total_times"},
    {VIR_DOMAIN_BLOCK_STATS_WRITE_TOTAL_TIMES, "wr_total_times"},
    {VIR_DOMAIN_BLOCK_STATS_FLUSH_TOTAL_TIMES, "flush_total_times"},
};

static void print_block_counters(json_object *object, const char *device, virTypedParameterPtr params, int n)
{
    for (gsize i = 0; i < G_N_ELEMENTS(block_counters); i++) {
        long long value;

        if (virTypedParamsGetLLong(params, n, block_counters[i].field, &value) == 1)
            print_counter(object, device, block_counters[i].name, value);
    }
}

static gboolean domblkstat(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    const char *device = argument_string(arguments, "device");
    g_autofree virTypedParameterPtr params = NULL;
    json_object *object;
    int n = 0;

    if (!domain)
        return FALSE;
    device = device ? device : "";
    if (virDomainBlockStatsFlags(domain, device, NULL, &n, 0) < 0)
        return shell_fail(shell, "Failed to get block stats for domain '%s' device '%s'", virDomainGetName(domain),
                          device);
    params = g_new0(virTypedParameter, n);
    if (virDomainBlockStatsFlags(domain, device, params, &n, 0) < 0)
        return shell_fail(shell, "Failed to get block stats for domain '%s' device '%s'", virDomainGetName(domain),
                          device);
    object = new_counters(arguments);
    print_block_counters(object, device, params, n);
    virTypedParamsClear(params, n);
    return end_counters(object);
}

static const Option interface_options[] = {
    OPTION_DOMAIN(COMPLETE_DOMAIN_ACTIVE),
    {"interface", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "its device on the host, or its MAC address"},
    OPTION_END};

static gboolean domifstat(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    const char *device = argument_string(arguments, "interface");
    virDomainInterfaceStatsStruct stats;
    json_object *object;

    if (!domain)
        return FALSE;
    if (virDomainInterfaceStats(domain, device, &stats, sizeof(stats)) < 0)
        return shell_fail(shell, "Failed to get interface stats %s %s", virDomainGetName(domain), device);
    object = new_counters(arguments);
    print_counter(object, device, "rx_bytes", stats.rx_bytes);
    print_counter(object, device, "rx_packets", stats.rx_packets);
    print_counter(object, device, "rx_errs", stats.rx_errs);
    print_counter(object, device, "rx_drop", stats.rx_drop);
    print_counter(object, device, "tx_bytes", stats.tx_bytes);
    print_counter(object, device, "tx_packets", stats.tx_packets);
    print_counter(object, device, "tx_errs", stats.tx_errs);
    print_counter(object, device, "tx_drop", stats.tx_drop);
    return end_counters(object);
}

static gboolean dommemstat(Shell *shell, const Arguments *arguments)
{
    static const char *const names[VIR_DOMAIN_MEMORY_STAT_NR] = {
        [VIR_DOMAIN_MEMORY_STAT_SWAP_IN] = "swap_in",
        [VIR_DOMAIN_MEMORY_STAT_SWAP_OUT] = "swap_out",
        [VIR_DOMAIN_MEMORY_STAT_MAJOR_FAULT] = "major_fault",
        [VIR_DOMAIN_MEMORY_STAT_MINOR_FAULT] = "minor_fault",
        [VIR_DOMAIN_MEMORY_STAT_UNUSED] = "unused",
        [VIR_DOMAIN_MEMORY_STAT_AVAILABLE] = "available",
        [VIR_DOMAIN_MEMORY_STAT_ACTUAL_BALLOON] = "actual",
        [VIR_DOMAIN_MEMORY_STAT_RSS] = "rss",
        [VIR_DOMAIN_MEMORY_STAT_USABLE] = "usable",
        [VIR_DOMAIN_MEMORY_STAT_LAST_UPDATE] = "last_update",
        [VIR_DOMAIN_MEMORY_STAT_DISK_CACHES] = "disk_caches",
        [VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGALLOC] = "hugetlb_pgalloc",
        [VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGFAIL] = "hugetlb_pgfail",
    };
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    virDomainMemoryStatStruct stats[VIR_DOMAIN_MEMORY_STAT_NR];
    json_object *object;
    int n;

    if (!domain)
        return FALSE;
    n = virDomainMemoryStats(domain, stats, G_N_ELEMENTS(stats), 0);
    if (n < 0)
        return shell_fail(shell, "Failed to get memory statistics for domain %s", virDomainGetName(domain));
    object = new_counters(arguments);
    for (int i = 0; i < n; i++)
        if (stats[i].tag >= 0 && stats[i].tag < VIR_DOMAIN_MEMORY_STAT_NR)
            print_counter(object, NULL, names[stats[i].tag], (long long)stats[i].val);
    return end_counters(object);
}

/* ---- sizes of disks ---- */

static gboolean domblkinfo(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    const char *device = argument_string(arguments, "device");
    g_autoptr(Fields) fields = fields_new(16);
    virDomainBlockInfo info;

    if (!domain)
        return FALSE;
    if (!device) {
        shell_error(shell, "command 'domblkinfo' requires <device> option");
        return FALSE;
    }
    if (virDomainGetBlockInfo(domain, device, &info, 0) < 0)
        return shell_fail(shell, "failed to get the sizes of '%s'", device);
    fields_add(fields, "Capacity", "capacity", value_number((gint64)info.capacity));
    fields_add(fields, "Allocation", "allocation", value_number((gint64)info.allocation));
    fields_add(fields, "Physical", "physical", value_number((gint64)info.physical));
    fields_print(fields, argument_output(arguments));
    return TRUE;
}

/* ---- lists of devices, from the document ---- */

/* The attribute of a child, "-" when it is not there. */
static Value attribute_value(xmlNode *node, const char *child, const char *attribute)
{
    xmlNode *holder = child ? xml_child(node, child) : node;
    g_autofree char *text = holder ? xml_attribute(holder, attribute) : NULL;

    return text ? value_string(text) : value_none("-");
}

/* What a device is made on or of; its attribute's name differs by type. */
static Value source_value(xmlNode *node)
{
    static const char *const attributes[] = {"file", "dev", "dir", "volume", "network", "bridge", "name"};
    xmlNode *source = xml_child(node, "source");

    for (gsize i = 0; source && i < G_N_ELEMENTS(attributes); i++) {
        g_autofree char *text = xml_attribute(source, attributes[i]);

        if (text)
            return value_string(text);
    }
    return value_none("-");
}

static void add_disk(Table *table, xmlNode *node, gboolean is_detailed)
{
    Value row[4];
    guint n = 0;

    if (is_detailed) {
        row[n++] = attribute_value(node, NULL, "type");
        row[n++] = attribute_value(node, NULL, "device");
    }
    row[n++] = attribute_value(node, "target", "dev");
    row[n++] = source_value(node);
    table_add(table, row);
}

static void add_interface(Table *table, xmlNode *node, gboolean is_detailed)
{
    const Value row[] = {attribute_value(node, "target", "dev"), attribute_value(node, NULL, "type"),
                         source_value(node), attribute_value(node, "model", "type"),
                         attribute_value(node, "mac", "address")};

    table_add(table, row);
}

static gboolean list_devices(Shell *shell, const Arguments *arguments, const char *element, Table *table,
                             void (*add)(Table *table, xmlNode *node, gboolean is_detailed))
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    char *xml =
        domain ? virDomainGetXMLDesc(domain, argument_flag(arguments, "inactive") ? VIR_DOMAIN_XML_INACTIVE : 0) : NULL;
    g_autoptr(xmlDoc) doc = xml ? xmlReadDoc((const xmlChar *)xml, NULL, NULL, XML_PARSE_NONET) : NULL;
    xmlNode *devices = doc ? xml_child(xmlDocGetRootElement(doc), "devices") : NULL;
    gboolean is_detailed = argument_flag(arguments, "details");

    free(xml);
    if (!domain)
        return FALSE;
    if (!doc)
        return shell_fail(shell, "failed to get the XML of domain '%s'", virDomainGetName(domain));
    for (xmlNode *node = devices ? xml_first_element(devices) : NULL; node; node = xml_next_element(node))
        if (strcmp((const char *)node->name, element) == 0)
            add(table, node, is_detailed);
    table_print(table, argument_output(arguments), shell->is_quiet);
    return TRUE;
}

static const Option domblklist_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN), FLAG("inactive", "those of the definition"),
                                            FLAG("details", "with type and device"), OPTION_END};

static gboolean domblklist(Shell *shell, const Arguments *arguments)
{
    static const char *const titles[] = {"Type", "Device", "Target", "Source", NULL};
    static const char *const keys[] = {"type", "device", "target", "source", NULL};
    guint first = argument_flag(arguments, "details") ? 0 : 2;
    g_autoptr(Table) table = table_new(titles + first, keys + first);

    return list_devices(shell, arguments, "disk", table, add_disk);
}

static const Option domiflist_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN), FLAG("inactive", "those of the definition"),
                                           OPTION_END};

static gboolean domiflist(Shell *shell, const Arguments *arguments)
{
    static const char *const titles[] = {"Interface", "Type", "Source", "Model", "MAC", NULL};
    static const char *const keys[] = {"interface", "type", "source", "model", "mac", NULL};
    g_autoptr(Table) table = table_new(titles, keys);

    return list_devices(shell, arguments, "interface", table, add_interface);
}

/* ---- domblkerror ---- */

static const char *const disk_errors[] = {"no error", "unspecified error", "no space"};

static gboolean domblkerror(Shell *shell, const Arguments *arguments)
{
    static const char *const keys[] = {"disk", "error", NULL};
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    gboolean is_json = argument_output(arguments) == OUTPUT_JSON;
    g_autofree virDomainDiskErrorPtr errors = NULL;
    g_autoptr(Table) table = table_new(keys, keys);
    int n;

    if (!domain)
        return FALSE;
    n = virDomainGetDiskErrors(domain, NULL, 0, 0);
    errors = g_new0(virDomainDiskError, MAX(n, 1));
    if (n < 0 || (n > 0 && (n = virDomainGetDiskErrors(domain, errors, (unsigned int)n, 0)) < 0))
        return shell_fail(shell, "failed to ask for the errors of disks");
    for (int i = 0; i < n; i++) {
        const char *error = disk_errors[CLAMP(errors[i].error, 0, (int)G_N_ELEMENTS(disk_errors) - 1)];

        if (!is_json)
            printf("%s: %s\n", errors[i].disk, error);
        table_add(table, (Value[]){value_string(errors[i].disk), value_string(error)});
        free(errors[i].disk);
    }
    if (is_json)
        table_print(table, OUTPUT_JSON, TRUE);
    else if (n == 0)
        puts("No errors found");
    return TRUE;
}

const Command stats_commands[] = {
    {"domblkerror", "errors of a domain's disks", no_more, domblkerror, TRUE, TRUE},
    {"domblkinfo", "sizes of a domain's disk", device_options, domblkinfo, TRUE, TRUE},
    {"domblklist", "a domain's disks", domblklist_options, domblklist, TRUE, TRUE},
    {"domblkstat", "counters of a domain's disk, or of all together", device_options, domblkstat, TRUE, TRUE},
    {"domiflist", "a domain's network cards", domiflist_options, domiflist, TRUE, TRUE},
    {"domifstat", "counters of a domain's network card", interface_options, domifstat, TRUE, TRUE},
    {"dommemstat", "a domain's memory statistics", no_more, dommemstat, TRUE, TRUE},
    {NULL},
};
