/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/parallel.h"

#define THREADS_MAX 8

typedef struct {
    GPtrArray *items;
    GFunc work;
    gint next; /* of items, atomic */
} Share;

static gpointer take_items(gpointer data)
{
    Share *share = data;
    guint i;

    while ((i = (guint)g_atomic_int_add(&share->next, 1)) < share->items->len)
        share->work(share->items->pdata[i], NULL);
    return NULL;
}

void parallel_each(GPtrArray *items, GFunc work)
{
    Share share = {.items = items, .work = work};
    GThread *threads[THREADS_MAX] = {NULL};
    guint n_threads = MIN(MIN(g_get_num_processors(), THREADS_MAX), MAX(items->len, 1)) - 1;

    for (guint i = 0; i < n_threads; i++)
        threads[i] = g_thread_try_new("load", take_items, &share, NULL);
    /* This thread takes its part, which is all when no other can be made. */
    take_items(&share);
    for (guint i = 0; i < n_threads; i++) {
        if (threads[i])
            g_thread_join(threads[i]);
    }
}
