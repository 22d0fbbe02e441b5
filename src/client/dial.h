/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dialling: from a URI to a connected transport, by whichever way it names. Blocks. */
#pragma once

#include "client/uri.h"
#include "rpc/transport.h"

/*
 * Connects to the daemon that uri means; for a session's, starts it when it does not run. With no URI given, *probed is
 * the URI to open when it had to be concluded from which daemon is there, else NULL; caller frees. NULL:
 * VIR_ERR_SYSTEM_ERROR, VIR_ERR_OPERATION_UNSUPPORTED, VIR_ERR_ARGUMENT_UNSUPPORTED, VIR_ERR_INVALID_ARG.
 */
RpcTransport *dial(const ConnectUri *uri, gboolean is_read_only, char **probed, GError **error);

/* Connects to path, and when nothing listens there starts daemon (a path or name) and waits until it does. */
RpcTransport *dial_unix_autostart(const char *path, const char *daemon, GError **error);
