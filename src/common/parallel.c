/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/parallel.h"

#define THREADS_MAX 8

void parallel_each(GPtrArray *items, GFunc work)
{
    GThreadPool *pool = g_thread_pool_new(work, NULL, (gint)MIN(g_get_num_processors(), THREADS_MAX), TRUE, NULL);

    for (guint i = 0; i < items->len; i++) {
        if (pool)
            g_thread_pool_push(pool, items->pdata[i], NULL);
        else
            work(items->pdata[i], NULL);
    }
    if (pool)
        g_thread_pool_free(pool, FALSE, TRUE);
}
