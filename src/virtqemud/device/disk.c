/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks: a protocol node (the file), a format node on it, the drive that the guest sees. */
#include "virtqemud/command/alias.h"
#include "virtqemud/command/build.h"

/* What QEMU calls the formats that it can run. */
static const char *const format_drivers[DISK_FORMAT_LAST] = {
    [DISK_FORMAT_NONE] = "raw",    [DISK_FORMAT_RAW] = "raw", [DISK_FORMAT_BOCHS] = "bochs",
    [DISK_FORMAT_CLOOP] = "cloop", [DISK_FORMAT_DMG] = "dmg", [DISK_FORMAT_ISO] = "raw",
    [DISK_FORMAT_VPC] = "vpc",     [DISK_FORMAT_VDI] = "vdi", [DISK_FORMAT_QCOW] = "qcow",
    [DISK_FORMAT_QCOW2] = "qcow2", [DISK_FORMAT_QED] = "qed", [DISK_FORMAT_VMDK] = "vmdk",
    [DISK_FORMAT_VHD] = "vpc",
};

/* What a cache mode means: whether data passes the host's page cache, whether flushes are ignored, and whether the
 * guest sees a write cache. */
typedef struct {
    gboolean is_direct, is_no_flush;
    const char *write_cache;
} CacheMode;

static const CacheMode cache_modes[DISK_CACHE_LAST] = {
    [DISK_CACHE_NONE] = {TRUE, FALSE, "on"},       [DISK_CACHE_WRITETHROUGH] = {FALSE, FALSE, "off"},
    [DISK_CACHE_WRITEBACK] = {FALSE, FALSE, "on"}, [DISK_CACHE_DIRECTSYNC] = {TRUE, FALSE, "off"},
    [DISK_CACHE_UNSAFE] = {FALSE, TRUE, "on"},
};

static const char *const aio_modes[DISK_IO_LAST] = {
    [DISK_IO_NATIVE] = "native", [DISK_IO_THREADS] = "threads", [DISK_IO_URING] = "io_uring"};

static void add_cache(json_object *node, DiskCache cache)
{
    json_object *options;

    if (cache == DISK_CACHE_DEFAULT)
        return;
    options = json_object_new_object();
    json_add_bool(options, "direct", cache_modes[cache].is_direct);
    json_add_bool(options, "no-flush", cache_modes[cache].is_no_flush);
    json_add_object(node, "cache", options);
}

/* -blockdev of the file or block device itself. */
static void add_storage_node(CommandBuild *build, const DiskDef *disk, DiskSourceType type, const char *path,
                             guint index)
{
    json_object *node = json_object_new_object();

    json_add_string(node, "driver", type == DISK_SOURCE_BLOCK ? "host_device" : "file");
    json_add_string(node, "filename", path);
    json_add_string(node, "aio", aio_modes[disk->io]);
    json_add_stringf(node, "node-name", "libvirt-%u-storage", index);
    add_cache(node, disk->cache);
    json_add_bool(node, "auto-read-only", TRUE);
    json_add_string(node, "discard", "unmap");
    command_add_json(build->command, "-blockdev", node);
}

/* Formats whose images can be overlays. */
static gboolean has_backing(DiskFormat format)
{
    return format == DISK_FORMAT_QCOW2 || format == DISK_FORMAT_QCOW || format == DISK_FORMAT_QED ||
           format == DISK_FORMAT_VMDK;
}

/* Says what is below: a node, nothing by the user's word, or (no chain given) what the image itself says. */
static void add_backing(json_object *node, DiskFormat format, const DiskBacking *backing)
{
    if (!backing || !has_backing(format))
        return;
    if (backing->type != DISK_SOURCE_NONE)
        json_add_stringf(node, "backing", "libvirt-%u-format", backing->index);
    else
        json_object_object_add(node, "backing", NULL);
}

static gboolean check_format(DiskFormat format, GError **error)
{
    if (!format_drivers[format])
        return unsupported(error, "disk format '%s'", disk_formats[format]);
    return TRUE;
}

/* -blockdev of what is below an overlay, the lowest first. */
static gboolean add_backing_nodes(CommandBuild *build, const DiskDef *disk, const DiskBacking *backing, GError **error)
{
    json_object *node;

    if (!backing || backing->type == DISK_SOURCE_NONE)
        return TRUE;
    if (!add_backing_nodes(build, disk, backing->backing, error) || !check_format(backing->format, error))
        return FALSE;
    add_storage_node(build, disk, backing->type, backing->path, backing->index);
    node = json_object_new_object();
    json_add_stringf(node, "node-name", "libvirt-%u-format", backing->index);
    json_add_bool(node, "read-only", TRUE);
    add_cache(node, disk->cache);
    json_add_string(node, "driver", format_drivers[backing->format]);
    json_add_stringf(node, "file", "libvirt-%u-storage", backing->index);
    add_backing(node, backing->format, backing->backing);
    command_add_json(build->command, "-blockdev", node);
    return TRUE;
}

static void add_format_node(CommandBuild *build, const DiskDef *disk)
{
    json_object *node = json_object_new_object();
    gboolean is_read_only = disk->is_readonly || disk->device == DISK_DEVICE_CDROM;

    json_add_stringf(node, "node-name", "libvirt-%u-format", disk->source_index);
    json_add_bool(node, "read-only", is_read_only);
    if (disk->discard != DISK_DISCARD_DEFAULT)
        json_add_string(node, "discard", disk_discards[disk->discard]);
    if (disk->detect_zeroes != DISK_ZEROES_DEFAULT)
        json_add_string(node, "detect-zeroes", disk_detect_zeroes[disk->detect_zeroes]);
    add_cache(node, disk->cache);
    json_add_string(node, "driver", format_drivers[disk->format]);
    json_add_stringf(node, "file", "libvirt-%u-storage", disk->source_index);
    add_backing(node, disk->format, disk->backing);
    command_add_json(build->command, "-blockdev", node);
}

/* Adds the disk's nodes; *drive is the one that the guest's drive uses, to be freed; NULL for an empty drive. */
static gboolean add_nodes(CommandBuild *build, const DiskDef *disk, char **drive, GError **error)
{
    json_object *copying;

    *drive = NULL;
    if (!disk->path)
        return TRUE;
    if (!check_format(disk->format, error) || !add_backing_nodes(build, disk, disk->backing, error))
        return FALSE;
    add_storage_node(build, disk, disk->type, disk->path, disk->source_index);
    add_format_node(build, disk);
    *drive = disk_format_node(disk);
    if (disk->copy_on_read != XML_BOOL_YES)
        return TRUE;
    copying = json_object_new_object();
    json_add_string(copying, "driver", "copy-on-read");
    json_add_stringf(copying, "node-name", "libvirt-CoR-%s", disk->target);
    json_add_string(copying, "file", *drive);
    json_add_string(copying, "discard", "unmap");
    command_add_json(build->command, "-blockdev", copying);
    g_free(*drive);
    *drive = g_strdup_printf("libvirt-CoR-%s", disk->target);
    return TRUE;
}

/* ---- the drive on its bus ---- */

static json_object *new_virtio(CommandBuild *build, const DiskDef *disk)
{
    g_autofree char *driver = device_virtio_driver("virtio-blk-pci", disk->model);
    json_object *object = device_new(driver);

    device_add_switch(object, "ioeventfd", disk->ioeventfd);
    device_add_switch(object, "event_idx", disk->event_idx);
    if (disk->queues > 0)
        json_add_int(object, "num-queues", disk->queues);
    if (disk->queue_size > 0)
        json_add_int(object, "queue-size", disk->queue_size);
    device_add_virtio_options(object, &disk->virtio);
    device_add_address(build, object, &disk->info);
    return object;
}

static json_object *new_ide(CommandBuild *build, const DiskDef *disk)
{
    const DriveAddress *drive = &disk->info.drive;
    json_object *object = device_new(disk->device == DISK_DEVICE_CDROM ? "ide-cd" : "ide-hd");

    if (disk->bus == DISK_BUS_SATA) {
        json_add_stringf(object, "bus", "%s.%u", device_controller_alias(build, CONTROLLER_SATA, drive->controller),
                         drive->unit);
    } else {
        json_add_stringf(object, "bus", "%s.%u", device_controller_alias(build, CONTROLLER_IDE, drive->controller),
                         drive->bus);
        json_add_int(object, "unit", drive->unit);
    }
    return object;
}

static json_object *new_scsi(CommandBuild *build, const DiskDef *disk)
{
    const DriveAddress *drive = &disk->info.drive;
    const ControllerDef *controller = domain_find_controller(build->def, CONTROLLER_SCSI, (int)drive->controller);
    json_object *object = device_new(disk->device == DISK_DEVICE_CDROM ? "scsi-cd" : "scsi-hd");
    gboolean is_plain =
        controller &&
        (controller->model == CONTROLLER_MODEL_SCSI_LSILOGIC || controller->model == CONTROLLER_MODEL_SCSI_NCR53C90 ||
         controller->model == CONTROLLER_MODEL_SCSI_DC390 || controller->model == CONTROLLER_MODEL_SCSI_AM53C974);

    json_add_stringf(object, "bus", "%s.%u", device_controller_alias(build, CONTROLLER_SCSI, drive->controller),
                     is_plain ? drive->bus : 0);
    if (is_plain) {
        json_add_int(object, "scsi-id", drive->unit);
    } else {
        json_add_int(object, "channel", drive->bus);
        json_add_int(object, "scsi-id", drive->target);
        json_add_int(object, "lun", drive->unit);
    }
    if (disk->serial)
        json_add_string(object, "device_id", disk->serial);
    else
        json_add_stringf(object, "device_id", "drive-%s", disk->info.alias);
    return object;
}

static json_object *new_usb(CommandBuild *build, const DiskDef *disk)
{
    json_object *object = device_new("usb-storage");

    device_add_address(build, object, &disk->info);
    return object;
}

static json_object *new_floppy(CommandBuild *build, const DiskDef *disk)
{
    json_object *object = device_new("floppy");

    json_add_int(object, "unit", disk->info.drive.unit);
    return object;
}

static json_object *(*const drive_makers[DISK_BUS_LAST])(CommandBuild *, const DiskDef *) = {
    [DISK_BUS_VIRTIO] = new_virtio, [DISK_BUS_SATA] = new_ide, [DISK_BUS_IDE] = new_ide,
    [DISK_BUS_SCSI] = new_scsi,     [DISK_BUS_USB] = new_usb,  [DISK_BUS_FDC] = new_floppy,
};

static const BootDevice boot_kinds[DISK_DEVICE_LAST] = {
    [DISK_DEVICE_DISK] = BOOT_HD,
    [DISK_DEVICE_CDROM] = BOOT_CDROM,
    [DISK_DEVICE_FLOPPY] = BOOT_FD,
    [DISK_DEVICE_LUN] = BOOT_HD,
};

static void add_geometry(json_object *object, const DiskDef *disk)
{
    if (disk->cylinders > 0) {
        json_add_int(object, "cyls", disk->cylinders);
        json_add_int(object, "heads", disk->heads);
        json_add_int(object, "secs", disk->sectors);
        if (disk->translation != DISK_GEOMETRY_DEFAULT)
            json_add_string(object, "bios-chs-trans", disk_geometries[disk->translation]);
    }
    if (disk->logical_block_size > 0)
        json_add_int(object, "logical_block_size", disk->logical_block_size);
    if (disk->physical_block_size > 0)
        json_add_int(object, "physical_block_size", disk->physical_block_size);
}

static void add_identity(json_object *object, const DiskDef *disk)
{
    if (disk->wwn)
        json_object_object_add(object, "wwn", json_object_new_uint64(g_ascii_strtoull(disk->wwn, NULL, 16)));
    if (disk->rotation_rate > 0)
        json_add_int(object, "rotation_rate", disk->rotation_rate);
    json_add_string(object, "vendor", disk->vendor);
    json_add_string(object, "product", disk->product);
    json_add_string(object, "serial", disk->serial);
}

/* What QEMU does on errors; the policies "enospace" and "stop" of writing have no counterpart in reading. */
static void add_error_policies(json_object *object, const DiskDef *disk)
{
    DiskErrorPolicy on_read = disk->rerror_policy;

    if (disk->error_policy != DISK_ERROR_DEFAULT)
        json_add_string(object, "werror",
                        disk->error_policy == DISK_ERROR_ENOSPACE ? "enospc" : disk_error_policies[disk->error_policy]);
    if (on_read == DISK_ERROR_DEFAULT && disk->error_policy != DISK_ERROR_ENOSPACE)
        on_read = disk->error_policy;
    if (on_read != DISK_ERROR_DEFAULT)
        json_add_string(object, "rerror", disk_error_policies[on_read]);
}

static void add_drive_options(CommandBuild *build, json_object *object, const DiskDef *disk, const char *drive)
{
    if (disk->is_shareable)
        json_add_bool(object, "share-rw", TRUE);
    json_add_string(object, "drive", drive);
    json_add_string(object, "id", disk->info.alias);
    if (disk->bus == DISK_BUS_FDC)
        return;
    device_add_boot_index(build, object, &disk->info, boot_kinds[disk->device]);
    add_geometry(object, disk);
    add_identity(object, disk);
    if (disk->bus == DISK_BUS_USB)
        json_add_bool(object, "removable", disk->removable == XML_BOOL_YES);
    else if (disk->removable != XML_BOOL_ABSENT)
        json_add_bool(object, "removable", disk->removable == XML_BOOL_YES);
    if (disk->path && disk->device != DISK_DEVICE_CDROM)
        json_add_string(object, "write-cache", cache_modes[disk->cache].write_cache);
    add_error_policies(object, disk);
}

static gboolean check_disk(const DiskDef *disk, GError **error)
{
    if (!drive_makers[disk->bus])
        return unsupported(error, "disk bus '%s'", disk_buses[disk->bus]);
    if (disk->device == DISK_DEVICE_LUN)
        return unsupported(error, "disk device 'lun'");
    if (disk->is_transient)
        return unsupported(error, "transient disk '%s'", disk->target);
    return TRUE;
}

static gboolean add_disk(CommandBuild *build, const DiskDef *disk, GError **error)
{
    g_autofree char *drive = NULL;
    json_object *object;

    if (!check_disk(disk, error) || !add_nodes(build, disk, &drive, error))
        return FALSE;
    object = drive_makers[disk->bus](build, disk);
    add_drive_options(build, object, disk, drive);
    return device_add(build, object, error);
}

gboolean build_disks(CommandBuild *build, GError **error)
{
    for (guint i = 0; i < build->def->disks->len; i++)
        if (!add_disk(build, g_ptr_array_index(build->def->disks, i), error))
            return FALSE;
    return TRUE;
}
