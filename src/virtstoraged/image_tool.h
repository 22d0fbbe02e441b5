/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * qemu-img, for what is in images of other formats than raw. It runs as a child that ends with us, for as long as it
 * takes: for jobs. Errors: VIR_ERR_CONFIG_UNSUPPORTED for what the format cannot have; VIR_ERR_INTERNAL_ERROR with what
 * qemu-img says.
 */
#pragma once

#include "conf/storage/volume_def.h"

/* Writes an empty image as def says into the file at path. flags: virStorageVolCreateFlags. */
gboolean image_tool_create(const VolumeDef *def, const char *path, guint flags, GError **error);

/* The same with what source has in it. */
gboolean image_tool_convert(const VolumeDef *def, const VolumeDef *source, const char *path, guint flags,
                            GError **error);

/* Gives the image a capacity, in bytes. flags: virStorageVolResizeFlags. */
gboolean image_tool_resize(const VolumeDef *def, guint64 capacity, guint flags, GError **error);
