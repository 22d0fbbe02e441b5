/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Taps and macvtap devices: links that QEMU reads and writes by descriptors. Any thread; the kernel answers at once.
 * Errors: VIR_ERR_SYSTEM_ERROR with the link's name. */
#pragma once

#include <glib.h>
#include <net/if.h>

#include "common/netlink_port.h"

#define TAP_PREFIX     "vnet"
#define MACVTAP_PREFIX "macvtap"

typedef struct {
    const char *tun_path; /* NULL: /dev/net/tun */
    guint queues;         /* at least 1 */
    gboolean has_headers; /* packets have virtio's headers, which only virtio cards can use in full */
} TapOptions;

/* Opens as many descriptors of the tap as it has queues, appended to fds. name may be a pattern ("vnet%d") and becomes
 * the name given; a tap that is there already is joined. What is new ends with its last descriptor. */
gboolean tap_open(char name[IFNAMSIZ], const TapOptions *options, GArray *fds, GError **error);

/* Makes a macvtap device and opens it in the same way. name empty: the first free one of MACVTAP_PREFIX. It stays until
 * it is deleted; owner is written on it, for whoever finds it (netlink_links_of). */
gboolean macvtap_make(char name[IFNAMSIZ], const char *lower, NetlinkMacvtapMode mode, const guint8 mac[MAC_LEN],
                      const char *owner, const TapOptions *options, GArray *fds, GError **error);

/* The same for a link that is there already, whichever of the two it is. */
gboolean tap_open_present(const char *name, const TapOptions *options, GArray *fds, GError **error);

/* Opens the kernel's part of network cards n times. FALSE: it is not to be had, and
 * fds is as it was. */
gboolean tap_open_vhost(const char *path, guint n, GArray *fds);

/* The MAC of a tap for a guest with mac: never one that a bridge would take for its own. */
gboolean tap_set_mac(const char *name, const guint8 mac[MAC_LEN], GError **error);

/* How many frames the tap may hold back before it tells of them; what is out of the kernel's reach is an error. */
gboolean tap_set_coalesce(const char *name, guint rx_frames, GError **error);

/* 0: there is no such link. */
guint tap_get_mtu(const char *name);
