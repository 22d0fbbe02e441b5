/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/netlink_function.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "common/error.h"
#include "common/netlink_priv.h"

static const char *sysfs = "/sys";

void virtual_function_set_sysfs(const char *path)
{
    sysfs = path;
}

void virtual_function_free(VirtualFunction *function)
{
    if (!function)
        return;
    g_free(function->card);
    g_free(function);
}

/* ---- which it is ---- */

/* The first name in a directory; caller frees. NULL: there is none. */
static char *first_name(const char *dir)
{
    g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);

    return entries ? g_strdup(g_dir_read_name(entries)) : NULL;
}

/* Which of the card's functions is the device whose directory that is; -1: none. */
static int find_number(const char *card_device, const char *function_device)
{
    g_autofree char *real = realpath(function_device, NULL);

    for (int i = 0; real; i++) {
        g_autofree char *path = g_strdup_printf("%s/virtfn%d", card_device, i);
        g_autofree char *function = realpath(path, NULL);

        if (!function)
            break;
        if (g_str_equal(function, real))
            return i;
    }
    return -1;
}

VirtualFunction *virtual_function_find(const char *link)
{
    g_autofree char *device = g_strdup_printf("%s/class/net/%s/device", sysfs, link);
    g_autofree char *card_device = g_build_filename(device, "physfn", NULL);
    g_autofree char *card_links = g_build_filename(card_device, "net", NULL);
    g_autofree char *card = first_name(card_links);
    int number = card ? find_number(card_device, device) : -1;
    VirtualFunction *function;

    if (number < 0)
        return NULL;
    function = g_new0(VirtualFunction, 1);
    function->card = g_steal_pointer(&card);
    function->number = (guint)number;
    return function;
}

/* ---- what the card keeps ---- */

void netlink_put_function(NetlinkMessage *message, guint32 number, const guint8 *mac, int vlan, guint qos)
{
    struct nlattr *list = nla_nest_start(message, IFLA_VFINFO_LIST);
    struct nlattr *info = nla_nest_start(message, IFLA_VF_INFO);

    if (mac) {
        struct ifla_vf_mac entry = {.vf = number};

        memcpy(entry.mac, mac, MAC_LEN);
        nla_put(message, IFLA_VF_MAC, sizeof(entry), &entry);
    }
    if (vlan >= 0) {
        struct ifla_vf_vlan entry = {.vf = number, .vlan = (guint32)vlan, .qos = qos};

        nla_put(message, IFLA_VF_VLAN, sizeof(entry), &entry);
    }
    nla_nest_end(message, info);
    nla_nest_end(message, list);
}

static gboolean set(const VirtualFunction *function, const guint8 *mac, int vlan, guint qos, GError **error)
{
    g_autoptr(NetlinkMessage) message = netlink_link_message(function->card, error);
    g_autofree char *what = g_strdup_printf("cannot set up function %u of", function->number);

    if (!message)
        return FALSE;
    netlink_put_function(message, function->number, mac, vlan, qos);
    return netlink_check(netlink_message_ask(message, NETLINK_KERNEL, NULL), error, what, function->card);
}

gboolean netlink_function_set_vlan(const VirtualFunction *function, guint vlan, guint qos, GError **error)
{
    return set(function, NULL, (int)vlan, qos, error);
}

gboolean netlink_function_set_mac(const VirtualFunction *function, const guint8 mac[MAC_LEN], GError **error)
{
    return set(function, mac, -1, 0, error);
}

/* The kernel gives addresses room for the longest that there are. */
static gboolean take(struct nlattr *info, guint number, FunctionSettings *settings)
{
    struct nlattr *mac_attribute = nla_find(nla_data(info), nla_len(info), IFLA_VF_MAC);
    struct nlattr *vlan_attribute = nla_find(nla_data(info), nla_len(info), IFLA_VF_VLAN);
    const struct ifla_vf_mac *mac = mac_attribute ? nla_data(mac_attribute) : NULL;
    const struct ifla_vf_vlan *vlan = vlan_attribute ? nla_data(vlan_attribute) : NULL;

    if (!mac || !vlan || nla_len(mac_attribute) < (int)sizeof(*mac) || nla_len(vlan_attribute) < (int)sizeof(*vlan) ||
        mac->vf != number)
        return FALSE;
    memcpy(settings->mac, mac->mac, MAC_LEN);
    settings->vlan = vlan->vlan;
    settings->qos = vlan->qos;
    return TRUE;
}

static gboolean find_settings(struct nlmsghdr *answer, guint number, FunctionSettings *settings)
{
    struct nlattr *list = nlmsg_find_attr(answer, sizeof(struct ifinfomsg), IFLA_VFINFO_LIST);
    struct nlattr *info;
    int left;

    if (list)
        nla_for_each_nested(info, list,
                            left) if (nla_type(info) == IFLA_VF_INFO && take(info, number, settings)) return TRUE;
    return FALSE;
}

gboolean netlink_function_get(const VirtualFunction *function, FunctionSettings *settings, GError **error)
{
    struct ifinfomsg head = {.ifi_family = AF_UNSPEC};
    g_autoptr(NetlinkMessage) message = NULL;
    g_autofree struct nlmsghdr *answer = NULL;

    head.ifi_index = (int)netlink_link_index(function->card, error);
    if (!head.ifi_index)
        return FALSE;
    message = netlink_message_new(RTM_GETLINK, 0, &head, sizeof(head));
    nla_put_u32(message, IFLA_EXT_MASK, RTEXT_FILTER_VF);
    if (!netlink_check(netlink_message_ask(message, NETLINK_KERNEL, &answer), error, "cannot ask for the functions of",
                       function->card))
        return FALSE;
    if (answer && find_settings(answer, function->number, settings))
        return TRUE;
    vir_error_set(error, VIR_FROM_NONE, VIR_ERR_SYSTEM_ERROR, "network device %s has no virtual function %u",
                  function->card, function->number);
    return FALSE;
}
