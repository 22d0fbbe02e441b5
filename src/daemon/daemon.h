/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of this folder share and drivers do not see: the daemon itself. */
#pragma once

#include <glib.h>

#include "daemon/driver.h"
#include "daemon/poll.h"
#include "daemon/server.h"

struct Daemon {
    const DaemonDriver *driver;
    RemoteHandlers remote; /* the driver's calls, and the daemon's own in place of its */
    gboolean is_privileged;
    char *config_dir;
    char *run_dir;
    char *lib_dir;
    char *cache_dir;
    char *log_dir;
    char *hostname;

    GMainLoop *loop;
    PollSet *poll;
    DaemonServer *server;
    DaemonServer *admin;
    GThreadPool *workers;

    guint idle_timeout; /* seconds; 0: stay */
    guint idle_timer;   /* source id */
    guint keepalive_timer;
    gboolean is_stopping;
};

/* A client came or went, or work ended: begins or ends the wait for the idle exit. */
void daemon_update_idle(Daemon *daemon);

/* Changes the idle exit; 0 for never. */
void daemon_set_idle_timeout(Daemon *daemon, guint seconds);

/* Ends the loop. */
void daemon_quit(Daemon *daemon);

/* The handlers of calls that every daemon answers itself (remote.c). */
extern const RemoteHandlers daemon_remote_handlers;
