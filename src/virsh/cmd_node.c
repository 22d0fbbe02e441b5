/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's processors and memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/xml.h"
#include "virsh/commands.h"
#include "virsh/cpu_map.h"

/* ---- processors ---- */

static const Option nodecpumap_options[] = {FLAG("pretty", "processors as a list"), OPTION_END};

static gboolean nodecpumap(Shell *shell, const Arguments *arguments)
{
    gboolean is_list = argument_flag(arguments, "pretty") || argument_output(arguments) == OUTPUT_JSON;
    g_autoptr(Fields) fields = fields_new(16);
    g_autofree char *text = NULL;
    unsigned char *map = NULL;
    unsigned int n_online = 0;
    int n_present = virNodeGetCPUMap(shell->connection, &map, &n_online, 0);

    if (n_present < 0)
        return shell_fail(shell, "Unable to get cpu map");
    text = is_list ? cpu_map_list(map, n_present) : cpu_map_letters(map, n_present);
    free(map);
    fields_add(fields, "CPUs present", "present", value_number(n_present));
    fields_add(fields, "CPUs online", "online", value_number(n_online));
    fields_add(fields, "CPU map", "map", value_string(text));
    fields_print(fields, argument_output(arguments));
    return TRUE;
}

static const Option nodecpustats_options[] = {
    {"cpu", OPTION_INT, FALSE, FALSE, COMPLETE_NOTHING, "only this processor's"},
    FLAG("percent", "parts of the next second instead of the time so far"),
    OPTION_END};

typedef enum { TIME_USER, TIME_SYSTEM, TIME_IDLE, TIME_IOWAIT, TIME_INTR, TIME_KINDS } TimeKind;

static const char *const time_kinds[TIME_KINDS] = {
    [TIME_USER] = VIR_NODE_CPU_STATS_USER, [TIME_SYSTEM] = VIR_NODE_CPU_STATS_KERNEL,
    [TIME_IDLE] = VIR_NODE_CPU_STATS_IDLE, [TIME_IOWAIT] = VIR_NODE_CPU_STATS_IOWAIT,
    [TIME_INTR] = VIR_NODE_CPU_STATS_INTR,
};
static const char *const time_labels[TIME_KINDS] = {"user", "system", "idle", "iowait", "intr"};

typedef struct {
    gboolean is_known[TIME_KINDS];
    unsigned long long ns[TIME_KINDS];
} Times;

static gboolean get_times(Shell *shell, int cpu, Times *times)
{
    g_autofree virNodeCPUStatsPtr stats = NULL;
    int n = 0;

    if (virNodeGetCPUStats(shell->connection, cpu, NULL, &n, 0) < 0)
        return shell_fail(shell, "Unable to get number of cpu stats");
    stats = g_new0(virNodeCPUStats, n);
    if (virNodeGetCPUStats(shell->connection, cpu, stats, &n, 0) < 0)
        return shell_fail(shell, "Unable to get node cpu stats");
    memset(times, 0, sizeof(*times));
    for (int i = 0; i < n; i++) {
        for (TimeKind kind = 0; kind < TIME_KINDS; kind++) {
            if (strcmp(stats[i].field, time_kinds[kind]) == 0) {
                times->is_known[kind] = TRUE;
                times->ns[kind] = stats[i].value;
            }
        }
    }
    return TRUE;
}

static void print_times(const Times *times, OutputFormat format)
{
    g_autoptr(json_object) object = json_object_new_object();

    for (TimeKind kind = 0; kind < TIME_KINDS; kind++) {
        g_autofree char *label = g_strdup_printf("%s:", time_labels[kind]);

        if (!times->is_known[kind])
            continue;
        json_object_object_add(object, time_labels[kind], json_object_new_int64((int64_t)times->ns[kind]));
        if (format == OUTPUT_TEXT)
            printf("%-15s %20llu\n", label, times->ns[kind]);
    }
    if (format == OUTPUT_JSON)
        print_json(g_steal_pointer(&object));
}

static void print_part(json_object *object, const char *name, double part)
{
    g_autofree char *label = g_strdup_printf("%s:", name);

    if (object)
        json_object_object_add(object, name, json_object_new_double(part));
    else
        printf("%-15s %5.1f%%\n", label, part);
}

static void print_parts(const Times *before, const Times *after, OutputFormat format)
{
    g_autoptr(json_object) object = format == OUTPUT_JSON ? json_object_new_object() : NULL;
    double part[TIME_KINDS], sum = 0;

    for (TimeKind kind = 0; kind < TIME_KINDS; kind++)
        sum += part[kind] = (double)(after->ns[kind] - before->ns[kind]);
    for (TimeKind kind = 0; kind < TIME_KINDS; kind++)
        part[kind] = sum > 0 ? part[kind] / sum * 100 : 0;
    print_part(object, "usage", part[TIME_USER] + part[TIME_SYSTEM] + part[TIME_INTR]);
    for (TimeKind kind = 0; kind < TIME_KINDS; kind++)
        if (after->is_known[kind])
            print_part(object, time_labels[kind], part[kind]);
    if (object)
        print_json(g_steal_pointer(&object));
}

static gboolean nodecpustats(Shell *shell, const Arguments *arguments)
{
    int cpu = argument_int(arguments, "cpu", VIR_NODE_CPU_STATS_ALL_CPUS);
    Times before, after;

    if (!get_times(shell, cpu, &before))
        return FALSE;
    if (!argument_flag(arguments, "percent")) {
        print_times(&before, argument_output(arguments));
        return TRUE;
    }
    g_usleep(G_USEC_PER_SEC);
    if (!get_times(shell, cpu, &after))
        return FALSE;
    print_parts(&before, &after, argument_output(arguments));
    return TRUE;
}

static const Option cpu_models_options[] = {{"arch", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "architecture"},
                                            OPTION_END};

static gboolean cpu_models(Shell *shell, const Arguments *arguments)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(free);
    char **models = NULL;
    int n = virConnectGetCPUModelNames(shell->connection, argument_string(arguments, "arch"), &models, 0);

    if (n < 0)
        return shell_fail(shell, "failed to get CPU model names");
    for (int i = 0; i < n; i++)
        g_ptr_array_add(names, models[i]);
    free(models);
    print_list(argument_output(arguments), names);
    return TRUE;
}

/* ---- memory ---- */

static const Option nodememstats_options[] = {
    {"cell", OPTION_INT, FALSE, FALSE, COMPLETE_NOTHING, "only this NUMA cell's"}, OPTION_END};

static gboolean nodememstats(Shell *shell, const Arguments *arguments)
{
    int cell = argument_int(arguments, "cell", VIR_NODE_MEMORY_STATS_ALL_CELLS), n = 0;
    g_autoptr(json_object) object = json_object_new_object();
    g_autofree virNodeMemoryStatsPtr stats = NULL;
    OutputFormat format = argument_output(arguments);

    if (virNodeGetMemoryStats(shell->connection, cell, NULL, &n, 0) < 0)
        return shell_fail(shell, "Unable to get number of memory stats");
    stats = g_new0(virNodeMemoryStats, n);
    if (virNodeGetMemoryStats(shell->connection, cell, stats, &n, 0) < 0)
        return shell_fail(shell, "Unable to get memory stats");
    for (int i = 0; i < n; i++) {
        json_object_object_add(object, stats[i].field, json_object_new_int64((int64_t)stats[i].value));
        if (format == OUTPUT_TEXT)
            printf("%-7s: %20llu KiB\n", stats[i].field, stats[i].value);
    }
    if (format == OUTPUT_JSON)
        print_json(g_steal_pointer(&object));
    return TRUE;
}

/* What the capabilities say of one NUMA cell; the answer's cells are numbers, its pages sizes in KiB. */
typedef struct {
    int id;
    GArray *page_kib; /* unsigned int */
} Cell;

static void cell_free(gpointer data)
{
    Cell *cell = data;

    g_array_unref(cell->page_kib);
    g_free(cell);
}

static Cell *cell_read(xmlNode *node)
{
    g_autofree char *id = xml_attribute(node, "id");
    Cell *cell = g_new0(Cell, 1);

    cell->id = id ? atoi(id) : 0;
    cell->page_kib = g_array_new(FALSE, FALSE, sizeof(unsigned int));
    for (xmlNode *pages = xml_first_element(node); pages; pages = xml_next_element(pages)) {
        g_autofree char *size = xml_is(pages, "pages") ? xml_attribute(pages, "size") : NULL;
        unsigned int kib = size ? (unsigned int)strtoul(size, NULL, 10) : 0;

        if (kib)
            g_array_append_val(cell->page_kib, kib);
    }
    return cell;
}

/* NULL: reported. */
static GPtrArray *get_cells(Shell *shell)
{
    GPtrArray *cells = g_ptr_array_new_with_free_func(cell_free);
    char *text = virConnectGetCapabilities(shell->connection);
    g_autoptr(xmlDoc) doc = text ? xml_parse(text, "capabilities", "(capabilities)", VIR_FROM_NONE, NULL) : NULL;
    xmlNode *node = doc ? xmlDocGetRootElement(doc) : NULL;
    static const char *const path[] = {"host", "topology", "cells"};

    free(text);
    for (gsize i = 0; node && i < G_N_ELEMENTS(path); i++)
        node = xml_child(node, path[i]);
    for (node = node ? xml_first_element(node) : NULL; node; node = xml_next_element(node))
        g_ptr_array_add(cells, cell_read(node));
    if (cells->len == 0) {
        shell_fail(shell, "the capabilities tell of no NUMA cell");
        g_clear_pointer(&cells, g_ptr_array_unref);
    }
    return cells;
}

static const Option freecell_options[] = {
    {"cellno", OPTION_INT, FALSE, FALSE, COMPLETE_NOTHING, "number of one NUMA cell"},
    FLAG("all", "all cells, each by itself"),
    OPTION_END};

static gboolean print_free_cells(Shell *shell, OutputFormat format)
{
    static const char *const keys[] = {"cell", "free_kib", NULL};
    g_autoptr(GPtrArray) cells = get_cells(shell);
    g_autoptr(Table) table = table_new(keys, keys);
    unsigned long long total = 0;

    for (guint i = 0; cells && i < cells->len; i++) {
        const Cell *cell = cells->pdata[i];
        unsigned long long bytes;

        if (virNodeGetCellsFreeMemory(shell->connection, &bytes, cell->id, 1) != 1)
            return shell_fail(shell, "failed to get free memory for NUMA node number: %d", cell->id);
        total += bytes / 1024;
        table_add(table, (Value[]){value_number(cell->id), value_number((gint64)(bytes / 1024))});
        if (format == OUTPUT_TEXT)
            printf("%5d: %10llu KiB\n", cell->id, bytes / 1024);
    }
    if (format == OUTPUT_JSON && cells)
        table_print(table, OUTPUT_JSON, TRUE);
    else if (cells)
        printf("--------------------\n%5s: %10llu KiB\n", "Total", total);
    return cells != NULL;
}

static gboolean freecell(Shell *shell, const Arguments *arguments)
{
    OutputFormat format = argument_output(arguments);
    int cell = argument_int(arguments, "cellno", -1);
    unsigned long long bytes;

    if (argument_flag(arguments, "all") && cell >= 0) {
        shell_error(shell, "Options --all and --cellno are mutually exclusive");
        return FALSE;
    }
    if (argument_flag(arguments, "all"))
        return print_free_cells(shell, format);
    if (cell < 0 && !(bytes = virNodeGetFreeMemory(shell->connection)))
        return shell_fail(shell, "failed to get the free memory");
    if (cell >= 0 && virNodeGetCellsFreeMemory(shell->connection, &bytes, cell, 1) != 1)
        return shell_fail(shell, "failed to get free memory for NUMA node number: %d", cell);
    if (format == OUTPUT_JSON)
        print_value(format, "free_kib", value_number((gint64)(bytes / 1024)));
    else if (cell < 0)
        printf("Total: %llu KiB\n", bytes / 1024);
    else
        printf("%d: %llu KiB\n", cell, bytes / 1024);
    return TRUE;
}

static const Option freepages_options[] = {
    {"cellno", OPTION_INT, FALSE, FALSE, COMPLETE_NOTHING, "number of one NUMA cell"},
    {"pagesize", OPTION_STRING, FALSE, FALSE, COMPLETE_NOTHING, "size of pages in KiB, or with M or G behind it"},
    FLAG("all", "all cells and sizes"),
    OPTION_END};

/* One cell's free pages of all sizes in kib. */
static gboolean print_free_pages(Shell *shell, Table *table, OutputFormat format, int cell, GArray *kib)
{
    g_autofree unsigned long long *counts = g_new0(unsigned long long, MAX(kib->len, 1));

    if (virNodeGetFreePages(shell->connection, kib->len, (unsigned int *)kib->data, cell, 1, counts, 0) < 0)
        return shell_fail(shell, "failed to count the free pages of NUMA cell %d", cell);
    for (guint i = 0; i < kib->len; i++) {
        unsigned int size = g_array_index(kib, unsigned int, i);

        table_add(table, (Value[]){value_number(cell), value_number(size), value_number((gint64)counts[i])});
        if (format == OUTPUT_TEXT)
            printf("%uKiB: %llu\n", size, counts[i]);
    }
    return TRUE;
}

static gboolean print_all_free_pages(Shell *shell, Table *table, OutputFormat format)
{
    g_autoptr(GPtrArray) cells = get_cells(shell);

    for (guint i = 0; cells && i < cells->len; i++) {
        const Cell *cell = cells->pdata[i];

        if (format == OUTPUT_TEXT)
            printf("Node %d:\n", cell->id);
        if (!print_free_pages(shell, table, format, cell->id, cell->page_kib))
            return FALSE;
        if (format == OUTPUT_TEXT)
            putchar('\n');
    }
    return cells != NULL;
}

static gboolean freepages(Shell *shell, const Arguments *arguments)
{
    static const char *const keys[] = {"cell", "page_kib", "free", NULL};
    const char *size = argument_string(arguments, "pagesize");
    OutputFormat format = argument_output(arguments);
    g_autoptr(GArray) sizes = g_array_new(FALSE, FALSE, sizeof(unsigned int));
    g_autoptr(Table) table = table_new(keys, keys);
    int cell = argument_int(arguments, "cellno", -1);
    unsigned long kib = 0;
    unsigned int one;
    gboolean ok;

    if (!argument_flag(arguments, "all") && (cell < 0 || !size)) {
        shell_error(shell, cell < 0 ? "missing cellno argument" : "missing pagesize argument");
        return FALSE;
    }
    if (size && !argument_size(shell, size, &kib))
        return FALSE;
    one = (unsigned int)kib;
    g_array_append_val(sizes, one);
    ok = argument_flag(arguments, "all") ? print_all_free_pages(shell, table, format)
                                         : print_free_pages(shell, table, format, cell, sizes);
    if (ok && format == OUTPUT_JSON)
        table_print(table, format, TRUE);
    return ok;
}

const Command node_commands[] = {
    {"cpu-models", "names of CPU models of an architecture", cpu_models_options, cpu_models, TRUE, TRUE},
    {"freecell", "free memory of the host's NUMA cells", freecell_options, freecell, TRUE, TRUE},
    {"freepages", "free pages of the host's NUMA cells", freepages_options, freepages, TRUE, TRUE},
    {"nodecpumap", "which of the host's processors are there", nodecpumap_options, nodecpumap, TRUE, TRUE},
    {"nodecpustats", "what the host's processors did", nodecpustats_options, nodecpustats, TRUE, TRUE},
    {"nodememstats", "the host's memory", nodememstats_options, nodememstats, TRUE, TRUE},
    {NULL},
};
