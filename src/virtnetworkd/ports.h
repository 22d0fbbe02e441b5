/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The ports of a running network, in memory: who is plugged in where, which of a pool's devices are free, which traffic
 * classes are taken. A network has ports only while it is active. For the loop.
 */
#pragma once

#include "conf/network/network_port.h"
#include "virtnetworkd/network.h"

/* The one with that uuid. Borrowed. NULL: VIR_ERR_NO_NETWORK_PORT. */
NetworkPort *ports_find(const Network *network, const guint8 *uuid, GError **error);

guint ports_count(const Network *network);

/* Copies of all ports, NetworkPort; caller unrefs. */
GPtrArray *ports_copy(const Network *network);

/*
 * Completes port, which is not a port of the network yet: by what the network says, with a device or function of its
 * pool, and with a traffic class when it has a floor. FALSE, port being of no use any more: VIR_ERR_INTERNAL_ERROR when
 * nothing is free, or as network_port_complete.
 */
gboolean ports_allocate(const Network *network, NetworkPort *port, GError **error);

/* The same for a port that says itself where it is plugged: whether the network really has that place, free. FALSE:
 * VIR_ERR_INTERNAL_ERROR. */
gboolean ports_reclaim(const Network *network, const NetworkPort *port, GError **error);

/* Gives port a traffic class when it has a floor and none yet. FALSE: VIR_ERR_OPERATION_FAILED, none is left, or the
 * floors add up to more than the network can give. */
gboolean ports_classify(const Network *network, NetworkPort *port, GError **error);

/* What is promised to the ports' inbound traffic in KB/s, that of except (or NULL) left out. */
guint64 ports_floor_sum(const Network *network, const NetworkPort *except);

/* Takes port over, in place of one with its uuid; counts connections anew. */
void ports_put(Network *network, NetworkPort *port);

/* Counts anew when it was there. */
void ports_remove(Network *network, const guint8 *uuid);
void ports_clear(Network *network);

/* Takes over a new document of what runs, and counts its connections. */
void ports_set_live(Network *network, NetworkDef *live);
