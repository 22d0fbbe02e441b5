/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/host/host_node.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "virtqemud/host/host.h"
#include "virtqemud/host/host_file.h"

static void add_number(guint number, gpointer data)
{
    g_array_append_val((GArray *)data, number);
}

GArray *host_nodes(void)
{
    GArray *nodes = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autofree char *online = host_read_text(NODE_DIR "/online");

    host_each_number(online, add_number, nodes);
    if (nodes->len == 0)
        add_number(0, nodes);
    return nodes;
}

/* A line of the node's meminfo in KiB. A host without nodes has all its memory on node 0. FALSE: there is no such node.
 */
static gboolean node_memory_kib(guint node, const char *key, guint64 *kib)
{
    g_autofree char *path = g_strdup_printf(NODE_DIR "/node%u/meminfo", node);
    g_autofree char *prefix = g_strdup_printf("%s:", key);
    g_autofree char *text = host_read_text(path);
    const char *line = text ? strstr(text, prefix) : NULL;

    if (!line && (node > 0 || g_file_test(NODE_DIR "/online", G_FILE_TEST_EXISTS)))
        return FALSE;
    *kib = line ? g_ascii_strtoull(line + strlen(prefix), NULL, 10) : host_memory_kib(key);
    return TRUE;
}

gboolean host_node_free_kib(guint node, guint64 *free_kib)
{
    return node_memory_kib(node, "MemFree", free_kib);
}

gboolean host_node_total_kib(guint node, guint64 *total_kib)
{
    return node_memory_kib(node, "MemTotal", total_kib);
}

gboolean host_node_free_pages(guint node, guint page_kib, guint64 *count)
{
    guint ordinary_kib = (guint)(sysconf(_SC_PAGESIZE) / 1024);
    g_autofree char *path = g_strdup_printf(NODE_DIR "/node%u/hugepages/hugepages-%ukB/free_hugepages", node, page_kib);
    g_autofree char *text = NULL;

    if (page_kib == ordinary_kib) {
        if (!host_node_free_kib(node, count))
            return FALSE;
        *count /= ordinary_kib;
        return TRUE;
    }
    text = host_read_text(path);
    if (text)
        *count = g_ascii_strtoull(text, NULL, 10);
    return text != NULL;
}

/* Adds the size of a directory called hugepages-2048kB. */
static void add_page_size(GArray *sizes, const char *name)
{
    guint kib;

    if (sscanf(name, "hugepages-%ukB", &kib) == 1)
        g_array_append_val(sizes, kib);
}

static int compare_sizes(gconstpointer a, gconstpointer b)
{
    guint x = *(const guint *)a, y = *(const guint *)b;

    return x < y ? -1 : x > y;
}

GArray *host_node_page_sizes(guint node)
{
    g_autofree char *path = g_strdup_printf(NODE_DIR "/node%u/hugepages", node);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    guint ordinary_kib = (guint)(sysconf(_SC_PAGESIZE) / 1024);
    GArray *sizes = g_array_new(FALSE, FALSE, sizeof(guint));
    const char *name;

    g_array_append_val(sizes, ordinary_kib);
    while (dir && (name = g_dir_read_name(dir)))
        add_page_size(sizes, name);
    g_array_sort(sizes, compare_sizes);
    return sizes;
}

guint64 host_node_total_pages(guint node, guint page_kib)
{
    g_autofree char *path = g_strdup_printf(NODE_DIR "/node%u/hugepages/hugepages-%ukB/nr_hugepages", node, page_kib);
    g_autoptr(GArray) sizes = NULL;
    guint64 kib = 0;

    if (page_kib != (guint)(sysconf(_SC_PAGESIZE) / 1024))
        return host_read_number(path);
    /* Huge pages are no ordinary ones. */
    host_node_total_kib(node, &kib);
    sizes = host_node_page_sizes(node);
    for (guint i = 1; i < sizes->len; i++) {
        guint huge_kib = g_array_index(sizes, guint, i);

        kib -= MIN(kib, huge_kib * host_node_total_pages(node, huge_kib));
    }
    return kib / page_kib;
}

char *host_node_cpus(guint node)
{
    g_autofree char *path = g_strdup_printf(NODE_DIR "/node%u/cpulist", node);
    char *list = host_read_text(path);

    return list || node > 0 ? list : host_read_text(CPU_DIR "/online");
}

GArray *host_node_distances(guint node)
{
    g_autofree char *path = g_strdup_printf(NODE_DIR "/node%u/distance", node);
    g_autofree char *text = host_read_text(path);
    g_auto(GStrv) words = g_strsplit(text ? text : "", " ", -1);
    GArray *distances = g_array_new(FALSE, FALSE, sizeof(guint));

    for (char **word = words; *word; word++) {
        guint distance = (guint)g_ascii_strtoull(*word, NULL, 10);

        if (**word)
            g_array_append_val(distances, distance);
    }
    return distances;
}
