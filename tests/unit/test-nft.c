/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes of many threads in the kernel of a network namespace of our own. */
#include <libvirt/virterror.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "virtnetworkd/host/nft.h"

#define THREADS 24

static gboolean has_own_network(void)
{
    static int answer = -1;

    if (answer < 0)
        answer = unshare(geteuid() == 0 ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET) == 0;
    if (!answer)
        g_test_skip("no network namespace can be made here");
    return answer == 1;
}

static gboolean has_table(guint i)
{
    g_autofree char *json = nft_list(NULL);
    g_autofree char *name = g_strdup_printf("\"name\": \"t%u\"", i);

    g_assert_nonnull(json);
    return strstr(json, name) != NULL;
}

/* Every third one is wrong: it is to fail, and nothing of it is to be there. */
static gboolean is_wrong(guint i)
{
    return i % 3 == 1;
}

static gpointer make(gpointer data)
{
    guint i = GPOINTER_TO_UINT(data);
    char *script = g_strdup_printf("add table inet t%u\n%s", i, is_wrong(i) ? "add rule inet nowhere c accept\n" : "");
    g_autoptr(GError) error = NULL;
    gboolean ok = nft_change_make(nft_change_new(script, FALSE), &error);

    g_assert_cmpint(ok, ==, !is_wrong(i));
    if (!ok)
        g_assert_error(error, vir_error_quark(VIR_FROM_FIREWALL), VIR_ERR_INTERNAL_ERROR);
    return NULL;
}

static void test_together(void)
{
    GThread *threads[THREADS];

    if (!has_own_network())
        return;
    for (guint i = 0; i < THREADS; i++)
        threads[i] = g_thread_new("change", make, GUINT_TO_POINTER(i));
    for (guint i = 0; i < THREADS; i++)
        g_thread_join(threads[i]);
    for (guint i = 0; i < THREADS; i++)
        g_assert_cmpint(has_table(i), ==, !is_wrong(i));
}

/* Queued one behind the other, so that all that may are made by the first that waits. */
static void test_order(void)
{
    NftChange *changes[4];

    if (!has_own_network())
        return;
    changes[0] = nft_change_new(g_strdup("add table inet t100"), FALSE);
    changes[1] = nft_change_new(g_strdup("add table inet t101\n"), FALSE);
    changes[2] = nft_change_new(g_strdup("delete table inet t100\n"), TRUE);
    changes[3] = nft_change_new(g_strdup("add table inet t102\n"), FALSE);
    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++)
        g_assert_true(nft_change_make(changes[i], NULL));
    g_assert_false(has_table(100));
    g_assert_true(has_table(101));
    g_assert_true(has_table(102));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/nft/together", test_together);
    g_test_add_func("/nft/order", test_order);
    return g_test_run();
}
