/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/connection/wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib-unix.h>

#include "common/log.h"

#define READ_SIZE 65536
/* A peer that does not take its answers gets no more of its calls read. */
#define BACKLOG_MAX (1024 * 1024)
/* What a queued frame takes beside its bytes: itself, its place in the queue, the allocator's share. */
#define FRAME_COST 128
#define IOVEC_MAX  32

struct Wire {
    PollSet *poll;
    PollItem *item;
    const WireOps *ops;
    gpointer data;
    int fd;      /* -1 once closed */
    guint depth; /* callbacks running */
    gboolean is_freed;
    gboolean is_paused;    /* frame() refused one */
    gboolean is_finishing; /* closes once drained */
    gboolean has_ended;    /* the peer will send no more, but not all of what it sent has been taken */

    GByteArray *kept; /* bytes read and not yet used; NULL when there are none */
    gsize frame_max;
    int fds[RPC_FDS_MAX]; /* came in, belong to no frame yet */
    guint n_fds;
    gint64 last_heard;

    GQueue out;    /* RpcFrame */
    gsize written; /* of the first one; its descriptors count one byte each behind its bytes */
    gsize backlog;
};

/* One loop, one buffer: what is left over after a turn moves to the wire it belongs to. */
static guint8 read_buffer[READ_SIZE];

static void wire_leave(Wire *wire)
{
    if (--wire->depth == 0 && wire->is_freed)
        g_free(wire);
}

static gboolean is_full(const Wire *wire)
{
    return !wire->ops->reads_always && wire_backlog(wire) > BACKLOG_MAX;
}

static void update_events(Wire *wire)
{
    guint32 events = 0;

    if (wire->fd < 0)
        return;
    if (!wire->is_paused && !wire->is_finishing && !is_full(wire))
        events |= EPOLLIN;
    if (!g_queue_is_empty(&wire->out))
        events |= EPOLLOUT;
    poll_change(wire->item, events);
}

void wire_close(Wire *wire)
{
    RpcFrame *frame;

    if (wire->fd < 0)
        return;
    g_clear_pointer(&wire->item, poll_remove);
    close(wire->fd);
    wire->fd = -1;
    while ((frame = g_queue_pop_head(&wire->out)))
        rpc_frame_free(frame);
    wire->backlog = 0;
    while (wire->n_fds > 0)
        close(wire->fds[--wire->n_fds]);
    g_clear_pointer(&wire->kept, g_byte_array_unref);
}

static void wire_end(Wire *wire, const char *reason)
{
    if (wire->fd < 0)
        return;
    wire_close(wire);
    wire->depth++;
    wire->ops->closed(wire, reason, wire->data);
    wire_leave(wire);
}

void wire_free(Wire *wire)
{
    if (!wire)
        return;
    wire_close(wire);
    wire->is_freed = TRUE;
    if (wire->depth == 0)
        g_free(wire);
}

/* Sends one descriptor of a frame with its one byte. */
static gssize send_fd(int socket, int fd)
{
    char control[CMSG_SPACE(sizeof(int))] = {0};
    guint8 byte = 0;
    struct iovec vec = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &vec, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &fd, sizeof(int));
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

/* Sends bytes of as many frames as stand before the next descriptor. */
static gssize send_bytes(Wire *wire)
{
    struct iovec vecs[IOVEC_MAX];
    struct msghdr message = {.msg_iov = vecs};
    gsize skip = wire->written;

    for (GList *link = wire->out.head; link && message.msg_iovlen < IOVEC_MAX; link = link->next) {
        RpcFrame *frame = link->data;

        vecs[message.msg_iovlen++] = (struct iovec){.iov_base = frame->data + skip, .iov_len = frame->size - skip};
        skip = 0;
        if (frame->n_fds)
            break;
    }
    return sendmsg(wire->fd, &message, MSG_NOSIGNAL);
}

static void count_written(Wire *wire, gsize n)
{
    wire->backlog -= n;
    wire->written += n;
    for (;;) {
        RpcFrame *frame = g_queue_peek_head(&wire->out);

        if (!frame || wire->written < frame->size + frame->n_fds)
            return;
        wire->written -= frame->size + frame->n_fds;
        rpc_frame_free(g_queue_pop_head(&wire->out));
    }
}

/* Writes what the socket takes. FALSE when the connection has ended. */
static gboolean wire_flush(Wire *wire)
{
    while (!g_queue_is_empty(&wire->out)) {
        RpcFrame *frame = g_queue_peek_head(&wire->out);
        gssize n = wire->written >= frame->size ? send_fd(wire->fd, frame->fds[wire->written - frame->size])
                                                : send_bytes(wire);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return TRUE;
        if (n < 0) {
            wire_end(wire, g_strerror(errno));
            return FALSE;
        }
        count_written(wire, n);
    }
    if (wire->is_finishing) {
        wire_end(wire, NULL);
        return FALSE;
    }
    return TRUE;
}

void wire_send(Wire *wire, RpcFrame *frame)
{
    if (wire->fd < 0 || wire->is_finishing) {
        rpc_frame_free(frame);
        return;
    }
    g_queue_push_tail(&wire->out, frame);
    wire->backlog += frame->size + frame->n_fds;
    /* What one turn of the loop has for a peer leaves in one write. */
    if (wire->depth == 0 && g_queue_get_length(&wire->out) == 1)
        poll_call_later(wire->item);
}

void wire_finish(Wire *wire)
{
    if (wire->fd < 0)
        return;
    wire->is_finishing = TRUE;
    update_events(wire);
    if (wire->depth == 0) {
        wire->depth++;
        wire_flush(wire);
        wire_leave(wire);
    }
}

static gboolean carries_fds(guint32 type)
{
    return type == VIR_NET_CALL_WITH_FDS || type == VIR_NET_REPLY_WITH_FDS;
}

static guint32 word_at(const guint8 *data)
{
    guint32 word;

    memcpy(&word, data, sizeof(word));
    return GUINT32_FROM_BE(word);
}

/* Looks at the frame that begins at data. Returns the bytes it takes with those of its descriptors, 0 when it is not
 * complete, -1 when it cannot be one. */
static gssize frame_look(Wire *wire, const guint8 *data, gsize available, WireFrame *frame)
{
    gsize extra = 0;

    if (available < RPC_LENGTH_SIZE)
        return 0;
    if (!rpc_length_decode(data, &frame->size) || frame->size > wire->frame_max)
        return -1;
    if (available < frame->size)
        return 0;
    frame->bytes = data;
    frame->body = RPC_PREFIX_SIZE;
    frame->n_fds = 0;
    rpc_header_decode(data + RPC_LENGTH_SIZE, &frame->header);
    if (carries_fds(frame->header.type)) {
        if (frame->size < RPC_PREFIX_SIZE + 4 || word_at(data + RPC_PREFIX_SIZE) > RPC_FDS_MAX)
            return -1;
        frame->n_fds = word_at(data + RPC_PREFIX_SIZE);
        frame->body += 4;
        extra = frame->n_fds;
    }
    return available < frame->size + extra ? 0 : (gssize)(frame->size + extra);
}

/* Gives one frame with its descriptors to its owner. FALSE when the owner refused it. */
static gboolean frame_give(Wire *wire, WireFrame *frame)
{
    int fds[RPC_FDS_MAX];
    guint n = frame->n_fds;

    memcpy(fds, wire->fds, n * sizeof(int));
    frame->fds = fds;
    if (!wire->ops->frame(wire, frame, wire->data))
        return FALSE;
    for (guint i = 0; i < n; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    if (wire->fd >= 0) {
        wire->n_fds -= n;
        memmove(wire->fds, wire->fds + n, wire->n_fds * sizeof(int));
    }
    return TRUE;
}

/* Gives out the frames at data. Returns the bytes used, or -1 when the connection has ended. */
static gssize take_frames(Wire *wire, const guint8 *data, gsize size)
{
    gsize used = 0;

    while (!wire->is_finishing && !is_full(wire)) {
        WireFrame frame;
        gssize n = frame_look(wire, data + used, size - used, &frame);

        if (n == 0)
            return used;
        if (n < 0 || frame.size < RPC_PREFIX_SIZE || frame.n_fds > wire->n_fds) {
            wire_end(wire, "what it sent is no frame");
            return -1;
        }
        if (!frame_give(wire, &frame)) {
            wire->is_paused = TRUE;
            return used;
        }
        if (wire->fd < 0)
            return -1;
        used += n;
    }
    return used;
}

static void keep_bytes(Wire *wire, const guint8 *data, gsize size)
{
    if (size == 0)
        return;
    if (!wire->kept)
        wire->kept = g_byte_array_new();
    g_byte_array_append(wire->kept, data, size);
}

static void take_kept(Wire *wire)
{
    g_autoptr(GByteArray) kept = NULL; /* a callback may close the wire */
    gssize used;

    if (!wire->kept)
        return;
    kept = g_byte_array_ref(wire->kept);
    used = take_frames(wire, kept->data, kept->len);
    if (used < 0 || !wire->kept)
        return;
    if ((gsize)used == wire->kept->len)
        g_clear_pointer(&wire->kept, g_byte_array_unref);
    else if (used > 0)
        g_byte_array_remove_range(wire->kept, 0, used);
}

/* Descriptors that came with a read. FALSE when there are more than any frame can have. */
static gboolean take_control(Wire *wire, struct msghdr *message)
{
    gboolean ok = !(message->msg_flags & MSG_CTRUNC);

    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header; header = CMSG_NXTHDR(message, header)) {
        gsize n = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);

        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
            continue;
        for (gsize i = 0; i < n; i++) {
            int fd;

            memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
            if (wire->n_fds < RPC_FDS_MAX) {
                wire->fds[wire->n_fds++] = fd;
            } else {
                close(fd);
                ok = FALSE;
            }
        }
    }
    return ok;
}

static void on_bytes(Wire *wire, gsize n)
{
    gssize used;

    wire->last_heard = g_get_monotonic_time();
    if (wire->kept) {
        keep_bytes(wire, read_buffer, n);
        take_kept(wire);
        return;
    }
    used = take_frames(wire, read_buffer, n);
    if (used >= 0 && wire->fd >= 0)
        keep_bytes(wire, read_buffer + used, n - used);
}

static void wire_read(Wire *wire)
{
    char control[CMSG_SPACE(RPC_FDS_MAX * sizeof(int))];
    struct iovec vec = {.iov_base = read_buffer, .iov_len = READ_SIZE};
    struct msghdr message = {
        .msg_iov = &vec, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
    gssize n = recvmsg(wire->fd, &message, MSG_CMSG_CLOEXEC);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        wire_end(wire, n < 0 ? g_strerror(errno) : NULL);
        return;
    }
    if (!take_control(wire, &message)) {
        wire_end(wire, "it sent too many descriptors");
        return;
    }
    on_bytes(wire, n);
}

/* Writes, and takes frames that had to wait for room, until neither goes on. */
static void wire_work(Wire *wire)
{
    gboolean had_backlog = !g_queue_is_empty(&wire->out);

    while (wire->fd >= 0 && wire_flush(wire)) {
        gsize before = wire->kept ? wire->kept->len : 0;

        if (before && !wire->is_paused)
            take_kept(wire);
        if (wire->fd >= 0 && (wire->kept ? wire->kept->len : 0) == before)
            break;
    }
    if (wire->fd >= 0 && had_backlog && g_queue_is_empty(&wire->out) && wire->ops->drained)
        wire->ops->drained(wire, wire->data);
    update_events(wire);
}

static void on_ready(guint32 events, gpointer data)
{
    Wire *wire = data;

    wire->depth++;
    if (events & EPOLLIN)
        wire_read(wire);
    else if (events & (EPOLLHUP | EPOLLERR))
        wire_end(wire, NULL);
    wire_work(wire);
    wire_leave(wire);
}

void wire_resume(Wire *wire)
{
    if (!wire->is_paused || wire->fd < 0)
        return;
    wire->is_paused = FALSE;
    wire->depth++;
    wire_work(wire);
    wire_leave(wire);
}

Wire *wire_new(PollSet *poll, int fd, const WireOps *ops, gpointer data)
{
    Wire *wire = g_new0(Wire, 1);

    g_unix_set_fd_nonblocking(fd, TRUE, NULL);
    *wire = (Wire){.poll = poll, .ops = ops, .data = data, .fd = fd, .frame_max = RPC_FRAME_MAX};
    g_queue_init(&wire->out);
    wire->last_heard = g_get_monotonic_time();
    wire->item = poll_add(poll, fd, EPOLLIN, on_ready, wire);
    return wire;
}

gsize wire_backlog(const Wire *wire)
{
    return wire->backlog + FRAME_COST * wire->out.length;
}

void wire_limit_frames(Wire *wire, gsize size)
{
    wire->frame_max = size;
}

int wire_fd(const Wire *wire)
{
    return wire->fd;
}

gint64 wire_last_heard(const Wire *wire)
{
    return wire->last_heard;
}
