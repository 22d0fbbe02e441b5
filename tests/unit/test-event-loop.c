/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The library's own event loop, by its public functions. */
#include <fcntl.h>
#include <glib.h>
#include <libvirt/libvirt.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    int number; /* of the watch or timer */
    int calls;
    int events;
    int freed;
    gboolean in_callback;
    gboolean freed_in_callback;
    gboolean removes_itself;
    int removes_other; /* number, or 0 */
} Watch;

static void on_free(void *opaque)
{
    Watch *watch = opaque;

    watch->freed++;
    watch->freed_in_callback = watch->freed_in_callback || watch->in_callback;
}

static void act(Watch *watch, int (*remove)(int))
{
    watch->in_callback = TRUE;
    watch->calls++;
    if (watch->removes_itself)
        g_assert_cmpint(remove(watch->number), ==, 0);
    if (watch->removes_other)
        g_assert_cmpint(remove(watch->removes_other), ==, 0);
    watch->in_callback = FALSE;
}

static void on_handle(int number, int fd, int events, void *opaque)
{
    Watch *watch = opaque;

    g_assert_cmpint(number, ==, watch->number);
    watch->events |= events;
    act(watch, virEventRemoveHandle);
}

static void on_timeout(int number, void *opaque)
{
    Watch *watch = opaque;

    g_assert_cmpint(number, ==, watch->number);
    act(watch, virEventRemoveTimeout);
}

static void watch_fd(Watch *watch, int fd, int events)
{
    watch->number = virEventAddHandle(fd, events, on_handle, watch, on_free);
    g_assert_cmpint(watch->number, >=, 0);
}

/* A timer that ends the turn, so that a test that is wrong does not hang. */
static void run_once(void)
{
    Watch guard = {0};

    guard.number = virEventAddTimeout(20, on_timeout, &guard, on_free);
    g_assert_cmpint(virEventRunDefaultImpl(), ==, 0);
    virEventRemoveTimeout(guard.number);
    while (!guard.freed)
        g_assert_cmpint(virEventRunDefaultImpl(), ==, 0);
}

static void test_handle(void)
{
    Watch reader = {0}, writer = {0};
    int fds[2];
    char byte;

    g_assert_cmpint(pipe(fds), ==, 0);
    watch_fd(&reader, fds[0], VIR_EVENT_HANDLE_READABLE);
    watch_fd(&writer, fds[1], VIR_EVENT_HANDLE_WRITABLE);
    run_once();
    g_assert_cmpint(reader.calls, ==, 0);
    g_assert_cmpint(writer.calls, >, 0);
    g_assert_cmpint(writer.events, ==, VIR_EVENT_HANDLE_WRITABLE);

    virEventUpdateHandle(writer.number, 0);
    writer.calls = 0;
    g_assert_cmpint(write(fds[1], "x", 1), ==, 1);
    run_once();
    g_assert_cmpint(writer.calls, ==, 0);
    g_assert_cmpint(reader.events, ==, VIR_EVENT_HANDLE_READABLE);
    g_assert_cmpint(read(fds[0], &byte, 1), ==, 1);

    close(fds[1]);
    run_once();
    g_assert_cmpint(reader.events & VIR_EVENT_HANDLE_HANGUP, !=, 0);
    g_assert_cmpint(virEventRemoveHandle(reader.number), ==, 0);
    g_assert_cmpint(virEventRemoveHandle(reader.number), ==, -1);
    g_assert_cmpint(virEventRemoveHandle(writer.number), ==, 0);
    run_once();
    g_assert_cmpint(reader.freed, ==, 1);
    g_assert_cmpint(writer.freed, ==, 1);
    close(fds[0]);
}

/* Two watches of one descriptor, each with its own wish; and a regular file, which is always ready. */
static void test_shared_and_file(void)
{
    Watch a = {0}, b = {0}, file = {0};
    int fds[2], file_fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

    g_assert_cmpint(pipe(fds), ==, 0);
    g_assert_cmpint(write(fds[1], "x", 1), ==, 1);
    watch_fd(&a, fds[0], VIR_EVENT_HANDLE_READABLE);
    watch_fd(&b, fds[0], VIR_EVENT_HANDLE_READABLE);
    watch_fd(&file, file_fd, VIR_EVENT_HANDLE_READABLE);
    run_once();
    g_assert_cmpint(a.calls, >, 0);
    g_assert_cmpint(b.calls, >, 0);
    g_assert_cmpint(file.calls, >, 0);
    virEventRemoveHandle(a.number);
    b.calls = 0;
    run_once();
    g_assert_cmpint(b.calls, >, 0);
    g_assert_cmpint(a.freed, ==, 1);
    virEventRemoveHandle(b.number);
    virEventRemoveHandle(file.number);
    run_once();
    close(fds[0]);
    close(fds[1]);
    close(file_fd);
}

/* A callback that removes itself and one that has its turn in the same go: that one is not called any more. */
static void test_remove_inside(void)
{
    Watch a = {.removes_itself = TRUE}, b = {.removes_itself = TRUE};

    a.number = virEventAddTimeout(0, on_timeout, &a, on_free);
    b.number = virEventAddTimeout(0, on_timeout, &b, on_free);
    a.removes_other = b.number;
    b.removes_other = a.number;
    run_once();
    g_assert_cmpint(a.calls + b.calls, ==, 1);
    g_assert_cmpint(a.freed, ==, 1);
    g_assert_cmpint(b.freed, ==, 1);
    g_assert_false(a.freed_in_callback || b.freed_in_callback);
}

static void test_timer(void)
{
    Watch timer = {0};
    gint64 start = g_get_monotonic_time();

    timer.number = virEventAddTimeout(-1, on_timeout, &timer, on_free);
    run_once();
    g_assert_cmpint(timer.calls, ==, 0);
    virEventUpdateTimeout(timer.number, 30);
    while (timer.calls < 2)
        g_assert_cmpint(virEventRunDefaultImpl(), ==, 0);
    g_assert_cmpint(g_get_monotonic_time() - start, >=, 2 * 30 * 1000);
    virEventRemoveTimeout(timer.number);
    run_once();
    g_assert_cmpint(timer.freed, ==, 1);
}

static gpointer wake_later(gpointer data)
{
    Watch *timer = data;

    g_usleep(50000);
    virEventUpdateTimeout(timer->number, 0);
    return NULL;
}

/* A loop that waits for a far timer hears at once of a nearer one from another thread. */
static void test_other_thread(void)
{
    Watch timer = {0};
    gint64 start = g_get_monotonic_time();
    GThread *thread;

    timer.number = virEventAddTimeout(60000, on_timeout, &timer, on_free);
    thread = g_thread_new("other", wake_later, &timer);
    while (timer.calls == 0)
        g_assert_cmpint(virEventRunDefaultImpl(), ==, 0);
    g_assert_cmpint(g_get_monotonic_time() - start, <, 10 * G_USEC_PER_SEC);
    g_thread_join(thread);
    virEventRemoveTimeout(timer.number);
    run_once();
}

static void on_free_remove(void *opaque)
{
    Watch *watch = opaque;

    watch->freed++;
    virEventRemoveTimeout(watch->removes_other);
}

static void test_remove_in_free(void)
{
    Watch a = {0}, b = {0};

    b.number = virEventAddTimeout(-1, on_timeout, &b, on_free);
    a.removes_other = b.number;
    a.number = virEventAddTimeout(-1, on_timeout, &a, on_free_remove);
    virEventRemoveTimeout(a.number);
    run_once();
    g_assert_cmpint(a.freed, ==, 1);
    g_assert_cmpint(b.freed, ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(virEventRegisterDefaultImpl(), ==, 0);
    g_test_add_func("/event-loop/handle", test_handle);
    g_test_add_func("/event-loop/shared-and-file", test_shared_and_file);
    g_test_add_func("/event-loop/remove-inside", test_remove_inside);
    g_test_add_func("/event-loop/timer", test_timer);
    g_test_add_func("/event-loop/other-thread", test_other_thread);
    g_test_add_func("/event-loop/remove-in-free", test_remove_in_free);
    return g_test_run();
}
