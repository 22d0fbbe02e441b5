/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What wakes and what ends the loop: signals, and having nothing to do. */
#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/log.h"
#include "common/notify.h"
#include "daemon/daemon.h"

static int signal_fd = -1;
static PollItem *signal_item;
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
        notify_state("RELOADING=1");
        daemon_reload(daemon);
        notify_state("READY=1");
    }
    if (end_came)
        daemon_quit(daemon);
}

/* Handlers rather than a signalfd: that needs blocked signals, which every child process would inherit. */
void daemon_watch_signals(Daemon *daemon)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    signal_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    signal_item = poll_add(daemon->poll, signal_fd, EPOLLIN, on_signal_fd, daemon);
    sigaction(SIGHUP, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
}

void daemon_unwatch_signals(void)
{
    if (!signal_item)
        return;
    g_clear_pointer(&signal_item, poll_remove);
    signal(SIGHUP, SIG_IGN);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    close(signal_fd);
}

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
