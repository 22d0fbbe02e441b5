/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/parallel.h"

typedef struct {
    gint n_calls;
} Item;

static void work(gpointer data, gpointer unused)
{
    g_atomic_int_inc(&((Item *)data)->n_calls);
}

/* All are done when it returns, each once. */
static void test_each_once(void)
{
    for (guint n = 0; n <= 100; n += 50) {
        g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_free);

        for (guint i = 0; i < n; i++)
            g_ptr_array_add(items, g_new0(Item, 1));
        parallel_each(items, work);
        for (guint i = 0; i < n; i++)
            g_assert_cmpint(((const Item *)items->pdata[i])->n_calls, ==, 1);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/parallel/each-once", test_each_once);
    return g_test_run();
}
