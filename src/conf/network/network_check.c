/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a network's document may say across its members: which elements a forward mode takes, addresses that fit each
 * other, names that are given once. Each check is one function; network_def_check runs them in order.
 */
#include <string.h>
#include <sys/socket.h>

#include "conf/network/network_def.h"
#include "conf/network/network_fail.h"
#include "conf/network/network_words.h"

/* A DHCP range larger than this is a mistake, not a wish. */
#define RANGE_MAX 65535
/* dnsmasq takes no shorter leases. */
#define LEASE_MIN_S 120

/* Libvirt's errors about ranges are of no domain. */
#define fail_range(error, ...) vir_error_fail(error, VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR, __VA_ARGS__)

static guint length(const GPtrArray *list)
{
    return list ? list->len : 0;
}

/* ---- names ---- */

static gboolean check_name(const NetworkDef *def, GError **error)
{
    if (!def->name)
        return network_fail(error, VIR_ERR_NO_NAME, "%s", "");
    if (!*def->name)
        return network_fail(error, VIR_ERR_XML_ERROR, "%s", "name in network must not be empty");
    if (strchr(def->name, '/'))
        return vir_error_fail(error, VIR_FROM_XML, VIR_ERR_XML_DETAIL, "invalid char in name: /");
    if (strcmp(def->name, ".") == 0 || strcmp(def->name, "..") == 0)
        return network_fail(error, VIR_ERR_XML_DETAIL, "invalid name: %s", def->name);
    if (!uuid_is_valid(def->uuid))
        return network_fail(error, VIR_ERR_INTERNAL_ERROR, "%s", "malformed uuid element");
    if (mac_is_multicast(def->mac)) {
        char text[MAC_TEXT_LEN];

        mac_format(def->mac, text);
        return network_fail(error, VIR_ERR_XML_ERROR, "Invalid multicast bridge mac address '%s' in network '%s'", text,
                            def->name);
    }
    return TRUE;
}

/* ---- what a mode takes ---- */

static gboolean check_pool_elements(const NetworkDef *def, GError **error)
{
    const char *mode = network_forward_mode_name(network_def_mode(def));
    const char *unsupported = length(def->ips) ? "ip" : def->dns ? "dns" : def->domain ? "domain" : NULL;

    if (unsupported)
        return network_fail(error, VIR_ERR_CONFIG_UNSUPPORTED,
                            "Unsupported <%s> element in network %s with forward mode='%s'", unsupported, def->name,
                            mode);
    if (def->mtu)
        return network_fail(error, VIR_ERR_CONFIG_UNSUPPORTED,
                            "mtu size only allowed in open, route, nat, and isolated mode, not in %s (network '%s')",
                            mode, def->name);
    if (def->stp || def->delay || def->zone)
        return network_fail(
            error, VIR_ERR_XML_ERROR,
            "bridge delay/stp options only allowed in open, route, nat, and isolated mode, not in %s (network "
            "'%s')",
            mode, def->name);
    return TRUE;
}

static gboolean check_bridge_name(const NetworkDef *def, GError **error)
{
    NetworkForwardMode mode = network_def_mode(def);

    if (!def->bridge)
        return TRUE;
    if (mode == NETWORK_FORWARD_BRIDGE && (length(def->forward->interfaces) || def->forward->pf))
        return network_fail(
            error, VIR_ERR_XML_ERROR,
            "A network with forward mode='bridge' can specify a bridge name or a forward dev, but not both "
            "(network '%s')",
            def->name);
    if (mode > NETWORK_FORWARD_BRIDGE)
        return network_fail(error, VIR_ERR_XML_ERROR, "bridge name not allowed in %s mode (network '%s')",
                            network_forward_mode_name(mode), def->name);
    return TRUE;
}

static gboolean check_delay(const NetworkDef *def, GError **error)
{
    guint64 value;

    if (!def->delay || g_ascii_string_to_unsigned(def->delay, 10, 0, G_MAXINT / 1000, &value, NULL))
        return TRUE;
    return network_fail(error, VIR_ERR_XML_ERROR, "Invalid delay value in network '%s'", def->name);
}

static gboolean check_nat(const NetworkDef *def, GError **error)
{
    const NetworkForward *forward = def->forward;
    const IpAddress *start = &forward->nat_address_start, *end = &forward->nat_address_end;

    if (forward->mode != NETWORK_FORWARD_NAT) {
        if (start->family || forward->nat_port_start || forward->nat_ipv6)
            return network_fail(error, VIR_ERR_XML_ERROR,
                                "The <nat> element can only be used when <forward> 'mode' is 'nat' in network %s",
                                def->name);
        return TRUE;
    }
    if (start->family && (start->family != AF_INET || end->family != AF_INET))
        return network_fail(error, VIR_ERR_XML_ERROR, "Only IPv4 addresses can be used in <nat> in network %s",
                            def->name);
    if (start->family && ip_address_compare(start, end) > 0) {
        g_autofree char *from = ip_address_format(start);
        g_autofree char *to = ip_address_format(end);

        return fail_range(error, "range %s - %s is reversed ", from, to);
    }
    if (forward->nat_port_end && !forward->nat_port_start)
        return network_fail(error, VIR_ERR_XML_DETAIL,
                            "Missing or invalid 'start' attribute in <port> in <nat> in <forward> in network %s",
                            def->name);
    if (forward->nat_port_start > forward->nat_port_end || forward->nat_port_end > 65535)
        return network_fail(error, VIR_ERR_XML_DETAIL,
                            "Missing or invalid 'end' attribute in <port> in <nat> in <forward> in network %s",
                            def->name);
    return TRUE;
}

static gboolean check_pool(const NetworkDef *def, GError **error)
{
    const NetworkForward *forward = def->forward;

    if (forward->mode == NETWORK_FORWARD_OPEN && forward->dev)
        return network_fail(error, VIR_ERR_XML_ERROR,
                            "forward dev not allowed for network '%s' with forward mode='open'", def->name);
    if (length(forward->addresses) && length(forward->interfaces))
        return network_fail(error, VIR_ERR_XML_ERROR,
                            "<address> and <interface> elements of <forward> in network %s are mutually exclusive",
                            def->name);
    if (forward->pf && length(forward->addresses))
        return network_fail(error, VIR_ERR_XML_ERROR,
                            "<address> and <pf> elements of <forward> in network %s are mutually exclusive", def->name);
    if (network_def_owns_bridge(def) && length(forward->interfaces) > 1)
        return network_fail(error, VIR_ERR_XML_ERROR,
                            "multiple forwarding interfaces specified for network '%s', only one is supported",
                            def->name);
    return TRUE;
}

static gboolean check_mode(const NetworkDef *def, GError **error)
{
    NetworkForwardMode mode = network_def_mode(def);

    if (!network_def_owns_bridge(def) && !check_pool_elements(def, error))
        return FALSE;
    if (!check_bridge_name(def, error) || !check_delay(def, error))
        return FALSE;
    if (def->forward && (!check_nat(def, error) || !check_pool(def, error)))
        return FALSE;
    if ((mode == NETWORK_FORWARD_NAT || mode == NETWORK_FORWARD_ROUTE) && !length(def->ips))
        return network_fail(error, VIR_ERR_XML_ERROR,
                            "%s forwarding requested, but no IP address provided for network '%s'",
                            network_forward_mode_name(mode), def->name);
    return TRUE;
}

/* ---- <ip> ---- */

/* family as written must be that of address. */
static gboolean check_family(const NetworkDef *def, const char *family, const IpAddress *address, GError **error)
{
    g_autofree char *text = ip_address_format(address);
    gboolean is_v6 = address->family == AF_INET6;

    if (!family) {
        if (!is_v6)
            return TRUE;
        return network_fail(error, VIR_ERR_CONFIG_UNSUPPORTED,
                            "no family specified for non-IPv4 address '%s' in network '%s'", text, def->name);
    }
    if (strcmp(family, "ipv4") != 0 && strcmp(family, "ipv6") != 0)
        return network_fail(error, VIR_ERR_XML_ERROR, "Unrecognized family '%s' in network '%s'", family, def->name);
    if ((strcmp(family, "ipv6") == 0) != is_v6)
        return network_fail(error, VIR_ERR_CONFIG_UNSUPPORTED,
                            "%s family specified for non-%s address '%s' in network '%s'", family,
                            is_v6 ? "IPv4" : "IPv6", text, def->name);
    return TRUE;
}

static gboolean check_prefix(const NetworkDef *def, const NetworkPrefix *prefix, const IpAddress *netmask,
                             const IpAddress *address, GError **error)
{
    gboolean is_v6 = address->family == AF_INET6;

    if (netmask->family && prefix->given)
        return network_fail(error, VIR_ERR_CONFIG_UNSUPPORTED,
                            "Network '%s' IP address cannot have both a prefix and a netmask", def->name);
    if (netmask->family && is_v6)
        return network_fail(error, VIR_ERR_CONFIG_UNSUPPORTED, "netmask not allowed for IPv6 address in network '%s'",
                            def->name);
    if (prefix->given && prefix->value > ip_address_bits(address))
        return network_fail(error, VIR_ERR_CONFIG_UNSUPPORTED, "Invalid %s prefix '%u' in network '%s'",
                            is_v6 ? "IPv6" : "IPv4", prefix->value, def->name);
    return TRUE;
}

static gboolean check_range(const NetworkIp *ip, const NetworkDhcpRange *range, GError **error)
{
    g_autofree char *start = ip_address_format(&range->start);
    g_autofree char *end = ip_address_format(&range->end);
    g_autofree char *own = ip_address_format(&ip->address);
    int prefix = network_ip_prefix(ip);
    IpAddress network, broadcast;

    if (range->start.family != range->end.family || range->start.family != ip->address.family)
        return fail_range(error, "mismatch of address family in range %s - %s for network %s", start, end, own);
    if (ip_address_compare(&range->start, &range->end) > 0)
        return fail_range(error, "range %s - %s is reversed ", start, end);
    if (prefix < 0)
        return TRUE; /* the start says so */
    if (!ip_address_same_network(&range->start, &ip->address, (guint)prefix) ||
        !ip_address_same_network(&range->end, &ip->address, (guint)prefix))
        return fail_range(error, "range %s - %s is not entirely within network %s/%d", start, end, own, prefix);
    network = ip_address_network(&ip->address, (guint)prefix);
    broadcast = ip_address_broadcast(&ip->address, (guint)prefix);
    if (ip->address.family == AF_INET && ip_address_compare(&range->start, &network) == 0)
        return fail_range(error, "start of range %s - %s in network %s/%d is the network address", start, end, own,
                          prefix);
    if (ip->address.family == AF_INET && ip_address_compare(&range->end, &broadcast) == 0)
        return fail_range(error, "end of range %s - %s in network %s/%d is the broadcast address", start, end, own,
                          prefix);
    if (ip_address_range_size(&range->start, &range->end) > RANGE_MAX)
        return fail_range(error, "range %s - %s is too large (> %d)", start, end, RANGE_MAX);
    return TRUE;
}

static gboolean check_host_v4(const NetworkDef *def, const NetworkDhcpHost *host, GError **error)
{
    guint8 mac[MAC_LEN];

    if (host->id)
        return network_fail(error, VIR_ERR_XML_ERROR,
                            "Static host definition in IPv4 network '%s' must not have id attribute", def->name);
    if (host->mac && !mac_parse(host->mac, mac))
        return network_fail(error, VIR_ERR_XML_ERROR, "Cannot parse MAC address '%s' in network '%s'", host->mac,
                            def->name);
    if (host->mac && mac_is_multicast(mac))
        return network_fail(error, VIR_ERR_XML_ERROR,
                            "expected unicast mac address, found multicast '%s' in network '%s'", host->mac, def->name);
    if (!host->mac && !host->name)
        return network_fail(error, VIR_ERR_XML_ERROR,
                            "Static host definition in IPv4 network '%s' must have mac or name attribute", def->name);
    return TRUE;
}

static gboolean check_host_v6(const NetworkDef *def, const NetworkDhcpHost *host, GError **error)
{
    if (host->mac)
        return network_fail(error, VIR_ERR_XML_ERROR,
                            "Invalid to specify MAC address '%s' in network '%s' IPv6 static host definition",
                            host->mac, def->name);
    if (!host->id && !host->name)
        return network_fail(error, VIR_ERR_XML_ERROR,
                            "Static host definition in IPv6 network '%s' must have id or name attribute", def->name);
    return TRUE;
}

static gboolean check_lease(const NetworkLease *lease, GError **error)
{
    if (!lease || !lease->expiry || network_lease_seconds(lease) >= LEASE_MIN_S)
        return TRUE;
    return network_fail(error, VIR_ERR_CONFIG_UNSUPPORTED, "%s",
                        "The minimum lease time should be greater than 2 minutes");
}

static gboolean check_host(const NetworkDef *def, const NetworkIp *ip, const NetworkDhcpHost *host, GError **error)
{
    gboolean is_v6 = ip->address.family == AF_INET6;

    if (!(is_v6 ? check_host_v6 : check_host_v4)(def, host, error) || !check_lease(host->lease, error))
        return FALSE;
    /* These end up as lines of dnsmasq's own files. */
    if (host->name && strpbrk(host->name, ",\n\r\t "))
        return network_fail(error, VIR_ERR_XML_ERROR, "Cannot use host name '%s' in network '%s'", host->name,
                            def->name);
    if (host->id && strpbrk(host->id, ",\n\r\t "))
        return network_fail(error, VIR_ERR_XML_ERROR, "Invalid character in id '%s' of network '%s'", host->id,
                            def->name);
    if (!host->ip.family)
        return network_fail(error, VIR_ERR_XML_ERROR, "Missing IP address in static host definition for network '%s'",
                            def->name);
    if (host->ip.family != ip->address.family)
        return network_fail(error, VIR_ERR_XML_ERROR,
                            "Address family of a static host in network '%s' is not that of its <ip>", def->name);
    return TRUE;
}

static gboolean check_ip(const NetworkDef *def, const NetworkIp *ip, GError **error)
{
    if (!ip->address.family)
        return network_fail(error, VIR_ERR_XML_ERROR, "Missing required address attribute in network '%s'", def->name);
    if (!check_family(def, ip->family, &ip->address, error) ||
        !check_prefix(def, &ip->prefix, &ip->netmask, &ip->address, error))
        return FALSE;
    if (ip->tftp_root && strpbrk(ip->tftp_root, "\n\r"))
        return network_fail(error, VIR_ERR_XML_ERROR, "line break in the tftp root of network '%s'", def->name);
    if (ip->bootp_file && strpbrk(ip->bootp_file, ",\n\r"))
        return network_fail(error, VIR_ERR_XML_ERROR, "Invalid bootp file '%s' in network '%s'", ip->bootp_file,
                            def->name);
    if (ip->bootp_server && strpbrk(ip->bootp_server, ",\n\r"))
        return network_fail(error, VIR_ERR_XML_ERROR, "Invalid bootp server '%s' in network '%s'", ip->bootp_server,
                            def->name);
    for (guint i = 0; i < length(ip->ranges); i++) {
        const NetworkDhcpRange *range = ip->ranges->pdata[i];

        if (!check_range(ip, range, error) || !check_lease(range->lease, error))
            return FALSE;
    }
    if (length(ip->hosts) > NETWORK_HOSTS_MAX)
        return network_fail(error, VIR_ERR_CONFIG_UNSUPPORTED, "more than %d static hosts in network '%s'",
                            NETWORK_HOSTS_MAX, def->name);
    for (guint i = 0; i < length(ip->hosts); i++) {
        if (!check_host(def, ip, ip->hosts->pdata[i], error))
            return FALSE;
    }
    return TRUE;
}

static gboolean check_ips(const NetworkDef *def, GError **error)
{
    const char *with_dhcp[2] = {NULL, NULL};

    if (length(def->ips) > NETWORK_IPS_MAX)
        return network_fail(error, VIR_ERR_CONFIG_UNSUPPORTED, "more than %d addresses in network '%s'",
                            NETWORK_IPS_MAX, def->name);
    for (guint i = 0; i < length(def->ips); i++) {
        const NetworkIp *ip = def->ips->pdata[i];
        gboolean is_v6 = ip->address.family == AF_INET6;

        if (!check_ip(def, ip, error))
            return FALSE;
        if (!ip->has_dhcp)
            continue;
        if (with_dhcp[is_v6])
            return network_fail(
                error, VIR_ERR_CONFIG_UNSUPPORTED,
                "Multiple %s dhcp sections found -- dhcp is supported only for a single %s address on each network",
                with_dhcp[is_v6], with_dhcp[is_v6]);
        with_dhcp[is_v6] = is_v6 ? "IPv6" : "IPv4";
    }
    return TRUE;
}

/* ---- <route> ---- */

static gboolean gateway_is_reachable(const NetworkDef *def, const IpAddress *gateway)
{
    for (guint i = 0; i < length(def->ips); i++) {
        const NetworkIp *ip = def->ips->pdata[i];
        int prefix = network_ip_prefix(ip);

        if (prefix >= 0 && ip->address.family == gateway->family &&
            ip_address_same_network(&ip->address, gateway, (guint)prefix))
            return TRUE;
    }
    return FALSE;
}

static gboolean check_route(const NetworkDef *def, const NetworkRoute *route, GError **error)
{
    int prefix;
    IpAddress network;

    if (!route->address.family)
        return network_fail(error, VIR_ERR_XML_ERROR, "%s: Missing required address attribute in route definition",
                            def->name);
    if (!route->gateway.family)
        return network_fail(error, VIR_ERR_XML_ERROR, "%s: Missing required gateway attribute in route definition",
                            def->name);
    if (!check_family(def, route->family, &route->address, error) ||
        !check_prefix(def, &route->prefix, &route->netmask, &route->address, error))
        return FALSE;
    if (route->gateway.family != route->address.family)
        return network_fail(error, VIR_ERR_XML_ERROR, "%s: gateway and address of a route are of different families",
                            def->name);
    prefix = network_route_prefix(route);
    network = ip_address_network(&route->address, prefix < 0 ? 0 : (guint)prefix);
    if (prefix < 0 || ip_address_compare(&network, &route->address) != 0) {
        g_autofree char *text = ip_address_format(&route->address);

        return network_fail(error, VIR_ERR_XML_ERROR, "%s: Address '%s' in route definition is not a network address",
                            def->name, text);
    }
    if (!gateway_is_reachable(def, &route->gateway)) {
        g_autofree char *text = ip_address_format(&route->gateway);

        return network_fail(error, VIR_ERR_CONFIG_UNSUPPORTED,
                            "unreachable static route gateway '%s' specified for network '%s'", text, def->name);
    }
    return TRUE;
}

static gboolean check_routes(const NetworkDef *def, GError **error)
{
    for (guint i = 0; i < length(def->routes); i++) {
        if (!check_route(def, def->routes->pdata[i], error))
            return FALSE;
    }
    return TRUE;
}

/* ---- how guests are plugged in ---- */

/* A bridge of somebody else's, of whichever kind, and functions of a card tag a guest's packets. */
static gboolean takes_vlan(const NetworkDef *def)
{
    NetworkForwardMode mode = network_def_mode(def);

    return mode == NETWORK_FORWARD_HOSTDEV || mode == NETWORK_FORWARD_PASSTHROUGH ||
           (mode == NETWORK_FORWARD_BRIDGE && def->bridge);
}

/* So does the network's own bridge. But all who are there, the host among them, in one VLAN were the same as none. */
static gboolean groups_take_vlan(const NetworkDef *def)
{
    return network_def_owns_bridge(def) || takes_vlan(def);
}

static gboolean check_options(const NetworkDef *def, const Vlan *vlan, gboolean may_have_vlan, const VirtualPort *port,
                              const Bandwidth *bandwidth, GError **error)
{
    if (!vlan_check(vlan, error) || !virtual_port_check(port, error) || !bandwidth_check(bandwidth, FALSE, error))
        return FALSE;
    if (vlan && !may_have_vlan)
        return network_fail(error, VIR_ERR_CONFIG_UNSUPPORTED,
                            "<vlan> element specified for network %s, whose type doesn't support vlan configuration",
                            def->name);
    return TRUE;
}

static gboolean check_network_options(const NetworkDef *def, GError **error)
{
    if (!check_options(def, def->vlan, takes_vlan(def), def->virtual_port, def->bandwidth, error))
        return FALSE;
    if (def->bandwidth && !network_def_owns_bridge(def))
        return network_fail(error, VIR_ERR_CONFIG_UNSUPPORTED,
                            "Unsupported network-wide <bandwidth> element in network %s with forward mode='%s'",
                            def->name, network_forward_mode_name(network_def_mode(def)));
    return TRUE;
}

/* ---- <portgroup> ---- */

static gboolean check_portgroups(const NetworkDef *def, GError **error)
{
    const char *first_default = NULL;

    for (guint i = 0; i < length(def->portgroups); i++) {
        const NetworkPortgroup *group = def->portgroups->pdata[i];

        if (!check_options(def, group->vlan, groups_take_vlan(def), group->virtual_port, group->bandwidth, error))
            return FALSE;
        for (guint j = 0; j < i; j++) {
            if (strcmp(((const NetworkPortgroup *)def->portgroups->pdata[j])->name, group->name) == 0)
                return network_fail(error, VIR_ERR_CONFIG_UNSUPPORTED,
                                    "multiple <portgroup> elements with the same name (%s) in network '%s'",
                                    group->name, def->name);
        }
        if (group->is_default != XML_BOOL_YES)
            continue;
        if (first_default)
            return network_fail(
                error, VIR_ERR_CONFIG_UNSUPPORTED,
                "network '%s' has multiple default <portgroup> elements (%s and %s), but only one default is "
                "allowed",
                def->name, first_default, group->name);
        first_default = group->name;
    }
    return TRUE;
}

gboolean network_def_check(const NetworkDef *def, GError **error)
{
    static gboolean (*const checks[])(const NetworkDef *, GError **) = {
        check_name, check_mode, check_ips, check_routes, check_network_options, check_portgroups, network_words_check,
    };

    for (gsize i = 0; i < G_N_ELEMENTS(checks); i++) {
        if (!checks[i](def, error))
            return FALSE;
    }
    return TRUE;
}
