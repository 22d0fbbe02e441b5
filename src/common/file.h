/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that are whole or not there. These functions wait for the disk: call them from a worker. Thread-safe. */
#pragma once

#include <glib.h>
#include <sys/types.h>

/*
 * Writes data as the new content of path: to a temporary file beside it, synced, renamed over it, and the directory
 * synced, so that after a crash there is the old content or the new. mode is the file's, whatever the umask.
 * FALSE: VIR_ERR_SYSTEM_ERROR, and path is as it was.
 */
gboolean file_write_atomic(const char *path, const void *data, gsize size, mode_t mode, GError **error);

/* Removes path and syncs its directory. One that is not there is no error. FALSE: VIR_ERR_SYSTEM_ERROR. */
gboolean file_remove(const char *path, GError **error);

/* Syncs a directory, after an entry of it was made, renamed or removed. FALSE: VIR_ERR_SYSTEM_ERROR. */
gboolean file_sync_directory(const char *path, GError **error);

/* Reads a whole file of at most limit bytes; adds a NUL behind it. Caller frees. NULL: VIR_ERR_SYSTEM_ERROR, also when
 * it is larger. size may be NULL. */
char *file_read(const char *path, gsize limit, gsize *size, GError **error);
