/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * VLANs of virtual functions that guests have to themselves by macvtap devices (mode passthrough). What the card kept
 * for the function before is written down as libvirt does, in state_dir, and given back. For jobs and workers.
 */
#pragma once

#include "conf/domain/device/interface.h"

/* Puts the function into the VLAN that interface says. FALSE: VIR_ERR_CONFIG_UNSUPPORTED, the device is no function;
 * VIR_ERR_SYSTEM_ERROR; all is as it was. */
gboolean function_vlan_set(const InterfaceDef *interface, GError **error);

/* Gives back what was there before. What fails is logged. */
void function_vlan_restore(const InterfaceDef *interface);

/* The same for functions that no interface has whose device is in kept, a set of names: a daemon was killed before it
 * wrote down which guest has them. */
void function_vlan_sweep(GHashTable *kept);
