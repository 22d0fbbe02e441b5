/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/netlink.h"

#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common/error.h"
#include "common/netlink_priv.h"

/* How long a program may take that speaks as the kernel does. */
#define PEER_TIMEOUT_MS 3000

NetlinkMessage *netlink_message_new(int type, int flags, const void *head, gsize head_size)
{
    NetlinkMessage *message = nlmsg_alloc_simple(type, NLM_F_REQUEST | NLM_F_ACK | flags);

    nlmsg_append(message, (void *)head, head_size, NLMSG_ALIGNTO);
    return message;
}

static guint32 stand_in = NETLINK_KERNEL;

void netlink_set_stand_in(guint32 peer)
{
    stand_in = peer;
}

/* 0, or an NLE_* number, negative. */
static int send_to(NetlinkSocket *socket, guint32 peer, NetlinkMessage *message)
{
    int rc;

    if (!socket)
        return -NLE_NOMEM;
    nl_socket_set_peer_port(socket, peer);
    rc = nl_connect(socket, NETLINK_ROUTE);
    if (rc >= 0)
        rc = nl_send_auto(socket, message);
    return MIN(rc, 0);
}

int netlink_message_send(NetlinkMessage *message)
{
    g_autoptr(NetlinkSocket) socket = nl_socket_alloc();
    int rc = send_to(socket, NETLINK_KERNEL, message);

    if (rc == 0)
        rc = nl_wait_for_ack(socket);
    return rc < 0 ? -rc : 0;
}

/* What has come from peer for the request of that number, to be freed with g_free; *rc 0, or NLE_*, negative. NULL with
 * *rc 0: nothing that counts. */
static struct nlmsghdr *receive(NetlinkSocket *socket, guint32 peer, guint32 request, int *rc)
{
    struct sockaddr_nl from = {0};
    unsigned char *bytes = NULL;
    struct nlmsghdr *head, *received = NULL;
    int size = nl_recv(socket, &from, &bytes, NULL);

    *rc = MIN(size, 0);
    if (size <= 0)
        return NULL;
    head = (struct nlmsghdr *)bytes;
    if (nlmsg_ok(head, size) && from.nl_pid == peer && head->nlmsg_seq == request)
        received = g_memdup2(head, head->nlmsg_len);
    free(bytes);
    return received;
}

/* FALSE: nothing comes before the deadline. */
static gboolean wait_for_answer(NetlinkSocket *socket, gint64 deadline)
{
    struct pollfd one = {.fd = nl_socket_get_fd(socket), .events = POLLIN};
    gint64 left_ms = (deadline - g_get_monotonic_time()) / 1000;
    int rc = left_ms > 0 ? poll(&one, 1, (int)left_ms) : 0;

    return rc > 0 || (rc < 0 && errno == EINTR);
}

/* 0, or an NLE_* number, positive. */
static int error_in(const struct nlmsghdr *acknowledgement)
{
    const struct nlmsgerr *body = nlmsg_data(acknowledgement);

    if (nlmsg_datalen(acknowledgement) < (int)sizeof(*body))
        return NLE_MSG_TRUNC;
    return body->error ? nl_syserr2nlerr(body->error) : 0;
}

int netlink_message_ask(NetlinkMessage *message, guint32 peer, struct nlmsghdr **answer)
{
    g_autoptr(NetlinkSocket) socket = nl_socket_alloc();
    gint64 deadline = g_get_monotonic_time() + PEER_TIMEOUT_MS * 1000;
    g_autofree struct nlmsghdr *received = NULL;
    int rc;

    if (peer == NETLINK_KERNEL)
        peer = stand_in;
    rc = send_to(socket, peer, message);
    if (rc == 0)
        nl_socket_enable_msg_peek(socket);
    while (rc == 0 && !received) {
        if (!wait_for_answer(socket, deadline))
            return NLE_AGAIN;
        received = receive(socket, peer, nlmsg_hdr(message)->nlmsg_seq, &rc);
    }
    if (rc == 0 && received->nlmsg_type == NLMSG_ERROR)
        return error_in(received);
    if (rc == 0 && answer)
        *answer = g_steal_pointer(&received);
    return -rc;
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
