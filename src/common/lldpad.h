/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lldpad, which speaks 802.1Qbg with the switch: where it is asked (netlink_vport.h), and what it says unasked, that a
 * switch has taken a port away. It says so to the netlink address that the request for the port named as its sender, so
 * there is one socket for all requests of a process.
 */
#pragma once

#include <glib.h>

#include "common/identifiers.h"

/* The netlink address of lldpad. FALSE: VIR_ERR_CONFIG_UNSUPPORTED, it does not run. */
gboolean lldpad_find(guint32 *peer, GError **error);

/* Another place for lldpad's pid file; for tests. */
void lldpad_set_pid_file(const char *path);

/* Opens that socket, of which there is one; requests (netlink_vport.h) name it from then on. Returns it, to be watched
 * for input, and kept as long as the process runs. -1: VIR_ERR_SYSTEM_ERROR. Before there are other threads. */
int lldpad_listen(GError **error);

/* Its netlink address; 0: there is none. Any thread. */
guint32 lldpad_listener(void);

/* Reads on, without waiting, until there is a port that has been taken away, and whose. FALSE: there is no more to
 * read. */
gboolean lldpad_read(int fd, guint8 instance_id[UUID_LEN]);
