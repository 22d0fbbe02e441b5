/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/config_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/file.h"

#define FILE_MAX (1024 * 1024)
#define LIST_MAX 1024
#define QUOTE_3  "\"\"\""

typedef enum { VALUE_INT, VALUE_STRING, VALUE_LIST } ValueType;

static const char *const type_names[] = {"a number", "a string", "a list of strings"};

typedef struct {
    char *key;
    int line;
    gboolean is_known; /* somebody asked for it */
    ValueType type;
    gint64 number;
    GPtrArray *strings; /* one, or those of a list */
} Entry;

struct ConfigFile {
    char *name;
    GPtrArray *entries; /* Entry, in the file's order */
};

typedef struct {
    const char *name;
    const char *at;
    int line;
    GError **error;
} Parser;

static void entry_free(gpointer data)
{
    Entry *entry = data;

    g_free(entry->key);
    g_clear_pointer(&entry->strings, g_ptr_array_unref);
    g_free(entry);
}

void config_file_free(ConfigFile *file)
{
    if (!file)
        return;
    g_free(file->name);
    g_ptr_array_unref(file->entries);
    g_free(file);
}

static gboolean syntax(Parser *parser, const char *key, const char *what)
{
    vir_error_set(parser->error, VIR_FROM_CONF, VIR_ERR_CONF_SYNTAX, "%s:%d: %s%s%s", parser->name, parser->line,
                  key ? key : "", key ? ": " : "", what);
    return FALSE;
}

static void skip_blanks(Parser *parser)
{
    while (*parser->at == ' ' || *parser->at == '\t')
        parser->at++;
}

static void skip_to_line_end(Parser *parser)
{
    while (*parser->at && *parser->at != '\n')
        parser->at++;
}

/* Blanks, comments and ends of lines. */
static void skip_lines(Parser *parser)
{
    for (;; parser->at++) {
        skip_blanks(parser);
        if (*parser->at == '#')
            skip_to_line_end(parser);
        if (*parser->at == '\n')
            parser->line++;
        else if (*parser->at != '\r')
            return;
    }
}

static char *parse_triple(Parser *parser, const char *key)
{
    const char *start = parser->at + strlen(QUOTE_3);
    const char *end = strstr(start, QUOTE_3);

    if (!end) {
        syntax(parser, key, "the string does not end");
        return NULL;
    }
    for (const char *at = start; at < end; at++)
        parser->line += *at == '\n';
    parser->at = end + strlen(QUOTE_3);
    return g_strndup(start, end - start);
}

static char *parse_string(Parser *parser, const char *key)
{
    const char *start = parser->at + 1;
    char quote = *parser->at;
    gsize length;

    if (g_str_has_prefix(parser->at, QUOTE_3))
        return parse_triple(parser, key);
    length = strcspn(start, quote == '"' ? "\"\n" : "'\n");
    if (start[length] != quote) {
        syntax(parser, key, "the string does not end");
        return NULL;
    }
    parser->at = start + length + 1;
    return g_strndup(start, length);
}

static gboolean parse_list(Parser *parser, Entry *entry)
{
    parser->at++;
    for (skip_lines(parser); *parser->at != ']'; skip_lines(parser)) {
        char *text;

        if (*parser->at != '"' && *parser->at != '\'')
            return syntax(parser, entry->key, "a list consists of strings");
        if (entry->strings->len >= LIST_MAX)
            return syntax(parser, entry->key, "the list is too long");
        text = parse_string(parser, entry->key);
        if (!text)
            return FALSE;
        g_ptr_array_add(entry->strings, text);
        skip_lines(parser);
        if (*parser->at == ',')
            parser->at++;
        else if (*parser->at != ']')
            return syntax(parser, entry->key, "expecting ',' or ']' in a list");
    }
    parser->at++;
    return TRUE;
}

static gboolean parse_number(Parser *parser, Entry *entry)
{
    char *end;

    errno = 0;
    entry->number = g_ascii_strtoll(parser->at, &end, 10);
    if (end == parser->at)
        return syntax(parser, entry->key, "expecting a value: a number, a string in quotes or a list");
    if (errno == ERANGE)
        return syntax(parser, entry->key, "the number is too large");
    parser->at = end;
    return TRUE;
}

static gboolean parse_value(Parser *parser, Entry *entry)
{
    entry->strings = g_ptr_array_new_with_free_func(g_free);
    if (*parser->at == '[') {
        entry->type = VALUE_LIST;
        return parse_list(parser, entry);
    }
    if (*parser->at == '"' || *parser->at == '\'') {
        char *text = parse_string(parser, entry->key);

        entry->type = VALUE_STRING;
        if (text)
            g_ptr_array_add(entry->strings, text);
        return text != NULL;
    }
    entry->type = VALUE_INT;
    return parse_number(parser, entry);
}

static gboolean is_key_char(char c)
{
    return g_ascii_isalnum(c) || strchr("_-.", c);
}

static Entry *find(const ConfigFile *file, const char *key)
{
    for (guint i = 0; i < file->entries->len; i++) {
        Entry *entry = g_ptr_array_index(file->entries, i);

        if (strcmp(entry->key, key) == 0)
            return entry;
    }
    return NULL;
}

static gboolean parse_entry(Parser *parser, ConfigFile *file)
{
    Entry *entry = g_new0(Entry, 1);
    gsize length = 0;

    g_ptr_array_add(file->entries, entry);
    entry->line = parser->line;
    entry->key = g_strdup("");
    if (!g_ascii_isalpha(*parser->at))
        return syntax(parser, NULL, "expecting a name");
    while (parser->at[length] && is_key_char(parser->at[length]))
        length++;
    g_free(entry->key);
    entry->key = g_strndup(parser->at, length);
    parser->at += length;
    skip_blanks(parser);
    if (*parser->at != '=')
        return syntax(parser, entry->key, "expecting an assignment");
    parser->at++;
    skip_blanks(parser);
    if (!parse_value(parser, entry))
        return FALSE;
    skip_blanks(parser);
    if (*parser->at && !strchr("\r\n#", *parser->at))
        return syntax(parser, entry->key, "expecting the end of the line");
    if (find(file, entry->key) != entry)
        return syntax(parser, entry->key, "the key is there twice");
    return TRUE;
}

ConfigFile *config_file_parse(const char *text, const char *name, GError **error)
{
    g_autoptr(ConfigFile) file = g_new0(ConfigFile, 1);
    Parser parser = {.name = name, .at = text, .line = 1, .error = error};

    file->name = g_strdup(name);
    file->entries = g_ptr_array_new_with_free_func(entry_free);
    for (skip_lines(&parser); *parser.at; skip_lines(&parser))
        if (!parse_entry(&parser, file))
            return NULL;
    return g_steal_pointer(&file);
}

ConfigFile *config_file_load(const char *path, gboolean must_exist, GError **error)
{
    g_autofree char *text = NULL;

    if (!must_exist && access(path, F_OK) < 0 && errno == ENOENT)
        return config_file_parse("", path, error);
    text = file_read(path, FILE_MAX, NULL, VIR_FROM_CONF, error);
    return text ? config_file_parse(text, path, error) : NULL;
}

void config_file_set_error(ConfigFile *file, const char *key, const char *why, GError **error)
{
    Entry *entry = find(file, key);

    vir_error_set(error, VIR_FROM_CONF, VIR_ERR_CONF_SYNTAX, "%s:%d: %s: %s", file->name, entry ? entry->line : 0, key,
                  why);
}

/* The entry of key, or NULL when there is none, or when it is of another type: then *ok is FALSE. */
static Entry *get(ConfigFile *file, const char *key, ValueType type, gboolean *ok, GError **error)
{
    Entry *entry = find(file, key);
    g_autofree char *why = NULL;

    *ok = TRUE;
    if (!entry)
        return NULL;
    entry->is_known = TRUE;
    if (entry->type == type || (type == VALUE_LIST && entry->type == VALUE_STRING))
        return entry;
    why = g_strdup_printf("expecting %s, not %s", type_names[type], type_names[entry->type]);
    config_file_set_error(file, key, why, error);
    *ok = FALSE;
    return NULL;
}

gboolean config_file_get_int(ConfigFile *file, const char *key, int min, int max, int *value, GError **error)
{
    gboolean ok;
    Entry *entry = get(file, key, VALUE_INT, &ok, error);

    if (!entry)
        return ok;
    if (entry->number < min || entry->number > max) {
        g_autofree char *why = g_strdup_printf("expecting a number from %d to %d", min, max);

        config_file_set_error(file, key, why, error);
        return FALSE;
    }
    *value = (int)entry->number;
    return TRUE;
}

gboolean config_file_get_bool(ConfigFile *file, const char *key, gboolean *value, GError **error)
{
    return config_file_get_int(file, key, 0, 1, value, error);
}

gboolean config_file_get_string(ConfigFile *file, const char *key, char **value, GError **error)
{
    gboolean ok;
    Entry *entry = get(file, key, VALUE_STRING, &ok, error);

    if (!entry)
        return ok;
    g_free(*value);
    *value = g_strdup(g_ptr_array_index(entry->strings, 0));
    return TRUE;
}

gboolean config_file_get_list(ConfigFile *file, const char *key, char ***value, GError **error)
{
    gboolean ok;
    Entry *entry = get(file, key, VALUE_LIST, &ok, error);
    char **list;

    if (!entry)
        return ok;
    list = g_new0(char *, entry->strings->len + 1);
    for (guint i = 0; i < entry->strings->len; i++)
        list[i] = g_strdup(g_ptr_array_index(entry->strings, i));
    g_strfreev(*value);
    *value = list;
    return TRUE;
}

GPtrArray *config_file_list_keys(ConfigFile *file)
{
    GPtrArray *keys = g_ptr_array_new();

    for (guint i = 0; i < file->entries->len; i++)
        g_ptr_array_add(keys, ((Entry *)g_ptr_array_index(file->entries, i))->key);
    return keys;
}

void config_file_accept_key(ConfigFile *file, const char *key)
{
    Entry *entry = find(file, key);

    if (entry)
        entry->is_known = TRUE;
}

gboolean config_file_check_keys(ConfigFile *file, GError **error)
{
    for (guint i = 0; i < file->entries->len; i++) {
        Entry *entry = g_ptr_array_index(file->entries, i);

        if (entry->is_known)
            continue;
        config_file_set_error(file, entry->key, "there is no such key", error);
        return FALSE;
    }
    return TRUE;
}
