/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The host's ends of a guest's network cards: taps in bridges, made by the daemon with the right to do so, else by
 * qemu-bridge-helper.
 */
#pragma once

#include "virtqemud/command/build.h"

/* Makes what def's cards need, one InterfaceHost for each (GPtrArray with a free function), and writes what came of it
 * (bridge, tap) into def, the coming live definition. Asks the networks' daemon; blocks, for jobs. NULL: its error, or
 * VIR_ERR_SYSTEM_ERROR; nothing is left behind then. */
GPtrArray *interface_host_prepare(DomainDef *def, GError **error);

/* Bytes and packets of a tap, from the guest's point of view. FALSE: VIR_ERR_SYSTEM_ERROR. */
typedef struct {
    gint64 rx_bytes, rx_packets, rx_errors, rx_dropped, tx_bytes, tx_packets, tx_errors, tx_dropped;
} InterfaceStats;
gboolean interface_host_stats(const char *tap, InterfaceStats *stats, GError **error);
