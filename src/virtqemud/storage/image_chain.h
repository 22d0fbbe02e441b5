/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The images below those of a guest's disks, as far as the document does not name them: each overlay says in its header
 * what it is an overlay of. QEMU could find them by itself; but the daemon has to give them to QEMU's user, the live
 * document shows them, and jobs on them name them. Reads from disks that may be slow: for jobs.
 */
#pragma once

#include "conf/domain/domain_def.h"

/*
 * Completes the chain of every disk of def up to its end, or to an image that cannot be read from here: one on a
 * server, or one that only QEMU's user can open. FALSE: VIR_ERR_SYSTEM_ERROR, an image below is not there;
 * VIR_ERR_CONFIG_UNSUPPORTED, it is named in a way that no document can say; VIR_ERR_OPERATION_INVALID, its format was
 * never said and may be other than what its bytes pretend; VIR_ERR_INTERNAL_ERROR, the chain has no end.
 */
gboolean image_chain_complete(DomainDef *def, GError **error);
