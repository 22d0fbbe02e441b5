/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Virtual networks, and guests' ports on them. */
#ifndef LIBVIRT_NETWORK_H
#define LIBVIRT_NETWORK_H

#ifndef LIBVIRT_LIBVIRT_H
#error "include <libvirt/libvirt.h>"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Handles ---- */

/* A virtual network, by its name and UUID. */
typedef struct _virNetwork virNetwork;
typedef virNetwork *virNetworkPtr;

/* A guest's interface on a network. */
typedef struct _virNetworkPort virNetworkPort;
typedef virNetworkPort *virNetworkPortPtr;

/* Takes one more reference. 0 or -1. */
int virNetworkRef(virNetworkPtr network);

/* Drops a reference. 0 or -1. */
int virNetworkFree(virNetworkPtr network);

/* The connection, without a reference of its own. */
virConnectPtr virNetworkGetConnect(virNetworkPtr net);

/* The network's name. Borrowed from the handle. */
const char *virNetworkGetName(virNetworkPtr network);

/* Writes the 16 bytes of the UUID to uuid. 0 or -1. */
int virNetworkGetUUID(virNetworkPtr network, unsigned char *uuid);

/* Writes the UUID as text to buf (VIR_UUID_STRING_BUFLEN bytes). 0 or -1. */
int virNetworkGetUUIDString(virNetworkPtr network, char *buf);

/* ---- Finding ---- */

/* Which networks to list, by three properties; none or both of a pair: whichever. */
typedef enum {
    VIR_CONNECT_LIST_NETWORKS_INACTIVE = 1,
    VIR_CONNECT_LIST_NETWORKS_ACTIVE = 2,
    VIR_CONNECT_LIST_NETWORKS_PERSISTENT = 4,
    VIR_CONNECT_LIST_NETWORKS_TRANSIENT = 8,
    VIR_CONNECT_LIST_NETWORKS_AUTOSTART = 16,
    VIR_CONNECT_LIST_NETWORKS_NO_AUTOSTART = 32,
} virConnectListAllNetworksFlags;

/* Lists networks. flags: virConnectListAllNetworksFlags. Returns their number. */
int virConnectListAllNetworks(virConnectPtr conn, virNetworkPtr **nets, unsigned int flags);

/* How many networks are active. */
int virConnectNumOfNetworks(virConnectPtr conn);

/*
 * Names of at most maxnames active networks; free() each. Returns their number. A race: prefer
 * virConnectListAllNetworks().
 */
int virConnectListNetworks(virConnectPtr conn, char **const names, int maxnames);

/* How many networks are defined but not active. */
int virConnectNumOfDefinedNetworks(virConnectPtr conn);

/* The same for their names. */
int virConnectListDefinedNetworks(virConnectPtr conn, char **const names, int maxnames);

/* The network of this name. VIR_ERR_NO_NETWORK when there is none. */
virNetworkPtr virNetworkLookupByName(virConnectPtr conn, const char *name);

/* The network with these 16 bytes as UUID. */
virNetworkPtr virNetworkLookupByUUID(virConnectPtr conn, const unsigned char *uuid);

/* The network with this UUID as text. */
virNetworkPtr virNetworkLookupByUUIDString(virConnectPtr conn, const char *uuidstr);

/* ---- Definition ---- */

typedef enum {
    VIR_NETWORK_DEFINE_VALIDATE = 1, /* refuse what the schema does not know */
} virNetworkDefineFlags;

/*
 * Defines a network that stays, or replaces the definition of the one with the same UUID; a running one is not
 * changed.
 */
virNetworkPtr virNetworkDefineXML(virConnectPtr conn, const char *xml);

/* The same with flags: virNetworkDefineFlags. */
virNetworkPtr virNetworkDefineXMLFlags(virConnectPtr conn, const char *xml, unsigned int flags);

/* Removes the definition; a running network becomes transient. 0 or -1. */
int virNetworkUndefine(virNetworkPtr network);

typedef enum {
    VIR_NETWORK_XML_INACTIVE = 1, /* the definition, not what is running */
} virNetworkXMLFlags;

/* The network as XML. flags: virNetworkXMLFlags. */
char *virNetworkGetXMLDesc(virNetworkPtr network, unsigned int flags);

/* What to do with the element. */
typedef enum {
    VIR_NETWORK_UPDATE_COMMAND_NONE = 0,
    VIR_NETWORK_UPDATE_COMMAND_MODIFY = 1,
    VIR_NETWORK_UPDATE_COMMAND_DELETE = 2,
    VIR_NETWORK_UPDATE_COMMAND_ADD_LAST = 3,
    VIR_NETWORK_UPDATE_COMMAND_ADD_FIRST = 4,
#ifdef VIR_ENUM_SENTINELS
    VIR_NETWORK_UPDATE_COMMAND_LAST = 5, /* end of the list; grows with it */
#endif
} virNetworkUpdateCommand;

/* Where the element stands in the network's XML. */
typedef enum {
    VIR_NETWORK_SECTION_NONE = 0,
    VIR_NETWORK_SECTION_BRIDGE = 1,            /* <bridge> */
    VIR_NETWORK_SECTION_DOMAIN = 2,            /* <domain> */
    VIR_NETWORK_SECTION_IP = 3,                /* <ip> */
    VIR_NETWORK_SECTION_IP_DHCP_HOST = 4,      /* <ip><dhcp><host> */
    VIR_NETWORK_SECTION_IP_DHCP_RANGE = 5,     /* <ip><dhcp><range> */
    VIR_NETWORK_SECTION_FORWARD = 6,           /* <forward> */
    VIR_NETWORK_SECTION_FORWARD_INTERFACE = 7, /* <forward><interface> */
    VIR_NETWORK_SECTION_FORWARD_PF = 8,        /* <forward><pf> */
    VIR_NETWORK_SECTION_PORTGROUP = 9,         /* <portgroup> */
    VIR_NETWORK_SECTION_DNS_HOST = 10,         /* <dns><host> */
    VIR_NETWORK_SECTION_DNS_TXT = 11,          /* <dns><txt> */
    VIR_NETWORK_SECTION_DNS_SRV = 12,          /* <dns><srv> */
#ifdef VIR_ENUM_SENTINELS
    VIR_NETWORK_SECTION_LAST = 13, /* end of the list; grows with it */
#endif
} virNetworkUpdateSection;

/* Which of the two forms of a network to change. */
typedef enum {
    VIR_NETWORK_UPDATE_AFFECT_CURRENT = 0, /* the running one if it runs, else the definition */
    VIR_NETWORK_UPDATE_AFFECT_LIVE = 1,    /* the running one */
    VIR_NETWORK_UPDATE_AFFECT_CONFIG = 2,  /* the definition */
} virNetworkUpdateFlags;

/*
 * Changes one element without a restart. command: virNetworkUpdateCommand; section: virNetworkUpdateSection;
 * parentIndex: which <ip> (or -1: the first that fits); xml: the element. flags: virNetworkUpdateFlags. 0 or -1.
 */
int virNetworkUpdate(virNetworkPtr network, unsigned int command, unsigned int section, int parentIndex,
                     const char *xml, unsigned int flags);

/* ---- State ---- */

typedef enum {
    VIR_NETWORK_CREATE_VALIDATE = 1, /* refuse what the schema does not know */
} virNetworkCreateFlags;

/* Defines and starts a network that is gone when it is stopped. */
virNetworkPtr virNetworkCreateXML(virConnectPtr conn, const char *xmlDesc);

/* The same with flags: virNetworkCreateFlags. */
virNetworkPtr virNetworkCreateXMLFlags(virConnectPtr conn, const char *xmlDesc, unsigned int flags);

/* Starts a defined network. 0 or -1. */
int virNetworkCreate(virNetworkPtr network);

/* Stops a network; a transient one is gone then. Guests keep their interfaces, without a network. 0 or -1. */
int virNetworkDestroy(virNetworkPtr network);

/* 1 when it runs, 0 when not. */
int virNetworkIsActive(virNetworkPtr net);

/* 1 when it is defined, 0 when it is transient. */
int virNetworkIsPersistent(virNetworkPtr net);

/* Sets *autostart to 1 when it starts with the host. 0 or -1. */
int virNetworkGetAutostart(virNetworkPtr network, int *autostart);

/* Whether it starts with the host. 0 or -1. */
int virNetworkSetAutostart(virNetworkPtr network, int autostart);

/* Name of its bridge on the host. */
char *virNetworkGetBridgeName(virNetworkPtr network);

/* Kinds of addresses. */
typedef enum {
    VIR_IP_ADDR_TYPE_IPV4 = 0,
    VIR_IP_ADDR_TYPE_IPV6 = 1,
#ifdef VIR_ENUM_SENTINELS
    VIR_IP_ADDR_TYPE_LAST = 2, /* end of the list; grows with it */
#endif
} virIPAddrType;

/* An address that was given out. Strings may be NULL but for iface and ipaddr. */
typedef struct _virNetworkDHCPLease virNetworkDHCPLease;
typedef virNetworkDHCPLease *virNetworkDHCPLeasePtr;
struct _virNetworkDHCPLease {
    char *iface;          /* the network's bridge */
    long long expirytime; /* seconds since 1970; 0: never */
    int type;             /* virIPAddrType */
    char *mac;            /* the guest's MAC address */
    char *iaid;           /* DHCPv6 identity association */
    char *ipaddr;         /* the address */
    unsigned int prefix;  /* length of the network's prefix in bits */
    char *hostname;       /* what the guest calls itself */
    char *clientid;       /* client ID or DUID */
};

/*
 * Lists the leases of a network, of one MAC address or (NULL) all. Free each with virNetworkDHCPLeaseFree(), then
 * the array. flags 0. Returns their number.
 */
int virNetworkGetDHCPLeases(virNetworkPtr network, const char *mac, virNetworkDHCPLeasePtr **leases,
                            unsigned int flags);

/* Frees a lease. NULL is fine. */
void virNetworkDHCPLeaseFree(virNetworkDHCPLeasePtr lease);

/* ---- Ports ---- */

/* Takes one more reference. 0 or -1. */
int virNetworkPortRef(virNetworkPortPtr port);

/* Drops a reference. 0 or -1. */
int virNetworkPortFree(virNetworkPortPtr port);

/* The port's network, without a reference of its own. */
virNetworkPtr virNetworkPortGetNetwork(virNetworkPortPtr port);

/* Writes the 16 bytes of the UUID to uuid. 0 or -1. */
int virNetworkPortGetUUID(virNetworkPortPtr port, unsigned char *uuid);

/* Writes the UUID as text to buf (VIR_UUID_STRING_BUFLEN bytes). 0 or -1. */
int virNetworkPortGetUUIDString(virNetworkPortPtr port, char *buf);

/* Lists the ports of a network. flags 0. Returns their number. */
int virNetworkListAllPorts(virNetworkPtr network, virNetworkPortPtr **ports, unsigned int flags);

/* The port with these 16 bytes as UUID. VIR_ERR_NO_NETWORK_PORT when there is none. */
virNetworkPortPtr virNetworkPortLookupByUUID(virNetworkPtr net, const unsigned char *uuid);

/* The port with this UUID as text. */
virNetworkPortPtr virNetworkPortLookupByUUIDString(virNetworkPtr net, const char *uuidstr);

typedef enum {
    VIR_NETWORK_PORT_CREATE_RECLAIM = 1,  /* the interface is there already: note it, set nothing up */
    VIR_NETWORK_PORT_CREATE_VALIDATE = 2, /* refuse what the schema does not know */
} virNetworkPortCreateFlags;

/* Makes a port for an interface. flags: virNetworkPortCreateFlags. */
virNetworkPortPtr virNetworkPortCreateXML(virNetworkPtr net, const char *xmldesc, unsigned int flags);

/* The port as XML. flags 0. */
char *virNetworkPortGetXMLDesc(virNetworkPortPtr port, unsigned int flags);

/* uint: KiB/s on average to the guest; 0: no limit, as for all below. */
#define VIR_NETWORK_PORT_BANDWIDTH_IN_AVERAGE  "inbound.average"
#define VIR_NETWORK_PORT_BANDWIDTH_IN_PEAK     "inbound.peak"     /* uint: KiB/s at most in a burst. */
#define VIR_NETWORK_PORT_BANDWIDTH_IN_BURST    "inbound.burst"    /* uint: KiB at that speed. */
#define VIR_NETWORK_PORT_BANDWIDTH_IN_FLOOR    "inbound.floor"    /* uint: KiB/s that are guaranteed. */
#define VIR_NETWORK_PORT_BANDWIDTH_OUT_AVERAGE "outbound.average" /* uint: KiB/s on average from the guest. */
#define VIR_NETWORK_PORT_BANDWIDTH_OUT_PEAK    "outbound.peak"    /* uint: KiB/s at most in a burst. */
#define VIR_NETWORK_PORT_BANDWIDTH_OUT_BURST   "outbound.burst"   /* uint: KiB at that speed. */

/* Sets *params to a new array of VIR_NETWORK_PORT_* and *nparams to its length. flags 0. 0 or -1. */
int virNetworkPortGetParameters(virNetworkPortPtr port, virTypedParameterPtr *params, int *nparams, unsigned int flags);

/* Changes a port's bandwidth. flags 0. 0 or -1. */
int virNetworkPortSetParameters(virNetworkPortPtr port, virTypedParameterPtr params, int nparams, unsigned int flags);

/* Takes the port away; the guest's interface is cut off. flags 0. 0 or -1. */
int virNetworkPortDelete(virNetworkPortPtr port, unsigned int flags);

/* ---- Title, description, metadata ---- */

/* What virNetworkGetMetadata() and virNetworkSetMetadata() are about. Since 9.7.0. */
typedef enum {
    VIR_NETWORK_METADATA_DESCRIPTION = 0, /* <description> */
    VIR_NETWORK_METADATA_TITLE = 1,       /* <title>, one line */
    VIR_NETWORK_METADATA_ELEMENT = 2,     /* an element of the application's in <metadata> */
#ifdef VIR_ENUM_SENTINELS
    VIR_NETWORK_METADATA_LAST = 3, /* end of the list; grows with it */
#endif
} virNetworkMetadataType;

/*
 * A description, a title, or the element of namespace uri (else NULL) as XML; the caller frees it.
 * VIR_ERR_NO_NETWORK_METADATA when there is none. flags: virNetworkUpdateFlags. Since 9.7.0.
 */
char *virNetworkGetMetadata(virNetworkPtr network, int type, const char *uri, unsigned int flags);

/*
 * Sets or (metadata NULL) removes it. key and uri: prefix and namespace of an element, else NULL. flags:
 * virNetworkUpdateFlags. 0 or -1. Since 9.7.0.
 */
int virNetworkSetMetadata(virNetworkPtr network, int type, const char *metadata, const char *key, const char *uri,
                          unsigned int flags);

/* ---- Events ---- */

/* Kinds of events, and the callback type of each. */
typedef enum {
    VIR_NETWORK_EVENT_ID_LIFECYCLE = 0,       /* virConnectNetworkEventLifecycleCallback */
    VIR_NETWORK_EVENT_ID_METADATA_CHANGE = 1, /* virConnectNetworkEventMetadataChangeCallback; since 9.7.0 */
#ifdef VIR_ENUM_SENTINELS
    VIR_NETWORK_EVENT_ID_LAST = 2, /* end of the list; grows with it */
#endif
} virNetworkEventID;

/* What happened to a network. */
typedef enum {
    VIR_NETWORK_EVENT_DEFINED = 0,
    VIR_NETWORK_EVENT_UNDEFINED = 1,
    VIR_NETWORK_EVENT_STARTED = 2,
    VIR_NETWORK_EVENT_STOPPED = 3,
#ifdef VIR_ENUM_SENTINELS
    VIR_NETWORK_EVENT_LAST = 4, /* end of the list; grows with it */
#endif
} virNetworkEventLifecycleType;

/* Something about a network has happened. net is borrowed for the call. */
typedef void (*virConnectNetworkEventGenericCallback)(virConnectPtr conn, virNetworkPtr net, void *opaque);

/* A network was defined, started and so on. event: virNetworkEventLifecycleType; detail: 0. */
typedef void (*virConnectNetworkEventLifecycleCallback)(virConnectPtr conn, virNetworkPtr net, int event, int detail,
                                                        void *opaque);

/*
 * A title, a description or an element of <metadata> was changed. type: virNetworkMetadataType; nsuri: namespace of
 * the element, else NULL; borrowed for the call. Since 9.7.0.
 */
typedef void (*virConnectNetworkEventMetadataChangeCallback)(virConnectPtr conn, virNetworkPtr net, int type,
                                                             const char *nsuri, void *opaque);

/* Casts a callback of the event's own type for virConnectNetworkEventRegisterAny(). */
#define VIR_NETWORK_EVENT_CALLBACK(cb) ((virConnectNetworkEventGenericCallback)(cb))

/*
 * Calls cb for events of one kind, of one network or (NULL) all. Needs an event loop. freecb (may be NULL)
 * releases opaque at the end. Returns a number for deregistering, or -1.
 */
int virConnectNetworkEventRegisterAny(virConnectPtr conn, virNetworkPtr net, int eventID,
                                      virConnectNetworkEventGenericCallback cb, void *opaque, virFreeCallback freecb);

/* Ends a registration. 0 or -1. */
int virConnectNetworkEventDeregisterAny(virConnectPtr conn, int callbackID);

#ifdef __cplusplus
}
#endif

#endif
