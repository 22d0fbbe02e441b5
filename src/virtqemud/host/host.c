/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/host/host.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "common/identifiers.h"
#include "virtqemud/host/host_file.h"
#include "virtqemud/host/host_node.h"

static void count_number(guint number, gpointer data)
{
    ++*(guint *)data;
}

static guint count_list(const char *path)
{
    g_autofree char *list = host_read_text(path);
    guint count = 0;

    host_each_number(list, count_number, &count);
    return count;
}

/* The different sockets and cores that the online CPUs are in. */
typedef struct {
    GHashTable *sockets, *cores;
} Topology;

static void note_cpu(guint cpu, gpointer data)
{
    Topology *topology = data;
    g_autofree char *socket_path = g_strdup_printf(CPU_DIR "/cpu%u/topology/physical_package_id", cpu);
    g_autofree char *core_path = g_strdup_printf(CPU_DIR "/cpu%u/topology/core_id", cpu);
    g_autofree char *socket = host_read_text(socket_path);
    g_autofree char *core = host_read_text(core_path);

    g_hash_table_add(topology->sockets, g_strdup(socket ? socket : "0"));
    g_hash_table_add(topology->cores, g_strdup_printf("%s/%s", socket ? socket : "0", core ? core : "0"));
}

static void read_topology(HostInfo *info)
{
    g_autoptr(GHashTable) sockets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) cores = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *online = host_read_text(CPU_DIR "/online");
    Topology topology = {sockets, cores};
    guint n_sockets, n_cores;

    info->cpus = 0;
    host_each_number(online, count_number, &info->cpus);
    host_each_number(online, note_cpu, &topology);
    info->cpus = MAX(info->cpus, 1);
    info->nodes = MAX(count_list(NODE_DIR "/online"), 1);
    n_sockets = MAX(g_hash_table_size(sockets), 1);
    n_cores = MAX(g_hash_table_size(cores), 1);
    info->sockets = MAX(n_sockets / info->nodes, 1);
    info->cores = MAX(n_cores / n_sockets, 1);
    info->threads = MAX(info->cpus / n_cores, 1);
    /* When this does not multiply up, clients are told one that does. */
    if (info->nodes * info->sockets * info->cores * info->threads != info->cpus) {
        info->nodes = info->sockets = info->threads = 1;
        info->cores = info->cpus;
    }
}

static void read_cpuinfo(HostInfo *info)
{
    g_autofree char *text = host_read_text("/proc/cpuinfo");
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", 64);

    for (char **line = lines; *line && **line; line++) {
        char *value = strchr(*line, ':');

        if (!value)
            continue;
        value = g_strstrip(value + 1);
        if (g_str_has_prefix(*line, "vendor_id"))
            info->vendor = g_strdup(g_str_equal(value, "AuthenticAMD")   ? "AMD"
                                    : g_str_equal(value, "GenuineIntel") ? "Intel"
                                                                         : NULL);
        else if (g_str_has_prefix(*line, "model name"))
            info->model = g_strdup(value);
        else if (g_str_has_prefix(*line, "cpu MHz"))
            info->mhz = (guint)g_ascii_strtod(value, NULL);
    }
}

void host_info_read(HostInfo *info)
{
    struct utsname name;

    *info = (HostInfo){.memory_kib = host_memory_kib("MemTotal")};
    info->arch = g_strdup(uname(&name) == 0 ? name.machine : "x86_64");
    read_topology(info);
    read_cpuinfo(info);
}

void host_info_clear(HostInfo *info)
{
    g_clear_pointer(&info->arch, g_free);
    g_clear_pointer(&info->vendor, g_free);
    g_clear_pointer(&info->model, g_free);
}

guint64 host_memory_kib(const char *key)
{
    g_autofree char *text = host_read_text("/proc/meminfo");
    g_autofree char *prefix = g_strdup_printf("%s:", key);
    const char *line = text ? strstr(text, prefix) : NULL;

    return line && (line == text || line[-1] == '\n') ? g_ascii_strtoull(line + strlen(prefix), NULL, 10) : 0;
}

gboolean host_cpu_time(int cpu, HostCpuTime *time)
{
    g_autofree char *text = host_read_text("/proc/stat");
    g_autofree char *prefix = cpu < 0 ? g_strdup("cpu ") : g_strdup_printf("cpu%d ", cpu);
    const char *line = text ? strstr(text, prefix) : NULL;
    guint64 tick_ns = 1000000000ULL / (guint64)sysconf(_SC_CLK_TCK);
    guint64 user, nice, system, idle, iowait, irq, softirq;

    if (!line || (line != text && line[-1] != '\n') ||
        sscanf(line + strlen(prefix),
               "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
               " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT,
               &user, &nice, &system, &idle, &iowait, &irq, &softirq) != 7)
        return FALSE;
    time->user = (user + nice) * tick_ns;
    time->kernel = (system + irq + softirq) * tick_ns;
    time->idle = idle * tick_ns;
    time->iowait = iowait * tick_ns;
    return TRUE;
}

static void set_bit(guint number, gpointer data)
{
    GByteArray *map = data;

    if (number / 8 < map->len)
        map->data[number / 8] |= (guint8)(1u << (number % 8));
}

guint8 *host_cpu_map(guint *n_cpus, guint *n_online)
{
    g_autofree char *online = host_read_text(CPU_DIR "/online");
    GByteArray *map = g_byte_array_new();

    *n_cpus = MAX(count_list(CPU_DIR "/present"), 1);
    *n_online = 0;
    g_byte_array_set_size(map, (*n_cpus + 7) / 8);
    memset(map->data, 0, map->len);
    host_each_number(online, set_bit, map);
    host_each_number(online, count_number, n_online);
    return g_byte_array_free(map, FALSE);
}

void host_uuid(guint8 uuid[16])
{
    static guint8 made[UUID_LEN];
    static gsize is_made;
    g_autofree char *text = host_read_text("/sys/class/dmi/id/product_uuid");

    if (text && uuid_parse(text, uuid) && uuid_is_valid(uuid))
        return;
    if (g_once_init_enter(&is_made)) {
        uuid_generate(made);
        g_once_init_leave(&is_made, 1);
    }
    memcpy(uuid, made, UUID_LEN);
}
