/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Macvtap devices as ports of a switch outside the host: 802.1Qbg by lldpad, 802.1Qbh by the card's driver. For jobs
 * and workers: the switch is waited for. Errors as in common/netlink_vport.h.
 */
#pragma once

#include "conf/domain/device/interface.h"

/* Whether interface is such a port. */
gboolean virtual_port_is_asked_for(const InterfaceDef *interface);

/* Asks for the port of owner's interface, whose device is there, and waits until the switch has given it. FALSE: it is
 * given back. */
gboolean virtual_port_associate(const guint8 owner[UUID_LEN], const InterfaceDef *interface, GError **error);

/* Tells lldpad, which may have been started again, of the port of a guest that runs. A card's driver does not forget.
 */
gboolean virtual_port_remind(const guint8 owner[UUID_LEN], const InterfaceDef *interface, GError **error);

/* Gives the port back, while the device is still there. What fails is logged. */
void virtual_port_disassociate(const InterfaceDef *interface);
