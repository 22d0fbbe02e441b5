/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The wire's side of streams: packets to and from the client. The descriptor's side is stream_fd.c and stream_file.c.
 */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib-unix.h>

#include "common/error.h"
#include "common/log.h"
#include "daemon/stream/stream_priv.h"

#define STREAMS_MAX 128
/* Bytes from a client that wait for a sink; with more its connection is not read. */
#define IN_BYTES_MAX (1024 * 1024)

static void chunk_free(gpointer data)
{
    StreamChunk *chunk = data;

    g_clear_pointer(&chunk->bytes, g_bytes_unref);
    g_free(chunk);
}

static gboolean wants_sparse(const RpcCall *call)
{
    guint32 flags;

    if (!call->row->sparse_flag)
        return FALSE;
    memcpy(&flags, (const char *)call->args + call->row->flags_offset, sizeof(flags));
    return (flags & call->row->sparse_flag) != 0;
}

DaemonStream *daemon_stream_new(RpcCall *call, GError **error)
{
    DaemonClient *client = call->client;
    gpointer key = GUINT_TO_POINTER(call->header.serial);
    DaemonStream *stream;

    if (!client->streams)
        client->streams = g_hash_table_new(NULL, NULL);
    if (g_hash_table_size(client->streams) >= STREAMS_MAX || g_hash_table_contains(client->streams, key)) {
        vir_error_set(error, VIR_FROM_STREAMS, VIR_ERR_OPERATION_FAILED,
                      "a connection cannot have more than %d streams, nor two of the same serial", STREAMS_MAX);
        return NULL;
    }
    stream = g_new0(DaemonStream, 1);
    stream->ref_count = 2; /* the client's table's and the call's */
    stream->client = daemon_client_ref(client);
    stream->header = call->header;
    stream->can_read = (call->row->flags & RPC_PROC_STREAM_READ) != 0;
    stream->can_write = (call->row->flags & RPC_PROC_STREAM_WRITE) != 0;
    stream->is_sparse = wants_sparse(call);
    stream->fd = -1;
    g_queue_init(&stream->in);
    g_hash_table_insert(client->streams, key, stream);
    return stream;
}

DaemonStream *daemon_stream_ref(DaemonStream *stream)
{
    stream->ref_count++;
    return stream;
}

void daemon_stream_unref(DaemonStream *stream)
{
    if (--stream->ref_count > 0)
        return;
    g_queue_clear_full(&stream->in, chunk_free);
    poll_remove(stream->item);
    if (stream->fd >= 0)
        close(stream->fd);
    daemon_client_unref(stream->client);
    g_free(stream);
}

static void send_packet(DaemonStream *stream, guint32 status, const void *data, gsize size)
{
    RpcHeader header = stream->header;

    header.type = VIR_NET_STREAM;
    header.status = status;
    daemon_client_send(stream->client, rpc_frame_encode_bytes(&header, data, size));
}

/* The end, whoever wanted it. The driver hears of it; the client has heard or is gone. */
static void stream_over(DaemonStream *stream, const GError *error)
{
    if (stream->is_over)
        return;
    stream->is_over = TRUE;
    g_clear_pointer(&stream->item, poll_remove);
    if (stream->client->streams)
        g_hash_table_remove(stream->client->streams, GUINT_TO_POINTER(stream->header.serial));
    if (stream->ended)
        stream->ended(stream, error, stream->data);
    if (!stream->client->is_closed)
        wire_resume(stream->client->wire);
    daemon_stream_unref(stream);
}

void stream_fail(DaemonStream *stream, GError *error)
{
    if (!stream->is_over && !stream->client->is_closed)
        daemon_client_send_error(stream->client, &stream->header, VIR_NET_STREAM, g_error_copy(error));
    stream_over(stream, error);
    g_error_free(error);
}

gboolean stream_has_room(const DaemonStream *stream)
{
    return stream->can_read && stream->is_opened && !stream->source_has_ended && !stream->is_over &&
           !daemon_client_is_full(stream->client);
}

void stream_send_data(DaemonStream *stream, const guint8 *data, gsize size)
{
    while (size > 0) {
        gsize part = MIN(size, RPC_STREAM_DATA_MAX);

        send_packet(stream, VIR_NET_CONTINUE, data, part);
        data += part;
        size -= part;
    }
}

void stream_send_hole(DaemonStream *stream, guint64 size)
{
    virNetStreamHole hole = {.length = size};
    RpcHeader header = stream->header;

    header.type = VIR_NET_STREAM_HOLE;
    header.status = VIR_NET_CONTINUE;
    daemon_client_send(stream->client,
                       rpc_frame_encode(&header, (xdrproc_t)xdr_virNetStreamHole, &hole, NULL, 0, NULL));
}

void stream_source_ended(DaemonStream *stream)
{
    if (stream->source_has_ended || stream->is_over)
        return;
    stream->source_has_ended = TRUE;
    if (stream->is_opened)
        send_packet(stream, VIR_NET_CONTINUE, NULL, 0);
}

static void stream_update(DaemonStream *stream)
{
    if (stream->is_over)
        return;
    if (stream->is_finishing && g_queue_is_empty(&stream->in) && !stream->is_working) {
        send_packet(stream, VIR_NET_OK, NULL, 0);
        stream_over(stream, NULL);
        return;
    }
    if (stream->fd < 0)
        return;
    if (stream->is_file)
        stream_file_update(stream);
    else
        stream_fd_update(stream);
}

void stream_chunk_done(DaemonStream *stream)
{
    gboolean was_full = stream->in_bytes >= IN_BYTES_MAX;
    StreamChunk *chunk = g_queue_pop_head(&stream->in);

    if (chunk->bytes)
        stream->in_bytes -= g_bytes_get_size(chunk->bytes);
    chunk_free(chunk);
    if (was_full && stream->in_bytes < IN_BYTES_MAX && !stream->client->is_closed)
        wire_resume(stream->client->wire);
    if (g_queue_is_empty(&stream->in))
        stream_update(stream);
}

void daemon_stream_attach_fd(DaemonStream *stream, int fd, guint64 length, DaemonStreamEnded ended, gpointer data)
{
    struct stat info;

    g_return_if_fail(stream->fd < 0);
    stream->fd = fd;
    stream->has_length = length > 0;
    stream->length = length;
    stream->ended = ended;
    stream->data = data;
    stream->is_file = fstat(fd, &info) == 0 && (S_ISREG(info.st_mode) || S_ISBLK(info.st_mode));
    if (!stream->is_file)
        g_unix_set_fd_nonblocking(fd, TRUE, NULL);
    if (stream->is_opened)
        stream_update(stream);
}

void daemon_stream_end(DaemonStream *stream, const GError *error)
{
    if (error)
        stream_fail(stream, g_error_copy(error));
    else
        stream_source_ended(stream);
}

void daemon_stream_opened(DaemonStream *stream)
{
    if (!stream->is_over) {
        stream->is_opened = TRUE;
        if (stream->source_has_ended)
            send_packet(stream, VIR_NET_CONTINUE, NULL, 0);
        stream_update(stream);
    }
    daemon_stream_unref(stream);
}

void daemon_stream_discard(DaemonStream *stream)
{
    stream_over(stream, NULL);
    daemon_stream_unref(stream);
}

static void take_chunk(DaemonStream *stream, const guint8 *data, gsize size, guint64 hole)
{
    StreamChunk *chunk = g_new0(StreamChunk, 1);

    chunk->size = data ? size : hole;
    if (data) {
        chunk->bytes = g_bytes_new(data, size);
        stream->in_bytes += size;
    }
    g_queue_push_tail(&stream->in, chunk);
    stream_update(stream);
}

static void take_hole(DaemonStream *stream, const WireFrame *frame)
{
    virNetStreamHole hole = {0};

    if (!stream->is_sparse || !stream->can_write ||
        !rpc_body_decode(frame->bytes + frame->body, frame->size - frame->body, (xdrproc_t)xdr_virNetStreamHole, &hole,
                         NULL) ||
        hole.length < 0) {
        log_warning("client %" G_GUINT64_FORMAT " sent a hole where none can be", stream->client->id);
        daemon_client_close(stream->client);
        return;
    }
    if (hole.length > 0)
        take_chunk(stream, NULL, 0, hole.length);
}

static void take_data(DaemonStream *stream, const guint8 *data, gsize size)
{
    GError *error = NULL;

    if (size == 0) /* harmless: some clients say so that they have no more */
        return;
    if (!stream->can_write) {
        vir_error_set(&error, VIR_FROM_STREAMS, VIR_ERR_OPERATION_INVALID, "%s", "stream cannot be written to");
        stream_fail(stream, error);
        return;
    }
    take_chunk(stream, data, size, 0);
}

static void take_abort(DaemonStream *stream)
{
    g_autoptr(GError) error = NULL;

    send_packet(stream, VIR_NET_OK, NULL, 0);
    vir_error_set(&error, VIR_FROM_STREAMS, VIR_ERR_OPERATION_ABORTED, "%s", "stream aborted by the client");
    stream_over(stream, error);
}

gboolean daemon_stream_receive(DaemonClient *client, WireFrame *frame)
{
    gpointer key = GUINT_TO_POINTER(frame->header.serial);
    DaemonStream *stream = client->streams ? g_hash_table_lookup(client->streams, key) : NULL;

    if (!stream || stream->header.program != frame->header.program ||
        stream->header.procedure != frame->header.procedure || stream->is_finishing)
        return TRUE;
    if (stream->in_bytes >= IN_BYTES_MAX && frame->header.status == VIR_NET_CONTINUE)
        return FALSE;
    daemon_stream_ref(stream);
    if (frame->header.status == VIR_NET_ERROR) {
        take_abort(stream);
    } else if (frame->header.status == VIR_NET_OK) {
        stream->is_finishing = TRUE;
        stream_update(stream);
    } else if (frame->header.type == VIR_NET_STREAM_HOLE) {
        take_hole(stream, frame);
    } else {
        take_data(stream, frame->bytes + frame->body, frame->size - frame->body);
    }
    daemon_stream_unref(stream);
    return TRUE;
}

void daemon_streams_close(DaemonClient *client)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GList) streams = client->streams ? g_hash_table_get_values(client->streams) : NULL;

    vir_error_set(&error, VIR_FROM_STREAMS, VIR_ERR_OPERATION_ABORTED, "%s", "the client has gone");
    for (GList *link = streams; link; link = link->next)
        stream_over(link->data, error);
    g_clear_pointer(&client->streams, g_hash_table_unref);
}

void daemon_streams_drained(DaemonClient *client)
{
    g_autoptr(GList) streams = client->streams ? g_hash_table_get_values(client->streams) : NULL;

    for (GList *link = streams; link; link = link->next)
        stream_update(link->data);
}
