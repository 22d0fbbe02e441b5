/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GLib's default main context, by the functions of an RpcLoop. For daemons that are clients of one another. */
#include <glib-unix.h>

#include "rpc/rpc_client.h"

/* A watch or timer. Its source is replaced whenever what it waits for changes; the number stays. */
typedef struct {
    int number;
    int fd; /* -1: a timer */
    guint source;
    virEventHandleCallback on_handle;
    virEventTimeoutCallback on_timeout;
    void *opaque;
    virFreeCallback free;
} LoopItem;

static GMutex lock;
static GHashTable *items; /* number -> LoopItem */
static int next_number = 1;

static GIOCondition condition_from_events(int events)
{
    GIOCondition condition = G_IO_ERR | G_IO_HUP;

    if (events & VIR_EVENT_HANDLE_READABLE)
        condition |= G_IO_IN;
    if (events & VIR_EVENT_HANDLE_WRITABLE)
        condition |= G_IO_OUT;
    return condition;
}

static int events_from_condition(GIOCondition condition)
{
    return (condition & G_IO_IN ? VIR_EVENT_HANDLE_READABLE : 0) |
           (condition & G_IO_OUT ? VIR_EVENT_HANDLE_WRITABLE : 0) |
           (condition & G_IO_ERR ? VIR_EVENT_HANDLE_ERROR : 0) | (condition & G_IO_HUP ? VIR_EVENT_HANDLE_HANGUP : 0);
}

static gboolean on_fd(gint fd, GIOCondition condition, gpointer data)
{
    LoopItem *item = data;

    item->on_handle(item->number, fd, events_from_condition(condition), item->opaque);
    return G_SOURCE_CONTINUE;
}

static gboolean on_timeout(gpointer data)
{
    LoopItem *item = data;

    item->on_timeout(item->number, item->opaque);
    return G_SOURCE_CONTINUE;
}

/* On the loop, so that no callback of the item is running. */
static gboolean item_free(gpointer data)
{
    LoopItem *item = data;

    if (item->free)
        item->free(item->opaque);
    g_free(item);
    return G_SOURCE_REMOVE;
}

static int item_add(LoopItem *item)
{
    g_mutex_lock(&lock);
    if (!items)
        items = g_hash_table_new(NULL, NULL);
    item->number = next_number++;
    g_hash_table_insert(items, GINT_TO_POINTER(item->number), item);
    g_mutex_unlock(&lock);
    return item->number;
}

/* Replaces the item's source; value is events of a watch, milliseconds of a timer (negative: off). */
static void item_update(int number, int value)
{
    LoopItem *item;

    g_mutex_lock(&lock);
    item = g_hash_table_lookup(items, GINT_TO_POINTER(number));
    if (item && item->source)
        g_source_remove(item->source);
    if (item && item->fd >= 0)
        item->source = value ? g_unix_fd_add(item->fd, condition_from_events(value), on_fd, item) : 0;
    else if (item)
        item->source = value >= 0 ? g_timeout_add(value, on_timeout, item) : 0;
    g_mutex_unlock(&lock);
}

static int item_remove(int number)
{
    LoopItem *item;

    g_mutex_lock(&lock);
    item = g_hash_table_lookup(items, GINT_TO_POINTER(number));
    if (item) {
        g_hash_table_remove(items, GINT_TO_POINTER(number));
        if (item->source)
            g_source_remove(item->source);
        g_idle_add_full(G_PRIORITY_DEFAULT, item_free, item, NULL);
    }
    g_mutex_unlock(&lock);
    return item ? 0 : -1;
}

static int add_handle(int fd, int events, virEventHandleCallback callback, void *opaque, virFreeCallback free)
{
    LoopItem *item = g_new0(LoopItem, 1);

    item->fd = fd;
    item->on_handle = callback;
    item->opaque = opaque;
    item->free = free;
    item_add(item);
    item_update(item->number, events);
    return item->number;
}

static int add_timeout(int timeout_ms, virEventTimeoutCallback callback, void *opaque, virFreeCallback free)
{
    LoopItem *item = g_new0(LoopItem, 1);

    item->fd = -1;
    item->on_timeout = callback;
    item->opaque = opaque;
    item->free = free;
    item_add(item);
    item_update(item->number, timeout_ms);
    return item->number;
}

const RpcLoop rpc_loop_glib = {
    .add_handle = add_handle,
    .update_handle = item_update,
    .remove_handle = item_remove,
    .add_timeout = add_timeout,
    .update_timeout = item_update,
    .remove_timeout = item_remove,
};
