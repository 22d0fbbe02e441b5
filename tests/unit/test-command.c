/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "common/command.h"
#include "common/error.h"

static gboolean run(const char *script, int timeout_ms, GError **error)
{
    const char *argv[] = {"sh", "-c", script, NULL};
    const char *env[] = {"MODVIRT_TEST=given", NULL};

    return command_run(argv, env, timeout_ms, VIR_FROM_NONE, error);
}

static void test_success(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(run("test \"$MODVIRT_TEST\" = given", 5000, &error));
    g_assert_no_error(error);
}

static void test_failure(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(run("echo what is wrong >&2; exit 3", 5000, &error));
    g_assert_nonnull(strstr(error->message, "unexpected exit status 3: what is wrong"));
}

static void test_many_words(void)
{
    g_autoptr(GError) error = NULL;

    /* More than a pipe holds: nobody may block, and the end is what is kept. */
    g_assert_false(run("head -c 300000 /dev/zero | tr '\\0' x >&2; echo the end >&2; exit 1", 5000, &error));
    g_assert_nonnull(strstr(error->message, "the end"));
    g_assert_cmpuint(strlen(error->message), <, 2000);
}

static void test_timeout(void)
{
    g_autoptr(GError) error = NULL;
    gint64 start = g_get_monotonic_time();

    g_assert_false(run("exec sleep 60", 100, &error));
    g_assert_nonnull(strstr(error->message, "did not end within 100 ms"));
    g_assert_cmpint(g_get_monotonic_time() - start, <, 20 * G_USEC_PER_SEC);
}

static void test_daemon_is_not_waited_for(void)
{
    g_autoptr(GError) error = NULL;
    gint64 start = g_get_monotonic_time();

    g_assert_true(run("sleep 5 & exit 0", 4000, &error));
    g_assert_no_error(error);
    g_assert_cmpint(g_get_monotonic_time() - start, <, 4 * G_USEC_PER_SEC);
}

static void test_missing(void)
{
    g_autoptr(GError) error = NULL;
    const char *argv[] = {"no-such-program-anywhere", NULL};

    g_assert_false(command_run(argv, NULL, 1000, VIR_FROM_NETWORK, &error));
    g_assert_nonnull(strstr(error->message, "cannot run no-such-program-anywhere"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/command/success", test_success);
    g_test_add_func("/command/failure", test_failure);
    g_test_add_func("/command/many-words", test_many_words);
    g_test_add_func("/command/timeout", test_timeout);
    g_test_add_func("/command/daemon-is-not-waited-for", test_daemon_is_not_waited_for);
    g_test_add_func("/command/missing", test_missing);
    return g_test_run();
}
