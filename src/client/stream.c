/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Streams: sending, receiving, ending, and the event loop's callback. Whole transfers are in client/stream_all.c. */
#include "client/stream.h"

#include <libvirt/virterror.h>

#include "client/call.h"
#include "client/event_loop.h"
#include "client/report.h"

/* A callback in the loop; lives as long as its timer, and has a reference on the stream. */
typedef struct {
    virStreamPtr st;
    virStreamEventCallback func;
    void *opaque;
    virFreeCallback free;
    int timer;
    int events; /* wanted; guarded by the stream's lock */
} StreamCallback;

struct _virStream {
    Handle base;
    gboolean is_nonblock;
    GMutex lock;           /* guards the rest */
    RpcClientStream *wire; /* NULL: not opened by a call, or ended */
    StreamCallback *callback;
};

static void stream_clear(gpointer handle)
{
    virStreamPtr st = handle;

    if (st->wire)
        rpc_client_stream_unref(st->wire);
    g_mutex_clear(&st->lock);
}

const HandleType handle_type_stream = {sizeof(struct _virStream), VIR_ERR_INVALID_STREAM, VIR_FROM_STREAMS,
                                       VIR_FROM_STREAMS, stream_clear};

gboolean stream_is_nonblock(virStreamPtr st)
{
    return st->is_nonblock;
}

RpcClientStream *stream_attach(virStreamPtr st, gboolean is_sparse)
{
    RpcClientStream *wire = NULL;

    g_mutex_lock(&st->lock);
    if (!st->wire)
        wire = st->wire = rpc_client_stream_new(st->base.connection->client, is_sparse);
    g_mutex_unlock(&st->lock);
    return wire;
}

void stream_detach(virStreamPtr st)
{
    RpcClientStream *wire;

    g_mutex_lock(&st->lock);
    wire = g_steal_pointer(&st->wire);
    if (wire)
        rpc_client_stream_set_changed(wire, NULL, NULL);
    g_mutex_unlock(&st->lock);
    rpc_client_stream_unref(wire);
}

virStreamPtr virStreamNew(virConnectPtr conn, unsigned int flags)
{
    virStreamPtr st;
    ClientCall call;

    if (!call_begin(&call, &handle_type_connect, conn, __func__))
        return NULL;
    if (flags & ~(unsigned int)VIR_STREAM_NONBLOCK) {
        call_fail(&call, VIR_FROM_STREAMS, VIR_ERR_INVALID_ARG, "unsupported flags (0x%x) in function %s", flags,
                  __func__);
        return NULL;
    }
    st = handle_new(&handle_type_stream, call.connection);
    st->is_nonblock = (flags & VIR_STREAM_NONBLOCK) != 0;
    g_mutex_init(&st->lock);
    return st;
}

int virStreamRef(virStreamPtr st)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_stream, st, __func__))
        return -1;
    handle_ref(st);
    return 0;
}

int virStreamFree(virStreamPtr st)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_stream, st, __func__))
        return -1;
    handle_unref(st);
    return 0;
}

/* ---- sending and receiving ---- */

/* The stream on the wire, with a reference; NULL: reported. */
static RpcClientStream *begin(ClientCall *call, virStreamPtr st, const char *function)
{
    RpcClientStream *wire;

    if (!call_begin(call, &handle_type_stream, st, function))
        return NULL;
    g_mutex_lock(&st->lock);
    wire = st->wire ? rpc_client_stream_ref(st->wire) : NULL;
    g_mutex_unlock(&st->lock);
    if (!wire)
        call_fail(call, VIR_FROM_STREAMS, VIR_ERR_OPERATION_INVALID, "%s", "stream is not open");
    return wire;
}

/* Reports what went wrong, word for word if it came from the daemon. */
static void report_stream(ClientCall *call, RpcClientStream *wire, const GError *error)
{
    const virNetMessageError *failure = rpc_client_stream_failure(wire);

    connection_tell_closed(call->connection);
    if (failure)
        report_wire(call->connection, failure);
    else
        report_gerror(call->connection, error);
}

int virStreamSend(virStreamPtr st, const char *data, size_t nbytes)
{
    g_autoptr(RpcClientStream) wire = NULL;
    g_autoptr(GError) error = NULL;
    ClientCall call;
    int sent;

    wire = begin(&call, st, __func__);
    if (!wire || !call_need(&call, data, "data"))
        return -1;
    sent = rpc_client_stream_send(wire, data, nbytes, !st->is_nonblock, &error);
    if (sent == RPC_STREAM_FAILED)
        report_stream(&call, wire, error);
    return sent;
}

int virStreamSendHole(virStreamPtr st, long long length, unsigned int flags)
{
    g_autoptr(RpcClientStream) wire = NULL;
    g_autoptr(GError) error = NULL;
    ClientCall call;
    int sent;

    wire = begin(&call, st, __func__);
    if (!wire || !call_need_not_negative(&call, length, "length"))
        return -1;
    if (flags) {
        call_fail(&call, VIR_FROM_STREAMS, VIR_ERR_INVALID_ARG, "unsupported flags (0x%x) in function %s", flags,
                  __func__);
        return -1;
    }
    sent = rpc_client_stream_send_hole(wire, length, !st->is_nonblock, &error);
    if (sent == RPC_STREAM_FAILED)
        report_stream(&call, wire, error);
    return sent;
}

static int receive(virStreamPtr st, char *data, size_t nbytes, gboolean stop_at_hole, const char *function)
{
    g_autoptr(RpcClientStream) wire = NULL;
    g_autoptr(GError) error = NULL;
    ClientCall call;
    int got;

    wire = begin(&call, st, function);
    if (!wire || !call_need(&call, data, "data"))
        return -1;
    got = rpc_client_stream_receive(wire, data, nbytes, stop_at_hole, !st->is_nonblock, &error);
    if (got == RPC_STREAM_FAILED)
        report_stream(&call, wire, error);
    return got;
}

int virStreamRecv(virStreamPtr st, char *data, size_t nbytes)
{
    return receive(st, data, nbytes, FALSE, __func__);
}

int virStreamRecvFlags(virStreamPtr st, char *data, size_t nbytes, unsigned int flags)
{
    if (flags & ~(unsigned int)VIR_STREAM_RECV_STOP_AT_HOLE) {
        report(NULL, VIR_FROM_STREAMS, VIR_ERR_INVALID_ARG, "unsupported flags (0x%x) in function %s", flags, __func__);
        return -1;
    }
    return receive(st, data, nbytes, flags != 0, __func__);
}

int virStreamRecvHole(virStreamPtr st, long long *length, unsigned int flags)
{
    g_autoptr(RpcClientStream) wire = NULL;
    g_autoptr(GError) error = NULL;
    gint64 hole = 0;
    ClientCall call;

    wire = begin(&call, st, __func__);
    if (!wire || !call_need(&call, length, "length"))
        return -1;
    if (flags) {
        call_fail(&call, VIR_FROM_STREAMS, VIR_ERR_INVALID_ARG, "unsupported flags (0x%x) in function %s", flags,
                  __func__);
        return -1;
    }
    if (rpc_client_stream_receive_hole(wire, &hole, &error) < 0) {
        report_stream(&call, wire, error);
        return -1;
    }
    *length = hole;
    return 0;
}

static int end(virStreamPtr st, gboolean (*how)(RpcClientStream *, GError **), const char *function)
{
    g_autoptr(RpcClientStream) wire = NULL;
    g_autoptr(GError) error = NULL;
    ClientCall call;
    gboolean ok;

    wire = begin(&call, st, function);
    if (!wire)
        return -1;
    ok = how(wire, &error);
    stream_detach(st);
    if (!ok)
        report_stream(&call, wire, error);
    return ok ? 0 : -1;
}

int virStreamFinish(virStreamPtr st)
{
    return end(st, rpc_client_stream_finish, __func__);
}

int virStreamAbort(virStreamPtr st)
{
    return end(st, rpc_client_stream_abort, __func__);
}

/* ---- the event loop's callback ---- */

/* With the client's lock held: only wakes the timer. */
static void on_changed(RpcClientStream *wire, gpointer data)
{
    event_loop()->update_timeout(((StreamCallback *)data)->timer, 0);
}

static void on_timer(int timer, void *opaque)
{
    StreamCallback *callback = opaque;
    virStreamPtr st = callback->st;
    int ready = 0;

    g_mutex_lock(&st->lock);
    if (st->callback == callback && st->wire)
        ready = rpc_client_stream_ready(st->wire) & callback->events;
    if (!ready && st->callback == callback)
        event_loop()->update_timeout(timer, -1); /* on_changed() wakes it again */
    g_mutex_unlock(&st->lock);
    if (ready)
        callback->func(st, ready, callback->opaque);
}

static void callback_free(void *opaque)
{
    StreamCallback *callback = opaque;

    if (callback->free)
        callback->free(callback->opaque);
    handle_unref(callback->st);
    g_free(callback);
}

int virStreamEventAddCallback(virStreamPtr st, int events, virStreamEventCallback func, void *opaque,
                              virFreeCallback free)
{
    const RpcLoop *loop = event_loop();
    g_autoptr(RpcClientStream) wire = NULL;
    StreamCallback *callback;
    ClientCall call;

    wire = begin(&call, st, __func__);
    if (!wire || !call_need(&call, func, "cb"))
        return -1;
    g_mutex_lock(&st->lock);
    if (st->callback || !loop) {
        g_mutex_unlock(&st->lock);
        call_fail(&call, VIR_FROM_STREAMS, VIR_ERR_INTERNAL_ERROR, "%s",
                  loop ? "multiple stream callbacks not supported" : "stream callbacks need an event loop");
        return -1;
    }
    callback = g_new0(StreamCallback, 1);
    callback->st = handle_ref(st);
    callback->func = func;
    callback->opaque = opaque;
    callback->events = events;
    callback->timer = loop->add_timeout(-1, on_timer, callback, callback_free);
    if (callback->timer < 0) {
        g_mutex_unlock(&st->lock);
        handle_unref(st);
        g_free(callback);
        call_fail(&call, VIR_FROM_STREAMS, VIR_ERR_INTERNAL_ERROR, "%s", "the event loop takes no timer");
        return -1;
    }
    callback->free = free;
    st->callback = callback;
    rpc_client_stream_set_changed(wire, on_changed, callback);
    loop->update_timeout(callback->timer, 0); /* it may be ready already */
    g_mutex_unlock(&st->lock);
    return 0;
}

int virStreamEventUpdateCallback(virStreamPtr st, int events)
{
    g_autoptr(RpcClientStream) wire = NULL;
    gboolean has;
    ClientCall call;

    wire = begin(&call, st, __func__);
    if (!wire)
        return -1;
    g_mutex_lock(&st->lock);
    has = st->callback != NULL;
    if (has) {
        st->callback->events = events;
        event_loop()->update_timeout(st->callback->timer, 0);
    }
    g_mutex_unlock(&st->lock);
    if (!has)
        call_fail(&call, VIR_FROM_STREAMS, VIR_ERR_INTERNAL_ERROR, "%s", "no stream callback registered");
    return has ? 0 : -1;
}

int virStreamEventRemoveCallback(virStreamPtr st)
{
    StreamCallback *callback;
    ClientCall call;

    if (!call_begin(&call, &handle_type_stream, st, __func__))
        return -1;
    g_mutex_lock(&st->lock);
    callback = g_steal_pointer(&st->callback);
    if (callback && st->wire)
        rpc_client_stream_set_changed(st->wire, NULL, NULL);
    if (callback)
        event_loop()->remove_timeout(callback->timer); /* frees it, later */
    g_mutex_unlock(&st->lock);
    if (!callback)
        call_fail(&call, VIR_FROM_STREAMS, VIR_ERR_INTERNAL_ERROR, "%s", "no stream callback registered");
    return callback ? 0 : -1;
}
