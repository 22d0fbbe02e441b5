/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/host.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "common/identifiers.h"

#define CPU_DIR  "/sys/devices/system/cpu"
#define NODE_DIR "/sys/devices/system/node"

static char *read_text(const char *path)
{
    char *text = NULL;

    return g_file_get_contents(path, &text, NULL, NULL) ? g_strstrip(text) : NULL;
}

/* Calls each for the numbers of a list as the kernel writes it: "0-3,8". */
static void each_number(const char *list, void (*each)(guint number, gpointer data), gpointer data)
{
    g_auto(GStrv) ranges = g_strsplit(list ? list : "", ",", -1);

    for (char **range = ranges; *range; range++) {
        guint first, last;
        int n = sscanf(*range, "%u-%u", &first, &last);

        if (n < 1)
            continue;
        for (guint i = first; i <= (n == 2 ? last : first); i++)
            each(i, data);
    }
}

static void count_number(guint number, gpointer data)
{
    ++*(guint *)data;
}

static guint count_list(const char *path)
{
    g_autofree char *list = read_text(path);
    guint count = 0;

    each_number(list, count_number, &count);
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
    g_autofree char *socket = read_text(socket_path);
    g_autofree char *core = read_text(core_path);

    g_hash_table_add(topology->sockets, g_strdup(socket ? socket : "0"));
    g_hash_table_add(topology->cores, g_strdup_printf("%s/%s", socket ? socket : "0", core ? core : "0"));
}

static void read_topology(HostInfo *info)
{
    g_autoptr(GHashTable) sockets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) cores = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *online = read_text(CPU_DIR "/online");
    Topology topology = {sockets, cores};
    guint n_sockets, n_cores;

    info->cpus = 0;
    each_number(online, count_number, &info->cpus);
    each_number(online, note_cpu, &topology);
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
    g_autofree char *text = read_text("/proc/cpuinfo");
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
    g_autofree char *text = read_text("/proc/meminfo");
    g_autofree char *prefix = g_strdup_printf("%s:", key);
    const char *line = text ? strstr(text, prefix) : NULL;

    return line && (line == text || line[-1] == '\n') ? g_ascii_strtoull(line + strlen(prefix), NULL, 10) : 0;
}

/* ---- memory nodes ---- */

static void add_number(guint number, gpointer data)
{
    g_array_append_val((GArray *)data, number);
}

GArray *host_nodes(void)
{
    GArray *nodes = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autofree char *online = read_text(NODE_DIR "/online");

    each_number(online, add_number, nodes);
    if (nodes->len == 0)
        add_number(0, nodes);
    return nodes;
}

gboolean host_node_free_kib(guint node, guint64 *free_kib)
{
    g_autofree char *path = g_strdup_printf(NODE_DIR "/node%u/meminfo", node);
    g_autofree char *text = read_text(path);
    const char *line = text ? strstr(text, "MemFree:") : NULL;

    if (!line && (node > 0 || g_file_test(NODE_DIR "/online", G_FILE_TEST_EXISTS)))
        return FALSE;
    *free_kib = line ? g_ascii_strtoull(line + strlen("MemFree:"), NULL, 10) : host_memory_kib("MemFree");
    return TRUE;
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
    text = read_text(path);
    if (text)
        *count = g_ascii_strtoull(text, NULL, 10);
    return text != NULL;
}

gboolean host_cpu_time(int cpu, HostCpuTime *time)
{
    g_autofree char *text = read_text("/proc/stat");
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
    g_autofree char *online = read_text(CPU_DIR "/online");
    GByteArray *map = g_byte_array_new();

    *n_cpus = MAX(count_list(CPU_DIR "/present"), 1);
    *n_online = 0;
    g_byte_array_set_size(map, (*n_cpus + 7) / 8);
    memset(map->data, 0, map->len);
    each_number(online, set_bit, map);
    each_number(online, count_number, n_online);
    return g_byte_array_free(map, FALSE);
}

void host_uuid(guint8 uuid[16])
{
    static guint8 made[UUID_LEN];
    g_autofree char *text = read_text("/sys/class/dmi/id/product_uuid");

    if (text && uuid_parse(text, uuid) && uuid_is_valid(uuid))
        return;
    if (uuid_is_nil(made))
        uuid_generate(made);
    memcpy(uuid, made, UUID_LEN);
}
