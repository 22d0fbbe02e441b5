/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding one's way among a guest's devices. */
#include <string.h>

#include "conf/domain/default/domain_defaults.h"
#include "conf/domain/domain_device.h"

gboolean domain_is_x86(const DomainDef *def)
{
    return def->os && def->os->arch && (g_str_equal(def->os->arch, "x86_64") || g_str_equal(def->os->arch, "i686"));
}

MachineKind domain_machine_kind_of(const char *machine)
{
    if (g_str_equal(machine, "q35") || g_str_has_prefix(machine, "pc-q35-"))
        return MACHINE_Q35;
    /* "pc-0.12" to "pc-1.3" were named before there was another chipset. */
    if (g_str_equal(machine, "pc") || g_str_has_prefix(machine, "pc-i440fx-") || g_str_has_prefix(machine, "pc-0.") ||
        g_str_has_prefix(machine, "pc-1."))
        return MACHINE_I440FX;
    return MACHINE_OTHER;
}

MachineKind domain_machine_kind(const DomainDef *def)
{
    return def->os && domain_is_x86(def) && def->os->machine ? domain_machine_kind_of(def->os->machine) : MACHINE_OTHER;
}

ControllerDef *domain_find_controller(const DomainDef *def, ControllerType type, int index)
{
    for (guint i = 0; i < def->controllers->len; i++) {
        ControllerDef *controller = def->controllers->pdata[i];

        if (controller->type == type && controller->index == index)
            return controller;
    }
    return NULL;
}

DiskDef *domain_find_disk(const DomainDef *def, const char *target)
{
    for (guint i = 0; i < def->disks->len; i++) {
        DiskDef *disk = def->disks->pdata[i];

        if (g_strcmp0(disk->target, target) == 0)
            return disk;
    }
    return NULL;
}

DiskDef *domain_find_disk_or_path(const DomainDef *def, const char *name)
{
    DiskDef *disk = domain_find_disk(def, name);

    for (guint i = 0; !disk && i < def->disks->len; i++) {
        DiskDef *other = g_ptr_array_index(def->disks, i);

        if (g_strcmp0(other->source.path, name) == 0)
            disk = other;
    }
    return disk;
}

InterfaceDef *domain_find_interface(const DomainDef *def, const char *name)
{
    guint8 mac[MAC_LEN];
    gboolean is_mac = mac_parse(name, mac);

    for (guint i = 0; i < def->interfaces->len; i++) {
        InterfaceDef *interface = g_ptr_array_index(def->interfaces, i);

        if (g_strcmp0(interface->target, name) == 0 || (is_mac && memcmp(interface->mac, mac, MAC_LEN) == 0))
            return interface;
    }
    return NULL;
}

/* ---- all devices ---- */

gboolean domain_each_device(DomainDef *def, DomainDeviceFunc each, gpointer data)
{
    for (const DomainDeviceKind *kind = domain_device_kinds; kind->name; kind++) {
        const GPtrArray *list = domain_device_list(def, kind);

        for (guint i = 0; kind->info != DEVICE_HAS_NO_INFO && i < list->len; i++) {
            DomainDevice device = {kind, list->pdata[i]};

            if (list == def->consoles && ((const CharDef *)device.def)->target == CHAR_TARGET_SERIAL)
                continue; /* no device but a serial port's other name */
            if (!each(kind->name, device.def, domain_device_info(&device), data))
                return FALSE;
        }
    }
    return TRUE;
}

/* ---- order ---- */

/* Where a controller goes: behind those of its type with lower indexes, a companion behind its master. */
static guint controller_place(const GPtrArray *controllers, const ControllerDef *added)
{
    int place = -1;

    for (guint i = 0; i < controllers->len; i++) {
        const ControllerDef *other = controllers->pdata[i];

        if (other->type != added->type)
            continue;
        if (added->index == CONTROLLER_IS_UNSET) {
            place = (int)i + 1;
            continue;
        }
        if (other->index > added->index ||
            (other->index == added->index && other->info.is_companion && !added->info.is_companion))
            return i;
        place = (int)i + 1;
    }
    return place < 0 ? controllers->len : (guint)place;
}

static void order_controllers(DomainDef *def)
{
    g_autoptr(GPtrArray) as_read = g_steal_pointer(&def->controllers);

    def->controllers = g_ptr_array_sized_new(as_read->len);
    for (guint i = 0; i < as_read->len; i++)
        g_ptr_array_insert(def->controllers, (int)controller_place(def->controllers, as_read->pdata[i]),
                           as_read->pdata[i]);
}

/* Where a disk goes: before those of its bus whose targets come later. */
static guint disk_place(const GPtrArray *disks, const DiskDef *added)
{
    DiskBus bus = disk_effective_bus(added);
    int index = added->target ? disk_target_index(added->target) : -1;
    int place = -1;

    for (int i = (int)disks->len - 1; i >= 0; i--) {
        const DiskDef *other = disks->pdata[i];

        if (disk_effective_bus(other) != bus)
            continue;
        if ((other->target ? disk_target_index(other->target) : -1) > index)
            place = i;
        else if (place < 0)
            place = i + 1;
    }
    return place < 0 ? disks->len : (guint)place;
}

static void order_disks(DomainDef *def)
{
    g_autoptr(GPtrArray) as_read = g_steal_pointer(&def->disks);

    def->disks = g_ptr_array_sized_new(as_read->len);
    for (guint i = 0; i < as_read->len; i++)
        g_ptr_array_insert(def->disks, (int)disk_place(def->disks, as_read->pdata[i]), as_read->pdata[i]);
}

static void order_videos(DomainDef *def)
{
    for (guint i = 1; i < def->videos->len; i++) {
        VideoDef *video = def->videos->pdata[i];

        if (!video->is_primary)
            continue;
        g_ptr_array_remove_index(def->videos, i);
        g_ptr_array_insert(def->videos, 0, video);
        return;
    }
}

void domain_order_devices(DomainDef *def)
{
    order_disks(def);
    order_controllers(def);
    order_videos(def);
}
