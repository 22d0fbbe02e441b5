/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Streams over pipes, sockets and terminals: the loop reads and writes them. */
#include <errno.h>
#include <unistd.h>

#include "common/error.h"
#include "daemon/stream/stream_priv.h"

#define READ_SIZE 65536

static guint8 read_buffer[READ_SIZE];

static void read_source(DaemonStream *stream)
{
    gsize wanted = stream->has_length ? MIN(stream->length, READ_SIZE) : READ_SIZE;
    gssize n = wanted ? read(stream->fd, read_buffer, wanted) : 0;

    if (n > 0) {
        if (stream->has_length)
            stream->length -= n;
        stream_send_data(stream, read_buffer, n);
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        /* A terminal whose other side was closed says EIO; whatever the reason, there is no more. */
        stream_source_ended(stream);
    }
}

static void write_sink(DaemonStream *stream)
{
    StreamChunk *chunk = g_queue_peek_head(&stream->in);
    GError *error = NULL;
    gsize size;
    const guint8 *data;
    gssize n;

    if (!chunk)
        return;
    if (!chunk->bytes) {
        vir_error_set(&error, VIR_FROM_STREAMS, VIR_ERR_OPERATION_UNSUPPORTED, "%s", "this stream cannot have holes");
        stream_fail(stream, error);
        return;
    }
    data = g_bytes_get_data(chunk->bytes, &size);
    n = write(stream->fd, data + (size - chunk->size), chunk->size);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n < 0) {
        vir_error_set_errno(&error, VIR_FROM_STREAMS, errno, "cannot write to stream");
        stream_fail(stream, error);
        return;
    }
    chunk->size -= n;
    if (chunk->size == 0)
        stream_chunk_done(stream);
}

static void on_ready(guint32 events, gpointer data)
{
    DaemonStream *stream = daemon_stream_ref(data);

    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR) && stream_has_room(stream))
        read_source(stream);
    if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR) && !stream->is_over)
        write_sink(stream);
    if (!stream->is_over)
        stream_fd_update(stream);
    daemon_stream_unref(stream);
}

void stream_fd_update(DaemonStream *stream)
{
    guint32 events = 0;

    if (stream_has_room(stream))
        events |= EPOLLIN;
    if (!g_queue_is_empty(&stream->in))
        events |= EPOLLOUT;
    /* Hang-up is reported whatever one waits for, so who waits for nothing must not be in the set. */
    if (!events)
        g_clear_pointer(&stream->item, poll_remove);
    else if (!stream->item)
        stream->item = poll_add(stream->client->daemon->poll, stream->fd, events, on_ready, stream);
    else
        poll_change(stream->item, events);
}
