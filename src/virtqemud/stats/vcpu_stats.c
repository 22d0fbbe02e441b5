/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/stats/vcpu_stats.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "virtqemud/host/pin.h"
#include "virtqemud/host/proc_stat.h"

/* The second number of schedstat: the time in the run queue. */
static guint64 read_delay(pid_t pid, pid_t tid)
{
    g_autofree char *file = g_strdup_printf("/proc/%d/task/%d/schedstat", (int)pid, (int)tid);
    g_autofree char *text = NULL;
    guint64 delay_ns;

    return g_file_get_contents(file, &text, NULL, NULL) && sscanf(text, "%*u %" G_GUINT64_FORMAT, &delay_ns) == 1
               ? delay_ns
               : 0;
}

/* FALSE: it is no thread of a processor. */
static gboolean read_thread(pid_t pid, pid_t tid, VcpuStats *stats, guint *number)
{
    char path[64];
    ProcStat stat;

    g_snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", (int)pid, (int)tid);
    if (!proc_stat_read(path, &stat) || pin_thread_kind(stat.name, number) != THREAD_VCPU)
        return FALSE;
    *stats = (VcpuStats){.tid = tid, .cpu_ns = stat.user_ns + stat.system_ns, .host_cpu = stat.host_cpu};
    return TRUE;
}

/* FALSE: one is not where it was. */
static gboolean read_known(pid_t pid, const GArray *threads, GArray *all)
{
    guint number;

    if (!threads || threads->len != all->len)
        return FALSE;
    for (guint i = 0; i < all->len; i++)
        if (!read_thread(pid, g_array_index(threads, pid_t, i), &g_array_index(all, VcpuStats, i), &number) ||
            number != i)
            return FALSE;
    return TRUE;
}

static void search_threads(pid_t pid, GArray *all)
{
    g_autofree char *tasks = g_strdup_printf("/proc/%d/task", (int)pid);
    g_autoptr(GDir) dir = g_dir_open(tasks, 0, NULL);
    const char *name;

    for (guint i = 0; i < all->len; i++)
        g_array_index(all, VcpuStats, i) = (VcpuStats){.host_cpu = -1};
    while (dir && (name = g_dir_read_name(dir))) {
        VcpuStats stats;
        guint number;

        if (read_thread(pid, atoi(name), &stats, &number) && number < all->len)
            g_array_index(all, VcpuStats, number) = stats;
    }
}

static void keep_threads(GArray **threads, const GArray *all)
{
    if (!*threads)
        *threads = g_array_new(FALSE, TRUE, sizeof(pid_t));
    g_array_set_size(*threads, all->len);
    for (guint i = 0; i < all->len; i++)
        g_array_index(*threads, pid_t, i) = g_array_index(all, VcpuStats, i).tid;
}

GArray *vcpu_stats_read(pid_t pid, guint n_vcpus, GArray **threads)
{
    GArray *all = g_array_sized_new(FALSE, TRUE, sizeof(VcpuStats), n_vcpus);

    g_array_set_size(all, n_vcpus);
    if (!read_known(pid, *threads, all)) {
        search_threads(pid, all);
        keep_threads(threads, all);
    }
    for (guint i = 0; i < n_vcpus; i++) {
        VcpuStats *stats = &g_array_index(all, VcpuStats, i);

        if (stats->tid)
            stats->delay_ns = read_delay(pid, stats->tid);
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
