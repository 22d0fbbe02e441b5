/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/json.h"

#include <stdarg.h>

#include "common/error.h"
#include "common/short_text.h"

void json_add_string(json_object *object, const char *key, const char *value)
{
    if (value)
        json_object_object_add(object, key, json_object_new_string(value));
}

void json_add_int(json_object *object, const char *key, gint64 value)
{
    json_object_object_add(object, key, json_object_new_int64(value));
}

void json_add_bool(json_object *object, const char *key, gboolean value)
{
    json_object_object_add(object, key, json_object_new_boolean(value));
}

void json_add_object(json_object *object, const char *key, json_object *child)
{
    if (child)
        json_object_object_add(object, key, child);
}

void json_add_stringf(json_object *object, const char *key, const char *format, ...)
{
    g_auto(ShortText) value = {0};
    va_list args;

    va_start(args, format);
    json_add_string(object, key, short_text_vformat(&value, format, args));
    va_end(args);
}

json_object *json_get(json_object *object, const char *key, json_type type)
{
    json_object *member = NULL;

    if (!json_object_is_type(object, json_type_object) || !json_object_object_get_ex(object, key, &member) ||
        !json_object_is_type(member, type))
        return NULL;
    return member;
}

const char *json_get_string(json_object *object, const char *key)
{
    json_object *member = json_get(object, key, json_type_string);

    return member ? json_object_get_string(member) : NULL;
}

gint64 json_get_int(json_object *object, const char *key, gint64 fallback)
{
    json_object *member = json_get(object, key, json_type_int);

    return member ? json_object_get_int64(member) : fallback;
}

gboolean json_get_bool(json_object *object, const char *key)
{
    json_object *member = json_get(object, key, json_type_boolean);

    return member && json_object_get_boolean(member);
}

json_object *json_get_object(json_object *object, const char *key)
{
    return json_get(object, key, json_type_object);
}

json_object *json_get_array(json_object *object, const char *key)
{
    return json_get(object, key, json_type_array);
}

size_t json_length(json_object *array)
{
    return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}

const char *json_text(json_object *object)
{
    return json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
}

json_object *json_parse(const char *text, gsize size, int depth, int domain, GError **error)
{
    json_tokener *tokener = json_tokener_new_ex(depth);
    json_object *object = NULL;
    enum json_tokener_error problem = json_tokener_error_parse_string;

    if (size <= G_MAXINT) {
        object = json_tokener_parse_ex(tokener, text, (int)size);
        problem = json_tokener_get_error(tokener);
        /* A bare number or word may go on; the end of the text ends it. */
        if (problem == json_tokener_continue && size > 0) {
            object = json_tokener_parse_ex(tokener, "", 1);
            problem = json_tokener_get_error(tokener);
        }
    }
    json_tokener_free(tokener);
    if (problem == json_tokener_success)
        return object;
    json_object_put(object);
    vir_error_set(error, domain, VIR_ERR_INTERNAL_ERROR, "cannot parse json: %s", json_tokener_error_desc(problem));
    return NULL;
}
