/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Streams as the rest of this folder sees them. */
#pragma once

#include "daemon/connection/dispatch.h"
#include "daemon/stream.h"

/* What the client sent for the driver's descriptor: bytes, or a hole when bytes is NULL. */
typedef struct {
    GBytes *bytes;
    guint64 size;
} StreamChunk;

struct DaemonStream {
    gint ref_count;
    DaemonClient *client; /* a reference */
    RpcHeader header;     /* of the call that opened it */
    gboolean can_read;    /* the client reads: the descriptor is the source */
    gboolean can_write;   /* the client writes: the descriptor is the sink */
    gboolean is_sparse;
    gboolean is_opened; /* the call has been answered */
    gboolean is_over;

    int fd; /* -1: none yet */
    PollItem *item;
    gboolean is_file;    /* carried by a worker */
    gboolean is_working; /* a worker has it now */
    gboolean has_length;
    guint64 length; /* still to be carried, if has_length */
    DaemonStreamEnded ended;
    gpointer data;

    GQueue in; /* StreamChunk */
    gsize in_bytes;
    gboolean source_has_ended;
    gboolean is_finishing; /* the client has sent all */
};

/* The stream that a call opens, by its row; the call's reference goes to one of the two below. NULL:
 * VIR_ERR_OPERATION_FAILED, too many streams. */
DaemonStream *daemon_stream_new(RpcCall *call, GError **error);
DaemonStream *daemon_stream_ref(DaemonStream *stream);
void daemon_stream_unref(DaemonStream *stream);

/* The call has been answered: the stream begins. */
void daemon_stream_opened(DaemonStream *stream);

/* The call has failed: there is no stream. */
void daemon_stream_discard(DaemonStream *stream);

/* A STREAM or STREAM_HOLE frame has come. FALSE when its stream takes no more now. */
gboolean daemon_stream_receive(DaemonClient *client, WireFrame *frame);

/* The client has gone. */
void daemon_streams_close(DaemonClient *client);

/* The client's queue has room again. */
void daemon_streams_drained(DaemonClient *client);

/* For stream_fd.c and stream_file.c: one piece has come from the source, which ends with size 0 and no hole; one has
 * gone to the sink; it went wrong. */
void stream_send_data(DaemonStream *stream, const guint8 *data, gsize size);
void stream_send_hole(DaemonStream *stream, guint64 size);
void stream_source_ended(DaemonStream *stream);
void stream_chunk_done(DaemonStream *stream);
void stream_fail(DaemonStream *stream, GError *error);
/* Whether the source may be read now. */
gboolean stream_has_room(const DaemonStream *stream);

/* Goes on with whatever there is to do. */
void stream_fd_update(DaemonStream *stream);
void stream_file_update(DaemonStream *stream);
