/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sizes of images, read by a few threads of their own. Images may be on disks that hang: each that does keeps one
 * thread and nothing else, for there is another as soon as those at work do not get on, and an image is read once
 * however many ask for it. For the loop; nothing here blocks.
 */
#pragma once

#include "virtqemud/storage/image_file.h"

/* What image_file_sizes() says, on the loop; sizes are NULL, and error is set, when it fails. Both borrowed. */
typedef void (*ImageReadDone)(const ImageSizes *sizes, const GError *error, gpointer data);

/* Has an image read, or waits for the read that is under way. done is called once, never before this returns: maybe
 * after hours, or never, when the disk hangs. */
void image_reader_read(const char *path, DiskFormat format, ImageReadDone done, gpointer data);

/* Whether a read of this image has been under way for longer than that. */
gboolean image_reader_is_late(const char *path, DiskFormat format, guint wait_ms);
