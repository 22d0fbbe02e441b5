/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The switch's side of a guest's network cards: a tap's place in its bridge, the kernel's, Open vSwitch's or MidoNet's,
 * a macvtap device's behind its card, and what a link lets through. For workers and jobs; all but the kernel is waited
 * for (open_vswitch.h, midonet.h, netlink_vport.h).
 */
#pragma once

#include "conf/domain/device/interface.h"

/* Puts the new link of owner's interface into its switch, with all that its network or it says of that. FALSE, the link
 * being in none: VIR_ERR_CONFIG_UNSUPPORTED, VIR_ERR_SYSTEM_ERROR, VIR_ERR_OPERATION_TIMEOUT, VIR_ERR_INTERNAL_ERROR.
 */
gboolean interface_plug_in(const guint8 owner[UUID_LEN], const InterfaceDef *interface, GError **error);

/* The same for a guest that runs: a link that is where it shall be is not interrupted. */
gboolean interface_plug_again(const guint8 owner[UUID_LEN], const InterfaceDef *interface, GError **error);

/* Whether that is to be done whenever a daemon finds a guest again: whoever speaks with the switch has no memory that
 * outlives it, or the daemon before may have been killed while it moved the link from one bridge to another. */
gboolean interface_plug_is_forgotten(const InterfaceDef *interface);

/* Puts a tap that is plugged in into the VLANs that interface says. Errors as above. */
gboolean interface_plug_vlans(const InterfaceDef *interface, GError **error);

/* Limits the traffic of the interface's link to bandwidth (NULL: to nothing). FALSE: as netlink_tc.h, open_vswitch.h.
 */
gboolean interface_plug_limit(const guint8 owner[UUID_LEN], const InterfaceDef *interface, const Bandwidth *bandwidth,
                              GError **error);

/* Forgets the tap where the switch does not do so by itself when the tap ends. What fails is logged. */
void interface_plug_out(const InterfaceDef *interface);

/* Removes what a daemon with this state directory plugged in, but for the links in kept (a set of names; of macvtap
 * devices also the cards below): it was killed, or the host was, before it could do so. */
void interface_plug_sweep(GHashTable *kept);
