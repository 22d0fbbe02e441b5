/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the netlink files share: one message to the kernel and its answer. */
#pragma once

#include <glib.h>
#include <netlink/msg.h>
#include <netlink/socket.h>

typedef struct nl_msg NetlinkMessage;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetlinkMessage, nlmsg_free)

typedef struct nl_sock NetlinkSocket;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetlinkSocket, nl_socket_free)

/* A request of that RTM_* type and further NLM_F_* flags, beginning with the type's own head. */
NetlinkMessage *netlink_message_new(int type, int flags, const void *head, gsize head_size);

/* A request to change the link of that name, to be filled with what is to change. NULL: there is no such link. */
NetlinkMessage *netlink_link_message(const char *name, GError **error);

/* Sends and waits for the kernel's word. 0, or an NLE_* number, positive. */
int netlink_message_send(NetlinkMessage *message);

#define NETLINK_KERNEL 0

/*
 * The same to whoever has the netlink address peer: NETLINK_KERNEL, or a program that speaks as the kernel does, which
 * may take its time and is waited for no longer than a few seconds (NLE_AGAIN). answer: where a message that is not a
 * mere acknowledgement goes, to be freed with g_free, or NULL when none is asked for.
 */
int netlink_message_ask(NetlinkMessage *message, guint32 peer, struct nlmsghdr **answer);

/* For tests: who is asked in the kernel's stead, by netlink address. */
void netlink_set_stand_in(guint32 peer);

/* Adds what a card shall keep for one of its functions, or for a number that stands for the card itself: its address
 * (NULL: nothing is said), its VLAN (-1: nothing is said) and the priority there. */
void netlink_put_function(NetlinkMessage *message, guint32 number, const guint8 *mac, int vlan, guint qos);

/* Whether rc is 0; else the error "what link: reason". */
gboolean netlink_check(int rc, GError **error, const char *what, const char *link);

/* 0: VIR_ERR_SYSTEM_ERROR, there is no such link. */
guint netlink_link_index(const char *name, GError **error);
