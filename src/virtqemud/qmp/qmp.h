/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A connection to a QEMU's monitor. The socket is on the loop; commands come from jobs' threads, which wait, or from
 * the loop, which does not. Commands are pipelined: a batch costs one write and one wait.
 *
 * A QEMU that does not answer costs its callers their time limit and an error that names it, the command it owes an
 * answer to and since when. Replies that come too late are dropped. What is not QMP ends the connection.
 */
#pragma once

#include <glib.h>

#include "daemon/poll.h"
#include "virtqemud/qmp/batch.h"

/* Largest line taken from QEMU, in bytes. */
#define QMP_LINE_MAX (16 * 1024 * 1024)
/* Commands that may wait for their reply at once. */
#define QMP_PENDING_MAX 1024

/* How long QEMU may take for what it does at once, and for what reads or writes a disk. */
#define QMP_TIMEOUT_MS      (30 * 1000)
#define QMP_TIMEOUT_DISK_MS (5 * 60 * 1000)

typedef struct Qmp Qmp;

/* What the owner hears, on the loop. */
typedef struct {
    /* time_us: QEMU's clock, microseconds since 1970. data is borrowed, NULL when the event has none. */
    void (*event)(const char *name, json_object *data, gint64 time_us, gpointer owner);
    /* The connection has ended by itself, once; not after qmp_close(). */
    void (*closed)(const GError *reason, gpointer owner);
} QmpListener;

/*
 * Takes fd, a connected stream socket, and begins the conversation (qmp_capabilities). peer names QEMU in errors: "QEMU
 * of guest 'x' (pid 42)". listener is borrowed and may be NULL. For the loop. Release with qmp_close() and qmp_unref().
 */
Qmp *qmp_new(PollSet *polls, int fd, const char *peer, const QmpListener *listener, gpointer owner);
Qmp *qmp_ref(Qmp *qmp);
void qmp_unref(Qmp *qmp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Qmp, qmp_unref)

/* Ends the connection; all who wait get a copy of reason. Nothing is told to the listener any more. For the loop. */
void qmp_close(Qmp *qmp, const GError *reason);

/*
 * Sends the batch and waits for its answers. TRUE when all arrived and no command failed but those that may.
 * FALSE: the first failed command's error (VIR_ERR_INTERNAL_ERROR with QEMU's words), VIR_ERR_OPERATION_TIMEOUT,
 * VIR_ERR_OPERATION_FAILED when the connection has ended. Blocks up to timeout_ms; not for the loop.
 */
gboolean qmp_run(Qmp *qmp, QmpBatch *batch, guint timeout_ms, GError **error);

/* The same for one command; returns its "return" (release with json_object_put) or NULL. */
json_object *qmp_call(Qmp *qmp, const char *command, json_object *arguments, guint timeout_ms, GError **error);

/* Called on the loop when a batch is through; error as from qmp_run(), borrowed. */
typedef void (*QmpDone)(QmpBatch *batch, const GError *error, gpointer data);

/* Sends the batch, which becomes the connection's, and returns; done is called later, always. For the loop. */
void qmp_ask(Qmp *qmp, QmpBatch *batch, guint timeout_ms, QmpDone done, gpointer data);

/* Milliseconds since the oldest command still without an answer was sent; 0 when there is none. For any thread. */
gint64 qmp_silence_ms(Qmp *qmp);
