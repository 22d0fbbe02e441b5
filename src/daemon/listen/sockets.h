/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which sockets a daemon has: those of its settings, or those that systemd hands over. */
#pragma once

#include "daemon/daemon.h"

/* Adds the services to the daemon's servers, which do not accept yet. FALSE: VIR_ERR_SYSTEM_ERROR,
 * VIR_ERR_CONFIG_UNSUPPORTED. */
gboolean sockets_make(Daemon *daemon, GError **error);
