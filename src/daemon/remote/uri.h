/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The URIs that CONNECT_OPEN takes. Thread-safe, never blocks. */
#pragma once

#include "daemon/daemon.h"

/* The URI of this daemon: "qemu:///system". Caller frees. */
char *daemon_uri(const Daemon *daemon);

/* Whether a client that opens uri means this daemon; "" means whichever there is. FALSE: VIR_ERR_NO_CONNECT for another
 * driver's or host's, VIR_ERR_INTERNAL_ERROR for a wrong path. */
gboolean daemon_uri_check(const Daemon *daemon, const char *uri, GError **error);
