/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's devices. */
#ifndef LIBVIRT_NODEDEV_H
#define LIBVIRT_NODEDEV_H

#ifndef LIBVIRT_LIBVIRT_H
#error "include <libvirt/libvirt.h>"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Handles ---- */

/* A device of the host, by its name. */
typedef struct _virNodeDevice virNodeDevice;
typedef virNodeDevice *virNodeDevicePtr;

/* Takes one more reference. 0 or -1. */
int virNodeDeviceRef(virNodeDevicePtr dev);

/* Drops a reference. 0 or -1. */
int virNodeDeviceFree(virNodeDevicePtr dev);

/* The device's name, "pci_0000_00_1f_2". Borrowed from the handle. */
const char *virNodeDeviceGetName(virNodeDevicePtr dev);

/* Name of the device that it hangs on, or NULL for none. Borrowed from the handle. Asks the daemon the first time. */
const char *virNodeDeviceGetParent(virNodeDevicePtr dev);

/* ---- Finding ---- */

/*
 * Which devices to list: those that have one of the capabilities (none named: any), by state (none or both:
 * whichever).
 */
typedef enum {
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_SYSTEM = 1,          /* the host itself */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_PCI_DEV = 2,         /* PCI device */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_USB_DEV = 4,         /* USB device */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_USB_INTERFACE = 8,   /* interface of a USB device */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_NET = 16,            /* network interface */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_SCSI_HOST = 32,      /* SCSI controller */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_SCSI_TARGET = 64,    /* SCSI target */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_SCSI = 128,          /* SCSI device */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_STORAGE = 256,       /* disk or the like */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_FC_HOST = 512,       /* Fibre Channel controller */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_VPORTS = 1024,       /* controller that can have virtual ports */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_SCSI_GENERIC = 2048, /* generic SCSI node */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_DRM = 4096,          /* graphics node */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_MDEV_TYPES = 8192,   /* can have mediated devices */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_MDEV = 16384,        /* mediated device */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_CCW_DEV = 32768,     /* channel device (s390) */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_CSS_DEV = 65536,     /* subchannel (s390) */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_VDPA = 131072,       /* vDPA device */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_AP_CARD = 262144,    /* crypto card (s390) */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_AP_QUEUE = 524288,   /* crypto queue (s390) */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_AP_MATRIX = 1048576, /* crypto matrix (s390) */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_VPD = 2097152,       /* PCI device with vital product data */
    VIR_CONNECT_LIST_NODE_DEVICES_INACTIVE = 1073741824,
    VIR_CONNECT_LIST_NODE_DEVICES_ACTIVE = 2147483648,
} virConnectListAllNodeDeviceFlags;

/* Lists devices. flags: virConnectListAllNodeDeviceFlags. Returns their number. */
int virConnectListAllNodeDevices(virConnectPtr conn, virNodeDevicePtr **devices, unsigned int flags);

/* How many devices there are, with a capability by name ("net", "pci") or (NULL) all. flags 0. */
int virNodeNumOfDevices(virConnectPtr conn, const char *cap, unsigned int flags);

/* Names of at most maxnames of them; free() each. Returns their number. flags 0. */
int virNodeListDevices(virConnectPtr conn, const char *cap, char **const names, int maxnames, unsigned int flags);

/* The device of this name. VIR_ERR_NO_NODE_DEVICE when there is none. */
virNodeDevicePtr virNodeDeviceLookupByName(virConnectPtr conn, const char *name);

/* The SCSI controller with these world wide node and port names. flags 0. */
virNodeDevicePtr virNodeDeviceLookupSCSIHostByWWN(virConnectPtr conn, const char *wwnn, const char *wwpn,
                                                  unsigned int flags);

/* ---- What it is ---- */

/* The device as XML. flags 0. */
char *virNodeDeviceGetXMLDesc(virNodeDevicePtr dev, unsigned int flags);

/* How many capabilities it has. */
int virNodeDeviceNumOfCaps(virNodeDevicePtr dev);

/* Names of at most maxnames of its capabilities; free() each. Returns their number. */
int virNodeDeviceListCaps(virNodeDevicePtr dev, char **const names, int maxnames);

/* ---- Giving to guests ---- */

/* Takes the device from the host's driver, so that a guest can have it. 0 or -1. */
int virNodeDeviceDettach(virNodeDevicePtr dev);

/* The same, for the driver driverName ("vfio"; NULL: the default). flags 0. 0 or -1. */
int virNodeDeviceDetachFlags(virNodeDevicePtr dev, const char *driverName, unsigned int flags);

/* Gives the device back to the host's driver. 0 or -1. */
int virNodeDeviceReAttach(virNodeDevicePtr dev);

/* Resets the device, between two users. 0 or -1. */
int virNodeDeviceReset(virNodeDevicePtr dev);

/* ---- Making devices ---- */

typedef enum {
    VIR_NODE_DEVICE_CREATE_XML_VALIDATE = 1, /* refuse what the schema does not know */
} virNodeDeviceCreateXMLFlags;

/*
 * Makes a device (a virtual port, a mediated device) that is gone when it is destroyed. flags:
 * virNodeDeviceCreateXMLFlags.
 */
virNodeDevicePtr virNodeDeviceCreateXML(virConnectPtr conn, const char *xmlDesc, unsigned int flags);

/* Removes a device that was made. 0 or -1. */
int virNodeDeviceDestroy(virNodeDevicePtr dev);

typedef enum {
    VIR_NODE_DEVICE_DEFINE_XML_VALIDATE = 1, /* refuse what the schema does not know */
} virNodeDeviceDefineXMLFlags;

/* Defines a mediated device that stays. flags: virNodeDeviceDefineXMLFlags. */
virNodeDevicePtr virNodeDeviceDefineXML(virConnectPtr conn, const char *xmlDesc, unsigned int flags);

/* Removes the definition. flags 0. 0 or -1. */
int virNodeDeviceUndefine(virNodeDevicePtr dev, unsigned int flags);

/* Starts a defined device. flags 0. 0 or -1. */
int virNodeDeviceCreate(virNodeDevicePtr dev, unsigned int flags);

/* 1 when it is there, 0 when only defined. */
int virNodeDeviceIsActive(virNodeDevicePtr dev);

/* 1 when it is defined, 0 when not. */
int virNodeDeviceIsPersistent(virNodeDevicePtr dev);

/* Sets *autostart to 1 when it starts with its parent. 0 or -1. */
int virNodeDeviceGetAutostart(virNodeDevicePtr dev, int *autostart);

/* Whether it starts with its parent. 0 or -1. */
int virNodeDeviceSetAutostart(virNodeDevicePtr dev, int autostart);

/* ---- Events ---- */

/* Kinds of events, and the callback type of each. */
typedef enum {
    VIR_NODE_DEVICE_EVENT_ID_LIFECYCLE = 0, /* virConnectNodeDeviceEventLifecycleCallback */
    VIR_NODE_DEVICE_EVENT_ID_UPDATE = 1,    /* virConnectNodeDeviceEventGenericCallback */
#ifdef VIR_ENUM_SENTINELS
    VIR_NODE_DEVICE_EVENT_ID_LAST = 2, /* end of the list; grows with it */
#endif
} virNodeDeviceEventID;

/* What happened to a device. */
typedef enum {
    VIR_NODE_DEVICE_EVENT_CREATED = 0,
    VIR_NODE_DEVICE_EVENT_DELETED = 1,
    VIR_NODE_DEVICE_EVENT_DEFINED = 2,
    VIR_NODE_DEVICE_EVENT_UNDEFINED = 3,
#ifdef VIR_ENUM_SENTINELS
    VIR_NODE_DEVICE_EVENT_LAST = 4, /* end of the list; grows with it */
#endif
} virNodeDeviceEventLifecycleType;

/* Something about a device has changed. dev is borrowed for the call. */
typedef void (*virConnectNodeDeviceEventGenericCallback)(virConnectPtr conn, virNodeDevicePtr dev, void *opaque);

/* A device came or went. event: virNodeDeviceEventLifecycleType; detail: 0. */
typedef void (*virConnectNodeDeviceEventLifecycleCallback)(virConnectPtr conn, virNodeDevicePtr dev, int event,
                                                           int detail, void *opaque);

/* Casts a callback of the event's own type for virConnectNodeDeviceEventRegisterAny(). */
#define VIR_NODE_DEVICE_EVENT_CALLBACK(cb) ((virConnectNodeDeviceEventGenericCallback)(cb))

/*
 * Calls cb for events of one kind, of one device or (NULL) all. Needs an event loop. freecb (may be NULL) releases
 * opaque at the end. Returns a number for deregistering, or -1.
 */
int virConnectNodeDeviceEventRegisterAny(virConnectPtr conn, virNodeDevicePtr dev, int eventID,
                                         virConnectNodeDeviceEventGenericCallback cb, void *opaque,
                                         virFreeCallback freecb);

/* Ends a registration. 0 or -1. */
int virConnectNodeDeviceEventDeregisterAny(virConnectPtr conn, int callbackID);

#ifdef __cplusplus
}
#endif

#endif
