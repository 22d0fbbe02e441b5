/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Video cards. */
#include "virtqemud/command/build.h"

typedef struct {
    const char *primary, *secondary; /* QEMU's device as first and as further card; NULL: not possible */
} VideoDrivers;

static const VideoDrivers video_drivers[VIDEO_LAST] = {
    [VIDEO_VGA] = {"VGA", "secondary-vga"},
    [VIDEO_CIRRUS] = {"cirrus-vga", NULL},
    [VIDEO_VMVGA] = {"vmware-svga", NULL},
    [VIDEO_QXL] = {"qxl-vga", "qxl"},
    [VIDEO_VIRTIO] = {"virtio-vga", "virtio-gpu-pci"},
    [VIDEO_BOCHS] = {"bochs-display", "bochs-display"},
    [VIDEO_RAMFB] = {"ramfb", NULL},
};

/* Memory sizes of a card are powers of two for QEMU. */
static guint64 round_up_kib(guint kib)
{
    guint64 size = 1;

    while (size < kib)
        size *= 2;
    return size;
}

static void add_qxl(json_object *object, const VideoDef *video)
{
    if (video->heads > 0)
        json_add_int(object, "max_outputs", video->heads);
    if (video->ram_kib > 0)
        json_add_int(object, "ram_size", (gint64)video->ram_kib * 1024);
    if (video->vram_kib > 0)
        json_add_int(object, "vram_size", (gint64)video->vram_kib * 1024);
    json_add_int(object, "vram64_size_mb", video->vram64_kib / 1024);
    if (video->vgamem_kib > 0)
        json_add_int(object, "vgamem_mb", video->vgamem_kib / 1024);
}

static void add_memory(json_object *object, const VideoDef *video)
{
    switch ((int)video->model) {
    case VIDEO_QXL:
        add_qxl(object, video);
        break;
    case VIDEO_VGA:
    case VIDEO_VMVGA:
        if (video->vram_kib > 0)
            json_add_int(object, "vgamem_mb", (gint64)round_up_kib(video->vram_kib) / 1024);
        break;
    case VIDEO_BOCHS:
        if (video->vram_kib > 0)
            json_add_int(object, "vgamem", (gint64)round_up_kib(video->vram_kib) * 1024);
        break;
    case VIDEO_VIRTIO:
        if (video->heads > 0)
            json_add_int(object, "max_outputs", video->heads);
        break;
    default:
        break;
    }
}

/* With 3D acceleration the virtio cards have devices of their own. */
static const char *video_driver(const VideoDef *video, gboolean is_primary)
{
    if (video->model == VIDEO_VIRTIO && video->accel3d == XML_BOOL_YES)
        return is_primary ? "virtio-vga-gl" : "virtio-gpu-gl-pci";
    return is_primary ? video_drivers[video->model].primary : video_drivers[video->model].secondary;
}

static gboolean add_video(CommandBuild *build, const VideoDef *video, gboolean is_primary, GError **error)
{
    const char *driver = video_driver(video, is_primary);
    json_object *object;

    if (!driver)
        return unsupported(error, "%svideo card '%s'", is_primary ? "" : "secondary ", video_models[video->model]);
    object = device_new(driver);
    if (video->model == VIDEO_VIRTIO)
        device_add_virtio_options(object, &video->virtio);
    json_add_string(object, "id", video->info.alias);
    add_memory(object, video);
    if (video->width > 0 && video->height > 0) {
        json_add_int(object, "xres", video->width);
        json_add_int(object, "yres", video->height);
    }
    device_add_address(build, object, &video->info);
    return device_add(build, object, error);
}

gboolean build_videos(CommandBuild *build, GError **error)
{
    for (guint i = 0; i < build->def->videos->len; i++) {
        const VideoDef *video = g_ptr_array_index(build->def->videos, i);

        if (video->model != VIDEO_NONE && !add_video(build, video, i == 0, error))
            return FALSE;
    }
    return TRUE;
}
