/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virsh/stream_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- receiving ---- */

static int write_data(virStreamPtr stream, const char *data, size_t size, void *opaque)
{
    return (int)write(*(const int *)opaque, data, size);
}

static int write_hole(virStreamPtr stream, long long size, void *opaque)
{
    int fd = *(const int *)opaque;
    off_t end = lseek(fd, size, SEEK_CUR);

    return end < 0 || ftruncate(fd, end) < 0 ? -1 : 0;
}

gboolean stream_receive(Shell *shell, virStreamPtr stream, const char *path, gboolean is_sparse, const char *what)
{
    g_autofree char *part = g_strdup_printf("%s.part", path);
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    gboolean ok;

    if (fd < 0) {
        shell_error(shell, "cannot create file %s: %s", path, g_strerror(errno));
        virStreamAbort(stream);
        return FALSE;
    }
    ok = (is_sparse ? virStreamSparseRecvAll(stream, write_data, write_hole, &fd)
                    : virStreamRecvAll(stream, write_data, &fd)) >= 0 &&
         virStreamFinish(stream) >= 0;
    ok = close(fd) == 0 && ok && rename(part, path) == 0;
    if (ok)
        return TRUE;
    unlink(part);
    return shell_fail(shell, "could not receive %s", what);
}

/* ---- sending ---- */

static int read_data(virStreamPtr stream, char *data, size_t size, void *opaque)
{
    return (int)read(*(const int *)opaque, data, size);
}

/* Whether data or a hole comes next, and how long it is. */
static int look_ahead(virStreamPtr stream, int *is_data, long long *length, void *opaque)
{
    int fd = *(const int *)opaque;
    off_t here = lseek(fd, 0, SEEK_CUR);
    off_t size = lseek(fd, 0, SEEK_END);
    off_t data = lseek(fd, here, SEEK_DATA);
    off_t end;

    if (here < 0 || size < 0 || (data < 0 && errno != ENXIO))
        return -1;
    *is_data = data == here;
    end = *is_data ? lseek(fd, here, SEEK_HOLE) : data < 0 ? size : data;
    *length = MAX(end, here) - here;
    return lseek(fd, here, SEEK_SET) < 0 ? -1 : 0;
}

static int skip_hole(virStreamPtr stream, long long size, void *opaque)
{
    return lseek(*(const int *)opaque, size, SEEK_CUR) < 0 ? -1 : 0;
}

gboolean stream_send(Shell *shell, virStreamPtr stream, const char *path, gboolean is_sparse, const char *what)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    gboolean ok;

    if (fd < 0) {
        shell_error(shell, "cannot read file %s: %s", path, g_strerror(errno));
        virStreamAbort(stream);
        return FALSE;
    }
    ok = (is_sparse ? virStreamSparseSendAll(stream, read_data, look_ahead, skip_hole, &fd)
                    : virStreamSendAll(stream, read_data, &fd)) >= 0 &&
         virStreamFinish(stream) >= 0;
    close(fd);
    return ok || shell_fail(shell, "could not send %s", what);
}
