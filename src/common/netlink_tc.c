/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/netlink_tc.h"

#include <net/if.h> /* before the kernel's, which then leave out what is here */

#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/class.h>
#include <netlink/route/classifier.h>
#include <netlink/route/cls/u32.h>
#include <netlink/route/qdisc.h>
#include <netlink/route/qdisc/htb.h>
#include <netlink/route/qdisc/sfq.h>
#include <netlink/route/tc.h>
#include <netlink/socket.h>
#include <netlink/utils.h>

#include "common/error.h"

/* Rates are counted for packets of this size. */
#define PACKET_SIZE 1500
/* What a class may send at once, faster than it may at all: a packet, with all that may stand before it. */
#define CLASS_FRAME 1600
/* How far what enters may run ahead of its rate when nobody says. */
#define POLICE_MTU     (64 * 1024)
#define STEER_PRIORITY 2
/* u32's first hash table, whose entries have handles of our own. */
#define U32_TABLE 0x800

typedef struct nl_sock NetlinkSocket;
typedef struct nl_msg NetlinkMessage;
typedef struct rtnl_qdisc Qdisc;
typedef struct rtnl_class Class;
typedef struct rtnl_cls Filter;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetlinkSocket, nl_socket_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetlinkMessage, nlmsg_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Qdisc, rtnl_qdisc_put)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Class, rtnl_class_put)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Filter, rtnl_cls_put)

static NetlinkSocket *connect_route(void)
{
    NetlinkSocket *socket = nl_socket_alloc();

    if (nl_connect(socket, NETLINK_ROUTE) < 0)
        g_clear_pointer(&socket, nl_socket_free);
    return socket;
}

static gboolean check(int rc, const char *what, const char *link, GError **error)
{
    if (rc >= 0)
        return TRUE;
    vir_error_set(error, VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR, "cannot %s of %s: %s", what, link, nl_geterror(-rc));
    return FALSE;
}

/* Of a queue, class or filter: where it is. FALSE for an unknown kind. */
static gboolean tc_place(struct rtnl_tc *tc, const char *link, guint32 parent, guint32 handle, const char *kind)
{
    rtnl_tc_set_ifindex(tc, (int)if_nametoindex(link));
    rtnl_tc_set_mtu(tc, PACKET_SIZE);
    rtnl_tc_set_linktype(tc, ARPHRD_ETHER);
    rtnl_tc_set_parent(tc, parent);
    rtnl_tc_set_handle(tc, handle);
    return rtnl_tc_set_kind(tc, kind) == 0;
}

NetlinkRate netlink_tc_rate(guint64 average_kb, guint64 peak_kb, guint64 burst_kib)
{
    return (NetlinkRate){.rate = average_kb * 1000, .ceil = peak_kb * 1000, .burst = burst_kib * 1024};
}

/* ---- queues ---- */

static void remove_queue(NetlinkSocket *socket, const char *link, guint32 parent)
{
    g_autoptr(Qdisc) queue = rtnl_qdisc_alloc();

    rtnl_tc_set_ifindex(TC_CAST(queue), (int)if_nametoindex(link));
    rtnl_tc_set_parent(TC_CAST(queue), parent);
    rtnl_qdisc_delete(socket, queue);
}

void netlink_tc_clear(const char *link)
{
    g_autoptr(NetlinkSocket) socket = connect_route();

    if (!socket || !if_nametoindex(link))
        return;
    remove_queue(socket, link, TC_H_ROOT);
    remove_queue(socket, link, TC_H_INGRESS);
}

void netlink_tc_set_no_queue(const char *link)
{
    g_autoptr(NetlinkSocket) socket = connect_route();
    g_autoptr(Qdisc) queue = rtnl_qdisc_alloc();

    tc_place(TC_CAST(queue), link, TC_H_ROOT, 0, "noqueue");
    if (socket)
        rtnl_qdisc_add(socket, queue, NLM_F_CREATE | NLM_F_REPLACE);
}

gboolean netlink_tc_add_queue(const char *link, guint default_class, GError **error)
{
    g_autoptr(NetlinkSocket) socket = connect_route();
    g_autoptr(Qdisc) queue = rtnl_qdisc_alloc();

    tc_place(TC_CAST(queue), link, TC_H_ROOT, TC_HANDLE(1, 0), "htb");
    rtnl_htb_set_defcls(queue, default_class);
    return check(socket ? rtnl_qdisc_add(socket, queue, NLM_F_CREATE | NLM_F_REPLACE) : -NLE_NOMEM,
                 "limit the outgoing traffic", link, error);
}

/* Not every kernel has it, and classes do without. */
static void share_fairly(NetlinkSocket *socket, const char *link, guint class_id)
{
    g_autoptr(Qdisc) queue = rtnl_qdisc_alloc();

    tc_place(TC_CAST(queue), link, TC_HANDLE(1, class_id), TC_HANDLE(class_id, 0), "sfq");
    rtnl_sfq_set_perturb(queue, 10);
    rtnl_qdisc_add(socket, queue, NLM_F_CREATE | NLM_F_REPLACE);
}

/* ---- classes ---- */

gboolean netlink_tc_set_class(const char *link, guint parent, guint class_id, const NetlinkRate *rate, GError **error)
{
    g_autoptr(NetlinkSocket) socket = connect_route();
    g_autoptr(Class) class = rtnl_class_alloc();
    guint64 ceil = MAX(rate->ceil, rate->rate);

    tc_place(TC_CAST(class), link, TC_HANDLE(1, parent), TC_HANDLE(1, class_id), "htb");
    rtnl_htb_set_rate64(class, rate->rate);
    rtnl_htb_set_ceil64(class, ceil);
    rtnl_htb_set_rbuffer(class, rate->burst ? (guint32)MIN(rate->burst, G_MAXUINT32) : CLASS_FRAME);
    rtnl_htb_set_cbuffer(class, CLASS_FRAME);
    if (!check(socket ? rtnl_class_add(socket, class, NLM_F_CREATE) : -NLE_NOMEM, "limit a class of traffic", link,
               error))
        return FALSE;
    if (parent)
        share_fairly(socket, link, class_id);
    return TRUE;
}

static void place_filter(Filter *filter, const char *link, guint class_id)
{
    tc_place(TC_CAST(filter), link, TC_HANDLE(1, 0), 0, "u32");
    rtnl_cls_set_prio(filter, STEER_PRIORITY);
    rtnl_cls_set_protocol(filter, ETH_P_ALL);
    rtnl_u32_set_handle(filter, U32_TABLE, 0, (int)class_id);
}

gboolean netlink_tc_steer(const char *link, guint class_id, const guint8 mac[MAC_LEN], GError **error)
{
    g_autoptr(NetlinkSocket) socket = connect_route();
    g_autoptr(Filter) filter = rtnl_cls_alloc();
    guint32 head = (guint32)mac[0] << 8 | mac[1];
    guint32 tail = (guint32)mac[2] << 24 | (guint32)mac[3] << 16 | (guint32)mac[4] << 8 | mac[5];

    place_filter(filter, link, class_id);
    rtnl_u32_set_classid(filter, TC_HANDLE(1, class_id));
    /* The destination stands in front of what a filter counts from. */
    rtnl_u32_add_key_uint16(filter, (guint16)head, 0xffff, -14, 0);
    rtnl_u32_add_key_uint32(filter, tail, 0xffffffff, -12, 0);
    rtnl_u32_set_cls_terminal(filter);
    return check(socket ? rtnl_cls_add(socket, filter, NLM_F_CREATE) : -NLE_NOMEM, "steer a guest's traffic", link,
                 error);
}

void netlink_tc_remove_class(const char *link, guint class_id)
{
    g_autoptr(NetlinkSocket) socket = connect_route();
    g_autoptr(Filter) filter = rtnl_cls_alloc();
    g_autoptr(Class) class = rtnl_class_alloc();

    if (!socket || !if_nametoindex(link))
        return;
    place_filter(filter, link, class_id);
    rtnl_cls_delete(socket, filter, 0);
    tc_place(TC_CAST(class), link, TC_HANDLE(1, 0), TC_HANDLE(1, class_id), "htb");
    rtnl_class_delete(socket, class);
}

/* ---- what enters ---- */

/* libnl3 has no words for police, so the filter is written out here. The kernel wants a table of rates to be there, and
 * for Ethernet does not look into it. */
static void put_police(NetlinkMessage *message, const NetlinkRate *rate)
{
    static const guint32 table[TC_RTAB_SIZE / sizeof(guint32)];
    struct {
        struct tc_u32_sel head;
        struct tc_u32_key any;
    } selector = {.head = {.flags = TC_U32_TERMINAL, .nkeys = 1}};
    guint64 burst = rate->burst ? rate->burst : MAX(rate->rate / 100, POLICE_MTU);
    struct tc_police police = {
        .action = TC_POLICE_SHOT,
        .mtu = POLICE_MTU,
        .burst = nl_us2ticks((guint32)MIN(burst * G_USEC_PER_SEC / rate->rate, G_MAXUINT32)),
        .rate = {.rate = (guint32)MIN(rate->rate, G_MAXUINT32), .cell_log = 3, .linklayer = TC_LINKLAYER_ETHERNET},
    };
    struct nlattr *options, *inside;

    nla_put_string(message, TCA_KIND, "u32");
    options = nla_nest_start(message, TCA_OPTIONS);
    nla_put_u32(message, TCA_U32_CLASSID, TC_HANDLE(0, 1));
    nla_put(message, TCA_U32_SEL, sizeof(selector), &selector);
    inside = nla_nest_start(message, TCA_U32_POLICE);
    nla_put(message, TCA_POLICE_TBF, sizeof(police), &police);
    nla_put(message, TCA_POLICE_RATE, sizeof(table), table);
    nla_nest_end(message, inside);
    nla_nest_end(message, options);
}

gboolean netlink_tc_police(const char *link, const NetlinkRate *rate, GError **error)
{
    g_autoptr(NetlinkSocket) socket = connect_route();
    g_autoptr(Qdisc) queue = rtnl_qdisc_alloc();
    struct tcmsg head = {.tcm_family = AF_UNSPEC,
                         .tcm_ifindex = (int)if_nametoindex(link),
                         .tcm_parent = TC_HANDLE(0xffff, 0),
                         .tcm_info = TC_H_MAKE(1 << 16, g_htons(ETH_P_ALL))};
    g_autoptr(NetlinkMessage) message =
        nlmsg_alloc_simple(RTM_NEWTFILTER, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
    int rc = socket ? 0 : -NLE_NOMEM;

    tc_place(TC_CAST(queue), link, TC_H_INGRESS, TC_HANDLE(0xffff, 0), "ingress");
    if (rc == 0)
        rc = rtnl_qdisc_add(socket, queue, NLM_F_CREATE | NLM_F_REPLACE);
    nlmsg_append(message, &head, sizeof(head), NLMSG_ALIGNTO);
    put_police(message, rate);
    if (rc >= 0)
        rc = nl_send_auto(socket, message);
    if (rc >= 0)
        rc = nl_wait_for_ack(socket);
    return check(rc, "limit the incoming traffic", link, error);
}
