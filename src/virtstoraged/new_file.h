/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A file that is there when it is whole. It is written beside its place, under a name of ours, and gets its own name
 * when it is complete and on the disk; whoever is killed before leaves what the next look at the directory removes. The
 * file is locked while its writer lives, so that a writer in another daemon does not lose it.
 *
 * Waits for the disk: for jobs. Errors: VIR_FROM_STORAGE, VIR_ERR_SYSTEM_ERROR.
 */
#pragma once

#include <glib.h>

#include "conf/storage/storage_parts.h"

typedef struct {
    char *path;   /* where it is written */
    char *target; /* where it shall be */
    int fd;       /* open for reading and writing */
} NewFile;

/* A path for it, beside target. Caller frees. */
char *new_file_path(const char *target);

/* Makes an empty one at path, with permissions 0600, that target will be. */
NewFile *new_file_open(const char *path, const char *target, GError **error);

/* Gives it mode, owner and group as far as permissions say so, and its name. FALSE also for
 * VIR_ERR_OPERATION_INVALID: something has that name. */
gboolean new_file_commit(NewFile *file, const StoragePermissions *permissions, GError **error);

/* Removes it, unless it was committed. NULL is fine. */
void new_file_free(NewFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NewFile, new_file_free)

/* Whether a name is that of a file which is not whole. */
gboolean new_file_is_name(const char *name);

/* Removes the file of that name in dir if its writer lives no more. */
void new_file_sweep(const char *dir, const char *name);
