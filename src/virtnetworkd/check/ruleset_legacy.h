/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules of iptables-legacy and ip6tables-legacy, which nft does not show: asked of the kernel and said in nft's words,
 * so that one walk judges all. What nft has no word for is an "xt", as nft writes it for iptables-nft.
 */
#pragma once

#include "virtnetworkd/check/ruleset_words.h"

/* The names of tables of iptables-legacy that the kernel has for the family (AF_INET, AF_INET6) and that see what is
 * forwarded or comes in. Empty: none. Caller frees. */
char **ruleset_legacy_tables(int family);

/* Adds their chains and rules to entries, the list "nftables" of a ruleset. Without CAP_NET_RAW or CAP_NET_ADMIN
 * nothing is added. For workers; does not wait. */
void ruleset_legacy_add(json_object *entries);
