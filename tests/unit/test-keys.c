/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One key in every numbering, and numbers of none. */
#include "virtqemud/calls/keys.h"

#include <libvirt/libvirt.h>

static int of(guint codeset, guint key)
{
    int number = 0;

    g_assert_true(keys_to_qemu(codeset, key, &number));
    return number;
}

static void test_one_key(void)
{
    static const struct {
        guint codeset, a, home;
    } sets[] = {
        {VIR_KEYCODE_SET_LINUX, 30, 102},       {VIR_KEYCODE_SET_QNUM, 0x1e, 0xc7},
        {VIR_KEYCODE_SET_XT, 0x1e, 0xe047},     {VIR_KEYCODE_SET_ATSET1, 0x1e, 0xe047},
        {VIR_KEYCODE_SET_USB, 0x04, 0x4a},      {VIR_KEYCODE_SET_WIN32, 'A', 0x24},
        {VIR_KEYCODE_SET_ATSET2, 0x1c, 0xe06c}, {VIR_KEYCODE_SET_ATSET3, 0x1c, 0x6e},
        {VIR_KEYCODE_SET_XT_KBD, 0x1e, 0x147},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(sets); i++) {
        g_assert_cmpint(of(sets[i].codeset, sets[i].a), ==, 0x1e);
        g_assert_cmpint(of(sets[i].codeset, sets[i].home), ==, 0xc7);
        g_assert_cmpint(of(sets[i].codeset, 0), ==, -1);
        g_assert_cmpint(of(sets[i].codeset, 0xffff), ==, -1);
    }
}

/* The A of macOS is 0. */
static void test_osx(void)
{
    g_assert_cmpint(of(VIR_KEYCODE_SET_OSX, 0), ==, 0x1e);
    g_assert_cmpint(of(VIR_KEYCODE_SET_OSX, 0x01), ==, 0x1f);
    g_assert_cmpint(of(VIR_KEYCODE_SET_OSX, 0x37), ==, 0xdb);
    g_assert_cmpint(of(VIR_KEYCODE_SET_OSX, 0x73), ==, 0xc7);
}

/* Some keys have two numbers of USB. */
static void test_two_numbers(void)
{
    g_assert_cmpint(of(VIR_KEYCODE_SET_USB, 0x31), ==, 0x2b);
    g_assert_cmpint(of(VIR_KEYCODE_SET_USB, 0x32), ==, 0x2b);
}

/* Scan codes that no keyboard sends. */
static void test_no_key(void)
{
    g_assert_cmpint(of(VIR_KEYCODE_SET_XT, 0x7f), ==, -1);
    g_assert_cmpint(of(VIR_KEYCODE_SET_ATSET1, 0xe07f), ==, -1);
    g_assert_cmpint(of(VIR_KEYCODE_SET_XT_KBD, 0xe047), ==, -1);
    g_assert_cmpint(of(VIR_KEYCODE_SET_ATSET2, 0x02), ==, -1);
}

/* Each number of a set stands for one key. */
static void test_distinct(void)
{
    static const guint sets[] = {VIR_KEYCODE_SET_ATSET2, VIR_KEYCODE_SET_ATSET3, VIR_KEYCODE_SET_OSX,
                                 VIR_KEYCODE_SET_XT_KBD};

    for (gsize i = 0; i < G_N_ELEMENTS(sets); i++) {
        g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

        for (guint key = 1; key <= 0xfffe; key++) {
            int number = of(sets[i], key);

            g_assert_true(number < 0 || g_hash_table_add(seen, GINT_TO_POINTER(number)));
        }
        g_assert_cmpuint(g_hash_table_size(seen), >, 95);
    }
}

static void test_unknown(void)
{
    int number;

    g_assert_false(keys_to_qemu(VIR_KEYCODE_SET_LAST, 1, &number));
    g_assert_false(keys_to_qemu(99, 1, &number));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/keys/one-key", test_one_key);
    g_test_add_func("/keys/osx", test_osx);
    g_test_add_func("/keys/no-key", test_no_key);
    g_test_add_func("/keys/two-numbers", test_two_numbers);
    g_test_add_func("/keys/distinct", test_distinct);
    g_test_add_func("/keys/unknown", test_unknown);
    return g_test_run();
}
