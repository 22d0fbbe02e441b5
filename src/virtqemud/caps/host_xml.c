/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/caps/host_xml.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/identifiers.h"
#include "conf/xml_table.h"
#include "virtqemud/caps/cpu_xml.h"
#include "virtqemud/driver.h"
#include "virtqemud/host/host.h"
#include "virtqemud/host/host_file.h"
#include "virtqemud/host/host_node.h"

#define IOMMU_GROUPS "/sys/kernel/iommu_groups"

/* ---- what the host's machine can do ---- */

static void write_iommu(XmlWriter *xml)
{
    g_autoptr(GDir) groups = g_dir_open(IOMMU_GROUPS, 0, NULL);

    xml_open(xml, "iommu");
    xml_write_attribute(xml, "support", groups && g_dir_read_name(groups) ? "yes" : "no");
    xml_close(xml);
}

/* No way of suspending the host is offered. */
static void write_power_management(XmlWriter *xml)
{
    xml_open(xml, "power_management");
    xml_close(xml);
}

/* ---- memory nodes ---- */

static void write_memory(XmlWriter *xml, guint node)
{
    g_autoptr(GArray) sizes = host_node_page_sizes(node);
    guint64 kib = 0;

    host_node_total_kib(node, &kib);
    xml_size_write(xml, "memory", "KiB", kib);
    for (guint i = 0; i < sizes->len; i++) {
        guint page_kib = g_array_index(sizes, guint, i);

        xml_open(xml, "pages");
        xml_write_attribute(xml, "unit", "KiB");
        xml_write_attributef(xml, "size", "%u", page_kib);
        xml_write_textf(xml, "%" G_GUINT64_FORMAT, host_node_total_pages(node, page_kib));
        xml_close(xml);
    }
}

static void write_distances(XmlWriter *xml, guint node, const GArray *nodes)
{
    g_autoptr(GArray) distances = host_node_distances(node);

    if (distances->len != nodes->len)
        return;
    xml_open(xml, "distances");
    for (guint i = 0; i < nodes->len; i++) {
        xml_open(xml, "sibling");
        xml_write_attributef(xml, "id", "%u", g_array_index(nodes, guint, i));
        xml_write_attributef(xml, "value", "%u", g_array_index(distances, guint, i));
        xml_close(xml);
    }
    xml_close(xml);
}

/* The file of a processor's topology, or NULL. Caller frees. */
static char *cpu_topology(guint cpu, const char *file)
{
    g_autofree char *path = g_strdup_printf(CPU_DIR "/cpu%u/topology/%s", cpu, file);

    return host_read_text(path);
}

static void write_one_cpu(guint cpu, gpointer data)
{
    static const char *const ids[][2] = {{"socket_id", "physical_package_id"},
                                         {"die_id", "die_id"},
                                         {"core_id", "core_id"},
                                         {"siblings", "thread_siblings_list"}};
    XmlWriter *xml = data;

    xml_open(xml, "cpu");
    xml_write_attributef(xml, "id", "%u", cpu);
    for (gsize i = 0; i < G_N_ELEMENTS(ids); i++) {
        g_autofree char *value = cpu_topology(cpu, ids[i][1]);

        xml_write_attribute(xml, ids[i][0], value);
    }
    xml_close(xml);
}

static void count(guint cpu, gpointer data)
{
    ++*(guint *)data;
}

static void write_cell(XmlWriter *xml, guint node, const GArray *nodes)
{
    g_autofree char *cpus = host_node_cpus(node);
    guint n_cpus = 0;

    host_each_number(cpus, count, &n_cpus);
    xml_open(xml, "cell");
    xml_write_attributef(xml, "id", "%u", node);
    write_memory(xml, node);
    write_distances(xml, node, nodes);
    xml_open(xml, "cpus");
    xml_write_attributef(xml, "num", "%u", n_cpus);
    host_each_number(cpus, write_one_cpu, xml);
    xml_close(xml);
    xml_close(xml);
}

static void write_cells(XmlWriter *xml)
{
    g_autoptr(GArray) nodes = host_nodes();

    xml_open(xml, "topology");
    xml_open(xml, "cells");
    xml_write_attributef(xml, "num", "%u", nodes->len);
    for (guint i = 0; i < nodes->len; i++)
        write_cell(xml, g_array_index(nodes, guint, i), nodes);
    xml_close(xml);
    xml_close(xml);
}

/* ---- caches ---- */

#define SHARED_LEVEL 3 /* of caches that several processors share, which is what clients want to know */

static char *cache_file(guint cpu, const char *file)
{
    g_autofree char *path = g_strdup_printf(CPU_DIR "/cpu%u/cache/index%d/%s", cpu, SHARED_LEVEL, file);

    return host_read_text(path);
}

typedef struct {
    XmlWriter *xml;
    GHashTable *seen; /* ids */
} Banks;

static void write_bank(guint cpu, gpointer data)
{
    Banks *banks = data;
    g_autofree char *id = cache_file(cpu, "id");
    g_autofree char *size = cache_file(cpu, "size");
    g_autofree char *cpus = cache_file(cpu, "shared_cpu_list");
    guint64 kib = size ? g_ascii_strtoull(size, NULL, 10) : 0;
    gboolean in_mib = kib >= 1024 && kib % 1024 == 0;

    if (!id || !kib || !g_hash_table_add(banks->seen, g_strdup(id)))
        return;
    xml_open(banks->xml, "bank");
    xml_write_attribute(banks->xml, "id", id);
    xml_write_attributef(banks->xml, "level", "%d", SHARED_LEVEL);
    xml_write_attribute(banks->xml, "type", "both");
    xml_write_attributef(banks->xml, "size", "%" G_GUINT64_FORMAT, in_mib ? kib / 1024 : kib);
    xml_write_attribute(banks->xml, "unit", in_mib ? "MiB" : "KiB");
    xml_write_attribute(banks->xml, "cpus", cpus);
    xml_close(banks->xml);
}

static void write_caches(XmlWriter *xml)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *online = host_read_text(CPU_DIR "/online");
    Banks banks = {xml, seen};

    if (access(CPU_DIR "/cpu0/cache/index3", F_OK) < 0)
        return;
    xml_open(xml, "cache");
    host_each_number(online, write_bank, &banks);
    xml_close(xml);
}

/* ---- what guards guests ---- */

static void write_base_label(XmlWriter *xml, const char *type)
{
    uid_t uid = driver.qemu_user ? driver.qemu_user->uid : geteuid();
    gid_t gid = driver.qemu_user ? driver.qemu_user->gid : getegid();

    xml_open(xml, "baselabel");
    xml_write_attribute(xml, "type", type);
    xml_write_textf(xml, "+%u:+%u", uid, gid);
    xml_close(xml);
}

static void write_security_model(XmlWriter *xml, const char *name, gboolean has_labels)
{
    xml_open(xml, "secmodel");
    xml_write_element(xml, "model", name);
    xml_write_element(xml, "doi", "0");
    if (has_labels) {
        write_base_label(xml, "kvm");
        write_base_label(xml, "qemu");
    }
    xml_close(xml);
}

void host_xml_write(XmlWriter *xml)
{
    char text[UUID_TEXT_LEN];
    guint8 uuid[UUID_LEN];
    HostInfo info;

    host_info_read(&info);
    host_uuid(uuid);
    uuid_format(uuid, text);
    xml_open(xml, "host");
    xml_write_element(xml, "uuid", text);
    cpu_xml_write_host(xml, &info);
    write_power_management(xml);
    write_iommu(xml);
    write_cells(xml);
    write_caches(xml);
    write_security_model(xml, "none", FALSE);
    if (driver.is_privileged)
        write_security_model(xml, "dac", TRUE);
    xml_close(xml);
    host_info_clear(&info);
}
