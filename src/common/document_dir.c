/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/document_dir.h"

#include <dirent.h>
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

/* The files with a link. */
static GHashTable *read_links(const char *dir)
{
    g_autofree char *links = g_build_filename(dir, "autostart", NULL);
    GHashTable *linked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GDir) entries = NULL;
    const char *entry;

    file_sweep(links);
    entries = g_dir_open(links, 0, NULL);
    while (entries && (entry = g_dir_read_name(entries))) {
        g_autofree char *link = g_build_filename(links, entry, NULL);

        if (g_file_test(link, G_FILE_TEST_IS_SYMLINK))
            g_hash_table_add(linked, g_strdup(entry));
    }
    return linked;
}

static gboolean is_document(const struct dirent *entry, const char *path)
{
    if (!g_str_has_suffix(entry->d_name, SUFFIX) || entry->d_type == DT_DIR)
        return FALSE;
    /* There may be thousands, and the directory mostly knows. */
    return entry->d_type == DT_REG || g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

void document_for_each(const char *dir, void (*func)(const Document *document, gpointer data), gpointer data)
{
    g_autoptr(GHashTable) linked = read_links(dir);
    const struct dirent *entry;
    DIR *entries;

    file_sweep(dir);
    entries = opendir(dir);
    while (entries && (entry = readdir(entries))) {
        g_autofree char *path = g_build_filename(dir, entry->d_name, NULL);
        g_autofree char *name = NULL;

        if (!is_document(entry, path))
            continue;
        name = g_strndup(entry->d_name, strlen(entry->d_name) - strlen(SUFFIX));
        func(&(Document){name, path, g_hash_table_contains(linked, entry->d_name)}, data);
    }
    if (entries)
        closedir(entries);
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
