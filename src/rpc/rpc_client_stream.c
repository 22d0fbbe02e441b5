/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A client's streams: what has come and is not yet received, the end by either side. */
#include "rpc/rpc_client_stream.h"

#include <string.h>

#include "common/error.h"
#include "rpc/error.h"
#include "rpc/rpc_client_priv.h"

#define QUEUE_FULL (8 * 1024 * 1024)
#define QUEUE_MAX  (64 * 1024 * 1024)

/* Bytes, or (data NULL) a hole. */
typedef struct {
    guint8 *data;
    gint64 length;
    gint64 done;
} Packet;

struct RpcClientStream {
    int refs; /* atomic */
    RpcClient *client;
    gboolean is_sparse;
    RpcHeader header; /* of the call that opened it */

    /* The client's lock guards the rest. */
    gboolean is_open;      /* in the client's table */
    gboolean is_at_end;    /* the daemon sends no more */
    gboolean is_confirmed; /* the daemon has confirmed the end */
    gboolean is_ending;    /* finish or abort is under way: what comes is dropped */
    GError *error;
    virNetMessageError *failure;
    GQueue in;      /* Packet */
    gsize in_bytes; /* in memory, holes count nothing but themselves */
    RpcWaiter *receiver;
    RpcWaiter *ender;
    RpcClientStreamChanged changed;
    gpointer changed_data;
};

static void packet_free(gpointer data)
{
    Packet *packet = data;

    g_free(packet->data);
    g_free(packet);
}

RpcClientStream *rpc_client_stream_new(RpcClient *client, gboolean is_sparse)
{
    RpcClientStream *stream = g_new0(RpcClientStream, 1);

    stream->refs = 1;
    stream->client = rpc_client_ref(client);
    stream->is_sparse = is_sparse;
    g_queue_init(&stream->in);
    return stream;
}

RpcClientStream *rpc_client_stream_ref(RpcClientStream *stream)
{
    g_atomic_int_inc(&stream->refs);
    return stream;
}

static RpcHeader stream_header(const RpcClientStream *stream, guint32 type, guint32 status)
{
    RpcHeader header = stream->header;

    header.type = type;
    header.status = status;
    return header;
}

static void stream_leave(RpcClientStream *stream)
{
    if (!stream->is_open)
        return;
    stream->is_open = FALSE;
    g_hash_table_remove(stream->client->streams, GUINT_TO_POINTER(stream->header.serial));
}

static void stream_clear_queue(RpcClientStream *stream)
{
    g_queue_clear_full(&stream->in, packet_free);
    stream->in_bytes = 0;
}

/* An open stream that nobody holds any more is aborted, without waiting to hear that it is. */
static void stream_let_go(RpcClientStream *stream)
{
    if (stream->is_open && !stream->is_confirmed && !stream->client->is_closed) {
        RpcHeader header = stream_header(stream, VIR_NET_STREAM, VIR_NET_ERROR);
        rpc_client_queue(stream->client, rpc_frame_encode_bytes(&header, NULL, 0));
    }
    stream_leave(stream);
    rpc_client_update_watch(stream->client);
}

void rpc_client_stream_unref(RpcClientStream *stream)
{
    if (!stream || !g_atomic_int_dec_and_test(&stream->refs))
        return;
    g_mutex_lock(&stream->client->lock);
    stream_let_go(stream);
    g_mutex_unlock(&stream->client->lock);
    stream_clear_queue(stream);
    g_clear_error(&stream->error);
    if (stream->failure)
        xdr_free((xdrproc_t)xdr_virNetMessageError, stream->failure);
    g_free(stream->failure);
    rpc_client_unref(stream->client);
    g_free(stream);
}

void rpc_client_stream_opened(RpcClientStream *stream, const RpcHeader *header)
{
    stream->header = *header;
    stream->is_open = TRUE;
    g_hash_table_insert(stream->client->streams, GUINT_TO_POINTER(header->serial), stream);
}

void rpc_client_stream_dropped(RpcClientStream *stream)
{
    stream_leave(stream);
    stream_clear_queue(stream);
}

gboolean rpc_client_stream_is_full(RpcClientStream *stream)
{
    return stream->in_bytes >= QUEUE_FULL;
}

void rpc_client_stream_tell(RpcClientStream *stream)
{
    if (stream->changed)
        stream->changed(stream, stream->changed_data);
}

/* ---- what comes ---- */

static void stream_fail(RpcClientStream *stream, GError *error)
{
    if (!stream->error)
        stream->error = error;
    else
        g_error_free(error);
    stream->is_at_end = TRUE;
    stream->is_confirmed = TRUE;
    stream_clear_queue(stream);
}

static void stream_fail_with(RpcClientStream *stream, const char *what)
{
    GError *error = NULL;

    vir_error_set(&error, VIR_FROM_RPC, VIR_ERR_RPC, "%s", what);
    stream_fail(stream, error);
}

static void stream_handle_error(RpcClientStream *stream, const guint8 *body, gsize size)
{
    g_autofree virNetMessageError *failure = g_new0(virNetMessageError, 1);
    GError *error = NULL;

    if (size == 0) {
        stream_fail_with(stream, "stream aborted by the server");
        return;
    }
    if (!rpc_body_decode(body, size, (xdrproc_t)xdr_virNetMessageError, failure, &error)) {
        stream_fail(stream, error);
        return;
    }
    stream_fail(stream, rpc_error_decode(failure));
    if (stream->failure)
        xdr_free((xdrproc_t)xdr_virNetMessageError, failure);
    else
        stream->failure = g_steal_pointer(&failure);
}

static void stream_put(RpcClientStream *stream, const guint8 *data, gint64 length)
{
    Packet *packet;

    if (stream->is_ending || length == 0)
        return;
    stream->in_bytes += sizeof(Packet) + (data ? length : 0);
    if (stream->in_bytes > QUEUE_MAX) {
        stream_fail_with(stream, "stream data came faster than it was received");
        return;
    }
    packet = g_new0(Packet, 1);
    packet->data = data ? g_memdup2(data, length) : NULL;
    packet->length = length;
    g_queue_push_tail(&stream->in, packet);
}

static void stream_handle_hole(RpcClientStream *stream, const guint8 *body, gsize size)
{
    virNetStreamHole hole = {0};
    GError *error = NULL;

    if (!rpc_body_decode(body, size, (xdrproc_t)xdr_virNetStreamHole, &hole, &error))
        stream_fail(stream, error);
    else if (!stream->is_sparse || hole.length < 0)
        stream_fail_with(stream, "unexpected stream hole");
    else
        stream_put(stream, NULL, hole.length);
}

static void wake(RpcWaiter *waiter)
{
    if (waiter)
        rpc_waiter_done(waiter);
}

void rpc_client_stream_handle(RpcClientStream *stream, const RpcHeader *header, const guint8 *body, gsize size)
{
    if (header->status == VIR_NET_ERROR)
        stream_handle_error(stream, body, size);
    else if (header->type == VIR_NET_STREAM_HOLE)
        stream_handle_hole(stream, body, size);
    else if (header->status == VIR_NET_OK)
        stream->is_confirmed = stream->is_at_end = TRUE;
    else if (header->status == VIR_NET_CONTINUE && size == 0)
        stream->is_at_end = TRUE;
    else if (header->status == VIR_NET_CONTINUE)
        stream_put(stream, body, size);
    else
        stream_fail_with(stream, "stream message with an unknown status");

    wake(stream->receiver);
    if (stream->is_confirmed)
        wake(stream->ender);
    rpc_client_stream_tell(stream);
}

/* ---- what is asked for ---- */

/* FALSE with the reason why nothing can be done with the stream any more. */
static gboolean stream_usable(RpcClientStream *stream, GError **error)
{
    if (stream->error)
        g_propagate_error(error, g_error_copy(stream->error));
    else if (stream->client->failure)
        g_propagate_error(error, g_error_copy(stream->client->failure));
    else if (stream->client->is_closed)
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "%s", "client socket is closed");
    else if (!stream->is_open)
        vir_error_set(error, VIR_FROM_STREAMS, VIR_ERR_OPERATION_INVALID, "%s", "stream is not open");
    else
        return TRUE;
    return FALSE;
}

/* Queues frame (taken); result is what to return when it went. */
static int stream_send_frame(RpcClientStream *stream, RpcFrame *frame, int result, gboolean may_block, GError **error)
{
    g_autoptr(RpcFrame) owned = frame;
    int sent = RPC_STREAM_FAILED;

    g_mutex_lock(&stream->client->lock);
    if (stream_usable(stream, error)) {
        if (!may_block && rpc_client_out_is_full(stream->client)) {
            sent = RPC_STREAM_WOULD_BLOCK;
        } else {
            rpc_client_queue(stream->client, g_steal_pointer(&owned));
            if (may_block)
                rpc_client_wait_written(stream->client);
            sent = stream_usable(stream, error) ? result : RPC_STREAM_FAILED;
        }
    }
    g_mutex_unlock(&stream->client->lock);
    return sent;
}

int rpc_client_stream_send(RpcClientStream *stream, const void *data, gsize size, gboolean may_block, GError **error)
{
    RpcHeader header = stream_header(stream, VIR_NET_STREAM, VIR_NET_CONTINUE);
    gsize part = MIN(size, RPC_STREAM_DATA_MAX);

    return stream_send_frame(stream, rpc_frame_encode_bytes(&header, data, part), (int)part, may_block, error);
}

int rpc_client_stream_send_hole(RpcClientStream *stream, gint64 length, gboolean may_block, GError **error)
{
    RpcHeader header = stream_header(stream, VIR_NET_STREAM_HOLE, VIR_NET_CONTINUE);
    virNetStreamHole hole = {.length = length};
    RpcFrame *frame;

    if (!stream->is_sparse) {
        vir_error_set(error, VIR_FROM_STREAMS, VIR_ERR_OPERATION_UNSUPPORTED, "%s",
                      "holes are not supported with this stream");
        return RPC_STREAM_FAILED;
    }
    frame = rpc_frame_encode(&header, (xdrproc_t)xdr_virNetStreamHole, &hole, NULL, 0, error);
    return frame ? stream_send_frame(stream, frame, 0, may_block, error) : RPC_STREAM_FAILED;
}

/* Waits for the next packet or the end. FALSE when there is nothing to come by, with *would_block or an error. */
static gboolean stream_await(RpcClientStream *stream, gboolean may_block, gboolean *would_block, GError **error)
{
    while (stream_usable(stream, error)) {
        RpcWaiter waiter;

        if (stream->in.length || stream->is_at_end)
            return TRUE;
        if (!may_block) {
            rpc_client_read_available(stream->client);
            *would_block = stream->in.length == 0 && !stream->is_at_end && !stream->error && !stream->client->is_closed;
            if (*would_block)
                return FALSE;
            continue;
        }
        if (stream->receiver) {
            vir_error_set(error, VIR_FROM_STREAMS, VIR_ERR_OPERATION_INVALID, "%s",
                          "another thread receives from this stream");
            return FALSE;
        }
        rpc_waiter_init(&waiter);
        stream->receiver = &waiter;
        rpc_client_wait(stream->client, &waiter, -1);
        stream->receiver = NULL;
        rpc_waiter_clear(&waiter);
    }
    return FALSE;
}

/* Steps over length of the first packet. */
static void stream_consume(RpcClientStream *stream, Packet *packet, gint64 length)
{
    packet->done += length;
    if (packet->done < packet->length)
        return;
    stream->in_bytes -= sizeof(Packet) + (packet->data ? packet->length : 0);
    packet_free(g_queue_pop_head(&stream->in));
    rpc_client_update_watch(stream->client);
}

static int stream_take(RpcClientStream *stream, guint8 *data, gsize size, gboolean stop_at_hole)
{
    Packet *packet = g_queue_peek_head(&stream->in);
    gsize part;

    if (!packet)
        return 0;
    if (!packet->data && stop_at_hole)
        return RPC_STREAM_AT_HOLE;
    part = MIN(MIN((guint64)(packet->length - packet->done), size), G_MAXINT);
    if (packet->data)
        memcpy(data, packet->data + packet->done, part);
    else
        memset(data, 0, part);
    stream_consume(stream, packet, part);
    return (int)part;
}

int rpc_client_stream_receive(RpcClientStream *stream, void *data, gsize size, gboolean stop_at_hole,
                              gboolean may_block, GError **error)
{
    gboolean would_block = FALSE;
    int got = RPC_STREAM_FAILED;

    g_mutex_lock(&stream->client->lock);
    if (stream_await(stream, may_block, &would_block, error))
        got = stream_take(stream, data, size, stop_at_hole);
    else if (would_block)
        got = RPC_STREAM_WOULD_BLOCK;
    g_mutex_unlock(&stream->client->lock);
    return got;
}

int rpc_client_stream_receive_hole(RpcClientStream *stream, gint64 *length, GError **error)
{
    int result = RPC_STREAM_FAILED;
    gboolean would_block;
    Packet *packet;

    g_mutex_lock(&stream->client->lock);
    if (stream_await(stream, TRUE, &would_block, error)) {
        packet = g_queue_peek_head(&stream->in);
        *length = packet && !packet->data ? packet->length - packet->done : 0;
        if (*length)
            stream_consume(stream, packet, *length);
        result = 0;
    }
    g_mutex_unlock(&stream->client->lock);
    return result;
}

/* Sends the end with this status and waits until the daemon has confirmed it or failed. With the lock held. */
static gboolean stream_end(RpcClientStream *stream, guint32 status, GError **error)
{
    RpcHeader header = stream_header(stream, VIR_NET_STREAM, status);
    RpcWaiter waiter;

    if (!stream_usable(stream, error))
        return FALSE;
    stream->is_ending = TRUE;
    stream_clear_queue(stream);
    rpc_waiter_init(&waiter);
    stream->ender = &waiter;
    rpc_client_queue(stream->client, rpc_frame_encode_bytes(&header, NULL, 0));
    if (!stream->is_confirmed)
        rpc_client_wait(stream->client, &waiter, -1);
    stream->ender = NULL;
    rpc_waiter_clear(&waiter);
    if (stream->is_confirmed && !stream->error) /* also when the connection closed right behind the confirmation */
        return TRUE;
    return stream_usable(stream, error);
}

static gboolean stream_end_and_leave(RpcClientStream *stream, guint32 status, GError **error)
{
    gboolean ok;

    g_mutex_lock(&stream->client->lock);
    ok = stream_end(stream, status, error);
    stream_leave(stream);
    rpc_client_update_watch(stream->client);
    g_mutex_unlock(&stream->client->lock);
    return ok;
}

gboolean rpc_client_stream_finish(RpcClientStream *stream, GError **error)
{
    return stream_end_and_leave(stream, VIR_NET_OK, error);
}

gboolean rpc_client_stream_abort(RpcClientStream *stream, GError **error)
{
    return stream_end_and_leave(stream, VIR_NET_ERROR, error);
}

int rpc_client_stream_ready(RpcClientStream *stream)
{
    int events = 0;

    g_mutex_lock(&stream->client->lock);
    if (stream->in.length || stream->is_at_end || stream->client->is_closed)
        events |= VIR_STREAM_EVENT_READABLE; /* at the end too: receiving says so, or why */
    if (stream->is_at_end || stream->client->is_closed || !rpc_client_out_is_full(stream->client))
        events |= VIR_STREAM_EVENT_WRITABLE;
    if (stream->error)
        events |= VIR_STREAM_EVENT_ERROR;
    if (stream->client->is_closed)
        events |= VIR_STREAM_EVENT_HANGUP;
    g_mutex_unlock(&stream->client->lock);
    return events;
}

void rpc_client_stream_set_changed(RpcClientStream *stream, RpcClientStreamChanged changed, gpointer data)
{
    g_mutex_lock(&stream->client->lock);
    stream->changed = changed;
    stream->changed_data = data;
    g_mutex_unlock(&stream->client->lock);
}

const virNetMessageError *rpc_client_stream_failure(RpcClientStream *stream)
{
    const virNetMessageError *failure;

    g_mutex_lock(&stream->client->lock);
    failure = stream->failure;
    g_mutex_unlock(&stream->client->lock);
    return failure;
}
