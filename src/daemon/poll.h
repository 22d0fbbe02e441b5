/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Descriptors behind one epoll descriptor, which is all that the GLib loop waits for: thousands of idle ones cost a
 * busy one nothing, and a turn of the loop costs one system call. A descriptor that GLib watches itself costs every
 * turn one more, so it is here that a daemon's descriptors belong. For the loop's thread; never blocks.
 */
#pragma once

#include <glib.h>
#include <sys/epoll.h>

typedef struct PollSet PollSet;
typedef struct PollItem PollItem;

/* events: EPOLLIN, EPOLLOUT, EPOLLHUP, EPOLLERR. */
typedef void (*PollFunc)(guint32 events, gpointer data);

/* The one set, which the default main context serves; made when first asked for, and there for good. */
PollSet *poll_set_get(void);

/* Watches fd, which stays the caller's. func may add, change and remove any item, its own too. The item is the set's:
 * one that is there for good need not be kept. */
PollItem *poll_add(PollSet *set, int fd, guint32 events, PollFunc func, gpointer data);

/* What to wait for from now on; 0 leaves errors and hang-up. Cheap when nothing changes. */
void poll_change(PollItem *item, guint32 events);

/* Has func called without events when all events of this turn of the loop have been handled, or in the next turn. Never
 * from within this call, so that who sends need not expect to be called back. Once, however often it is asked for. */
void poll_call_later(PollItem *item);

/* Ends the watch; func is not called again. Call it before closing fd. NULL is fine. */
void poll_remove(PollItem *item);
