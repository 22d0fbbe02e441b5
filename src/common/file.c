/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"

/* Between a file's name and what makes the name beside it one of its own. */
#define NEW_MARK ".new-"

/* A rename or an unlink is on the disk only when its directory is. */
static gboolean sync_dir_of(const char *path, int domain, GError **error)
{
    g_autofree char *dir = g_path_get_dirname(path);
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    gboolean ok = fd >= 0 && fsync(fd) == 0;

    if (!ok)
        vir_error_set_errno(error, domain, errno, "cannot sync directory '%s'", dir);
    if (fd >= 0)
        close(fd);
    return ok;
}

static gboolean write_all(int fd, const char *text, gsize size)
{
    while (size > 0) {
        ssize_t n = write(fd, text, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return FALSE;
        text += n;
        size -= (gsize)n;
    }
    return TRUE;
}

static gboolean replace(const char *path, const char *text, int mode, gboolean is_synced, int domain, GError **error)
{
    g_autofree char *beside = g_strdup_printf("%s" NEW_MARK "XXXXXX", path);
    int fd = g_mkstemp_full(beside, O_RDWR | O_CLOEXEC, mode);
    gboolean ok;

    if (fd < 0) {
        vir_error_set_errno(error, domain, errno, "cannot create config file '%s'", beside);
        return FALSE;
    }
    ok = write_all(fd, text, strlen(text)) && (!is_synced || fsync(fd) == 0);
    if (close(fd) < 0 || !ok || rename(beside, path) < 0) {
        vir_error_set_errno(error, domain, errno, "cannot write config file '%s'", path);
        unlink(beside);
        return FALSE;
    }
    return !is_synced || sync_dir_of(path, domain, error);
}

gboolean file_write_atomic(const char *path, const char *text, int mode, int domain, GError **error)
{
    return replace(path, text, mode, TRUE, domain, error);
}

gboolean file_replace(const char *path, const char *text, int mode, int domain, GError **error)
{
    return replace(path, text, mode, FALSE, domain, error);
}

/* "NAME.new-a1B2c3": written, but not yet renamed. */
static gboolean is_leftover(const char *name)
{
    const char *mark = g_strrstr(name, NEW_MARK);

    if (!mark || mark == name)
        return FALSE;
    for (mark += strlen(NEW_MARK); *mark; mark++)
        if (!g_ascii_isalnum(*mark))
            return FALSE;
    return TRUE;
}

void file_sweep(const char *dir)
{
    g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
    const char *name;

    while (entries && (name = g_dir_read_name(entries))) {
        g_autofree char *path = g_build_filename(dir, name, NULL);

        if (is_leftover(name))
            unlink(path);
    }
}

gboolean file_remove(const char *path, int domain, GError **error)
{
    if (unlink(path) < 0) {
        if (errno == ENOENT)
            return TRUE;
        vir_error_set_errno(error, domain, errno, "cannot remove '%s'", path);
        return FALSE;
    }
    return sync_dir_of(path, domain, error);
}

gboolean file_link(const char *target, const char *path, int domain, GError **error)
{
    g_autofree char *beside = g_strdup_printf("%s" NEW_MARK "%u", path, g_random_int());

    if (symlink(target, beside) < 0 || rename(beside, path) < 0) {
        vir_error_set_errno(error, domain, errno, "Failed to create symlink '%s' to '%s'", path, target);
        unlink(beside);
        return FALSE;
    }
    return sync_dir_of(path, domain, error);
}

gboolean file_make_dir(const char *path, int mode, int domain, GError **error)
{
    if (g_mkdir_with_parents(path, mode) == 0)
        return TRUE;
    vir_error_set_errno(error, domain, errno, "cannot create directory '%s'", path);
    return FALSE;
}

char *file_read(const char *path, gsize limit, gsize *size, int domain, GError **error)
{
    g_autoptr(GByteArray) content = g_byte_array_new();
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    guint8 buffer[4096];
    ssize_t n = -1;

    while (fd >= 0 && content->len <= limit &&
           ((n = read(fd, buffer, sizeof(buffer))) > 0 || (n < 0 && errno == EINTR)))
        g_byte_array_append(content, buffer, (guint)MAX(n, 0));
    if (content->len > limit)
        vir_error_set(error, domain, VIR_ERR_SYSTEM_ERROR, "'%s' is larger than %zu bytes", path, limit);
    else if (n < 0)
        vir_error_set_errno(error, domain, errno, "cannot read '%s'", path);
    if (fd >= 0)
        close(fd);
    if (n < 0 || content->len > limit)
        return NULL;
    if (size)
        *size = content->len;
    g_byte_array_append(content, (const guint8 *)"", 1);
    return (char *)g_byte_array_free(g_steal_pointer(&content), FALSE);
}
