/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What QEMU must know to read a guest's disks and nobody may see: passphrases and keys, from the daemon of secrets, and
 * cookies. They travel in files without a name that QEMU has open; never in an argument, a log or a file on disk.
 */
#pragma once

#include "conf/domain/domain_def.h"

/*
 * The values that def's disks need: a table of descriptors by the names of QEMU's objects, to be unreferenced, which
 * closes them. The guest has its node numbers (command/alias.h). Asks the daemon of secrets, so it blocks; for jobs.
 * NULL: its error (VIR_ERR_NO_SECRET, VIR_ERR_AUTH_DENIED, ...), or VIR_ERR_SYSTEM_ERROR when there is none.
 */
GHashTable *secret_host_prepare(const DomainDef *def, GError **error);
