/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A client of a server: its connection, who it is, what it may do, and its calls under way. Reference-counted, because
 * calls and streams outlive the connection. For the loop's thread; never blocks.
 */
#pragma once

#include <glib.h>

#include "daemon/connection/identity.h"
#include "daemon/connection/wire.h"
#include "daemon/daemon.h"

typedef struct EventRegistration EventRegistration;

struct DaemonClient {
    gint ref_count;
    Daemon *daemon;
    DaemonServer *server;
    GList link; /* in server->clients */
    guint64 id;
    Wire *wire;
    gint64 connected_at; /* seconds since 1970 */
    DaemonTransport transport;
    DaemonIdentity *peer;     /* the process at the other end */
    DaemonIdentity *identity; /* whom it speaks for: peer, until CONNECT_SET_IDENTITY */

    DaemonAuth auth; /* how it has to authenticate */
    gboolean is_authenticated;
    gboolean is_socket_read_only;
    gboolean is_read_only;
    gboolean is_open; /* CONNECT_OPEN has been answered */
    gboolean wants_keepalive;
    gboolean wants_close_event;
    gboolean is_leaving; /* the connection ends behind the next answer */
    gboolean is_closed;
    guint pings; /* unanswered */

    GQueue calls;        /* RpcCall under way */
    GQueue waiting;      /* RpcFrame: calls held back by max_requests */
    GHashTable *streams; /* serial -> DaemonStream, or NULL */

    GPtrArray *registrations; /* EventRegistration, or NULL */
    int next_callback_id;
    GQueue held_events; /* that wait for the access driver; access.c */
    gpointer router;    /* what the router keeps for this client, or NULL */
};

/* Takes ownership of fd. */
DaemonClient *daemon_client_new(DaemonService *service, int fd);
DaemonClient *daemon_client_ref(DaemonClient *client);
void daemon_client_unref(DaemonClient *client);

/* The address of a client that came in over TCP, "127.0.0.1:40000", or NULL. Caller frees. */
char *daemon_client_address(const DaemonClient *client);

/* Ends the connection at once. */
void daemon_client_close(DaemonClient *client);

/* Ends the connection when its last answer has left. */
void daemon_client_finish(DaemonClient *client);

/* From now on the client has authenticated. */
void daemon_client_set_authenticated(DaemonClient *client);

/* Looks again for calls that max_requests held back. */
void daemon_client_serve_waiting(DaemonClient *client);

/* Whether it does not take what it has got already. */
gboolean daemon_client_is_full(const DaemonClient *client);

/* Sends frame, which becomes the wire's. Dropped when the client has gone. */
void daemon_client_send(DaemonClient *client, RpcFrame *frame);

/* Sends an answer that is an error. error is freed. */
void daemon_client_send_error(DaemonClient *client, const RpcHeader *header, guint32 type, GError *error);
