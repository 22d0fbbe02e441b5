/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pools of virtual functions: what /sys says about a card's. Reads only; any thread, at once. Errors: VIR_FROM_NETWORK.
 */
#pragma once

#include "conf/network/network_def.h"

/* Whether the addresses of a hostdev pool are virtual functions of this host. FALSE: VIR_ERR_CONFIG_UNSUPPORTED naming
 * the one that is none. */
gboolean pool_check(const NetworkDef *def, GError **error);

/* Fills the pool of a network that names a card (<pf>) with the card's functions, as addresses for mode hostdev and as
 * devices else. FALSE: VIR_ERR_INTERNAL_ERROR, there are none. */
gboolean pool_expand(NetworkDef *def, GError **error);

/* Another place for /sys; for tests. */
void pool_set_sysfs(const char *path);
