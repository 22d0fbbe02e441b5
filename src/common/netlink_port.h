/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Guests' ends on the host: macvtap devices, and how a link behaves as a port of its bridge. Rules and errors as in
 * netlink.h.
 */
#pragma once

#include <glib.h>

#include "common/identifiers.h"
#include "common/ip_address.h"

/* Writes down whose a link is; ip link shows it as its alias. */
gboolean netlink_link_set_owner(const char *name, const char *owner, GError **error);

/* The links of that owner: names, in a NULL-terminated array. Caller frees with g_strfreev. */
char **netlink_links_of(const char *owner);

typedef enum {
    NETLINK_MACVTAP_PRIVATE = 1, /* the kernel's numbers */
    NETLINK_MACVTAP_VEPA = 2,
    NETLINK_MACVTAP_BRIDGE = 4,
    NETLINK_MACVTAP_PASSTHROUGH = 8,
} NetlinkMacvtapMode;

/* Makes a macvtap device on lower, down. *is_taken: it failed because the name is. With PASSTHROUGH, lower takes mac
 * over, and gets its own back when the device ends. */
gboolean netlink_macvtap_create(const char *name, const char *lower, NetlinkMacvtapMode mode, const guint8 mac[MAC_LEN],
                                gboolean *is_taken, GError **error);

/* How a link that is in a bridge takes part. */
typedef struct {
    gboolean is_isolated; /* sees no other isolated port */
    gboolean is_static;   /* the bridge neither learns addresses from it nor floods it; see netlink_port_add_mac */
} NetlinkPortOptions;
gboolean netlink_port_set(const char *port, const NetlinkPortOptions *options, GError **error);

/* Tells the bridge of port that mac is there, for good. One that is known is no error. */
gboolean netlink_port_add_mac(const char *port, const guint8 mac[MAC_LEN], GError **error);

/* The addresses under which the host knows mac as a neighbour: IpAddress; caller unrefs. Reads all neighbours. */
GArray *netlink_neighbours(const guint8 mac[MAC_LEN]);
