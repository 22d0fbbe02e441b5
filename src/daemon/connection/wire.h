/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One connected socket that carries frames both ways: a client's, or one to another daemon. It reads into a buffer
 * shared by all, keeps what is incomplete, and writes directly as long as the socket takes it. For the loop's thread;
 * never blocks.
 */
#pragma once

#include <glib.h>

#include "daemon/poll.h"
#include "rpc/frame.h"

typedef struct Wire Wire;

/* A frame that has arrived whole. */
typedef struct {
    RpcHeader header;
    const guint8 *bytes; /* the frame as it came; valid during the callback */
    gsize size;
    guint body; /* where the body starts, behind the count of descriptors if there is one */
    int *fds;   /* closed after the callback, but for those set to -1 */
    guint n_fds;
} WireFrame;

typedef struct {
    /* A frame has come. FALSE: it cannot be taken now; it is kept and given again after wire_resume(). */
    gboolean (*frame)(Wire *wire, WireFrame *frame, gpointer data);
    /* The connection has ended: by the peer (NULL) or because of what it sent. Called once, unless wire_close() came
     * first. */
    void (*closed)(Wire *wire, const char *reason, gpointer data);
    /* All that was queued has been written. May be NULL. */
    void (*drained)(Wire *wire, gpointer data);
    /* Reads on while the peer does not take what is queued. For the side that calls: a server that waits for its
     * answers to be taken reads no calls meanwhile, and if nobody reads, both wait for good. */
    gboolean reads_always;
} WireOps;

/* Takes ownership of fd, which it makes non-blocking. ops is borrowed for good. */
Wire *wire_new(PollSet *poll, int fd, const WireOps *ops, gpointer data);

/* Ends the connection; no callback follows. What is queued is lost. */
void wire_close(Wire *wire);

/* Closes, and frees when no callback of it is running any more. NULL is fine. */
void wire_free(Wire *wire);

/* Sends or queues the frame, which becomes the wire's. */
void wire_send(Wire *wire, RpcFrame *frame);

/* Closes, calling closed(), as soon as everything queued has been written. Nothing is read any more. */
void wire_finish(Wire *wire);

/* Takes frames again that frame() refused. */
void wire_resume(Wire *wire);

/* The memory of what is queued that the peer has not taken, in bytes. */
gsize wire_backlog(const Wire *wire);

/* The largest frame taken; RPC_FRAME_MAX at first. A larger one ends the connection. */
void wire_limit_frames(Wire *wire, gsize size);

int wire_fd(const Wire *wire);

/* When something last came in; of g_get_monotonic_time(). */
gint64 wire_last_heard(const Wire *wire);
