/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Streams over files and block devices: a worker reads and writes them, because a disk may take its time. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "daemon/stream/stream_priv.h"

#define PIECE_SIZE RPC_STREAM_DATA_MAX

/* One turn of a worker: a piece read, or a chunk written. */
typedef struct {
    DaemonStream *stream; /* a reference; the worker uses fd alone */
    int fd;
    gboolean is_write;
    gboolean is_sparse;
    gsize wanted;
    GBytes *bytes; /* to write; NULL: a hole */
    guint64 hole;  /* to write, or found */
    guint8 *data;  /* read */
    gssize size;   /* read; 0 at the end, unless there is a hole */
    GError *error;
} StreamJob;

static void read_failed(StreamJob *job)
{
    vir_error_set_errno(&job->error, VIR_FROM_STREAMS, errno, "cannot read from stream");
}

/* Skips the hole at the file's position, if there is one; limits wanted to the data behind the position. */
static void find_hole(StreamJob *job)
{
    off_t here = lseek(job->fd, 0, SEEK_CUR);
    off_t data = lseek(job->fd, here, SEEK_DATA);
    off_t end = data == (off_t)-1 && errno == ENXIO ? lseek(job->fd, 0, SEEK_END) : data;

    if (here < 0 || end < 0) { /* no notion of holes here: all is data */
        lseek(job->fd, here, SEEK_SET);
        return;
    }
    if (end > here) {
        job->hole = MIN((guint64)(end - here), (guint64)job->wanted);
        lseek(job->fd, here + (off_t)job->hole, SEEK_SET);
        return;
    }
    if (data == here) {
        off_t hole = lseek(job->fd, here, SEEK_HOLE);

        if (hole > here)
            job->wanted = MIN(job->wanted, (gsize)(hole - here));
    }
    lseek(job->fd, here, SEEK_SET);
}

static void read_piece(StreamJob *job)
{
    gssize n;

    if (job->is_sparse)
        find_hole(job);
    if (job->hole || job->wanted == 0)
        return;
    job->wanted = MIN(job->wanted, PIECE_SIZE);
    job->data = g_malloc(job->wanted);
    do
        n = read(job->fd, job->data, job->wanted);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        read_failed(job);
    else
        job->size = n;
}

static gboolean write_all(int fd, const guint8 *data, gsize size)
{
    while (size > 0) {
        gssize n = write(fd, data, size);

        if (n < 0 && errno != EINTR)
            return FALSE;
        if (n > 0) {
            data += n;
            size -= n;
        }
    }
    return TRUE;
}

static gboolean write_zeros(int fd, guint64 size)
{
    g_autofree guint8 *zeroes = g_malloc0(PIECE_SIZE);

    for (gsize part; size > 0; size -= part) {
        part = MIN(size, PIECE_SIZE);
        if (!write_all(fd, zeroes, part))
            return FALSE;
    }
    return TRUE;
}

/* What was there before goes: a hole reads as zeros. A file gets a real one, also at its end, where its file system
 * can; a device gets zeros. */
static gboolean write_hole(int fd, guint64 size)
{
    off_t here = lseek(fd, 0, SEEK_CUR);
    struct stat info;
    off_t end;

    if (fstat(fd, &info) < 0 || here < 0)
        return FALSE;
    if (!S_ISREG(info.st_mode) ||
        (here < info.st_size && fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, here, (off_t)size) < 0))
        return write_zeros(fd, size);
    end = lseek(fd, (off_t)size, SEEK_CUR);
    return end >= 0 && (end <= info.st_size || ftruncate(fd, end) == 0);
}

static void write_chunk(StreamJob *job)
{
    gsize size = 0;
    const guint8 *data = job->bytes ? g_bytes_get_data(job->bytes, &size) : NULL;

    if (!(data ? write_all(job->fd, data, size) : write_hole(job->fd, job->hole)))
        vir_error_set_errno(&job->error, VIR_FROM_STREAMS, errno, "cannot write to stream");
}

static void work(gpointer data)
{
    StreamJob *job = data;

    if (job->is_write)
        write_chunk(job);
    else
        read_piece(job);
}

static void take_piece(DaemonStream *stream, StreamJob *job)
{
    guint64 carried = job->hole ? job->hole : (guint64)job->size;

    if (stream->has_length)
        stream->length -= carried;
    if (job->hole)
        stream_send_hole(stream, job->hole);
    else if (job->size > 0)
        stream_send_data(stream, job->data, job->size);
    else
        stream_source_ended(stream);
}

static void done(gpointer data)
{
    StreamJob *job = data;
    DaemonStream *stream = job->stream;

    stream->is_working = FALSE;
    if (!stream->is_over) {
        if (job->error)
            stream_fail(stream, g_steal_pointer(&job->error));
        else if (job->is_write)
            stream_chunk_done(stream);
        else
            take_piece(stream, job);
        if (!stream->is_over)
            stream_file_update(stream);
    }
    g_clear_pointer(&job->bytes, g_bytes_unref);
    g_clear_error(&job->error);
    g_free(job->data);
    g_free(job);
    daemon_stream_unref(stream);
}

static gboolean prepare_write(DaemonStream *stream, StreamJob *job)
{
    StreamChunk *chunk = g_queue_peek_head(&stream->in);
    GError *error = NULL;

    if (!chunk)
        return FALSE;
    if (stream->has_length && chunk->size > stream->length) {
        vir_error_set_errno(&error, VIR_FROM_STREAMS, ENOSPC, "cannot write to stream");
        stream_fail(stream, error);
        return FALSE;
    }
    if (stream->has_length)
        stream->length -= chunk->size;
    job->is_write = TRUE;
    job->bytes = chunk->bytes ? g_bytes_ref(chunk->bytes) : NULL;
    job->hole = chunk->bytes ? 0 : chunk->size;
    return TRUE;
}

static gboolean prepare_read(DaemonStream *stream, StreamJob *job)
{
    if (!stream_has_room(stream))
        return FALSE;
    job->is_sparse = stream->is_sparse;
    job->wanted = stream->has_length ? MIN(stream->length, G_MAXSSIZE) : G_MAXSSIZE;
    return TRUE;
}

void stream_file_update(DaemonStream *stream)
{
    StreamJob job = {.stream = stream, .fd = stream->fd};

    if (stream->is_working || !(prepare_write(stream, &job) || (!stream->is_over && prepare_read(stream, &job))))
        return;
    stream->is_working = TRUE;
    daemon_stream_ref(stream);
    daemon_run_worker(stream->client->daemon, work, done, g_memdup2(&job, sizeof(job)));
}
