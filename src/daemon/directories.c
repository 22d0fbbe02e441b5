/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/directories.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "config.h"

static char *pid_file_path;
static int pid_file_fd = -1;

static gboolean make(const char *path, mode_t mode, GError **error)
{
    if (g_mkdir_with_parents(path, mode) == 0)
        return TRUE;
    vir_error_set_errno(error, VIR_FROM_NONE, errno, "cannot create directory '%s'", path);
    return FALSE;
}

gboolean directories_make(Daemon *daemon, GError **error)
{
    if (daemon->is_privileged) {
        daemon->config_dir = g_strdup(SYSCONFDIR "/libvirt");
        daemon->run_dir = g_strdup(RUNSTATEDIR "/libvirt");
        daemon->lib_dir = g_strdup(LOCALSTATEDIR "/lib/libvirt");
        daemon->cache_dir = g_strdup(LOCALSTATEDIR "/cache/libvirt");
        daemon->log_dir = g_strdup(LOCALSTATEDIR "/log/libvirt");
        return make(daemon->config_dir, 0755, error) && make(daemon->run_dir, 0755, error) &&
               make(daemon->lib_dir, 0755, error) && make(daemon->cache_dir, 0711, error) &&
               make(daemon->log_dir, 0700, error);
    }
    daemon->config_dir = g_build_filename(g_get_user_config_dir(), "libvirt", NULL);
    daemon->run_dir = g_build_filename(g_get_user_runtime_dir(), "libvirt", NULL);
    daemon->lib_dir = g_strdup(daemon->config_dir);
    daemon->cache_dir = g_build_filename(g_get_user_cache_dir(), "libvirt", NULL);
    daemon->log_dir = g_strdup(daemon->cache_dir);
    return make(daemon->config_dir, 0700, error) && make(daemon->run_dir, 0700, error) &&
           make(daemon->cache_dir, 0700, error);
}

const char *daemon_config_dir(Daemon *daemon)
{
    return daemon->config_dir;
}

const char *daemon_run_dir(Daemon *daemon)
{
    return daemon->run_dir;
}

const char *daemon_lib_dir(Daemon *daemon)
{
    return daemon->lib_dir;
}

const char *daemon_cache_dir(Daemon *daemon)
{
    return daemon->cache_dir;
}

const char *daemon_log_dir(Daemon *daemon)
{
    return daemon->log_dir;
}

static char *usual_pid_file(const Daemon *daemon)
{
    return daemon->is_privileged ? g_strdup_printf(RUNSTATEDIR "/%s.pid", daemon->driver->name)
                                 : g_strdup_printf("%s/%s.pid", daemon->run_dir, daemon->driver->name);
}

static gboolean lock_file(int fd, const char *path, GError **error)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};

    if (fcntl(fd, F_SETLK, &lock) == 0)
        return TRUE;
    vir_error_set(error, VIR_FROM_NONE, VIR_ERR_OPERATION_FAILED, "another daemon holds the PID file '%s'", path);
    return FALSE;
}

gboolean pid_file_acquire(Daemon *daemon, const char *path, GError **error)
{
    g_autofree char *file = path ? g_strdup(path) : usual_pid_file(daemon);
    int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

    if (fd < 0) {
        vir_error_set_errno(error, VIR_FROM_NONE, errno, "cannot open PID file '%s'", file);
        return FALSE;
    }
    if (!lock_file(fd, file, error)) {
        close(fd);
        return FALSE;
    }
    if (ftruncate(fd, 0) < 0 || dprintf(fd, "%d\n", (int)getpid()) < 0) {
        vir_error_set_errno(error, VIR_FROM_NONE, errno, "cannot write PID file '%s'", file);
        close(fd);
        return FALSE;
    }
    pid_file_fd = fd; /* stays open: closing any descriptor of the file would end the lock */
    pid_file_path = g_steal_pointer(&file);
    return TRUE;
}

void pid_file_release(void)
{
    if (pid_file_fd < 0)
        return;
    unlink(pid_file_path);
    close(pid_file_fd);
    pid_file_fd = -1;
    g_clear_pointer(&pid_file_path, g_free);
}
