/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/netlink_vlan.h"

#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <sys/socket.h>

#include "common/error.h"
#include "common/netlink_priv.h"

#define VLAN_FIRST 1
#define VLAN_LAST  (PORT_VLANS - 2)

/* ---- the bridge ---- */

/* libnl's own link objects do not tell before 3.8. */
static int on_link(struct nl_msg *message, void *data)
{
    struct nlattr *attributes[IFLA_MAX + 1];
    struct nlattr *details = NULL, *filtering = NULL;

    if (nlmsg_parse(nlmsg_hdr(message), sizeof(struct ifinfomsg), attributes, IFLA_MAX, NULL) >= 0 &&
        attributes[IFLA_LINKINFO])
        details = nla_find(nla_data(attributes[IFLA_LINKINFO]), nla_len(attributes[IFLA_LINKINFO]), IFLA_INFO_DATA);
    if (details)
        filtering = nla_find(nla_data(details), nla_len(details), IFLA_BR_VLAN_FILTERING);
    *(gboolean *)data = filtering && nla_get_u8(filtering) != 0;
    return NL_OK;
}

gboolean netlink_bridge_filters(const char *bridge)
{
    struct ifinfomsg head = {.ifi_family = AF_UNSPEC};
    struct nl_sock *socket = nl_socket_alloc();
    g_autoptr(NetlinkMessage) message = NULL;
    gboolean filters = FALSE;

    head.ifi_index = (int)netlink_link_index(bridge, NULL);
    message = netlink_message_new(RTM_GETLINK, 0, &head, sizeof(head));
    if (head.ifi_index && socket && nl_connect(socket, NETLINK_ROUTE) >= 0 &&
        nl_socket_modify_cb(socket, NL_CB_VALID, NL_CB_CUSTOM, on_link, &filters) >= 0 &&
        nl_send_auto(socket, message) >= 0)
        nl_wait_for_ack(socket);
    nl_socket_free(socket);
    return filters;
}

gboolean netlink_bridge_filter(const char *bridge, GError **error)
{
    g_autoptr(NetlinkMessage) message = netlink_link_message(bridge, error);
    struct nlattr *info, *data;

    if (!message)
        return FALSE;
    info = nla_nest_start(message, IFLA_LINKINFO);
    nla_put_string(message, IFLA_INFO_KIND, "bridge");
    data = nla_nest_start(message, IFLA_INFO_DATA);
    nla_put_u8(message, IFLA_BR_VLAN_FILTERING, 1);
    nla_nest_end(message, data);
    nla_nest_end(message, info);
    return netlink_check(netlink_message_send(message), error, "cannot have VLANs filtered by bridge", bridge);
}

/* ---- its ports ---- */

/* A page would not hold all there may be. */
#define MESSAGE_SIZE (10 * 4096)

/* A change to a port's VLANs: type RTM_SETLINK adds those that are put behind, RTM_DELLINK removes them. */
static NetlinkMessage *change_new(int type, guint index, struct nlattr **list)
{
    struct ifinfomsg head = {.ifi_family = AF_BRIDGE, .ifi_index = (int)index};
    NetlinkMessage *message = nlmsg_alloc_size(MESSAGE_SIZE);

    nlmsg_put(message, NL_AUTO_PORT, NL_AUTO_SEQ, type, 0, NLM_F_REQUEST | NLM_F_ACK);
    nlmsg_append(message, &head, sizeof(head), NLMSG_ALIGNTO);
    *list = nla_nest_start(message, IFLA_AF_SPEC);
    return message;
}

static void put_vlan(NetlinkMessage *message, guint id, guint flags)
{
    struct bridge_vlan_info info = {.vid = (guint16)id, .flags = (guint16)flags};

    nla_put(message, IFLA_BRIDGE_VLAN_INFO, sizeof(info), &info);
}

static void put_run(NetlinkMessage *message, guint first, guint last, guint flags)
{
    put_vlan(message, first, first == last ? flags : flags | BRIDGE_VLAN_INFO_RANGE_BEGIN);
    if (first != last)
        put_vlan(message, last, flags | BRIDGE_VLAN_INFO_RANGE_END);
}

static guint flags_of(const PortVlans *vlans, guint id)
{
    if (vlans->native != (int)id)
        return 0;
    return vlans->is_native_tagged ? BRIDGE_VLAN_INFO_PVID : BRIDGE_VLAN_INFO_PVID | BRIDGE_VLAN_INFO_UNTAGGED;
}

/* Those that are wanted, or all others; neighbours that are alike as one run. */
static void put_all(NetlinkMessage *message, const PortVlans *vlans, gboolean are_wanted)
{
    for (guint id = VLAN_FIRST; id <= VLAN_LAST; id++) {
        guint first = id, flags = flags_of(vlans, id);

        if (port_vlans_has(vlans, id) != are_wanted)
            continue;
        while (!flags && id < VLAN_LAST && port_vlans_has(vlans, id + 1) == are_wanted && !flags_of(vlans, id + 1))
            id++;
        put_run(message, first, id, flags);
    }
}

static gboolean change(int type, const char *link, const PortVlans *vlans, GError **error)
{
    guint index = netlink_link_index(link, error);
    g_autoptr(NetlinkMessage) message = NULL;
    struct nlattr *list;

    if (!index)
        return FALSE;
    message = change_new(type, index, &list);
    put_all(message, vlans, type == RTM_SETLINK);
    nla_nest_end(message, list);
    return netlink_check(netlink_message_send(message), error, "cannot set the VLANs of", link);
}

gboolean netlink_port_set_vlans(const char *link, const PortVlans *vlans, GError **error)
{
    if (port_vlans_has(vlans, 0) || port_vlans_has(vlans, PORT_VLANS - 1)) {
        vir_error_set(error, VIR_FROM_NONE, VIR_ERR_CONFIG_UNSUPPORTED,
                      "VLAN %d of %s: a Linux bridge has VLANs %d to %d", port_vlans_has(vlans, 0) ? 0 : PORT_VLANS - 1,
                      link, VLAN_FIRST, VLAN_LAST);
        return FALSE;
    }
    return change(RTM_SETLINK, link, vlans, error) && change(RTM_DELLINK, link, vlans, error);
}
