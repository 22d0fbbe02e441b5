/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/storage/image_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"

/* Both formats begin with the same magic, and have the size of the disk at the same place. */
#define QCOW_MAGIC       "QFI\xfb"
#define QCOW_SIZE_OFFSET 24

static gboolean read_qcow_size(int fd, const char *path, guint64 *size, GError **error)
{
    char header[QCOW_SIZE_OFFSET + sizeof(guint64)];
    gssize n = pread(fd, header, sizeof(header), 0);
    guint64 big_endian;

    if (n != (gssize)sizeof(header) || memcmp(header, QCOW_MAGIC, strlen(QCOW_MAGIC)) != 0) {
        vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_INTERNAL_ERROR, "'%s' has no qcow2 header", path);
        return FALSE;
    }
    memcpy(&big_endian, header + QCOW_SIZE_OFFSET, sizeof(big_endian));
    *size = GUINT64_FROM_BE(big_endian);
    return TRUE;
}

static gboolean read_sizes(int fd, const char *path, DiskFormat format, ImageSizes *sizes, GError **error)
{
    struct stat info;
    guint64 device_size = 0;

    if (fstat(fd, &info) < 0 || (S_ISBLK(info.st_mode) && ioctl(fd, BLKGETSIZE64, &device_size) < 0)) {
        vir_error_set_errno(error, VIR_FROM_STORAGE, errno, "cannot find the size of '%s'", path);
        return FALSE;
    }
    if (S_ISBLK(info.st_mode))
        *sizes = (ImageSizes){device_size, device_size, device_size};
    else
        *sizes = (ImageSizes){(guint64)info.st_size, (guint64)info.st_blocks * 512, (guint64)info.st_size};
    return (format != DISK_FORMAT_QCOW && format != DISK_FORMAT_QCOW2) ||
           read_qcow_size(fd, path, &sizes->capacity, error);
}

gboolean image_file_sizes(const char *path, DiskFormat format, ImageSizes *sizes, GError **error)
{
    /* Not to hang on what only looks like an image. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    gboolean ok;

    if (fd < 0) {
        vir_error_set_errno(error, VIR_FROM_STORAGE, errno, "cannot open '%s'", path);
        return FALSE;
    }
    ok = read_sizes(fd, path, format, sizes, error);
    close(fd);
    return ok;
}

gboolean image_file_tells_capacity(const DiskDef *disk)
{
    /* Of encrypted data and of a part the file says something else than the guest sees. */
    return disk_source_local_path(&disk->source) && !disk_encryption(disk) && !disk->source.slice_size;
}
