/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"

static char *path;

/* Logs into the file, and returns what is in it now. */
static char *written(void)
{
    char *text = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpint(truncate(path, 0), ==, 0);
    return text;
}

static void use_file(int level)
{
    g_autofree char *output = g_strdup_printf("%d:file:%s", level, path);
    g_autoptr(GError) error = NULL;

    g_assert_true(log_set_outputs(output, &error));
    g_assert_no_error(error);
}

static void test_levels(void)
{
    g_autofree char *text = NULL;

    use_file(LOG_LEVEL_DEBUG);
    g_assert_true(log_set_level(LOG_LEVEL_WARNING, NULL));
    log_info("not this");
    log_warning("but this");
    text = written();
    g_assert_null(strstr(text, "not this"));
    g_assert_nonnull(strstr(text, ": warning : test_levels:"));
    g_assert_nonnull(strstr(text, "but this\n"));
    g_assert_false(log_set_level(0, NULL));
    g_assert_false(log_set_level(5, NULL));
    g_assert_cmpint(log_get_level(), ==, LOG_LEVEL_WARNING);
}

static void test_filters(void)
{
    g_autofree char *text = NULL, *filters = NULL;
    guint count;

    use_file(LOG_LEVEL_DEBUG);
    g_assert_true(log_set_filters("1:test-log  4:other", NULL));
    log_debug("this one");
    text = written();
    g_assert_nonnull(strstr(text, "this one"));
    filters = log_get_filters(&count);
    g_assert_cmpstr(filters, ==, "1:test-log 4:other");
    g_assert_cmpuint(count, ==, 2);
    g_assert_true(log_set_filters("", NULL));
    log_debug("not any more");
    g_free(text);
    text = written();
    g_assert_cmpstr(text, ==, "");
}

static void test_output_level(void)
{
    g_autofree char *text = NULL;

    use_file(LOG_LEVEL_ERROR);
    log_warning("too little");
    log_error("enough");
    text = written();
    g_assert_null(strstr(text, "too little"));
    g_assert_nonnull(strstr(text, "enough"));
}

static void test_wrong_settings_change_nothing(void)
{
    static const char *const outputs[] = {"5:stderr", "stderr", "1:file", "1:stderr:x", "1:file:/nowhere/at/all", "1:"};
    static const char *const filters[] = {"1", "1:", "9:x", "x:y", ":x"};
    g_autofree char *before = NULL, *after = NULL;
    guint count;

    use_file(LOG_LEVEL_INFO);
    before = log_get_outputs(&count);
    for (gsize i = 0; i < G_N_ELEMENTS(outputs); i++)
        g_assert_false(log_set_outputs(outputs[i], NULL));
    for (gsize i = 0; i < G_N_ELEMENTS(filters); i++)
        g_assert_false(log_set_filters(filters[i], NULL));
    after = log_get_outputs(&count);
    g_assert_cmpstr(before, ==, after);
    g_assert_cmpuint(count, ==, 1);
}

static void test_reopen(void)
{
    g_autofree char *moved = g_strconcat(path, ".1", NULL);
    g_autofree char *text = NULL;

    use_file(LOG_LEVEL_DEBUG);
    g_assert_cmpint(g_rename(path, moved), ==, 0);
    log_reopen();
    log_error("in the new file");
    text = written();
    g_assert_nonnull(strstr(text, "in the new file"));
    g_unlink(moved);
}

static gpointer flood(gpointer data)
{
    for (int i = 0; i < 1000; i++)
        log_error("a line of %s", (const char *)data);
    return NULL;
}

/* Lines of several threads do not run into each other, while settings change. */
static void test_threads(void)
{
    GThread *threads[4];
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    use_file(LOG_LEVEL_DEBUG);
    for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("flood", flood, (gpointer) "words");
    for (int i = 0; i < 100; i++)
        g_assert_true(log_set_filters(i % 2 ? "1:x" : "2:y 3:z", NULL));
    for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
    text = written();
    lines = g_strsplit(text, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 4001);
    for (int i = 0; i < 4000; i++)
        g_assert_true(g_str_has_suffix(lines[i], "a line of words"));
}

int main(int argc, char **argv)
{
    int result, fd;

    g_test_init(&argc, &argv, NULL);
    fd = g_file_open_tmp("test-log-XXXXXX", &path, NULL);
    g_close(fd, NULL);
    g_test_add_func("/log/levels", test_levels);
    g_test_add_func("/log/filters", test_filters);
    g_test_add_func("/log/output-level", test_output_level);
    g_test_add_func("/log/wrong", test_wrong_settings_change_nothing);
    g_test_add_func("/log/reopen", test_reopen);
    g_test_add_func("/log/threads", test_threads);
    result = g_test_run();
    g_unlink(path);
    return result;
}
