/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/domain/address/pci_plugs.h"

#include "conf/domain/address/pci_buses.h"

/* A device that machines with PCI Express get in the new form. */
static guint modern(MachineKind machine)
{
    return machine == MACHINE_Q35 ? PCI_PLUG_NEW : PCI_PLUG_OLD;
}

static guint plug_of_virtio(MachineKind machine, VirtioModel model)
{
    return model == VIRTIO_MODEL_TRANSITIONAL ? PCI_PLUG_OLD : modern(machine);
}

static guint plug_of_scsi(MachineKind machine, ControllerModel model)
{
    switch (model) {
    case CONTROLLER_MODEL_SCSI_VIRTIO_SCSI:
    case CONTROLLER_MODEL_SCSI_VIRTIO_NON_TRANSITIONAL:
        return modern(machine);
    case CONTROLLER_MODEL_SCSI_IBMVSCSI:
    case CONTROLLER_MODEL_SCSI_NCR53C90:
        return 0;
    case CONTROLLER_MODEL_SCSI_LSISAS1068:
    case CONTROLLER_MODEL_SCSI_LSISAS1078:
    case CONTROLLER_MODEL_SCSI_VMPVSCSI:
    default:
        return PCI_PLUG_OLD;
    }
}

static guint plug_of_usb(MachineKind machine, ControllerModel model)
{
    switch (model) {
    case CONTROLLER_MODEL_USB_NEC_XHCI:
    case CONTROLLER_MODEL_USB_QEMU_XHCI:
        return modern(machine);
    case CONTROLLER_MODEL_USB_QUSB1:
    case CONTROLLER_MODEL_USB_QUSB2:
    case CONTROLLER_MODEL_USB_NONE:
    case CONTROLLER_MODEL_NONE:
        return 0;
    default:
        return PCI_PLUG_OLD;
    }
}

static guint plug_of_controller(MachineKind machine, const ControllerDef *controller)
{
    switch (controller->type) {
    case CONTROLLER_SCSI:
        return plug_of_scsi(machine, controller->model);
    case CONTROLLER_USB:
        return plug_of_usb(machine, controller->model);
    case CONTROLLER_SATA:
        return PCI_PLUG_OLD;
    case CONTROLLER_VIRTIO_SERIAL:
        return controller->model == CONTROLLER_MODEL_VIRTIO_SERIAL_TRANSITIONAL ? PCI_PLUG_OLD : modern(machine);
    case CONTROLLER_PCI:
        return pci_plug_of_model(controller->model);
    default:
        return 0;
    }
}

/* Models that libvirt knows as devices of the old kind; what it does not know it takes for new. */
static guint plug_of_interface(MachineKind machine, const InterfaceDef *interface)
{
    static const char *const conventional[] = {
        "virtio-transitional",
        "netfront",
        "rtl8139",
        "e1000",
        "spapr-vlan",
        "lan9118",
        "scm91c111",
        "vlance",
        "vmxnet",
        "vmxnet2",
        "vmxnet3",
        "Am79C970A",
        "Am79C973",
        "82540EM",
        "82545EM",
        "82543GC",
    };

    if (!interface->model) /* a device of the host's */
        return modern(machine);
    if (g_str_equal(interface->model, "usb-net"))
        return 0;
    return xml_enum_find(conventional, G_N_ELEMENTS(conventional), interface->model) >= 0 ? PCI_PLUG_OLD
                                                                                          : modern(machine);
}

static guint plug_of_sound(SoundModel model)
{
    return model == SOUND_ICH6 || model == SOUND_ICH9 || model == SOUND_AC97 || model == SOUND_ES1370 ? PCI_PLUG_OLD
                                                                                                      : 0;
}

static guint plug_of_video(MachineKind machine, VideoModel model)
{
    switch (model) {
    case VIDEO_VIRTIO:
    case VIDEO_BOCHS:
        return modern(machine);
    case VIDEO_VGA:
    case VIDEO_CIRRUS:
    case VIDEO_VMVGA:
    case VIDEO_QXL:
        return PCI_PLUG_OLD;
    default:
        return 0;
    }
}

static guint plug_of_balloon(MachineKind machine, BalloonModel model)
{
    switch (model) {
    case BALLOON_VIRTIO_TRANSITIONAL:
        return PCI_PLUG_OLD;
    case BALLOON_VIRTIO:
    case BALLOON_VIRTIO_NON_TRANSITIONAL:
        return modern(machine);
    default:
        return 0;
    }
}

guint pci_plug_of_device(MachineKind machine, const char *what, gconstpointer device)
{
    if (g_str_equal(what, "controller"))
        return plug_of_controller(machine, device);
    if (g_str_equal(what, "interface"))
        return plug_of_interface(machine, device);
    if (g_str_equal(what, "disk"))
        return ((const DiskDef *)device)->bus == DISK_BUS_VIRTIO
                   ? plug_of_virtio(machine, ((const DiskDef *)device)->model)
                   : 0;
    if (g_str_equal(what, "sound"))
        return plug_of_sound(((const SoundDef *)device)->model);
    if (g_str_equal(what, "video"))
        return plug_of_video(machine, ((const VideoDef *)device)->model);
    if (g_str_equal(what, "memballoon"))
        return plug_of_balloon(machine, ((const BalloonDef *)device)->model);
    if (g_str_equal(what, "rng"))
        return plug_of_virtio(machine, ((const RngDef *)device)->model);
    if (g_str_equal(what, "filesystem"))
        return plug_of_virtio(machine, ((const FilesystemDef *)device)->model);
    if (g_str_equal(what, "vsock"))
        return plug_of_virtio(machine, ((const VsockDef *)device)->model);
    if (g_str_equal(what, "shmem"))
        return PCI_PLUG_OLD;
    if (g_str_equal(what, "iommu"))
        return ((const IommuDef *)device)->model == IOMMU_VIRTIO ? PCI_PLUG_CONVENTIONAL : 0;
    if (g_str_equal(what, "watchdog"))
        return ((const WatchdogDef *)device)->model == WATCHDOG_I6300ESB ? PCI_PLUG_OLD : 0;
    if (g_str_equal(what, "input"))
        return ((const InputDef *)device)->bus == INPUT_BUS_VIRTIO
                   ? plug_of_virtio(machine, ((const InputDef *)device)->model)
                   : 0;
    if (g_str_equal(what, "serial"))
        return ((const CharDef *)device)->target == CHAR_TARGET_PCI_SERIAL ? PCI_PLUG_OLD : 0;
    return 0;
}
