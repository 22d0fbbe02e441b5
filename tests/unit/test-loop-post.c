/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Threads wake each other, and what they hand to the loop runs there, in order. */
#include "common/bell.h"
#include "daemon/loop_post.h"

#define MANY (128 * 1024) /* more than a pipe takes */

static gint64 in_ms(int ms)
{
    return g_get_monotonic_time() + ms * 1000;
}

static void test_bell(void)
{
    Bell bell;

    bell_init(&bell);
    g_assert_false(bell_wait(&bell, in_ms(-1)));
    g_assert_false(bell_wait(&bell, in_ms(20)));
    bell_ring(&bell);
    bell_ring(&bell);
    g_assert_true(bell_wait(&bell, in_ms(1000)));
    g_assert_false(bell_wait(&bell, in_ms(1)));
    /* Nobody hears it, and it still rings. */
    for (int i = 0; i < MANY; i++)
        bell_ring(&bell);
    g_assert_true(bell_wait(&bell, in_ms(1000)));
    g_assert_false(bell_wait(&bell, in_ms(1)));
}

static gpointer ring_soon(gpointer bell)
{
    g_usleep(20 * 1000);
    bell_ring(bell);
    return NULL;
}

static void test_bell_wakes(void)
{
    Bell bell;
    GThread *thread;

    bell_init(&bell);
    thread = g_thread_new("ringer", ring_soon, &bell);
    g_assert_true(bell_wait(&bell, in_ms(10 * 1000)));
    g_thread_join(thread);
}

/* ---- posts ---- */

static GThread *loop;
static GString *story;
static int n_runs;

static void tell(gpointer word)
{
    g_assert_true(g_thread_self() == loop);
    g_string_append(story, word);
}

/* What is posted meanwhile waits for the next turn, so that a post that posts itself again keeps nobody from the loop.
 */
static void tell_again(gpointer word)
{
    tell(word);
    if (++n_runs < 3)
        loop_post(tell_again, word);
}

static gpointer post_and_call(gpointer data)
{
    loop_post(tell, (gpointer) "a");
    loop_post(tell, (gpointer) "b");
    loop_call(tell, (gpointer) "c");
    /* It has run. */
    g_assert_cmpstr(story->str, ==, "abc");
    loop_post(tell, (gpointer) "d");
    return NULL;
}

static void turn_until(const char *end)
{
    while (!g_str_has_suffix(story->str, end))
        g_main_context_iteration(NULL, TRUE);
}

static void test_order(void)
{
    GThread *thread;

    story = g_string_new(NULL);
    thread = g_thread_new("poster", post_and_call, NULL);
    turn_until("d");
    g_thread_join(thread);
    g_assert_cmpstr(story->str, ==, "abcd");
    g_string_free(story, TRUE);
}

static void test_from_within(void)
{
    story = g_string_new(NULL);
    loop_post(tell_again, (gpointer) "x");
    loop_post(tell, (gpointer) "y");
    turn_until("xyxx");
    g_assert_false(g_main_context_iteration(NULL, FALSE));
    g_string_free(story, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    loop = g_thread_self();
    loop_post_init();
    g_test_add_func("/bell/rings", test_bell);
    g_test_add_func("/bell/wakes", test_bell_wakes);
    g_test_add_func("/loop-post/order", test_order);
    g_test_add_func("/loop-post/from-within", test_from_within);
    return g_test_run();
}
