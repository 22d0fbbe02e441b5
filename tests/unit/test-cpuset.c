/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/error.h"
#include "conf/cpuset.h"

static const struct {
    const char *in, *out; /* out NULL: refused */
} sets[] = {
    {"0", "0"},
    {"0-3", "0-3"},
    {"3,1,2", "1-3"},
    {" 1 , 5 ", "1,5"},
    {"0-7,^3", "0-2,4-7"},
    {"16383", "16383"},
    {"", NULL},
    {"0-", NULL},
    {"3-1", NULL},
    {"a", NULL},
    {"1,", NULL},
    {"^1", NULL},
    {"16384", NULL},
    {"99999999999999999999", NULL},
    {"1;2", NULL},
    {"^0-3", NULL},
};

static void test_sets(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(sets); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *set = cpuset_normalize(sets[i].in, &error);

        g_assert_cmpstr(set, ==, sets[i].out);
        g_assert_true(sets[i].out ? !error : vir_error_is(error, VIR_ERR_INVALID_ARG));
    }
}

static void test_bits(void)
{
    guint8 bits[2] = {0xff, 0xff};
    g_autofree char *text = NULL;

    cpuset_to_bits("0,3-4,9,77", bits, sizeof(bits));
    g_assert_cmphex(bits[0], ==, 0x19);
    g_assert_cmphex(bits[1], ==, 0x02);
    text = cpuset_from_bits(bits, sizeof(bits));
    g_assert_cmpstr(text, ==, "0,3-4,9");
    cpuset_to_bits("", bits, sizeof(bits));
    g_assert_null(cpuset_from_bits(bits, sizeof(bits)));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cpuset/sets", test_sets);
    g_test_add_func("/cpuset/bits", test_bits);
    return g_test_run();
}
