/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"

static gboolean fail(GError **error, const char *what, const char *path)
{
    vir_error_set_errno(error, VIR_FROM_NONE, errno, "cannot %s '%s'", what, path);
    return FALSE;
}

gboolean file_sync_directory(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    gboolean ok;

    if (fd < 0)
        return fail(error, "open directory", path);
    ok = fsync(fd) == 0 || fail(error, "sync directory", path);
    close(fd);
    return ok;
}

static gboolean sync_parent(const char *path, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(path);

    return file_sync_directory(parent, error);
}

static gboolean fill(int fd, const char *path, const guint8 *data, gsize size, mode_t mode, GError **error)
{
    while (size > 0) {
        gssize n = write(fd, data, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(error, "write", path);
        data += n;
        size -= n;
    }
    if (fchmod(fd, mode) < 0)
        return fail(error, "set the mode of", path);
    return fsync(fd) == 0 || fail(error, "sync", path);
}

gboolean file_write_atomic(const char *path, const void *data, gsize size, mode_t mode, GError **error)
{
    g_autofree char *temporary = g_strdup_printf("%s.XXXXXX", path);
    int fd = mkostemp(temporary, O_CLOEXEC);
    gboolean ok;

    if (fd < 0)
        return fail(error, "create", temporary);
    ok = fill(fd, temporary, data, size, mode, error);
    close(fd);
    if (ok && rename(temporary, path) < 0)
        ok = fail(error, "rename a new file to", path);
    if (!ok) {
        unlink(temporary);
        return FALSE;
    }
    return sync_parent(path, error);
}

gboolean file_remove(const char *path, GError **error)
{
    if (unlink(path) < 0)
        return errno == ENOENT || fail(error, "remove", path);
    return sync_parent(path, error);
}

static char *read_all(int fd, const char *path, gsize limit, gsize *size, GError **error)
{
    g_autoptr(GByteArray) content = g_byte_array_new();
    guint8 piece[4096];
    gssize n;

    while ((n = read(fd, piece, sizeof(piece))) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n > 0 && content->len + (gsize)n > limit) {
            errno = EFBIG;
            n = -1;
        }
        if (n < 0) {
            fail(error, "read", path);
            return NULL;
        }
        g_byte_array_append(content, piece, n);
    }
    if (size)
        *size = content->len;
    g_byte_array_append(content, (const guint8 *)"", 1);
    return (char *)g_byte_array_free(g_steal_pointer(&content), FALSE);
}

char *file_read(const char *path, gsize limit, gsize *size, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *content;

    if (fd < 0) {
        fail(error, "open", path);
        return NULL;
    }
    content = read_all(fd, path, limit, size, error);
    close(fd);
    return content;
}
