/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part of domain_check_devices that is about disks. */
#pragma once

#include "conf/domain/domain_def.h"

gboolean domain_check_disks(const DomainDef *def, GError **error);
