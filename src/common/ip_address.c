/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/ip_address.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

static guint size_of(int family)
{
    return family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;
}

gboolean ip_address_parse(const char *text, IpAddress *address)
{
    IpAddress parsed = {0};

    if (inet_pton(AF_INET, text, parsed.bytes) == 1)
        parsed.family = AF_INET;
    else if (inet_pton(AF_INET6, text, parsed.bytes) == 1)
        parsed.family = AF_INET6;
    else
        return FALSE;
    *address = parsed;
    return TRUE;
}

IpAddress ip_address_from_bytes(int family, const void *bytes)
{
    IpAddress address = {.family = family};

    memcpy(address.bytes, bytes, size_of(family));
    return address;
}

char *ip_address_format(const IpAddress *address)
{
    char text[INET6_ADDRSTRLEN];

    if (!size_of(address->family) || !inet_ntop(address->family, address->bytes, text, sizeof(text)))
        return NULL;
    return g_strdup(text);
}

guint ip_address_bits(const IpAddress *address)
{
    return size_of(address->family) * 8;
}

int ip_address_compare(const IpAddress *a, const IpAddress *b)
{
    if (a->family != b->family)
        return a->family == AF_INET ? -1 : 1;
    return memcmp(a->bytes, b->bytes, size_of(a->family));
}

IpAddress ip_address_netmask(int family, guint prefix)
{
    IpAddress mask = {.family = family};

    for (guint bit = 0; bit < prefix; bit++)
        mask.bytes[bit / 8] |= 0x80 >> bit % 8;
    return mask;
}

IpAddress ip_address_network(const IpAddress *address, guint prefix)
{
    IpAddress mask = ip_address_netmask(address->family, prefix);

    for (guint i = 0; i < size_of(address->family); i++)
        mask.bytes[i] &= address->bytes[i];
    return mask;
}

IpAddress ip_address_broadcast(const IpAddress *address, guint prefix)
{
    IpAddress mask = ip_address_netmask(address->family, prefix);

    for (guint i = 0; i < size_of(address->family); i++)
        mask.bytes[i] = address->bytes[i] | (guint8)~mask.bytes[i];
    return mask;
}

gboolean ip_address_same_network(const IpAddress *a, const IpAddress *b, guint prefix)
{
    IpAddress network_a = ip_address_network(a, prefix);
    IpAddress network_b = ip_address_network(b, prefix);

    return a->family == b->family && ip_address_compare(&network_a, &network_b) == 0;
}

int ip_address_netmask_prefix(const IpAddress *netmask)
{
    guint prefix = 0;
    IpAddress canonical;

    while (prefix < ip_address_bits(netmask) && (netmask->bytes[prefix / 8] & 0x80 >> prefix % 8))
        prefix++;
    canonical = ip_address_netmask(netmask->family, prefix);
    return ip_address_compare(&canonical, netmask) == 0 ? (int)prefix : -1;
}

guint64 ip_address_range_size(const IpAddress *start, const IpAddress *end)
{
    guint64 distance = 0;

    for (guint i = 0; i < size_of(start->family); i++) {
        int step = end->bytes[i] - start->bytes[i];

        if (distance > (G_MAXUINT64 >> 9))
            return G_MAXUINT64;
        distance = (distance << 8) + (guint64)(gint64)step;
    }
    return distance + 1;
}

gboolean ip_address_is_any(const IpAddress *address)
{
    static const guint8 zero[16];

    return memcmp(address->bytes, zero, size_of(address->family)) == 0;
}

gboolean ip_address_is_link_local(const IpAddress *address)
{
    if (address->family == AF_INET)
        return address->bytes[0] == 169 && address->bytes[1] == 254;
    return address->bytes[0] == 0xfe && (address->bytes[1] & 0xc0) == 0x80;
}

char *ip_address_reverse_zone(const IpAddress *address, guint prefix)
{
    guint label_bits = address->family == AF_INET ? 8 : 4;
    GString *zone;

    if (prefix == 0 || prefix % label_bits)
        return NULL;
    zone = g_string_new(NULL);
    for (guint bit = prefix; bit > 0; bit -= label_bits) {
        guint8 byte = address->bytes[(bit - 1) / 8];

        if (label_bits == 8)
            g_string_append_printf(zone, "%u.", byte);
        else
            g_string_append_printf(zone, "%x.", bit % 8 ? byte >> 4 : byte & 0xf);
    }
    g_string_append(zone, address->family == AF_INET ? "in-addr.arpa" : "ip6.arpa");
    return g_string_free(zone, FALSE);
}
