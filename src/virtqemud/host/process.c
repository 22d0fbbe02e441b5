/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/host/process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "daemon/loop_post.h"
#include "virtqemud/host/proc_stat.h"

struct Process {
    gint refs;
    pid_t pid;
    guint64 start_time;
    int pidfd;
    int handshake; /* to a child that waits; -1 once it went on */
    char *program;
    PollItem *poll;
    ProcessExited exited;
    gpointer data;
};

static gboolean read_stat(pid_t pid, ProcStat *stat)
{
    char path[64];

    g_snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    return proc_stat_read(path, stat);
}

static guint64 read_start_time(pid_t pid)
{
    ProcStat stat;

    return read_stat(pid, &stat) ? stat.start_time : 0;
}

gboolean process_usage(pid_t pid, ProcessUsage *usage)
{
    ProcStat stat;
    gboolean is_there = read_stat(pid, &stat);

    *usage = (ProcessUsage){stat.user_ns, stat.system_ns, stat.rss_kib};
    return is_there;
}

void process_user_free(ProcessUser *user)
{
    if (!user)
        return;
    g_free(user->groups);
    g_free(user);
}

/* ---- the child: async-signal-safe functions only ---- */

static void child_fail(int handshake)
{
    int errnum = errno;

    if (write(handshake, &errnum, sizeof(errnum)) < 0)
        _exit(126);
    _exit(127);
}

/* Closes all descriptors from 3 on but those in keep, which is sorted. At once and not only when the program begins: a
 * child that waits must not keep the daemon's sockets alive beyond the daemon. */
static void close_others(const int *keep, guint n_keep)
{
    unsigned int first = 3;

    for (guint i = 0; i < n_keep; i++) {
        if ((unsigned int)keep[i] > first)
            close_range(first, (unsigned int)keep[i] - 1, 0);
        first = MAX(first, (unsigned int)keep[i] + 1);
    }
    close_range(first, ~0U, 0);
}

/* Of all capabilities only this one, which the program that is begun keeps as well. */
static gboolean keep_rawio(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {
        {1u << CAP_SYS_RAWIO, 1u << CAP_SYS_RAWIO, 1u << CAP_SYS_RAWIO}};

    return syscall(SYS_capset, &header, data) == 0 &&
           prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_RAWIO, 0, 0) == 0;
}

/* For good: with the user go all capabilities. */
static gboolean become(const ProcessUser *user, gboolean keeps_rawio)
{
    if (keeps_rawio && prctl(PR_SET_KEEPCAPS, 1) < 0)
        return FALSE;
    return setgroups(user->n_groups, user->groups) == 0 && setresgid(user->gid, user->gid, user->gid) == 0 &&
           setresuid(user->uid, user->uid, user->uid) == 0 && (!keeps_rawio || keep_rawio());
}

/* FALSE: the parent has gone already, and no signal will come. */
static gboolean end_with(pid_t parent)
{
    return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent;
}

static void child_run(const ProcessSpec *spec, const int *keep, guint n_keep, int null_fd, int handshake, pid_t parent)
{
    sigset_t none;
    char go;

    setsid();
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int i = 1; i < NSIG; i++)
        signal(i, SIG_DFL);
    umask(0022);
    if (spec->user && !become(spec->user, spec->keeps_rawio))
        child_fail(handshake);
    /* After the change of user, which would undo it. */
    if (spec->lifetime == PROCESS_BOUND && !end_with(parent))
        _exit(0);
    if (chdir("/") < 0 || dup2(null_fd, 0) < 0 || dup2(spec->log_fd, 1) < 0 || dup2(spec->log_fd, 2) < 0)
        child_fail(handshake);
    close_others(keep, n_keep);
    for (guint i = 0; i < spec->n_fds; i++)
        fcntl(spec->fds[i], F_SETFD, 0);
    if (read(handshake, &go, 1) != 1)
        _exit(0);
    execve(spec->argv[0], (char *const *)spec->argv, (char *const *)spec->env);
    child_fail(handshake);
}

/* ---- the parent ---- */

static int compare_fds(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

Process *process_prepare(const ProcessSpec *spec, GError **error)
{
    g_autofree int *keep = g_new(int, spec->n_fds + 1);
    int pair[2];
    int null_fd;
    pid_t parent = getpid(), pid;
    Process *process;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        vir_error_set_errno(error, VIR_FROM_QEMU, errno, "cannot create a socket pair");
        return NULL;
    }
    for (guint i = 0; i < spec->n_fds; i++)
        keep[i] = spec->fds[i];
    keep[spec->n_fds] = pair[1];
    qsort(keep, spec->n_fds + 1, sizeof(int), compare_fds);
    null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    pid = null_fd >= 0 ? fork() : -1;
    if (pid == 0) {
        close(pair[0]);
        child_run(spec, keep, spec->n_fds + 1, null_fd, pair[1], parent);
    }
    if (pid < 0)
        vir_error_set_errno(error, VIR_FROM_QEMU, errno, "cannot fork child process");
    close(pair[1]);
    if (null_fd >= 0)
        close(null_fd);
    if (pid < 0) {
        close(pair[0]);
        return NULL;
    }
    process = g_new0(Process, 1);
    *process = (Process){.refs = 1,
                         .pid = pid,
                         .start_time = read_start_time(pid),
                         .pidfd = pidfd_open(pid, 0),
                         .handshake = pair[0],
                         .program = g_strdup(spec->argv[0])};
    return process;
}

Process *process_prepare_command(const Command *command, int log_fd, const ProcessUser *user, ProcessLifetime lifetime,
                                 GError **error)
{
    const ProcessSpec spec = {.argv = (const char *const *)command->argv->pdata,
                              .env = (const char *const *)command->env->pdata,
                              .log_fd = log_fd,
                              .fds = (const int *)command->fds->data,
                              .n_fds = command->fds->len,
                              .user = user,
                              .lifetime = lifetime,
                              .keeps_rawio = command->keeps_rawio};

    return process_prepare(&spec, error);
}

static void end_handshake(Process *process)
{
    if (process->handshake >= 0)
        close(process->handshake);
    process->handshake = -1;
}

gboolean process_go(Process *process, GError **error)
{
    int errnum = 0;
    gssize n;

    if (send(process->handshake, "g", 1, MSG_NOSIGNAL) != 1)
        errnum = errno;
    else
        /* The other end closes when the program begins. */
        do
            n = read(process->handshake, &errnum, sizeof(errnum));
        while (n < 0 && errno == EINTR);
    end_handshake(process);
    if (errnum == 0)
        return TRUE;
    waitpid(process->pid, NULL, 0);
    vir_error_set_errno(error, VIR_FROM_QEMU, errnum, "cannot execute binary %s", process->program);
    return FALSE;
}

/* Whether it has ended in time; perhaps only nobody has waited for it yet. */
static gboolean has_ended(int pidfd, int timeout_ms)
{
    struct pollfd item = {.fd = pidfd, .events = POLLIN};

    return poll(&item, 1, timeout_ms) > 0;
}

Process *process_adopt(pid_t pid, guint64 start_time)
{
    int pidfd = pid > 0 ? pidfd_open(pid, 0) : -1;
    Process *process;

    if (pidfd < 0)
        return NULL;
    /* Asked after the descriptor is open: from here on the pid cannot be given to another process unnoticed. */
    if (read_start_time(pid) != start_time || has_ended(pidfd, 0)) {
        close(pidfd);
        return NULL;
    }
    process = g_new0(Process, 1);
    *process = (Process){.refs = 1, .pid = pid, .start_time = start_time, .pidfd = pidfd, .handshake = -1};
    return process;
}

Process *process_ref(Process *process)
{
    g_atomic_int_inc(&process->refs);
    return process;
}

void process_unref(Process *process)
{
    if (!process || !g_atomic_int_dec_and_test(&process->refs))
        return;
    g_assert(!process->poll);
    if (process->handshake >= 0) {
        end_handshake(process);
        waitpid(process->pid, NULL, 0);
    }
    if (process->pidfd >= 0)
        close(process->pidfd);
    g_free(process->program);
    g_free(process);
}

pid_t process_pid(const Process *process)
{
    return process->pid;
}

guint64 process_start_time(const Process *process)
{
    return process->start_time;
}

static void on_exit_ready(guint32 events, gpointer data)
{
    Process *process = data;
    int status = -1;

    poll_remove(g_steal_pointer(&process->poll));
    if (waitpid(process->pid, &status, WNOHANG) != process->pid)
        status = -1;
    process->exited(status, process->data);
}

void process_watch(Process *process, PollSet *polls, ProcessExited exited, gpointer data)
{
    process->exited = exited;
    process->data = data;
    process->poll = poll_add(polls, process->pidfd, EPOLLIN, on_exit_ready, process);
}

void process_unwatch(Process *process)
{
    poll_remove(g_steal_pointer(&process->poll));
}

void process_signal(Process *process, int signum)
{
    pidfd_send_signal(process->pidfd, signum, NULL, 0);
}

static void on_left_end(int status, gpointer data)
{
    log_debug("process %d has ended with status %d", (int)process_pid(data), status);
    process_unref(data);
}

static void watch_left(gpointer process)
{
    process_watch(process, poll_set_get(), on_left_end, process);
}

void process_leave(Process *process)
{
    loop_call(watch_left, process_ref(process));
}
