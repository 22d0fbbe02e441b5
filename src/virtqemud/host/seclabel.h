/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * <seclabel>: of the models that libvirt has, the system's daemon knows "dac", users and groups of the host; and
 * "none", which is nobody's.
 */
#pragma once

#include "conf/domain/domain_def.h"

/*
 * Settles the labels of a guest that starts: gives it the one of "dac" that it has not, and fills what the live
 * document shows. FALSE: VIR_ERR_CONFIG_UNSUPPORTED, a model that is not here, or a user that is not QEMU's. May ask
 * the name service; for jobs.
 */
gboolean seclabel_prepare(DomainDef *def, GError **error);

/* Whether the guest's files are given to its user. */
gboolean seclabel_gives_files(const DomainDef *def);

/* Its label of "dac", or NULL. Borrowed. */
const Seclabel *seclabel_find(const DomainDef *def);
