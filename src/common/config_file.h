/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Configuration files in libvirt's grammar:
 *
 *   # comment
 *   key = 5
 *   key = "text"         or 'text', or """text over lines"""; there are no escapes
 *   key = [ "a", "b" ]
 *
 * Errors name the file, the line and the key. A key that nobody asks for is an error, too: config_file_check_keys().
 * Not thread-safe.
 */
#pragma once

#include <glib.h>

typedef struct ConfigFile ConfigFile;

/* name is the file's, for errors. NULL: VIR_ERR_CONF_SYNTAX. */
ConfigFile *config_file_parse(const char *text, const char *name, GError **error);

/* Reads a file; one that is not there is an empty one unless must_exist. NULL: also VIR_ERR_SYSTEM_ERROR. */
ConfigFile *config_file_load(const char *path, gboolean must_exist, GError **error);

void config_file_free(ConfigFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ConfigFile, config_file_free)

/* Each sets *value when the key is there and leaves it alone when not. FALSE: VIR_ERR_CONF_SYNTAX, the value is of
 * another type, or not between min and max. Strings become the caller's, and what *value pointed to before is freed. A
 * list may be written as one string. */
gboolean config_file_get_int(ConfigFile *file, const char *key, int min, int max, int *value, GError **error);
gboolean config_file_get_bool(ConfigFile *file, const char *key, gboolean *value, GError **error);
gboolean config_file_get_string(ConfigFile *file, const char *key, char **value, GError **error);
gboolean config_file_get_list(ConfigFile *file, const char *key, char ***value, GError **error);

/* An error about a key's value that only the caller can judge: "FILE:LINE: KEY: WHY". */
void config_file_set_error(ConfigFile *file, const char *key, const char *why, GError **error);

/* Takes a key of any type without reading it, so that it counts as asked for. */
void config_file_accept_key(ConfigFile *file, const char *key);

/* The keys there are in the file; borrowed strings. Free the array. */
GPtrArray *config_file_list_keys(ConfigFile *file);

/* FALSE when the file has a key that none of the functions above was asked for: VIR_ERR_CONF_SYNTAX. */
gboolean config_file_check_keys(ConfigFile *file, GError **error);
