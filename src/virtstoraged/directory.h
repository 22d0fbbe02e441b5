/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A pool of type dir on the host: its directory made, looked through, removed. Waits for the disk, for ever if that
 * hangs: for jobs. Errors: VIR_FROM_STORAGE, VIR_ERR_SYSTEM_ERROR.
 */
#pragma once

#include "conf/storage/pool_def.h"
#include "conf/storage/volume_def.h"

/* What a look found. */
typedef struct {
    guint64 capacity, allocation, available; /* bytes, of the file system */
    StoragePermissions permissions;          /* of the directory */
    GPtrArray *volumes;                      /* VolumeDef, owned */
} DirectoryScan;

/* Makes the directory and those above it, and gives it the permissions that def says. One that is there is taken. */
gboolean directory_build(const PoolDef *def, GError **error);

/* Removes it; it must be empty. */
gboolean directory_delete(const PoolDef *def, GError **error);

/* Looks at all that is there, and removes what a killed daemon had not finished. Caller frees. */
DirectoryScan *directory_scan(const PoolDef *def, GError **error);
void directory_scan_free(DirectoryScan *scan); /* NULL is fine */

/* The sizes alone, into def. When they cannot be had, it stays as it is. */
void directory_measure(PoolDef *def);
