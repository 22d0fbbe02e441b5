/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The packet filter of networks that own a bridge, in the table "inet modvirt" and nowhere else (host/nft.h):
 *
 *   map to_guests, from_guests   bridge -> the network's chains, looked up once per forwarded packet
 *   chain nat_UUID               the network's address translation
 *
 * so that a forwarded packet's way does not get longer with the number of networks. Every change is made by the kernel
 * as a whole or not at all. For workers; calls wait for the kernel. Errors: VIR_FROM_FIREWALL, VIR_ERR_INTERNAL_ERROR
 * with nft's words.
 */
#pragma once

#include "conf/network/network_def.h"

/* Puts the network's rules in place, replacing those that may be there. Nothing for forward mode open. */
gboolean firewall_install(const NetworkDef *def, GError **error);

/* Takes them out again; the table goes with the last of them. Rules that are gone already are no error. */
gboolean firewall_remove(const NetworkDef *def, GError **error);

/* The nft script that firewall_install runs; NULL when the mode needs none. Caller frees. */
char *firewall_script(const NetworkDef *def);

/* The names of the network's chains: to_UUID, from_UUID, nat_UUID; the last is there for each network. */
typedef struct {
    char to[64], from[64], nat[64];
} FirewallChains;

FirewallChains firewall_chains(const NetworkDef *def);

/* Whether the network has rules at all. */
gboolean firewall_is_needed(const NetworkDef *def);
