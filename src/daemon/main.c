/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A daemon from its first line to its last. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "common/journal.h"
#include "common/log.h"
#include "common/notify.h"
#include "common/open_vswitch.h"
#include "config.h"
#include "daemon/admin/admin.h"
#include "daemon/listen/sockets.h"
#include "daemon/loop_post.h"
#include "daemon/process/background.h"
#include "daemon/process/directories.h"
#include "daemon/process/options.h"
#include "daemon/process/pid_file.h"
#include "daemon/routing/autostart.h"
#include "daemon/routing/router.h"

gboolean daemon_is_privileged(Daemon *daemon)
{
    return daemon->is_privileged;
}

/* The daemon's own handlers over the driver's. Both tables are nothing but pointers to functions. */
static void merge_handlers(Daemon *daemon)
{
    gpointer *merged = (gpointer *)&daemon->remote;
    const gpointer *own = (const gpointer *)&daemon_remote_handlers;

    if (daemon->driver->remote)
        daemon->remote = *daemon->driver->remote;
    for (gsize i = 0; i < sizeof(RemoteHandlers) / sizeof(gpointer); i++)
        if (own[i])
            merged[i] = own[i];
    if (daemon->driver->is_router)
        daemon->remote.connect_open = router_connect_open;
}

static void make_servers(Daemon *daemon)
{
    merge_handlers(daemon);
    daemon->server = daemon_server_new(daemon, daemon->driver->name, &daemon->settings.limits);
    daemon_server_add_program(daemon->server, &rpc_program_remote, &daemon->remote);
    for (const DaemonProgram *program = daemon->driver->programs; program && program->program; program++)
        daemon_server_add_program(daemon->server, program->program, program->handlers);
    daemon->admin = daemon_server_new(daemon, "admin", &daemon->settings.admin_limits);
    daemon_server_add_program(daemon->admin, &rpc_program_admin, &daemon_admin_handlers);
}

/* Where messages go when nothing says where. */
static void set_default_output(Daemon *daemon, const DaemonOptions *options)
{
    g_autofree char *output = NULL;

    if (journal_is_present() && (options->is_daemon || g_getenv("JOURNAL_STREAM")))
        output = g_strdup("journald");
    else if (!options->is_daemon)
        output = g_strdup("stderr");
    else if (daemon->is_privileged)
        output = g_strdup_printf("syslog:%s", daemon->driver->name);
    else
        output = g_strdup_printf("file:%s/%s.log", daemon->log_dir, daemon->driver->name);
    log_set_default_output(output);
}

static gboolean parse_level_variable(const char *text, int *level)
{
    static const char *const names[] = {"", "debug", "info", "warning", "error"};

    for (int i = 1; text && i < (int)G_N_ELEMENTS(names); i++) {
        if (strcmp(text, names[i]) == 0 || (text[0] == '0' + i && !text[1])) {
            *level = i;
            return TRUE;
        }
    }
    return FALSE;
}

/* The environment, which whoever starts a daemon by hand sets, comes before the file. */
/* Those that hold for the whole process. */
static gboolean apply_settings(Daemon *daemon, GError **error)
{
    const char *filters = g_getenv("LIBVIRT_LOG_FILTERS");
    const char *outputs = g_getenv("LIBVIRT_LOG_OUTPUTS");
    int level = daemon->settings.log_level;

    if (!parse_level_variable(g_getenv("LIBVIRT_DEBUG"), &level) && daemon->is_verbose && level > LOG_LEVEL_INFO)
        level = LOG_LEVEL_INFO;
    ovs_set_timeout(daemon->settings.ovs_timeout_s);
    return log_set_level(level, error) && log_set_filters(filters ? filters : daemon->settings.log_filters, error) &&
           log_set_outputs(outputs ? outputs : daemon->settings.log_outputs, error);
}

/* Reads the configuration into settings and file; both are the caller's to keep or to drop. */
static gboolean read_configuration(Daemon *daemon, DaemonSettings *settings, ConfigFile **file, GError **error)
{
    g_autoptr(ConfigFile) loaded = config_file_load(daemon->config_path, daemon->config_must_exist, error);

    settings_init(settings, daemon->is_privileged);
    if (!loaded || !settings_read(settings, loaded, daemon->driver->has_tcp, daemon->driver->config_keys, error)) {
        settings_clear(settings);
        return FALSE;
    }
    *file = g_steal_pointer(&loaded);
    return TRUE;
}

static void reload_failed(const GError *error)
{
    g_autofree char *message = vir_error_message(error);

    log_error("the configuration stays as it was: %s", message);
}

void daemon_reload(Daemon *daemon)
{
    g_autoptr(GError) error = NULL;
    DaemonSettings settings;
    ConfigFile *file;

    log_reopen();
    if (!read_configuration(daemon, &settings, &file, &error)) {
        reload_failed(error);
        return;
    }
    settings_clear(&daemon->settings);
    config_file_free(daemon->config);
    daemon->settings = settings;
    daemon->config = file;
    if (!apply_settings(daemon, &error))
        reload_failed(error);
    daemon->server->limits = settings.limits;
    daemon->admin->limits = settings.admin_limits;
    daemon_server_update(daemon->server);
    daemon_server_update(daemon->admin);
    if (daemon->driver->reload)
        daemon->driver->reload(daemon);
    log_info("the configuration has been read again");
}

static gboolean configure(Daemon *daemon, const DaemonOptions *options, GError **error)
{
    daemon->is_verbose = options->is_verbose;
    daemon->config_must_exist = options->config != NULL;
    daemon->config_path = options->config ? g_canonicalize_filename(options->config, NULL)
                                          : g_strdup_printf("%s/%s.conf", daemon->config_dir, daemon->driver->name);
    set_default_output(daemon, options);
    return read_configuration(daemon, &daemon->settings, &daemon->config, error) && apply_settings(daemon, error);
}

static gboolean daemon_start(Daemon *daemon, const DaemonOptions *options, GError **error)
{
    if (!directories_make(daemon, error) || !configure(daemon, options, error) ||
        !pid_file_acquire(daemon, options->pid_file, error))
        return FALSE;
    make_servers(daemon);
    daemon_watch_signals(daemon);
    if (!sockets_make(daemon, error))
        return FALSE;
    if (daemon->driver->start && !daemon->driver->start(daemon, error))
        return FALSE;
    daemon_server_start(daemon->server);
    daemon_server_start(daemon->admin);
    daemon_set_idle_timeout(daemon, options->timeout);
    return TRUE;
}

static void daemon_stop(Daemon *daemon)
{
    daemon->is_stopping = TRUE;
    notify_state("STOPPING=1");
    autostart_stop();
    daemon_server_free(daemon->server);
    daemon_server_free(daemon->admin);
    if (daemon->driver->stop)
        daemon->driver->stop(daemon);
    if (daemon->workers)
        g_thread_pool_free(daemon->workers, FALSE, TRUE);
    daemon_unwatch_signals();
    pid_file_release();
}

static int daemon_run(Daemon *daemon, const DaemonOptions *options)
{
    g_autoptr(GError) error = NULL;

    daemon->loop = g_main_loop_new(NULL, FALSE);
    daemon->poll = poll_set_get();
    loop_post_init();
    if (!daemon_start(daemon, options, &error)) {
        g_autofree char *message = vir_error_message(error);

        log_error("cannot start: %s", message);
        daemon_stop(daemon);
        return EXIT_FAILURE;
    }
    background_ready();
    notify_state("READY=1");
    g_main_loop_run(daemon->loop);
    daemon_stop(daemon);
    return EXIT_SUCCESS;
}

/* As many descriptors as we may have: the usual limit is far below max_clients. */
static void raise_file_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int daemon_main(const DaemonDriver *driver, int argc, char **argv)
{
    static Daemon daemon; /* lives as long as the process */
    DaemonOptions options = {0};
    int status = daemon_options_parse(&options, driver->name, argc, argv);

    if (status < 0) {
        g_set_prgname(driver->name);
        daemon.driver = driver;
        daemon.is_privileged = geteuid() == 0 && !options.is_session;
        umask(daemon.is_privileged ? 0022 : 0077);
        raise_file_limit();
        if (options.is_daemon)
            background_enter();
        status = daemon_run(&daemon, &options);
    }
    daemon_options_clear(&options);
    return status;
}
