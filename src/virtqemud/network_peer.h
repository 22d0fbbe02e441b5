/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The daemon that owns the networks: ours or a stock one, found by its sockets. Calls block, so they are for jobs; any
 * number of threads share one connection, which is made when first needed and anew after it broke.
 */
#pragma once

#include <glib.h>

#include "rpc/program.h"
#include "rpc/protocol/listen.h"

/* How long the networks' daemon may take for an answer. */
#define NETWORK_PEER_TIMEOUT_MS (10 * 1000)

/*
 * Makes a call of program. args and ret as for rpc_client_call(). FALSE: the peer's own error; VIR_ERR_NO_CONNECT-like
 * VIR_ERR_SYSTEM_ERROR "cannot reach the network daemon ..." when none is there.
 */
gboolean network_peer_call(const RpcProgram *program, gint32 procedure, gconstpointer args, gpointer ret,
                           GError **error);

/* The network's XML as it runs, if it does; NULL: the peer's error, or VIR_ERR_OPERATION_INVALID "network 'x' is not
 * active". Caller frees. */
char *network_peer_active_xml(const char *name, GError **error);

/* The bridge that guests of the network are plugged into. NULL: as above, and the peer's error for networks without
 * one. Caller frees. */
char *network_peer_bridge(const char *name, GError **error);

/* What the peer says by itself, told on the loop. message is borrowed. */
typedef struct {
    void (*changed)(const listen_changed_msg *message);
    void (*closed)(void);
} NetworkPeerListener;

/* Sets who hears of connections made from now on. Before there are any; listener is borrowed. */
void network_peer_set_listener(const NetworkPeerListener *listener);

/* Ends the connection. */
void network_peer_close(void);
