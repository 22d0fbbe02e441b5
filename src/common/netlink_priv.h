/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the netlink files share: one message to the kernel and its answer. */
#pragma once

#include <glib.h>
#include <netlink/msg.h>

typedef struct nl_msg NetlinkMessage;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetlinkMessage, nlmsg_free)

/* A request of that RTM_* type and further NLM_F_* flags, beginning with the type's own head. */
NetlinkMessage *netlink_message_new(int type, int flags, const void *head, gsize head_size);

/* A request to change the link of that name, to be filled with what is to change. NULL: there is no such link. */
NetlinkMessage *netlink_link_message(const char *name, GError **error);

/* Sends and waits for the kernel's word. 0, or an NLE_* number, positive. */
int netlink_message_send(NetlinkMessage *message);

/* Whether rc is 0; else the error "what link: reason". */
gboolean netlink_check(int rc, GError **error, const char *what, const char *link);

/* 0: VIR_ERR_SYSTEM_ERROR, there is no such link. */
guint netlink_link_index(const char *name, GError **error);
