/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A network's <bandwidth> on its bridge: what goes to the guests passes the class 1:1, below it 1:2 for everybody and
 * one class for each port with a floor; what comes from them is policed. For workers. Errors: as netlink_tc.h.
 */
#pragma once

#include "conf/network/network_port.h"

/* Puts the network's limits in place, without those of ports. */
gboolean traffic_start(const NetworkDef *def, GError **error);

/* The same for a network that ran before: ports has its ports (NetworkPort). */
gboolean traffic_repair(const NetworkDef *def, const GPtrArray *ports, GError **error);

/*
 * Replaces what old (NULL: none) had of the bridge's traffic by what port (NULL: none) has. others: the floors of all
 * other ports, in KB/s. Nothing for ports without a floor.
 */
gboolean traffic_set_port(const NetworkDef *def, const NetworkPort *old, const NetworkPort *port, guint64 others,
                          GError **error);
