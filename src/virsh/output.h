/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What commands print: a table, or the fields of one thing. Each is built once and comes out as aligned text or, with
 * --output json, as JSON: numbers and truth values as such, keys in snake_case.
 */
#pragma once

#include <glib.h>
#include <json.h>

typedef enum { OUTPUT_TEXT, OUTPUT_JSON } OutputFormat;

/* One value: its text, and what it is in JSON. */
typedef enum { VALUE_STRING, VALUE_NUMBER, VALUE_BOOL, VALUE_NONE } ValueKind;

typedef struct {
    ValueKind kind;
    char *text;    /* as people read it */
    gint64 number; /* VALUE_NUMBER, VALUE_BOOL */
} Value;

Value value_string(const char *text);                /* copies; NULL is none */
Value value_number(gint64 number);                   /* text is the number */
Value value_amount(gint64 number, const char *unit); /* text has the unit behind it */
Value value_bool(gboolean is_true, const char *yes, const char *no);
Value value_none(const char *text); /* null in JSON */

/* ---- tables ---- */

typedef struct Table Table;

/* titles: column titles up to NULL; keys: their names in JSON. Both stay the caller's. */
Table *table_new(const char *const *titles, const char *const *keys);
void table_free(Table *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Table, table_free)
/* Takes as many values as there are columns, and owns them. */
void table_add(Table *table, const Value *values);
/* In quiet mode the text has no titles. */
void table_print(const Table *table, OutputFormat format, gboolean is_quiet);

/* ---- fields ---- */

typedef struct Fields Fields;

/* width: where the values begin, in characters. */
Fields *fields_new(int width);
void fields_free(Fields *fields);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fields, fields_free)
void fields_add(Fields *fields, const char *label, const char *key, Value value);
void fields_print(const Fields *fields, OutputFormat format);

/* What a command puts together itself, over several lines. Takes object. */
void print_json(json_object *object);

/* One value alone: its text, or {"key": value}. */
void print_value(OutputFormat format, const char *key, Value value);

/* The object that a command has changed, in JSON. */
void print_changed(const char *name, const char *uuid);

/* A document, which ends its last line itself, or {"xml": "..."}. */
void print_document(OutputFormat format, const char *xml);

/* Names or the like, one a line, or a JSON list. */
void print_list(OutputFormat format, const GPtrArray *strings);
