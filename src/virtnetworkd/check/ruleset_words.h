/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nft's words, in JSON, for rules that are not its own: of iptables-legacy and ebtables-legacy. Any thread. */
#pragma once

#include "common/json.h"

/* What stands behind the table's name in "filter (legacy)". */
#define RULESET_LEGACY " (legacy)"

/* A "chain" or "rule" of the table, to be filled. */
json_object *ruleset_words_object(const char *family, const char *table);

/* Adds object as an entry of that kind to a ruleset's list; takes it. */
void ruleset_words_put(json_object *entries, const char *kind, json_object *object);

/* Adds a condition to a rule's list that nobody here can tell. */
void ruleset_words_unknown(json_object *list, const char *name);

/* Adds "left is right", or is not. Takes both. */
void ruleset_words_match(json_object *list, json_object *left, json_object *right, gboolean is_inverse);

/* What a condition is about: {"meta": {"key": "iifname"}}, {"payload": {"protocol": "ip", "field": "saddr"}}; protocol
 * may be NULL. */
json_object *ruleset_words_place(const char *kind, const char *key, const char *value, const char *protocol);

/* What a rule does: "jump" or "goto" a chain; what an extension does; "accept", "drop", "return". */
json_object *ruleset_words_jump(const char *how, const char *chain);
json_object *ruleset_words_extension(const char *name);
json_object *ruleset_words_verdict(const char *name);
