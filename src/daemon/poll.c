/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/poll.h"

#include <errno.h>

#include "common/log.h"

#define EVENTS_PER_TURN 64

struct PollItem {
    PollSet *set;
    PollItem *previous, *next; /* in the set */
    PollItem *next_removed;
    PollItem *next_later;
    gboolean is_later;
    PollFunc func; /* NULL once removed */
    gpointer data;
    guint32 events;
    int fd;
};

struct PollSet {
    int fd;
    int wakeup_fd;                             /* GLib's own, once it is behind ours; its events name no item */
    struct epoll_event ready[EVENTS_PER_TURN]; /* what the last wait found */
    int n_ready;
    PollItem *items;   /* all but the removed ones: some are there for good, and known here alone */
    PollItem *later;   /* poll_call_later(), last one first */
    PollItem *removed; /* freed when nothing in ready or later can name them any more */
};

static PollSet *the_set;

static void free_removed(PollSet *set)
{
    while (set->removed) {
        PollItem *item = set->removed;

        set->removed = item->next_removed;
        g_free(item);
    }
}

/* --- waiting: in place of GLib's own poll() --- */

/* Waits for the set's descriptors. TRUE when GLib's wakeup is among what is ready. */
static gboolean wait_for_set(PollSet *set, int timeout_ms, int *n_items)
{
    gboolean is_woken = FALSE;

    set->n_ready = epoll_wait(set->fd, set->ready, EVENTS_PER_TURN, timeout_ms);
    for (int i = 0; i < set->n_ready; i++)
        is_woken |= !set->ready[i].data.ptr;
    *n_items = set->n_ready - is_woken;
    return is_woken;
}

/* GLib wakes a loop through a descriptor that stays the same for good, so it can be waited for with ours. */
static gboolean watch_wakeup(PollSet *set, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};

    if (set->wakeup_fd < 0 && epoll_ctl(set->fd, EPOLL_CTL_ADD, fd, &event) == 0)
        set->wakeup_fd = fd;
    return set->wakeup_fd == fd;
}

/* What the default main context waits with. Mostly it knows but two descriptors, its wakeup and our set: one epoll_wait
 * then both waits and tells what is ready. With others in the list it takes a poll() before. */
static gint wait_for_all(GPollFD *fds, guint n_fds, gint timeout_ms)
{
    PollSet *set = the_set;
    GPollFD *ours = NULL, *other = NULL;
    int n_items, n;

    if (!set->later)
        free_removed(set);
    set->n_ready = 0;
    for (guint i = 0; i < n_fds; i++)
        *(fds[i].fd == set->fd ? &ours : &other) = &fds[i];
    if (n_fds != 2 || !ours || !watch_wakeup(set, other->fd)) {
        n = g_poll(fds, n_fds, timeout_ms);
        if (n > 0 && ours && ours->revents)
            wait_for_set(set, 0, &n_items);
        return n;
    }
    other->revents = wait_for_set(set, timeout_ms, &n_items) ? G_IO_IN : 0;
    ours->revents = n_items > 0 ? G_IO_IN : 0;
    return set->n_ready < 0 ? -1 : !!other->revents + !!ours->revents;
}

/* --- serving what is ready --- */

static void call_later(PollSet *set)
{
    while (set->later) {
        PollItem *item = set->later;

        set->later = item->next_later;
        item->is_later = FALSE;
        if (item->func)
            item->func(0, item->data);
    }
}

/* Calls that were asked for outside of a dispatch. */
static gboolean poll_prepare(GSource *source, gint *timeout_ms)
{
    *timeout_ms = -1;
    return the_set->later != NULL;
}

static gboolean poll_dispatch(GSource *source, GSourceFunc callback, gpointer user_data)
{
    PollSet *set = the_set;

    for (int i = 0; i < set->n_ready; i++) {
        PollItem *item = set->ready[i].data.ptr;

        if (item && item->func)
            item->func(set->ready[i].events, item->data);
    }
    set->n_ready = 0;
    call_later(set);
    return G_SOURCE_CONTINUE;
}

static PollSet *set_new(void)
{
    static GSourceFuncs funcs = {.prepare = poll_prepare, .dispatch = poll_dispatch};
    g_autoptr(GSource) source = g_source_new(&funcs, sizeof(GSource));
    PollSet *set = g_new0(PollSet, 1);

    set->wakeup_fd = -1;
    set->fd = epoll_create1(EPOLL_CLOEXEC);
    if (set->fd < 0)
        g_error("cannot create an epoll descriptor: %s", g_strerror(errno));
    g_source_set_static_name(source, "poll set");
    /* Nothing here runs the loop from within. Saying so spares GLib taking the descriptor out of its list and back. */
    g_source_set_can_recurse(source, TRUE);
    g_source_add_unix_fd(source, set->fd, G_IO_IN);
    g_source_attach(source, NULL);
    g_main_context_set_poll_func(NULL, wait_for_all);
    return set;
}

PollSet *poll_set_get(void)
{
    if (!the_set)
        the_set = set_new();
    return the_set;
}

PollItem *poll_add(PollSet *set, int fd, guint32 events, PollFunc func, gpointer data)
{
    PollItem *item = g_new0(PollItem, 1);
    struct epoll_event event = {.events = events, .data.ptr = item};

    *item = (PollItem){.set = set, .next = set->items, .func = func, .data = data, .events = events, .fd = fd};
    if (set->items)
        set->items->previous = item;
    set->items = item;
    if (epoll_ctl(set->fd, EPOLL_CTL_ADD, fd, &event) < 0)
        log_error("cannot watch descriptor %d: %s", fd, g_strerror(errno));
    return item;
}

void poll_change(PollItem *item, guint32 events)
{
    struct epoll_event event = {.events = events, .data.ptr = item};

    if (item->events == events)
        return;
    item->events = events;
    if (epoll_ctl(item->set->fd, EPOLL_CTL_MOD, item->fd, &event) < 0)
        log_error("cannot change the watch of descriptor %d: %s", item->fd, g_strerror(errno));
}

void poll_call_later(PollItem *item)
{
    PollSet *set = item->set;

    if (item->is_later)
        return;
    item->is_later = TRUE;
    item->next_later = set->later;
    set->later = item;
}

void poll_remove(PollItem *item)
{
    if (!item)
        return;
    epoll_ctl(item->set->fd, EPOLL_CTL_DEL, item->fd, NULL);
    if (item->next)
        item->next->previous = item->previous;
    *(item->previous ? &item->previous->next : &item->set->items) = item->next;
    item->func = NULL;
    item->next_removed = item->set->removed;
    item->set->removed = item;
}
