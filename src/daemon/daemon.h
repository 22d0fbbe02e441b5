/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of this folder share and drivers do not see: the daemon itself. */
#pragma once

#include <glib.h>

#include "daemon/connection/server.h"
#include "daemon/driver.h"
#include "daemon/poll.h"
#include "daemon/process/settings.h"

struct Daemon {
    const DaemonDriver *driver;
    RemoteHandlers remote; /* the driver's calls, and the daemon's own in place of its */
    DaemonSettings settings;
    gboolean is_privileged;
    char *config_dir;
    char *run_dir;
    char *lib_dir;
    char *cache_dir;
    char *log_dir;
    ConfigFile *config;
    gboolean is_verbose;
    char *config_path;
    gboolean config_must_exist; /* it was named on the command line */

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

/* The numbers of CONNECT_SUPPORTS_FEATURE that every daemon has an answer to; no public header has them. */
enum {
    REMOTE_FEATURE_FD_PASSING = 8,
    REMOTE_FEATURE_TYPED_PARAM_STRING = 9, /* else clients send no string among parameters */
    REMOTE_FEATURE_PROGRAM_KEEPALIVE = 10,
    REMOTE_FEATURE_REMOTE_EVENT_CALLBACK = 14,
    REMOTE_FEATURE_REMOTE_CLOSE_CALLBACK = 15,
    REMOTE_FEATURE_NETWORK_UPDATE_HAS_CORRECT_ORDER = 16, /* older ones took section for command */
};

/* A client came or went, or work ended: begins or ends the wait for the idle exit. */
void daemon_update_idle(Daemon *daemon);

/* Changes the idle exit; 0 for never. */
void daemon_set_idle_timeout(Daemon *daemon, guint seconds);

/* Reads the configuration again. A wrong one changes nothing. */
void daemon_reload(Daemon *daemon);

/* SIGHUP reloads; SIGINT and SIGTERM end. */
void daemon_watch_signals(Daemon *daemon);
/* From here on they end the process at once. */
void daemon_unwatch_signals(void);

/* The threads for what may wait. */
typedef struct {
    guint max_threads;
    guint threads;
    guint busy_threads;
    guint queued;
} DaemonWorkState;

DaemonWorkState daemon_work_state(Daemon *daemon);
/* FALSE: VIR_ERR_INVALID_ARG. */
gboolean daemon_work_set_max(Daemon *daemon, guint max, GError **error);

/* Ends the loop. */
void daemon_quit(Daemon *daemon);

/* The handlers of calls that every daemon answers itself (remote.c). */
extern const RemoteHandlers daemon_remote_handlers;
