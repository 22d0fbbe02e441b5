/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole transfers over a stream, from or to the application's functions. */
#include <libvirt/virterror.h>

#include "client/call.h"
#include "client/report.h"
#include "client/stream.h"

#define CHUNK (256 * 1024)

static gboolean begin(ClientCall *call, virStreamPtr st, gboolean has_functions, const char *what, const char *function)
{
    if (!call_begin(call, &handle_type_stream, st, function))
        return FALSE;
    if (stream_is_nonblock(st))
        return call_fail(call, VIR_FROM_STREAMS, VIR_ERR_OPERATION_INVALID,
                         "%s cannot be used for non-blocking streams", what);
    return call_need(call, has_functions ? st : NULL, "handler");
}

/* Ends the transfer: a failed one is aborted, and its error stays the thread's last. */
static int conclude(virStreamPtr st, gboolean ok)
{
    ReportSaved *saved;

    if (ok)
        return 0;
    saved = report_save();
    virStreamAbort(st);
    report_restore(saved);
    return -1;
}

/* An application's function failed. It may have reported itself; if not, the thread must have an error nevertheless. */
static gboolean function_failed(ClientCall *call, const char *what)
{
    if (virGetLastErrorCode() == VIR_ERR_OK)
        call_fail(call, VIR_FROM_STREAMS, VIR_ERR_OPERATION_FAILED, "%s failed", what);
    return FALSE;
}

static gboolean send_whole(virStreamPtr st, const char *data, int size)
{
    for (int done = 0; done < size;) {
        int sent = virStreamSend(st, data + done, size - done);
        if (sent < 0)
            return FALSE;
        done += sent;
    }
    return TRUE;
}

/* One piece of at most want bytes. FALSE on failure; *is_end when the source has no more. */
static gboolean send_piece(ClientCall *call, virStreamPtr st, virStreamSourceFunc source, void *opaque, char *buffer,
                           gsize want, gint64 *left, gboolean *is_end)
{
    int got = source(st, buffer, want, opaque);

    if (got < 0)
        return function_failed(call, "the data source");
    *is_end = got == 0;
    *left -= got;
    return send_whole(st, buffer, got);
}

static gboolean send_all(ClientCall *call, virStreamPtr st, virStreamSourceFunc source, void *opaque)
{
    g_autofree char *buffer = g_malloc(CHUNK);
    gboolean is_end = FALSE;
    gint64 left = 0;

    while (!is_end) {
        if (!send_piece(call, st, source, opaque, buffer, CHUNK, &left, &is_end))
            return FALSE;
    }
    return TRUE;
}

int virStreamSendAll(virStreamPtr st, virStreamSourceFunc handler, void *opaque)
{
    ClientCall call;

    if (!begin(&call, st, handler != NULL, "data sources", __func__))
        return -1;
    return conclude(st, send_all(&call, st, handler, opaque));
}

/* Sends the hole that comes next in the source, or finds out how much data does. */
static gboolean send_section(ClientCall *call, virStreamPtr st, virStreamSourceHoleFunc hole,
                             virStreamSourceSkipFunc skip, void *opaque, gint64 *data_left)
{
    long long length = 0;
    int in_data = 0;

    if (hole(st, &in_data, &length, opaque) < 0)
        return function_failed(call, "the source's hole function");
    if (in_data || length == 0) {
        *data_left = length;
        return TRUE;
    }
    if (virStreamSendHole(st, length, 0) < 0)
        return FALSE;
    return skip(st, length, opaque) >= 0 || function_failed(call, "the source's skip function");
}

static gboolean send_all_sparse(ClientCall *call, virStreamPtr st, virStreamSourceFunc source,
                                virStreamSourceHoleFunc hole, virStreamSourceSkipFunc skip, void *opaque)
{
    g_autofree char *buffer = g_malloc(CHUNK);
    gboolean is_end = FALSE;
    gint64 left;

    while (!is_end) {
        left = -1;
        if (!send_section(call, st, hole, skip, opaque, &left))
            return FALSE;
        if (left < 0) /* it was a hole */
            continue;
        do {
            if (!send_piece(call, st, source, opaque, buffer, MIN(left, CHUNK), &left, &is_end))
                return FALSE;
        } while (!is_end && left > 0);
    }
    return TRUE;
}

int virStreamSparseSendAll(virStreamPtr st, virStreamSourceFunc handler, virStreamSourceHoleFunc holeHandler,
                           virStreamSourceSkipFunc skipHandler, void *opaque)
{
    ClientCall call;

    if (!begin(&call, st, handler && holeHandler && skipHandler, "data sources", __func__))
        return -1;
    return conclude(st, send_all_sparse(&call, st, handler, holeHandler, skipHandler, opaque));
}

static gboolean sink_whole(ClientCall *call, virStreamPtr st, virStreamSinkFunc sink, const char *data, int size,
                           void *opaque)
{
    for (int done = 0; done < size;) {
        int taken = sink(st, data + done, size - done, opaque);
        if (taken < 0)
            return function_failed(call, "the data sink");
        done += taken;
    }
    return TRUE;
}

static gboolean receive_hole(ClientCall *call, virStreamPtr st, virStreamSinkHoleFunc hole, void *opaque)
{
    long long length;

    if (virStreamRecvHole(st, &length, 0) < 0)
        return FALSE;
    return hole(st, length, opaque) >= 0 || function_failed(call, "the sink's hole function");
}

static gboolean receive_all(ClientCall *call, virStreamPtr st, virStreamSinkFunc sink, virStreamSinkHoleFunc hole,
                            void *opaque)
{
    g_autofree char *buffer = g_malloc(CHUNK);
    gboolean ok = TRUE;

    while (ok) {
        int got = virStreamRecvFlags(st, buffer, CHUNK, hole ? VIR_STREAM_RECV_STOP_AT_HOLE : 0);
        if (got == 0)
            return TRUE;
        if (got == RPC_STREAM_AT_HOLE)
            ok = receive_hole(call, st, hole, opaque);
        else
            ok = got > 0 && sink_whole(call, st, sink, buffer, got, opaque);
    }
    return FALSE;
}

int virStreamRecvAll(virStreamPtr st, virStreamSinkFunc handler, void *opaque)
{
    ClientCall call;

    if (!begin(&call, st, handler != NULL, "data sinks", __func__))
        return -1;
    return conclude(st, receive_all(&call, st, handler, NULL, opaque));
}

int virStreamSparseRecvAll(virStreamPtr st, virStreamSinkFunc handler, virStreamSinkHoleFunc holeHandler, void *opaque)
{
    ClientCall call;

    if (!begin(&call, st, handler && holeHandler, "data sinks", __func__))
        return -1;
    return conclude(st, receive_all(&call, st, handler, holeHandler, opaque));
}
