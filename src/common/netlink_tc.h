/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Traffic control of a link by rtnetlink (libnl3): what leaves it is put into classes of an HTB queue 1:, what enters
 * it is policed. Rules as in netlink.h: each call has its own socket, any thread, the kernel answers at once.
 *
 * Errors: VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR with the link's name and the kernel's reason.
 */
#pragma once

#include <glib.h>

#include "common/identifiers.h"

/* Bytes a second and bytes. */
typedef struct {
    guint64 rate;
    guint64 ceil;  /* 0: the rate */
    guint64 burst; /* sent faster than rate, but not than ceil; 0: as little as there can be */
} NetlinkRate;

/* From what documents count in: units of 1000 bytes a second, and bursts in KiB. */
NetlinkRate netlink_tc_rate(guint64 average_kb, guint64 peak_kb, guint64 burst_kib);

/* Numbers of classes: below 1:. */
#define NETLINK_TC_CLASS_MAX 0xffe

/* Takes all queues, classes, filters and limits off the link. A link without any, or no link, is no error. */
void netlink_tc_clear(const char *link);

/* Has packets leave the link at once instead of by the kernel's default queue. That is a matter of speed alone, so
 * nothing is said of a kernel that cannot. */
void netlink_tc_set_no_queue(const char *link);

/* Puts the queue in place; packets that nothing steers go to the class default_class. */
gboolean netlink_tc_add_queue(const char *link, guint default_class, GError **error);

/* Adds the class, below parent (0: the queue itself), or changes the one that is there. Its packets share fairly where
 * the kernel knows how. */
gboolean netlink_tc_set_class(const char *link, guint parent, guint class_id, const NetlinkRate *rate, GError **error);

/* Sends packets for mac to the class. */
gboolean netlink_tc_steer(const char *link, guint class_id, const guint8 mac[MAC_LEN], GError **error);

/* Removes a class and what steers to it. One that is not there is no error. */
void netlink_tc_remove_class(const char *link, guint class_id);

/* Drops what enters the link faster than rate. */
gboolean netlink_tc_police(const char *link, const NetlinkRate *rate, GError **error);
