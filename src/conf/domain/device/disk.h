/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <disk>: drives of a guest and where their data comes from. */
#pragma once

#include "conf/domain/device/disk_source.h"

typedef enum { DISK_DEVICE_DISK, DISK_DEVICE_CDROM, DISK_DEVICE_FLOPPY, DISK_DEVICE_LUN, DISK_DEVICE_LAST } DiskDevice;
extern const char *const disk_devices[DISK_DEVICE_LAST];

typedef enum {
    DISK_BUS_NONE,
    DISK_BUS_IDE,
    DISK_BUS_FDC,
    DISK_BUS_SCSI,
    DISK_BUS_VIRTIO,
    DISK_BUS_XEN,
    DISK_BUS_USB,
    DISK_BUS_UML,
    DISK_BUS_SATA,
    DISK_BUS_SD,
    DISK_BUS_LAST,
} DiskBus;
extern const char *const disk_buses[DISK_BUS_LAST];

typedef enum {
    VIRTIO_MODEL_DEFAULT,
    VIRTIO_MODEL_VIRTIO,
    VIRTIO_MODEL_TRANSITIONAL,
    VIRTIO_MODEL_NON_TRANSITIONAL,
    VIRTIO_MODEL_LAST,
} VirtioModel;
extern const char *const virtio_models[VIRTIO_MODEL_LAST];

typedef enum {
    DISK_FORMAT_NONE,
    DISK_FORMAT_RAW,
    DISK_FORMAT_DIR,
    DISK_FORMAT_BOCHS,
    DISK_FORMAT_CLOOP,
    DISK_FORMAT_DMG,
    DISK_FORMAT_ISO,
    DISK_FORMAT_VPC,
    DISK_FORMAT_VDI,
    DISK_FORMAT_VHD,
    DISK_FORMAT_PLOOP,
    DISK_FORMAT_COW,
    DISK_FORMAT_QCOW,
    DISK_FORMAT_QCOW2,
    DISK_FORMAT_QED,
    DISK_FORMAT_VMDK,
    DISK_FORMAT_FAT,
    DISK_FORMAT_LUKS, /* is not one: of raw data that is encrypted; refused by the check */
    DISK_FORMAT_LAST,
} DiskFormat;
extern const char *const disk_formats[DISK_FORMAT_LAST];

typedef enum {
    DISK_CACHE_DEFAULT,
    DISK_CACHE_NONE,
    DISK_CACHE_WRITETHROUGH,
    DISK_CACHE_WRITEBACK,
    DISK_CACHE_DIRECTSYNC,
    DISK_CACHE_UNSAFE,
    DISK_CACHE_LAST,
} DiskCache;
extern const char *const disk_caches[DISK_CACHE_LAST];

typedef enum {
    DISK_ERROR_DEFAULT,
    DISK_ERROR_STOP,
    DISK_ERROR_REPORT,
    DISK_ERROR_IGNORE,
    DISK_ERROR_ENOSPACE,
    DISK_ERROR_LAST,
} DiskErrorPolicy;
extern const char *const disk_error_policies[DISK_ERROR_LAST];

typedef enum { DISK_IO_DEFAULT, DISK_IO_NATIVE, DISK_IO_THREADS, DISK_IO_URING, DISK_IO_LAST } DiskIo;
extern const char *const disk_ios[DISK_IO_LAST];

typedef enum { DISK_DISCARD_DEFAULT, DISK_DISCARD_UNMAP, DISK_DISCARD_IGNORE, DISK_DISCARD_LAST } DiskDiscard;
extern const char *const disk_discards[DISK_DISCARD_LAST];

typedef enum {
    DISK_ZEROES_DEFAULT,
    DISK_ZEROES_OFF,
    DISK_ZEROES_ON,
    DISK_ZEROES_UNMAP,
    DISK_ZEROES_LAST,
} DiskDetectZeroes;
extern const char *const disk_detect_zeroes[DISK_ZEROES_LAST];

typedef enum { DISK_TRAY_CLOSED, DISK_TRAY_OPEN, DISK_TRAY_LAST } DiskTray;
extern const char *const disk_trays[DISK_TRAY_LAST];

typedef enum {
    DISK_SNAPSHOT_DEFAULT,
    DISK_SNAPSHOT_NO,
    DISK_SNAPSHOT_INTERNAL,
    DISK_SNAPSHOT_EXTERNAL,
    DISK_SNAPSHOT_MANUAL,
    DISK_SNAPSHOT_LAST,
} DiskSnapshot;
extern const char *const disk_snapshots[DISK_SNAPSHOT_LAST];

typedef enum {
    DISK_GEOMETRY_DEFAULT,
    DISK_GEOMETRY_NONE,
    DISK_GEOMETRY_AUTO,
    DISK_GEOMETRY_LBA,
    DISK_GEOMETRY_LAST,
} DiskGeometry;
extern const char *const disk_geometries[DISK_GEOMETRY_LAST];

/* What an image is an overlay of. */
typedef struct DiskBacking {
    DiskSource source; /* type NONE: there is nothing below, by the user's word */
    DiskFormat format;
    struct DiskBacking *backing; /* NULL: to be found out from the image */
    XmlBool found;               /* yes: not by the user's word, but the image's; for this run alone */
} DiskBacking;

/* Limits in bytes and requests per second; 0: none. max: for bursts, of which max_length says how many seconds. */
typedef struct {
    unsigned long long total_bytes_sec, read_bytes_sec, write_bytes_sec;
    unsigned long long total_iops_sec, read_iops_sec, write_iops_sec;
    unsigned long long total_bytes_sec_max, read_bytes_sec_max, write_bytes_sec_max;
    unsigned long long total_iops_sec_max, read_iops_sec_max, write_iops_sec_max;
    unsigned long long size_iops_sec;
    char *group_name; /* whose members share the limits; NULL: of its own */
    unsigned long long total_bytes_sec_max_length, read_bytes_sec_max_length, write_bytes_sec_max_length;
    unsigned long long total_iops_sec_max_length, read_iops_sec_max_length, write_iops_sec_max_length;
} DiskIoTune;
extern const XmlElement disk_iotune_element;

typedef struct {
    DiskDevice device;
    VirtioModel model;
    DiskSnapshot snapshot;
    XmlBool rawio; /* yes, no */
    /* <driver> */
    char *driver_name; /* "qemu" */
    DiskFormat format;
    DiskCache cache;
    DiskErrorPolicy error_policy, rerror_policy;
    DiskIo io;
    XmlBool ioeventfd, event_idx, copy_on_read; /* on, off */
    DiskDiscard discard;
    DiskDetectZeroes detect_zeroes;
    guint queues, queue_size;              /* 0: unset */
    guint iothread;                        /* 0: none */
    unsigned long long metadata_cache_max; /* bytes, of qcow2; 0: QEMU's own */
    VirtioOptions virtio;
    DiskSource source;
    /* Beside the source rather than inside of it, where documents had them once. May be NULL. */
    DiskAuth *auth;
    DiskEncryption *encryption;
    DiskBacking *backing;
    DiskIoTune iotune;
    /* <geometry>, <blockio> */
    guint cylinders, heads, sectors;
    DiskGeometry translation;
    guint logical_block_size, physical_block_size;
    /* <target> */
    char *target; /* "vda" */
    DiskBus bus;
    DiskTray tray;
    XmlBool removable;   /* on, off */
    guint rotation_rate; /* 0: unset */
    gboolean is_readonly, is_shareable, is_transient;
    XmlBool share_backing; /* yes, no */
    char *serial, *wwn, *vendor, *product;
    DeviceInfo info;
} DiskDef;

extern const XmlElement disk_element;
void disk_def_free(DiskDef *disk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DiskDef, disk_def_free)

/* An empty one, for the chain of a disk that owns it. */
DiskBacking *disk_backing_new(void);

/* How data is encrypted, and how its server is told who asks, wherever the document says so. NULL: not. Borrowed. */
const DiskEncryption *disk_encryption(const DiskDef *disk);
const DiskAuth *disk_auth(const DiskDef *disk);

/* Whether it has any limit, or a group with some. */
gboolean disk_has_iotune(const DiskDef *disk);

/* The number that a target name stands for: 0 for "sda", 26 for "sdaa"; partition numbers are passed over. -1 when the
 * name does not begin with one of the known prefixes. */
int disk_target_index(const char *target);

/* The disk's bus, or the one that its kind and its target's name hint at. */
DiskBus disk_effective_bus(const DiskDef *disk);

/* What a document leaves open and no other part of it decides. */
void disk_complete(DiskDef *disk);

/* Whether its medium can be changed. */
gboolean disk_is_removable(const DiskDef *disk);

/* Takes what change leaves to the daemon (address, alias) from present, the same guest's disk; and completes it. */
void disk_change_fill(DiskDef *change, const DiskDef *present);

/* What stands in the way of present becoming change while the guest runs: "iotune total_bytes_sec"; caller frees. NULL:
 * nothing, they differ in the medium, the start-up policy and the place in the boot order at most. */
char *disk_change_obstacle(const DiskDef *change, const DiskDef *present);

/* Disk gets the medium of other, with all that says how it is read, and other that of disk. */
void disk_swap_medium(DiskDef *disk, DiskDef *other);
/* The drive becomes empty. */
void disk_clear_medium(DiskDef *disk);

/* Whether both have the same medium, or none. */
gboolean disk_change_is_same_source(const DiskDef *change, const DiskDef *present);
