/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/process/directories.h"

#include <errno.h>

#include "common/error.h"
#include "config.h"

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
