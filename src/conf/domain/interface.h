/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <interface>: a guest's network card and what it is connected to. */
#pragma once

#include "common/identifiers.h"
#include "conf/domain/device_info.h"

typedef enum {
    INTERFACE_NETWORK,
    INTERFACE_BRIDGE,
    INTERFACE_USER,
    INTERFACE_ETHERNET,
    INTERFACE_DIRECT,
    INTERFACE_VHOSTUSER,
    INTERFACE_SERVER,
    INTERFACE_CLIENT,
    INTERFACE_MCAST,
    INTERFACE_INTERNAL,
    INTERFACE_HOSTDEV,
    INTERFACE_UDP,
    INTERFACE_VDPA,
    INTERFACE_NULL,
    INTERFACE_VDS,
    INTERFACE_LAST,
} InterfaceType; /* beyond DIRECT all are refused by the check */
extern const char *const interface_types[INTERFACE_LAST];

typedef enum {
    MACVTAP_MODE_DEFAULT,
    MACVTAP_MODE_VEPA,
    MACVTAP_MODE_PRIVATE,
    MACVTAP_MODE_BRIDGE,
    MACVTAP_MODE_PASSTHROUGH,
    MACVTAP_MODE_LAST,
} MacvtapMode;
extern const char *const macvtap_modes[MACVTAP_MODE_LAST];

typedef enum { LINK_STATE_DEFAULT, LINK_STATE_UP, LINK_STATE_DOWN, LINK_STATE_LAST } LinkState;
extern const char *const link_states[LINK_STATE_LAST];

typedef enum {
    INTERFACE_DRIVER_DEFAULT,
    INTERFACE_DRIVER_QEMU,
    INTERFACE_DRIVER_VHOST,
    INTERFACE_DRIVER_LAST
} InterfaceDriver;
extern const char *const interface_drivers[INTERFACE_DRIVER_LAST];

typedef enum { TX_MODE_DEFAULT, TX_MODE_IOTHREAD, TX_MODE_TIMER, TX_MODE_LAST } TxMode;
extern const char *const tx_modes[TX_MODE_LAST];

typedef enum { IP_FAMILY_NONE, IP_FAMILY_IPV4, IP_FAMILY_IPV6, IP_FAMILY_LAST } IpFamily;

/* An address of the guest's side of a user network. */
typedef struct {
    char *address;
    IpFamily family;
    guint prefix; /* 0: unset */
} InterfaceIp;

typedef struct {
    InterfaceType type;
    guint8 mac[MAC_LEN];
    /* <source> */
    char *network;      /* network */
    char *portgroup;    /* network */
    char *bridge;       /* bridge; network: where it was plugged in, live only */
    char *device;       /* direct: the host's link */
    MacvtapMode mode;   /* direct */
    char *port_id;      /* network: UUID of the port that the network's daemon made; live only */
    char *script;       /* ethernet */
    char *target;       /* name on the host; names that begin with "vnet" or "macvtap" are the daemon's, live only */
    XmlBool is_managed; /* ethernet: whether the daemon makes the device (yes, no) */
    GPtrArray *ips;     /* user: InterfaceIp; may be NULL */
    char *model;        /* "virtio", "e1000e", ... */
    LinkState link;
    guint mtu; /* 0: unset */
    /* <driver> */
    InterfaceDriver driver;
    TxMode tx_mode;
    XmlBool ioeventfd, event_idx; /* on, off */
    guint queues, rx_queue_size, tx_queue_size;
    VirtioOptions virtio;
    DeviceInfo info;
} InterfaceDef;

extern const XmlElement interface_element;
void interface_def_free(InterfaceDef *interface);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(InterfaceDef, interface_def_free)

/* "virtio" and its variants. */
gboolean interface_is_virtio(const InterfaceDef *interface);
