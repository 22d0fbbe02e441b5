/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks whose changes end with the guest: they are written to an overlay, "PATH.TRANSIENT-GUEST", which is made at the
 * start and removed at the end. What is below is read only, so several guests can share it. */
#pragma once

#include "conf/domain/domain_def.h"

/* Makes the overlays of def, which is what is about to run, and has its disks be these. Runs qemu-img; for jobs. FALSE:
 * VIR_ERR_CONFIG_UNSUPPORTED for disks that can have none, VIR_ERR_INTERNAL_ERROR. */
gboolean transient_prepare(DomainDef *def, GError **error);

/* Removes the overlays of what ran. NULL is fine. For the loop. */
void transient_remove(const DomainDef *def);
