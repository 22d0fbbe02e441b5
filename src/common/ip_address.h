/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IPv4 and IPv6 addresses with their arithmetic. Values, copied freely; thread-safe; nothing is resolved. */
#pragma once

#include <glib.h>

typedef struct {
    int family;       /* AF_INET, AF_INET6, or 0 (AF_UNSPEC) for no address */
    guint8 bytes[16]; /* network order; 4 of them for AF_INET */
} IpAddress;

/* Reads a numeric address. FALSE, and address untouched, when text is none. */
gboolean ip_address_parse(const char *text, IpAddress *address);

/* From what the kernel hands over: 4 or 16 bytes. */
IpAddress ip_address_from_bytes(int family, const void *bytes);

/* Caller frees. NULL for no address. */
char *ip_address_format(const IpAddress *address);

/* 32 or 128; 0 for no address. */
guint ip_address_bits(const IpAddress *address);

/* <0, 0, >0; IPv4 sorts before IPv6. */
int ip_address_compare(const IpAddress *a, const IpAddress *b);

/* The network's first and last address (the IPv4 broadcast). prefix at most ip_address_bits(). */
IpAddress ip_address_network(const IpAddress *address, guint prefix);
IpAddress ip_address_broadcast(const IpAddress *address, guint prefix);

/* Whether both are of one family and one network. */
gboolean ip_address_same_network(const IpAddress *a, const IpAddress *b, guint prefix);

/* The address whose first prefix bits are set: a netmask. */
IpAddress ip_address_netmask(int family, guint prefix);

/* The prefix of a netmask, or -1 when its bits are not in one run. */
int ip_address_netmask_prefix(const IpAddress *netmask);

/* How many addresses from start to end, both included; G_MAXUINT64 at most. start <= end, same family. */
guint64 ip_address_range_size(const IpAddress *start, const IpAddress *end);

gboolean ip_address_is_any(const IpAddress *address);
gboolean ip_address_is_link_local(const IpAddress *address);

/* The name that a PTR record of the network has: "122.168.192.in-addr.arpa". NULL when prefix is not on a byte's (IPv4)
 * or a nibble's (IPv6) border. Caller frees. */
char *ip_address_reverse_zone(const IpAddress *address, guint prefix);
