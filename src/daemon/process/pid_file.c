/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/process/pid_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "config.h"

/* What this process holds. */
typedef struct {
    char *path;
    int fd; /* stays open: closing any descriptor of the file would end the lock */
} Held;

static GArray *held;

static gboolean lock_file(int fd, const char *path, GError **error)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    struct flock other = lock;

    if (fcntl(fd, F_SETLK, &lock) == 0)
        return TRUE;
    if (fcntl(fd, F_GETLK, &other) < 0 || other.l_type == F_UNLCK)
        other.l_pid = 0;
    vir_error_set(error, VIR_FROM_NONE, VIR_ERR_OPERATION_FAILED, "another daemon (process %d) holds the PID file '%s'",
                  (int)other.l_pid, path);
    return FALSE;
}

/* One that ended meanwhile has taken the file with it. */
static gboolean is_still_at(int fd, const char *path)
{
    struct stat mine, there;

    return fstat(fd, &mine) == 0 && stat(path, &there) == 0 && mine.st_dev == there.st_dev &&
           mine.st_ino == there.st_ino;
}

/* The locked file, or -1. */
static int open_locked(const char *path, GError **error)
{
    for (;;) {
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

        if (fd < 0) {
            vir_error_set_errno(error, VIR_FROM_NONE, errno, "cannot open PID file '%s'", path);
            return -1;
        }
        if (!lock_file(fd, path, error)) {
            close(fd);
            return -1;
        }
        if (is_still_at(fd, path))
            return fd;
        close(fd);
    }
}

gboolean pid_file_hold(const char *path, GError **error)
{
    Held one = {.fd = open_locked(path, error)};

    if (one.fd < 0)
        return FALSE;
    if (ftruncate(one.fd, 0) < 0 || dprintf(one.fd, "%d\n", (int)getpid()) < 0) {
        vir_error_set_errno(error, VIR_FROM_NONE, errno, "cannot write PID file '%s'", path);
        close(one.fd);
        return FALSE;
    }
    one.path = g_strdup(path);
    if (!held)
        held = g_array_new(FALSE, FALSE, sizeof(Held));
    g_array_append_val(held, one);
    return TRUE;
}

gboolean pid_file_acquire(Daemon *daemon, const char *path, GError **error)
{
    g_autofree char *usual = daemon->is_privileged
                                 ? g_strdup_printf(RUNSTATEDIR "/%s.pid", daemon->driver->name)
                                 : g_strdup_printf("%s/%s.pid", daemon->run_dir, daemon->driver->name);

    return pid_file_hold(path ? path : usual, error);
}

gboolean daemon_hold_state(Daemon *daemon, const char *dir, GError **error)
{
    g_autofree char *path = g_build_filename(dir, "driver.pid", NULL);

    return pid_file_hold(path, error);
}

void pid_file_release(void)
{
    for (guint i = 0; held && i < held->len; i++) {
        Held *one = &g_array_index(held, Held, i);

        unlink(one->path);
        close(one->fd);
        g_free(one->path);
    }
    g_clear_pointer(&held, g_array_unref);
}
