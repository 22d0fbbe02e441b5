/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a daemon keeps its files. */
#pragma once

#include "daemon/daemon.h"

/* Sets the daemon's directories and creates those that are missing. FALSE: VIR_ERR_SYSTEM_ERROR. */
gboolean directories_make(Daemon *daemon, GError **error);
