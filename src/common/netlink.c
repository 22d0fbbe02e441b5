/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/netlink.h"

#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <string.h>
#include <sys/socket.h>

#include "common/error.h"
#include "common/netlink_priv.h"

typedef struct nl_sock NetlinkSocket;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetlinkSocket, nl_socket_free)

NetlinkMessage *netlink_message_new(int type, int flags, const void *head, gsize head_size)
{
    NetlinkMessage *message = nlmsg_alloc_simple(type, NLM_F_REQUEST | NLM_F_ACK | flags);

    nlmsg_append(message, (void *)head, head_size, NLMSG_ALIGNTO);
    return message;
}

int netlink_message_send(NetlinkMessage *message)
{
    g_autoptr(NetlinkSocket) socket = nl_socket_alloc();
    int rc;

    if (!socket)
        return NLE_NOMEM;
    rc = nl_connect(socket, NETLINK_ROUTE);
    if (rc >= 0)
        rc = nl_send_auto(socket, message);
    if (rc >= 0)
        rc = nl_wait_for_ack(socket);
    return rc < 0 ? -rc : 0;
}

gboolean netlink_check(int rc, GError **error, const char *what, const char *link)
{
    if (rc == 0)
        return TRUE;
    vir_error_set(error, VIR_FROM_NONE, VIR_ERR_SYSTEM_ERROR, "%s %s: %s", what, link,
                  rc == NLE_PERM ? "Operation not permitted (it needs CAP_NET_ADMIN)" : nl_geterror(rc));
    return FALSE;
}

guint netlink_link_index(const char *name, GError **error)
{
    guint index = if_nametoindex(name);

    if (!index)
        vir_error_set(error, VIR_FROM_NONE, VIR_ERR_SYSTEM_ERROR, "no such network device: %s", name);
    return index;
}

NetlinkMessage *netlink_link_message(const char *name, GError **error)
{
    struct ifinfomsg head = {.ifi_family = AF_UNSPEC};

    head.ifi_index = (int)netlink_link_index(name, error);
    return head.ifi_index ? netlink_message_new(RTM_NEWLINK, 0, &head, sizeof(head)) : NULL;
}

gboolean netlink_bridge_create(const NetlinkBridge *bridge, GError **error)
{
    struct ifinfomsg head = {.ifi_family = AF_UNSPEC, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
    g_autoptr(NetlinkMessage) message =
        netlink_message_new(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &head, sizeof(head));
    struct nlattr *info, *data;
    int rc;

    nla_put_string(message, IFLA_IFNAME, bridge->name);
    if (bridge->mac)
        nla_put(message, IFLA_ADDRESS, 6, bridge->mac);
    info = nla_nest_start(message, IFLA_LINKINFO);
    nla_put_string(message, IFLA_INFO_KIND, "bridge");
    data = nla_nest_start(message, IFLA_INFO_DATA);
    /* The kernel counts in hundredths, and refuses less than two seconds while STP is on. */
    nla_put_u32(message, IFLA_BR_FORWARD_DELAY, MAX(bridge->forward_delay_ms / 10, bridge->stp ? 200 : 0));
    nla_put_u32(message, IFLA_BR_STP_STATE, bridge->stp);
    if (bridge->vlan_filtering)
        nla_put_u8(message, IFLA_BR_VLAN_FILTERING, 1);
    nla_nest_end(message, data);
    nla_nest_end(message, info);
    rc = netlink_message_send(message);
    if (netlink_check(rc, error,
                      rc == NLE_OPNOTSUPP && bridge->vlan_filtering
                          ? "this kernel's bridges cannot tell VLANs apart: error creating bridge interface"
                          : "error creating bridge interface",
                      bridge->name) &&
        (!bridge->mtu || netlink_link_set_mtu(bridge->name, bridge->mtu, error)))
        return TRUE;
    /* The kernel may have made it and only its answer got lost. */
    if (rc != NLE_EXIST)
        netlink_link_delete(bridge->name, NULL);
    return FALSE;
}

gboolean netlink_link_set_mtu(const char *name, guint mtu, GError **error)
{
    g_autoptr(NetlinkMessage) message = netlink_link_message(name, error);

    if (!message)
        return FALSE;
    nla_put_u32(message, IFLA_MTU, mtu);
    return netlink_check(netlink_message_send(message), error, "cannot set the MTU of", name);
}

gboolean netlink_link_delete(const char *name, GError **error)
{
    struct ifinfomsg head = {.ifi_family = AF_UNSPEC, .ifi_index = (int)if_nametoindex(name)};
    g_autoptr(NetlinkMessage) message = netlink_message_new(RTM_DELLINK, 0, &head, sizeof(head));
    int rc;

    if (!head.ifi_index)
        return TRUE;
    rc = netlink_message_send(message);
    return rc == NLE_NODEV || netlink_check(rc, error, "cannot delete network device", name);
}

gboolean netlink_link_set_bridge(const char *port, const char *bridge, GError **error)
{
    g_autoptr(NetlinkMessage) message = netlink_link_message(port, error);
    guint master = 0;

    if (!message || (bridge && !(master = netlink_link_index(bridge, error))))
        return FALSE;
    nla_put_u32(message, IFLA_MASTER, master);
    return netlink_check(netlink_message_send(message), error, "cannot change the bridge of", port);
}

gboolean netlink_link_set_up(const char *name, gboolean up, GError **error)
{
    struct ifinfomsg head = {.ifi_family = AF_UNSPEC, .ifi_flags = up ? IFF_UP : 0, .ifi_change = IFF_UP};
    g_autoptr(NetlinkMessage) message = NULL;

    head.ifi_index = (int)netlink_link_index(name, error);
    if (!head.ifi_index)
        return FALSE;
    message = netlink_message_new(RTM_NEWLINK, 0, &head, sizeof(head));
    return netlink_check(netlink_message_send(message), error, up ? "cannot set up" : "cannot set down", name);
}

gboolean netlink_address_add(const char *link, const IpAddress *address, guint prefix, GError **error)
{
    return netlink_address_add_peer(link, address, address, prefix, error);
}

gboolean netlink_address_add_peer(const char *link, const IpAddress *address, const IpAddress *peer, guint prefix,
                                  GError **error)
{
    struct ifaddrmsg head = {
        .ifa_family = (guint8)address->family, .ifa_prefixlen = (guint8)prefix, .ifa_flags = IFA_F_NODAD};
    g_autoptr(NetlinkMessage) message = NULL;
    int size = (int)ip_address_bits(address) / 8;
    int rc;

    head.ifa_index = netlink_link_index(link, error);
    if (!head.ifa_index)
        return FALSE;
    message = netlink_message_new(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &head, sizeof(head));
    nla_put(message, IFA_LOCAL, size, address->bytes);
    nla_put(message, IFA_ADDRESS, size, peer->bytes);
    if (address->family == AF_INET && prefix < 31 && ip_address_compare(address, peer) == 0) {
        IpAddress broadcast = ip_address_broadcast(address, prefix);
        nla_put(message, IFA_BROADCAST, size, broadcast.bytes);
    }
    rc = netlink_message_send(message);
    return rc == NLE_EXIST || netlink_check(rc, error, "cannot add an address to", link);
}

gboolean netlink_route_add(const char *link, const IpAddress *destination, guint prefix, const IpAddress *gateway,
                           guint metric, GError **error)
{
    struct rtmsg head = {.rtm_family = (guint8)destination->family,
                         .rtm_dst_len = (guint8)prefix,
                         .rtm_table = RT_TABLE_MAIN,
                         .rtm_protocol = RTPROT_BOOT,
                         .rtm_scope = RT_SCOPE_UNIVERSE,
                         .rtm_type = RTN_UNICAST};
    g_autoptr(NetlinkMessage) message = netlink_message_new(RTM_NEWROUTE, NLM_F_CREATE, &head, sizeof(head));
    int size = (int)ip_address_bits(destination) / 8;
    guint index = netlink_link_index(link, error);

    if (!index)
        return FALSE;
    if (prefix)
        nla_put(message, RTA_DST, size, destination->bytes);
    nla_put(message, RTA_GATEWAY, size, gateway->bytes);
    nla_put_u32(message, RTA_OIF, index);
    if (metric)
        nla_put_u32(message, RTA_PRIORITY, metric);
    return netlink_check(netlink_message_send(message), error, "cannot add a route over", link);
}
