/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The bridge of a network that owns one: the link, its sysctls, addresses and routes. For workers: these functions talk
 * to the kernel and return when it has answered. Errors: VIR_FROM_NETWORK with the bridge's name.
 */
#pragma once

#include "conf/network/network_def.h"

/* Makes the bridge with its addresses and routes; on failure nothing of it is left. def->bridge must be set. */
gboolean bridge_start(const NetworkDef *def, GError **error);

/* Removes the bridge. One that is gone already is no error. */
gboolean bridge_stop(const NetworkDef *def, GError **error);

/* Puts back what is missing of a running network's bridge: the link itself, or addresses. */
gboolean bridge_repair(const NetworkDef *def, GError **error);

/* After a change of the document while the network runs: a bridge tells VLANs apart once somebody asks for them. */
gboolean bridge_update(const NetworkDef *def, GError **error);
