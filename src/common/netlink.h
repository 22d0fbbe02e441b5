/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes to the host's links, addresses and routes, by rtnetlink (libnl3). Each call opens its own socket and waits
 * for the kernel's acknowledgement, so any thread may call; the kernel answers at once.
 *
 * Errors: VIR_FROM_NONE, VIR_ERR_SYSTEM_ERROR with the link's name and the kernel's reason; without CAP_NET_ADMIN it
 * is "Operation not permitted".
 */
#pragma once

#include <glib.h>

#include "common/ip_address.h"

/* How a bridge is made. */
typedef struct {
    const char *name;
    const guint8 *mac; /* 6 bytes, or NULL for the kernel's choice */
    guint mtu;         /* 0: the kernel's default */
    gboolean stp;
    guint forward_delay_ms;
    gboolean vlan_filtering;
} NetlinkBridge;

/* Makes a bridge and sets it up, in one step. On failure there is none, but for a link that had the name before. */
gboolean netlink_bridge_create(const NetlinkBridge *bridge, GError **error);

/* Removes a link. A link that is not there is no error. */
gboolean netlink_link_delete(const char *name, GError **error);

/* Puts port into bridge; bridge NULL takes it out. */
gboolean netlink_link_set_bridge(const char *port, const char *bridge, GError **error);

/* Also for a bridge, which afterwards no longer takes its ports' MTU. */
gboolean netlink_link_set_mtu(const char *name, guint mtu, GError **error);

/* Sets a link up or down. */
gboolean netlink_link_set_up(const char *name, gboolean up, GError **error);

/* Adds an address to a link, without duplicate address detection. One that is there already is no error. */
gboolean netlink_address_add(const char *link, const IpAddress *address, guint prefix, GError **error);

/* The same with the address of the other end, to which prefix belongs. */
gboolean netlink_address_add_peer(const char *link, const IpAddress *address, const IpAddress *peer, guint prefix,
                                  GError **error);

/* Adds a route through gateway. metric 0: the kernel's default. */
gboolean netlink_route_add(const char *link, const IpAddress *destination, guint prefix, const IpAddress *gateway,
                           guint metric, GError **error);
