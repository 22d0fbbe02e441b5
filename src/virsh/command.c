/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virsh/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_WORDS 4096

static const Option output_option = {"output", OPTION_STRING, FALSE, TRUE, COMPLETE_NOTHING, "text or json"};

struct Arguments {
    GHashTable *values; /* option name -> value; flags have "" */
    GPtrArray *words;   /* of OPTION_WORDS */
};

const Command *command_find(const char *name)
{
    for (const CommandGroup *group = command_groups; group->title; group++) {
        for (const Command *command = group->commands; command->name; command++) {
            if (strcmp(command->name, name) == 0)
                return command;
        }
    }
    return NULL;
}

/* ---- lines into words ---- */

/* Reads one word at *at. FALSE: a quote is open at the line's end. */
static gboolean read_word(const char **at, GString *word)
{
    char quote = 0;

    for (; **at; (*at)++) {
        char c = **at;

        if (quote && c == quote)
            quote = 0;
        else if (!quote && (c == '\'' || c == '"'))
            quote = c;
        else if (c == '\\' && quote != '\'' && (*at)[1])
            g_string_append_c(word, *++*at);
        else if (!quote && (g_ascii_isspace(c) || c == ';'))
            break;
        else
            g_string_append_c(word, c);
    }
    return !quote;
}

GPtrArray *command_split(Shell *shell, const char *line)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

    while (*line) {
        GString *word;

        if (g_ascii_isspace(*line) || *line == ';') {
            if (*line++ == ';')
                g_ptr_array_add(words, NULL);
            continue;
        }
        if (*line == '#')
            break;
        word = g_string_new(NULL);
        if (!read_word(&line, word) || words->len >= LINE_MAX_WORDS) {
            g_string_free(word, TRUE);
            shell_error(shell, words->len >= LINE_MAX_WORDS ? "too many words" : "missing \"");
            return NULL;
        }
        g_ptr_array_add(words, g_string_free(word, FALSE));
    }
    return g_steal_pointer(&words);
}

/* ---- words into arguments ---- */

static const Option *find_option(const Command *command, const char *name)
{
    for (const Option *option = command->options; option && option->name; option++) {
        if (strcmp(option->name, name) == 0)
            return option;
    }
    return command->has_output && strcmp(name, output_option.name) == 0 ? &output_option : NULL;
}

static gboolean set(Shell *shell, Arguments *arguments, const Option *option, const char *value)
{
    char *end;

    if (option->kind == OPTION_WORDS)
        g_ptr_array_add(arguments->words, g_strdup(value));
    else if (g_hash_table_contains(arguments->values, option->name)) {
        shell_error(shell, "option --%s already seen", option->name);
        return FALSE;
    }
    if (option->kind == OPTION_INT && (strtol(value, &end, 0), *end || !*value)) {
        shell_error(shell, "Numeric value '%s' for <%s> option is malformed or out of range", value, option->name);
        return FALSE;
    }
    g_hash_table_replace(arguments->values, g_strdup(option->name), g_strdup(value));
    return TRUE;
}

/* "--name", "--name=value" or "--name value"; *used counts the words taken. */
static gboolean set_by_name(Shell *shell, Arguments *arguments, const Command *command, const char *word,
                            const char *next, guint *used)
{
    const char *equals = strchr(word, '=');
    g_autofree char *name = equals ? g_strndup(word + 2, (gsize)(equals - word) - 2) : g_strdup(word + 2);
    const Option *option = find_option(command, name);

    *used = 1;
    if (!option) {
        shell_error(shell, "command '%s' doesn't support option --%s", command->name, name);
        return FALSE;
    }
    if (option->kind == OPTION_FLAG) {
        if (equals) {
            shell_error(shell, "invalid '=' after option --%s", name);
            return FALSE;
        }
        return set(shell, arguments, option, "");
    }
    if (equals)
        return set(shell, arguments, option, equals + 1);
    if (!next) {
        shell_error(shell, "expected syntax: --%s <%s>", name, option->kind == OPTION_INT ? "number" : "string");
        return FALSE;
    }
    *used = 2;
    return set(shell, arguments, option, next);
}

static const Option *next_by_position(const Arguments *arguments, const Command *command)
{
    for (const Option *option = command->options; option && option->name; option++) {
        if (option->kind != OPTION_FLAG && !option->is_by_name &&
            (option->kind == OPTION_WORDS || !g_hash_table_contains(arguments->values, option->name)))
            return option;
    }
    return NULL;
}

static gboolean check_required(Shell *shell, const Arguments *arguments, const Command *command)
{
    for (const Option *option = command->options; option && option->name; option++) {
        if (option->is_required && !g_hash_table_contains(arguments->values, option->name)) {
            shell_error(shell, "command '%s' requires <%s> option", command->name, option->name);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean check_output(Shell *shell, const Arguments *arguments)
{
    const char *output = argument_string(arguments, "output");

    if (!output || strcmp(output, "text") == 0 || strcmp(output, "json") == 0)
        return TRUE;
    shell_error(shell, "--output is text or json, not '%s'", output);
    return FALSE;
}

Arguments *arguments_parse(Shell *shell, const Command *command, const char *const *words, guint n_words)
{
    g_autoptr(Arguments) arguments = g_new0(Arguments, 1);
    gboolean only_values = FALSE;
    guint used;

    arguments->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    arguments->words = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < n_words; i += used) {
        const Option *option;

        used = 1;
        if (!only_values && strcmp(words[i], "--") == 0) {
            only_values = TRUE;
        } else if (!only_values && g_str_has_prefix(words[i], "--")) {
            if (!set_by_name(shell, arguments, command, words[i], i + 1 < n_words ? words[i + 1] : NULL, &used))
                return NULL;
        } else if (!(option = next_by_position(arguments, command))) {
            shell_error(shell, "unexpected data '%s'", words[i]);
            return NULL;
        } else if (!set(shell, arguments, option, words[i])) {
            return NULL;
        }
    }
    if (!check_required(shell, arguments, command) || !check_output(shell, arguments))
        return NULL;
    return g_steal_pointer(&arguments);
}

void arguments_free(Arguments *arguments)
{
    if (!arguments)
        return;
    g_clear_pointer(&arguments->values, g_hash_table_unref);
    g_clear_pointer(&arguments->words, g_ptr_array_unref);
    g_free(arguments);
}

const char *argument_string(const Arguments *arguments, const char *name)
{
    return g_hash_table_lookup(arguments->values, name);
}

int argument_int(const Arguments *arguments, const char *name, int otherwise)
{
    const char *value = argument_string(arguments, name);

    return value ? (int)strtol(value, NULL, 0) : otherwise;
}

gboolean argument_flag(const Arguments *arguments, const char *name)
{
    return g_hash_table_contains(arguments->values, name);
}

unsigned int argument_flags(const Arguments *arguments, const FlagOption *options)
{
    unsigned int flags = 0;

    for (; options->option; options++)
        flags |= argument_flag(arguments, options->option) ? options->flag : 0;
    return flags;
}

const GPtrArray *argument_words(const Arguments *arguments)
{
    return arguments->words;
}

char *argument_joined(const Arguments *arguments)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < arguments->words->len; i++)
        g_string_append_printf(text, "%s%s", i ? " " : "", (const char *)arguments->words->pdata[i]);
    return g_string_free(text, FALSE);
}

virDomainPtr argument_domain(Shell *shell, const Arguments *arguments)
{
    return shell_domain(shell, argument_string(arguments, "domain"));
}

gboolean argument_size(Shell *shell, const char *text, unsigned long *kib)
{
    static const char suffixes[] = "KMGT";
    char *end;
    guint64 number = g_ascii_strtoull(text, &end, 10);
    const char *suffix = *end ? strchr(suffixes, g_ascii_toupper(*end)) : suffixes;
    guint shift = suffix ? 10 * (guint)(suffix - suffixes) : 0;

    if (end == text || !suffix || (*end && *(end + 1) && g_ascii_strcasecmp(end + 1, "iB") != 0) ||
        number > (G_MAXUINT64 >> 10 >> shift)) {
        shell_error(shell, "memory size '%s' is none: a number of KiB, or with M or G behind it", text);
        return FALSE;
    }
    *kib = number << shift;
    return TRUE;
}

OutputFormat argument_output(const Arguments *arguments)
{
    return g_strcmp0(argument_string(arguments, "output"), "json") == 0 ? OUTPUT_JSON : OUTPUT_TEXT;
}

/* ---- running ---- */

gboolean command_run(Shell *shell, const char *const *words, guint n_words)
{
    const Command *command = command_find(words[0]);
    g_autoptr(Arguments) arguments = NULL;
    gboolean ok;

    if (!command) {
        shell_error(shell, "unknown command: '%s'", words[0]);
        return FALSE;
    }
    for (guint i = 1; i < n_words; i++) {
        if (strcmp(words[i], "--help") == 0) {
            command_print_help(command);
            return TRUE;
        }
    }
    arguments = arguments_parse(shell, command, words + 1, n_words - 1);
    if (!arguments || (command->needs_connection && !shell_connect(shell)))
        return FALSE;
    g_clear_pointer(&shell->last_error, g_free);
    ok = command->run(shell, arguments);
    /* A blank line parts what one command says from the next, in text only. */
    if (argument_output(arguments) == OUTPUT_TEXT && !shell->is_quiet)
        putchar('\n');
    fflush(stdout);
    return ok;
}

gboolean command_run_line(Shell *shell, const char *line)
{
    g_autoptr(GPtrArray) words = command_split(shell, line);
    guint start = 0;

    if (!words)
        return FALSE;
    for (guint i = 0; i <= words->len; i++) {
        if (i < words->len && words->pdata[i])
            continue;
        if (i > start && !command_run(shell, (const char *const *)words->pdata + start, i - start))
            return FALSE;
        start = i + 1;
        if (shell->is_ending)
            break;
    }
    return TRUE;
}

/* ---- help ---- */

static void print_option_line(const Option *option)
{
    g_autofree char *left = NULL;

    if (option->kind == OPTION_FLAG)
        left = g_strdup_printf("--%s", option->name);
    else
        left = g_strdup_printf(option->is_by_name ? "--%s <%s>" : "[--%s] <%s>", option->name,
                               option->kind == OPTION_INT ? "number" : "string");
    printf("    %-22s %s\n", left, option->help);
}

void command_print_help(const Command *command)
{
    printf("  NAME\n    %s - %s\n\n  SYNOPSIS\n    %s", command->name, command->help, command->name);
    for (const Option *option = command->options; option && option->name; option++) {
        const char *kind = option->kind == OPTION_INT ? "number" : "string";

        if (option->is_required && !option->is_by_name)
            printf(option->kind == OPTION_WORDS ? " <%s>..." : " <%s>", option->name);
        else if (option->kind == OPTION_FLAG)
            printf(" [--%s]", option->name);
        else
            printf(option->is_required ? " --%s <%s>" : " [--%s <%s>]", option->name, kind);
    }
    if (command->has_output)
        printf(" [--output <text|json>]");
    puts("");
    if ((command->options && command->options->name) || command->has_output) {
        puts("\n  OPTIONS");
        for (const Option *option = command->options; option && option->name; option++)
            print_option_line(option);
        if (command->has_output)
            print_option_line(&output_option);
    }
}
