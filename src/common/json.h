/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Short ways to build and read json-c objects. Thread-safe as far as the objects are not shared; never blocks. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

static inline void json_object_release(json_object *object)
{
    json_object_put(object);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_object, json_object_release)

/* Members of an object under construction. A string NULL adds nothing; child becomes the object's (NULL adds nothing).
 */
void json_add_string(json_object *object, const char *key, const char *value);
void json_add_int(json_object *object, const char *key, gint64 value);
void json_add_bool(json_object *object, const char *key, gboolean value);
void json_add_object(json_object *object, const char *key, json_object *child);
void json_add_stringf(json_object *object, const char *key, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Members of an object from outside: the value, or NULL, fallback or FALSE when object is NULL, the member is missing
 * or of another type. Borrowed. */
json_object *json_get(json_object *object, const char *key, json_type type);
const char *json_get_string(json_object *object, const char *key);
gint64 json_get_int(json_object *object, const char *key, gint64 fallback);
gboolean json_get_bool(json_object *object, const char *key);
json_object *json_get_object(json_object *object, const char *key);
json_object *json_get_array(json_object *object, const char *key);
/* How many an array from outside has; 0: it is none. */
size_t json_length(json_object *array);

/* The text on one line, without blanks. Borrowed from object until it is next changed or written. */
const char *json_text(json_object *object);

/* Parses one document of at most depth levels. NULL: VIR_ERR_INTERNAL_ERROR with domain and the parser's reason. */
json_object *json_parse(const char *text, gsize size, int depth, int domain, GError **error);
