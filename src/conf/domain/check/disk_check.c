/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/domain/check/disk_check.h"

#include <string.h>

#include "conf/domain/check/domain_check.h"

#define VENDOR_MAX        8
#define PRODUCT_MAX       16
#define WWN_LEN           16
#define SERIAL_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_ ."

/* ---- where data comes from ---- */

static gboolean check_network(const DiskSource *source, GError **error)
{
    if (source->type != DISK_SOURCE_NETWORK || source->name || source->protocol == DISK_PROTOCOL_NBD)
        return TRUE;
    vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "missing name for disk source");
    return FALSE;
}

static gboolean check_encryption(const DiskEncryption *encryption, DiskFormat format, const DiskSource *source,
                                 GError **error)
{
    if (!encryption)
        return TRUE;
    if (encryption->format == DISK_ENCRYPTION_DEFAULT || encryption->format == DISK_ENCRYPTION_QCOW)
        return domain_refuse(error, VIR_FROM_QEMU, "old qcow/qcow2 encryption is not supported");
    if (encryption->engine == DISK_ENGINE_LIBRBD && source->protocol != DISK_PROTOCOL_RBD)
        return domain_refuse(error, VIR_FROM_QEMU, "librbd encryption is only supported with RBD backed disks");
    if (encryption->engine == DISK_ENGINE_QEMU && encryption->format == DISK_ENCRYPTION_LUKS2)
        return domain_refuse(error, VIR_FROM_QEMU, "luks2 encryption needs the librbd encryption engine");
    if (encryption->engine == DISK_ENGINE_QEMU && format != DISK_FORMAT_RAW && format != DISK_FORMAT_QCOW2)
        return domain_refuse(error, VIR_FROM_QEMU, "encryption is not supported with format '%s'",
                             disk_formats[format]);
    return TRUE;
}

static gboolean check_reservations(const DiskSource *source, GError **error)
{
    const DiskReservations *reservations = source->reservations;

    if (!reservations)
        return TRUE;
    if (source->type != DISK_SOURCE_BLOCK)
        return domain_refuse(error, VIR_FROM_DOMAIN, "reservations are supported only for block disks");
    if (reservations->is_managed == XML_BOOL_YES || (reservations->path && g_strcmp0(reservations->type, "unix") == 0))
        return TRUE;
    vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "missing path of the reservations' socket");
    return FALSE;
}

static gboolean check_one_source(const DiskSource *source, const DiskEncryption *encryption, DiskFormat format,
                                 GError **error)
{
    if (format == DISK_FORMAT_LUKS)
        return domain_refuse(error, VIR_FROM_DOMAIN, "unknown driver format value '%s'", disk_formats[format]);
    if (source->type == DISK_SOURCE_NVME)
        return domain_refuse(error, VIR_FROM_DOMAIN, "disk type '%s'", disk_source_types[source->type]);
    return check_network(source, error) && check_encryption(encryption, format, source, error) &&
           check_reservations(source, error);
}

static gboolean check_target_name(const DiskDef *disk, GError **error)
{
    static const char *const prefixes[] = {"hd", "sd", "vd", "xvd", "ubd"};

    if (disk->device == DISK_DEVICE_FLOPPY)
        return g_str_has_prefix(disk->target, "fd") || vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR,
                                                                      "Invalid floppy device name: %s", disk->target);
    for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++)
        if (g_str_has_prefix(disk->target, prefixes[i]))
            return TRUE;
    return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "Invalid harddisk device name: %s",
                          disk->target);
}

/* What a document without any schema may leave out. */
static gboolean check_target(const DiskDef *disk, GError **error)
{
    if (!disk->target)
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_NO_TARGET, "%s", disk->source.path ? disk->source.path : "");
    else if (disk_target_index(disk->target) < 0 && disk->info.address_type == DEVICE_ADDRESS_NONE)
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "Unknown disk name '%s' and no address specified",
                      disk->target);
    else
        return check_target_name(disk, error);
    return FALSE;
}

static gboolean check_lun(const DiskDef *disk, GError **error)
{
    if (disk->rawio && disk->device != DISK_DEVICE_LUN)
        return domain_refuse(error, VIR_FROM_DOMAIN, "rawio or sgio can be used only with device='lun'");
    if (disk->device == DISK_DEVICE_LUN && disk->source.type != DISK_SOURCE_BLOCK)
        return domain_refuse(error, VIR_FROM_DOMAIN, "disk device='lun' is only valid for block type disk source");
    return TRUE;
}

static gboolean check_source(const DiskDef *disk, GError **error)
{
    if (!disk_source_is_there(&disk->source) && !disk_is_removable(disk) && disk->source.type != DISK_SOURCE_NVME) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_NO_SOURCE, "%s", disk->target);
        return FALSE;
    }
    if (disk->source.type == DISK_SOURCE_VOLUME && disk->source.pool && !disk->source.volume) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                      "'pool' and 'volume' must be specified together for 'pool' type source");
        return FALSE;
    }
    if (!check_one_source(&disk->source, disk_encryption(disk), disk->format, error))
        return FALSE;
    for (const DiskBacking *backing = disk->backing; backing; backing = backing->backing) {
        if (backing->source.type == DISK_SOURCE_VOLUME || backing->source.type == DISK_SOURCE_VHOST_USER)
            return domain_refuse(error, VIR_FROM_DOMAIN, "backing store of type '%s'",
                                 disk_source_types[backing->source.type]);
        if (!check_one_source(&backing->source, backing->source.encryption, backing->format, error))
            return FALSE;
    }
    return TRUE;
}

/* What serves such a disk is another process, which QEMU cannot tell how to do it. */
static gboolean check_vhost_user(const DiskDef *disk, GError **error)
{
    const struct {
        gboolean is_there;
        const char *what;
    } options[] = {
        {disk->format != DISK_FORMAT_RAW, "a format other than raw"},
        {disk->cache || disk->io || disk->discard || disk->detect_zeroes || disk->copy_on_read, "a driver option"},
        {disk->error_policy || disk->rerror_policy, "an error policy"},
        {disk->iothread > 0, "iothread"},
        {disk_has_iotune(disk), "iotune"},
        {disk->is_readonly, "readonly"},
        {disk->is_shareable, "shareable"},
        {disk->is_transient, "transient"},
        {disk->serial || disk->wwn || disk->vendor || disk->product, "serial, wwn, vendor or product"},
        {disk->cylinders || disk->logical_block_size || disk->physical_block_size, "geometry or blockio"},
        {disk->backing && disk->backing->source.type, "backingStore"},
        {disk->bus != DISK_BUS_VIRTIO, "a bus other than virtio"},
    };

    if (disk->source.type != DISK_SOURCE_VHOST_USER)
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(options); i++) {
        if (options[i].is_there)
            return domain_refuse(error, VIR_FROM_QEMU, "%s is not supported with vhostuser disk", options[i].what);
    }
    return TRUE;
}

static gboolean check_directory(const DiskDef *disk, GError **error)
{
    if (disk->format != DISK_FORMAT_FAT)
        return domain_refuse(error, VIR_FROM_QEMU, "storage type 'dir' requires use of storage format 'fat'");
    if (!disk->is_readonly)
        return domain_refuse(error, VIR_FROM_QEMU, "cannot create virtual FAT disks in read-write mode");
    return TRUE;
}

static gboolean check_format(const DiskDef *disk, GError **error)
{
    if (!g_str_equal(disk->driver_name, "qemu"))
        return domain_refuse(error, VIR_FROM_QEMU, "unsupported driver name '%s' for disk '%s'", disk->driver_name,
                             disk->target);
    if (disk->source.type == DISK_SOURCE_DIR)
        return check_directory(disk, error);
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
        return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "Invalid bus type '%s' for floppy disk",
                              disk_buses[disk->bus]);
    if (disk->device != DISK_DEVICE_FLOPPY && disk->bus == DISK_BUS_FDC)
        return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "Invalid bus type '%s' for disk",
                              disk_buses[disk->bus]);
    if (disk->device == DISK_DEVICE_CDROM && disk->bus == DISK_BUS_VIRTIO)
        return domain_refuse(error, VIR_FROM_QEMU, "disk type of '%s' does not support ejectable media", disk->target);
    if (disk->device == DISK_DEVICE_LUN && disk->bus != DISK_BUS_SCSI && disk->bus != DISK_BUS_VIRTIO)
        return domain_refuse(error, VIR_FROM_QEMU, "disk device='lun' is not supported for bus='%s'",
                             disk_buses[disk->bus]);
    if (disk->device == DISK_DEVICE_LUN && disk->bus == DISK_BUS_VIRTIO)
        return domain_refuse(error, VIR_FROM_QEMU, "disk device='lun' on bus 'virtio': QEMU passes no SCSI through it");
    if (disk->bus == DISK_BUS_UML)
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
    return vir_error_fail(error, VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR, "Malformed wwn: %s", wwn);
}

gboolean disk_check_alone(const DiskDef *disk, GError **error)
{
    if (!check_target(disk, error) || !check_lun(disk, error) || (disk->wwn && !check_wwn(disk->wwn, error)))
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
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR,
                              "driver serial '%s' contains unsafe characters", disk->serial);
    return TRUE;
}

static gboolean check_identity(const DiskDef *disk, GError **error)
{
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

gboolean disk_refuse_target(const DiskDef *disk, const DiskDef *other, GError **error)
{
    return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                          "target '%s' duplicated for disk sources '%s' and '%s'", disk->target,
                          other->source.path ? other->source.path : "", disk->source.path ? disk->source.path : "");
}

static gboolean check_pair(const DiskDef *disk, const DiskDef *other, GError **error)
{
    const DriveAddress *drive = &disk->info.drive;

    if (g_str_equal(disk->target, other->target))
        return disk_refuse_target(disk, other, error);
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
            !check_driver(disk, error) || !check_identity(disk, error) || !check_format(disk, error) ||
            !check_vhost_user(disk, error))
            return FALSE;
        for (guint j = 0; j < i; j++) {
            if (!check_pair(disk, def->disks->pdata[j], error))
                return FALSE;
        }
    }
    return TRUE;
}
