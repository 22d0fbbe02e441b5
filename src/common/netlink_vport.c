/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/netlink_vport.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/route/link.h>
#include <netlink/route/link/vlan.h>
#include <string.h>
#include <sys/socket.h>

#include "common/error.h"
#include "common/lldpad.h"
#include "common/netlink_priv.h"

#define POLL_US 125000

/* Links upon links; there are no more, and some go in circles. */
#define DEPTH_MAX 8

/* ---- the card ---- */

/* The link below link and what it adds, or 0. */
static int lower_of(struct rtnl_link *link, int *vlan)
{
    const char *kind = rtnl_link_get_type(link);

    if (g_strcmp0(kind, "vlan") == 0)
        *vlan = rtnl_link_vlan_get_id(link);
    else if (g_strcmp0(kind, "macvlan") != 0 && g_strcmp0(kind, "macvtap") != 0)
        return 0; /* a veth's is its other end */
    return rtnl_link_get_link(link);
}

/* The name of the link of that index, and the index below it. */
static char *look_at(NetlinkSocket *socket, int index, const char *name, int *lower, int *vlan)
{
    struct rtnl_link *link = NULL;
    char *found;

    *lower = 0;
    if (rtnl_link_get_kernel(socket, index, name, &link) < 0)
        return NULL;
    found = g_strdup(rtnl_link_get_name(link));
    *lower = lower_of(link, vlan);
    rtnl_link_put(link);
    return found;
}

char *netlink_vport_card(const char *link, int *vlan, GError **error)
{
    g_autoptr(NetlinkSocket) socket = nl_socket_alloc();
    char *card = NULL;
    int index = 0;

    *vlan = 0;
    if (!socket || nl_connect(socket, NETLINK_ROUTE) < 0 || !(card = look_at(socket, 0, link, &index, vlan))) {
        vir_error_set(error, VIR_FROM_NONE, VIR_ERR_SYSTEM_ERROR, "no such network device: %s", link);
        return NULL;
    }
    for (int depth = 0; index > 0 && depth < DEPTH_MAX; depth++) {
        char *below = look_at(socket, index, NULL, &index, vlan);

        if (!below)
            break; /* in another namespace */
        g_free(card);
        card = below;
    }
    return card;
}

/* ---- requests ---- */

static gboolean is_for_lldpad(const Vport *port)
{
    return port->peer != NETLINK_KERNEL;
}

static void put_port(NetlinkMessage *message, const Vport *port, guint8 request)
{
    if (port->profile)
        nla_put_string(message, IFLA_PORT_PROFILE, port->profile);
    if (port->station) {
        struct ifla_port_vsi vsi = {.vsi_mgr_id = port->station->manager, .vsi_type_version = port->station->version};

        for (guint i = 0; i < sizeof(vsi.vsi_type_id); i++)
            vsi.vsi_type_id[i] = (guint8)(port->station->type >> (8 * i));
        nla_put(message, IFLA_PORT_VSI_TYPE, sizeof(vsi), &vsi);
    }
    if (port->instance_id)
        nla_put(message, IFLA_PORT_INSTANCE_UUID, UUID_LEN, port->instance_id);
    if (port->host_id)
        nla_put(message, IFLA_PORT_HOST_UUID, UUID_LEN, port->host_id);
    if (port->function != VPORT_SELF)
        nla_put_u32(message, IFLA_PORT_VF, port->function);
    nla_put_u8(message, IFLA_PORT_REQUEST, request);
}

/* Of its own port a card's driver has a place of its own, lldpad has not. */
static gboolean is_of_card(const Vport *port)
{
    return port->function == VPORT_SELF && !is_for_lldpad(port);
}

static void put_ports(NetlinkMessage *message, const Vport *port, guint8 request)
{
    gboolean is_self = is_of_card(port);
    struct nlattr *list = is_self ? NULL : nla_nest_start(message, IFLA_VF_PORTS);
    struct nlattr *one = nla_nest_start(message, is_self ? IFLA_PORT_SELF : IFLA_VF_PORT);

    put_port(message, port, request);
    nla_nest_end(message, one);
    if (list)
        nla_nest_end(message, list);
}

static NetlinkMessage *new_message(const Vport *port, int type, GError **error)
{
    struct ifinfomsg head = {.ifi_family = AF_UNSPEC};

    head.ifi_index = (int)netlink_link_index(port->card, error);
    return head.ifi_index ? netlink_message_new(type, 0, &head, sizeof(head)) : NULL;
}

static gboolean send_request(const Vport *port, guint8 request, GError **error)
{
    g_autoptr(NetlinkMessage) message = new_message(port, RTM_SETLINK, error);
    int rc;

    if (!message)
        return FALSE;
    if (is_for_lldpad(port)) {
        nla_put_string(message, IFLA_IFNAME, port->card);
        nlmsg_hdr(message)->nlmsg_pid = lldpad_listener(); /* which is told when the switch takes the port away */
    }
    /* The kernel has such settings for functions alone. */
    if (!is_of_card(port) && (port->mac || port->vlan >= 0))
        netlink_put_function(message, port->function, port->mac, port->vlan, 0);
    put_ports(message, port, request);
    rc = netlink_message_ask(message, port->peer, NULL);
    return netlink_check(rc, error,
                         is_for_lldpad(port) ? "lldpad does not pass a request for a port on to the switch of"
                         : rc == NLE_OPNOTSUPP
                             ? "the driver of this card knows no ports with profiles (802.1Qbh): network device"
                             : "cannot ask for a port of the switch at",
                         port->card);
}

/* ---- what came of it ---- */

typedef struct {
    gboolean is_found, has_response;
    guint16 response;
} PortStatus;

/* The kernel has an attribute for each function. lldpad writes all of a card's ports one behind the other into a single
 * one: what follows an instance's id is about that instance. */
static void read_port(struct nlattr *attributes, const Vport *port, gboolean is_meant, PortStatus *status)
{
    struct nlattr *attribute;
    int left;

    nla_for_each_nested(attribute, attributes, left)
    {
        int type = nla_type(attribute), size = nla_len(attribute);

        if (type == IFLA_PORT_INSTANCE_UUID && is_for_lldpad(port))
            is_meant = size == UUID_LEN && memcmp(nla_data(attribute), port->instance_id, UUID_LEN) == 0;
        else if (type == IFLA_PORT_VF && size == 4 && !is_for_lldpad(port))
            is_meant = nla_get_u32(attribute) == port->function;
        if (!is_meant)
            continue;
        status->is_found = TRUE;
        if (type == IFLA_PORT_RESPONSE && size == 2) {
            status->has_response = TRUE;
            status->response = nla_get_u16(attribute);
        }
    }
}

static void read_ports(struct nlmsghdr *answer, const Vport *port, PortStatus *status)
{
    gboolean is_self = is_of_card(port);
    struct nlattr *found = nlmsg_find_attr(answer, sizeof(struct ifinfomsg), is_self ? IFLA_PORT_SELF : IFLA_VF_PORTS);
    struct nlattr *one;
    int left;

    if (found && is_self)
        read_port(found, port, TRUE, status);
    else if (found)
        nla_for_each_nested(one, found, left) read_port(one, port, FALSE, status);
}

static gboolean ask_status(const Vport *port, PortStatus *status, GError **error)
{
    g_autoptr(NetlinkMessage) message = new_message(port, RTM_GETLINK, error);
    g_autofree struct nlmsghdr *answer = NULL;

    *status = (PortStatus){0};
    if (!message)
        return FALSE;
    if (!is_for_lldpad(port))
        nla_put_u32(message, IFLA_EXT_MASK, RTEXT_FILTER_VF);
    if (!netlink_check(netlink_message_ask(message, port->peer, &answer), error,
                       "cannot ask for the state of the switch's port at", port->card))
        return FALSE;
    if (answer)
        read_ports(answer, port, status);
    return TRUE;
}

/* Neither yes nor no. lldpad shows a port without an answer until the switch has given one, and one that it has just
 * been told of may not be there yet. */
static gboolean is_pending(const Vport *port, const PortStatus *status)
{
    return status->has_response ? status->response == PORT_PROFILE_RESPONSE_INPROGRESS
                                : is_for_lldpad(port) || !status->is_found;
}

static gboolean check_response(const Vport *port, const PortStatus *status, GError **error)
{
    if (is_pending(port, status)) {
        vir_error_set(error, VIR_FROM_NONE, VIR_ERR_OPERATION_TIMEOUT,
                      "the switch at network device %s has not answered a request for a port", port->card);
        return FALSE;
    }
    if (status->has_response &&
        (status->response == PORT_VDP_RESPONSE_SUCCESS || status->response == PORT_PROFILE_RESPONSE_SUCCESS))
        return TRUE;
    vir_error_set(error, VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR,
                  "the switch at network device %s refuses a port with this profile (answer %d)", port->card,
                  status->has_response ? status->response : -1);
    return FALSE;
}

gboolean netlink_vport_associate(const Vport *port, int timeout_ms, GError **error)
{
    gint64 deadline = g_get_monotonic_time() + timeout_ms * (gint64)1000;
    PortStatus status;

    if (!send_request(port, PORT_REQUEST_ASSOCIATE, error))
        return FALSE;
    for (;;) {
        if (!ask_status(port, &status, error))
            return FALSE;
        if (!is_pending(port, &status) || g_get_monotonic_time() >= deadline)
            return check_response(port, &status, error);
        g_usleep(POLL_US);
    }
}

gboolean netlink_vport_remind(const Vport *port, GError **error)
{
    return send_request(port, PORT_REQUEST_ASSOCIATE, error);
}

gboolean netlink_vport_disassociate(const Vport *port, GError **error)
{
    return send_request(port, PORT_REQUEST_DISASSOCIATE, error);
}
