/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/poll.h"

#include <errno.h>
#include <unistd.h>

#include "common/log.h"

#define EVENTS_PER_TURN 64

struct PollItem {
    PollSet *set;
    PollItem *next_removed;
    PollItem *next_later;
    gboolean is_later;
    PollFunc func; /* NULL once removed */
    gpointer data;
    guint32 events;
    int fd;
};

typedef struct {
    GSource base;
    PollSet *set;
} PollSource;

struct PollSet {
    int fd;
    GSource *source;
    gboolean is_dispatching;
    PollItem *later;   /* poll_call_later(), last one first */
    PollItem *removed; /* freed when no event of this turn can name them any more */
};

static void free_removed(PollSet *set)
{
    while (set->removed) {
        PollItem *item = set->removed;

        set->removed = item->next_removed;
        g_free(item);
    }
}

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

static gboolean poll_dispatch(GSource *source, GSourceFunc callback, gpointer user_data)
{
    PollSet *set = ((PollSource *)source)->set;
    struct epoll_event events[EVENTS_PER_TURN];
    int n = epoll_wait(set->fd, events, EVENTS_PER_TURN, 0);

    set->is_dispatching = TRUE;
    for (int i = 0; i < n; i++) {
        PollItem *item = events[i].data.ptr;

        if (item->func)
            item->func(events[i].events, item->data);
    }
    call_later(set);
    set->is_dispatching = FALSE;
    free_removed(set);
    return G_SOURCE_CONTINUE;
}

PollSet *poll_set_new(void)
{
    static GSourceFuncs funcs = {.dispatch = poll_dispatch};
    PollSet *set = g_new0(PollSet, 1);

    set->fd = epoll_create1(EPOLL_CLOEXEC);
    if (set->fd < 0)
        g_error("cannot create an epoll descriptor: %s", g_strerror(errno));
    set->source = g_source_new(&funcs, sizeof(PollSource));
    ((PollSource *)set->source)->set = set;
    g_source_set_static_name(set->source, "poll set");
    /* Nothing here runs the loop from within. Saying so spares three system calls each time, by which GLib would take
     * the descriptor out of the set that it polls and put it back. */
    g_source_set_can_recurse(set->source, TRUE);
    g_source_add_unix_fd(set->source, set->fd, G_IO_IN);
    g_source_attach(set->source, NULL);
    return set;
}

void poll_set_free(PollSet *set)
{
    g_source_destroy(set->source);
    g_source_unref(set->source);
    free_removed(set);
    close(set->fd);
    g_free(set);
}

PollItem *poll_add(PollSet *set, int fd, guint32 events, PollFunc func, gpointer data)
{
    PollItem *item = g_new0(PollItem, 1);
    struct epoll_event event = {.events = events, .data.ptr = item};

    *item = (PollItem){.set = set, .func = func, .data = data, .events = events, .fd = fd};
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

    if (!set->is_dispatching) {
        item->func(0, item->data);
    } else if (!item->is_later) {
        item->is_later = TRUE;
        item->next_later = set->later;
        set->later = item;
    }
}

void poll_remove(PollItem *item)
{
    if (!item)
        return;
    epoll_ctl(item->set->fd, EPOLL_CTL_DEL, item->fd, NULL);
    item->func = NULL;
    item->next_removed = item->set->removed;
    item->set->removed = item;
    if (!item->set->is_dispatching)
        free_removed(item->set);
}
