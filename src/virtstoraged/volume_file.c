/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtstoraged/volume_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "common/error.h"
#include "conf/storage/image_header.h"

#define BLOCK     512 /* of st_blocks */
#define LABEL_MAX 1024

/* ---- headers ---- */

/* Not to hang on what only looks like an image, nor to become its terminal. */
static int open_quietly(const char *path)
{
    return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

/* What cannot be read is as if it were raw. */
static void read_header(const char *path, ImageHeader *header)
{
    g_autofree guint8 *data = g_malloc(IMAGE_HEADER_SIZE);
    int fd = open_quietly(path);
    gssize size = fd < 0 ? 0 : pread(fd, data, IMAGE_HEADER_SIZE, 0);

    image_header_read(data, (gsize)MAX(size, 0), header);
    if (fd >= 0)
        close(fd);
}

ImageFormat volume_file_format(const char *path)
{
    ImageHeader header;
    struct stat info;
    ImageFormat format;

    if (stat(path, &info) < 0 || !S_ISREG(info.st_mode))
        return IMAGE_FORMAT_RAW;
    read_header(path, &header);
    format = header.format;
    image_header_clear(&header);
    return format;
}

/* ---- what the file system says ---- */

static char *read_label(const char *path)
{
    char label[LABEL_MAX];
    gssize size = getxattr(path, "security.selinux", label, sizeof(label));

    return size > 0 ? g_strndup(label, (gsize)size) : NULL;
}

void volume_file_permissions(StoragePermissions *permissions, const char *path, const struct stat *info)
{
    permissions->mode = (int)(info->st_mode & 0777);
    permissions->owner = info->st_uid;
    permissions->group = info->st_gid;
    g_free(permissions->label);
    permissions->label = read_label(path);
}

static void take_attributes(VolumeTarget *target, const struct stat *info)
{
    volume_file_permissions(&target->permissions, target->path, info);
    target->has_times = TRUE;
    target->atime = info->st_atim;
    target->mtime = info->st_mtim;
    target->ctime = info->st_ctim;
}

static guint64 device_size(const char *path)
{
    int fd = open_quietly(path);
    off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);

    if (fd >= 0)
        close(fd);
    return (guint64)MAX(size, 0);
}

/* A directory has no size, and a device is all in use. */
static void take_sizes(VolumeDef *def, const struct stat *info)
{
    if (S_ISDIR(info->st_mode)) {
        def->capacity = def->allocation = def->physical = 0;
    } else if (S_ISBLK(info->st_mode)) {
        def->capacity = def->allocation = def->physical = device_size(def->target.path);
    } else {
        def->capacity = def->physical = (guint64)info->st_size;
        def->allocation = (guint64)info->st_blocks * BLOCK;
    }
}

static void take_capacity(VolumeDef *def, const ImageHeader *header)
{
    if (header->has_capacity)
        def->capacity = header->capacity;
    else if (header->payload < def->physical)
        def->capacity = def->physical - header->payload;
}

guint64 volume_file_allocation(const char *path)
{
    struct stat info;

    return stat(path, &info) < 0 ? 0 : (guint64)info.st_blocks * BLOCK;
}

gboolean volume_file_refresh(VolumeDef *def, GError **error)
{
    ImageHeader header;
    struct stat info;

    if (stat(def->target.path, &info) < 0) {
        vir_error_set_errno(error, VIR_FROM_STORAGE, errno, "cannot stat file '%s'", def->target.path);
        return FALSE;
    }
    take_sizes(def, &info);
    take_attributes(&def->target, &info);
    if (S_ISDIR(info.st_mode))
        return TRUE;
    read_header(def->target.path, &header);
    if (header.format == def->target.format && header.encryption == def->target.encryption)
        take_capacity(def, &header);
    image_header_clear(&header);
    return TRUE;
}

/* ---- what lies under it ---- */

/* "nbd://...", "json:{...}": nothing that a file system knows. */
static gboolean is_remote(const char *name)
{
    const char *colon = strchr(name, ':');
    const char *slash = strchr(name, '/');

    return colon && (!slash || colon < slash);
}

static char *resolve(const char *dir, const char *name)
{
    if (g_path_is_absolute(name) || is_remote(name))
        return g_strdup(name);
    return g_build_filename(dir, name, NULL);
}

static VolumeTarget *find_backing(const char *dir, const ImageHeader *header)
{
    VolumeTarget *backing = volume_target_new();
    struct stat info;

    backing->path = resolve(dir, header->backing);
    if (header->backing_format >= 0)
        backing->format = (ImageFormat)header->backing_format;
    else if (!is_remote(header->backing))
        backing->format = volume_file_format(backing->path);
    if (!is_remote(header->backing) && stat(backing->path, &info) == 0)
        take_attributes(backing, &info);
    return backing;
}

/* ---- a volume ---- */

static void take_header(VolumeDef *def, const char *dir)
{
    ImageHeader header;

    read_header(def->target.path, &header);
    take_capacity(def, &header);
    def->target.format = header.format;
    def->target.encryption = header.encryption;
    def->target.cluster_size = header.cluster_size;
    if (header.is_extensible) {
        def->target.compat = g_strdup("1.1");
        def->target.has_features = TRUE;
        def->target.lazy_refcounts = header.lazy_refcounts;
        def->target.extended_l2 = header.extended_l2;
    }
    if (header.backing)
        def->backing = find_backing(dir, &header);
    image_header_clear(&header);
}

VolumeDef *volume_file_find(const char *dir, const char *name)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    struct stat info;
    VolumeDef *def;

    if (stat(path, &info) < 0 || !(S_ISREG(info.st_mode) || S_ISDIR(info.st_mode) || S_ISBLK(info.st_mode)))
        return NULL;
    def = volume_def_new(name);
    def->key = g_strdup(path);
    def->target.path = g_steal_pointer(&path);
    take_sizes(def, &info);
    take_attributes(&def->target, &info);
    if (S_ISDIR(info.st_mode)) {
        def->type = VOLUME_DIR;
        def->target.format = IMAGE_FORMAT_DIR;
        return def;
    }
    def->type = S_ISBLK(info.st_mode) ? VOLUME_BLOCK : VOLUME_FILE;
    take_header(def, dir);
    return def;
}
