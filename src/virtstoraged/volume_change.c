/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtstoraged/volume_change.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "common/file.h"
#include "virtstoraged/image_tool.h"

#define PIECE (1024 * 1024)

static gboolean fail(GError **error, const char *what, const char *path)
{
    vir_error_set_errno(error, VIR_FROM_STORAGE, errno, "%s '%s'", what, path);
    return FALSE;
}

/* Opens the volume's file for writing, hands it on, and has what came of it on the disk. */
static gboolean with_file(const VolumeDef *def, const char *failure, gboolean (*change)(int fd, gconstpointer data),
                          gconstpointer data, GError **error)
{
    int fd = open(def->target.path, O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    gboolean ok = fd >= 0 && change(fd, data) && fsync(fd) == 0;

    if (!ok)
        fail(error, failure, def->target.path);
    if (fd >= 0)
        close(fd);
    return ok;
}

/* ---- resize ---- */

typedef struct {
    guint64 old, capacity;
    gboolean is_allocated;
} Resize;

static gboolean set_size(int fd, gconstpointer data)
{
    const Resize *resize = data;

    if (ftruncate(fd, (off_t)resize->capacity) < 0)
        return FALSE;
    if (!resize->is_allocated || resize->capacity <= resize->old)
        return TRUE;
    errno = posix_fallocate(fd, (off_t)resize->old, (off_t)(resize->capacity - resize->old));
    return errno == 0;
}

gboolean volume_resize(const VolumeDef *def, guint64 capacity, guint flags, GError **error)
{
    Resize resize = {def->capacity, capacity, (flags & VIR_STORAGE_VOL_RESIZE_ALLOCATE) != 0};

    if (def->type != VOLUME_FILE || def->target.encryption) {
        vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_OPERATION_UNSUPPORTED,
                      "only volumes that are files, and not encrypted, are resized");
        return FALSE;
    }
    if (def->target.format == IMAGE_FORMAT_RAW)
        return with_file(def, "Failed to resize file", set_size, &resize, error);
    return image_tool_resize(def, capacity, flags, error);
}

/* ---- wipe ---- */

static gboolean write_zeros(int fd, guint64 size)
{
    g_autofree char *zeros = g_malloc0(PIECE);

    while (size > 0) {
        gssize n = write(fd, zeros, MIN(size, PIECE));

        if (n < 0 && errno != EINTR)
            return FALSE;
        size -= (guint64)MAX(n, 0);
    }
    return TRUE;
}

static gboolean zero(int fd, gconstpointer data)
{
    const VolumeDef *def = data;
    struct stat info;

    if (fstat(fd, &info) < 0)
        return FALSE;
    if (S_ISREG(info.st_mode) && info.st_blocks * 512 < info.st_size)
        return ftruncate(fd, 0) == 0 && ftruncate(fd, info.st_size) == 0;
    return write_zeros(fd, S_ISREG(info.st_mode) ? (guint64)info.st_size : def->capacity);
}

gboolean volume_wipe(const VolumeDef *def, GError **error)
{
    if (def->type == VOLUME_DIR) {
        vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_OPERATION_UNSUPPORTED,
                      "wiping is not supported for directories");
        return FALSE;
    }
    return with_file(def, "Failed to wipe volume", zero, def, error);
}

/* ---- delete ---- */

gboolean volume_delete(const VolumeDef *def, GError **error)
{
    if (def->type != VOLUME_DIR)
        return file_remove(def->target.path, VIR_FROM_STORAGE, error);
    return rmdir(def->target.path) == 0 || errno == ENOENT || fail(error, "cannot remove directory", def->target.path);
}
