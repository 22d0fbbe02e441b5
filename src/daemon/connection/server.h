/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A server: listening sockets, the clients that came in through them, and the programs these may call. A daemon has
 * two, one for its callers and one for administration. For the loop's thread; never blocks.
 */
#pragma once

#include <glib.h>

#include "daemon/call.h"
#include "daemon/driver.h"
#include "daemon/poll.h"

typedef struct DaemonServer DaemonServer;

typedef enum { DAEMON_AUTH_NONE, DAEMON_AUTH_SASL, DAEMON_AUTH_POLKIT } DaemonAuth;

typedef enum {
    DAEMON_TRANSPORT_UNIX = 0, /* virClientTransport */
    DAEMON_TRANSPORT_TCP = 1,
    DAEMON_TRANSPORT_TLS = 2,
} DaemonTransport;

/* One listening socket. */
typedef struct {
    DaemonServer *server;
    int fd;
    PollItem *item;
    char *path; /* to be unlinked at the end; NULL for what systemd gave us and for TCP */
    DaemonAuth auth;
    DaemonTransport transport;
    gboolean is_read_only;
} DaemonService;

typedef struct {
    guint max_clients;
    guint max_anonymous;    /* clients that have not authenticated; 0: no such limit */
    guint max_requests;     /* of one client that are served at the same time */
    int keepalive_interval; /* seconds; -1: never ping */
    guint keepalive_count;
} DaemonLimits;

struct DaemonServer {
    Daemon *daemon;
    char *name;
    DaemonLimits limits;
    GArray *programs;    /* DaemonProgram */
    GPtrArray *services; /* DaemonService */
    GQueue clients;      /* DaemonClient, by age; each keeps its own link */
    guint n_anonymous;
    guint64 next_id;
    gboolean is_accepting;
    gboolean is_full;  /* a limit keeps connections waiting */
    guint retry_timer; /* while there are no descriptors for new connections */
};

DaemonServer *daemon_server_new(Daemon *daemon, const char *name, const DaemonLimits *limits);
/* Closes clients and sockets and removes the sockets' files. NULL is fine. */
void daemon_server_free(DaemonServer *server);

/* program and handlers are borrowed. */
void daemon_server_add_program(DaemonServer *server, const RpcProgram *program, const void *handlers);
/* NULL when the server has none of this number and version. */
const DaemonProgram *daemon_server_find_program(const DaemonServer *server, guint32 number, guint32 version);

/* Takes ownership of fd, a listening socket. path: its file to remove at the end, or NULL. */
DaemonService *daemon_server_add_service(DaemonServer *server, int fd, const char *path, DaemonTransport transport,
                                         DaemonAuth auth, gboolean is_read_only);

/* Begins to accept. */
void daemon_server_start(DaemonServer *server);

/* Limits or the number of clients have changed: takes connections again or lets them wait. */
void daemon_server_update(DaemonServer *server);

/* NULL when there is no client of this number. */
DaemonClient *daemon_server_find_client(DaemonServer *server, guint64 id);
