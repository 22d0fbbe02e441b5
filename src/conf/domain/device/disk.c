/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/domain/device/disk.h"

#include <string.h>

#include "conf/domain/check/disk_check.h"

/* clang-format off */
const char *const disk_devices[DISK_DEVICE_LAST] = {"disk", "cdrom", "floppy", "lun"};
const char *const disk_buses[DISK_BUS_LAST] = {
    NULL, "ide", "fdc", "scsi", "virtio", "xen", "usb", "uml", "sata", "sd",
};
const char *const virtio_models[VIRTIO_MODEL_LAST] = {
    NULL, "virtio", "virtio-transitional", "virtio-non-transitional",
};
const char *const disk_formats[DISK_FORMAT_LAST] = {
    NULL,  "raw",  "dir",   "bochs", "cloop", "dmg",   "iso", "vpc", "vdi",
    "vhd", "ploop", "cow", "qcow",  "qcow2", "qed",   "vmdk", "fat", "luks",
};
const char *const disk_caches[DISK_CACHE_LAST] = {
    NULL, "none", "writethrough", "writeback", "directsync", "unsafe",
};
const char *const disk_error_policies[DISK_ERROR_LAST] = {NULL, "stop", "report", "ignore", "enospace"};
const char *const disk_ios[DISK_IO_LAST] = {NULL, "native", "threads", "io_uring"};
const char *const disk_discards[DISK_DISCARD_LAST] = {NULL, "unmap", "ignore"};
const char *const disk_detect_zeroes[DISK_ZEROES_LAST] = {NULL, "off", "on", "unmap"};
const char *const disk_trays[DISK_TRAY_LAST] = {"closed", "open"};
const char *const disk_snapshots[DISK_SNAPSHOT_LAST] = {NULL, "no", "internal", "external", "manual"};
const char *const disk_geometries[DISK_GEOMETRY_LAST] = {NULL, "none", "auto", "lba"};

#define UNKNOWN_FORMAT XML_UNSUPPORTED("unknown driver format value '%s'")

/* ---- <backingStore> ---- */

/* Targets beyond "sdzzz" name no drive. */
#define DISK_TARGET_INDEX_MAX 18278

static gboolean backing_parse(xmlNode *node, gpointer self, guint mode, GError **error);
static void backing_write(XmlWriter *writer, const DiskBacking *backing, guint mode);

static void backing_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    backing_write(writer, ((const DiskBacking *)self)->backing, mode);
}

static void backing_free(DiskBacking *backing);

static void backing_clear(gpointer self)
{
    g_clear_pointer(&((DiskBacking *)self)->backing, backing_free);
}

static DiskBacking *backing_copy(const DiskBacking *backing);

static void backing_own(gpointer self)
{
    ((DiskBacking *)self)->backing = backing_copy(((DiskBacking *)self)->backing);
}

static const XmlField backing_fields[] = {
    XML_ENUM(DiskBacking, source.type, "@type", disk_source_types),
    XML_UINT(DiskBacking, source.index, "@index", .only = XML_MODE_LIVE),
    XML_TAKEN("@index"),
    XML_YESNO(DiskBacking, found, "@found", .only = XML_MODE_STATUS),
    XML_ENUM(DiskBacking, format, "format/@type", disk_formats, .invalid = UNKNOWN_FORMAT),
    XML_PART(DiskBacking, source, "source", &disk_source_element),
    XML_CUSTOM("backingStore", .parse = backing_parse, .format = backing_format, .clear = backing_clear,
               .own = backing_own),
    XML_END,
};
/* clang-format on */

static void backing_init(gpointer self)
{
    ((DiskBacking *)self)->source.is_below = TRUE;
}

/* What was found when the guest started is of that run; wherever it goes from here, the images are the same. */
static gboolean backing_is_hidden(gconstpointer self, guint mode)
{
    return ((const DiskBacking *)self)->found && !(mode & (XML_MODE_LIVE | XML_MODE_STATUS | XML_MODE_MIGRATABLE));
}

static const XmlElement backing_element = {
    .size = sizeof(DiskBacking),
    .fields = backing_fields,
    .init = backing_init,
    .is_hidden = backing_is_hidden,
};

static void backing_free(DiskBacking *backing)
{
    xml_struct_free(&backing_element, backing);
}

DiskBacking *disk_backing_new(void)
{
    return xml_struct_new(&backing_element);
}

static DiskBacking *backing_copy(const DiskBacking *backing)
{
    return xml_struct_copy(&backing_element, backing);
}

static gboolean backing_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    DiskBacking *outer = self;

    if (!outer->backing)
        outer->backing = xml_struct_parse(&backing_element, node, mode, error);
    return outer->backing != NULL;
}

static void backing_write(XmlWriter *writer, const DiskBacking *backing, guint mode)
{
    xml_struct_write(&backing_element, writer, "backingStore", backing, mode);
}

/* ---- <disk> ---- */

static gboolean disk_backing_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    DiskDef *disk = self;

    if (!disk->backing)
        disk->backing = xml_struct_parse(&backing_element, node, mode, error);
    return disk->backing != NULL;
}

static void disk_backing_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    backing_write(writer, ((const DiskDef *)self)->backing, mode);
}

static void disk_backing_clear(gpointer self)
{
    g_clear_pointer(&((DiskDef *)self)->backing, backing_free);
}

static void disk_backing_own(gpointer self)
{
    ((DiskDef *)self)->backing = backing_copy(((DiskDef *)self)->backing);
}

/* In bytes, where other sizes are in KiB. */
static gboolean cache_size_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    guint64 bytes;

    if (!xml_size_parse(node, 1, &bytes, error))
        return FALSE;
    ((DiskDef *)self)->metadata_cache_max = bytes;
    return TRUE;
}

static void cache_size_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    const DiskDef *disk = self;

    if (disk->metadata_cache_max > 0)
        xml_size_write(writer, "max_size", "bytes", disk->metadata_cache_max);
}

/* clang-format off */
static const XmlField metadata_cache_fields[] = {
    XML_CUSTOM("max_size", .parse = cache_size_parse, .format = cache_size_format),
    XML_END,
};
static const XmlElement metadata_cache_element = {.fields = metadata_cache_fields};

static const XmlField driver_fields[] = {
    XML_STRING(DiskDef, driver_name, "@name"),
    XML_ENUM(DiskDef, format, "@type", disk_formats, .invalid = UNKNOWN_FORMAT),
    XML_ENUM(DiskDef, cache, "@cache", disk_caches),
    XML_ENUM(DiskDef, error_policy, "@error_policy", disk_error_policies),
    XML_ENUM(DiskDef, rerror_policy, "@rerror_policy", disk_error_policies),
    XML_ENUM(DiskDef, io, "@io", disk_ios),
    XML_ONOFF(DiskDef, ioeventfd, "@ioeventfd"),
    XML_ONOFF(DiskDef, event_idx, "@event_idx"),
    XML_ONOFF(DiskDef, copy_on_read, "@copy_on_read"),
    XML_ENUM(DiskDef, discard, "@discard", disk_discards),
    XML_ENUM(DiskDef, detect_zeroes, "@detect_zeroes", disk_detect_zeroes),
    XML_UINT(DiskDef, queues, "@queues", .nonzero = TRUE),
    XML_UINT(DiskDef, queue_size, "@queue_size", .nonzero = TRUE),
    XML_INCLUDE(DiskDef, virtio, &virtio_options_element),
    XML_UINT(DiskDef, iothread, "@iothread", .nonzero = TRUE),
    XML_INSIDE("metadata_cache", &metadata_cache_element),
    XML_END,
};
static const XmlElement driver_element = {.fields = driver_fields};

static const XmlField transient_fields[] = {
    XML_YESNO(DiskDef, share_backing, "@shareBacking"),
    XML_END,
};
/* clang-format on */

static gboolean transient_parsed(xmlNode *node, gpointer self, GError **error)
{
    ((DiskDef *)self)->is_transient = TRUE;
    return TRUE;
}

static gboolean is_lasting(gconstpointer self, guint mode)
{
    return !((const DiskDef *)self)->is_transient;
}

static const XmlElement transient_element = {.fields = transient_fields, .parsed = transient_parsed};

/* clang-format off */
static const XmlField disk_fields[] = {
    XML_ENUM(DiskDef, source.type, "@type", disk_source_types, .absent = DISK_SOURCE_FILE, .always = TRUE),
    XML_ENUM(DiskDef, device, "@device", disk_devices, .always = TRUE),
    XML_ENUM(DiskDef, model, "@model", virtio_models),
    XML_ENUM(DiskDef, snapshot, "@snapshot", disk_snapshots),
    XML_YESNO(DiskDef, rawio, "@rawio"),
    XML_REFUSE("@sgio"),
    XML_INSIDE("driver", &driver_element),
    XML_STRUCT(DiskDef, auth, "auth", &disk_auth_element),
    XML_PART(DiskDef, source, "source", &disk_source_element),
    XML_CUSTOM("backingStore", .parse = disk_backing_parse, .format = disk_backing_format,
               .clear = disk_backing_clear, .own = disk_backing_own),
    XML_REFUSE("backenddomain"),
    XML_UINT(DiskDef, cylinders, "geometry/@cyls"),
    XML_UINT(DiskDef, heads, "geometry/@heads"),
    XML_UINT(DiskDef, sectors, "geometry/@secs"),
    XML_ENUM(DiskDef, translation, "geometry/@trans", disk_geometries),
    XML_UINT(DiskDef, logical_block_size, "blockio/@logical_block_size"),
    XML_UINT(DiskDef, physical_block_size, "blockio/@physical_block_size"),
    XML_TAKEN("mirror"), /* of a live document; a copy job does not outlive its guest */
    XML_STRING(DiskDef, target, "target/@dev"),
    XML_ENUM(DiskDef, bus, "target/@bus", disk_buses),
    XML_ENUM(DiskDef, tray, "target/@tray", disk_trays),
    XML_ONOFF(DiskDef, removable, "target/@removable"),
    XML_UINT(DiskDef, rotation_rate, "target/@rotation_rate"),
    XML_PART(DiskDef, iotune, "iotune", &disk_iotune_element),
    XML_FLAG(DiskDef, is_readonly, "readonly"),
    XML_FLAG(DiskDef, is_shareable, "shareable"),
    XML_INSIDE("transient", &transient_element, .always = TRUE, .skip = is_lasting),
    XML_STRING(DiskDef, serial, "serial"),
    XML_STRING(DiskDef, wwn, "wwn"),
    XML_STRING(DiskDef, vendor, "vendor"),
    XML_STRING(DiskDef, product, "product"),
    XML_STRUCT(DiskDef, encryption, "encryption", &disk_encryption_element),
    XML_TAKEN("state"), XML_TAKEN("privateData"),
    XML_INCLUDE(DiskDef, info, &device_info_element),
    XML_END,
};
/* clang-format on */

static gboolean disk_parsed(xmlNode *node, gpointer self, GError **error)
{
    return disk_check_alone(self, error);
}

const XmlElement disk_element = {.size = sizeof(DiskDef), .fields = disk_fields, .parsed = disk_parsed};

void disk_def_free(DiskDef *disk)
{
    xml_struct_free(&disk_element, disk);
}

const DiskEncryption *disk_encryption(const DiskDef *disk)
{
    return disk->source.encryption ? disk->source.encryption : disk->encryption;
}

const DiskAuth *disk_auth(const DiskDef *disk)
{
    return disk->source.auth ? disk->source.auth : disk->auth;
}

/* ---- target names ---- */

static const struct {
    const char *prefix;
    DiskBus bus;
} prefixes[] = {
    {"fd", DISK_BUS_FDC},  {"hd", DISK_BUS_IDE},  {"vd", DISK_BUS_VIRTIO},
    {"sd", DISK_BUS_SCSI}, {"xvd", DISK_BUS_XEN}, {"ubd", DISK_BUS_UML},
};

/* The letters behind a known prefix, or NULL. */
static const char *target_letters(const char *target, DiskBus *bus)
{
    for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if (g_str_has_prefix(target, prefixes[i].prefix)) {
            *bus = prefixes[i].bus;
            return target + strlen(prefixes[i].prefix);
        }
    }
    return NULL;
}

int disk_target_index(const char *target)
{
    DiskBus bus;
    const char *letter = target_letters(target, &bus);
    int index = 0;

    if (!letter)
        return -1;
    /* Numbers in base 26 without a zero: a ... z, aa ... */
    for (; g_ascii_islower(*letter); letter++) {
        index = index * 26 + (*letter - 'a') + 1;
        if (index > DISK_TARGET_INDEX_MAX)
            return -1;
    }
    letter += strspn(letter, "0123456789");
    return *letter ? -1 : index - 1;
}

DiskBus disk_effective_bus(const DiskDef *disk)
{
    DiskBus bus = DISK_BUS_IDE;

    if (disk->bus || !disk->target)
        return disk->bus;
    if (disk->device == DISK_DEVICE_FLOPPY)
        return DISK_BUS_FDC;
    target_letters(disk->target, &bus);
    return bus;
}

void disk_complete(DiskDef *disk)
{
    disk->bus = disk_effective_bus(disk);
    if (!disk->driver_name)
        disk->driver_name = g_strdup("qemu");
    if (!disk->format)
        disk->format = DISK_FORMAT_RAW;
    if (disk->device == DISK_DEVICE_CDROM)
        disk->is_readonly = TRUE;
    /* Nobody here sees its data. */
    if (disk->source.type == DISK_SOURCE_VHOST_USER && !disk->snapshot)
        disk->snapshot = DISK_SNAPSHOT_NO;
}
