/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the first bytes of a file say about the disk image in it. The bytes are anybody's: every place is checked
 * against their end, and what makes no sense is as if it were not there. No file is opened here. Thread-safe.
 */
#pragma once

#include "conf/storage/storage_parts.h"

/* Bytes that are worth reading: up to the mark of an ISO 9660 file system, and what a qcow2 header may be long. */
#define IMAGE_HEADER_SIZE (36 * 1024)

typedef struct {
    ImageFormat format; /* IMAGE_FORMAT_RAW: none that is known */
    gboolean has_capacity;
    guint64 capacity; /* bytes as a guest sees it */
    guint64 payload;  /* where in the file the guest's bytes begin, for LUKS; else 0 */
    ImageEncryption encryption;
    guint64 cluster_size;   /* of qcow2; 0: none */
    gboolean is_extensible; /* qcow2 of version 3, which has features */
    gboolean lazy_refcounts, extended_l2;
    char *backing;      /* the name of what lies under it, as it stands there; or NULL */
    int backing_format; /* ImageFormat, or -1: not said */
} ImageHeader;

/* data: the first size bytes of the file. Clear header with image_header_clear. */
void image_header_read(const guint8 *data, gsize size, ImageHeader *header);
void image_header_clear(ImageHeader *header);
