/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * VLANs of the kernel's bridges: a bridge that filters passes packets on within a VLAN only. Rules and errors as in
 * netlink.h.
 */
#pragma once

#include "common/port_vlans.h"

/* Whether the link of that name is a bridge that filters. */
gboolean netlink_bridge_filters(const char *bridge);

/* Makes it filter. Ports that are there are in VLAN 1, as new ones will be: nobody is cut off. */
gboolean netlink_bridge_filter(const char *bridge, GError **error);

/*
 * Puts a port of a bridge that filters into these VLANs and takes it out of all others, without an interruption in
 * those that stay. Also VIR_ERR_CONFIG_UNSUPPORTED: VLANs 0 and 4095, which a bridge does not have.
 */
gboolean netlink_port_set_vlans(const char *link, const PortVlans *vlans, GError **error);
