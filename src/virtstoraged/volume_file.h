/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A volume as it is found in a directory: what its file, and the first bytes of it, say. Reads from disks that may be
 * slow, or hang: for jobs.
 */
#pragma once

#include "conf/storage/volume_def.h"

/* The volume at DIR/NAME. NULL: there is none, or it is nothing that holds data (a pipe, a socket, a link to nowhere).
 * Caller frees. */
VolumeDef *volume_file_find(const char *dir, const char *name);

/* Looks again at what changes while a volume is used: sizes, permissions, times. Its format stays what it is known as.
 * FALSE: VIR_ERR_SYSTEM_ERROR. */
gboolean volume_file_refresh(VolumeDef *def, GError **error);

/* Bytes in use by the file at path, for one that is being written; 0 when it is not there. */
guint64 volume_file_allocation(const char *path);

/* How the file at path is read: the format that its header tells. */
ImageFormat volume_file_format(const char *path);

/* Mode, owner, group and label of a file or directory. */
struct stat;
void volume_file_permissions(StoragePermissions *permissions, const char *path, const struct stat *info);
