/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/command.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/error.h"

/* How much of a failed program's words an error repeats. */
#define STDERR_MAX 1024

static char *describe(const char *const *argv)
{
    return g_strjoinv(" ", (char **)argv);
}

/* The program leads a process group of its own, so that a signal to the daemon's does not reach what it leaves behind.
 */
static void in_child(gpointer data)
{
    setsid();
}

/* Reads until the writers have closed or time is up. FALSE when it is. */
static gboolean read_until_end(int fd, GString *out, gint64 deadline)
{
    char buffer[512];

    for (;;) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        gint64 left_ms = (deadline - g_get_monotonic_time()) / 1000;
        ssize_t n;

        if (left_ms <= 0 || poll(&ready, 1, (int)left_ms) == 0)
            return FALSE;
        n = read(fd, buffer, sizeof(buffer));
        if (n == 0 || (n < 0 && errno != EINTR))
            return TRUE;
        if (n > 0)
            g_string_append_len(out, buffer, n);
        if (out->len > STDERR_MAX)
            g_string_erase(out, 0, (gssize)(out->len - STDERR_MAX));
    }
}

/* Waits for the child's end through a pidfd. FALSE when time is up. */
static gboolean wait_until_end(GPid pid, int *status, gint64 deadline)
{
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd ended = {.fd = fd, .events = POLLIN};
    gint64 left_ms = MAX((deadline - g_get_monotonic_time()) / 1000, 0);
    gboolean in_time = fd < 0 || poll(&ended, 1, (int)left_ms) > 0;

    if (fd >= 0)
        close(fd);
    if (!in_time)
        kill(pid, SIGKILL);
    while (waitpid(pid, status, 0) < 0 && errno == EINTR)
        continue;
    return in_time;
}

static gboolean check_status(const char *const *argv, int status, const char *words, int domain, GError **error)
{
    g_autofree char *command = NULL;

    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return TRUE;
    command = describe(argv);
    if (WIFEXITED(status))
        vir_error_set(error, domain, VIR_ERR_INTERNAL_ERROR, "Child process (%s) unexpected exit status %d: %s",
                      command, WEXITSTATUS(status), words);
    else
        vir_error_set(error, domain, VIR_ERR_INTERNAL_ERROR, "Child process (%s) unexpected fatal signal %d: %s",
                      command, WTERMSIG(status), words);
    return FALSE;
}

gboolean command_run(const char *const *argv, const char *const *env, int timeout_ms, int domain, GError **error)
{
    g_auto(GStrv) environment = g_get_environ();
    g_autoptr(GString) words = g_string_new(NULL);
    g_autoptr(GError) reason = NULL;
    gint64 deadline = g_get_monotonic_time() + timeout_ms * (gint64)1000;
    gboolean in_time;
    int status = 0;
    int err_fd;
    GPid pid;

    for (; env && *env; env++) {
        g_auto(GStrv) pair = g_strsplit(*env, "=", 2);
        environment = g_environ_setenv(environment, pair[0], pair[1], TRUE);
    }
    if (!g_spawn_async_with_pipes(NULL, (char **)argv, environment,
                                  G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL,
                                  in_child, NULL, &pid, NULL, NULL, &err_fd, &reason)) {
        vir_error_set(error, domain, VIR_ERR_INTERNAL_ERROR, "cannot run %s: %s", argv[0], reason->message);
        return FALSE;
    }
    /* A program that becomes a daemon may keep stderr open: its own end is what counts. */
    in_time = wait_until_end(pid, &status, deadline);
    read_until_end(err_fd, words, in_time ? g_get_monotonic_time() + 1000 : g_get_monotonic_time());
    close(err_fd);
    if (!in_time) {
        g_autofree char *command = describe(argv);

        vir_error_set(error, domain, VIR_ERR_INTERNAL_ERROR, "Child process (%s) did not end within %d ms", command,
                      timeout_ms);
        return FALSE;
    }
    return check_status(argv, status, words->str, domain, error);
}
