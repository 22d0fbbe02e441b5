/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files and device nodes of the host's that a guest's devices stand for, but for its images (storage/). */
#pragma once

#include "conf/domain/domain_def.h"

/* Paths of those that are one guest's alone while it runs. Caller unrefs. Looks at files; for jobs. */
GPtrArray *device_files_own(const DomainDef *def);

/* Whether all are there, so that the one that is not is named and not looked for in what QEMU says. def: a guest that
 * is to start, or devices that are to come. FALSE: VIR_ERR_SYSTEM_ERROR. Looks at files; for jobs. */
gboolean device_files_check(const DomainDef *def, GError **error);
