/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The other end of conversations by netlink: a socket that speaks as lldpad and as drivers of cards do, of which
 * neither is at hand. Its card is the loopback device.
 */
#pragma once

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/identifiers.h"
#include "common/netlink_priv.h"
#include "common/netlink_vport.h"

#define ADDRESS 4242u

static const guint8 ours[UUID_LEN] = {9, 1, 2}, theirs[UUID_LEN] = {8, 7, 6}, host[UUID_LEN] = {5};

/* What it says. */
typedef struct {
    int refusal;            /* to a request: a negative errno, or 0 */
    int answers[4];         /* to questions, in order, the last one for good: a response, or: */
    gboolean is_silent;     /* to everything */
    gboolean has_functions; /* answers with what a card keeps for its functions, else with ports */
    gboolean is_of_card;    /* the port is the card's own */
} Script;

#define NONE (-1) /* the port is there, the switch has said nothing */

typedef struct {
    const Script *script;
    int fd, n_questions;
    GThread *thread;
    GPtrArray *requests;        /* struct nlmsghdr */
    GMutex lock;                /* held while it speaks; for whoever looks at the card in between: */
    struct ifla_vf_mac macs[2]; /* what the card keeps for its functions */
    struct ifla_vf_vlan vlans[2];
    gint is_over;
} Peer;

static void put_instance(NetlinkMessage *message, const guint8 *id, int response)
{
    nla_put(message, IFLA_PORT_INSTANCE_UUID, UUID_LEN, id);
    nla_put_u32(message, IFLA_PORT_VF, VPORT_SELF);
    if (response != NONE)
        nla_put_u16(message, IFLA_PORT_RESPONSE, (guint16)response);
}

/* As lldpad does: all in one, with somebody else's port on either side. */
static void put_stations(NetlinkMessage *message, int response)
{
    struct nlattr *list = nla_nest_start(message, IFLA_VF_PORTS), *one = nla_nest_start(message, IFLA_VF_PORT);

    put_instance(message, theirs, PORT_VDP_RESPONSE_SUCCESS);
    put_instance(message, ours, response);
    put_instance(message, host, PORT_VDP_RESPONSE_SUCCESS);
    nla_nest_end(message, one);
    nla_nest_end(message, list);
}

/* As a driver does: one for each function. */
static void put_functions_ports(NetlinkMessage *message, int response)
{
    struct nlattr *list = nla_nest_start(message, IFLA_VF_PORTS);

    for (guint32 number = 0; number < 4; number++) {
        struct nlattr *one = nla_nest_start(message, IFLA_VF_PORT);

        nla_put_u32(message, IFLA_PORT_VF, number);
        nla_put(message, IFLA_PORT_INSTANCE_UUID, UUID_LEN, ours);
        nla_put_u16(message, IFLA_PORT_RESPONSE, (guint16)(number == 3 ? response : PORT_PROFILE_RESPONSE_BADSTATE));
        nla_nest_end(message, one);
    }
    nla_nest_end(message, list);
}

static void put_settings(const Peer *peer, NetlinkMessage *message)
{
    struct nlattr *list = nla_nest_start(message, IFLA_VFINFO_LIST);

    for (guint32 number = 0; number < 2; number++) {
        struct nlattr *info = nla_nest_start(message, IFLA_VF_INFO);

        nla_put(message, IFLA_VF_MAC, sizeof(peer->macs[number]), &peer->macs[number]);
        nla_put(message, IFLA_VF_VLAN, sizeof(peer->vlans[number]), &peer->vlans[number]);
        nla_nest_end(message, info);
    }
    nla_nest_end(message, list);
}

static NetlinkMessage *answer_question(Peer *peer, const struct nlmsghdr *question, gboolean is_station)
{
    struct ifinfomsg head = {.ifi_index = 1};
    NetlinkMessage *message = nlmsg_alloc_simple(is_station ? NLMSG_DONE : RTM_NEWLINK, 0);
    int response = peer->script->answers[MIN(peer->n_questions, 3)];
    struct nlattr *one;

    peer->n_questions++;
    nlmsg_append(message, &head, sizeof(head), NLMSG_ALIGNTO);
    if (peer->script->has_functions) {
        put_settings(peer, message);
    } else if (peer->script->is_of_card) {
        one = nla_nest_start(message, IFLA_PORT_SELF);
        nla_put_u16(message, IFLA_PORT_RESPONSE, (guint16)response);
        nla_nest_end(message, one);
    } else if (is_station) {
        put_stations(message, response);
    } else {
        put_functions_ports(message, response);
    }
    return message;
}

static NetlinkMessage *acknowledge(const struct nlmsghdr *request, int error)
{
    struct nlmsgerr body = {.error = error, .msg = *request};
    NetlinkMessage *message = nlmsg_alloc_simple(NLMSG_ERROR, 0);

    nlmsg_append(message, &body, sizeof(body), NLMSG_ALIGNTO);
    return message;
}

static void take_settings(Peer *peer, const struct nlmsghdr *request)
{
    struct nlattr *list = nlmsg_find_attr((struct nlmsghdr *)request, sizeof(struct ifinfomsg), IFLA_VFINFO_LIST);
    struct nlattr *info = list ? nla_data(list) : NULL;
    struct nlattr *mac = info ? nla_find(nla_data(info), nla_len(info), IFLA_VF_MAC) : NULL;
    struct nlattr *vlan = info ? nla_find(nla_data(info), nla_len(info), IFLA_VF_VLAN) : NULL;

    if (mac)
        memcpy(&peer->macs[((struct ifla_vf_mac *)nla_data(mac))->vf % 2], nla_data(mac), sizeof(peer->macs[0]));
    if (vlan)
        memcpy(&peer->vlans[((struct ifla_vf_vlan *)nla_data(vlan))->vf % 2], nla_data(vlan), sizeof(peer->vlans[0]));
}

static void answer(Peer *peer, const struct nlmsghdr *got, const struct sockaddr_nl *from)
{
    /* lldpad is not told what a kernel needs to hear. */
    gboolean is_station = !nlmsg_find_attr((struct nlmsghdr *)got, sizeof(struct ifinfomsg), IFLA_EXT_MASK);
    g_autoptr(NetlinkMessage) message = got->nlmsg_type == RTM_GETLINK ? answer_question(peer, got, is_station)
                                                                       : acknowledge(got, peer->script->refusal);
    struct nlmsghdr *head = nlmsg_hdr(message);

    head->nlmsg_seq = got->nlmsg_seq + 1; /* of another conversation */
    head->nlmsg_pid = got->nlmsg_pid;
    sendto(peer->fd, head, head->nlmsg_len, 0, (const struct sockaddr *)from, sizeof(*from));
    head->nlmsg_seq = got->nlmsg_seq;
    sendto(peer->fd, head, head->nlmsg_len, 0, (const struct sockaddr *)from, sizeof(*from));
}

static void note(Peer *peer, const struct nlmsghdr *request)
{
    g_ptr_array_add(peer->requests, g_memdup2(request, request->nlmsg_len));
    if (peer->script->has_functions && !peer->script->refusal)
        take_settings(peer, request);
}

static gpointer serve(gpointer data)
{
    Peer *peer = data;

    while (!g_atomic_int_get(&peer->is_over)) {
        struct pollfd one = {.fd = peer->fd, .events = POLLIN};
        guint32 buffer[1024];
        struct sockaddr_nl from;
        socklen_t size = sizeof(from);

        if (poll(&one, 1, 20) <= 0 ||
            recvfrom(peer->fd, buffer, sizeof(buffer), 0, (struct sockaddr *)&from, &size) <= 0)
            continue;
        g_mutex_lock(&peer->lock);
        if (((struct nlmsghdr *)buffer)->nlmsg_type != RTM_GETLINK)
            note(peer, (struct nlmsghdr *)buffer);
        if (!peer->script->is_silent)
            answer(peer, (struct nlmsghdr *)buffer, &from);
        g_mutex_unlock(&peer->lock);
    }
    return NULL;
}

static void begin(Peer *peer, const Script *script)
{
    struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_pid = ADDRESS};

    *peer = (Peer){.script = script, .fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)};
    g_mutex_init(&peer->lock);
    g_assert_cmpint(bind(peer->fd, (struct sockaddr *)&address, sizeof(address)), ==, 0);
    for (guint number = 0; number < 2; number++) {
        peer->macs[number] = (struct ifla_vf_mac){.vf = number, .mac = {0, 0, 0, 0, 0, (guint8)(1 + number)}};
        peer->vlans[number] = (struct ifla_vf_vlan){.vf = number, .vlan = 40 + number, .qos = number};
    }
    peer->requests = g_ptr_array_new_with_free_func(g_free);
    peer->thread = g_thread_new("peer", serve, peer);
}

/* What it got may be looked at from now on. */
static void stop(Peer *peer)
{
    g_atomic_int_set(&peer->is_over, TRUE);
    g_thread_join(peer->thread);
    g_mutex_clear(&peer->lock);
    close(peer->fd);
}

static void end(Peer *peer)
{
    stop(peer);
    g_ptr_array_unref(peer->requests);
}

/* ---- the process ---- */

/* Programs may speak with each other by netlink where they may change the network: in one of their own. FALSE: there is
 * none, and the test has said so. */
static gboolean enter_network(void)
{
    if (unshare(geteuid() == 0 ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET) == 0)
        return TRUE;
    g_print("1..0 # SKIP no network of its own: %s\n", g_strerror(errno));
    return FALSE;
}

/* A /sys, in root, in which the link "vf1" is the second function of the loopback device, and "plain" none of any. */
static char *make_sysfs(void)
{
    char *root = g_dir_make_tmp("modvirt-sysfs-XXXXXX", NULL);
    g_autofree char *make = g_strdup_printf(
        "set -e; cd %s; mkdir -p class/net/vf1 class/net/plain devices/card/net/lo devices/f0 devices/f1; "
        "ln -s ../f0 devices/card/virtfn0; ln -s ../f1 devices/card/virtfn1; ln -s ../card devices/f1/physfn; "
        "ln -s ../../../devices/f1 class/net/vf1/device; ln -s ../../../devices/card class/net/plain/device",
        root);
    const char *argv[] = {"sh", "-c", make, NULL};
    int status = -1;

    g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL));
    g_assert_cmpint(status, ==, 0);
    return root;
}

static void remove_sysfs(char *root)
{
    const char *argv[] = {"rm", "-r", root, NULL};

    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
    g_free(root);
}
