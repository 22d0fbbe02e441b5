/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/command/command.h"

#include <stdarg.h>

#include "common/short_text.h"
#include "conf/xml_table.h"

Command *command_new(const char *program)
{
    Command *command = g_new0(Command, 1);

    command->argv = g_ptr_array_new_with_free_func(g_free);
    command->env = g_ptr_array_new_with_free_func(g_free);
    command->fds = g_array_new(FALSE, FALSE, sizeof(int));
    g_ptr_array_add(command->argv, g_strdup(program));
    return command;
}

void command_free(Command *command)
{
    if (!command)
        return;
    g_ptr_array_unref(command->argv);
    g_ptr_array_unref(command->env);
    g_array_unref(command->fds);
    g_free(command);
}

void command_add(Command *command, const char *option, const char *value)
{
    g_ptr_array_add(command->argv, g_strdup(option));
    if (value)
        g_ptr_array_add(command->argv, g_strdup(value));
}

void command_addf(Command *command, const char *option, const char *format, ...)
{
    va_list args;

    g_ptr_array_add(command->argv, g_strdup(option));
    va_start(args, format);
    g_ptr_array_add(command->argv, g_strdup_vprintf(format, args));
    va_end(args);
}

void command_add_json(Command *command, const char *option, json_object *object)
{
    if (!command->is_checked_only)
        command_add(command, option, json_text(object));
    json_object_put(object);
}

void command_add_env(Command *command, const char *name, const char *value)
{
    g_ptr_array_add(command->env, g_strconcat(name, "=", value, NULL));
}

void command_pass_fd(Command *command, int fd)
{
    g_array_append_val(command->fds, fd);
}

void command_finish(Command *command)
{
    g_ptr_array_add(command->argv, NULL);
    g_ptr_array_add(command->env, NULL);
}

static gboolean is_plain(const char *word)
{
    for (const char *c = word; *c; c++)
        if (!g_ascii_isalnum(*c) && !strchr("/-_.,=:+@%", *c))
            return FALSE;
    return *word != '\0';
}

static void append_words(GString *line, const GPtrArray *words)
{
    for (guint i = 0; i < words->len && g_ptr_array_index(words, i); i++) {
        const char *word = g_ptr_array_index(words, i);
        g_autofree char *quoted = is_plain(word) ? NULL : g_shell_quote(word);

        if (line->len > 0)
            g_string_append_c(line, ' ');
        g_string_append(line, quoted ? quoted : word);
    }
}

char *command_to_shell(const Command *command)
{
    GString *line = g_string_new(NULL);

    append_words(line, command->env);
    append_words(line, command->argv);
    return g_string_free(line, FALSE);
}

void option_append_value(GString *options, const char *value)
{
    for (const char *c = value; *c; c++) {
        if (*c == ',')
            g_string_append_c(options, ',');
        g_string_append_c(options, *c);
    }
}

void option_append(GString *options, const char *key, const char *value)
{
    if (!value)
        return;
    g_string_append_c(options, ',');
    g_string_append(options, key);
    g_string_append_c(options, '=');
    option_append_value(options, value);
}

void option_appendf(GString *options, const char *key, const char *format, ...)
{
    g_auto(ShortText) value = {0};
    va_list args;

    va_start(args, format);
    option_append(options, key, short_text_vformat(&value, format, args));
    va_end(args);
}

void option_append_switch(GString *options, const char *key, int xml_bool)
{
    if (xml_bool != XML_BOOL_ABSENT)
        g_string_append_printf(options, ",%s=%s", key, xml_on_off[xml_bool]);
}
