/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What must be on this host's disks before a guest starts. Waits for the disk; for jobs. */
#pragma once

#include "conf/domain/domain_def.h"

/*
 * Checks that the images, kernel and firmware are there, empties optional drives whose image is missing and takes such
 * disks out of def, makes the file of the firmware's variables from its template when it is missing or reset_nvram is
 * set. FALSE: VIR_FROM_STORAGE, VIR_ERR_SYSTEM_ERROR "Cannot access storage file ..." and the like.
 */
gboolean storage_prepare(DomainDef *def, gboolean reset_nvram, GError **error);
