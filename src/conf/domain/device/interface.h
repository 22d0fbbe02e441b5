/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <interface>: a guest's network card and what it is connected to. */
#pragma once

#include "common/identifiers.h"
#include "conf/domain/device/device_info.h"
#include "conf/network/network_port.h"

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
} InterfaceType;
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

typedef enum { MAC_TYPE_DEFAULT, MAC_TYPE_GENERATED, MAC_TYPE_STATIC, MAC_TYPE_LAST } MacType;

/* Of hostdev. */
typedef enum {
    HOSTDEV_DRIVER_DEFAULT,
    HOSTDEV_DRIVER_KVM,
    HOSTDEV_DRIVER_VFIO,
    HOSTDEV_DRIVER_XEN,
    HOSTDEV_DRIVER_LAST
} HostdevDriver;

typedef enum { SOCKET_MODE_DEFAULT, SOCKET_MODE_CLIENT, SOCKET_MODE_SERVER, SOCKET_MODE_LAST } SocketMode;

typedef enum { TEAMING_NONE, TEAMING_PERSISTENT, TEAMING_TRANSIENT, TEAMING_LAST } TeamingType;

typedef enum { IP_FAMILY_NONE, IP_FAMILY_IPV4, IP_FAMILY_IPV6, IP_FAMILY_LAST } IpFamily;

/* An <ip>: of the guest's side, or of the host's. */
typedef struct {
    char *address;
    IpFamily family;
    guint prefix; /* 0: unset */
    char *peer;   /* or NULL */
} InterfaceIp;

/* What the card leaves to the other side; each on, off or absent. ufo and below: of the host's or both sides'. */
typedef struct {
    XmlBool csum, gso, tso4, tso6, ecn, ufo, mrg_rxbuf;
} InterfaceOffloads;

/* A <filterref>. */
typedef struct {
    char *filter;
    GPtrArray *parameters; /* FilterParameter; or NULL */
} InterfaceFilter;

typedef struct {
    char *name, *value;
} FilterParameter;

/* Of vhostuser. */
typedef struct {
    char *path;
    SocketMode mode;
    XmlBool reconnect; /* yes, no */
    guint reconnect_s;
} InterfaceSocket;

/* Of server, client, mcast, udp: where frames go; udp: and where they come from. */
typedef struct {
    char *address, *local_address;
    guint port, local_port;
} InterfaceEndpoint;

/* Of vds. */
typedef struct {
    guint8 switch_id[UUID_LEN];
    char *port, *portgroup, *connection;
} InterfaceSwitch;

typedef struct {
    InterfaceType type;
    guint8 mac[MAC_LEN];
    MacType mac_type;
    XmlBool mac_check;              /* yes, no */
    XmlBool trust_guest_rx_filters; /* yes, no */
    /* <source> */
    char *network;                /* network */
    char *portgroup;              /* network */
    char *bridge;                 /* bridge */
    char *device;                 /* direct: the host's link; vdpa: the device's path; user: carried only */
    MacvtapMode mode;             /* direct */
    InterfaceSocket socket;       /* vhostuser */
    InterfaceEndpoint endpoint;   /* server, client, mcast, udp */
    char *internal_name;          /* internal */
    InterfaceSwitch vds;          /* vds */
    DeviceAddressType host_type;  /* hostdev: "pci" */
    PciAddress host_pci;          /* hostdev */
    HostdevDriver hostdev_driver; /* hostdev */
    XmlBool is_hostdev_managed;   /* hostdev: yes, no */
    GPtrArray *host_ips;          /* ethernet: InterfaceIp; may be NULL */
    GPtrArray *host_routes;       /* ethernet: NetworkRoute; may be NULL */
    /* How it is plugged in, as asked for here. */
    Vlan *vlan;
    VirtualPort *virtual_port;
    Bandwidth *bandwidth;
    XmlBool is_isolated; /* yes, no */
    /* network, live only: what the network's daemon made of that, and where it is plugged in. */
    NetworkPort *port;
    char *script, *downscript; /* ethernet, bridge */
    char *target;       /* name on the host; names that begin with "vnet" or "macvtap" are the daemon's, live only */
    XmlBool is_managed; /* ethernet: whether the daemon makes the device (yes, no) */
    GPtrArray *ips;     /* the guest's own: InterfaceIp; may be NULL */
    GPtrArray *routes;  /* the guest's own: NetworkRoute; may be NULL */
    char *guest_device, *guest_actual; /* for containers; carried only */
    char *model;                       /* "virtio", "e1000e", ...; NULL for hostdev */
    LinkState link;
    guint mtu; /* 0: unset */
    /* <driver> */
    InterfaceDriver driver;
    TxMode tx_mode;
    XmlBool ioeventfd, event_idx; /* on, off */
    XmlBool rss, rss_hash_report; /* on, off */
    guint queues, rx_queue_size, tx_queue_size;
    VirtioOptions virtio;
    InterfaceOffloads host_offloads, guest_offloads;
    char *backend_type;                /* of a user network; refused by the check */
    gboolean has_port_forward;         /* the same */
    char *backend_tap, *backend_vhost; /* devices to use instead of /dev/net/tun and /dev/vhost-net */
    InterfaceFilter *filter;
    gboolean has_sndbuf;
    unsigned long long sndbuf; /* bytes */
    TeamingType teaming;
    char *teaming_persistent; /* transient: alias of the other card */
    guint coalesce_rx_frames; /* 0: unset */
    DeviceInfo info;
} InterfaceDef;

extern const XmlElement interface_element;
void interface_def_free(InterfaceDef *interface);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(InterfaceDef, interface_def_free)

/* "virtio" and its variants. */
gboolean interface_is_virtio(const InterfaceDef *interface);

/* What kind it is once its network has said where it is plugged in: direct, bridge, hostdev; else its own type. */
InterfaceType interface_actual_type(const InterfaceDef *interface);
/* The bridge it is plugged into, of its own or by its network; NULL: none. Borrowed. */
const char *interface_bridge(const InterfaceDef *interface);
/* The host's link that a macvtap device is on, of its own or by its network; NULL: it is on none. Borrowed. */
const char *interface_device(const InterfaceDef *interface);
/* Whether that link is the guest's alone. */
gboolean interface_has_device_alone(const InterfaceDef *interface);
/* What is in force: the network's word where there is one, else its own. Borrowed; may be NULL. */
const Bandwidth *interface_bandwidth(const InterfaceDef *interface);
const Vlan *interface_vlan(const InterfaceDef *interface);
const VirtualPort *interface_virtual_port(const InterfaceDef *interface);
gboolean interface_is_isolated(const InterfaceDef *interface);
gboolean interface_trusts_guest(const InterfaceDef *interface);

/* Reads an <interface> by itself. NULL: VIR_ERR_XML_ERROR and the like. */
InterfaceDef *interface_def_parse(const char *xml, GError **error);
InterfaceDef *interface_def_copy(const InterfaceDef *interface);

/* Takes what change leaves to the daemon (address, alias, link on the host, model, ids for a switch) from base, the
 * same guest's. */
void interface_def_fill(InterfaceDef *change, const InterfaceDef *base);
/* Whether change is about another place to be plugged in: a network, a port group, a bridge. Both are on taps
 * then, which can be moved. */
gboolean interface_def_moves(const InterfaceDef *change, const InterfaceDef *present);
/* Exchanges the places of both; interface has no port then. */
void interface_def_take_place(InterfaceDef *interface, InterfaceDef *from);
/* The first thing that they differ in and that cannot be changed while a guest runs, or NULL: "mtu size". What can is
 * the cable, the limits, the place, the order of booting, and VLANs. Caller frees. */
char *interface_def_obstacle(const InterfaceDef *change, const InterfaceDef *present);
/* The last only where nobody else says which they are. */
gboolean interface_def_may_change_vlan(const InterfaceDef *interface);

/* FALSE with the first thing that is wrong with an interface by itself; for domain_check_devices(). */
gboolean interface_check(const InterfaceDef *interface, GError **error);

/* Whether what is in force can be isolated from others, when that is asked for. FALSE: VIR_ERR_CONFIG_UNSUPPORTED. */
gboolean interface_check_isolation(const InterfaceDef *interface, GError **error);

/* Parts with files of their own. */
extern const XmlElement interface_source_element; /* interface_source.c: <source>, by type */
extern const XmlElement interface_ip_element;     /* interface_source.c: <ip> */
extern const XmlElement interface_driver_element; /* interface_driver.c: <driver>, by type */
