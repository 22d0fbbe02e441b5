/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's end of a guest's <vsock>: a descriptor of the kernel's, by which the guest has its number. */
#pragma once

#include "conf/domain/domain_def.h"

/*
 * Opens it, and gives it def's number, or the first free one, which then is def's. *fd is the caller's to close; -1
 * when def has no vsock. FALSE: VIR_ERR_CONFIG_UNSUPPORTED, the host has none; VIR_ERR_SYSTEM_ERROR, the number is
 * taken. For jobs.
 */
gboolean vsock_host_prepare(DomainDef *def, int *fd, GError **error);
