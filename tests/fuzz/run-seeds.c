/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs a fuzz target over files, without a fuzzer: an ordinary test. usage: TARGET DIRECTORY */
#include <stdint.h>
#include <stdio.h>

#include <glib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
    g_autoptr(GDir) dir = argc == 2 ? g_dir_open(argv[1], 0, NULL) : NULL;
    const char *name;
    guint n = 0;

    if (!dir) {
        fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
        return 1;
    }
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(argv[1], name, NULL);
        g_autofree char *data = NULL;
        gsize size;

        g_assert_true(g_file_get_contents(path, &data, &size, NULL));
        LLVMFuzzerTestOneInput((const uint8_t *)data, size);
        printf("ok %u %s\n", ++n, name);
        fflush(stdout);
    }
    printf("1..%u\n", n);
    return n == 0;
}
