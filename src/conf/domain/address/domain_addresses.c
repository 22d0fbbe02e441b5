/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Drives and virtio-serial ports; the other buses have files of their own. */
#include "conf/domain/address/domain_addresses.h"

#include "conf/domain/default/domain_defaults.h"

/* ---- drives ---- */

/* Units on a narrow SCSI bus beside the controller itself. */
#define SCSI_UNITS 7

static void place_drive(DriveAddress *drive, DiskBus bus, guint index)
{
    *drive = (DriveAddress){0};
    switch (bus) {
    case DISK_BUS_SCSI:
        drive->controller = index / SCSI_UNITS;
        drive->unit = index % SCSI_UNITS;
        break;
    case DISK_BUS_IDE:
        drive->controller = index / 4;
        drive->bus = index % 4 / 2;
        drive->unit = index % 2;
        break;
    case DISK_BUS_SATA:
        drive->controller = index / 6;
        drive->unit = index % 6;
        break;
    default:
        drive->controller = index / 2;
        drive->unit = index % 2;
    }
}

static gboolean is_drive_bus(DiskBus bus)
{
    return bus == DISK_BUS_SCSI || bus == DISK_BUS_IDE || bus == DISK_BUS_SATA || bus == DISK_BUS_FDC;
}

gboolean domain_place_drives(DomainDef *def, GError **error)
{
    for (guint i = 0; i < def->disks->len; i++) {
        DiskDef *disk = def->disks->pdata[i];
        int index;

        if (disk->info.address_type != DEVICE_ADDRESS_NONE || !disk->target)
            continue;
        index = disk_target_index(disk->target);
        if (index < 0) {
            vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "Unknown disk name '%s' and no address specified",
                          disk->target);
            return FALSE;
        }
        if (is_drive_bus(disk->bus)) {
            disk->info.address_type = DEVICE_ADDRESS_DRIVE;
            place_drive(&disk->info.drive, disk->bus, (guint)index);
        }
    }
    return TRUE;
}

/* ---- virtio-serial ports ---- */

/* Port 0 is the console's. */
#define PORTS_PER_CONTROLLER 31

typedef struct {
    guint n_ports;
    guint64 used;
} SerialBus;

static SerialBus *serial_bus(GArray *buses, guint controller)
{
    return controller < buses->len ? &g_array_index(buses, SerialBus, controller) : NULL;
}

static GArray *serial_buses_new(const DomainDef *def)
{
    GArray *buses = g_array_new(FALSE, TRUE, sizeof(SerialBus));

    for (guint i = 0; i < def->controllers->len; i++) {
        const ControllerDef *controller = def->controllers->pdata[i];

        if (controller->type != CONTROLLER_VIRTIO_SERIAL || controller->index >= DOMAIN_DEVICES_MAX)
            continue;
        if (buses->len <= (guint)controller->index)
            g_array_set_size(buses, (guint)controller->index + 1);
        serial_bus(buses, (guint)controller->index)->n_ports =
            controller->ports == CONTROLLER_IS_UNSET ? PORTS_PER_CONTROLLER
                                                     : (guint)CLAMP(controller->ports, 0, PORTS_PER_CONTROLLER);
    }
    return buses;
}

static gboolean reserve_port(GArray *buses, const VirtioSerialAddress *address, GError **error)
{
    SerialBus *bus = serial_bus(buses, address->controller);

    if (!bus || !bus->n_ports)
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "virtio serial controller %u is missing",
                      address->controller);
    else if (address->port >= bus->n_ports)
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                      "virtio serial device on port %u exceeds the controller's %u ports", address->port, bus->n_ports);
    else if (bus->used & (G_GUINT64_CONSTANT(1) << address->port))
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                      "virtio serial port %u on controller %u is already occupied", address->port, address->controller);
    else {
        bus->used |= G_GUINT64_CONSTANT(1) << address->port;
        return TRUE;
    }
    return FALSE;
}

static gboolean find_port(GArray *buses, VirtioSerialAddress *address)
{
    for (guint controller = 0; controller < buses->len; controller++) {
        SerialBus *bus = serial_bus(buses, controller);

        for (guint port = 1; port < bus->n_ports; port++) {
            if (bus->used & (G_GUINT64_CONSTANT(1) << port))
                continue;
            *address = (VirtioSerialAddress){.controller = controller, .port = port};
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean wants_port(const DeviceInfo *info)
{
    return info->address_type == DEVICE_ADDRESS_NONE ||
           (info->address_type == DEVICE_ADDRESS_VIRTIO_SERIAL && !info->virtio_serial.port);
}

static gboolean assign_port(DomainDef *def, GArray *buses, DeviceInfo *info, GError **error)
{
    VirtioSerialAddress address;

    if (!find_port(buses, &address)) {
        guint index = buses->len;

        g_array_set_size(buses, index + 1);
        serial_bus(buses, index)->n_ports = PORTS_PER_CONTROLLER;
        domain_add_controller(def, CONTROLLER_VIRTIO_SERIAL, (int)index, CONTROLLER_MODEL_NONE);
        find_port(buses, &address);
    }
    info->address_type = DEVICE_ADDRESS_VIRTIO_SERIAL;
    info->virtio_serial = address;
    return reserve_port(buses, &address, error);
}

static gboolean place_virtio_serial(DomainDef *def, GError **error)
{
    g_autoptr(GArray) buses = serial_buses_new(def);
    GPtrArray *lists[] = {def->consoles, def->channels};

    for (gsize list = 0; list < G_N_ELEMENTS(lists); list++) {
        for (guint i = 0; i < lists[list]->len; i++) {
            CharDef *device = lists[list]->pdata[i];

            if (device->target == CHAR_TARGET_VIRTIO && device->info.address_type == DEVICE_ADDRESS_VIRTIO_SERIAL &&
                !wants_port(&device->info) && !reserve_port(buses, &device->info.virtio_serial, error))
                return FALSE;
        }
    }
    /* QEMU finds a port for a console by itself. */
    for (guint i = 0; i < def->channels->len; i++) {
        CharDef *channel = def->channels->pdata[i];

        if (channel->target == CHAR_TARGET_VIRTIO && wants_port(&channel->info) &&
            !assign_port(def, buses, &channel->info, error))
            return FALSE;
    }
    return TRUE;
}

gboolean domain_def_place(DomainDef *def, const DomainDefaults *defaults, GError **error)
{
    return place_virtio_serial(def, error) && domain_place_usb(def, error) && domain_place_pci(def, defaults, error);
}
