/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which VLANs a port of a switch takes part in, whoever makes the switch. Values only. */
#pragma once

#include <glib.h>

#define PORT_VLANS     4096 /* ids are below */
#define PORT_VLAN_NONE (-1)

typedef struct {
    int native;                   /* whose packets come without a tag; PORT_VLAN_NONE: such packets are dropped */
    gboolean is_native_tagged;    /* but leave with one */
    gboolean is_trunk;            /* carries, with tags: */
    guint8 trunk[PORT_VLANS / 8]; /* a bit for each id */
} PortVlans;

static inline gboolean port_vlans_has(const PortVlans *vlans, guint id)
{
    return vlans->native == (int)id || (vlans->is_trunk && ((vlans->trunk[id / 8] >> (id % 8)) & 1));
}

static inline void port_vlans_carry(PortVlans *vlans, guint id)
{
    vlans->is_trunk = TRUE;
    vlans->trunk[id / 8] |= (guint8)(1u << (id % 8));
}
