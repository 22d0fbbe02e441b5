/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/check/ruleset_words.h"

json_object *ruleset_words_object(const char *family, const char *table)
{
    json_object *object = json_object_new_object();

    json_add_string(object, "family", family);
    json_add_stringf(object, "table", "%s" RULESET_LEGACY, table);
    return object;
}

void ruleset_words_put(json_object *entries, const char *kind, json_object *object)
{
    json_object *entry = json_object_new_object();

    json_add_object(entry, kind, object);
    json_object_array_add(entries, entry);
}

void ruleset_words_unknown(json_object *list, const char *name)
{
    json_object *extension = json_object_new_object(), *expression = json_object_new_object();

    json_add_string(extension, "type", "match");
    json_add_string(extension, "name", name);
    json_add_object(expression, "xt", extension);
    json_object_array_add(list, expression);
}

void ruleset_words_match(json_object *list, json_object *left, json_object *right, gboolean is_inverse)
{
    json_object *match = json_object_new_object(), *expression = json_object_new_object();

    json_add_string(match, "op", is_inverse ? "!=" : "==");
    json_add_object(match, "left", left);
    json_add_object(match, "right", right);
    json_add_object(expression, "match", match);
    json_object_array_add(list, expression);
}

json_object *ruleset_words_place(const char *kind, const char *key, const char *value, const char *protocol)
{
    json_object *inner = json_object_new_object(), *outer = json_object_new_object();

    json_add_string(inner, "protocol", protocol);
    json_add_string(inner, key, value);
    json_add_object(outer, kind, inner);
    return outer;
}

json_object *ruleset_words_jump(const char *how, const char *chain)
{
    json_object *target = json_object_new_object(), *verdict = json_object_new_object();

    json_add_string(target, "target", chain);
    json_add_object(verdict, how, target);
    return verdict;
}

json_object *ruleset_words_extension(const char *name)
{
    json_object *target = json_object_new_object(), *verdict = json_object_new_object();

    json_add_string(target, "type", "target");
    json_add_string(target, "name", name);
    json_add_object(verdict, "xt", target);
    return verdict;
}

json_object *ruleset_words_verdict(const char *name)
{
    json_object *verdict = json_object_new_object();

    json_object_object_add(verdict, name, NULL);
    return verdict;
}
