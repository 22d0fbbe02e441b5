/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/short_text.h"

#include <string.h>

G_GNUC_PRINTF(2, 3) static const char *format(ShortText *text, const char *pattern, ...)
{
    const char *result;
    va_list args;

    va_start(args, pattern);
    result = short_text_vformat(text, pattern, args);
    va_end(args);
    return result;
}

/* Just below, at and above what there is room for. */
static void test_sizes(void)
{
    const gsize room = sizeof(((ShortText *)NULL)->small);

    for (gsize length = room - 2; length <= room + 1; length++) {
        g_autofree char *expected = g_strnfill(length, 'x');
        g_auto(ShortText) text = {0};

        g_assert_cmpstr(format(&text, "%s", expected), ==, expected);
        g_assert_true((text.large == NULL) == (length < room));
    }
}

static void test_values(void)
{
    g_auto(ShortText) text = {0};

    g_assert_cmpstr(format(&text, "%s-%d", "net", -7), ==, "net--7");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/short-text/sizes", test_sizes);
    g_test_add_func("/short-text/values", test_values);
    return g_test_run();
}
