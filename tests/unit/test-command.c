/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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

/* The number in a file, when it is there. */
static int read_pid(const char *path)
{
    g_autofree char *text = NULL;

    return g_file_get_contents(path, &text, NULL, NULL) ? atoi(text) : 0;
}

/* What has ended, or is only waited for, has no words. */
static gboolean is_alive(int pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/cmdline", pid);
    g_autofree char *words = NULL;
    gsize size = 0;

    return g_file_get_contents(path, &words, &size, NULL) && size > 0;
}

static void run_bound(const char *file)
{
    g_autofree char *script = g_strdup_printf("echo $$ > %s; exec sleep 60", file);
    const char *argv[] = {"sh", "-c", script, NULL};

    command_run_bound(argv, 60000, VIR_FROM_NONE, NULL);
    _exit(1);
}

/* A program that is bound to us does not outlive us. */
static void test_bound(void)
{
    g_autofree char *dir = g_dir_make_tmp("command-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(dir, "pid", NULL);
    pid_t parent = fork();
    int pid;

    if (parent == 0)
        run_bound(file);
    while ((pid = read_pid(file)) == 0)
        g_usleep(10000);
    g_assert_true(is_alive(pid));
    kill(parent, SIGKILL);
    waitpid(parent, NULL, 0);
    for (int i = 0; is_alive(pid) && i < 500; i++)
        g_usleep(10000);
    g_assert_false(is_alive(pid));
    unlink(file);
    rmdir(dir);
}

static void test_output(void)
{
    static const struct {
        const char *script, *output, *words;
        gboolean ok;
    } cases[] = {{"echo out; echo said >&2", "out\n", "said\n", TRUE},
                 {"true", "", "", TRUE},
                 {"echo before; echo why >&2; exit 2", "before\n", "why\n", FALSE}};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *argv[] = {"sh", "-c", cases[i].script, NULL};
        g_autofree char *output = NULL;
        g_autofree char *words = NULL;
        g_autoptr(GError) error = NULL;

        g_assert_cmpint(command_run_output(argv, 5000, VIR_FROM_NONE, &output, &words, &error), ==, cases[i].ok);
        g_assert_cmpint(error == NULL, ==, cases[i].ok);
        g_assert_cmpstr(output, ==, cases[i].output);
        g_assert_cmpstr(words, ==, cases[i].words);
    }
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
    g_test_add_func("/command/bound", test_bound);
    g_test_add_func("/command/output", test_output);
    return g_test_run();
}
