/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a daemon keeps its files, and the file that says it runs. */
#pragma once

#include "daemon/daemon.h"

/* Sets the daemon's directories and creates those that are missing. FALSE: VIR_ERR_SYSTEM_ERROR. */
gboolean directories_make(Daemon *daemon, GError **error);

/* Writes and locks the PID file, so that there is one daemon of this name; path NULL for the usual place. The lock is
 * of the kind that libvirt's daemons use, and so keeps them out, too. FALSE: VIR_ERR_SYSTEM_ERROR,
 * VIR_ERR_OPERATION_FAILED when another one holds it. */
gboolean pid_file_acquire(Daemon *daemon, const char *path, GError **error);
void pid_file_release(void);
