/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Frames: how calls, replies, events and stream packets stand on the wire (docs/rpc.md).
 *
 *   4 bytes  length of the whole frame, itself included
 *   24 bytes header: program, version, procedure, type, serial, status
 *   rest     body: the XDR of one struct, or a stream's bytes. Types *_WITH_FDS begin it with a count of descriptors,
 *            which follow the frame one by one, each behind one zero byte of its own.
 *
 * Encoding and decoding only; no sockets. Thread-safe, never blocks.
 */
#pragma once

#include <glib.h>
#include <rpc/rpc.h>

#include "rpc/protocol/message.h"

#define RPC_LENGTH_SIZE 4
#define RPC_HEADER_SIZE 24
#define RPC_PREFIX_SIZE (RPC_LENGTH_SIZE + RPC_HEADER_SIZE)
/* Largest value of the length word that is taken. */
#define RPC_FRAME_MAX (VIR_NET_MESSAGE_MAX + RPC_LENGTH_SIZE)
#define RPC_BODY_MAX  (RPC_FRAME_MAX - RPC_PREFIX_SIZE)
/* What one stream packet carries, so that the oldest clients take it too. */
#define RPC_STREAM_DATA_MAX VIR_NET_MESSAGE_LEGACY_PAYLOAD_MAX
#define RPC_FDS_MAX         VIR_NET_MESSAGE_NUM_FDS_MAX

typedef struct {
    guint32 program;
    guint32 version;
    gint32 procedure;
    guint32 type; /* virNetMessageType; any number can arrive */
    guint32 serial;
    guint32 status; /* virNetMessageStatus; any number can arrive */
} RpcHeader;

/* One frame ready to send: bytes and the descriptors that follow it. */
typedef struct {
    guint8 *data; /* owned */
    gsize size;
    int *fds; /* owned, and so are the descriptors */
    guint n_fds;
} RpcFrame;

/* Reads the length word at data (4 bytes). FALSE when no frame can have this length. */
gboolean rpc_length_decode(const guint8 *data, gsize *size);

/* Reads the header from the 24 bytes behind the length word. Any 24 bytes are a header. */
void rpc_header_decode(const guint8 *data, RpcHeader *header);

/* Writes length word and header: RPC_PREFIX_SIZE bytes at data. size is that of the whole frame. */
void rpc_prefix_encode(guint8 *data, gsize size, const RpcHeader *header);

/*
 * Makes a frame of header and the XDR of body (xdr NULL: no body). fds are duplicated with close-on-exec; with the
 * types
 * *_WITH_FDS their count leads the body. NULL: VIR_ERR_RPC, body too large or not encodable. Free with rpc_frame_free.
 */
RpcFrame *rpc_frame_encode(const RpcHeader *header, xdrproc_t xdr, const void *body, const int *fds, guint n_fds,
                           GError **error);

/* Makes a frame of header and raw bytes, for stream data. size at most RPC_BODY_MAX. */
RpcFrame *rpc_frame_encode_bytes(const RpcHeader *header, const void *bytes, gsize size);

/* The same bytes once more; descriptors are not copied. Free with rpc_frame_free. */
RpcFrame *rpc_frame_copy(const RpcFrame *frame);

/* Frees the frame and closes its descriptors. NULL is fine. */
void rpc_frame_free(RpcFrame *frame);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RpcFrame, rpc_frame_free)

/*
 * Reads the XDR of one struct from size bytes into out, which the caller zeroed. Bytes left over are ignored, as the
 * peers do. On failure out has been released already; on success release with xdr_free(). FALSE: VIR_ERR_RPC.
 */
gboolean rpc_body_decode(const guint8 *data, gsize size, xdrproc_t xdr, void *out, GError **error);
