/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disk images as files, without QEMU. Reads from disks that may be slow: for threads that may block. */
#pragma once

#include "conf/domain/device/disk.h"

typedef struct {
    guint64 capacity;   /* bytes that a guest sees */
    guint64 allocation; /* bytes that it takes on its disk */
    guint64 physical;   /* bytes up to its end */
} ImageSizes;

/* capacity is physical for formats whose header is not read here (all but raw, qcow and qcow2). FALSE:
 * VIR_ERR_SYSTEM_ERROR, it cannot be opened or read; VIR_ERR_INTERNAL_ERROR, it is not of that format. */
gboolean image_file_sizes(const char *path, DiskFormat format, ImageSizes *sizes, GError **error);

/* Whether the image's file is on this host, and its header or its length tells what the guest sees of it. */
gboolean image_file_tells_capacity(const DiskDef *disk);
