/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Streams: bytes that a call opens beside itself. Create one, name it in the call's RpcClientCall; from then on bytes
 * can be sent and received, in blocks or as holes, until it is finished or aborted. Functions with may_block unset
 * never wait.
 *
 * What the daemon sends ahead is kept, and while more than 8 MiB of it are kept the attached loop reads no more from
 * the connection. A caller that waits for something else does read on; beyond 64 MiB the stream fails.
 */
#pragma once

#include "rpc/rpc_client.h"

/* What the functions below return besides a count. */
#define RPC_STREAM_FAILED      (-1)
#define RPC_STREAM_WOULD_BLOCK (-2)
#define RPC_STREAM_AT_HOLE     (-3)

/* Called on any thread and with the client's lock held when rpc_client_stream_ready() may have changed: it must use
 * neither client nor stream. */
typedef void (*RpcClientStreamChanged)(RpcClientStream *stream, gpointer data);

/* A stream not opened yet. is_sparse: holes may be sent and received. */
RpcClientStream *rpc_client_stream_new(RpcClient *client, gboolean is_sparse);
RpcClientStream *rpc_client_stream_ref(RpcClientStream *stream);
/* Drops a reference; with the last one an open stream is aborted, and what still arrives for it is ignored. */
void rpc_client_stream_unref(RpcClientStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RpcClientStream, rpc_client_stream_unref)

/* Sends at most 262120 bytes of data. Returns how many, RPC_STREAM_WOULD_BLOCK or RPC_STREAM_FAILED. */
int rpc_client_stream_send(RpcClientStream *stream, const void *data, gsize size, gboolean may_block, GError **error);

/* Sends a hole of length bytes. Returns 0, RPC_STREAM_WOULD_BLOCK or RPC_STREAM_FAILED. */
int rpc_client_stream_send_hole(RpcClientStream *stream, gint64 length, gboolean may_block, GError **error);

/* Receives at most size bytes; a hole reads as zeros, or with stop_at_hole as RPC_STREAM_AT_HOLE. Returns how many, 0
 * at the end, RPC_STREAM_WOULD_BLOCK, RPC_STREAM_AT_HOLE or RPC_STREAM_FAILED. */
int rpc_client_stream_receive(RpcClientStream *stream, void *data, gsize size, gboolean stop_at_hole,
                              gboolean may_block, GError **error);

/* The length of the hole that is next, and steps over it; 0 when no hole is next. Returns 0 or RPC_STREAM_FAILED. */
int rpc_client_stream_receive_hole(RpcClientStream *stream, gint64 *length, GError **error);

/* Ends the stream and waits until the daemon has confirmed it, in good order or as an abort. FALSE with the daemon's
 * error. Data not received yet is dropped. Blocks. */
gboolean rpc_client_stream_finish(RpcClientStream *stream, GError **error);
gboolean rpc_client_stream_abort(RpcClientStream *stream, GError **error);

/* What could be done now without waiting: bits of virStreamEventType. */
int rpc_client_stream_ready(RpcClientStream *stream);

/* Sets who hears of changes; NULL for nobody. data is borrowed: unset it before it goes. */
void rpc_client_stream_set_changed(RpcClientStream *stream, RpcClientStreamChanged changed, gpointer data);

/* The error that the daemon sent for this stream as it was on the wire, or NULL. Borrowed from the stream. */
const virNetMessageError *rpc_client_stream_failure(RpcClientStream *stream);
