/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules of ebtables-legacy, which nft does not show: asked of the kernel and said in nft's words, as those of
 * iptables-legacy (ruleset_legacy.h).
 */
#pragma once

#include "virtnetworkd/check/ruleset_words.h"

/* Adds the chains and rules of its tables that drop packets (filter, nat) to entries, the list "nftables" of a ruleset.
 * A kernel in which nobody has used ebtables-legacy is not asked, since it would make the tables then. Without
 * CAP_NET_ADMIN nothing is added. For workers; does not wait. */
void ruleset_ebtables_add(json_object *entries);

/* The same for the entries of one table as the kernel gives them; hooks: a bit for each that the table sees. */
void ruleset_ebtables_parse(const char *name, guint hooks, const guint8 *bytes, gsize size, json_object *entries);
