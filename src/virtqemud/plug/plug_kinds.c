/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/plug/plug_kinds.h"

#include <string.h>

#include "common/error.h"

#define cannot(error, ...) vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_UNSUPPORTED, __VA_ARGS__)

/* ---- coming ---- */

static gboolean can_attach_disk(const DomainDef *def, gconstpointer device, GError **error)
{
    const DiskDef *disk = device;
    DiskBus bus = disk_effective_bus(disk);

    if (disk->device == DISK_DEVICE_FLOPPY)
        return cannot(error, "floppy device hotplug isn't supported");
    if (bus == DISK_BUS_FDC || bus == DISK_BUS_SD || bus == DISK_BUS_XEN || bus == DISK_BUS_IDE)
        return cannot(error, "disk bus '%s' cannot be hotplugged.", disk_buses[bus]);
    return TRUE;
}

static gboolean can_attach_controller(const DomainDef *def, gconstpointer device, GError **error)
{
    const ControllerDef *controller = device;

    return controller->type == CONTROLLER_SCSI ||
           cannot(error, "'%s' controller cannot be hot plugged.", controller_types[controller->type]);
}

static gboolean can_attach_input(const DomainDef *def, gconstpointer device, GError **error)
{
    const InputDef *input = device;

    return (input->type != INPUT_EVDEV && input->bus != INPUT_BUS_PS2) ||
           cannot(error, "input device on bus '%s' cannot be hot plugged.",
                  input->type == INPUT_EVDEV ? "none" : input_buses[input->bus]);
}

static gboolean can_attach_filesystem(const DomainDef *def, gconstpointer device, GError **error)
{
    return ((const FilesystemDef *)device)->driver == FILESYSTEM_DRIVER_VIRTIOFS
               ? cannot(error, "virtiofs filesystems cannot be hotplugged")
               : cannot(error, "only virtiofs filesystems can be hotplugged");
}

/* ---- going ---- */

static gboolean can_detach_disk(const DomainDef *def, gconstpointer device, GError **error)
{
    const DiskDef *disk = device;
    gboolean is_pluggable_bus = disk->bus == DISK_BUS_USB || disk->bus == DISK_BUS_SCSI;

    if (disk->device == DISK_DEVICE_FLOPPY || (disk->device == DISK_DEVICE_CDROM && !is_pluggable_bus))
        return cannot(error, "disk device type '%s' cannot be detached", disk_devices[disk->device]);
    return disk->bus == DISK_BUS_VIRTIO || is_pluggable_bus ||
           cannot(error, "This type of disk cannot be hot unplugged");
}

static gboolean is_busy(const DomainDef *def, const ControllerDef *controller)
{
    for (guint i = 0; i < def->disks->len; i++) {
        const DiskDef *disk = def->disks->pdata[i];

        if (disk->bus == DISK_BUS_SCSI && disk->info.address_type == DEVICE_ADDRESS_DRIVE &&
            disk->info.drive.controller == (guint)controller->index)
            return TRUE;
    }
    return FALSE;
}

static gboolean can_detach_controller(const DomainDef *def, gconstpointer device, GError **error)
{
    const ControllerDef *controller = device;

    if (controller->type != CONTROLLER_SCSI)
        return cannot(error, "'%s' controller cannot be hot unplugged.", controller_types[controller->type]);
    return !is_busy(def, controller) || vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_OPERATION_FAILED,
                                                       "device cannot be detached: device is busy");
}

static gboolean can_detach_input(const DomainDef *def, gconstpointer device, GError **error)
{
    const InputDef *input = device;

    return (input->type != INPUT_EVDEV && input->bus != INPUT_BUS_PS2) ||
           cannot(error, "input device on bus '%s' cannot be detached",
                  input->type == INPUT_EVDEV ? "none" : input_buses[input->bus]);
}

static gboolean can_detach_watchdog(const DomainDef *def, gconstpointer device, GError **error)
{
    return ((const WatchdogDef *)device)->model == WATCHDOG_I6300ESB ||
           cannot(error, "hot unplug of watchdog of model %s is not supported",
                  watchdog_models[((const WatchdogDef *)device)->model]);
}

static gboolean can_detach_filesystem(const DomainDef *def, gconstpointer device, GError **error)
{
    return cannot(error, "only virtiofs filesystems can be hotplugged");
}

/* ---- kinds ---- */

typedef gboolean (*KindCheck)(const DomainDef *def, gconstpointer device, GError **error);

static gboolean can_always(const DomainDef *def, gconstpointer device, GError **error)
{
    return TRUE;
}

/* A kind that is not here stays as it is. attach, detach NULL: not while a guest runs. The codes are those of the peer
 * where a device is not there, in what runs and in a definition; 0: VIR_ERR_DEVICE_MISSING. */
static const struct {
    const char *kind;
    KindCheck attach, detach;
    int missing_live, missing_config;
} kinds[] = {
    {"disk", can_attach_disk, can_detach_disk},
    {"interface", can_always, can_always},
    {"controller", can_attach_controller, can_detach_controller},
    {"sound", NULL, NULL},
    {"filesystem", can_attach_filesystem, can_detach_filesystem},
    {"serial", can_always, can_always, 0, VIR_ERR_INVALID_ARG},
    {"parallel", can_always, can_always, 0, VIR_ERR_INVALID_ARG},
    {"channel", can_always, can_always, 0, VIR_ERR_INVALID_ARG},
    {"console", can_always, can_always, 0, VIR_ERR_INVALID_ARG},
    {"input", can_attach_input, can_detach_input},
    {"watchdog", can_always, can_detach_watchdog},
    {"rng", can_always, can_always},
    {"redirdev", can_always, can_always, VIR_ERR_OPERATION_INVALID, 0},
    {"shmem", can_always, can_always},
    {"vsock", NULL, NULL, 0, VIR_ERR_OPERATION_FAILED},
    {"memory", can_always, can_always},
};

static int find_kind(const DomainDevice *device)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (domain_device_is(device, kinds[i].kind))
            return (int)i;
    return -1;
}

static gboolean refuse(const DomainDevice *device, gboolean is_live, const char *what, GError **error)
{
    return cannot(error, "%s %s of device '%s' is not supported", is_live ? "live" : "persistent", what,
                  domain_device_label(device));
}

gboolean plug_can_attach(const DomainDevice *device, gboolean is_live, GError **error)
{
    int kind = find_kind(device);

    if (kind < 0 || (is_live && !kinds[kind].attach))
        return refuse(device, is_live, "attach", error);
    return !is_live || kinds[kind].attach(NULL, device->def, error);
}

gboolean plug_knows_detach(const DomainDevice *like, gboolean is_live, GError **error)
{
    int kind = find_kind(like);

    return (kind >= 0 && (!is_live || kinds[kind].detach)) || refuse(like, is_live, "detach", error);
}

gboolean plug_can_detach(const DomainDef *def, const DomainDevice *device, gboolean is_live, GError **error)
{
    return plug_knows_detach(device, is_live, error) &&
           (!is_live || kinds[find_kind(device)].detach(def, device->def, error));
}

gboolean plug_has_qdev(const DomainDef *def, const DomainDevice *device)
{
    const DeviceInfo *info = domain_device_info(device);
    int kind = find_kind(device);

    if (domain_device_is(device, "console") && ((const CharDef *)device->def)->target == CHAR_TARGET_SERIAL)
        return FALSE;
    return info && info->alias && kind >= 0 && kinds[kind].detach &&
           (kinds[kind].detach(def, device->def, NULL) || domain_device_is(device, "controller")) &&
           (!domain_device_is(device, "controller") || ((const ControllerDef *)device->def)->type == CONTROLLER_SCSI);
}

/* ---- finding ---- */

static void set_missing_interface(GError **error, const InterfaceDef *like)
{
    char mac[MAC_TEXT_LEN];

    mac_format(like->mac, mac);
    if (like->info.address_type == DEVICE_ADDRESS_PCI) {
        g_autofree char *address = pci_address_format(&like->info.pci);

        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_DEVICE_MISSING,
                      "no device matching MAC address %s found at address %s", mac, address);
    } else {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_DEVICE_MISSING, "no device matching MAC address %s found", mac);
    }
}

static void set_missing(GError **error, const DomainDevice *like, gboolean is_live)
{
    int kind = find_kind(like);
    int code = kind < 0 ? 0 : is_live ? kinds[kind].missing_live : kinds[kind].missing_config;

    code = code ? code : VIR_ERR_DEVICE_MISSING;
    if (domain_device_is(like, "interface"))
        set_missing_interface(error, like->def);
    else if (domain_device_is(like, "disk"))
        vir_error_set(error, VIR_FROM_QEMU, code, is_live ? "disk %s not found" : "no target device %s",
                      ((const DiskDef *)like->def)->target);
    else if (domain_device_is(like, "controller"))
        vir_error_set(error, VIR_FROM_QEMU, code, "controller %s:%d not found",
                      controller_types[((const ControllerDef *)like->def)->type],
                      ((const ControllerDef *)like->def)->index);
    else
        vir_error_set(error, VIR_FROM_QEMU, code, "no matching device of kind '%s' is in the %s", like->kind->name,
                      is_live ? "running guest" : "domain configuration");
}

static void set_ambiguous(GError **error, const DomainDevice *like)
{
    static const guint8 none[MAC_LEN];
    const InterfaceDef *interface = domain_device_is(like, "interface") ? like->def : NULL;
    char mac[MAC_TEXT_LEN];

    if (interface)
        mac_format(interface->mac, mac);
    if (!interface || memcmp(interface->mac, none, MAC_LEN) == 0)
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_OPERATION_FAILED, "multiple matching devices found");
    else
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_OPERATION_FAILED,
                      "multiple devices matching MAC address %s found", mac);
}

gboolean plug_find(const DomainDef *def, const DomainDevice *like, gboolean is_live, DomainDevice *found,
                   GError **error)
{
    switch (domain_device_find(def, like, found)) {
    case DEVICE_FOUND:
        return TRUE;
    case DEVICE_AMBIGUOUS:
        set_ambiguous(error, like);
        return FALSE;
    default:
        set_missing(error, like, is_live);
        return FALSE;
    }
}
