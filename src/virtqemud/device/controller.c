/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Controllers: PCI bridges and ports, SCSI, SATA, IDE, USB, virtio-serial. */
#include "virtqemud/command/build.h"

/* QEMU's device for a model. Those of virtio carry the model's suffix in their name already. */
static const char *const model_drivers[CONTROLLER_MODEL_LAST] = {
    [CONTROLLER_MODEL_PCI_BRIDGE] = "pci-bridge",
    [CONTROLLER_MODEL_DMI_TO_PCI_BRIDGE] = "i82801b11-bridge",
    [CONTROLLER_MODEL_PCIE_TO_PCI_BRIDGE] = "pcie-pci-bridge",
    [CONTROLLER_MODEL_PCIE_ROOT_PORT] = "pcie-root-port",
    [CONTROLLER_MODEL_PCIE_SWITCH_UPSTREAM_PORT] = "x3130-upstream",
    [CONTROLLER_MODEL_PCIE_SWITCH_DOWNSTREAM_PORT] = "xio3130-downstream",
    [CONTROLLER_MODEL_PCI_EXPANDER_BUS] = "pxb",
    [CONTROLLER_MODEL_PCIE_EXPANDER_BUS] = "pxb-pcie",

    [CONTROLLER_MODEL_SCSI_LSILOGIC] = "lsi",
    [CONTROLLER_MODEL_SCSI_LSISAS1068] = "mptsas1068",
    [CONTROLLER_MODEL_SCSI_LSISAS1078] = "megasas",
    [CONTROLLER_MODEL_SCSI_VMPVSCSI] = "pvscsi",
    [CONTROLLER_MODEL_SCSI_VIRTIO_SCSI] = "virtio-scsi-pci",
    [CONTROLLER_MODEL_SCSI_VIRTIO_TRANSITIONAL] = "virtio-scsi-pci-transitional",
    [CONTROLLER_MODEL_SCSI_VIRTIO_NON_TRANSITIONAL] = "virtio-scsi-pci-non-transitional",
    [CONTROLLER_MODEL_SCSI_DC390] = "dc390",
    [CONTROLLER_MODEL_SCSI_AM53C974] = "am53c974",

    [CONTROLLER_MODEL_USB_PIIX3_UHCI] = "piix3-usb-uhci",
    [CONTROLLER_MODEL_USB_PIIX4_UHCI] = "piix4-usb-uhci",
    [CONTROLLER_MODEL_USB_EHCI] = "usb-ehci",
    [CONTROLLER_MODEL_USB_ICH9_EHCI1] = "ich9-usb-ehci1",
    [CONTROLLER_MODEL_USB_ICH9_UHCI1] = "ich9-usb-uhci1",
    [CONTROLLER_MODEL_USB_ICH9_UHCI2] = "ich9-usb-uhci2",
    [CONTROLLER_MODEL_USB_ICH9_UHCI3] = "ich9-usb-uhci3",
    [CONTROLLER_MODEL_USB_VT82C686B_UHCI] = "vt82c686b-usb-uhci",
    [CONTROLLER_MODEL_USB_PCI_OHCI] = "pci-ohci",
    [CONTROLLER_MODEL_USB_NEC_XHCI] = "nec-usb-xhci",
    [CONTROLLER_MODEL_USB_QEMU_XHCI] = "qemu-xhci",

    [CONTROLLER_MODEL_VIRTIO_SERIAL_VIRTIO] = "virtio-serial-pci",
    [CONTROLLER_MODEL_VIRTIO_SERIAL_TRANSITIONAL] = "virtio-serial-pci-transitional",
    [CONTROLLER_MODEL_VIRTIO_SERIAL_NON_TRANSITIONAL] = "virtio-serial-pci-non-transitional",
};

/* For types whose controllers need no model. */
static const char *const type_drivers[CONTROLLER_LAST] = {
    [CONTROLLER_SATA] = "ahci",
    [CONTROLLER_CCID] = "usb-ccid",
    [CONTROLLER_VIRTIO_SERIAL] = "virtio-serial-pci",
};

static const char *controller_driver(const ControllerDef *controller)
{
    if (controller->type == CONTROLLER_PCI && controller->model_name)
        return controller->model_name;
    if (model_drivers[controller->model])
        return model_drivers[controller->model];
    return type_drivers[controller->type];
}

/* Whether the machine has it without being asked. */
static gboolean is_builtin(CommandBuild *build, const ControllerDef *controller)
{
    MachineKind kind = domain_machine_kind(build->def);

    switch ((int)controller->type) {
    case CONTROLLER_PCI:
        return controller->model == CONTROLLER_MODEL_PCI_ROOT || controller->model == CONTROLLER_MODEL_PCIE_ROOT;
    case CONTROLLER_SATA:
        return kind == MACHINE_Q35 && controller->index == 0;
    case CONTROLLER_IDE:
        return kind == MACHINE_I440FX && controller->index == 0;
    case CONTROLLER_FDC:
        return kind == MACHINE_I440FX;
    case CONTROLLER_USB:
        return controller->model == CONTROLLER_MODEL_USB_NONE;
    case CONTROLLER_ISA:
        return TRUE;
    default:
        return FALSE;
    }
}

static void add_optional_int(json_object *object, const char *key, int value, int unset)
{
    if (value != unset)
        json_add_int(object, key, value);
}

static void add_pci(CommandBuild *build, json_object *object, const ControllerDef *controller)
{
    switch ((int)controller->model) {
    case CONTROLLER_MODEL_PCI_BRIDGE:
        add_optional_int(object, "chassis_nr", controller->chassis_nr, CONTROLLER_IS_UNSET);
        break;
    case CONTROLLER_MODEL_PCIE_ROOT_PORT:
    case CONTROLLER_MODEL_PCIE_SWITCH_DOWNSTREAM_PORT:
        add_optional_int(object, "port", controller->port, CONTROLLER_IS_UNSET);
        add_optional_int(object, "chassis", controller->chassis, CONTROLLER_IS_UNSET);
        device_add_switch(object, "hotplug", controller->hotplug);
        break;
    case CONTROLLER_MODEL_PCI_EXPANDER_BUS:
    case CONTROLLER_MODEL_PCIE_EXPANDER_BUS:
        add_optional_int(object, "bus_nr", controller->bus_nr, CONTROLLER_IS_UNSET);
        break;
    default:
        break;
    }
    json_add_string(object, "id", controller->info.alias);
    if (controller->model == CONTROLLER_MODEL_PCI_EXPANDER_BUS ||
        controller->model == CONTROLLER_MODEL_PCIE_EXPANDER_BUS)
        add_optional_int(object, "numa_node", controller->numa_node, CONTROLLER_IS_UNSET);
}

static void add_scsi(CommandBuild *build, json_object *object, const ControllerDef *controller)
{
    device_add_virtio_options(object, &controller->virtio);
    json_add_string(object, "id", controller->info.alias);
    add_optional_int(object, "num_queues", (int)controller->queues, 0);
    add_optional_int(object, "cmd_per_lun", (int)controller->cmd_per_lun, 0);
    add_optional_int(object, "max_sectors", (int)controller->max_sectors, 0);
    device_add_switch(object, "ioeventfd", controller->ioeventfd);
    device_add_iothread(object, controller->iothread);
}

static void add_usb(CommandBuild *build, json_object *object, const ControllerDef *controller)
{
    if (controller->info.is_companion) {
        json_add_stringf(object, "masterbus", "%s.0", controller->info.alias);
        json_add_int(object, "firstport", controller->info.master_port);
        return;
    }
    add_optional_int(object, "p2", controller->ports, CONTROLLER_IS_UNSET);
    add_optional_int(object, "p3", controller->ports, CONTROLLER_IS_UNSET);
    json_add_string(object, "id", controller->info.alias);
}

static void add_virtio_serial(CommandBuild *build, json_object *object, const ControllerDef *controller)
{
    device_add_virtio_options(object, &controller->virtio);
    json_add_string(object, "id", controller->info.alias);
    add_optional_int(object, "max_ports", controller->ports, CONTROLLER_IS_UNSET);
    add_optional_int(object, "vectors", controller->vectors, CONTROLLER_IS_UNSET);
}

static void add_plain(CommandBuild *build, json_object *object, const ControllerDef *controller)
{
    json_add_string(object, "id", controller->info.alias);
}

static void (*const adders[CONTROLLER_LAST])(CommandBuild *, json_object *, const ControllerDef *) = {
    [CONTROLLER_PCI] = add_pci,    [CONTROLLER_SCSI] = add_scsi,
    [CONTROLLER_USB] = add_usb,    [CONTROLLER_VIRTIO_SERIAL] = add_virtio_serial,
    [CONTROLLER_SATA] = add_plain, [CONTROLLER_CCID] = add_plain,
};

/* A floppy controller of a machine that has none by itself. */
static gboolean add_floppy_controller(CommandBuild *build, const ControllerDef *controller, GError **error)
{
    json_object *object = device_new("isa-fdc");

    json_add_string(object, "id", controller->info.alias);
    return device_add(build, object, error);
}

gboolean build_controller(CommandBuild *build, gconstpointer device, GError **error)
{
    const ControllerDef *controller = device;
    const char *driver = controller_driver(controller);
    json_object *object;

    if (is_builtin(build, controller))
        return TRUE;
    if (controller->type == CONTROLLER_FDC)
        return add_floppy_controller(build, controller, error);
    if (!driver || !adders[controller->type])
        return unsupported(error, "controller of type '%s' and model '%s'", controller_types[controller->type],
                           controller->model ? controller_models[controller->model] : "default");
    object = device_new(driver);
    adders[controller->type](build, object, controller);
    device_add_address(build, object, &controller->info);
    return device_add(build, object, error);
}

static void add_pci_hole(CommandBuild *build, const ControllerDef *controller)
{
    if (controller->pcihole64_kib > 0)
        command_addf(build->command, "-global", "%s.pci-hole64-size=%lluK",
                     controller->model == CONTROLLER_MODEL_PCIE_ROOT ? "q35-pcihost" : "i440FX-pcihost",
                     controller->pcihole64_kib);
}

/* The buses of PCI come first and in order, since the others are plugged into them; then by the peer's order of types.
 */
static const ControllerType type_order[] = {CONTROLLER_PCI,  CONTROLLER_USB,           CONTROLLER_SCSI, CONTROLLER_IDE,
                                            CONTROLLER_SATA, CONTROLLER_VIRTIO_SERIAL, CONTROLLER_CCID, CONTROLLER_FDC,
                                            CONTROLLER_ISA,  CONTROLLER_XENBUS};

gboolean build_controllers(CommandBuild *build, GError **error)
{
    const GPtrArray *controllers = build->def->controllers;

    for (guint i = 0; i < controllers->len; i++)
        add_pci_hole(build, g_ptr_array_index(controllers, i));
    for (gsize t = 0; t < G_N_ELEMENTS(type_order); t++) {
        for (guint i = 0; i < controllers->len; i++) {
            const ControllerDef *controller = g_ptr_array_index(controllers, i);

            if (controller->type == type_order[t] && !build_controller(build, controller, error))
                return FALSE;
        }
    }
    return TRUE;
}
