/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/netlink_port.h"

#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netlink/cache.h>
#include <netlink/errno.h>
#include <netlink/route/link.h>
#include <netlink/route/neighbour.h>
#include <netlink/socket.h>
#include <string.h>
#include <sys/socket.h>

#include "common/netlink.h"
#include "common/netlink_priv.h"

gboolean netlink_link_set_owner(const char *name, const char *owner, GError **error)
{
    g_autoptr(NetlinkMessage) message = netlink_link_message(name, error);

    if (!message)
        return FALSE;
    nla_put_string(message, IFLA_IFALIAS, owner);
    return netlink_check(netlink_message_send(message), error, "cannot name the owner of", name);
}

char **netlink_links_of(const char *owner)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    struct nl_sock *socket = nl_socket_alloc();
    struct nl_cache *links = NULL;

    if (socket && nl_connect(socket, NETLINK_ROUTE) >= 0 && rtnl_link_alloc_cache(socket, AF_UNSPEC, &links) >= 0) {
        for (struct nl_object *object = nl_cache_get_first(links); object; object = nl_cache_get_next(object)) {
            struct rtnl_link *link = (struct rtnl_link *)object;

            if (g_strcmp0(rtnl_link_get_ifalias(link), owner) == 0)
                g_strv_builder_add(names, rtnl_link_get_name(link));
        }
        nl_cache_free(links);
    }
    nl_socket_free(socket);
    return g_strv_builder_end(names);
}

/* A device that has lower to itself begins with lower's address; its own it passes on. */
static gboolean set_mac(const char *name, const guint8 mac[MAC_LEN], GError **error)
{
    g_autoptr(NetlinkMessage) message = netlink_link_message(name, error);

    if (!message)
        return FALSE;
    nla_put(message, IFLA_ADDRESS, MAC_LEN, mac);
    return netlink_check(netlink_message_send(message), error, "cannot set the MAC address of", name);
}

gboolean netlink_macvtap_create(const char *name, const char *lower, NetlinkMacvtapMode mode, const guint8 mac[MAC_LEN],
                                gboolean *is_taken, GError **error)
{
    struct ifinfomsg head = {.ifi_family = AF_UNSPEC};
    g_autoptr(NetlinkMessage) message =
        netlink_message_new(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &head, sizeof(head));
    guint lower_index = netlink_link_index(lower, error);
    struct nlattr *info, *data;
    int rc;

    *is_taken = FALSE;
    if (!lower_index)
        return FALSE;
    nla_put_string(message, IFLA_IFNAME, name);
    nla_put_u32(message, IFLA_LINK, lower_index);
    nla_put(message, IFLA_ADDRESS, MAC_LEN, mac);
    info = nla_nest_start(message, IFLA_LINKINFO);
    nla_put_string(message, IFLA_INFO_KIND, "macvtap");
    data = nla_nest_start(message, IFLA_INFO_DATA);
    nla_put_u32(message, IFLA_MACVLAN_MODE, mode);
    nla_nest_end(message, data);
    nla_nest_end(message, info);
    rc = netlink_message_send(message);
    *is_taken = rc == NLE_EXIST;
    if (!netlink_check(rc, error, "cannot create a macvtap device on", lower))
        return FALSE;
    if (mode != NETLINK_MACVTAP_PASSTHROUGH || set_mac(name, mac, error))
        return TRUE;
    netlink_link_delete(name, NULL);
    return FALSE;
}

gboolean netlink_port_set(const char *port, const NetlinkPortOptions *options, GError **error)
{
    struct ifinfomsg head = {.ifi_family = AF_BRIDGE};
    g_autoptr(NetlinkMessage) message = NULL;
    struct nlattr *info;

    head.ifi_index = (int)netlink_link_index(port, error);
    if (!head.ifi_index)
        return FALSE;
    message = netlink_message_new(RTM_SETLINK, 0, &head, sizeof(head));
    info = nla_nest_start(message, IFLA_PROTINFO | NLA_F_NESTED);
    if (options->is_isolated)
        nla_put_u8(message, IFLA_BRPORT_ISOLATED, 1);
    if (options->is_static) {
        nla_put_u8(message, IFLA_BRPORT_LEARNING, 0);
        nla_put_u8(message, IFLA_BRPORT_UNICAST_FLOOD, 0);
    }
    nla_nest_end(message, info);
    return netlink_check(netlink_message_send(message), error, "cannot set up the bridge's port", port);
}

gboolean netlink_port_add_mac(const char *port, const guint8 mac[MAC_LEN], GError **error)
{
    struct ndmsg head = {.ndm_family = PF_BRIDGE, .ndm_state = NUD_NOARP, .ndm_flags = NTF_MASTER};
    g_autoptr(NetlinkMessage) message = NULL;
    int rc;

    head.ndm_ifindex = (int)netlink_link_index(port, error);
    if (!head.ndm_ifindex)
        return FALSE;
    message = netlink_message_new(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_EXCL, &head, sizeof(head));
    nla_put(message, NDA_LLADDR, MAC_LEN, mac);
    rc = netlink_message_send(message);
    return rc == NLE_EXIST || netlink_check(rc, error, "cannot add a guest's address to the bridge's port", port);
}

/* ---- neighbours ---- */

static gboolean is_known(struct rtnl_neigh *neighbour, const guint8 mac[MAC_LEN])
{
    const struct nl_addr *hardware = rtnl_neigh_get_lladdr(neighbour);
    const struct nl_addr *address = rtnl_neigh_get_dst(neighbour);
    int family = address ? nl_addr_get_family(address) : AF_UNSPEC;

    return hardware && nl_addr_get_len(hardware) == MAC_LEN &&
           memcmp(nl_addr_get_binary_addr(hardware), mac, MAC_LEN) == 0 && (family == AF_INET || family == AF_INET6);
}

GArray *netlink_neighbours(const guint8 mac[MAC_LEN])
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(IpAddress));
    struct nl_sock *socket = nl_socket_alloc();
    struct nl_cache *neighbours = NULL;

    if (socket && nl_connect(socket, NETLINK_ROUTE) >= 0 && rtnl_neigh_alloc_cache(socket, &neighbours) >= 0) {
        for (struct nl_object *object = nl_cache_get_first(neighbours); object; object = nl_cache_get_next(object)) {
            struct rtnl_neigh *neighbour = (struct rtnl_neigh *)object;
            const struct nl_addr *address = rtnl_neigh_get_dst(neighbour);
            IpAddress ip = {0};

            if (!is_known(neighbour, mac))
                continue;
            ip.family = nl_addr_get_family(address);
            memcpy(ip.bytes, nl_addr_get_binary_addr(address), MIN(nl_addr_get_len(address), sizeof(ip.bytes)));
            g_array_append_val(found, ip);
        }
        nl_cache_free(neighbours);
    }
    nl_socket_free(socket);
    return found;
}
