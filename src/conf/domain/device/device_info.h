/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What every device of a guest has: its alias, its place on a bus, its place in the boot order. Embedded in the device
 * structs as "info".
 */
#pragma once

#include "conf/xml_table.h"

typedef enum {
    DEVICE_ADDRESS_NONE,
    DEVICE_ADDRESS_PCI,
    DEVICE_ADDRESS_DRIVE,
    DEVICE_ADDRESS_VIRTIO_SERIAL,
    DEVICE_ADDRESS_CCID,
    DEVICE_ADDRESS_USB,
    DEVICE_ADDRESS_SPAPR_VIO,
    DEVICE_ADDRESS_VIRTIO_S390,
    DEVICE_ADDRESS_CCW,
    DEVICE_ADDRESS_VIRTIO_MMIO,
    DEVICE_ADDRESS_ISA,
    DEVICE_ADDRESS_DIMM,
    DEVICE_ADDRESS_UNASSIGNED,
    DEVICE_ADDRESS_LAST,
} DeviceAddressType;
extern const char *const device_address_types[DEVICE_ADDRESS_LAST];

typedef struct {
    guint domain, bus, slot, function;
    XmlBool multifunction; /* on, off */
} PciAddress;

typedef struct {
    guint controller, bus, target, unit;
} DriveAddress;

typedef struct {
    guint controller, bus, port;
} VirtioSerialAddress;

#define USB_PORT_DEPTH 4

typedef struct {
    guint bus;
    guint port[USB_PORT_DEPTH]; /* from the root hub on; zero ends it; all zero: not assigned yet */
} UsbAddress;

typedef struct {
    guint iobase, irq;
} IsaAddress;

typedef struct {
    guint slot;
    unsigned long long base; /* where in the guest's memory; 0: where it comes to be */
} DimmAddress;

typedef struct {
    char *alias;      /* NULL until assigned at start, or the user's own: begins with DEVICE_USER_ALIAS */
    guint boot_order; /* 0: none; otherwise from 1 on */
    char *loadparm;
    DeviceAddressType address_type; /* says which of the following counts */
    PciAddress pci;
    DriveAddress drive;
    VirtioSerialAddress virtio_serial;
    UsbAddress usb;
    IsaAddress isa;
    DimmAddress dimm;
    XmlBool rom_enabled; /* yes, no */
    XmlBool rom_bar;     /* on, off */
    char *rom_file;
    guint acpi_index;      /* 0: none */
    gboolean is_companion; /* a USB controller that shares its bus with the EHCI one of the same index ... */
    guint master_port;     /* ... and serves its ports from this one on */
} DeviceInfo;

#define DEVICE_USER_ALIAS "ua-"

/* The options that all virtio devices have; each on, off or absent. */
typedef struct {
    XmlBool iommu, ats, packed, page_per_vq;
} VirtioOptions;

/* Rows, to be included by devices: XML_INCLUDE(DiskDef, info, &device_info_element). */
extern const XmlElement device_info_element;
extern const XmlElement virtio_options_element; /* attributes of a <driver> */

/* "0000:00:1f.2". Caller frees. */
char *pci_address_format(const PciAddress *address);
gboolean pci_address_equal(const PciAddress *a, const PciAddress *b);

/* "1.2" for the ports. Caller frees; "" when unassigned. */
char *usb_port_format(const UsbAddress *address);

/* Whether the alias was chosen by the user, so that it belongs to the persistent configuration. */
gboolean device_has_user_alias(const DeviceInfo *info);
