/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files that must be whole after a crash: written beside their place, synced, renamed into it, and the directory
 * synced. These functions wait for the disk, so they are not for the loop. Any thread.
 *
 * Errors: the given VIR_FROM_* domain, VIR_ERR_SYSTEM_ERROR, with the path and the system's reason.
 */
#pragma once

#include <glib.h>

/* Replaces path by text, with permissions mode. On failure the old content stays and nothing is left beside it. */
gboolean file_write_atomic(const char *path, const char *text, int mode, int domain, GError **error);

/* The same without waiting for the disk: whole for whoever opens it, but gone or old after the host's crash. For what
 * is made anew then. */
gboolean file_replace(const char *path, const char *text, int mode, int domain, GError **error);

/* Removes from a directory what the functions here have left when their process was killed. For its only user, before
 * the first write; errors are of no account. */
void file_sweep(const char *dir);

/* Removes path and syncs its directory. A file that is not there is no error. */
gboolean file_remove(const char *path, int domain, GError **error);

/* Makes path a symbolic link to target, replacing what is there, and syncs its directory. */
gboolean file_link(const char *target, const char *path, int domain, GError **error);

/* Makes the directory and those above it. */
gboolean file_make_dir(const char *path, int mode, int domain, GError **error);

/* Reads a whole file of at most limit bytes; a NUL is behind it. Caller frees. NULL also when it is larger. size may be
 * NULL. */
char *file_read(const char *path, gsize limit, gsize *size, int domain, GError **error);
