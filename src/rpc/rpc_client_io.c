/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A client's bytes: writing, the reader's turn, cutting frames out of what arrives, and the attached loop's watch. */
#include "rpc/rpc_client_priv.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "rpc/protocol/keepalive.h"

#define READ_ROOM 65536
#define READ_KEEP (1024 * 1024)
/* While this much waits to be written, streams take no more. */
#define OUT_FULL (1024 * 1024)

/* ---- writing ---- */

/* Writes what goes of the first frame. FALSE when some of it is left. */
static gboolean write_first(RpcClient *client, RpcFrame *frame)
{
    GError *error = NULL;
    gssize n = 0;

    while (client->out_done < frame->size) {
        n = rpc_transport_write(client->transport, frame->data + client->out_done, frame->size - client->out_done,
                                &error);
        if (n <= 0)
            break;
        client->out_done += n;
        client->out_bytes -= n;
    }
    while (client->out_done == frame->size && client->out_fds < frame->n_fds) {
        n = rpc_transport_write_fd(client->transport, frame->fds[client->out_fds], &error);
        if (n <= 0)
            break;
        client->out_fds++;
    }
    if (n < 0)
        rpc_client_fail(client, VIR_CONNECT_CLOSE_REASON_ERROR, error);
    return client->out_done == frame->size && client->out_fds == frame->n_fds;
}

static void client_flush(RpcClient *client)
{
    RpcFrame *frame;

    while (!client->is_closed && (frame = g_queue_peek_head(&client->out))) {
        if (!write_first(client, frame))
            return;
        rpc_frame_free(g_queue_pop_head(&client->out));
        client->out_done = 0;
        client->out_fds = 0;
    }
}

void rpc_client_queue(RpcClient *client, RpcFrame *frame)
{
    g_queue_push_tail(&client->out, frame);
    client->out_bytes += frame->size;
    if (client->out.length == 1)
        client_flush(client);
    if (client->out.length)
        rpc_client_update_watch(client);
}

gboolean rpc_client_out_is_full(RpcClient *client)
{
    client->was_full = client->out_bytes >= OUT_FULL;
    return client->was_full;
}

/* Streams that were told to wait may go on. */
static void tell_writable(RpcClient *client)
{
    GHashTableIter iter;
    gpointer stream;

    if (!client->was_full || client->out_bytes >= OUT_FULL)
        return;
    client->was_full = FALSE;
    g_hash_table_iter_init(&iter, client->streams);
    while (g_hash_table_iter_next(&iter, NULL, &stream))
        rpc_client_stream_tell(stream);
}

/* ---- cutting frames ---- */

static void broken_frame(RpcClient *client, const char *what, gsize size)
{
    GError *error = NULL;

    vir_error_set(&error, VIR_FROM_RPC, VIR_ERR_RPC, "%s (%zu)", what, size);
    rpc_client_fail(client, VIR_CONNECT_CLOSE_REASON_ERROR, error);
}

/* TRUE when the descriptors have been taken. */
static gboolean handle_reply(RpcClient *client, const RpcHeader *header, const guint8 *body, gsize size, guint n_fds)
{
    RpcPendingCall *call = g_hash_table_lookup(client->calls, GUINT_TO_POINTER(header->serial));

    /* A reply that nobody waits for any more, after a timeout, is not an error. */
    if (!call || call->waiter.is_done || call->program != header->program || call->procedure != header->procedure)
        return FALSE;
    call->status = header->status;
    call->body = g_memdup2(body, size);
    call->body_size = size;
    if (n_fds) {
        call->fds = g_memdup2(client->in_fds->data, n_fds * sizeof(int));
        call->n_fds = n_fds;
    }
    rpc_waiter_done(&call->waiter);
    return TRUE;
}

/* The same. */
static gboolean handle_frame(RpcClient *client, const RpcHeader *header, const guint8 *body, gsize size, guint n_fds)
{
    RpcClientStream *stream;

    if (rpc_keepalive_heard(client, header))
        return FALSE;
    switch (header->type) {
    case VIR_NET_REPLY:
    case VIR_NET_REPLY_WITH_FDS:
        return handle_reply(client, header, body, size, n_fds);
    case VIR_NET_MESSAGE:
        if (client->handlers && client->handlers->event)
            client->handlers->event(client, header, body, size, client->handlers_data);
        return FALSE;
    case VIR_NET_STREAM:
    case VIR_NET_STREAM_HOLE:
        stream = g_hash_table_lookup(client->streams, GUINT_TO_POINTER(header->serial));
        if (stream) /* else it has been let go already */
            rpc_client_stream_handle(stream, header, body, size);
        return FALSE;
    default:
        broken_frame(client, "got unexpected RPC message type", header->type);
        return FALSE;
    }
}

/* Drops the first n_fds descriptors from those received; a reply that took them has a copy of their numbers. */
static void claim_fds(RpcClient *client, guint n_fds, gboolean were_taken)
{
    for (guint i = 0; i < n_fds && !were_taken; i++)
        close(g_array_index(client->in_fds, int, i));
    if (n_fds)
        g_array_remove_range(client->in_fds, 0, n_fds);
}

/* How many bytes and descriptors stand behind the frame; FALSE when they have not all come. */
static gboolean frame_fds(RpcClient *client, const RpcHeader *header, const guint8 *frame, gsize size, guint *n_fds)
{
    guint32 count;

    *n_fds = 0;
    if (header->type != VIR_NET_REPLY_WITH_FDS)
        return TRUE;
    if (size < RPC_PREFIX_SIZE + 4) {
        broken_frame(client, "got a message without its number of file descriptors", size);
        return FALSE;
    }
    memcpy(&count, frame + RPC_PREFIX_SIZE, sizeof(count));
    count = GUINT32_FROM_BE(count);
    if (count > RPC_FDS_MAX || !rpc_transport_passes_fds(client->transport)) {
        broken_frame(client, "got unexpected number of file descriptors", count);
        return FALSE;
    }
    *n_fds = count;
    return client->in_end - client->in_start >= size + count && client->in_fds->len >= count;
}

/* Takes one frame from what has arrived. FALSE when there is none yet, or never will be; *want is the size it will
 * have. */
static gboolean take_frame(RpcClient *client, gsize *want)
{
    const guint8 *frame = client->in + client->in_start;
    gsize have = client->in_end - client->in_start, size, skip;
    gboolean were_taken;
    RpcHeader header;
    guint n_fds;

    *want = RPC_PREFIX_SIZE;
    if (have < RPC_LENGTH_SIZE)
        return FALSE;
    if (!rpc_length_decode(frame, &size)) {
        memcpy(&header.program, frame, sizeof(header.program));
        broken_frame(client, "packet received from server has an impossible length", GUINT32_FROM_BE(header.program));
        return FALSE;
    }
    *want = size + RPC_FDS_MAX;
    if (have < size)
        return FALSE;
    rpc_header_decode(frame + RPC_LENGTH_SIZE, &header);
    if (!frame_fds(client, &header, frame, size, &n_fds))
        return FALSE;
    skip = header.type == VIR_NET_REPLY_WITH_FDS ? 4 : 0;
    were_taken = handle_frame(client, &header, frame + RPC_PREFIX_SIZE + skip, size - RPC_PREFIX_SIZE - skip, n_fds);
    claim_fds(client, n_fds, were_taken);
    client->in_start += size + n_fds;
    return TRUE;
}

static void take_frames(RpcClient *client)
{
    gsize want = 0;

    while (!client->is_closed && take_frame(client, &want))
        continue;
    if (client->in_start == client->in_end) {
        client->in_start = client->in_end = 0;
        if (client->in_size > READ_KEEP) { /* after a large frame */
            g_clear_pointer(&client->in, g_free);
            client->in_size = 0;
        }
    } else if (client->in_start + want > client->in_size && client->in_start > 0) {
        memmove(client->in, client->in + client->in_start, client->in_end - client->in_start);
        client->in_end -= client->in_start;
        client->in_start = 0;
    }
    if (client->in_fds->len > 2 * RPC_FDS_MAX)
        broken_frame(client, "got more file descriptors than messages for them", client->in_fds->len);
}

/* Room grows with what has come, not with what a length word announces. */
static void make_room(RpcClient *client)
{
    if (client->in_size - client->in_end >= READ_ROOM / 2)
        return;
    client->in_size = MAX(READ_ROOM, client->in_size * 2);
    client->in = g_realloc(client->in, client->in_size);
}

/* ---- reading, by the one who has the turn ---- */

/* One read and all frames that it completes. */
static void read_once(RpcClient *client, gboolean wait)
{
    gboolean unlocked = rpc_transport_can_wait(client->transport);
    gboolean at_end = FALSE;
    GError *error = NULL;
    gssize n;

    make_room(client);
    if (unlocked) /* layers that encrypt cannot read and write at a time */
        g_mutex_unlock(&client->lock);
    n = rpc_transport_read(client->transport, client->in + client->in_end, client->in_size - client->in_end, wait,
                           client->in_fds, &at_end, &error);
    if (unlocked)
        g_mutex_lock(&client->lock);
    if (n < 0) {
        rpc_client_fail(client, at_end ? VIR_CONNECT_CLOSE_REASON_EOF : VIR_CONNECT_CLOSE_REASON_ERROR, error);
        return;
    }
    client->in_end += n;
    take_frames(client);
}

static int poll_timeout_ms(gint64 deadline_us, gint64 due_us)
{
    gint64 until = deadline_us < 0 ? due_us : due_us < 0 ? deadline_us : MIN(deadline_us, due_us);

    if (until < 0)
        return -1;
    return (int)CLAMP((until - g_get_monotonic_time() + 999) / 1000, 0, G_MAXINT);
}

/* Waits until something can be read; writes meanwhile what is queued. FALSE when nothing can be read yet. */
static gboolean wait_input(RpcClient *client, gint64 deadline_us)
{
    struct pollfd poll_fd = {.fd = rpc_transport_fd(client->transport), .events = POLLIN};
    int timeout = poll_timeout_ms(deadline_us, rpc_keepalive_run(client));

    if (client->is_closed || rpc_transport_has_pending(client->transport))
        return !client->is_closed;
    if (client->out.length)
        poll_fd.events |= POLLOUT;
    g_mutex_unlock(&client->lock);
    poll(&poll_fd, 1, timeout);
    g_mutex_lock(&client->lock);
    if (poll_fd.revents & POLLOUT) {
        client_flush(client);
        tell_writable(client);
    }
    return (poll_fd.revents & ~POLLOUT) != 0;
}

static void take_turn(RpcClient *client, gint64 deadline_us)
{
    gboolean can_wait = rpc_transport_can_wait(client->transport) && client->out.length == 0 && deadline_us < 0 &&
                        client->keepalive.interval_s == 0;

    client->has_reader = TRUE;
    if (can_wait || wait_input(client, deadline_us))
        read_once(client, can_wait);
    client->has_reader = FALSE;
}

static void pass_turn(RpcClient *client)
{
    if (client->has_reader)
        return;
    for (GList *link = client->waiters.head; link; link = link->next) {
        RpcWaiter *waiter = link->data;
        if (!waiter->is_done) {
            rpc_waiter_wake(waiter);
            return;
        }
    }
}

void rpc_client_read_available(RpcClient *client)
{
    if (client->has_reader || client->is_closed)
        return;
    client->has_reader = TRUE;
    read_once(client, FALSE);
    while (!client->is_closed && rpc_transport_has_pending(client->transport))
        read_once(client, FALSE);
    client->has_reader = FALSE;
    pass_turn(client);
}

/* ---- waiting ---- */

void rpc_waiter_init(RpcWaiter *waiter)
{
    g_cond_init(&waiter->cond);
    waiter->link = (GList){.data = waiter};
    waiter->is_asleep = waiter->is_done = FALSE;
}

void rpc_waiter_clear(RpcWaiter *waiter)
{
    g_cond_clear(&waiter->cond);
}

void rpc_waiter_wake(RpcWaiter *waiter)
{
    if (waiter->is_asleep)
        g_cond_signal(&waiter->cond);
}

void rpc_waiter_done(RpcWaiter *waiter)
{
    waiter->is_done = TRUE;
    rpc_waiter_wake(waiter);
}

static void waiter_sleep(RpcWaiter *waiter, GMutex *lock, gint64 deadline_us)
{
    waiter->is_asleep = TRUE;
    if (deadline_us < 0)
        g_cond_wait(&waiter->cond, lock);
    else
        g_cond_wait_until(&waiter->cond, lock, deadline_us);
    waiter->is_asleep = FALSE;
}

static gboolean is_past(gint64 deadline_us)
{
    return deadline_us >= 0 && g_get_monotonic_time() >= deadline_us;
}

/* The reader may sit in a read that does not write; then whoever has something to write waits for room himself. */
static void write_beside_reader(RpcClient *client, gint64 deadline_us)
{
    struct pollfd poll_fd = {.fd = rpc_transport_fd(client->transport), .events = POLLOUT};
    int timeout = poll_timeout_ms(deadline_us, -1);

    g_mutex_unlock(&client->lock);
    poll(&poll_fd, 1, timeout);
    g_mutex_lock(&client->lock);
    client_flush(client);
}

void rpc_client_wait(RpcClient *client, RpcWaiter *waiter, gint64 deadline_us)
{
    g_queue_push_tail_link(&client->waiters, &waiter->link);
    rpc_client_update_watch(client);
    while (!waiter->is_done && !client->is_closed && !is_past(deadline_us)) {
        if (!client->has_reader)
            take_turn(client, deadline_us);
        else if (client->out.length)
            write_beside_reader(client, deadline_us);
        else
            waiter_sleep(waiter, &client->lock, deadline_us);
    }
    g_queue_unlink(&client->waiters, &waiter->link);
    pass_turn(client);
    rpc_client_update_watch(client);
}

gboolean rpc_client_wait_written(RpcClient *client)
{
    while (client->out.length && !client->is_closed) {
        if (client->has_reader)
            write_beside_reader(client, -1);
        else
            take_turn(client, -1);
    }
    pass_turn(client);
    return !client->is_closed;
}

/* ---- the loop's watch ---- */

gboolean rpc_client_wants_input(RpcClient *client)
{
    GHashTableIter iter;
    gpointer stream;

    g_hash_table_iter_init(&iter, client->streams);
    while (g_hash_table_iter_next(&iter, NULL, &stream)) {
        if (rpc_client_stream_is_full(stream))
            return FALSE;
    }
    return TRUE;
}

void rpc_client_update_watch(RpcClient *client)
{
    int events = 0;

    if (client->watch < 0)
        return;
    if (client->is_closed) {
        client->loop->remove_handle(client->watch);
        client->watch = -1;
        return;
    }
    if (client->waiters.length == 0 && rpc_client_wants_input(client))
        events |= VIR_EVENT_HANDLE_READABLE;
    if (client->out.length)
        events |= VIR_EVENT_HANDLE_WRITABLE;
    if (events != client->watch_events) {
        client->watch_events = events;
        client->loop->update_handle(client->watch, events);
    }
}

static void on_watch(int watch, int fd, int events, void *opaque)
{
    RpcClient *client = opaque;

    (void)watch;
    (void)fd;
    g_mutex_lock(&client->lock);
    if (!client->is_closed && client->out.length) {
        client_flush(client);
        tell_writable(client);
    }
    if (events & ~VIR_EVENT_HANDLE_WRITABLE)
        rpc_client_read_available(client);
    rpc_client_update_watch(client);
    g_mutex_unlock(&client->lock);
}

static void drop_watch(void *opaque)
{
    rpc_client_unref(opaque);
}

gboolean rpc_client_add_watch(RpcClient *client, GError **error)
{
    client->watch_events = VIR_EVENT_HANDLE_READABLE;
    client->watch = client->loop->add_handle(rpc_transport_fd(client->transport), client->watch_events, on_watch,
                                             rpc_client_ref(client), drop_watch);
    if (client->watch >= 0)
        return TRUE;
    rpc_client_unref(client);
    vir_error_set(error, VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "%s", "the event loop takes no file handle");
    return FALSE;
}
