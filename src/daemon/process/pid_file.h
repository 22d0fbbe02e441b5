/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files with a process number, locked for as long as the process lives, so that there is one of its kind. The lock is
 * of the kind that libvirt's daemons use, and so keeps them out, too. For the loop's thread.
 */
#pragma once

#include "daemon/daemon.h"

/* Writes and locks the file at path. FALSE: VIR_ERR_SYSTEM_ERROR; VIR_ERR_OPERATION_FAILED, naming the process that
 * holds it. */
gboolean pid_file_hold(const char *path, GError **error);

/* The same for the daemon's own file, so that there is one daemon of this name; path NULL for the usual place. */
gboolean pid_file_acquire(Daemon *daemon, const char *path, GError **error);

/* Removes all files. */
void pid_file_release(void);
