/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/vcpu_stats.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Fields behind the name in /proc/PID/task/TID/stat, counted as in proc(5). */
#define STAT_FIELD(number) ((number)-3)

static void read_thread(const char *path, VcpuStats *stats)
{
    g_autofree char *file = g_strdup_printf("%s/stat", path);
    g_autofree char *text = NULL;
    g_auto(GStrv) fields = NULL;
    const char *behind_name;
    guint64 ticks;

    if (!g_file_get_contents(file, &text, NULL, NULL) || !(behind_name = strrchr(text, ')')))
        return;
    fields = g_strsplit(behind_name + 2, " ", -1);
    if (g_strv_length(fields) <= STAT_FIELD(39))
        return;
    ticks = g_ascii_strtoull(fields[STAT_FIELD(14)], NULL, 10) + g_ascii_strtoull(fields[STAT_FIELD(15)], NULL, 10);
    stats->cpu_ns = ticks * (1000000000ULL / (guint64)sysconf(_SC_CLK_TCK));
    stats->host_cpu = atoi(fields[STAT_FIELD(39)]);
}

/* The second number of schedstat: the time in the run queue. */
static guint64 read_delay(const char *path)
{
    g_autofree char *file = g_strdup_printf("%s/schedstat", path);
    g_autofree char *text = NULL;
    guint64 delay_ns;

    return g_file_get_contents(file, &text, NULL, NULL) && sscanf(text, "%*u %" G_GUINT64_FORMAT, &delay_ns) == 1
               ? delay_ns
               : 0;
}

/* The number in "CPU 3/KVM", or -1. */
static int vcpu_number(const char *path)
{
    g_autofree char *file = g_strdup_printf("%s/comm", path);
    g_autofree char *name = NULL;
    int number;

    return g_file_get_contents(file, &name, NULL, NULL) && sscanf(name, "CPU %d/", &number) == 1 ? number : -1;
}

GArray *vcpu_stats_read(pid_t pid, guint n_vcpus)
{
    g_autofree char *tasks = g_strdup_printf("/proc/%d/task", (int)pid);
    g_autoptr(GDir) dir = g_dir_open(tasks, 0, NULL);
    GArray *all = g_array_sized_new(FALSE, TRUE, sizeof(VcpuStats), n_vcpus);
    const char *name;

    g_array_set_size(all, n_vcpus);
    for (guint i = 0; i < n_vcpus; i++)
        g_array_index(all, VcpuStats, i).host_cpu = -1;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(tasks, name, NULL);
        int number = vcpu_number(path);

        if (number < 0 || (guint)number >= n_vcpus)
            continue;
        g_array_index(all, VcpuStats, number).tid = atoi(name);
        read_thread(path, &g_array_index(all, VcpuStats, number));
        g_array_index(all, VcpuStats, number).delay_ns = read_delay(path);
    }
    return all;
}

void vcpu_stats_affinity(pid_t tid, guint8 *map, guint size)
{
    cpu_set_t set;

    if (tid == 0 || sched_getaffinity(tid, sizeof(set), &set) < 0)
        return;
    for (guint i = 0; i < size * 8 && i < CPU_SETSIZE; i++)
        if (CPU_ISSET(i, &set))
            map[i / 8] |= (guint8)(1u << (i % 8));
}
