/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <controller>: what other devices are plugged into. */
#pragma once

#include "conf/domain/device/device_info.h"

typedef enum {
    CONTROLLER_IDE,
    CONTROLLER_FDC,
    CONTROLLER_SCSI,
    CONTROLLER_SATA,
    CONTROLLER_VIRTIO_SERIAL,
    CONTROLLER_CCID,
    CONTROLLER_USB,
    CONTROLLER_PCI,
    CONTROLLER_XENBUS,
    CONTROLLER_ISA,
    CONTROLLER_LAST,
} ControllerType;
extern const char *const controller_types[CONTROLLER_LAST];

/* Models of all types in one enum; 0 is none given. Those of a type lie between its FIRST and LAST. */
typedef enum {
    CONTROLLER_MODEL_NONE,

    CONTROLLER_MODEL_PCI_ROOT,
    CONTROLLER_MODEL_PCIE_ROOT,
    CONTROLLER_MODEL_PCI_BRIDGE,
    CONTROLLER_MODEL_DMI_TO_PCI_BRIDGE,
    CONTROLLER_MODEL_PCIE_TO_PCI_BRIDGE,
    CONTROLLER_MODEL_PCIE_ROOT_PORT,
    CONTROLLER_MODEL_PCIE_SWITCH_UPSTREAM_PORT,
    CONTROLLER_MODEL_PCIE_SWITCH_DOWNSTREAM_PORT,
    CONTROLLER_MODEL_PCI_EXPANDER_BUS,
    CONTROLLER_MODEL_PCIE_EXPANDER_BUS,

    CONTROLLER_MODEL_SCSI_AUTO,
    CONTROLLER_MODEL_SCSI_BUSLOGIC,
    CONTROLLER_MODEL_SCSI_LSILOGIC,
    CONTROLLER_MODEL_SCSI_LSISAS1068,
    CONTROLLER_MODEL_SCSI_VMPVSCSI,
    CONTROLLER_MODEL_SCSI_IBMVSCSI,
    CONTROLLER_MODEL_SCSI_VIRTIO_SCSI,
    CONTROLLER_MODEL_SCSI_LSISAS1078,
    CONTROLLER_MODEL_SCSI_VIRTIO_TRANSITIONAL,
    CONTROLLER_MODEL_SCSI_VIRTIO_NON_TRANSITIONAL,
    CONTROLLER_MODEL_SCSI_NCR53C90,
    CONTROLLER_MODEL_SCSI_DC390,
    CONTROLLER_MODEL_SCSI_AM53C974,

    CONTROLLER_MODEL_USB_PIIX3_UHCI,
    CONTROLLER_MODEL_USB_PIIX4_UHCI,
    CONTROLLER_MODEL_USB_EHCI,
    CONTROLLER_MODEL_USB_ICH9_EHCI1,
    CONTROLLER_MODEL_USB_ICH9_UHCI1,
    CONTROLLER_MODEL_USB_ICH9_UHCI2,
    CONTROLLER_MODEL_USB_ICH9_UHCI3,
    CONTROLLER_MODEL_USB_VT82C686B_UHCI,
    CONTROLLER_MODEL_USB_PCI_OHCI,
    CONTROLLER_MODEL_USB_NEC_XHCI,
    CONTROLLER_MODEL_USB_QUSB1,
    CONTROLLER_MODEL_USB_QUSB2,
    CONTROLLER_MODEL_USB_QEMU_XHCI,
    CONTROLLER_MODEL_USB_NONE, /* no USB at all */

    CONTROLLER_MODEL_IDE_PIIX3,
    CONTROLLER_MODEL_IDE_PIIX4,
    CONTROLLER_MODEL_IDE_ICH6,

    CONTROLLER_MODEL_VIRTIO_SERIAL_VIRTIO,
    CONTROLLER_MODEL_VIRTIO_SERIAL_TRANSITIONAL,
    CONTROLLER_MODEL_VIRTIO_SERIAL_NON_TRANSITIONAL,
    CONTROLLER_MODEL_LAST,
} ControllerModel;
extern const char *const controller_models[CONTROLLER_MODEL_LAST];

#define CONTROLLER_IS_UNSET (-1)

typedef struct {
    ControllerType type;
    int index; /* CONTROLLER_IS_UNSET until assigned */
    ControllerModel model;
    int ports;   /* usb, virtio-serial; CONTROLLER_IS_UNSET */
    int vectors; /* virtio-serial; CONTROLLER_IS_UNSET */
    /* <driver> */
    guint queues, cmd_per_lun, max_sectors; /* scsi; 0: unset */
    XmlBool ioeventfd;                      /* on, off */
    guint iothread;                         /* scsi; 0: the main one */
    VirtioOptions virtio;
    /* pci */
    char *model_name;                 /* QEMU's device: "pcie-root-port", "ioh3420", ... */
    int chassis_nr;                   /* pci-bridge; CONTROLLER_IS_UNSET, as the next */
    int chassis, port;                /* root and downstream ports */
    int bus_nr;                       /* expander buses */
    int numa_node;                    /* expander buses, pci-root */
    XmlBool hotplug;                  /* on, off */
    unsigned long long pcihole64_kib; /* 0: unset */
    DeviceInfo info;
} ControllerDef;

extern const XmlElement controller_element;
void controller_def_free(ControllerDef *controller);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ControllerDef, controller_def_free)

/* The models of one type, as [*first, *last]; FALSE when it has none. */
gboolean controller_model_range(ControllerType type, ControllerModel *first, ControllerModel *last);
