/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls that belong to another daemon are passed on to it, frame by frame, and its answers, events and stream packets
 * passed back. Only headers are read, and the one word in front of a body that numbers a callback: each daemon counts
 * its own, and the client must be able to tell them apart. docs/virtproxyd.md shows the way of a call.
 *
 * virtproxyd passes on everything but authentication; any other daemon only what is about objects it does not own.
 *
 * For the loop's thread; never blocks.
 */
#pragma once

#include "daemon/connection/client.h"

/* Whether a call of this row goes to another daemon. */
gboolean router_wants(const DaemonClient *client, const RpcProgram *program, const RpcProcedure *row,
                      const WireFrame *frame);

/* Passes a CALL on. FALSE: not now, the other daemon has not taken the calls before. */
gboolean router_call(DaemonClient *client, const RpcProgram *program, const RpcProcedure *row, WireFrame *frame);

/* Passes a STREAM or STREAM_HOLE frame on. FALSE when it belongs to no stream that a routed call opened. *is_full is
 * set when it does, but cannot be taken now. */
gboolean router_stream(DaemonClient *client, WireFrame *frame, gboolean *is_full);

/* The client's queue has room again, it speaks for somebody else, it has gone. */
void router_drained(DaemonClient *client);
void router_identity_changed(DaemonClient *client);
void router_close(DaemonClient *client);

/* CONNECT_OPEN of virtproxyd: opens the hypervisor's daemon that the URI means. Answers the call later. */
gboolean router_connect_open(RpcCall *call, const remote_connect_open_args *args, GError **error);
