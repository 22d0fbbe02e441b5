/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs a fuzz target once over each file named on the command line, where there is no fuzzer to drive it. */
#include <glib.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        g_autofree char *data = NULL;
        g_autoptr(GError) error = NULL;
        gsize size;

        if (!g_file_get_contents(argv[i], &data, &size, &error)) {
            fprintf(stderr, "%s\n", error->message);
            return 1;
        }
        LLVMFuzzerTestOneInput((const guint8 *)data, size);
    }
    return argc > 1 ? 0 : 1;
}
