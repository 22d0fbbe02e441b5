/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <ip> with its DHCP, and <route>. */
#include <string.h>
#include <sys/socket.h>

#include "common/error.h"
#include "conf/codecs.h"
#include "conf/network/network_def.h"

/* An address, with the message that libvirt has for a bad one. */
static gboolean parse_address(const char *text, gpointer member, GError **error)
{
    if (ip_address_parse(text, member))
        return TRUE;
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_XML_ERROR, "Invalid address '%s'", text);
    return FALSE;
}

static char *format_address(gconstpointer member)
{
    return ip_address_format(member);
}

static const XmlCodec address_codec = {parse_address, format_address, NULL};

/* ---- <lease> ---- */

static const char *const lease_units[] = {NULL, "seconds", "minutes", "hours"};

static const XmlField lease_fields[] = {
    XML_UINT(NetworkLease, expiry, "@expiry", .required = TRUE, .always = TRUE),
    XML_ENUM(NetworkLease, unit, "@unit", lease_units),
    XML_END,
};

guint64 network_lease_seconds(const NetworkLease *lease)
{
    static const guint seconds[] = {60, 1, 60, 3600};

    return (guint64)lease->expiry * seconds[lease->unit];
}

static gboolean lease_parsed(xmlNode *node, gpointer self, GError **error)
{
    NetworkLease *lease = self;

    if (lease->expiry && lease->unit == NETWORK_LEASE_NO_UNIT)
        lease->unit = NETWORK_LEASE_MINUTES;
    return TRUE;
}

static const XmlElement lease_element = {sizeof(NetworkLease), lease_fields, NULL, lease_parsed, NULL};

/* ---- <dhcp> ---- */

static const XmlField range_fields[] = {
    XML_CODEC(NetworkDhcpRange, start, "@start", &address_codec, .required = TRUE),
    XML_CODEC(NetworkDhcpRange, end, "@end", &address_codec, .required = TRUE),
    XML_STRUCT(NetworkDhcpRange, lease, "lease", &lease_element),
    XML_END,
};
const XmlElement network_dhcp_range_element = {sizeof(NetworkDhcpRange), range_fields};

static const XmlField host_fields[] = {
    XML_STRING(NetworkDhcpHost, mac, "@mac"),
    XML_STRING(NetworkDhcpHost, id, "@id"),
    XML_STRING(NetworkDhcpHost, name, "@name"),
    XML_CODEC(NetworkDhcpHost, ip, "@ip", &address_codec),
    XML_STRUCT(NetworkDhcpHost, lease, "lease", &lease_element),
    XML_END,
};
const XmlElement network_dhcp_host_element = {sizeof(NetworkDhcpHost), host_fields};

static const XmlField bootp_fields[] = {
    XML_STRING(NetworkIp, bootp_file, "@file", .required = TRUE),
    XML_STRING(NetworkIp, bootp_server, "@server"),
    XML_END,
};
static const XmlElement bootp_element = {0, bootp_fields};

static const XmlField dhcp_fields[] = {
    XML_LIST(NetworkIp, ranges, "range", &network_dhcp_range_element),
    XML_LIST(NetworkIp, hosts, "host", &network_dhcp_host_element),
    XML_INSIDE("bootp", &bootp_element),
    XML_END,
};

static gboolean dhcp_parsed(xmlNode *node, gpointer self, GError **error)
{
    ((NetworkIp *)self)->has_dhcp = TRUE;
    return TRUE;
}

static const XmlElement dhcp_element = {0, dhcp_fields, NULL, dhcp_parsed, NULL};

/* ---- <ip> ---- */

static gboolean parse_prefix(const char *text, gpointer member, GError **error)
{
    NetworkPrefix *prefix = member;
    guint64 value;

    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT, &value, NULL)) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_XML_ERROR, "Invalid prefix value '%s'", text);
        return FALSE;
    }
    prefix->value = (unsigned int)value;
    prefix->given = TRUE;
    return TRUE;
}

static char *format_prefix(gconstpointer member)
{
    const NetworkPrefix *prefix = member;

    return prefix->given ? g_strdup_printf("%u", prefix->value) : NULL;
}

static const XmlCodec prefix_codec = {parse_prefix, format_prefix, NULL};

static const XmlField ip_fields[] = {
    XML_STRING(NetworkIp, family, "@family"),
    XML_CODEC(NetworkIp, address, "@address", &address_codec),
    XML_CODEC(NetworkIp, netmask, "@netmask", &address_codec),
    XML_CODEC(NetworkIp, prefix, "@prefix", &prefix_codec),
    XML_YESNO(NetworkIp, local_ptr, "@localPtr"),
    XML_STRING(NetworkIp, tftp_root, "tftp/@root"),
    XML_INSIDE("dhcp", &dhcp_element),
    XML_END,
};
const XmlElement network_ip_element = {sizeof(NetworkIp), ip_fields, .is_long = TRUE};

/* The prefix that an IPv4 address had by its class, before there were netmasks. */
static int class_prefix(const IpAddress *address)
{
    if (address->family == AF_INET6)
        return 64;
    return address->bytes[0] < 128 ? 8 : address->bytes[0] < 192 ? 16 : 24;
}

static int prefix_of(const NetworkPrefix *prefix, const IpAddress *netmask, const IpAddress *address)
{
    if (prefix->given)
        return (int)prefix->value;
    return netmask->family ? ip_address_netmask_prefix(netmask) : class_prefix(address);
}

int network_ip_prefix(const NetworkIp *ip)
{
    return prefix_of(&ip->prefix, &ip->netmask, &ip->address);
}

gboolean network_ip_is_translated(const NetworkDef *def, const NetworkIp *ip)
{
    return network_def_mode(def) == NETWORK_FORWARD_NAT &&
           (ip->address.family == AF_INET || def->forward->nat_ipv6 == XML_BOOL_YES);
}

gboolean network_def_is_translated(const NetworkDef *def)
{
    for (guint i = 0; def->ips && i < def->ips->len; i++) {
        if (network_ip_is_translated(def, def->ips->pdata[i]))
            return TRUE;
    }
    return FALSE;
}

/* ---- <route> ---- */

static const XmlField route_fields[] = {
    XML_STRING(NetworkRoute, family, "@family"),
    XML_CODEC(NetworkRoute, address, "@address", &address_codec),
    XML_CODEC(NetworkRoute, netmask, "@netmask", &address_codec),
    XML_CODEC(NetworkRoute, prefix, "@prefix", &prefix_codec),
    XML_CODEC(NetworkRoute, gateway, "@gateway", &address_codec),
    XML_UINT(NetworkRoute, metric, "@metric"),
    XML_END,
};
const XmlElement network_route_element = {sizeof(NetworkRoute), route_fields};

int network_route_prefix(const NetworkRoute *route)
{
    /* The default route is written without one. */
    if (!route->prefix.given && !route->netmask.family && ip_address_is_any(&route->address))
        return 0;
    return prefix_of(&route->prefix, &route->netmask, &route->address);
}
