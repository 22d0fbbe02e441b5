/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The host's ends of a guest's network cards: ports on networks, taps in bridges, macvtap devices. Made by the daemon
 * with the right to do so; without it taps are made by qemu-bridge-helper and nothing else is to be had.
 */
#pragma once

#include "virtqemud/command/build.h"
#include "virtqemud/qmp/batch.h"

/* Whether this process may make links and put them into bridges: it has CAP_NET_ADMIN, whoever's daemon it is. */
gboolean interface_host_can_plug(void);

/* Makes what def's cards need, one InterfaceHost for each (GPtrArray with a free function), and writes what came of it
 * (ports, names of links) into def, the coming live definition. Asks the networks' daemon; blocks, for jobs. NULL: its
 * error, VIR_ERR_SYSTEM_ERROR, VIR_ERR_CONFIG_UNSUPPORTED; nothing is left behind then. */
GPtrArray *interface_host_prepare(DomainDef *def, GError **error);

/* Gives up what def's cards have on the host and forgets it in def. Blocks, for jobs and workers. */
void interface_host_undo(DomainDef *def);

/* The same for the loop: a worker does it, and whoever wants a port after this call gets it after that. Takes def, the
 * document of what ran. */
void interface_host_release(DomainDef *def);

/*
 * Moves the tap of def's card from one place to another, of which to says the network or the bridge: first the new port
 * is had (to->port), then the tap is moved with its limits. The old port stays, until interface_host_release_port().
 * Blocks, for jobs. FALSE, the tap being where it was and without a new port: as of interface_host_prepare(),
 * VIR_ERR_OPERATION_UNSUPPORTED when one of the places is no bridge.
 */
gboolean interface_host_move(const DomainDef *def, const InterfaceDef *from, InterfaceDef *to, GError **error);

/* Gives up the port of a card, if it has one, and not its tap. Takes interface; for the loop, as
 * interface_host_release(). */
void interface_host_release_port(InterfaceDef *interface);

/* Ends the macvtap devices, and ports of switches, that a daemon has made and no guest has: it was killed before it
 * wrote them down. When all guests have been found again, before any starts; for the loop. Switches are asked by a
 * worker, and whoever wants a link after this call gets it after that. */
void interface_host_sweep(void);

/* Plugs the card's cable in or out, as the guest sees it: a command for batch. */
void interface_link_set(QmpBatch *batch, const InterfaceDef *interface, gboolean is_up);

/* Whether the card has, when its guest runs, a link on the host, by which traffic is counted and limited. */
gboolean interface_is_on_host(const InterfaceDef *interface);

/* Bytes and packets of the interface's link, from the guest's point of view. FALSE: VIR_ERR_SYSTEM_ERROR. */
typedef struct {
    gint64 rx_bytes, rx_packets, rx_errors, rx_dropped, tx_bytes, tx_packets, tx_errors, tx_dropped;
} InterfaceStats;
gboolean interface_host_stats(const InterfaceDef *interface, InterfaceStats *stats, GError **error);
