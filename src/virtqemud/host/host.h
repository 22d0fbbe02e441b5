/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* This host, from /proc and /sys. Reads files that the kernel makes at once, so it may be called anywhere. */
#pragma once

#include <glib.h>

typedef struct {
    char *arch;   /* "x86_64" */
    char *vendor; /* "AMD", "Intel", or NULL */
    char *model;  /* the processor's own name */
    guint64 memory_kib;
    guint cpus; /* online */
    guint mhz;
    guint nodes, sockets, cores, threads; /* per node, per socket, per core */
} HostInfo;

void host_info_read(HostInfo *info);
void host_info_clear(HostInfo *info);

/* One line of /proc/meminfo in KiB ("MemFree"); 0 when it is not there. */
guint64 host_memory_kib(const char *key);

/* CPU time since the host's start in nanoseconds, of one CPU or (cpu -1) all. FALSE when there is no such CPU. */
typedef struct {
    guint64 user, kernel, idle, iowait;
} HostCpuTime;
gboolean host_cpu_time(int cpu, HostCpuTime *time);

/* Which CPUs there are: bytes of a bit map, least significant first; *n_cpus bits of it count. Those that are online.
 * Caller frees. */
guint8 *host_cpu_map(guint *n_cpus, guint *n_online);

/* A UUID that is this host's: the firmware's, else one made for this process. */
void host_uuid(guint8 uuid[16]);
