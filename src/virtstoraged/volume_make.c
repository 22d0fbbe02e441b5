/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtstoraged/volume_make.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "virtstoraged/image_tool.h"
#include "virtstoraged/new_file.h"
#include "virtstoraged/volume_file.h"

#define PIECE    (1024 * 1024)
#define DIR_MODE 0600 /* as of files; who makes it may go in */

static gboolean fail(GError **error, const char *what, const char *path)
{
    vir_error_set_errno(error, VIR_FROM_STORAGE, errno, "%s '%s'", what, path);
    return FALSE;
}

/* ---- raw ---- */

/* Where copying on write is a matter of the file; elsewhere there is nothing to say. */
static void set_nocow(int fd)
{
    int attributes = 0;

    if (ioctl(fd, FS_IOC_GETFLAGS, &attributes) == 0) {
        attributes |= FS_NOCOW_FL;
        ioctl(fd, FS_IOC_SETFLAGS, &attributes);
    }
}

static gboolean make_room(const VolumeDef *def, NewFile *file, GError **error)
{
    guint64 allocation = MIN(def->allocation, def->capacity);
    int failure;

    if (def->target.nocow)
        set_nocow(file->fd);
    if (ftruncate(file->fd, (off_t)def->capacity) < 0)
        return fail(error, "cannot extend file", file->target);
    failure = allocation ? posix_fallocate(file->fd, 0, (off_t)allocation) : 0;
    if (!failure)
        return TRUE;
    vir_error_set_errno(error, VIR_FROM_STORAGE, failure, "cannot allocate %" G_GUINT64_FORMAT " bytes in file '%s'",
                        allocation, file->target);
    return FALSE;
}

static gboolean check_raw(const VolumeDef *def, guint flags, GError **error)
{
    if (def->backing)
        return vir_error_fail(error, VIR_FROM_STORAGE, VIR_ERR_NO_SUPPORT,
                              "backing storage not supported for raw volumes");
    if (flags & VIR_STORAGE_VOL_CREATE_PREALLOC_METADATA)
        return vir_error_fail(error, VIR_FROM_STORAGE, VIR_ERR_CONFIG_UNSUPPORTED,
                              "metadata preallocation is not supported for raw volumes");
    return TRUE;
}

/* ---- copies of raw bytes ---- */

static gboolean write_all(int fd, const char *data, gsize size, off_t offset)
{
    while (size > 0) {
        gssize n = pwrite(fd, data, size, offset);

        if (n < 0 && errno != EINTR)
            return FALSE;
        if (n > 0) {
            data += n;
            offset += n;
            size -= (gsize)n;
        }
    }
    return TRUE;
}

/* errno on FALSE. */
static gboolean copy_range(int from, int to, off_t offset, off_t end)
{
    g_autofree char *piece = g_malloc(PIECE);

    while (offset < end) {
        gssize n = pread(from, piece, (gsize)MIN(end - offset, PIECE), offset);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || !write_all(to, piece, (gsize)n, offset))
            return n == 0; /* it ends earlier than it did */
        offset += n;
    }
    return TRUE;
}

/* Holes stay holes. */
static gboolean copy_data(int from, int to, off_t size)
{
    off_t data = 0;

    while (data < size) {
        off_t next = lseek(from, data, SEEK_DATA);
        off_t hole = next < 0 ? -1 : lseek(from, next, SEEK_HOLE);

        if (next < 0 && errno == ENXIO)
            return TRUE;
        if (next < 0 || hole < 0) { /* no notion of holes here: all is data */
            next = data;
            hole = size;
        }
        if (!copy_range(from, to, next, hole))
            return FALSE;
        data = hole;
    }
    return TRUE;
}

static gboolean copy_into(const VolumeDef *def, int from, const VolumeDef *source, NewFile *file, guint flags,
                          GError **error)
{
    if (flags & VIR_STORAGE_VOL_CREATE_REFLINK)
        return (ioctl(file->fd, FICLONE, from) == 0 &&
                (def->capacity <= source->physical || ftruncate(file->fd, (off_t)def->capacity) == 0)) ||
               fail(error, "failed to clone file", source->target.path);
    if (!make_room(def, file, error))
        return FALSE;
    return copy_data(from, file->fd, (off_t)source->physical) || fail(error, "cannot copy to file", file->target);
}

static gboolean copy_raw(const VolumeDef *def, const VolumeDef *source, NewFile *file, guint flags, GError **error)
{
    int from = open(source->target.path, O_RDONLY | O_CLOEXEC);
    gboolean ok;

    if (from < 0)
        return fail(error, "could not open input path", source->target.path);
    ok = copy_into(def, from, source, file, flags, error);
    close(from);
    return ok;
}

/* ---- any ---- */

static gboolean is_bytes(const VolumeTarget *target)
{
    return target->format == IMAGE_FORMAT_RAW;
}

static gboolean fill(const VolumeDef *def, const VolumeDef *source, NewFile *file, guint flags, GError **error)
{
    if (is_bytes(&def->target) && (!source || is_bytes(&source->target)))
        return check_raw(def, flags, error) &&
               (source ? copy_raw(def, source, file, flags, error) : make_room(def, file, error));
    if (source)
        return image_tool_convert(def, source, file->path, flags, error);
    return image_tool_create(def, file->path, flags, error);
}

/* The file's present name means nothing to whoever reads the error. */
static void name_target(GError *error, const NewFile *file)
{
    g_autoptr(GString) message = g_string_new(error->message);

    g_string_replace(message, file->path, file->target, 0);
    g_free(error->message);
    error->message = g_string_free(g_steal_pointer(&message), FALSE);
}

static gboolean make_file(VolumeDef *def, const VolumeDef *source, const char *made_at, guint flags, GError **error)
{
    g_autoptr(NewFile) file = new_file_open(made_at, def->target.path, error);
    g_autoptr(GError) reason = NULL;

    if (!file)
        return FALSE;
    if (fill(def, source, file, flags, &reason))
        return new_file_commit(file, &def->target.permissions, error);
    name_target(reason, file);
    g_propagate_error(error, g_steal_pointer(&reason));
    return FALSE;
}

static gboolean make_directory(const VolumeDef *def, GError **error)
{
    const StoragePermissions *permissions = &def->target.permissions;

    if (mkdir(def->target.path, permissions->mode < 0 ? DIR_MODE : (mode_t)permissions->mode) < 0 ||
        ((permissions->owner >= 0 || permissions->group >= 0) &&
         chown(def->target.path, (uid_t)permissions->owner, (gid_t)permissions->group) < 0))
        return fail(error, "failed to create directory", def->target.path);
    return TRUE;
}

/* A relative path counts from where the volume is. */
static gboolean check_backing(const VolumeDef *def, GError **error)
{
    g_autofree char *dir = g_path_get_dirname(def->target.path);
    g_autofree char *path = def->backing ? g_canonicalize_filename(def->backing->path, dir) : NULL;

    if (!path || access(path, R_OK) == 0)
        return TRUE;
    vir_error_set_errno(error, VIR_FROM_STORAGE, errno, "inaccessible backing store volume %s", def->backing->path);
    return FALSE;
}

gboolean volume_make(VolumeDef *def, const VolumeDef *source, const char *made_at, guint flags, GError **error)
{
    struct stat info;
    gboolean ok;

    if (lstat(def->target.path, &info) == 0) {
        vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_OPERATION_INVALID, "volume target path '%s' already exists",
                      def->target.path);
        return FALSE;
    }
    if (!check_backing(def, error))
        return FALSE;
    if (def->target.format != IMAGE_FORMAT_DIR)
        ok = make_file(def, source, made_at, flags, error);
    else if (source)
        ok = vir_error_fail(error, VIR_FROM_STORAGE, VIR_ERR_CONFIG_UNSUPPORTED,
                            "a directory cannot be made from another volume");
    else
        ok = make_directory(def, error);
    return ok && volume_file_refresh(def, error);
}
