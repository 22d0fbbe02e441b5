/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the adapters of network calls share. */
#pragma once

#include "virtnetworkd/network.h"

/* The network that the wire names. NULL: VIR_ERR_NO_NETWORK. */
Network *network_rpc_find(const remote_nonnull_network *net, GError **error);

/* FALSE: VIR_ERR_INVALID_ARG, when flags has others than the known ones. */
gboolean network_rpc_check_flags(guint flags, guint known, const char *function, GError **error);

void network_rpc_fill(remote_nonnull_network *wire, const Network *network);
