/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks by themselves, as calls about one have them. */
#include "conf/domain/domain_device.h"

gboolean disk_is_removable(const DiskDef *disk)
{
    return disk->device == DISK_DEVICE_CDROM || disk->device == DISK_DEVICE_FLOPPY;
}

void disk_change_fill(DiskDef *change, const DiskDef *present)
{
    disk_complete(change);
    if (!change->info.alias)
        change->info.alias = g_strdup(present->info.alias);
    if (change->info.address_type != DEVICE_ADDRESS_NONE)
        return;
    change->info.address_type = present->info.address_type;
    change->info.pci = present->info.pci;
    change->info.usb = present->info.usb;
    change->info.drive = present->info.drive;
}

void disk_swap_medium(DiskDef *disk, DiskDef *other)
{
    DiskDef old = *disk;

    disk->source = other->source;
    disk->format = other->format;
    disk->backing = other->backing;
    disk->auth = other->auth;
    disk->encryption = other->encryption;
    other->source = old.source;
    other->format = old.format;
    other->backing = old.backing;
    other->auth = old.auth;
    other->encryption = old.encryption;
}

void disk_clear_medium(DiskDef *disk)
{
    DiskDef *empty = xml_struct_new(&disk_element);

    empty->source.type = DISK_SOURCE_FILE;
    disk_swap_medium(disk, empty);
    disk->format = DISK_FORMAT_NONE;
    disk_def_free(empty);
}

/* What the document says but for what can be changed; borrows. */
static DiskDef view_of(const DiskDef *disk)
{
    DiskDef view = *disk;

    view.source = (DiskSource){.type = DISK_SOURCE_FILE};
    view.backing = NULL;
    view.auth = NULL;
    view.encryption = NULL;
    view.format = DISK_FORMAT_RAW;
    view.tray = DISK_TRAY_CLOSED;
    view.snapshot = DISK_SNAPSHOT_DEFAULT;
    view.info.boot_order = 0;
    return view;
}

/* The one medium and nothing of the drive; borrows. */
static DiskDef source_of(const DiskDef *disk)
{
    return (DiskDef){.source = disk->source,
                     .format = disk_source_is_there(&disk->source) ? disk->format : DISK_FORMAT_NONE,
                     .auth = disk->auth,
                     .encryption = disk->encryption,
                     .target = disk->target};
}

static char *difference(DiskDef a, DiskDef b)
{
    const DomainDeviceKind *kind = domain_device_kind("disk");
    DomainDevice device_a = {kind, &a}, device_b = {kind, &b};
    char *text;

    a.source.startup_policy = b.source.startup_policy = DISK_STARTUP_DEFAULT;
    text = domain_device_difference(&device_a, &device_b);
    return text ? text : domain_device_difference(&device_b, &device_a);
}

char *disk_change_obstacle(const DiskDef *change, const DiskDef *present)
{
    return difference(view_of(change), view_of(present));
}

gboolean disk_change_is_same_source(const DiskDef *change, const DiskDef *present)
{
    g_autofree char *text = difference(source_of(change), source_of(present));

    return !text;
}
