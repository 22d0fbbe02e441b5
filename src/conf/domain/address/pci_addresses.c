/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Slots on PCI buses.
 *
 * A first round, which is taken back, finds out which bridges and ports are needed. These controllers are then added to
 * the definition, and a second round, in which no bus is added any more, gives all devices their addresses. Bridges
 * come first in it, so they may end up on other buses than those that the first round had in mind for them.
 */
#include <string.h>

#include "conf/domain/address/domain_addresses.h"
#include "conf/domain/address/pci_buses.h"
#include "conf/domain/address/pci_plugs.h"
#include "conf/domain/default/domain_defaults.h"

typedef struct {
    DomainDef *def;
    const DomainDefaults *defaults;
    PciBuses *buses;
    MachineKind machine;
    GArray *placed; /* Placed: what a round to be taken back has changed; otherwise NULL */
} Placement;

/* An address as it was. */
typedef struct {
    DeviceInfo *info;
    DeviceAddressType type;
    PciAddress pci;
} Placed;

static guint plug_of(const Placement *placement, const char *what, gconstpointer device)
{
    return pci_plug_of_device(placement->machine, what, device);
}

/* ---- addresses that are given ---- */

static gboolean is_wanted(const DeviceInfo *info)
{
    static const PciAddress unset;

    return info->address_type == DEVICE_ADDRESS_NONE ||
           (info->address_type == DEVICE_ADDRESS_PCI && pci_address_equal(&info->pci, &unset));
}

/* The chipset's own IDE and USB controllers, which share the slot of the bridge that is reserved as a whole. */
static gboolean is_part_of_piix3(const Placement *placement, const char *what, gconstpointer device,
                                 const DeviceInfo *info)
{
    const ControllerDef *controller = device;

    if (placement->machine != MACHINE_I440FX || !g_str_equal(what, "controller") || controller->index != 0)
        return FALSE;
    if (info->pci.domain || info->pci.bus || info->pci.slot != 1)
        return FALSE;
    return (controller->type == CONTROLLER_IDE && info->pci.function == 1) ||
           (controller->type == CONTROLLER_USB && info->pci.function == 2);
}

typedef struct {
    Placement *placement;
    GError **error;
} Collecting;

static gboolean collect(const char *what, gpointer device, DeviceInfo *info, gpointer data)
{
    Collecting *collecting = data;
    Placement *placement = collecting->placement;
    guint plug = plug_of(placement, what, device);

    if (info->address_type != DEVICE_ADDRESS_PCI || is_wanted(info) || is_part_of_piix3(placement, what, device, info))
        return TRUE;
    return pci_reserve(placement->buses, &info->pci, plug ? plug : PCI_PLUG_OLD, TRUE, collecting->error);
}

/* ---- giving an address ---- */

static void set_address(Placement *placement, DeviceInfo *info, const PciAddress *address)
{
    XmlBool multifunction = info->pci.multifunction;
    Placed before = {.info = info, .type = info->address_type, .pci = info->pci};

    if (placement->placed)
        g_array_append_val(placement->placed, before);
    info->address_type = DEVICE_ADDRESS_PCI;
    info->pci = *address;
    if (!info->pci.multifunction)
        info->pci.multifunction = multifunction;
}

static gboolean place_next(Placement *placement, DeviceInfo *info, guint plug, GError **error)
{
    PciAddress address;

    if (!is_wanted(info))
        return TRUE;
    if (!pci_reserve_next(placement->buses, plug, 0, &address, error))
        return FALSE;
    set_address(placement, info, &address);
    return TRUE;
}

/* A device of the chipset, which QEMU puts in one place. */
static gboolean place_at(Placement *placement, DeviceInfo *info, guint slot, guint function, GError **error)
{
    PciAddress address = {.slot = slot, .function = function};

    if (!pci_reserve(placement->buses, &address, PCI_PLUG_OLD, TRUE, error))
        return FALSE;
    if (info)
        set_address(placement, info, &address);
    return TRUE;
}

/* ---- chipsets ---- */

static gboolean must_be_at(const DeviceInfo *info, guint slot, guint function, const char *what, GError **error)
{
    const PciAddress place = {.slot = slot, .function = function};

    if (info->address_type == DEVICE_ADDRESS_PCI && pci_address_equal(&info->pci, &place))
        return TRUE;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "%s must have PCI address 0:0:%x.%x", what, slot,
                  function);
    return FALSE;
}

static gboolean place_primary_video(Placement *placement, guint slot, GError **error)
{
    VideoDef *video = placement->def->videos->len ? placement->def->videos->pdata[0] : NULL;
    guint plug = video ? plug_of(placement, "video", video) : 0;
    PciAddress usual = {.slot = slot};

    if (!plug || !is_wanted(&video->info))
        return TRUE;
    if (pci_slot_is_used(placement->buses, &usual))
        return place_next(placement, &video->info, plug, error);
    return place_at(placement, &video->info, slot, 0, error);
}

/* The bridge, IDE, USB and power management of the PIIX3 are functions of slot 1. */
static gboolean place_i440fx(Placement *placement, GError **error)
{
    ControllerDef *ide = domain_find_controller(placement->def, CONTROLLER_IDE, 0);
    ControllerDef *usb = domain_find_controller(placement->def, CONTROLLER_USB, 0);
    const PciAddress ide_place = {.slot = 1, .function = 1}, usb_place = {.slot = 1, .function = 2};

    if (ide && is_wanted(&ide->info))
        set_address(placement, &ide->info, &ide_place);
    else if (ide && !must_be_at(&ide->info, 1, 1, "Primary IDE controller", error))
        return FALSE;
    if (usb && (usb->model == CONTROLLER_MODEL_USB_PIIX3_UHCI || !usb->model)) {
        if (is_wanted(&usb->info))
            set_address(placement, &usb->info, &usb_place);
        else if (!must_be_at(&usb->info, 1, 2, "PIIX3 USB controller at index 0", error))
            return FALSE;
    }
    for (guint function = 0; function <= 3; function++) {
        if (!place_at(placement, NULL, 1, function, error))
            return FALSE;
    }
    return place_primary_video(placement, 2, error);
}

static gboolean place_sata(Placement *placement, GError **error)
{
    ControllerDef *sata = domain_find_controller(placement->def, CONTROLLER_SATA, 0);

    if (!sata)
        return TRUE;
    if (is_wanted(&sata->info))
        return place_at(placement, &sata->info, 0x1f, 2, error);
    return must_be_at(&sata->info, 0x1f, 2, "Primary SATA controller", error);
}

static gboolean place_dmi_bridge(Placement *placement, GError **error)
{
    PciAddress usual = {.slot = 0x1e};

    for (guint i = 0; i < placement->def->controllers->len; i++) {
        ControllerDef *controller = placement->def->controllers->pdata[i];

        if (controller->model != CONTROLLER_MODEL_DMI_TO_PCI_BRIDGE || !is_wanted(&controller->info))
            continue;
        if (pci_slot_is_used(placement->buses, &usual))
            break;
        if (!pci_reserve(placement->buses, &usual, PCI_PLUG_DMI_TO_PCI_BRIDGE, FALSE, error))
            return FALSE;
        set_address(placement, &controller->info, &usual);
        break;
    }
    return TRUE;
}

static gboolean place_ich9_sound(Placement *placement, GError **error)
{
    PciAddress usual = {.slot = 0x1b};

    for (guint i = 0; i < placement->def->sounds->len; i++) {
        SoundDef *sound = placement->def->sounds->pdata[i];

        if (sound->model != SOUND_ICH9 || !is_wanted(&sound->info) || pci_slot_is_used(placement->buses, &usual))
            continue;
        return place_at(placement, &sound->info, usual.slot, 0, error);
    }
    return TRUE;
}

/* ---- ICH9 USB: an EHCI controller and its companions in one slot ---- */

static int ich9_function(ControllerModel model)
{
    switch (model) {
    case CONTROLLER_MODEL_USB_ICH9_EHCI1:
        return 7;
    case CONTROLLER_MODEL_USB_ICH9_UHCI1:
        return 0;
    case CONTROLLER_MODEL_USB_ICH9_UHCI2:
        return 1;
    case CONTROLLER_MODEL_USB_ICH9_UHCI3:
        return 2;
    default:
        return -1;
    }
}

/* Real ICH9 chips have two such sets in slots of their own. The first companion leads; the others of its index follow
 * it when all controllers are placed. */
static gboolean place_ich9_usb(Placement *placement, GError **error)
{
    static const guint slots[] = {0x1d, 0x1a};

    for (guint i = 0; i < placement->def->controllers->len; i++) {
        ControllerDef *controller = placement->def->controllers->pdata[i];

        if (controller->type != CONTROLLER_USB || controller->model != CONTROLLER_MODEL_USB_ICH9_UHCI1)
            continue;
        for (gsize slot = 0; slot < G_N_ELEMENTS(slots) && is_wanted(&controller->info); slot++) {
            PciAddress address = {.slot = slots[slot], .multifunction = XML_BOOL_YES};

            if (pci_slot_is_used(placement->buses, &address))
                continue;
            if (!pci_reserve(placement->buses, &address, PCI_PLUG_OLD, TRUE, error))
                return FALSE;
            set_address(placement, &controller->info, &address);
        }
    }
    return TRUE;
}

static gboolean place_q35(Placement *placement, GError **error)
{
    return place_sata(placement, error) && place_ich9_usb(placement, error) && place_dmi_bridge(placement, error) &&
           place_at(placement, NULL, 0x1f, 0, error) && place_at(placement, NULL, 0x1f, 3, error) &&
           place_ich9_sound(placement, error) && place_primary_video(placement, 1, error);
}

static gboolean place_chipset(Placement *placement, GError **error)
{
    switch (placement->machine) {
    case MACHINE_I440FX:
        return place_i440fx(placement, error);
    case MACHINE_Q35:
        return place_q35(placement, error);
    default:
        return TRUE;
    }
}

/* ---- all others, kind by kind ---- */

static gboolean place_bridges(Placement *placement, GError **error)
{
    for (guint i = 0; i < placement->def->controllers->len; i++) {
        ControllerDef *controller = placement->def->controllers->pdata[i];
        guint plug = controller->type == CONTROLLER_PCI ? pci_plug_of_model(controller->model) : 0;

        if (plug && !place_next(placement, &controller->info, plug, error))
            return FALSE;
    }
    return TRUE;
}

/* Companions beside the first of their set that has a slot. */
static gboolean place_ich9_elsewhere(Placement *placement, ControllerDef *controller, GError **error)
{
    PciAddress address = {0};
    guint function = (guint)ich9_function(controller->model);

    if (!is_wanted(&controller->info))
        return TRUE;
    for (guint i = 0; i < placement->def->controllers->len; i++) {
        const ControllerDef *other = placement->def->controllers->pdata[i];

        if (other->type != CONTROLLER_USB || other->index != controller->index || other == controller ||
            ich9_function(other->model) < 0 || is_wanted(&other->info))
            continue;
        address = other->info.pci;
        address.function = function;
        address.multifunction = function == 0 ? XML_BOOL_YES : XML_BOOL_ABSENT;
        if (!pci_reserve(placement->buses, &address, PCI_PLUG_OLD, TRUE, error))
            return FALSE;
        set_address(placement, &controller->info, &address);
        return TRUE;
    }
    if (!pci_reserve_next(placement->buses, PCI_PLUG_OLD, function, &address, error))
        return FALSE;
    address.multifunction = function == 0 ? XML_BOOL_YES : XML_BOOL_ABSENT;
    set_address(placement, &controller->info, &address);
    return TRUE;
}

static gboolean place_controllers(Placement *placement, GError **error)
{
    for (guint i = 0; i < placement->def->controllers->len; i++) {
        ControllerDef *controller = placement->def->controllers->pdata[i];
        ControllerType type = controller->type;
        gboolean is_placed = type == CONTROLLER_PCI || type == CONTROLLER_FDC || type == CONTROLLER_CCID ||
                             type == CONTROLLER_IDE || type == CONTROLLER_ISA ||
                             (type == CONTROLLER_USB && controller->model == CONTROLLER_MODEL_USB_NONE);

        if (type == CONTROLLER_ISA && !pci_reserve_next(placement->buses, 0, 0, &controller->info.pci, error))
            return FALSE;
        if (is_placed)
            continue;
        if (type == CONTROLLER_USB && ich9_function(controller->model) >= 0) {
            if (!place_ich9_elsewhere(placement, controller, error))
                return FALSE;
        } else if (!place_next(placement, &controller->info, plug_of(placement, "controller", controller), error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* Devices of a list that are on a PCI bus, by the name that they have in the document. */
#define PLACE(list, type, name, condition)                                                                             \
    for (guint i = 0; i < def->list->len; i++) {                                                                       \
        type *device = def->list->pdata[i];                                                                            \
                                                                                                                       \
        if ((condition) && !place_next(placement, &device->info, plug_of(placement, name, device), error))             \
            return FALSE;                                                                                              \
    }

static gboolean is_pci_sound(SoundModel model)
{
    return model != SOUND_SB16 && model != SOUND_PCSPK && model != SOUND_USB;
}

static gboolean place_devices(Placement *placement, GError **error)
{
    DomainDef *def = placement->def;

    PLACE(filesystems, FilesystemDef, "filesystem", TRUE)
    PLACE(interfaces, InterfaceDef, "interface", TRUE)
    PLACE(sounds, SoundDef, "sound", is_pci_sound(device->model))
    if (!place_controllers(placement, error))
        return FALSE;
    PLACE(disks, DiskDef, "disk", device->bus == DISK_BUS_VIRTIO)
    PLACE(balloons, BalloonDef, "memballoon", device->model != BALLOON_NONE)
    PLACE(rngs, RngDef, "rng", TRUE)
    PLACE(watchdogs, WatchdogDef, "watchdog", device->model == WATCHDOG_I6300ESB)
    PLACE(iommus, IommuDef, "iommu", device->model == IOMMU_VIRTIO)
    PLACE(videos, VideoDef, "video", plug_of(placement, "video", device) != 0)
    PLACE(shmems, ShmemDef, "shmem", TRUE)
    PLACE(inputs, InputDef, "input", device->bus == INPUT_BUS_VIRTIO)
    PLACE(serials, CharDef, "serial", device->target == CHAR_TARGET_PCI_SERIAL)
    PLACE(vsocks, VsockDef, "vsock", TRUE)
    return TRUE;
}

static gboolean place_round(Placement *placement, GError **error)
{
    Collecting collecting = {.placement = placement, .error = error};

    return domain_each_device(placement->def, collect, &collecting) && place_chipset(placement, error) &&
           place_bridges(placement, error) && place_devices(placement, error);
}

/* ---- the first round ---- */

/* A guest whose slots are all ours to choose gets one in reserve, for a device to be plugged in later. */
static gboolean reserve_spare(Placement *placement, guint n_given, GError **error)
{
    PciAddress spare;

    if (placement->machine == MACHINE_Q35 && n_given <= 1 && pci_buses_count(placement->buses) > n_given)
        return pci_reserve_next(placement->buses, PCI_PLUG_NEW, 0, &spare, error);
    if (placement->machine == MACHINE_I440FX && !pci_buses_are_full(placement->buses))
        return pci_reserve_next(placement->buses, PCI_PLUG_OLD, 0, &spare, error);
    return TRUE;
}

static void take_back(Placement *placement)
{
    for (guint i = placement->placed->len; i > 0; i--) {
        const Placed *placed = &g_array_index(placement->placed, Placed, i - 1);

        placed->info->address_type = placed->type;
        placed->info->pci = placed->pci;
    }
}

/* Adds the controllers that a round turns out to need. */
static gboolean add_needed_bridges(DomainDef *def, const DomainDefaults *defaults, GError **error)
{
    g_autoptr(GArray) placed = g_array_new(FALSE, FALSE, sizeof(Placed));
    g_autoptr(PciBuses) buses = pci_buses_new(def, error);
    Placement placement = {
        .def = def, .defaults = defaults, .buses = buses, .machine = domain_machine_kind(def), .placed = placed};
    guint n_given = buses ? pci_buses_count(buses) : 0;
    gboolean fits;

    if (!buses)
        return FALSE;
    pci_buses_allow_growth(buses, TRUE);
    fits = place_round(&placement, error) && reserve_spare(&placement, n_given, error);
    take_back(&placement);
    if (!fits)
        return FALSE;
    for (guint i = 1; i < pci_buses_count(buses); i++)
        domain_add_controller(def, CONTROLLER_PCI, (int)i, pci_buses_model(buses, i));
    return TRUE;
}

/* ---- what follows from the addresses ---- */

static const char *model_name(const Placement *placement, ControllerModel model)
{
    const DomainDefaults *defaults = placement->defaults;

    switch (model) {
    case CONTROLLER_MODEL_PCI_BRIDGE:
        return "pci-bridge";
    case CONTROLLER_MODEL_DMI_TO_PCI_BRIDGE:
        return "i82801b11-bridge";
    case CONTROLLER_MODEL_PCIE_TO_PCI_BRIDGE:
        return "pcie-pci-bridge";
    case CONTROLLER_MODEL_PCIE_ROOT_PORT:
        return !defaults->has_device || defaults->has_device(defaults->data, placement->def->emulator, "pcie-root-port")
                   ? "pcie-root-port"
                   : "ioh3420";
    case CONTROLLER_MODEL_PCIE_SWITCH_UPSTREAM_PORT:
        return "x3130-upstream";
    case CONTROLLER_MODEL_PCIE_SWITCH_DOWNSTREAM_PORT:
        return "xio3130-downstream";
    case CONTROLLER_MODEL_PCI_EXPANDER_BUS:
        return "pxb";
    case CONTROLLER_MODEL_PCIE_EXPANDER_BUS:
        return "pxb-pcie";
    default:
        return NULL;
    }
}

/* Expander buses are numbered from the top, with room for the buses below each. */
#define EXPANDER_BUS_TOP  256
#define EXPANDER_BUS_STEP 2

static int next_expander_bus(const DomainDef *def)
{
    int lowest = EXPANDER_BUS_TOP;

    for (guint i = 0; i < def->controllers->len; i++) {
        const ControllerDef *controller = def->controllers->pdata[i];

        if (controller->type == CONTROLLER_PCI && controller->bus_nr > 0)
            lowest = MIN(lowest, controller->bus_nr);
    }
    return lowest - EXPANDER_BUS_STEP;
}

static void number_bridge(const Placement *placement, ControllerDef *bridge)
{
    const PciAddress *address = &bridge->info.pci;

    if (!bridge->model_name)
        bridge->model_name = g_strdup(model_name(placement, bridge->model));
    switch (bridge->model) {
    case CONTROLLER_MODEL_PCI_BRIDGE:
        if (bridge->chassis_nr == CONTROLLER_IS_UNSET)
            bridge->chassis_nr = bridge->index;
        break;
    case CONTROLLER_MODEL_PCIE_ROOT_PORT:
    case CONTROLLER_MODEL_PCIE_SWITCH_DOWNSTREAM_PORT:
        if (bridge->chassis == CONTROLLER_IS_UNSET)
            bridge->chassis = bridge->index;
        if (bridge->port == CONTROLLER_IS_UNSET)
            bridge->port = bridge->model == CONTROLLER_MODEL_PCIE_ROOT_PORT
                               ? (int)(address->slot << 3 | address->function)
                               : (int)address->slot;
        break;
    case CONTROLLER_MODEL_PCI_EXPANDER_BUS:
    case CONTROLLER_MODEL_PCIE_EXPANDER_BUS:
        if (bridge->bus_nr == CONTROLLER_IS_UNSET)
            bridge->bus_nr = next_expander_bus(placement->def);
        break;
    default:
        break;
    }
}

/* A guest looks for further functions only when the first one says that there are any. */
static gboolean mark_shared_slot(const char *what, gpointer device, DeviceInfo *info, gpointer data)
{
    const Placement *placement = data;

    if (info->address_type == DEVICE_ADDRESS_PCI && !info->pci.function && !info->pci.multifunction &&
        pci_slot_is_shared(placement->buses, &info->pci))
        info->pci.multifunction = XML_BOOL_YES;
    return TRUE;
}

gboolean domain_place_pci(DomainDef *def, const DomainDefaults *defaults, GError **error)
{
    g_autoptr(PciBuses) buses = NULL;
    Placement placement = {.def = def, .defaults = defaults, .machine = domain_machine_kind(def)};

    if (!add_needed_bridges(def, defaults, error))
        return FALSE;
    buses = pci_buses_new(def, error);
    placement.buses = buses;
    if (!buses || !place_round(&placement, error))
        return FALSE;
    domain_each_device(def, mark_shared_slot, &placement);
    for (guint i = 0; i < def->controllers->len; i++) {
        ControllerDef *controller = def->controllers->pdata[i];

        if (controller->type == CONTROLLER_PCI)
            number_bridge(&placement, controller);
    }
    return TRUE;
}
