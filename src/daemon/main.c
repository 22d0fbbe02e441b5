/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A daemon from its first line to its last. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "config.h"
#include "daemon/background.h"
#include "daemon/client.h"
#include "daemon/directories.h"
#include "daemon/listen.h"
#include "daemon/options.h"

#define WORKERS_MAX 8

/* --- signals: the handler wakes the loop, which does the work ------------------------------------------------------
 */

static int signal_fd = -1;
static volatile sig_atomic_t hangup_came;
static volatile sig_atomic_t end_came;

static void on_signal(int number)
{
    guint64 one = 1;
    int saved_errno = errno;

    if (number == SIGHUP)
        hangup_came = 1;
    else
        end_came = 1;
    if (write(signal_fd, &one, sizeof(one)) < 0)
        errno = saved_errno; /* full: the loop wakes anyway */
    errno = saved_errno;
}

static void on_signal_fd(guint32 events, gpointer data)
{
    Daemon *daemon = data;
    guint64 count;

    if (read(signal_fd, &count, sizeof(count)) < 0)
        return;
    if (hangup_came) {
        hangup_came = 0;
        log_info("reloading");
        log_reopen();
        if (daemon->driver->reload)
            daemon->driver->reload(daemon);
    }
    if (end_came)
        daemon_quit(daemon);
}

/* Handlers rather than a signalfd: that needs blocked signals, which every child process would inherit. */
static void watch_signals(Daemon *daemon)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    signal_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    poll_add(daemon->poll, signal_fd, EPOLLIN, on_signal_fd, daemon);
    sigaction(SIGHUP, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
}

/* --- the idle exit --------------------------------------------------------------------------------------------------
 */

static gboolean is_idle(const Daemon *daemon)
{
    return daemon->server->clients.length == 0 && daemon->admin->clients.length == 0;
}

static gboolean on_idle_timer(gpointer data)
{
    Daemon *daemon = data;

    if (daemon->driver->is_busy && daemon->driver->is_busy(daemon))
        return G_SOURCE_CONTINUE;
    daemon->idle_timer = 0;
    log_info("nobody has needed this daemon for %u seconds", daemon->idle_timeout);
    daemon_quit(daemon);
    return G_SOURCE_REMOVE;
}

void daemon_update_idle(Daemon *daemon)
{
    gboolean shall_wait = daemon->idle_timeout > 0 && !daemon->is_stopping && is_idle(daemon);

    if (shall_wait && !daemon->idle_timer)
        daemon->idle_timer = g_timeout_add_seconds(daemon->idle_timeout, on_idle_timer, daemon);
    else if (!shall_wait && daemon->idle_timer)
        g_clear_handle_id(&daemon->idle_timer, g_source_remove);
}

void daemon_set_idle_timeout(Daemon *daemon, guint seconds)
{
    daemon->idle_timeout = seconds;
    if (daemon->idle_timer)
        g_clear_handle_id(&daemon->idle_timer, g_source_remove);
    daemon_update_idle(daemon);
}

void daemon_quit(Daemon *daemon)
{
    daemon->is_stopping = TRUE;
    g_main_loop_quit(daemon->loop);
}

/* --- work for other threads, and from them ---------------------------------------------------------------------------
 */

typedef struct {
    Daemon *daemon;
    DaemonWork work;
    DaemonWork done;
    gpointer data;
} Work;

static gboolean on_posted(gpointer data)
{
    Work *work = data;

    work->done(work->data);
    return G_SOURCE_REMOVE;
}

static void post(Work *work)
{
    g_idle_add_full(G_PRIORITY_DEFAULT, on_posted, work, g_free);
}

static void worker(gpointer data, gpointer pool_data)
{
    Work *work = data;

    work->work(work->data);
    post(work);
}

static Work *work_new(Daemon *daemon, DaemonWork func, DaemonWork done, gpointer data)
{
    Work *work = g_new0(Work, 1);

    *work = (Work){daemon, func, done, data};
    return work;
}

void daemon_run_worker(Daemon *daemon, DaemonWork work, DaemonWork done, gpointer data)
{
    if (!daemon->workers)
        daemon->workers = g_thread_pool_new(worker, NULL, WORKERS_MAX, FALSE, NULL);
    g_thread_pool_push(daemon->workers, work_new(daemon, work, done, data), NULL);
}

void daemon_post(Daemon *daemon, DaemonWork func, gpointer data)
{
    post(work_new(daemon, NULL, func, data));
}

/* --- what drivers ask
 * -------------------------------------------------------------------------------------------------- */

gboolean daemon_is_privileged(Daemon *daemon)
{
    return daemon->is_privileged;
}

/* --- start and end
 * ----------------------------------------------------------------------------------------------------- */

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
}

static void make_servers(Daemon *daemon)
{
    DaemonLimits limits = {.max_clients = 5000,
                           .max_anonymous = 20,
                           .max_requests = 5,
                           .min_workers = 5,
                           .max_workers = 20,
                           .priority_workers = 5,
                           .keepalive_interval = 5,
                           .keepalive_count = 5};

    merge_handlers(daemon);
    daemon->server = daemon_server_new(daemon, daemon->driver->name, &limits);
    daemon_server_add_program(daemon->server, &rpc_program_remote, &daemon->remote);
    for (const DaemonProgram *program = daemon->driver->programs; program && program->program; program++)
        daemon_server_add_program(daemon->server, program->program, program->handlers);
    daemon->admin = daemon_server_new(daemon, "admin", &limits);
}

static gboolean make_socket(Daemon *daemon, DaemonServer *server, const char *suffix, mode_t mode, DaemonAuth auth,
                            gboolean is_read_only, GError **error)
{
    g_autofree char *path = g_strdup_printf("%s/%s-%s", daemon->run_dir, daemon->driver->name, suffix);
    ListenUnix how = {.path = path, .mode = mode, .group = (gid_t)-1, .backlog = 1000};
    int fd = listen_unix(&how, error);

    if (fd < 0)
        return FALSE;
    daemon_server_add_service(server, fd, path, DAEMON_TRANSPORT_UNIX, auth, is_read_only);
    return TRUE;
}

static gboolean make_sockets(Daemon *daemon, GError **error)
{
    DaemonAuth auth = daemon->is_privileged ? DAEMON_AUTH_POLKIT : DAEMON_AUTH_NONE;

    if (!make_socket(daemon, daemon->server, "sock", daemon->is_privileged ? 0777 : 0700, auth, FALSE, error))
        return FALSE;
    if (daemon->is_privileged && !make_socket(daemon, daemon->server, "sock-ro", 0777, auth, TRUE, error))
        return FALSE;
    return make_socket(daemon, daemon->admin, "admin-sock", 0700, DAEMON_AUTH_NONE, FALSE, error);
}

static gboolean daemon_start(Daemon *daemon, const DaemonOptions *options, GError **error)
{
    if (!directories_make(daemon, error) || !pid_file_acquire(daemon, options->pid_file, error))
        return FALSE;
    make_servers(daemon);
    watch_signals(daemon);
    if (!make_sockets(daemon, error))
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
    daemon_server_free(daemon->server);
    daemon_server_free(daemon->admin);
    if (daemon->driver->stop)
        daemon->driver->stop(daemon);
    if (daemon->workers)
        g_thread_pool_free(daemon->workers, FALSE, TRUE);
    pid_file_release();
}

static int daemon_run(Daemon *daemon, const DaemonOptions *options)
{
    g_autoptr(GError) error = NULL;

    daemon->loop = g_main_loop_new(NULL, FALSE);
    daemon->poll = poll_set_new();
    if (!daemon_start(daemon, options, &error)) {
        g_autofree char *message = vir_error_message(error);

        log_error("cannot start: %s", message);
        daemon_stop(daemon);
        return EXIT_FAILURE;
    }
    background_ready();
    g_main_loop_run(daemon->loop);
    daemon_stop(daemon);
    return EXIT_SUCCESS;
}

int daemon_main(const DaemonDriver *driver, int argc, char **argv)
{
    Daemon daemon = {.driver = driver};
    DaemonOptions options = {0};
    int status = daemon_options_parse(&options, driver->name, argc, argv);

    if (status < 0) {
        g_set_prgname(driver->name);
        daemon.is_privileged = geteuid() == 0 && !options.is_session;
        umask(daemon.is_privileged ? 0022 : 0077);
        if (options.is_verbose)
            log_set_level(LOG_LEVEL_INFO, NULL);
        if (options.is_daemon)
            background_enter();
        status = daemon_run(&daemon, &options);
    }
    daemon_options_clear(&options);
    return status;
}
