/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/host/host_file.h"

#include <stdio.h>

char *host_read_text(const char *path)
{
    char *text = NULL;

    return g_file_get_contents(path, &text, NULL, NULL) ? g_strstrip(text) : NULL;
}

void host_each_number(const char *list, void (*each)(guint number, gpointer data), gpointer data)
{
    g_auto(GStrv) ranges = g_strsplit(list ? list : "", ",", -1);

    for (char **range = ranges; *range; range++) {
        guint first, last;
        int n = sscanf(*range, "%u-%u", &first, &last);

        if (n < 1)
            continue;
        for (guint i = first; i <= (n == 2 ? last : first); i++)
            each(i, data);
    }
}

guint64 host_read_number(const char *path)
{
    g_autofree char *text = host_read_text(path);

    return text ? g_ascii_strtoull(text, NULL, 10) : 0;
}
