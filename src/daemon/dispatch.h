/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From frame to handler: finds the row, checks, decodes, calls, answers. The only way to a handler. For the loop's
 * thread.
 */
#pragma once

#include "daemon/client.h"

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
    DaemonStream *stream;
    gboolean is_deferred;
    gboolean is_answered;
};

/* Whether a frame of this kind would have to wait for the client's other calls. */
gboolean dispatch_must_wait(DaemonClient *client, const RpcHeader *header);

/* Serves one CALL. fds are taken where they are set to -1. */
void dispatch_call(DaemonClient *client, const RpcHeader *header, const guint8 *body, gsize size, int *fds,
                   guint n_fds);
