/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/domain/disk_check.h"

#include <string.h>

#include "conf/domain/domain_check.h"

#define VENDOR_MAX        8
#define PRODUCT_MAX       16
#define WWN_LEN           16
#define SERIAL_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_ ."

static gboolean internal(GError **error, int domain, const char *format, ...) G_GNUC_PRINTF(3, 4);

static gboolean internal(GError **error, int domain, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    vir_error_set(error, domain, VIR_ERR_INTERNAL_ERROR, "%s", text);
    return FALSE;
}

/* ---- where data comes from ---- */

static gboolean is_removable(const DiskDef *disk)
{
    return disk->device == DISK_DEVICE_CDROM || disk->device == DISK_DEVICE_FLOPPY;
}

static gboolean check_source(const DiskDef *disk, GError **error)
{
    if (disk->type > DISK_SOURCE_BLOCK)
        return domain_refuse(error, VIR_FROM_DOMAIN, "disk type '%s'", disk_source_types[disk->type]);
    if (!disk->target) {
        if (disk->path)
            vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_NO_TARGET, "%s", disk->path);
        else
            vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_NO_TARGET, "%s", "");
        return FALSE;
    }
    if (!disk->path && !is_removable(disk)) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_NO_SOURCE, "%s", disk->target);
        return FALSE;
    }
    if (disk->device == DISK_DEVICE_LUN && disk->type != DISK_SOURCE_BLOCK)
        return domain_refuse(error, VIR_FROM_DOMAIN, "disk device='lun' is only valid for block type disk source");
    for (const DiskBacking *backing = disk->backing; backing; backing = backing->backing) {
        if (backing->type > DISK_SOURCE_BLOCK)
            return domain_refuse(error, VIR_FROM_DOMAIN, "backing store of type '%s'",
                                 disk_source_types[backing->type]);
    }
    return TRUE;
}

static gboolean check_format(const DiskDef *disk, GError **error)
{
    if (!g_str_equal(disk->driver_name, "qemu"))
        return domain_refuse(error, VIR_FROM_QEMU, "unsupported driver name '%s' for disk '%s'", disk->driver_name,
                             disk->target);
    switch (disk->format) {
    case DISK_FORMAT_COW:
    case DISK_FORMAT_ISO:
    case DISK_FORMAT_PLOOP:
    case DISK_FORMAT_VHD:
        return domain_refuse(error, VIR_FROM_QEMU, "'%s' storage format is not supported", disk_formats[disk->format]);
    case DISK_FORMAT_DIR:
    case DISK_FORMAT_FAT:
        return domain_refuse(error, VIR_FROM_QEMU, "storage format '%s' is directory based and needs type='dir'",
                             disk_formats[disk->format]);
    default:
        break;
    }
    if (disk->is_shareable && disk->format != DISK_FORMAT_RAW)
        return domain_refuse(error, VIR_FROM_QEMU,
                             "shared access for disk '%s' requires use of supported storage format", disk->target);
    return TRUE;
}

/* ---- what it is to the guest ---- */

static gboolean check_bus(const DomainDef *def, const DiskDef *disk, GError **error)
{
    if (disk->device == DISK_DEVICE_FLOPPY && disk->bus != DISK_BUS_FDC)
        return internal(error, VIR_FROM_DOMAIN, "Invalid bus type '%s' for floppy disk", disk_buses[disk->bus]);
    if (disk->device != DISK_DEVICE_FLOPPY && disk->bus == DISK_BUS_FDC)
        return internal(error, VIR_FROM_DOMAIN, "Invalid bus type '%s' for disk", disk_buses[disk->bus]);
    if (disk->device == DISK_DEVICE_CDROM && disk->bus == DISK_BUS_VIRTIO)
        return domain_refuse(error, VIR_FROM_QEMU, "disk type of '%s' does not support ejectable media", disk->target);
    if (disk->device == DISK_DEVICE_LUN && disk->bus != DISK_BUS_SCSI && disk->bus != DISK_BUS_VIRTIO)
        return domain_refuse(error, VIR_FROM_QEMU, "disk device='lun' is not supported for bus='%s'",
                             disk_buses[disk->bus]);
    if (disk->bus == DISK_BUS_XEN || disk->bus == DISK_BUS_UML || disk->bus == DISK_BUS_SD)
        return domain_refuse(error, VIR_FROM_QEMU, "disk bus '%s'", disk_buses[disk->bus]);
    return TRUE;
}

static gboolean check_address(const DiskDef *disk, GError **error)
{
    static const DeviceAddressType types[DISK_BUS_LAST] = {
        [DISK_BUS_IDE] = DEVICE_ADDRESS_DRIVE,  [DISK_BUS_FDC] = DEVICE_ADDRESS_DRIVE,
        [DISK_BUS_SCSI] = DEVICE_ADDRESS_DRIVE, [DISK_BUS_SATA] = DEVICE_ADDRESS_DRIVE,
        [DISK_BUS_VIRTIO] = DEVICE_ADDRESS_PCI, [DISK_BUS_USB] = DEVICE_ADDRESS_USB,
    };

    if (disk->info.address_type == DEVICE_ADDRESS_NONE || !types[disk->bus] ||
        types[disk->bus] == disk->info.address_type)
        return TRUE;
    return domain_refuse(error, VIR_FROM_DOMAIN, "Invalid address type '%s' for the disk '%s' with the bus type '%s'",
                         device_address_types[disk->info.address_type], disk->target, disk_buses[disk->bus]);
}

static gboolean is_printable(const char *text)
{
    for (; *text; text++) {
        if (!g_ascii_isprint(*text))
            return FALSE;
    }
    return TRUE;
}

static gboolean check_wwn(const char *wwn, GError **error)
{
    const char *digits = g_str_has_prefix(wwn, "0x") ? wwn + 2 : wwn;

    if (strlen(digits) == WWN_LEN && strspn(digits, "0123456789abcdefABCDEF") == WWN_LEN)
        return TRUE;
    return internal(error, VIR_FROM_NONE, "Malformed wwn: %s", wwn);
}

static gboolean check_identity(const DiskDef *disk, GError **error)
{
    if (disk->wwn && !check_wwn(disk->wwn, error))
        return FALSE;
    if (disk->vendor && strlen(disk->vendor) > VENDOR_MAX)
        return domain_refuse(error, VIR_FROM_DOMAIN, "disk vendor is more than %d characters", VENDOR_MAX);
    if (disk->vendor && !is_printable(disk->vendor))
        return domain_refuse(error, VIR_FROM_DOMAIN, "disk vendor is not printable string");
    if (disk->product && strlen(disk->product) > PRODUCT_MAX)
        return domain_refuse(error, VIR_FROM_DOMAIN, "disk product is more than %d characters", PRODUCT_MAX);
    if (disk->product && !is_printable(disk->product))
        return domain_refuse(error, VIR_FROM_DOMAIN, "disk product is not printable string");
    if (disk->serial && disk->serial[strspn(disk->serial, SERIAL_CHARACTERS)])
        return internal(error, VIR_FROM_QEMU, "driver serial '%s' contains unsafe characters", disk->serial);
    if (disk->wwn && disk->bus != DISK_BUS_IDE && disk->bus != DISK_BUS_SCSI && disk->bus != DISK_BUS_SATA)
        return domain_refuse(error, VIR_FROM_QEMU, "Only ide and scsi disk support wwn");
    if ((disk->vendor || disk->product) && disk->bus != DISK_BUS_SCSI)
        return domain_refuse(error, VIR_FROM_QEMU, "Only scsi disk supports vendor and product");
    return TRUE;
}

static gboolean check_driver(const DiskDef *disk, GError **error)
{
    if (disk->queues && disk->bus != DISK_BUS_VIRTIO)
        return domain_refuse(error, VIR_FROM_DOMAIN,
                             "queues attribute in disk driver element is only supported by virtio-blk");
    if (disk->queue_size && disk->bus != DISK_BUS_VIRTIO)
        return domain_refuse(error, VIR_FROM_DOMAIN,
                             "queue_size attribute in disk driver element is only supported by virtio-blk");
    if (disk->model && disk->bus != DISK_BUS_VIRTIO)
        return domain_refuse(error, VIR_FROM_DOMAIN, "disk model '%s' not supported for bus '%s'",
                             virtio_models[disk->model], disk_buses[disk->bus]);
    if (disk->io == DISK_IO_NATIVE && disk->cache != DISK_CACHE_NONE && disk->cache != DISK_CACHE_DIRECTSYNC &&
        disk->cache != DISK_CACHE_DEFAULT)
        return domain_refuse(error, VIR_FROM_QEMU, "io='native' needs either no disk cache or directsync cache mode");
    if (disk->removable && disk->bus != DISK_BUS_USB)
        return domain_refuse(error, VIR_FROM_QEMU, "removable is only valid for usb disks");
    if (disk->copy_on_read == XML_BOOL_YES && (disk->is_readonly || disk->is_shareable))
        return domain_refuse(error, VIR_FROM_QEMU, "copy_on_read is not compatible with %s disk '%s'",
                             disk->is_readonly ? "read-only" : "shareable", disk->target);
    return TRUE;
}

/* ---- among each other ---- */

static gboolean is_same_drive(const DiskDef *a, const DiskDef *b)
{
    return a->bus == b->bus && a->info.address_type == DEVICE_ADDRESS_DRIVE &&
           b->info.address_type == DEVICE_ADDRESS_DRIVE &&
           memcmp(&a->info.drive, &b->info.drive, sizeof(a->info.drive)) == 0;
}

static gboolean check_pair(const DiskDef *disk, const DiskDef *other, GError **error)
{
    const DriveAddress *drive = &disk->info.drive;

    if (g_str_equal(disk->target, other->target)) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                      "target '%s' duplicated for disk sources '%s' and '%s'", disk->target,
                      other->path ? other->path : "", disk->path ? disk->path : "");
        return FALSE;
    }
    if (!is_same_drive(disk, other))
        return TRUE;
    vir_error_set(
        error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
        "Found duplicate drive address for disk with target name '%s' controller='%u' bus='%u' target='%u' unit='%u'",
        disk->target, drive->controller, drive->bus, drive->target, drive->unit);
    return FALSE;
}

gboolean domain_check_disks(const DomainDef *def, GError **error)
{
    for (guint i = 0; i < def->disks->len; i++) {
        const DiskDef *disk = def->disks->pdata[i];

        if (!check_source(disk, error) || !check_bus(def, disk, error) || !check_address(disk, error) ||
            !check_driver(disk, error) || !check_identity(disk, error) || !check_format(disk, error))
            return FALSE;
        for (guint j = 0; j < i; j++) {
            if (!check_pair(disk, def->disks->pdata[j], error))
                return FALSE;
        }
    }
    return TRUE;
}
