/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Descriptors behind one epoll descriptor. The GLib loop polls that one, so thousands of idle descriptors cost a busy
 * one nothing. For the loop's thread; never blocks.
 */
#pragma once

#include <glib.h>
#include <sys/epoll.h>

typedef struct PollSet PollSet;
typedef struct PollItem PollItem;

/* events: EPOLLIN, EPOLLOUT, EPOLLHUP, EPOLLERR. */
typedef void (*PollFunc)(guint32 events, gpointer data);

/* A set served by the default main context. Free with poll_set_free(), after all its items. */
PollSet *poll_set_new(void);
void poll_set_free(PollSet *set);

/* Watches fd, which stays the caller's. func may add, change and remove any item, its own too. */
PollItem *poll_add(PollSet *set, int fd, guint32 events, PollFunc func, gpointer data);

/* What to wait for from now on; 0 leaves errors and hang-up. Cheap when nothing changes. */
void poll_change(PollItem *item, guint32 events);

/* Has func called without events when all events of this turn of the loop have been handled; now, when none are being
 * handled. Once a turn, however often it is asked for. */
void poll_call_later(PollItem *item);

/* Ends the watch; func is not called again. Call it before closing fd. NULL is fine. */
void poll_remove(PollItem *item);
