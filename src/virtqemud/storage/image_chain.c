/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/storage/image_chain.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/storage/image_header.h"
#include "virtqemud/storage/backing_name.h"

/* What QEMU bears itself. */
#define CHAIN_MAX 200

/* One step of a chain: what is read, and where that goes which is below it. */
typedef struct {
    const DiskSource *source;
    DiskFormat format;
    DiskBacking **below;
} Step;

/* Whether images of the format can be overlays. */
static gboolean may_be_overlay(DiskFormat format)
{
    return format == DISK_FORMAT_QCOW || format == DISK_FORMAT_QCOW2 || format == DISK_FORMAT_QED ||
           format == DISK_FORMAT_VMDK;
}

static DiskFormat disk_format(ImageFormat format)
{
    int found = xml_enum_find(disk_formats, DISK_FORMAT_LAST, image_formats[format]);

    return found > DISK_FORMAT_NONE ? (DiskFormat)found : DISK_FORMAT_RAW;
}

/* FALSE with errno when it cannot be opened or read. */
static gboolean read_header(const char *path, ImageHeader *header)
{
    g_autofree guint8 *bytes = g_malloc(IMAGE_HEADER_SIZE);
    /* Not to hang on what only looks like an image. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    gssize n = fd >= 0 ? pread(fd, bytes, IMAGE_HEADER_SIZE, 0) : -1;
    int problem = errno;

    if (fd >= 0)
        close(fd);
    errno = problem;
    if (n >= 0)
        image_header_read(bytes, (gsize)n, header);
    return n >= 0;
}

static void end_chain(Step *step)
{
    *step->below = disk_backing_new();
    (*step->below)->found = XML_BOOL_YES;
}

/* The format that an overlay does not tell is taken from the image, unless that would make it an overlay of something
 * in turn: a guest can write such a header into a raw image of its own, and read any file of the host's by it. */
static gboolean guess_format(const char *path, const ImageHeader *overlay, const char *overlay_path, DiskFormat *format,
                             GError **error)
{
    ImageHeader header;
    gboolean is_overlay;

    if (!read_header(path, &header)) {
        vir_error_set_errno(error, VIR_FROM_STORAGE, errno, "Cannot access backing file '%s' of storage file '%s'",
                            path, overlay_path);
        return FALSE;
    }
    *format = disk_format(header.format);
    is_overlay = header.backing != NULL;
    image_header_clear(&header);
    if (!is_overlay)
        return TRUE;
    return vir_error_fail(error, VIR_FROM_STORAGE, VIR_ERR_OPERATION_INVALID,
                          "format of backing image '%s' of image '%s' was not specified in the image metadata",
                          overlay->backing, overlay_path);
}

/* A path may be that of a block device, which an overlay does not tell apart. */
static gboolean look_at(DiskSource *source, const char *overlay_path, GError **error)
{
    struct stat info;

    if (stat(source->path, &info) < 0) {
        vir_error_set_errno(error, VIR_FROM_STORAGE, errno, "Cannot access backing file '%s' of storage file '%s'",
                            source->path, overlay_path);
        return FALSE;
    }
    if (S_ISBLK(info.st_mode))
        source->type = DISK_SOURCE_BLOCK;
    return TRUE;
}

static gboolean take_below(Step *step, const ImageHeader *header, GError **error)
{
    const char *path = step->source->path;
    DiskBacking *below = disk_backing_new();
    const char *below_path;

    *step->below = below; /* the disk owns it, whatever comes of it */
    below->found = XML_BOOL_YES;
    if (!backing_name_parse(header->backing, path, &below->source, error))
        return FALSE;
    below_path = disk_source_local_path(&below->source);
    if (below_path && !look_at(&below->source, path, error))
        return FALSE;
    below->format = DISK_FORMAT_RAW;
    if (header->backing_format >= 0 && step->format != DISK_FORMAT_QCOW) /* which has no place to say so */
        below->format = disk_format((ImageFormat)header->backing_format);
    else if (below_path && !guess_format(below->source.path, header, path, &below->format, error))
        return FALSE;
    *step = (Step){&below->source, below->format, &below->backing};
    return TRUE;
}

/* Finds what is below one image; *is_end when that is nothing, or nothing that can be known here. */
static gboolean find_below(Step *step, gboolean *is_end, GError **error)
{
    const char *path = disk_source_local_path(step->source);
    ImageHeader header;
    gboolean ok = TRUE;

    *is_end = TRUE;
    if (!path)
        return TRUE;
    if (!may_be_overlay(step->format)) {
        end_chain(step);
        return TRUE;
    }
    /* What is there and cannot be read is for QEMU, whose user the file system may know better. */
    if (!read_header(path, &header))
        return TRUE;
    if (header.backing && disk_format(header.format) == step->format) {
        *is_end = FALSE;
        ok = take_below(step, &header, error);
    } else {
        end_chain(step);
    }
    image_header_clear(&header);
    return ok;
}

static gboolean complete_disk(DiskDef *disk, GError **error)
{
    Step step = {&disk->source, disk->format, &disk->backing};
    gboolean is_end = FALSE;

    while (*step.below) {
        DiskBacking *below = *step.below;

        if (below->source.type == DISK_SOURCE_NONE)
            return TRUE;
        step = (Step){&below->source, below->format, &below->backing};
    }
    for (guint depth = 0; !is_end; depth++) {
        if (depth == CHAIN_MAX)
            return vir_error_fail(error, VIR_FROM_STORAGE, VIR_ERR_INTERNAL_ERROR,
                                  "backing store for %s is self-referential or too deeply nested", disk->source.path);
        if (!find_below(&step, &is_end, error))
            return FALSE;
    }
    return TRUE;
}

gboolean image_chain_complete(DomainDef *def, GError **error)
{
    for (guint i = 0; i < def->disks->len; i++) {
        DiskDef *disk = g_ptr_array_index(def->disks, i);

        if (disk_source_is_there(&disk->source) && !complete_disk(disk, error))
            return FALSE;
    }
    return TRUE;
}
