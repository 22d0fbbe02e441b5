/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part of domain_check_devices that is about disks. */
#pragma once

#include "conf/domain/domain_def.h"

/* What a disk's document alone can have wrong. */
gboolean disk_check_alone(const DiskDef *disk, GError **error);

/* Sets VIR_ERR_XML_ERROR, the disk's target is that of other already, and returns FALSE. */
gboolean disk_refuse_target(const DiskDef *disk, const DiskDef *other, GError **error);

gboolean domain_check_disks(const DomainDef *def, GError **error);
