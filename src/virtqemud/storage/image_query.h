/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The sizes of some images, which image_reader.h reads: asked for together, and not waited for longer than whoever asks
 * can. For the loop; nothing here blocks.
 */
#pragma once

#include "virtqemud/storage/image_file.h"

typedef struct ImageQuery ImageQuery;

ImageQuery *image_query_new(void);

/* What is still being read is forgotten when it comes; done is not called any more. */
void image_query_free(ImageQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImageQuery, image_query_free)

/* Adds an image, once; before image_query_run(). */
void image_query_add(ImageQuery *query, const char *path, DiskFormat format);

/* Has all of them read; once. Calls done when they are, or after wait_ms; maybe before this returns. An image that
 * others have waited for that long already is not waited for. */
typedef void (*ImageQueryDone)(gpointer data);
void image_query_run(ImageQuery *query, guint wait_ms, ImageQueryDone done, gpointer data);

/* Of an image that was added, when done has been called; borrowed. NULL: VIR_ERR_SYSTEM_ERROR and
 * VIR_ERR_INTERNAL_ERROR as image_file_sizes(); VIR_ERR_OPERATION_TIMEOUT, its disk does not answer. */
const ImageSizes *image_query_sizes(const ImageQuery *query, const char *path, GError **error);
