/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>

#include "common/config_file.h"
#include "common/error.h"

static void test_values(void)
{
    static const char text[] = "# a comment\n"
                               "number = -5   # behind it\n"
                               "text=\"a # b\"\n"
                               "other = 'it is \"so\"'\n"
                               "long = \"\"\"one\ntwo\"\"\"\n"
                               "list = [ \"a\",\n  'b', # with a comment\n]\n"
                               "flag = 1\n";
    g_autoptr(GError) error = NULL;
    g_autoptr(ConfigFile) file = config_file_parse(text, "x.conf", &error);
    g_autofree char *string = NULL, *other = NULL, *longer = NULL;
    g_auto(GStrv) list = NULL;
    gboolean flag = FALSE;
    int number = 0;

    g_assert_no_error(error);
    g_assert_true(config_file_get_int(file, "number", -10, 10, &number, &error));
    g_assert_cmpint(number, ==, -5);
    g_assert_true(config_file_get_string(file, "text", &string, &error));
    g_assert_cmpstr(string, ==, "a # b");
    g_assert_true(config_file_get_string(file, "other", &other, &error));
    g_assert_cmpstr(other, ==, "it is \"so\"");
    g_assert_true(config_file_get_string(file, "long", &longer, &error));
    g_assert_cmpstr(longer, ==, "one\ntwo");
    g_assert_true(config_file_get_list(file, "list", &list, &error));
    g_assert_cmpuint(g_strv_length(list), ==, 2);
    g_assert_cmpstr(list[1], ==, "b");
    g_assert_true(config_file_get_bool(file, "flag", &flag, &error));
    g_assert_true(flag);
    g_assert_true(config_file_check_keys(file, &error));
}

static void test_absent_keys_change_nothing(void)
{
    g_autoptr(ConfigFile) file = config_file_parse("", "x.conf", NULL);
    g_autofree char *string = g_strdup("before");
    int number = 7;

    g_assert_true(config_file_get_int(file, "number", 0, 10, &number, NULL));
    g_assert_true(config_file_get_string(file, "string", &string, NULL));
    g_assert_cmpint(number, ==, 7);
    g_assert_cmpstr(string, ==, "before");
}

static void test_string_is_a_list_of_one(void)
{
    g_autoptr(ConfigFile) file = config_file_parse("list = \"a\"\n", "x.conf", NULL);
    g_auto(GStrv) list = NULL;

    g_assert_true(config_file_get_list(file, "list", &list, NULL));
    g_assert_cmpuint(g_strv_length(list), ==, 1);
}

/* Text, and what the error says about it. */
static const char *const wrong[][2] = {
    {"a = 1\nb\n", "x.conf:2: b: expecting an assignment"},
    {"a = \n", "x.conf:1: a: expecting a value"},
    {"a = \"x\n", "x.conf:1: a: the string does not end"},
    {"\n\na = [ \"x\"", "x.conf:3: a: expecting ',' or ']'"},
    {"a = [ 5 ]", "x.conf:1: a: a list consists of strings"},
    {"a = 1 2\n", "x.conf:1: a: expecting the end of the line"},
    {"a = 99999999999999999999\n", "x.conf:1: a: the number is too large"},
    {"a = 1\na = 2\n", "x.conf:2: a: the key is there twice"},
    {"= 1\n", "x.conf:1: expecting a name"},
    {"a = \"\"\"x\n\n", "x.conf:1: a: the string does not end"},
};

static void test_syntax_errors(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ConfigFile) file = config_file_parse(wrong[i][0], "x.conf", &error);

        g_assert_null(file);
        g_assert_true(vir_error_is(error, VIR_ERR_CONF_SYNTAX));
        if (!g_str_has_prefix(error->message, wrong[i][1]))
            g_error("'%s' says '%s'", wrong[i][0], error->message);
    }
}

static void test_wrong_types_and_unknown_keys(void)
{
    g_autoptr(ConfigFile) file = config_file_parse("a = 1\nb = \"x\"\nc = 50\n", "x.conf", NULL);
    g_autoptr(GError) error = NULL;
    char *string = NULL;
    int number = 3;

    g_assert_false(config_file_get_string(file, "a", &string, &error));
    g_assert_cmpstr(error->message, ==, "x.conf:1: a: expecting a string, not a number");
    g_clear_error(&error);
    g_assert_false(config_file_get_int(file, "b", 0, 9, &number, &error));
    g_clear_error(&error);
    g_assert_false(config_file_check_keys(file, &error));
    g_assert_cmpstr(error->message, ==, "x.conf:3: c: there is no such key");
    g_clear_error(&error);
    g_assert_false(config_file_get_int(file, "c", 0, 9, &number, &error));
    g_assert_cmpstr(error->message, ==, "x.conf:3: c: expecting a number from 0 to 9");
    g_assert_cmpint(number, ==, 3);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/config-file/values", test_values);
    g_test_add_func("/config-file/absent", test_absent_keys_change_nothing);
    g_test_add_func("/config-file/list-of-one", test_string_is_a_list_of_one);
    g_test_add_func("/config-file/syntax", test_syntax_errors);
    g_test_add_func("/config-file/types", test_wrong_types_and_unknown_keys);
    return g_test_run();
}
