/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virsh/output.h"

#include <json.h>
#include <stdio.h>

Value value_string(const char *text)
{
    return text ? (Value){VALUE_STRING, g_strdup(text), 0} : value_none("");
}

Value value_number(gint64 number)
{
    return (Value){VALUE_NUMBER, g_strdup_printf("%" G_GINT64_FORMAT, number), number};
}

Value value_amount(gint64 number, const char *unit)
{
    return (Value){VALUE_NUMBER, g_strdup_printf("%" G_GINT64_FORMAT " %s", number, unit), number};
}

Value value_bool(gboolean is_true, const char *yes, const char *no)
{
    return (Value){VALUE_BOOL, g_strdup(is_true ? yes : no), is_true};
}

Value value_none(const char *text)
{
    return (Value){VALUE_NONE, g_strdup(text), 0};
}

static json_object *value_to_json(const Value *value)
{
    switch (value->kind) {
    case VALUE_NUMBER:
        return json_object_new_int64(value->number);
    case VALUE_BOOL:
        return json_object_new_boolean(value->number != 0);
    case VALUE_STRING:
        return json_object_new_string(value->text);
    default:
        return NULL;
    }
}

void print_json(json_object *object)
{
    puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
                                                    JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(object);
}

/* ---- tables ---- */

struct Table {
    const char *const *titles, *const *keys;
    guint n_columns;
    GArray *values; /* Value, row after row */
};

static void value_clear(gpointer data)
{
    g_free(((Value *)data)->text);
}

Table *table_new(const char *const *titles, const char *const *keys)
{
    Table *table = g_new0(Table, 1);

    table->titles = titles;
    table->keys = keys;
    table->n_columns = g_strv_length((char **)titles);
    table->values = g_array_new(FALSE, FALSE, sizeof(Value));
    g_array_set_clear_func(table->values, value_clear);
    return table;
}

void table_free(Table *table)
{
    if (!table)
        return;
    g_array_unref(table->values);
    g_free(table);
}

void table_add(Table *table, const Value *values)
{
    g_array_append_vals(table->values, values, table->n_columns);
}

static const Value *cell(const Table *table, guint row, guint column)
{
    return &g_array_index(table->values, Value, row * table->n_columns + column);
}

static guint n_rows(const Table *table)
{
    return table->values->len / table->n_columns;
}

/* How many columns of a terminal text takes. */
static int width_of(const char *text)
{
    int width = 0;

    for (const char *c = text; *c; c = g_utf8_next_char(c)) {
        gunichar one = g_utf8_get_char_validated(c, -1);

        if (one == (gunichar)-1 || one == (gunichar)-2)
            return (int)strlen(text);
        width += g_unichar_iswide(one) ? 2 : g_unichar_iszerowidth(one) ? 0 : 1;
    }
    return width;
}

static void print_cell(const char *text, int width, gboolean is_last)
{
    printf(" %s", text);
    if (!is_last)
        printf("%*s", width - width_of(text) + 2, "");
}

static void print_table_text(const Table *table, gboolean is_quiet)
{
    g_autofree int *widths = g_new0(int, table->n_columns);
    int total = 0;

    for (guint c = 0; c < table->n_columns; c++) {
        widths[c] = is_quiet ? 0 : width_of(table->titles[c]);
        for (guint r = 0; r < n_rows(table); r++)
            widths[c] = MAX(widths[c], width_of(cell(table, r, c)->text));
        total += widths[c] + 3;
    }
    if (!is_quiet) {
        for (guint c = 0; c < table->n_columns; c++)
            print_cell(table->titles[c], widths[c], c + 1 == table->n_columns);
        putchar('\n');
        for (int i = 0; i < total; i++)
            putchar('-');
        putchar('\n');
    }
    for (guint r = 0; r < n_rows(table); r++) {
        for (guint c = 0; c < table->n_columns; c++)
            print_cell(cell(table, r, c)->text, widths[c], c + 1 == table->n_columns);
        putchar('\n');
    }
}

void table_print(const Table *table, OutputFormat format, gboolean is_quiet)
{
    json_object *list;

    if (format == OUTPUT_TEXT) {
        print_table_text(table, is_quiet);
        return;
    }
    list = json_object_new_array();
    for (guint r = 0; r < n_rows(table); r++) {
        json_object *row = json_object_new_object();

        for (guint c = 0; c < table->n_columns; c++)
            json_object_object_add(row, table->keys[c], value_to_json(cell(table, r, c)));
        json_object_array_add(list, row);
    }
    print_json(list);
}

/* ---- fields ---- */

typedef struct {
    char *label, *key;
    Value value;
} Field;

struct Fields {
    int width;
    GArray *list; /* Field */
};

static void field_clear(gpointer data)
{
    Field *field = data;

    g_free(field->label);
    g_free(field->key);
    g_free(field->value.text);
}

Fields *fields_new(int width)
{
    Fields *fields = g_new0(Fields, 1);

    fields->width = width;
    fields->list = g_array_new(FALSE, FALSE, sizeof(Field));
    g_array_set_clear_func(fields->list, field_clear);
    return fields;
}

void fields_free(Fields *fields)
{
    if (!fields)
        return;
    g_array_unref(fields->list);
    g_free(fields);
}

void fields_add(Fields *fields, const char *label, const char *key, Value value)
{
    Field field = {g_strdup(label), g_strdup(key), value};

    g_array_append_val(fields->list, field);
}

void fields_print(const Fields *fields, OutputFormat format)
{
    json_object *object = format == OUTPUT_JSON ? json_object_new_object() : NULL;

    for (guint i = 0; i < fields->list->len; i++) {
        const Field *field = &g_array_index(fields->list, Field, i);

        if (object)
            json_object_object_add(object, field->key, value_to_json(&field->value));
        else
            printf("%s:%*s%s\n", field->label, MAX(fields->width - width_of(field->label) - 1, 1), "",
                   field->value.text);
    }
    if (object)
        print_json(object);
}

void print_value(OutputFormat format, const char *key, Value value)
{
    if (format == OUTPUT_TEXT) {
        puts(value.text);
    } else {
        json_object *object = json_object_new_object();

        json_object_object_add(object, key, value_to_json(&value));
        print_json(object);
    }
    g_free(value.text);
}

void print_changed(const char *name, const char *uuid)
{
    g_autoptr(Fields) fields = fields_new(0);

    fields_add(fields, "Name", "name", value_string(name));
    fields_add(fields, "UUID", "uuid", value_string(uuid));
    fields_print(fields, OUTPUT_JSON);
}

void print_document(OutputFormat format, const char *xml)
{
    if (format == OUTPUT_TEXT)
        fputs(xml, stdout);
    else
        print_value(format, "xml", value_string(xml));
}

void print_list(OutputFormat format, const GPtrArray *strings)
{
    json_object *list = format == OUTPUT_JSON ? json_object_new_array() : NULL;

    for (guint i = 0; i < strings->len; i++) {
        if (list)
            json_object_array_add(list, json_object_new_string(strings->pdata[i]));
        else
            puts(strings->pdata[i]);
    }
    if (list)
        print_json(list);
}
