/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QEMU's own set-uid helper that plugs an unprivileged user's guest into a bridge that /etc/qemu/bridge.conf allows. */
#pragma once

#include <glib.h>

/* Runs the helper and returns the tap's descriptor. Blocks. -1: VIR_ERR_CONFIG_UNSUPPORTED when it is not installed,
 * VIR_ERR_INTERNAL_ERROR with its words when it refuses. */
int bridge_helper_run(const char *bridge, GError **error);

/* The name of the tap behind fd. Caller frees; NULL when it has none. */
char *bridge_helper_tap_name(int fd);
