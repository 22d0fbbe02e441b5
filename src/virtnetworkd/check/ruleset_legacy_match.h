/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One entry of a table of iptables-legacy: what it asks for, in nft's words. */
#pragma once

#include "common/json.h"

typedef struct {
    gsize size;               /* where the next one begins */
    const guint8 *bytes;      /* itself, whole */
    gsize matches, target_at; /* where its matches and its target begin */
    const char *target;       /* its target's name, "" for is_standard */
    const char *chain_name;   /* it only names the chain that begins behind it; else NULL */
    gboolean is_standard, is_goto;
    int verdict; /* for is_standard: where a chain begins, or a negative number */
} LegacyEntry;

/* Reads the entry of the family (AF_INET, AF_INET6) at bytes, of which there are size. FALSE: it is not whole. Names
 * are borrowed from bytes. */
gboolean legacy_entry_read(int family, const guint8 *bytes, gsize size, LegacyEntry *entry);

/* "accept", "drop", "return", "queue" for a negative verdict. */
const char *legacy_verdict_name(int verdict);

/* A list of conditions, one "match" or "xt" for each. Caller puts. */
json_object *legacy_conditions(int family, const LegacyEntry *entry);
