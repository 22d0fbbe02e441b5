/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The library's own event loop, on epoll: what a handle waits for can be changed from any thread without waking the one
 * that runs the loop, and a call that reads its own reply does so twice.
 *
 * Handles and timers are found by number, so that one that is removed by a callback, its own or another's, is simply
 * not there any more when its turn comes. Nothing is called with the lock held, so callbacks may use all functions. The
 * free callback of what was removed runs in the loop's next turn, when none of its callbacks can be running.
 */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "client/event_loop.h"
#include "common/error.h"

#define EVENTS_AT_ONCE 64

typedef struct {
    int number;
    gboolean is_timer;
    int fd;          /* of a handle */
    int events;      /* virEventHandleType */
    int interval_ms; /* of a timer; negative: off */
    gint64 due_us;
    virEventHandleCallback on_handle;
    virEventTimeoutCallback on_timeout;
    void *opaque;
    virFreeCallback free;
} Source;

/* A descriptor that one or more handles watch. */
typedef struct {
    int fd;
    guint32 mask;     /* what epoll was told; 0: it does not have it */
    gboolean is_file; /* epoll takes no regular files; those are always ready */
    GSList *handles;  /* Source, borrowed */
} Descriptor;

static GMutex lock;
static GHashTable *sources;     /* number -> Source */
static GHashTable *timers;      /* number -> Source, borrowed */
static GHashTable *descriptors; /* fd -> Descriptor */
static GQueue removed = G_QUEUE_INIT;
static int next_number = 1;
static int epoll_fd = -1;
static int wake_fd = -1;
static gboolean is_waiting; /* the loop's thread is in epoll_wait() with a timeout that may be too long now */

/* ---- descriptors ---- */

static guint32 mask_from_events(int events)
{
    return (events & VIR_EVENT_HANDLE_READABLE ? EPOLLIN : 0) | (events & VIR_EVENT_HANDLE_WRITABLE ? EPOLLOUT : 0) |
           (events & VIR_EVENT_HANDLE_ERROR ? EPOLLERR : 0) | (events & VIR_EVENT_HANDLE_HANGUP ? EPOLLHUP : 0);
}

static int events_from_mask(guint32 mask)
{
    return (mask & EPOLLIN ? VIR_EVENT_HANDLE_READABLE : 0) | (mask & EPOLLOUT ? VIR_EVENT_HANDLE_WRITABLE : 0) |
           (mask & EPOLLERR ? VIR_EVENT_HANDLE_ERROR : 0) | (mask & EPOLLHUP ? VIR_EVENT_HANDLE_HANGUP : 0);
}

static void wake(void)
{
    guint64 one = 1;

    if (is_waiting && write(wake_fd, &one, sizeof(one)) == sizeof(one))
        is_waiting = FALSE;
}

/* Tells epoll what the descriptor's handles together wait for. One that nobody waits for is taken out: epoll would
 * report its hang-up over and over. */
static void descriptor_update(Descriptor *descriptor)
{
    struct epoll_event event = {.data.fd = descriptor->fd};
    int operation;

    for (GSList *link = descriptor->handles; link; link = link->next)
        event.events |= mask_from_events(((Source *)link->data)->events);
    if (event.events == descriptor->mask)
        return;
    operation = !event.events ? EPOLL_CTL_DEL : descriptor->mask ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    descriptor->mask = event.events;
    if (descriptor->is_file || epoll_ctl(epoll_fd, operation, descriptor->fd, &event) == 0)
        return;
    if (errno == EPERM) {
        descriptor->is_file = TRUE;
        wake();
    } else if (errno == ENOENT && operation == EPOLL_CTL_MOD) { /* closed and opened anew behind our back */
        epoll_ctl(epoll_fd, EPOLL_CTL_ADD, descriptor->fd, &event);
    }
}

static void descriptor_add(Source *source)
{
    Descriptor *descriptor = g_hash_table_lookup(descriptors, GINT_TO_POINTER(source->fd));

    if (!descriptor) {
        descriptor = g_new0(Descriptor, 1);
        descriptor->fd = source->fd;
        g_hash_table_insert(descriptors, GINT_TO_POINTER(source->fd), descriptor);
    }
    descriptor->handles = g_slist_prepend(descriptor->handles, source);
    descriptor_update(descriptor);
}

static void descriptor_remove(Source *source)
{
    Descriptor *descriptor = g_hash_table_lookup(descriptors, GINT_TO_POINTER(source->fd));

    descriptor->handles = g_slist_remove(descriptor->handles, source);
    descriptor_update(descriptor);
    if (!descriptor->handles)
        g_hash_table_remove(descriptors, GINT_TO_POINTER(source->fd));
}

/* ---- the loop's functions ---- */

static int source_add(Source *source)
{
    int number;

    g_mutex_lock(&lock);
    number = source->number = next_number++;
    g_hash_table_insert(sources, GINT_TO_POINTER(number), source);
    if (source->is_timer)
        g_hash_table_insert(timers, GINT_TO_POINTER(number), source);
    else
        descriptor_add(source);
    if (source->is_timer && source->interval_ms >= 0)
        wake();
    g_mutex_unlock(&lock);
    return number;
}

static int add_handle(int fd, int events, virEventHandleCallback callback, void *opaque, virFreeCallback free)
{
    Source *source;

    if (fd < 0 || !callback)
        return -1;
    source = g_new0(Source, 1);
    source->fd = fd;
    source->events = events;
    source->on_handle = callback;
    source->opaque = opaque;
    source->free = free;
    return source_add(source);
}

static gint64 due_after(int interval_ms)
{
    return g_get_monotonic_time() + interval_ms * (gint64)1000;
}

static int add_timeout(int timeout_ms, virEventTimeoutCallback callback, void *opaque, virFreeCallback free)
{
    Source *source;

    if (!callback)
        return -1;
    source = g_new0(Source, 1);
    source->is_timer = TRUE;
    source->interval_ms = timeout_ms;
    source->due_us = due_after(timeout_ms);
    source->on_timeout = callback;
    source->opaque = opaque;
    source->free = free;
    return source_add(source);
}

static void update_handle(int watch, int events)
{
    Source *source;

    g_mutex_lock(&lock);
    source = g_hash_table_lookup(sources, GINT_TO_POINTER(watch));
    if (source && !source->is_timer && source->events != events) {
        source->events = events;
        descriptor_update(g_hash_table_lookup(descriptors, GINT_TO_POINTER(source->fd)));
    }
    g_mutex_unlock(&lock);
}

static void update_timeout(int timer, int timeout_ms)
{
    Source *source;

    g_mutex_lock(&lock);
    source = g_hash_table_lookup(sources, GINT_TO_POINTER(timer));
    if (source && source->is_timer) {
        source->interval_ms = timeout_ms;
        source->due_us = due_after(timeout_ms);
        if (timeout_ms >= 0)
            wake();
    }
    g_mutex_unlock(&lock);
}

static int source_remove(int number)
{
    Source *source;

    g_mutex_lock(&lock);
    source = g_hash_table_lookup(sources, GINT_TO_POINTER(number));
    if (source) {
        g_hash_table_remove(sources, GINT_TO_POINTER(number));
        if (source->is_timer)
            g_hash_table_remove(timers, GINT_TO_POINTER(number));
        else
            descriptor_remove(source);
        g_queue_push_tail(&removed, source);
        wake();
    }
    g_mutex_unlock(&lock);
    return source ? 0 : -1;
}

const RpcLoop default_loop = {
    .add_handle = add_handle,
    .update_handle = update_handle,
    .remove_handle = source_remove,
    .add_timeout = add_timeout,
    .update_timeout = update_timeout,
    .remove_timeout = source_remove,
};

/* ---- running ---- */

gboolean default_loop_init(GError **error)
{
    struct epoll_event event = {.events = EPOLLIN};
    gboolean ok = TRUE;

    g_mutex_lock(&lock);
    if (epoll_fd < 0) {
        wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        event.data.fd = wake_fd;
        epoll_fd = epoll_create1(EPOLL_CLOEXEC);
        ok = wake_fd >= 0 && epoll_fd >= 0 && epoll_ctl(epoll_fd, EPOLL_CTL_ADD, wake_fd, &event) == 0;
        sources = g_hash_table_new(NULL, NULL);
        timers = g_hash_table_new(NULL, NULL);
        descriptors = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    }
    if (!ok)
        vir_error_set_errno(error, VIR_FROM_EVENT, errno, "cannot set up the event loop");
    g_mutex_unlock(&lock);
    return ok;
}

/* How long to wait at most: until the first timer is due. */
static int wait_ms(void)
{
    GHashTableIter iter;
    gpointer value;
    gint64 first = -1;

    if (removed.length)
        return 0;
    g_hash_table_iter_init(&iter, descriptors);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (((Descriptor *)value)->is_file && ((Descriptor *)value)->mask)
            return 0;
    }
    g_hash_table_iter_init(&iter, timers);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Source *source = value;
        if (source->interval_ms >= 0 && (first < 0 || source->due_us < first))
            first = source->due_us;
    }
    if (first < 0)
        return -1;
    return (int)CLAMP((first - g_get_monotonic_time() + 999) / 1000, 0, G_MAXINT);
}

/* Numbers of the handles of fd that mask concerns. */
static void collect_handles(GArray *numbers, int fd, guint32 mask)
{
    Descriptor *descriptor = g_hash_table_lookup(descriptors, GINT_TO_POINTER(fd));

    for (GSList *link = descriptor ? descriptor->handles : NULL; link; link = link->next) {
        Source *source = link->data;
        if (source->events && (mask & (mask_from_events(source->events) | EPOLLERR | EPOLLHUP)))
            g_array_append_val(numbers, source->number);
    }
}

/* Numbers of the timers that are due. */
static void collect_timers(GArray *numbers)
{
    gint64 now = g_get_monotonic_time();
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, timers);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Source *source = value;
        if (source->interval_ms >= 0 && source->due_us <= now)
            g_array_append_val(numbers, source->number);
    }
}

/* Calls what number stands for, if it is still there and still wants to be called. */
static void dispatch(int number, guint32 mask)
{
    Source *source;
    Source copy;

    g_mutex_lock(&lock);
    source = g_hash_table_lookup(sources, GINT_TO_POINTER(number));
    if (!source || (source->is_timer ? source->interval_ms < 0 : !source->events)) {
        g_mutex_unlock(&lock);
        return;
    }
    if (source->is_timer)
        source->due_us = due_after(source->interval_ms);
    copy = *source;
    g_mutex_unlock(&lock);
    if (copy.is_timer)
        copy.on_timeout(number, copy.opaque);
    else
        copy.on_handle(number, copy.fd, events_from_mask(mask & (mask_from_events(copy.events) | EPOLLERR | EPOLLHUP)),
                       copy.opaque);
}

/* Calls the handles of fd, or (fd -1) the timers. */
static void dispatch_all(int fd, guint32 mask)
{
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(int));

    g_mutex_lock(&lock);
    if (fd >= 0)
        collect_handles(numbers, fd, mask);
    else
        collect_timers(numbers);
    g_mutex_unlock(&lock);
    for (guint i = 0; i < numbers->len; i++)
        dispatch(g_array_index(numbers, int, i), mask);
}

static void dispatch_files(void)
{
    g_autoptr(GArray) ready = g_array_new(FALSE, FALSE, sizeof(Descriptor));
    GHashTableIter iter;
    gpointer value;

    g_mutex_lock(&lock);
    g_hash_table_iter_init(&iter, descriptors);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (((Descriptor *)value)->is_file)
            g_array_append_vals(ready, value, 1);
    }
    g_mutex_unlock(&lock);
    for (guint i = 0; i < ready->len; i++)
        dispatch_all(g_array_index(ready, Descriptor, i).fd, g_array_index(ready, Descriptor, i).mask);
}

/* Frees what was removed; also what a free callback removes in turn. */
static void free_removed(void)
{
    Source *source;

    for (;;) {
        g_mutex_lock(&lock);
        source = g_queue_pop_head(&removed);
        g_mutex_unlock(&lock);
        if (!source)
            return;
        if (source->free)
            source->free(source->opaque);
        g_free(source);
    }
}

static void dispatch_ready(const struct epoll_event *ready, int n)
{
    guint64 count;

    for (int i = 0; i < n; i++) {
        if (ready[i].data.fd != wake_fd)
            dispatch_all(ready[i].data.fd, ready[i].events);
        else if (read(wake_fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
            g_warning("event loop: cannot read its own wake-up: %s", g_strerror(errno));
    }
}

gboolean default_loop_run(GError **error)
{
    struct epoll_event ready[EVENTS_AT_ONCE];
    int n, timeout, saved;

    if (!default_loop_init(error))
        return FALSE;
    g_mutex_lock(&lock);
    timeout = wait_ms();
    is_waiting = timeout != 0;
    g_mutex_unlock(&lock);
    n = epoll_wait(epoll_fd, ready, EVENTS_AT_ONCE, timeout);
    saved = errno;
    g_mutex_lock(&lock);
    is_waiting = FALSE;
    g_mutex_unlock(&lock);
    if (n < 0 && saved != EINTR) {
        vir_error_set_errno(error, VIR_FROM_EVENT, saved, "cannot wait for events");
        return FALSE;
    }
    dispatch_ready(ready, n);
    dispatch_files();
    dispatch_all(-1, 0); /* timers */
    free_removed();
    return TRUE;
}
