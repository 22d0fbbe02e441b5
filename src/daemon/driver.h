/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a daemon is made of, as its main.c sees it: it describes its driver and calls daemon_main(). Sockets, clients,
 * authentication, access, events, configuration, logging, the admin interface and the loop are shared.
 */
#pragma once

#include <glib.h>

#include "common/config_file.h"
#include "daemon/call.h"
#include "daemon/events.h"
#include "rpc/program.h"
#include "rpc/remote_calls.h"

/* A program served on the main sockets beside the remote program. */
typedef struct {
    const RpcProgram *program;
    const void *handlers;
} DaemonProgram;

typedef struct {
    const char *name;       /* "virtqemud": sockets, pid file and configuration are named after it */
    const char *type;       /* CONNECT_GET_TYPE, and polkit's connect_driver: "QEMU", "network" */
    const char *uri_scheme; /* "qemu": the URIs that CONNECT_OPEN takes are SCHEME:///system and SCHEME:///session */
    guint object_kinds;     /* bit RpcObjectKind: the objects it owns, and whose events it sends */
    guint64 features; /* bit N: CONNECT_SUPPORTS_FEATURE(N) is true, for what the driver adds to the daemon's own */
    const RemoteHandlers
        *remote; /* the driver's calls; what the daemon itself answers (daemon/remote/remote.c) may stay NULL */
    const DaemonProgram *programs;  /* further programs, up to one whose program is NULL; or NULL */
    const char *const *config_keys; /* further keys of NAME.conf that the driver reads, NULL-terminated; or NULL */
    const char *socket_prefix;      /* of its main sockets, when it is not name; or NULL */
    gboolean has_tcp;               /* may listen on TCP */
    gboolean is_router;             /* has no driver: passes calls on to the daemons that have (virtproxyd) */

    /* Loads state, finds again what runs, autostarts. Runs on the loop before the sockets take calls. FALSE ends the
     * daemon with the error. */
    gboolean (*start)(Daemon *daemon, GError **error);
    /* SIGHUP, after the configuration has been read again. May be NULL. */
    void (*reload)(Daemon *daemon);
    /* The loop has ended; release everything that must not outlive the process. What runs stays running. */
    void (*stop)(Daemon *daemon);
    /* Whether something lives that forbids the idle exit: guests, networks, jobs. May be NULL. */
    gboolean (*is_busy)(Daemon *daemon);
    /* A client has gone; drop what the driver kept for it. May be NULL. */
    void (*client_closed)(Daemon *daemon, DaemonClient *client);
} DaemonDriver;

/* Parses argv, sets up, runs until the end, returns the exit status. */
int daemon_main(const DaemonDriver *driver, int argc, char **argv);

/* Whether this is the system's daemon (root's) or one of a user's session. */
gboolean daemon_is_privileged(Daemon *daemon);

/* Directories, created before start(): sysconfdir is /etc/libvirt or $XDG_CONFIG_HOME/libvirt, rundir /run/libvirt or
 * $XDG_RUNTIME_DIR/libvirt, libdir /var/lib/libvirt or $XDG_CONFIG_HOME/libvirt, cachedir /var/cache/libvirt or
 * $XDG_CACHE_HOME/libvirt, logdir /var/log/libvirt or $XDG_CACHE_HOME/libvirt. Borrowed. */
const char *daemon_config_dir(Daemon *daemon);
const char *daemon_run_dir(Daemon *daemon);
const char *daemon_lib_dir(Daemon *daemon);
const char *daemon_cache_dir(Daemon *daemon);
const char *daemon_log_dir(Daemon *daemon);

/* Keeps every other daemon with the same driver, libvirt's too, from the driver's state directory: locks DIR/driver.pid
 * until the end. First thing in start(). FALSE: VIR_ERR_OPERATION_FAILED naming the process that holds it. */
gboolean daemon_hold_state(Daemon *daemon, const char *dir, GError **error);

/* Runs work on a worker thread and done on the loop afterwards, for what may wait for a disk. work must not touch what
 * the loop owns. */
typedef void (*DaemonWork)(gpointer data);
void daemon_run_worker(Daemon *daemon, DaemonWork work, DaemonWork done, gpointer data);

/* In a session: starts another daemon ("virtnetworkd", ...) that this one needs, unless LIBVIRT_AUTOSTART is 0 or there
 * is no such program, and waits until it is ready. TRUE: it is worth while to connect again. Blocks, for 20 s at most;
 * for any thread but the loop's. */
gboolean daemon_autostart(Daemon *daemon, const char *name);
