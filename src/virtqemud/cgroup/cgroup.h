/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The host's control groups: version 1 with a hierarchy for each controller, version 2 with one for all, version 2
 * beside some of version 1, or none. A group is named by its path in each hierarchy, and is there for those controllers
 * that the host has. See the kernel's admin-guide, cgroup-v1 and cgroup-v2.
 *
 * Errors: VIR_ERR_SYSTEM_ERROR with the file and what the kernel said; VIR_ERR_OPERATION_INVALID when the group is not
 * under the controller. For any thread: the files are the kernel's own, small and in memory.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

typedef enum { CGROUP_CPU, CGROUP_CPUACCT, CGROUP_MEMORY, CGROUP_BLKIO, CGROUP_N } CgroupController;

typedef struct CgroupHost CgroupHost;

/* What is mounted, as proc ("/proc") tells. allowed: names of controllers, NULL-terminated, that may be used; NULL:
 * all. */
CgroupHost *cgroup_host_new(const char *proc, const char *const *allowed);
void cgroup_host_free(CgroupHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CgroupHost, cgroup_host_free)

/* Whether there is any controller that may be used. */
gboolean cgroup_host_is_there(const CgroupHost *host);
/* Whether any of them is of version 2. */
gboolean cgroup_host_is_v2(const CgroupHost *host);

/* One group. */
typedef struct {
    char *dirs[CGROUP_N]; /* NULL: not under this controller */
    gboolean is_v2[CGROUP_N];
} Cgroup;
void cgroup_free(Cgroup *group);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cgroup, cgroup_free)

/* group may be NULL: under none. */
gboolean cgroup_has(const Cgroup *group, CgroupController controller);
/* The same with an error. */
gboolean cgroup_check_has(const Cgroup *group, CgroupController controller, GError **error);

/* The group of a process, whose first thread may be in one of that name inside. NULL: there is no such process. Caller
 * frees. */
Cgroup *cgroup_of(const CgroupHost *host, pid_t pid, const char *threads);

/* Makes the group path, from the top of each hierarchy, and those above it, where they are not there. A hierarchy that
 * cannot be written, as in a container, is passed over. Caller frees. */
Cgroup *cgroup_make(const CgroupHost *host, const char *path);

/* Makes a group for threads in that of their process, under the CPU controller alone. Caller frees. */
Cgroup *cgroup_make_for_threads(const Cgroup *group, const char *name);

/* Moves a process from its group of version 2, in which it is alone, to a new one inside, so that that can be under the
 * same controllers. */
gboolean cgroup_move_inside(const CgroupHost *host, pid_t pid, const char *name, GError **error);

/* Moves a process with all its threads, or one thread, into the group. */
gboolean cgroup_take_process(const Cgroup *group, pid_t pid, GError **error);
gboolean cgroup_take_thread(const Cgroup *group, pid_t tid, GError **error);

/* Removes the group path and those inside it, as far as they are empty. */
void cgroup_remove(const CgroupHost *host, const char *path);

/* The text of a file of the group. Caller frees. */
char *cgroup_read(const Cgroup *group, CgroupController controller, const char *file, GError **error);
gboolean cgroup_write(const Cgroup *group, CgroupController controller, const char *file, const char *text,
                      GError **error);
/* Whether the kernel has such a file in the group. */
gboolean cgroup_has_file(const Cgroup *group, CgroupController controller, const char *file);
