/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest's virtual processors as threads of its QEMU, found by the names that QEMU gives them. Reads /proc only. */
#pragma once

#include <glib.h>
#include <sys/types.h>

typedef struct {
    pid_t tid; /* 0: not found */
    guint64 cpu_ns;
    guint64 delay_ns; /* runnable, but not running */
    int host_cpu;     /* where it ran last; -1 */
} VcpuStats;

/* One entry for each of n_vcpus; caller unrefs. *threads keeps where they were found (of pid_t; NULL at first; the
 * caller unrefs it in the end), so that the next time all other threads of QEMU are not looked at. */
GArray *vcpu_stats_read(pid_t pid, guint n_vcpus, GArray **threads);

/* The host's CPUs that the thread may run on: bits in size bytes. */
void vcpu_stats_affinity(pid_t tid, guint8 *map, guint size);
