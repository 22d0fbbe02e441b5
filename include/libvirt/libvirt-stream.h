/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Streams: bytes that a call carries beside itself, such as a console or the content of a volume. Make one, hand
 * it to the call, send or receive, then finish or abort it.
 */
#ifndef LIBVIRT_STREAM_H
#define LIBVIRT_STREAM_H

#ifndef LIBVIRT_LIBVIRT_H
#error "include <libvirt/libvirt.h>"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Making streams ---- */

typedef enum {
    VIR_STREAM_NONBLOCK = 1, /* functions that would wait return -2 instead; for use with virStreamEventAddCallback() */
} virStreamFlags;

/* A stream of the connection, not opened yet. flags: virStreamFlags. */
virStreamPtr virStreamNew(virConnectPtr conn, unsigned int flags);

/* Takes one more reference. 0 or -1. */
int virStreamRef(virStreamPtr stream);

/* Drops a reference. With the last one a stream that is still open is aborted, without waiting. 0 or -1. */
int virStreamFree(virStreamPtr stream);

/* ---- Sending and receiving ---- */

/*
 * Sends bytes. Returns how many were taken, which may be fewer than nbytes; -2 when a non-blocking stream can take
 * none now; -1 when the stream has failed: abort it.
 */
int virStreamSend(virStreamPtr stream, const char *data, size_t nbytes);

/*
 * Receives at most nbytes. Returns how many; 0 at the end of the data; -2 when nothing is there for a non-blocking
 * stream; -1 on failure. Holes read as zeros.
 */
int virStreamRecv(virStreamPtr stream, char *data, size_t nbytes);

typedef enum {
    VIR_STREAM_RECV_STOP_AT_HOLE = 1, /* return -3 at a hole rather than zeros */
} virStreamRecvFlagsValues;

/* As virStreamRecv(), with virStreamRecvFlagsValues. -3: a hole is next, see virStreamRecvHole(). */
int virStreamRecvFlags(virStreamPtr stream, char *data, size_t nbytes, unsigned int flags);

/*
 * Sends a hole of length bytes in place of that many zeros; for streams opened with the call's sparse flag. flags
 * 0. 0 or -1.
 */
int virStreamSendHole(virStreamPtr stream, long long length, unsigned int flags);

/* Steps over the hole that is next and tells its length in bytes; 0 when none is next. flags 0. 0 or -1. */
int virStreamRecvHole(virStreamPtr stream, long long *length, unsigned int flags);

/* ---- Ending ---- */

/*
 * Ends the stream in good order and waits until the other side has confirmed it: what was sent is then written. 0,
 * or -1 with the other side's error. The handle may be used for another call afterwards.
 */
int virStreamFinish(virStreamPtr stream);

/* Ends the stream at once; data on the way is dropped. 0 or -1. */
int virStreamAbort(virStreamPtr stream);

/* ---- Whole transfers ---- */

/*
 * These send or receive all there is by calling the application's functions, on blocking streams only. On failure
 * they abort the stream and return -1; after success (0) the application calls virStreamFinish().
 */

/* Fills data with at most nbytes. Returns how many, 0 at the end, -1 on failure. */
typedef int (*virStreamSourceFunc)(virStreamPtr st, char *data, size_t nbytes, void *opaque);

/*
 * Tells whether data (*inData 1) or a hole (0) is next in the source, and how long it is; length 0 at the end.
 * Must not move in the source. 0 or -1.
 */
typedef int (*virStreamSourceHoleFunc)(virStreamPtr st, int *inData, long long *length, void *opaque);

/* Steps over length bytes of the source, which are a hole. 0 or -1. */
typedef int (*virStreamSourceSkipFunc)(virStreamPtr st, long long length, void *opaque);

/* Takes data. Returns how many bytes, -1 on failure; it is called again with the rest. */
typedef int (*virStreamSinkFunc)(virStreamPtr st, const char *data, size_t nbytes, void *opaque);

/* Takes a hole of length bytes. 0 or -1. */
typedef int (*virStreamSinkHoleFunc)(virStreamPtr st, long long length, void *opaque);

/* Sends all that handler gives. */
int virStreamSendAll(virStreamPtr stream, virStreamSourceFunc handler, void *opaque);

/* The same with holes sent as holes. */
int virStreamSparseSendAll(virStreamPtr stream, virStreamSourceFunc handler, virStreamSourceHoleFunc holeHandler,
                           virStreamSourceSkipFunc skipHandler, void *opaque);

/* Receives all, into handler. Holes arrive as zeros. */
int virStreamRecvAll(virStreamPtr stream, virStreamSinkFunc handler, void *opaque);

/* The same with holes given to holeHandler. */
int virStreamSparseRecvAll(virStreamPtr stream, virStreamSinkFunc handler, virStreamSinkHoleFunc holeHandler,
                           void *opaque);

/* ---- In an event loop ---- */

/*
 * What a stream is watched for, and what happened. A stream that has ended or failed is readable and writable: the
 * next call says so.
 */
typedef enum {
    VIR_STREAM_EVENT_READABLE = 1,
    VIR_STREAM_EVENT_WRITABLE = 2,
    VIR_STREAM_EVENT_ERROR = 4,
    VIR_STREAM_EVENT_HANGUP = 8,
} virStreamEventType;

/*
 * The stream is ready; events are virStreamEventType bits. Called at each turn of the loop while it is, so stop
 * watching for WRITABLE when there is nothing to send.
 */
typedef void (*virStreamEventCallback)(virStreamPtr stream, int events, void *opaque);

/*
 * Calls cb from the event loop when the stream is ready. At most one per stream. ff (may be NULL) releases opaque
 * after it was removed. 0 or -1.
 */
int virStreamEventAddCallback(virStreamPtr stream, int events, virStreamEventCallback cb, void *opaque,
                              virFreeCallback ff);

/* Changes what the callback is called for. 0 or -1. */
int virStreamEventUpdateCallback(virStreamPtr stream, int events);

/* Removes the callback; it may be called from inside it. 0 or -1. */
int virStreamEventRemoveCallback(virStreamPtr stream);

#ifdef __cplusplus
}
#endif

#endif
