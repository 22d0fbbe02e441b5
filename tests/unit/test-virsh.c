/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virsh without a connection: lines into words, words into arguments, tables and fields onto the screen. */
#include <readline/readline.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "virsh/commands.h"
#include "virsh/event_text.h"

static Shell shell;

/* Runs func with stdout and stderr going to a file, and returns what was written. */
static char *capture(void (*func)(gpointer), gpointer data)
{
    FILE *file = tmpfile();
    int saved[2] = {dup(STDOUT_FILENO), dup(STDERR_FILENO)};
    GString *text = g_string_new(NULL);
    char buffer[1024];
    size_t n;

    fflush(NULL);
    dup2(fileno(file), STDOUT_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    func(data);
    fflush(NULL);
    for (int i = 0; i < 2; i++) {
        dup2(saved[i], i + 1);
        close(saved[i]);
    }
    rewind(file);
    while ((n = fread(buffer, 1, sizeof(buffer), file)) > 0)
        g_string_append_len(text, buffer, (gssize)n);
    fclose(file);
    return g_string_free(text, FALSE);
}

/* ---- lines ---- */

static const struct {
    const char *line;
    const char *words[6]; /* ";" where commands part */
} lines[] = {
    {"list --all", {"list", "--all"}},
    {"  a\tb  ", {"a", "b"}},
    {"a 'b c' \"d 'e'\"", {"a", "b c", "d 'e'"}},
    {"a\\ b '\\x' \"\\\"\"", {"a b", "\\x", "\""}},
    {"a; b;c", {"a", ";", "b", ";", "c"}},
    {"a '' b", {"a", "", "b"}},
    {"a # the rest", {"a"}},
    {"", {NULL}},
};

static void test_split(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autoptr(GPtrArray) words = command_split(&shell, lines[i].line);
        guint n = 0;

        for (; n < 6 && lines[i].words[n]; n++) {
            const char *word = n < words->len && words->pdata[n] ? words->pdata[n] : n < words->len ? ";" : NULL;

            g_assert_cmpstr(word, ==, lines[i].words[n]);
        }
        g_assert_cmpuint(words->len, ==, n);
    }
}

static void split_open_quote(gpointer data)
{
    g_assert_null(command_split(&shell, "a 'b"));
}

static void test_open_quote(void)
{
    g_autofree char *text = capture(split_open_quote, NULL);

    g_assert_nonnull(strstr(text, "error: missing \""));
}

/* ---- arguments ---- */

static const Option options[] = {{"domain", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "a domain"},
                                 {"count", OPTION_INT, FALSE, FALSE, COMPLETE_NOTHING, "a number"},
                                 {"mode", OPTION_STRING, FALSE, TRUE, COMPLETE_NOTHING, "by name only"},
                                 {"force", OPTION_FLAG, FALSE, FALSE, COMPLETE_NOTHING, "a flag"},
                                 OPTION_END};
static const Command command = {"try", "tries", options, NULL, FALSE, TRUE};

static Arguments *parse(const char *line)
{
    g_autoptr(GPtrArray) words = command_split(&shell, line);

    return arguments_parse(&shell, &command, (const char *const *)words->pdata, words->len);
}

static void test_arguments(void)
{
    g_autoptr(Arguments) arguments = parse("--force vm 7 --mode=a=b --output json");
    g_autoptr(Arguments) named = parse("--count 0x10 --domain vm");
    g_autoptr(Arguments) dashed = parse("-- --force");

    g_assert_cmpstr(argument_string(arguments, "domain"), ==, "vm");
    g_assert_cmpint(argument_int(arguments, "count", 3), ==, 7);
    g_assert_cmpstr(argument_string(arguments, "mode"), ==, "a=b");
    g_assert_true(argument_flag(arguments, "force"));
    g_assert_cmpint(argument_output(arguments), ==, OUTPUT_JSON);
    g_assert_cmpint(argument_int(named, "count", 3), ==, 16);
    g_assert_false(argument_flag(named, "force"));
    g_assert_cmpint(argument_output(named), ==, OUTPUT_TEXT);
    g_assert_cmpstr(argument_string(dashed, "domain"), ==, "--force");
}

static const struct {
    const char *line, *message;
} bad[] = {
    {"", "command 'try' requires <domain> option"},
    {"vm 7 more", "unexpected data 'more'"},
    {"vm x7", "Numeric value 'x7' for <count> option is malformed"},
    {"vm --bogus", "command 'try' doesn't support option --bogus"},
    {"vm --domain other", "option --domain already seen"},
    {"vm --mode", "expected syntax: --mode <string>"},
    {"vm --force=1", "invalid '=' after option --force"},
    {"vm --output yaml", "--output is text or json, not 'yaml'"},
};

static void parse_bad(gpointer data)
{
    g_assert_null(parse(data));
}

static void test_bad_arguments(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *text = capture(parse_bad, (gpointer)bad[i].line);

        if (!strstr(text, bad[i].message))
            g_error("'%s' says: %s", bad[i].line, text);
    }
}

/* ---- output ---- */

static const char *const titles[] = {"Id", "Name", NULL};
static const char *const keys[] = {"id", "name", NULL};

static void print_table(gpointer data)
{
    g_autoptr(Table) table = table_new(titles, keys);
    Value rows[2][2] = {{value_number(12), value_string("grün")}, {value_none("-"), value_string("b")}};

    table_add(table, rows[0]);
    table_add(table, rows[1]);
    table_print(table, OUTPUT_TEXT, FALSE);
    table_print(table, OUTPUT_TEXT, TRUE);
    table_print(table, OUTPUT_JSON, FALSE);
}

static void test_table(void)
{
    g_autofree char *text = capture(print_table, NULL);

    g_assert_cmpstr(text, ==,
                    " Id   Name\n------------\n 12   grün\n -    b\n 12   grün\n -    b\n"
                    "[\n  {\n    \"id\": 12,\n    \"name\": \"grün\"\n  },\n"
                    "  {\n    \"id\": null,\n    \"name\": \"b\"\n  }\n]\n");
}

static void print_fields(gpointer data)
{
    g_autoptr(Fields) fields = fields_new(8);

    fields_add(fields, "Size", "size_kib", value_amount(64, "KiB"));
    fields_add(fields, "On", "on", value_bool(TRUE, "yes", "no"));
    fields_print(fields, OUTPUT_TEXT);
    fields_print(fields, OUTPUT_JSON);
}

static void test_fields(void)
{
    g_autofree char *text = capture(print_fields, NULL);

    g_assert_cmpstr(text, ==, "Size:   64 KiB\nOn:     yes\n{\n  \"size_kib\": 64,\n  \"on\": true\n}\n");
}

/* ---- words for numbers ---- */

static void test_event_text(void)
{
    g_assert_cmpint(event_find("lifecycle"), ==, VIR_DOMAIN_EVENT_ID_LIFECYCLE);
    g_assert_cmpint(event_find("memory-device-size-change"), ==, VIR_DOMAIN_EVENT_ID_LAST - 1);
    g_assert_cmpint(event_find("nothing"), ==, -1);
    g_assert_cmpstr(event_name(VIR_DOMAIN_EVENT_ID_LAST), ==, "unknown");
    g_assert_cmpstr(event_lifecycle_detail_text(VIR_DOMAIN_EVENT_STOPPED, VIR_DOMAIN_EVENT_STOPPED_FAILED), ==,
                    "Failed");
    g_assert_cmpstr(event_lifecycle_detail_text(-1, 0), ==, "unknown");
    g_assert_cmpstr(domain_reason_text(VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_STARTING_UP), ==, "starting up");
    g_assert_cmpstr(domain_state_text(VIR_DOMAIN_LAST), ==, "unknown");
}

/* ---- completion ---- */

static const struct {
    const char *line, *first; /* what is offered for the last word, when it is all */
} completions[] = {
    {"net-event --event met", "metadata-change"},
    {"pool-event ref", "refresh"},
    {"event tray", "tray-change"},
    {"net-desc lab --ti", "--title"},
    {"net-metad", "net-metadata"},
    {"net-event --event tray", NULL},
};

static void test_completion(void)
{
    command_complete_for(&shell);
    for (gsize i = 0; i < G_N_ELEMENTS(completions); i++) {
        const char *word = strrchr(completions[i].line, ' ');
        char **found;

        word = word ? word + 1 : completions[i].line;
        rl_line_buffer = (char *)completions[i].line;
        found = command_complete(word, (int)(word - completions[i].line), (int)strlen(completions[i].line));
        g_assert_cmpstr(found ? found[0] : NULL, ==, completions[i].first);
        for (char **one = found; one && *one; one++)
            free(*one);
        free(found);
    }
    rl_line_buffer = NULL;
}

/* Every row can be found, by a name that no other has. */
static void test_tables(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (const CommandGroup *group = command_groups; group->title; group++) {
        for (const Command *one = group->commands; one->name; one++) {
            g_assert_true(g_hash_table_add(seen, (gpointer)one->name));
            g_assert_true(command_find(one->name) == one);
            g_assert_nonnull(one->run);
        }
    }
    g_assert_null(command_find("no-such-command"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/virsh/split", test_split);
    g_test_add_func("/virsh/open-quote", test_open_quote);
    g_test_add_func("/virsh/arguments", test_arguments);
    g_test_add_func("/virsh/bad-arguments", test_bad_arguments);
    g_test_add_func("/virsh/table", test_table);
    g_test_add_func("/virsh/fields", test_fields);
    g_test_add_func("/virsh/event-text", test_event_text);
    g_test_add_func("/virsh/completion", test_completion);
    g_test_add_func("/virsh/tables", test_tables);
    return g_test_run();
}
