/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks that name a volume of a storage pool: the storage daemon is asked, where the guest runs, what that is here. */
#pragma once

#include "conf/domain/domain_def.h"

/*
 * Fills in the path and kind of the volumes of def, which is what is about to run. Blocks; for jobs and workers. FALSE:
 * the storage daemon's error (VIR_ERR_NO_STORAGE_POOL, VIR_ERR_NO_STORAGE_VOL, ...), VIR_ERR_CONFIG_UNSUPPORTED for a
 * pool that is not active and for volumes that have no path.
 */
gboolean volume_peer_resolve(DomainDef *def, GError **error);
