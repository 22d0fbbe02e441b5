/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks: a protocol node (the file), a format node on it, the drive that the guest sees. */
#include "virtqemud/command/alias.h"
#include "virtqemud/command/build.h"
#include "virtqemud/device/disk_source.h"

/* What QEMU calls the formats that it can run. */
static const char *const format_drivers[DISK_FORMAT_LAST] = {
    [DISK_FORMAT_NONE] = "raw",    [DISK_FORMAT_RAW] = "raw", [DISK_FORMAT_BOCHS] = "bochs",
    [DISK_FORMAT_CLOOP] = "cloop", [DISK_FORMAT_DMG] = "dmg", [DISK_FORMAT_ISO] = "raw",
    [DISK_FORMAT_VPC] = "vpc",     [DISK_FORMAT_VDI] = "vdi", [DISK_FORMAT_QCOW] = "qcow",
    [DISK_FORMAT_QCOW2] = "qcow2", [DISK_FORMAT_QED] = "qed", [DISK_FORMAT_VMDK] = "vmdk",
    [DISK_FORMAT_VHD] = "vpc",
};

/* Whether the guest sees a write cache. */
static const char *const write_caches[DISK_CACHE_LAST] = {
    [DISK_CACHE_NONE] = "on",        [DISK_CACHE_WRITETHROUGH] = "off", [DISK_CACHE_WRITEBACK] = "on",
    [DISK_CACHE_DIRECTSYNC] = "off", [DISK_CACHE_UNSAFE] = "on",
};

gboolean disk_node_init(const DiskDef *disk, guint level, DiskNode *node, DiskFormat *format, char **name)
{
    const DiskBacking *backing = disk->backing;
    const DiskSource *source = &disk->source;

    *format = disk->format;
    for (guint i = 0; i < level && source; i++) {
        source = backing && backing->source.type != DISK_SOURCE_NONE ? &backing->source : NULL;
        *format = backing ? backing->format : DISK_FORMAT_NONE;
        backing = backing ? backing->backing : NULL;
    }
    if (!source || !disk_source_is_there(source) || source->type == DISK_SOURCE_VHOST_USER)
        return FALSE;
    *name = g_strdup_printf("libvirt-%u", source->index);
    *node = (DiskNode){.source = source,
                       .auth = level ? source->auth : disk_auth(disk),
                       .encryption = level ? source->encryption : disk_encryption(disk),
                       .name = *name,
                       .cache = disk->cache,
                       .io = disk->io,
                       .is_floppy = disk->device == DISK_DEVICE_FLOPPY};
    return TRUE;
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
    if (backing->source.type != DISK_SOURCE_NONE)
        json_add_stringf(node, "backing", "libvirt-%u-format", backing->source.index);
    else
        json_object_object_add(node, "backing", NULL);
}

static gboolean is_luks(const DiskNode *node)
{
    return node->encryption && node->encryption->engine == DISK_ENGINE_QEMU;
}

/* QEMU's driver of the format; one encrypted as a whole is read by the encryption's. NULL: it has none. */
static const char *format_driver(const DiskNode *node, DiskFormat format)
{
    if (is_luks(node) && (format == DISK_FORMAT_RAW || format == DISK_FORMAT_NONE))
        return "luks";
    return disk_source_type(node->source) == DISK_SOURCE_DIR ? "raw" : format_drivers[format];
}

static void add_slice(json_object *object, const DiskSource *source)
{
    json_object_object_add(object, "offset", json_object_new_uint64(source->slice_offset));
    json_object_object_add(object, "size", json_object_new_uint64(source->slice_size));
}

/* The part of a file that a format lies in. Raw data needs no node for that. */
static void add_slice_node(CommandBuild *build, const DiskNode *node)
{
    json_object *object = json_object_new_object();

    json_add_string(object, "driver", "raw");
    json_add_stringf(object, "node-name", "%s-slice-sto", node->name);
    add_slice(object, node->source);
    json_add_stringf(object, "file", "%s-storage", node->name);
    command_add_json(build->command, "-blockdev", object);
}

static void add_encryption(json_object *object, const DiskNode *node, const char *driver)
{
    json_object *options;

    if (!is_luks(node))
        return;
    if (g_str_equal(driver, "luks")) {
        disk_node_add_key(object, node);
        return;
    }
    options = json_object_new_object();
    json_add_string(options, "format", "luks");
    disk_node_add_key(options, node);
    json_add_object(object, "encrypt", options);
}

/* The rest of a format node, behind what is said of the image by its place in the chain. */
static gboolean add_format(CommandBuild *build, json_object *object, const DiskDef *disk, const DiskNode *node,
                           DiskFormat format, GError **error)
{
    const char *driver = format_driver(node, format);
    gboolean is_raw = driver && g_str_equal(driver, "raw");
    gboolean is_slice = node->source->slice_size > 0;

    if (!driver)
        return unsupported(error, "disk format '%s'", disk_formats[format]);
    if (is_slice && !is_raw)
        add_slice_node(build, node);
    disk_node_add_cache(object, disk->cache);
    json_add_string(object, "driver", driver);
    add_encryption(object, node, driver);
    if (format == DISK_FORMAT_QCOW2 && disk->metadata_cache_max > 0)
        json_object_object_add(object, "cache-size", json_object_new_uint64(disk->metadata_cache_max));
    if (is_slice && is_raw)
        add_slice(object, node->source);
    json_add_stringf(object, "file", is_slice && !is_raw ? "%s-slice-sto" : "%s-storage", node->name);
    return TRUE;
}

/* -blockdev of one image of the chain: where its data is, and its format. */
static gboolean add_image(CommandBuild *build, const DiskDef *disk, const DiskNode *node, DiskFormat format,
                          gboolean is_top, const DiskBacking *backing, GError **error)
{
    json_object *object;

    if (!disk_node_add_storage(build, node, error))
        return FALSE;
    object = json_object_new_object();
    json_add_stringf(object, "node-name", "%s-format", node->name);
    json_add_bool(object, "read-only", !is_top || disk->is_readonly || disk->device == DISK_DEVICE_CDROM);
    if (is_top && disk->discard != DISK_DISCARD_DEFAULT)
        json_add_string(object, "discard", disk_discards[disk->discard]);
    if (is_top && disk->detect_zeroes != DISK_ZEROES_DEFAULT)
        json_add_string(object, "detect-zeroes", disk_detect_zeroes[disk->detect_zeroes]);
    if (!add_format(build, object, disk, node, format, error)) {
        json_object_put(object);
        return FALSE;
    }
    add_backing(object, format, backing);
    command_add_json(build->command, "-blockdev", object);
    return TRUE;
}

/* The image at level, and first what is below it. */
static gboolean add_chain(CommandBuild *build, const DiskDef *disk, guint level, const DiskBacking *below,
                          GError **error)
{
    g_autofree char *name = NULL;
    DiskFormat format;
    DiskNode node;

    if (!disk_node_init(disk, level, &node, &format, &name))
        return TRUE;
    return add_chain(build, disk, level + 1, below ? below->backing : NULL, error) &&
           add_image(build, disk, &node, format, level == 0, below, error);
}

gboolean build_disk_nodes(CommandBuild *build, const DiskDef *disk, char **drive, GError **error)
{
    json_object *copying;

    *drive = NULL;
    if (!disk_source_is_there(&disk->source))
        return TRUE;
    if (!add_chain(build, disk, 0, disk->backing, error))
        return FALSE;
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

/* What all virtio drives have. */
static void add_virtio(CommandBuild *build, json_object *object, const DiskDef *disk)
{
    if (disk->queues > 0)
        json_add_int(object, "num-queues", disk->queues);
    if (disk->queue_size > 0)
        json_add_int(object, "queue-size", disk->queue_size);
    device_add_virtio_options(object, &disk->virtio);
    device_add_address(build, object, &disk->info);
}

static json_object *new_virtio(CommandBuild *build, const DiskDef *disk)
{
    g_autofree char *driver = device_virtio_driver("virtio-blk-pci", disk->model);
    json_object *object = device_new(driver);

    device_add_iothread(object, disk->iothread);
    device_add_switch(object, "ioeventfd", disk->ioeventfd);
    device_add_switch(object, "event_idx", disk->event_idx);
    add_virtio(build, object, disk);
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

/* Blanks have a backslash before them, as guests of libvirt's have always seen it. */
static void add_serial(json_object *object, const char *key, const DiskDef *disk)
{
    g_auto(GStrv) words = disk->serial ? g_strsplit(disk->serial, " ", -1) : NULL;
    g_autofree char *escaped = words ? g_strjoinv("\\ ", words) : NULL;

    json_add_string(object, key, escaped);
}

static json_object *new_scsi(CommandBuild *build, const DiskDef *disk)
{
    const DriveAddress *drive = &disk->info.drive;
    const ControllerDef *controller = domain_find_controller(build->def, CONTROLLER_SCSI, (int)drive->controller);
    json_object *object = device_new(disk->device == DISK_DEVICE_LUN     ? "scsi-block"
                                     : disk->device == DISK_DEVICE_CDROM ? "scsi-cd"
                                                                         : "scsi-hd");
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
    if (disk->device == DISK_DEVICE_LUN)
        return object;
    if (disk->serial)
        add_serial(object, "device_id", disk);
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
    add_serial(object, "serial", disk);
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
    if (disk_source_is_there(&disk->source) && disk->device != DISK_DEVICE_CDROM)
        json_add_string(object, "write-cache", write_caches[disk->cache]);
    add_error_policies(object, disk);
}

/* Another process serves the guest: QEMU only tells it where the guest's memory is. */
static gboolean add_vhost_user(CommandBuild *build, const DiskDef *disk, GError **error)
{
    json_object *object = device_new("vhost-user-blk-pci");
    g_autoptr(GString) chardev = g_string_new("socket");
    g_autofree char *id = g_strdup_printf("chr-vu-%s", disk->info.alias);

    option_append(chardev, "id", id);
    option_append(chardev, "path", disk->source.path);
    if (disk->source.reconnect == XML_BOOL_YES)
        option_appendf(chardev, "reconnect", "%u", disk->source.reconnect_timeout_s);
    command_add(build->command, "-chardev", chardev->str);
    add_virtio(build, object, disk);
    json_add_string(object, "chardev", id);
    json_add_string(object, "id", disk->info.alias);
    device_add_boot_index(build, object, &disk->info, boot_kinds[disk->device]);
    return device_add(build, object, error);
}

/* Boards that have one take a card by -drive alone. */
static gboolean add_sd_card(CommandBuild *build, const DiskDef *disk, GError **error)
{
    const char *path = disk_source_local_path(&disk->source);
    g_autoptr(GString) options = g_string_new(NULL);

    if (!path)
        return unsupported(error, "an sd card whose data is not on this host");
    option_append(options, "file", path);
    option_append(options, "format", format_drivers[disk->format]);
    g_string_append_printf(options, ",if=sd,index=%d", disk_target_index(disk->target));
    command_add(build->command, "-drive", options->str + 1);
    return TRUE;
}

gboolean build_disk(CommandBuild *build, gconstpointer device, GError **error)
{
    const DiskDef *disk = device;
    g_autofree char *drive = NULL;
    json_object *object;

    /* Where a volume's data is nobody knows before the start. */
    if (disk_source_type(&disk->source) == DISK_SOURCE_VOLUME && build->purpose == BUILD_CHECK)
        return TRUE;
    if (disk->source.type == DISK_SOURCE_VHOST_USER)
        return add_vhost_user(build, disk, error);
    if (disk->bus == DISK_BUS_SD)
        return add_sd_card(build, disk, error);
    if (!drive_makers[disk->bus])
        return unsupported(error, "unsupported disk bus '%s' with device setup", disk_buses[disk->bus]);
    if (!build_disk_nodes(build, disk, &drive, error))
        return FALSE;
    object = drive_makers[disk->bus](build, disk);
    add_drive_options(build, object, disk, drive);
    return device_add(build, object, error);
}

/* One helper for all SCSI devices whose reservations are ours to manage. */
static void add_managed_reservations(CommandBuild *build)
{
    json_object *manager = json_object_new_object();

    json_add_string(manager, "qom-type", "pr-manager-helper");
    json_add_string(manager, "id", "pr-helper0");
    json_add_stringf(manager, "path", "%s/pr-helper0.sock", build->guest_dir);
    command_add_json(build->command, "-object", manager);
}

gboolean disk_needs_pr_helper(const DomainDef *def)
{
    for (guint i = 0; i < def->disks->len; i++) {
        const DiskDef *disk = g_ptr_array_index(def->disks, i);

        if (disk->source.reservations && disk->source.reservations->is_managed == XML_BOOL_YES)
            return TRUE;
    }
    return FALSE;
}

gboolean build_disks(CommandBuild *build, GError **error)
{
    if (disk_needs_pr_helper(build->def))
        add_managed_reservations(build);
    for (guint i = 0; i < build->def->disks->len; i++)
        if (!build_disk(build, g_ptr_array_index(build->def->disks, i), error))
            return FALSE;
    return TRUE;
}
