/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the host's links and routes are, asked of the kernel at the moment, by rtnetlink (libnl3). Needs no privilege.
 * Each call opens its own socket and reads a whole table, so it is for workers; any thread may call. Where the kernel
 * does not answer, there is nothing.
 */
#pragma once

#include <glib.h>

#include "common/identifiers.h"
#include "common/ip_address.h"

typedef struct {
    char *name;
    int index, bridge_index; /* 0: in no bridge */
    guint8 mac[MAC_LEN];
    gboolean is_up, has_carrier;
} NetlinkLink;

/* All links. Elements are NetlinkLink; caller unrefs. */
GArray *netlink_links(void);

/* What one way of a link has carried. */
typedef struct {
    guint64 bytes, packets, errors, dropped;
} NetlinkCounters;

/* The counters of one link, which is all that is asked for; it may be asked on a loop. FALSE: there is no such link. */
gboolean netlink_link_counters(const char *name, NetlinkCounters *received, NetlinkCounters *sent);

/* The link that a route to exactly this network goes over, or NULL. except: a link that does not count, or NULL. Caller
 * frees. */
char *netlink_route_find(const IpAddress *network, guint prefix, const char *except);

/* The same for a route to this network or to a part of it. */
char *netlink_route_find_part(const IpAddress *network, guint prefix, const char *except);

/* The link that the default route of a family goes over, or NULL. Caller frees. */
char *netlink_route_find_default(int family);

/* The links that got an IPv6 default route from a router's announcement and would lose it, were the host to forward;
 * separated by commas. NULL: none. Caller frees. */
char *netlink_routes_lost_by_forwarding(void);
