/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Making a volume: a directory, raw bytes, or an image by qemu-img. What has the volume's name is whole, and on the
 * disk (new_file.h). May take hours: for jobs. Errors: VIR_FROM_STORAGE, VIR_ERR_SYSTEM_ERROR, and those of
 * image_tool.h.
 */
#pragma once

#include "conf/storage/volume_def.h"

/*
 * def: with its target's path. source: what it shall have in it, or NULL for nothing. made_at: where it is until it is
 * whole (new_file_path). flags: virStorageVolCreateFlags. Afterwards def says what came of it.
 */
gboolean volume_make(VolumeDef *def, const VolumeDef *source, const char *made_at, guint flags, GError **error);
