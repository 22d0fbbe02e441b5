/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/document_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/file.h"

#define SUFFIX ".xml"

char *document_path(const char *dir, const char *name)
{
    return g_strdup_printf("%s/%s" SUFFIX, dir, name);
}

static char *link_path(const char *dir, const char *name)
{
    return g_strdup_printf("%s/autostart/%s" SUFFIX, dir, name);
}

gboolean document_write(const char *dir, const char *name, const char *text, int domain, GError **error)
{
    g_autofree char *path = document_path(dir, name);

    return file_write_atomic(path, text, 0600, domain, error);
}

gboolean document_remove(const char *dir, const char *name, int domain, GError **error)
{
    g_autofree char *path = document_path(dir, name);
    g_autofree char *link = link_path(dir, name);

    return file_remove(link, domain, error) && file_remove(path, domain, error);
}

gboolean document_set_autostart(const char *dir, const char *name, gboolean autostart, int domain, GError **error)
{
    g_autofree char *path = document_path(dir, name);
    g_autofree char *link = link_path(dir, name);
    g_autofree char *link_dir = g_path_get_dirname(link);

    if (!autostart)
        return file_remove(link, domain, error);
    return file_make_dir(link_dir, 0700, domain, error) && file_link(path, link, domain, error);
}

gboolean document_is_autostart(const char *dir, const char *name)
{
    g_autofree char *link = link_path(dir, name);

    return g_file_test(link, G_FILE_TEST_IS_SYMLINK);
}

void document_for_each(const char *dir, void (*func)(const char *name, const char *path, gpointer data), gpointer data)
{
    g_autofree char *links = g_build_filename(dir, "autostart", NULL);
    g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
    const char *entry;

    file_sweep(dir);
    file_sweep(links);
    while (entries && (entry = g_dir_read_name(entries))) {
        g_autofree char *path = g_build_filename(dir, entry, NULL);
        g_autofree char *name = NULL;

        if (!g_str_has_suffix(entry, SUFFIX) || !g_file_test(path, G_FILE_TEST_IS_REGULAR))
            continue;
        name = g_strndup(entry, strlen(entry) - strlen(SUFFIX));
        func(name, path, data);
    }
}

gboolean document_is_first_start(const char *run_dir)
{
    g_autofree char *path = g_build_filename(run_dir, "autostarted", NULL);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0)
        return errno != EEXIST;
    close(fd);
    return TRUE;
}
