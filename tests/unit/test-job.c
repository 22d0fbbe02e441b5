/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs run one after the other, each on its thread, and those who wait hear why. */
#include <string.h>

#include "common/error.h"
#include "daemon/loop_post.h"
#include "virtqemud/guest/job.h"

typedef struct {
    const char *name;
    GString *story;
    GThread *loop;
    guint sleep_us;
    gboolean refuse;
} Story;

static gboolean begin(gpointer data, GError **error)
{
    Story *story = data;

    g_assert_true(g_thread_self() == story->loop);
    g_string_append_printf(story->story, "begin-%s ", story->name);
    if (story->refuse)
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "not now");
    return !story->refuse;
}

static void tell(gpointer data)
{
    Story *story = data;

    g_assert_true(g_thread_self() == story->loop);
    g_string_append_printf(story->story, "loop-%s ", story->name);
}

static gboolean run(gpointer data, GError **error)
{
    Story *story = data;

    g_assert_true(g_thread_self() != story->loop);
    g_usleep(story->sleep_us);
    loop_call(tell, story);
    return TRUE;
}

static void done(gpointer data, const GError *error)
{
    Story *story = data;

    g_assert_true(g_thread_self() == story->loop);
    g_string_append_printf(story->story, "done-%s%s ", story->name, error ? "!" : "");
}

static const JobKind kind = {"tale", begin, run, done};

static void turn_until_idle(JobQueue *queue)
{
    while (!job_queue_is_idle(queue) || job_count() > 0)
        g_main_context_iteration(NULL, TRUE);
}

static void test_in_order(void)
{
    JobQueue *queue = job_queue_new("guest 'x'");
    g_autoptr(GString) text = g_string_new(NULL);
    Story first = {"a", text, g_thread_self(), 2000, FALSE};
    Story second = {"b", text, g_thread_self(), 0, TRUE};
    Story third = {"c", text, g_thread_self(), 0, FALSE};
    gint64 age_ms;

    job_queue_push(queue, &kind, &first);
    job_queue_push(queue, &kind, &second);
    job_queue_push(queue, &kind, &third);
    g_assert_cmpstr(job_queue_current(queue, &age_ms), ==, "tale");
    g_assert_cmpuint(job_count(), ==, 3);
    turn_until_idle(queue);
    g_assert_cmpstr(text->str, ==, "begin-a loop-a done-a begin-b done-b! begin-c loop-c done-c ");
    job_queue_free(queue);
}

static void count_busy(gpointer data, const GError *error)
{
    if (!error)
        return;
    g_assert_true(vir_error_is(error, VIR_ERR_OPERATION_TIMEOUT));
    g_assert_nonnull(
        strstr(error->message, "cannot acquire state change lock of guest 'x' (held by job 'crowd' for 0 s)"));
    ++*(guint *)data;
}

static gboolean nap(gpointer data, GError **error)
{
    g_usleep(100);
    return TRUE;
}

static const JobKind crowd = {"crowd", NULL, nap, count_busy};

static void test_full(void)
{
    JobQueue *queue = job_queue_new("guest 'x'");
    guint n_busy = 0;

    for (guint i = 0; i < JOB_QUEUE_MAX + 1 + 3; i++)
        job_queue_push(queue, &crowd, &n_busy);
    turn_until_idle(queue);
    g_assert_cmpuint(n_busy, ==, 3);
    job_queue_free(queue);
}

static void test_no_thread_needed(void)
{
    JobQueue *queue = job_queue_new("guest 'x'");
    guint n_busy = 0;
    static const JobKind plain = {"plain", NULL, NULL, count_busy};

    job_queue_push(queue, &plain, &n_busy);
    turn_until_idle(queue);
    g_assert_cmpuint(n_busy, ==, 0);
    job_queue_free(queue);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    loop_post_init();
    /* The loop is there before the first thread, as in a daemon. */
    g_main_context_default();
    g_test_add_func("/job/in-order", test_in_order);
    g_test_add_func("/job/full", test_full);
    g_test_add_func("/job/no-thread-needed", test_no_thread_needed);
    return g_test_run();
}
