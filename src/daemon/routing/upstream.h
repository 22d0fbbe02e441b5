/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A connection to another daemon on behalf of one client. It opens by itself: socket (starting a session's daemon if it
 * must), authentication, CONNECT_OPEN, the client's identity; frames sent meanwhile wait. For the loop's thread; never
 * blocks.
 */
#pragma once

#include "daemon/connection/client.h"
#include "daemon/routing/routes.h"

typedef struct Upstream Upstream;

typedef struct {
    /* Calls can be answered now. */
    void (*ready)(Upstream *upstream, gpointer data);
    /* A frame for the client. FALSE: not now; it comes again after upstream_resume(). */
    gboolean (*frame)(Upstream *upstream, WireFrame *frame, gpointer data);
    /* It could not be opened, or has ended. is_absent: there is no such daemon. Frees nothing; the owner calls
     * upstream_free(). */
    void (*closed)(Upstream *upstream, gboolean is_absent, const GError *error, gpointer data);
    /* There is room for frames again. */
    void (*drained)(Upstream *upstream, gpointer data);
} UpstreamOps;

/* uri: to open; NULL for the route's own. Callbacks come later, never from within this call. */
Upstream *upstream_new(DaemonClient *client, const Route *route, const char *uri, const UpstreamOps *ops,
                       gpointer data);
void upstream_free(Upstream *upstream);

/* Sends a frame, which becomes the wire's, or keeps it until the connection is open. */
void upstream_send(Upstream *upstream, RpcFrame *frame);

/* So much is waiting that the client's next calls should not be read. */
gboolean upstream_is_full(const Upstream *upstream);

void upstream_resume(Upstream *upstream);

/* Tells the daemon whom the client speaks for now. */
void upstream_update_identity(Upstream *upstream);

/* Whether the socket of a route's daemon is there, or its daemon could be started. */
gboolean upstream_is_possible(Daemon *daemon, const Route *route);
