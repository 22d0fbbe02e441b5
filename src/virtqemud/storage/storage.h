/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What must be on this host's disks before a guest starts. Waits for the disk; for jobs. */
#pragma once

#include "conf/domain/domain_def.h"

/* An optional image that is not there, and the disk it is of, by its alias. */
typedef struct {
    char *path, *alias;  /* owned; path NULL: a volume that nobody knows */
    gboolean is_dropped; /* the disk is none of the guest's any more, not only empty */
} MissingImage;

/*
 * Checks that the images, kernel and firmware are there, empties optional drives whose image is missing and takes such
 * disks out of def, makes the file of the firmware's variables from its template when it is missing or reset_nvram is
 * set. missing (MissingImage; made here, freed by the caller) tells which
 * were missing; with NULL there are no optional ones. FALSE: VIR_FROM_STORAGE,
 * VIR_ERR_SYSTEM_ERROR "Cannot access storage file ..." and the like.
 */
gboolean storage_prepare(DomainDef *def, gboolean reset_nvram, GPtrArray **missing, GError **error);
