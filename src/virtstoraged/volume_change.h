/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changing what is in a volume. May take hours: for jobs. Errors: VIR_FROM_STORAGE, VIR_ERR_SYSTEM_ERROR. */
#pragma once

#include "conf/storage/volume_def.h"

/* Gives it another capacity, in bytes. flags: virStorageVolResizeFlags. Errors of image_tool.h too. */
gboolean volume_resize(const VolumeDef *def, guint64 capacity, guint flags, GError **error);

/* Overwrites all of it with zeros; where a file has holes they become one, as nothing is left to overwrite there. */
gboolean volume_wipe(const VolumeDef *def, GError **error);

/* Removes it. A directory must be empty. */
gboolean volume_delete(const VolumeDef *def, GError **error);
