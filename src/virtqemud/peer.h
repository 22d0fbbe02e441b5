/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Other daemons of this host, ours or stock ones, found by their sockets: how to come to a connection with one that
 * owns a driver. Blocks, so it is for jobs and workers; no state, so for any thread.
 */
#pragma once

#include "rpc/rpc_client.h"

/* How long another daemon may take for an answer. */
#define PEER_TIMEOUT_MS (10 * 1000)

typedef struct {
    const char *daemon; /* "virtsecretd"; its socket is DAEMON-sock */
    const char *scheme; /* "secret": opened as SCHEME:///system or ///session */
    const char *what;   /* "secret": for "cannot reach the secret daemon" */
    int domain;         /* VIR_FROM_*, of that error */
} Peer;

extern const Peer peer_network, peer_storage, peer_secret;

/*
 * Connects to the daemon itself, or to one that has all drivers or passes on; in a session it is started when it is
 * not there. NULL: VIR_ERR_SYSTEM_ERROR "cannot reach the ... daemon".
 */
RpcTransport *peer_connect(const Peer *peer, GError **error);

/* Authenticates and opens the driver, by a client that is connected. FALSE: the peer's error. */
gboolean peer_open_driver(RpcClient *client, const Peer *peer, GError **error);

/* Both: a client for some calls, to be ended with peer_close(). NULL: as above. */
RpcClient *peer_open(const Peer *peer, GError **error);
/* NULL is fine. */
void peer_close(RpcClient *client);

/* A call of libvirt's own program, as rpc_client_call(). */
gboolean peer_call(RpcClient *client, gint32 procedure, gconstpointer args, gpointer ret, GError **error);
