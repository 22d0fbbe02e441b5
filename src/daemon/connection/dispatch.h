/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From frame to handler: finds the row, checks, decodes, calls, answers. The only way to a handler. For the loop's
 * thread.
 */
#pragma once

#include "daemon/connection/client.h"

struct RpcCall {
    DaemonClient *client; /* a reference */
    GList link;           /* in client->calls */
    const DaemonProgram *program;
    const RpcProcedure *row;
    RpcHeader header;
    gpointer args; /* inside the call's own memory, like ret; NULL when the row has none */
    gpointer ret;
    int *fds; /* that came with the call; -1 when taken */
    guint n_fds;
    GArray *reply_fds;
    DaemonStream *stream; /* a reference, until the call is answered */
    GHashTable *answers;  /* of the access driver: question -> answer; or NULL */
    guint n_questions;    /* that have no answer yet */
    gpointer kept;        /* by the handler for its next run; or NULL */
    GDestroyNotify free_kept;
    gpointer lent; /* memory of ret, which refers to others' as well; or NULL */
    gboolean is_deferred;
    gboolean is_running;  /* the handler has not returned yet */
    gboolean is_answered; /* it was answered all the same; with early_error, or from ret */
    GError *early_error;
};

/* Whether a call would have to wait for the client's other calls. */
gboolean dispatch_must_wait(DaemonClient *client, const WireFrame *frame);

/* Runs a call again whose questions have been answered. */
void dispatch_again(RpcCall *call);

/* Serves one CALL, or has another daemon serve it. Descriptors that are taken are set to -1. FALSE: not now; the frame
 * has to come again. */
gboolean dispatch_call(DaemonClient *client, WireFrame *frame);
