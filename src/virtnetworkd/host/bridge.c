/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/host/bridge.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "common/netlink.h"
#include "common/netlink_look.h"
#include "common/netlink_vlan.h"

/* ---- sysctls ---- */

/* A container's /proc/sys, mostly. */
static gboolean is_read_only(const char *path)
{
    return access(path, W_OK) < 0 && errno == EROFS;
}

/* What is set already is good enough. */
static gboolean sysctl_write(const char *path, const char *value, GError **error)
{
    g_autofree char *now = NULL;
    int fd = -1;
    gboolean ok;

    if (g_file_get_contents(path, &now, NULL, NULL) && strcmp(g_strchomp(now), value) == 0)
        return TRUE;
    fd = open(path, O_WRONLY | O_CLOEXEC);
    ok = fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value);
    if (!ok)
        vir_error_set_errno(error, VIR_FROM_NETWORK, errno, "cannot write '%s' to %s", value, path);
    if (fd >= 0)
        close(fd);
    return ok;
}

static gboolean has_family(const NetworkDef *def, int family)
{
    for (guint i = 0; def->ips && i < def->ips->len; i++) {
        if (((const NetworkIp *)def->ips->pdata[i])->address.family == family)
            return TRUE;
    }
    return FALSE;
}

/* A bridge is a router's port: it takes no address and no route from what its guests announce. */
static gboolean set_ipv6(const NetworkDef *def, GError **error)
{
    static const struct {
        const char *key, *value;
    } router[] = {{"disable_ipv6", "0"}, {"accept_ra", "0"}, {"autoconf", "0"}};
    g_autofree char *dir = g_build_filename("/proc/sys/net/ipv6/conf", def->bridge, NULL);
    g_autofree char *disable = g_build_filename(dir, "disable_ipv6", NULL);

    if (!g_file_test(dir, G_FILE_TEST_IS_DIR)) {
        if (!has_family(def, AF_INET6))
            return TRUE;
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_INTERNAL_ERROR,
                      "network '%s' has an IPv6 address, but the kernel has no IPv6", def->name);
        return FALSE;
    }
    if (!has_family(def, AF_INET6)) {
        if (!is_read_only(disable))
            return sysctl_write(disable, "1", error);
        log_warning("network '%s': %s is read-only, so bridge %s keeps what IPv6 it has", def->name, disable,
                    def->bridge);
        return TRUE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(router); i++) {
        g_autofree char *path = g_build_filename(dir, router[i].key, NULL);

        if (!sysctl_write(path, router[i].value, error))
            return FALSE;
    }
    return TRUE;
}

#define FORWARDING_V6 "/proc/sys/net/ipv6/conf/all/forwarding"

/* A host that begins to forward forgets the routes that it learnt from routers. */
static gboolean check_announced_routes(GError **error)
{
    g_autofree char *text = NULL;
    g_autofree char *links = NULL;

    if (g_file_get_contents(FORWARDING_V6, &text, NULL, NULL) && *text == '1')
        return TRUE;
    links = netlink_routes_lost_by_forwarding();
    if (!links)
        return TRUE;
    vir_error_set(
        error, VIR_FROM_NETWORK, VIR_ERR_INTERNAL_ERROR,
        "Check the host setup: enabling IPv6 forwarding with RA routes without accept_ra set to 2 is likely to "
        "cause routes loss. Interfaces to look at: %s",
        links);
    return FALSE;
}

static gboolean set_forwarding(const NetworkDef *def, GError **error)
{
    NetworkForwardMode mode = network_def_mode(def);

    if (mode != NETWORK_FORWARD_NAT && mode != NETWORK_FORWARD_ROUTE && mode != NETWORK_FORWARD_OPEN)
        return TRUE;
    if (has_family(def, AF_INET) && !sysctl_write("/proc/sys/net/ipv4/ip_forward", "1", error))
        return FALSE;
    return !has_family(def, AF_INET6) || (check_announced_routes(error) && sysctl_write(FORWARDING_V6, "1", error));
}

/* ---- VLANs ---- */

gboolean bridge_update(const NetworkDef *def, GError **error)
{
    return !network_def_has_vlans(def) || netlink_bridge_filters(def->bridge) ||
           netlink_bridge_filter(def->bridge, error);
}

/* ---- the link ---- */

static gboolean create_link(const NetworkDef *def, GError **error)
{
    NetlinkBridge bridge = {
        .name = def->bridge,
        .mac = def->mac,
        .mtu = def->mtu,
        .stp = def->stp != XML_BOOL_NO,
        .forward_delay_ms = def->delay ? (guint)atoi(def->delay) * 1000 : 0,
        .vlan_filtering = def->mac_table == NETWORK_MAC_TABLE_LIBVIRT || network_def_has_vlans(def),
    };

    if (strlen(def->bridge) >= IFNAMSIZ) {
        vir_error_set(error, VIR_FROM_NONE, VIR_ERR_SYSTEM_ERROR,
                      "error creating bridge interface %s: the name is longer than %d characters", def->bridge,
                      IFNAMSIZ - 1);
        return FALSE;
    }
    return netlink_bridge_create(&bridge, error);
}

static gboolean add_addresses(const NetworkDef *def, GError **error)
{
    for (guint i = 0; def->ips && i < def->ips->len; i++) {
        const NetworkIp *ip = def->ips->pdata[i];
        int prefix = network_ip_prefix(ip);

        if (prefix < 0) {
            vir_error_set(error, VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR, "Invalid prefix or netmask for '%s'",
                          def->bridge);
            return FALSE;
        }
        if (!netlink_address_add(def->bridge, &ip->address, (guint)prefix, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean add_routes(const NetworkDef *def, GError **error)
{
    for (guint i = 0; def->routes && i < def->routes->len; i++) {
        const NetworkRoute *route = def->routes->pdata[i];
        int prefix = network_route_prefix(route);

        /* 1 is libvirt's metric for a route that names none. */
        if (!netlink_route_add(def->bridge, &route->address, (guint)prefix, &route->gateway,
                               route->metric ? route->metric : 1, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean set_up(const NetworkDef *def, GError **error)
{
    return set_ipv6(def, error) && add_addresses(def, error) && add_routes(def, error) && set_forwarding(def, error);
}

/* Two links that the same network lies behind would take each other's packets. */
static gboolean check_routes(const NetworkDef *def, GError **error)
{
    for (guint i = 0; def->ips && i < def->ips->len; i++) {
        const NetworkIp *ip = def->ips->pdata[i];
        int prefix = network_ip_prefix(ip);
        IpAddress network = ip_address_network(&ip->address, (guint)MAX(prefix, 0));
        g_autofree char *link = prefix < 0 ? NULL : netlink_route_find(&network, (guint)prefix, def->bridge);

        if (link) {
            vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_INTERNAL_ERROR, "Network is already in use by interface %s",
                          link);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean make(const NetworkDef *def, GError **error)
{
    if (!create_link(def, error))
        return FALSE;
    if (set_up(def, error))
        return TRUE;
    netlink_link_delete(def->bridge, NULL);
    return FALSE;
}

gboolean bridge_start(const NetworkDef *def, GError **error)
{
    return check_routes(def, error) && make(def, error);
}

gboolean bridge_stop(const NetworkDef *def, GError **error)
{
    return netlink_link_delete(def->bridge, error);
}

gboolean bridge_repair(const NetworkDef *def, GError **error)
{
    if (!if_nametoindex(def->bridge))
        return make(def, error);
    return netlink_link_set_up(def->bridge, TRUE, error) &&
           (!def->mtu || netlink_link_set_mtu(def->bridge, def->mtu, error)) && bridge_update(def, error) &&
           set_up(def, error);
}
