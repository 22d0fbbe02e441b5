/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Streams that a call opened (docs/rpc.md). A driver gives the stream a descriptor and forgets it: bytes are carried
 * both ways by the loop, with bounded buffers and holes where the call asked for them, until end, abort or the client's
 * end. For the loop's thread; none of these functions blocks.
 */
#pragma once

#include <glib.h>

#include "daemon/call.h"

/* Told once when the stream has ended, however: error is NULL after a clean finish. */
typedef void (*DaemonStreamEnded)(DaemonStream *stream, const GError *error, gpointer data);

/*
 * Carries the stream's bytes from and to fd, which becomes the stream's and is made non-blocking. Call it from the
 * handler or before the deferred reply. A regular file is read or written by a worker; anything else by the loop.
 * length: bytes to carry at most, or 0 for no limit. ended may be NULL.
 */
void daemon_stream_attach_fd(DaemonStream *stream, int fd, guint64 length, DaemonStreamEnded ended, gpointer data);

/* Ends the stream from the driver's side: with an error to the client, or (error NULL) as if the source had ended. */
void daemon_stream_end(DaemonStream *stream, const GError *error);
