/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The daemon that owns the networks: ours or a stock one, found by its sockets. Calls block, so they are for jobs; any
 * number of threads share one connection, which is made when first needed and anew after it broke.
 */
#pragma once

#include <glib.h>

#include "rpc/program.h"
#include "rpc/protocol/listen.h"
#include "rpc/protocol/remote.h"

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

/* The network of that name; found is released with xdr_free(). FALSE: the peer's error, VIR_ERR_NO_NETWORK. */
gboolean network_peer_look_up(const char *name, remote_network_lookup_by_name_ret *found, GError **error);

/* Makes the connection if there is none. FALSE: VIR_ERR_SYSTEM_ERROR, the peer is not to be had. */
gboolean network_peer_open(GError **error);

/* What the peer says by itself and what becomes of the connection, told on the loop. Members may be NULL. */
typedef struct {
    void (*changed)(const listen_changed_msg *message); /* borrowed */
    void (*lifecycle)(const char *network, int event);  /* VIR_NETWORK_EVENT_*; borrowed */
    void (*opened)(void);                               /* a connection was made */
    void (*closed)(void);                               /* it has ended; retry follows */
    void (*retry)(void);                                /* a while after it ended or was asked for */
} NetworkPeerListener;

#define NETWORK_PEER_LISTENERS_MAX 2

/* Adds who hears of connections made from now on. Before there are any; listener is borrowed. */
void network_peer_add_listener(const NetworkPeerListener *listener);

/* Has the listeners' retry called in a while, once however often it is asked for. For the loop. */
void network_peer_retry_later(void);

/* Ends the connection. */
void network_peer_close(void);
