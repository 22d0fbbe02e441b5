/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The loop waits in the poll set alone, and still hears all that GLib itself waits for. */
#include <glib-unix.h>
#include <glib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "daemon/poll.h"

typedef struct {
    int fd; /* an eventfd */
    PollItem *item;
    guint calls;
    PollItem *victim; /* removed when called */
} Watched;

static void on_event(guint32 events, gpointer data)
{
    Watched *watched = data;
    eventfd_t count;

    watched->calls++;
    eventfd_read(watched->fd, &count);
    g_clear_pointer(&watched->victim, poll_remove);
}

static void watch(Watched *watched)
{
    *watched = (Watched){.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    watched->item = poll_add(poll_set_get(), watched->fd, EPOLLIN, on_event, watched);
}

static void unwatch(Watched *watched)
{
    g_clear_pointer(&watched->item, poll_remove);
    close(watched->fd);
}

static void turn(void)
{
    while (g_main_context_iteration(NULL, FALSE))
        ;
}

static void test_events(void)
{
    Watched watched;

    watch(&watched);
    turn();
    g_assert_cmpuint(watched.calls, ==, 0);
    eventfd_write(watched.fd, 1);
    g_main_context_iteration(NULL, TRUE);
    turn();
    g_assert_cmpuint(watched.calls, ==, 1);
    poll_change(watched.item, 0);
    eventfd_write(watched.fd, 1);
    turn();
    g_assert_cmpuint(watched.calls, ==, 1);
    poll_change(watched.item, EPOLLIN);
    turn();
    g_assert_cmpuint(watched.calls, ==, 2);
    unwatch(&watched);
}

/* Both are ready in the same turn; whichever comes first removes the other. */
static void test_removed_in_its_turn(void)
{
    Watched one, two;

    watch(&one);
    watch(&two);
    one.victim = two.item;
    two.victim = one.item;
    eventfd_write(one.fd, 1);
    eventfd_write(two.fd, 1);
    turn();
    g_assert_cmpuint(one.calls + two.calls, ==, 1);
    *(one.calls ? &two.item : &one.item) = NULL;
    unwatch(&one);
    unwatch(&two);
}

/* Who asks outside of the set's turn is not called back before it has gone on, nor when its item is gone by then. */
static void test_called_later(void)
{
    Watched kept, gone;

    watch(&kept);
    watch(&gone);
    poll_call_later(kept.item);
    poll_call_later(kept.item);
    poll_call_later(gone.item);
    g_assert_cmpuint(kept.calls, ==, 0);
    unwatch(&gone);
    turn();
    g_assert_cmpuint(kept.calls, ==, 1);
    g_assert_cmpuint(gone.calls, ==, 0);
    unwatch(&kept);
}

static gboolean on_source(gpointer data)
{
    g_clear_pointer((PollItem **)data, poll_remove);
    return G_SOURCE_REMOVE;
}

/* A source that GLib serves between the wait and the set's turn takes away what was found ready. */
static void test_removed_before_its_turn(void)
{
    Watched watched;

    watch(&watched);
    eventfd_write(watched.fd, 1);
    g_idle_add_full(G_PRIORITY_HIGH, on_source, &watched.item, NULL);
    turn();
    g_assert_cmpuint(watched.calls, ==, 0);
    unwatch(&watched);
}

static gboolean on_posted(gpointer data)
{
    *(gboolean *)data = TRUE;
    return G_SOURCE_REMOVE;
}

static gpointer post(gpointer data)
{
    g_usleep(20000); /* by then the loop waits */
    g_idle_add(on_posted, data);
    return NULL;
}

static void test_woken_by_a_thread(void)
{
    gboolean was_posted = FALSE;
    GThread *thread = g_thread_new("post", post, &was_posted);

    while (!was_posted)
        g_main_context_iteration(NULL, TRUE);
    g_thread_join(thread);
}

static void test_timer(void)
{
    gboolean has_fired = FALSE;

    g_timeout_add(10, on_posted, &has_fired);
    while (!has_fired)
        g_main_context_iteration(NULL, TRUE);
}

static gboolean on_foreign(int fd, GIOCondition condition, gpointer data)
{
    eventfd_t count;

    eventfd_read(fd, &count);
    ++*(guint *)data;
    return G_SOURCE_CONTINUE;
}

/* While GLib watches a descriptor of its own, that one, the set's and the wakeup are all heard. */
static void test_foreign_descriptor(void)
{
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    guint calls = 0, source = g_unix_fd_add(fd, G_IO_IN, on_foreign, &calls);
    Watched watched;

    watch(&watched);
    eventfd_write(fd, 1);
    g_main_context_iteration(NULL, TRUE);
    g_assert_cmpuint(calls, ==, 1);
    eventfd_write(watched.fd, 1);
    g_main_context_iteration(NULL, TRUE);
    g_assert_cmpuint(watched.calls, ==, 1);
    test_woken_by_a_thread();
    g_source_remove(source);
    close(fd);
    eventfd_write(watched.fd, 1);
    g_main_context_iteration(NULL, TRUE);
    g_assert_cmpuint(watched.calls, ==, 2);
    unwatch(&watched);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/poll/called-later", test_called_later);
    g_test_add_func("/poll/events", test_events);
    g_test_add_func("/poll/removed-in-its-turn", test_removed_in_its_turn);
    g_test_add_func("/poll/removed-before-its-turn", test_removed_before_its_turn);
    g_test_add_func("/poll/woken-by-a-thread", test_woken_by_a_thread);
    g_test_add_func("/poll/timer", test_timer);
    g_test_add_func("/poll/foreign-descriptor", test_foreign_descriptor);
    return g_test_run();
}
