/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel's stat file of a process or thread says; see proc(5). */
#pragma once

#include <glib.h>

typedef struct {
    char name[64]; /* of the program or thread */
    guint64 user_ns, system_ns;
    guint64 start_time; /* in clock ticks since the host's boot */
    guint64 rss_kib;
    int host_cpu; /* where it ran last */
} ProcStat;

/* Reads path, "/proc/PID/stat" or "/proc/PID/task/TID/stat". FALSE when there is no such process or thread any more;
 * stat is all zero then. For any thread; never blocks. */
gboolean proc_stat_read(const char *path, ProcStat *stat);
