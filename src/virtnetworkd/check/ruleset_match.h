/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a packet fits what a rule asks for, in the JSON of libnftables. Values only; never blocks. */
#pragma once

#include "common/json.h"
#include "virtnetworkd/check/ruleset.h"

/* In the order of what is left when conditions come together. */
typedef enum { RULESET_FITS_NOT, RULESET_FITS_MAYBE, RULESET_FITS } RulesetFit;

/* Where a rule's named sets are found: the elements of the set called name, or NULL. Borrowed. */
typedef struct {
    json_object *(*find)(json_object *rule, const char *name, gpointer data);
    json_object *rule;
    gpointer data;
} RulesetSets;

/* Whether the packet fits the expression; what is no condition (a counter, a verdict) always fits. */
RulesetFit ruleset_match(json_object *expression, const RulesetPacket *packet, const RulesetSets *sets);

/* The verdict that a map has for the packet; borrowed. NULL: *fit is RULESET_FITS_NOT when it has none, or
 * RULESET_FITS_MAYBE when the question does not say enough. */
json_object *ruleset_match_map(json_object *vmap, const RulesetPacket *packet, const RulesetSets *sets,
                               RulesetFit *fit);
