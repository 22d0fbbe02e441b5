/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/command.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/error.h"

/* How much of a failed program's words an error repeats. */
#define STDERR_MAX 1024
/* How much of its output is kept. */
#define OUTPUT_MAX (1024 * 1024)

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

static void in_bound_child(gpointer data)
{
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* It may have died before. */
    if (getppid() != GPOINTER_TO_INT(data))
        _exit(EXIT_FAILURE);
}

/* Takes in what is there now. FALSE when the writers have closed. */
static gboolean read_words(int fd, GString *out)
{
    char buffer[512];
    ssize_t n = read(fd, buffer, sizeof(buffer));

    if (n > 0)
        g_string_append_len(out, buffer, n);
    if (out->len > STDERR_MAX)
        g_string_erase(out, 0, (gssize)(out->len - STDERR_MAX));
    return n > 0 || (n < 0 && errno == EINTR);
}

/*
 * Reads the child's words until it has ended. A program that becomes a daemon keeps stderr open, so it is the child's
 * own end that counts. FALSE when time is up.
 */
static gboolean read_until_end(int end_fd, int err_fd, GString *words, gint64 deadline)
{
    struct pollfd fds[] = {{.fd = end_fd, .events = POLLIN}, {.fd = err_fd, .events = POLLIN}};

    for (;;) {
        gint64 left_ms = (deadline - g_get_monotonic_time()) / 1000;

        if (left_ms <= 0 || poll(fds, G_N_ELEMENTS(fds), (int)left_ms) == 0)
            return FALSE;
        if ((fds[1].revents & (POLLIN | POLLHUP)) && !read_words(err_fd, words))
            fds[1].fd = -1;
        else if (fds[0].revents && !(fds[1].revents & POLLIN))
            return TRUE;
    }
}

/* FALSE when the child did not end in time and was killed. */
static gboolean wait_until_end(GPid pid, int err_fd, GString *words, int timeout_ms, int *status)
{
    gint64 deadline = g_get_monotonic_time() + timeout_ms * (gint64)1000;
    int end_fd = (int)syscall(SYS_pidfd_open, pid, 0);
    gboolean in_time = end_fd >= 0 && read_until_end(end_fd, err_fd, words, deadline);

    if (end_fd >= 0)
        close(end_fd);
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

/* A descriptor that reads as text, or -1. */
static int open_text(const char *text)
{
    gsize size = strlen(text);
    int fd = memfd_create("input", MFD_CLOEXEC);

    if (fd >= 0 && (write(fd, text, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) < 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* What a child reads and how it begins; where its words go. Descriptors are the caller's; -1: none. */
typedef struct {
    int in_fd, out_fd;
    GSpawnChildSetupFunc setup;
    GString *words; /* the end of what it wrote to stderr */
} Child;

static gboolean run(const char *const *argv, const char *const *env, const Child *child, int timeout_ms, int domain,
                    GError **error)
{
    g_auto(GStrv) environment = g_get_environ();
    GSpawnFlags flags = G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD;
    g_autoptr(GError) reason = NULL;
    gboolean in_time;
    int status = 0;
    int err_fd;
    GPid pid;

    for (; env && *env; env++) {
        g_auto(GStrv) pair = g_strsplit(*env, "=", 2);
        environment = g_environ_setenv(environment, pair[0], pair[1], TRUE);
    }
    if (!g_spawn_async_with_pipes_and_fds(NULL, argv, (const char *const *)environment,
                                          child->out_fd < 0 ? flags | G_SPAWN_STDOUT_TO_DEV_NULL : flags, child->setup,
                                          GINT_TO_POINTER(getpid()), child->in_fd, child->out_fd, -1, NULL, NULL, 0,
                                          &pid, NULL, NULL, &err_fd, &reason)) {
        vir_error_set(error, domain, VIR_ERR_INTERNAL_ERROR, "cannot run %s: %s", argv[0], reason->message);
        return FALSE;
    }
    in_time = wait_until_end(pid, err_fd, child->words, timeout_ms, &status);
    close(err_fd);
    if (!in_time) {
        g_autofree char *command = describe(argv);

        vir_error_set(error, domain, VIR_ERR_INTERNAL_ERROR, "Child process (%s) did not end within %d ms", command,
                      timeout_ms);
        return FALSE;
    }
    return check_status(argv, status, child->words->str, domain, error);
}

gboolean command_run_with_input(const char *const *argv, const char *const *env, const char *input, int timeout_ms,
                                int domain, GError **error)
{
    g_autoptr(GString) words = g_string_new(NULL);
    Child child = {input ? open_text(input) : -1, -1, in_child, words};
    gboolean ok = run(argv, env, &child, timeout_ms, domain, error);

    if (child.in_fd >= 0)
        close(child.in_fd);
    return ok;
}

gboolean command_run(const char *const *argv, const char *const *env, int timeout_ms, int domain, GError **error)
{
    return command_run_with_input(argv, env, NULL, timeout_ms, domain, error);
}

gboolean command_run_bound(const char *const *argv, int timeout_ms, int domain, GError **error)
{
    g_autoptr(GString) words = g_string_new(NULL);
    Child child = {-1, -1, in_bound_child, words};

    return run(argv, NULL, &child, timeout_ms, domain, error);
}

/* What a file has, up to OUTPUT_MAX. */
static char *read_output(int fd)
{
    g_autofree char *text = g_malloc(OUTPUT_MAX + 1);
    ssize_t n = pread(fd, text, OUTPUT_MAX, 0);

    text[MAX(n, 0)] = '\0';
    return g_strdup(text);
}

gboolean command_run_output(const char *const *argv, int timeout_ms, int domain, char **output, char **words,
                            GError **error)
{
    g_autoptr(GString) said = g_string_new(NULL);
    Child child = {-1, memfd_create("output", MFD_CLOEXEC), in_child, said};
    gboolean ok = run(argv, NULL, &child, timeout_ms, domain, error);

    *output = child.out_fd >= 0 ? read_output(child.out_fd) : g_strdup("");
    if (child.out_fd >= 0)
        close(child.out_fd);
    if (words)
        *words = g_strdup(said->str);
    return ok;
}
