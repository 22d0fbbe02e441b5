/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A <network> document: what was asked for, or (live) what runs. Values only; no process, no socket. Follows
 * formatnetwork's description and network.rng.
 *
 * Reading goes in three steps, all done by network_def_parse: the rows (network_def.c, network_forward.c,
 * network_dns.c, network_ip.c, port_options.c), defaults (uuid, bridge mac), checks across members (network_check.c).
 * One that validates looks first at what the schema says of values (network_schema.c).
 */
#pragma once

#include <glib.h>

#include "common/identifiers.h"
#include "common/ip_address.h"
#include "conf/network/port_options.h"

/* Limits on what one document can ask for. */
#define NETWORK_IPS_MAX   256
#define NETWORK_HOSTS_MAX 65536

typedef enum {
    NETWORK_FORWARD_NONE, /* isolated: there is no <forward> */
    NETWORK_FORWARD_NAT,
    NETWORK_FORWARD_ROUTE,
    NETWORK_FORWARD_OPEN,
    NETWORK_FORWARD_BRIDGE,
    NETWORK_FORWARD_PRIVATE,
    NETWORK_FORWARD_VEPA,
    NETWORK_FORWARD_PASSTHROUGH,
    NETWORK_FORWARD_HOSTDEV,
    NETWORK_FORWARD_LAST
} NetworkForwardMode;

typedef struct {
    char *dev;
    unsigned int connections; /* live: ports on it */
} NetworkForwardInterface;

/* <address type='pci' .../> of a hostdev pool. */
typedef struct {
    unsigned int domain, bus, slot, function;
    unsigned int connections; /* live: ports on it */
} NetworkPciAddress;

typedef struct {
    NetworkForwardMode mode;
    char *dev;             /* the attribute; equals the first interface's */
    GPtrArray *interfaces; /* NetworkForwardInterface, or NULL */
    GPtrArray *addresses;  /* NetworkPciAddress, or NULL */
    char *pf;
    char *driver;
    XmlBool managed;
    IpAddress nat_address_start, nat_address_end;
    unsigned int nat_port_start, nat_port_end; /* 0: not given */
    XmlBool nat_ipv6;
} NetworkForward;

typedef enum {
    NETWORK_LEASE_NO_UNIT,
    NETWORK_LEASE_SECONDS,
    NETWORK_LEASE_MINUTES,
    NETWORK_LEASE_HOURS
} NetworkLeaseUnit;

/* <lease/>: expiry 0 never ends. */
typedef struct {
    unsigned int expiry;
    NetworkLeaseUnit unit;
} NetworkLease;

typedef struct {
    IpAddress start, end;
    NetworkLease *lease; /* or NULL */
} NetworkDhcpRange;

typedef struct {
    char *mac, *id, *name; /* each may be NULL, not all */
    IpAddress ip;
    NetworkLease *lease;
} NetworkDhcpHost;

/* A prefix length; 0 is one too, hence given. */
typedef struct {
    unsigned int value;
    gboolean given;
} NetworkPrefix;

typedef struct {
    char *family; /* "ipv4", "ipv6" or NULL */
    IpAddress address, netmask;
    NetworkPrefix prefix;
    XmlBool local_ptr;
    char *tftp_root;
    gboolean has_dhcp;
    GPtrArray *ranges; /* NetworkDhcpRange, or NULL */
    GPtrArray *hosts;  /* NetworkDhcpHost, or NULL */
    char *bootp_file, *bootp_server;
} NetworkIp;

typedef struct {
    char *family;
    IpAddress address, netmask, gateway;
    NetworkPrefix prefix;
    unsigned int metric;
} NetworkRoute;

typedef struct {
    IpAddress address;
    char *domain;
} NetworkDnsForwarder;

typedef struct {
    char *name, *value;
} NetworkDnsTxt;

typedef struct {
    char *service, *protocol, *domain, *target;
    unsigned int port, priority, weight;
} NetworkDnsSrv;

typedef struct {
    IpAddress ip;
    GPtrArray *names; /* char * */
} NetworkDnsHost;

typedef struct {
    XmlBool enable, forward_plain_names;
    GPtrArray *forwarders, *txts, *srvs, *hosts; /* each may be NULL */
} NetworkDns;

typedef struct {
    char *name;
    XmlBool is_default, trust_guest_rx_filters;
    VirtualPort *virtual_port; /* each of these may be NULL */
    Bandwidth *bandwidth;
    Vlan *vlan;
} NetworkPortgroup;

typedef enum { NETWORK_MAC_TABLE_DEFAULT, NETWORK_MAC_TABLE_KERNEL, NETWORK_MAC_TABLE_LIBVIRT } NetworkMacTable;

typedef struct {
    char *name;
    guint8 uuid[UUID_LEN];
    unsigned int connections; /* live: ports in use */
    XmlBool ipv6, trust_guest_rx_filters;
    char *title, *description; /* each may be NULL */
    char *metadata;            /* verbatim children of <metadata>, or NULL */
    NetworkForward *forward;   /* NULL: isolated */
    char *bridge, *zone;
    XmlBool stp;
    char *delay; /* seconds, as given */
    NetworkMacTable mac_table;
    unsigned int mtu;
    guint8 mac[MAC_LEN];
    char *domain;
    XmlBool domain_local_only, domain_register;
    NetworkDns *dns;
    Vlan *vlan; /* each of these may be NULL */
    VirtualPort *virtual_port;
    Bandwidth *bandwidth;
    XmlBool port_isolated;
    GPtrArray *ips;             /* NetworkIp, or NULL */
    GPtrArray *routes;          /* NetworkRoute, or NULL */
    GPtrArray *portgroups;      /* NetworkPortgroup, or NULL */
    GPtrArray *dnsmasq_options; /* char *, or NULL */
} NetworkDef;

/*
 * Reads a document. mode: XmlMode bits (XML_MODE_VALIDATE refuses what no row names). NULL: VIR_ERR_XML_DETAIL,
 * VIR_ERR_XML_ERROR, VIR_ERR_CONFIG_UNSUPPORTED, VIR_ERR_INTERNAL_ERROR, as libvirt has them. Free with
 * network_def_free.
 */
NetworkDef *network_def_parse(const char *xml, guint mode, GError **error);

/* The same from the file at path. */
NetworkDef *network_def_parse_file(const char *path, GError **error);

/* From the element of a larger document (a status file). */
NetworkDef *network_def_parse_node(xmlNode *node, guint mode, GError **error);

/* Caller frees. */
char *network_def_format(const NetworkDef *def, guint mode);
/* Into a larger document. */
void network_def_write(const NetworkDef *def, XmlWriter *writer, guint mode);

NetworkDef *network_def_copy(const NetworkDef *def);
void network_def_free(NetworkDef *def);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetworkDef, network_def_free)

/* What the document says across its members; see network_check.c. */
gboolean network_def_check(const NetworkDef *def, GError **error);

NetworkForwardMode network_def_mode(const NetworkDef *def);
/* "nat"; "none" for isolated. */
const char *network_forward_mode_name(NetworkForwardMode mode);

/* Whether the network has a bridge of its own, which comes and goes with it. */
gboolean network_def_owns_bridge(const NetworkDef *def);
/* Whether it or one of its port groups puts guests into VLANs. */
gboolean network_def_has_vlans(const NetworkDef *def);

/* The port group of that name; the default one for NULL. NULL when there is none. Borrowed. */
const NetworkPortgroup *network_def_portgroup(const NetworkDef *def, const char *name);

/* The first device of the pool, or NULL. Borrowed. */
const char *network_def_device(const NetworkDef *def);

/* The prefix length of an <ip>: given, from the netmask, or by the address's class; -1 when the netmask is none. */
int network_ip_prefix(const NetworkIp *ip);
int network_route_prefix(const NetworkRoute *route);

/* Whether guests' addresses of this <ip>, or of any, are translated on their way out. */
gboolean network_ip_is_translated(const NetworkDef *def, const NetworkIp *ip);
gboolean network_def_is_translated(const NetworkDef *def);

/* How long a lease is in seconds; 0 for ever. */
guint64 network_lease_seconds(const NetworkLease *lease);

/* Rows of the parts, for network_def.c and for updates of one part. */
extern const XmlElement network_forward_element, network_forward_interface_element, network_portgroup_element;
extern const XmlElement network_ip_element, network_route_element, network_dns_element;
extern const XmlElement network_dhcp_range_element, network_dhcp_host_element;
extern const XmlElement network_dns_host_element, network_dns_txt_element, network_dns_srv_element;
extern const XmlElement network_pci_element;
