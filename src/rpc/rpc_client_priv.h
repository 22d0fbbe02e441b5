/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The inside of RpcClient, shared by its four files: rpc_client.c (life and calls), rpc_client_io.c (bytes and turns),
 * rpc_client_stream.c, rpc_client_keepalive.c.
 *
 * Who reads: at most one thread has the turn (has_reader). Whoever waits for something puts an RpcWaiter into the
 * client's list; a waiter that finds no reader takes the turn, reads and hands out what arrives until its own wish is
 * fulfilled, then passes the turn to another waiter. The loop's watch asks for input only while nobody waits.
 */
#pragma once

#include "rpc/rpc_client.h"
#include "rpc/rpc_client_stream.h"

/* One thread's wish, on its stack. */
typedef struct {
    GCond cond;
    GList link;         /* in the client's list while it waits */
    gboolean is_asleep; /* on cond: to be signalled; a signal to one who reads would be a wasted system call */
    gboolean is_done;
} RpcWaiter;

/* A call whose reply has not come. */
typedef struct {
    RpcWaiter waiter;
    guint32 serial;
    gint32 procedure;
    guint32 program;
    guint32 status;
    guint8 *body; /* of the reply, owned */
    gsize body_size;
    int *fds; /* of the reply, owned */
    guint n_fds;
} RpcPendingCall;

typedef struct {
    int interval_s; /* 0: off */
    guint count;
    guint unanswered;
    gint64 quiet_since_us; /* when the last frame came, or the last question was sent */
    int timer;             /* of the loop, or -1 */
} RpcKeepalive;

struct RpcClient {
    int refs; /* atomic */
    RpcTransport *transport;

    GMutex lock; /* guards all below */
    gboolean is_closed;
    int close_reason; /* virConnectCloseReason */
    GError *failure;  /* why it closed; NULL after rpc_client_close() */

    guint32 next_serial;
    GHashTable *calls;   /* serial -> RpcPendingCall (on its caller's stack) */
    GHashTable *streams; /* serial -> RpcClientStream, borrowed: a stream removes itself */
    GQueue waiters;      /* RpcWaiter, borrowed, by their own links */
    gboolean has_reader;

    GQueue out;        /* RpcFrame, owned */
    gsize out_done;    /* bytes of the first frame that are written */
    guint out_fds;     /* descriptors of the first frame that are sent */
    gsize out_bytes;   /* in all frames */
    gboolean was_full; /* a stream was told to wait until out is shorter */

    guint8 *in; /* touched only by the reader */
    gsize in_start, in_end, in_size;
    GArray *in_fds; /* of int; received and not yet claimed by a frame */

    const RpcLoop *loop; /* NULL: none */
    int watch;           /* -1: none */
    int watch_events;
    RpcKeepalive keepalive;

    const RpcClientHandlers *handlers;
    gpointer handlers_data;
};

/* Unless said otherwise the functions below are called with the lock held, and may release it for a while. */

/* rpc_client_io.c */

/* Appends frame (taken) to what is to be written and writes what goes. */
void rpc_client_queue(RpcClient *client, RpcFrame *frame);

/* Waits until waiter is done, the connection is closed, or deadline_us (monotonic; -1: never) has passed. */
void rpc_client_wait(RpcClient *client, RpcWaiter *waiter, gint64 deadline_us);

void rpc_waiter_init(RpcWaiter *waiter);
void rpc_waiter_clear(RpcWaiter *waiter);

/* Wakes a waiter's thread if it sleeps; marks it done as well. */
void rpc_waiter_wake(RpcWaiter *waiter);
void rpc_waiter_done(RpcWaiter *waiter);

/* Whether streams should send no more for now; they are told when that changes. */
gboolean rpc_client_out_is_full(RpcClient *client);

/* Waits until what is queued has been handed to the transport. FALSE when the connection closed. */
gboolean rpc_client_wait_written(RpcClient *client);

/* Reads what is there, without waiting, if nobody else does. */
void rpc_client_read_available(RpcClient *client);

/* Makes the loop's watch ask for what is wanted now. */
void rpc_client_update_watch(RpcClient *client);

/* Whether frames may be read that nobody waits for: no stream is full. */
gboolean rpc_client_wants_input(RpcClient *client);

/* Attaches to client->loop. */
gboolean rpc_client_add_watch(RpcClient *client, GError **error);

/* rpc_client.c */

/* Closes the connection unless it is closed; error (taken) is what waiting callers get. Tells the owner. */
void rpc_client_fail(RpcClient *client, int reason, GError *error);

/* rpc_client_keepalive.c */

/* A frame has arrived. TRUE when it was a keepalive message and is dealt with. */
gboolean rpc_keepalive_heard(RpcClient *client, const RpcHeader *header);

/* Does what is due. Returns the time of the next due action (monotonic), or -1. */
gint64 rpc_keepalive_run(RpcClient *client);

/* Stops the timer. */
void rpc_keepalive_stop(RpcClient *client);

/* rpc_client_stream.c */

/* A frame of type STREAM or STREAM_HOLE for this stream. body is borrowed. */
void rpc_client_stream_handle(RpcClientStream *stream, const RpcHeader *header, const guint8 *body, gsize size);

/* The call that opens stream is about to be sent with this header. */
void rpc_client_stream_opened(RpcClientStream *stream, const RpcHeader *header);

/* The call that should have opened it failed, or the connection has closed. */
void rpc_client_stream_dropped(RpcClientStream *stream);

/* Whether more is queued than the loop should add to. */
gboolean rpc_client_stream_is_full(RpcClientStream *stream);

/* Tells whoever wants to know that the stream's readiness may have changed. */
void rpc_client_stream_tell(RpcClientStream *stream);
