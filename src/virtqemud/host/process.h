/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest's QEMU as a process of the system: begun in two steps, recognised again after this daemon was restarted,
 * ended, and its end noticed at once. It lives in a session of its own and outlives the daemon.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

#include "daemon/poll.h"
#include "virtqemud/command/command.h"

typedef struct Process Process;

/* Whom a process runs as, and the groups it is in. */
typedef struct {
    uid_t uid;
    gid_t gid;
    gid_t *groups;
    guint n_groups;
} ProcessUser;
void process_user_free(ProcessUser *user);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProcessUser, process_user_free)

typedef enum {
    PROCESS_OUTLIVES, /* a guest's: it goes on without the daemon */
    PROCESS_BOUND,    /* a question's: it is killed with the thread that began it */
} ProcessLifetime;

typedef struct {
    const char *const *argv;
    const char *const *env; /* NAME=VALUE; nothing of the daemon's own environment is passed on */
    int log_fd;             /* its standard output and error */
    const int *fds;         /* kept open in it, under the same numbers; borrowed */
    guint n_fds;
    const ProcessUser *user; /* borrowed; NULL: the daemon's own */
    ProcessLifetime lifetime;
    gboolean keeps_rawio; /* with a user: it may send SCSI commands all the same */
} ProcessSpec;

/*
 * Forks. The child waits before it becomes argv[0], so that its pid can be written down first: no QEMU runs that no
 * state file tells of. If the daemon dies in between, the child ends. NULL: VIR_ERR_SYSTEM_ERROR. For any thread.
 */
Process *process_prepare(const ProcessSpec *spec, GError **error);

/* The same for a finished command line, with the descriptors that it passes on. */
Process *process_prepare_command(const Command *command, int log_fd, const ProcessUser *user, ProcessLifetime lifetime,
                                 GError **error);

/* Lets the child become the program. Blocks until it has. FALSE: VIR_ERR_SYSTEM_ERROR with the reason ("cannot execute
 * binary /usr/bin/x"); it has been reaped then. For any thread. */
gboolean process_go(Process *process, GError **error);

/* The running process pid, if it began at start_time (as from process_start_time), else NULL. */
Process *process_adopt(pid_t pid, guint64 start_time);

/* The last reference: forgets the process, which goes on; one that was prepared only is ended. NULL is fine. */
Process *process_ref(Process *process);
void process_unref(Process *process);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Process, process_unref)

pid_t process_pid(const Process *process);
/* When it began, in clock ticks since the machine did; with the pid it names a process for good. */
guint64 process_start_time(const Process *process);

/* status is wait(2)'s, or -1 when the process is not this daemon's child. */
typedef void (*ProcessExited)(int status, gpointer data);

/* Has exited called once on the loop when the process is gone, and reaps it. For the loop. */
void process_watch(Process *process, PollSet *polls, ProcessExited exited, gpointer data);
/* Ends the watch. For the loop. */
void process_unwatch(Process *process);

/* Leaves a helper to itself: nobody waits for its end, but it is reaped. For any thread but the loop. */
void process_leave(Process *process);

/* Sends a signal; to a process that is gone already it does nothing. For any thread. */
void process_signal(Process *process, int signum);

/* CPU time used so far, and resident memory. FALSE when the process is gone; usage is all zero then. For any thread. */
typedef struct {
    guint64 user_ns, system_ns, rss_kib;
} ProcessUsage;
gboolean process_usage(pid_t pid, ProcessUsage *usage);
