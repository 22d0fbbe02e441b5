/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A <networkport>: one guest's interface on a network. A hypervisor's daemon asks for it with what the guest's document
 * says; the network's daemon completes it with what the network says and with where to plug the guest in. Values only.
 * Follows networkport.rng.
 */
#pragma once

#include "conf/network/network_def.h"

typedef enum {
    NETWORK_PLUG_NONE, /* asked for, not allocated yet */
    NETWORK_PLUG_NETWORK,
    NETWORK_PLUG_BRIDGE,
    NETWORK_PLUG_DIRECT,
    NETWORK_PLUG_HOSTDEV_PCI,
    NETWORK_PLUG_LAST
} NetworkPlugType;

typedef struct {
    NetworkPlugType type;
    char *bridge; /* NETWORK, BRIDGE */
    NetworkMacTable mac_table;
    char *device; /* DIRECT */
    NetworkForwardMode mode;
    XmlBool managed; /* HOSTDEV_PCI */
    char *driver;
    NetworkPciAddress *address;
} NetworkPlug;

typedef struct {
    guint8 uuid[UUID_LEN];
    char *owner_name;
    guint8 owner_uuid[UUID_LEN];
    guint8 mac[MAC_LEN];
    char *group; /* the port group, or NULL */
    VirtualPort *virtual_port;
    Bandwidth *bandwidth;
    Vlan *vlan;
    XmlBool is_isolated, trust_guest_rx_filters;
    NetworkPlug plug;
} NetworkPort;

/* Its rows, for documents that contain one. */
extern const XmlElement network_port_element;

/* Reads a document; mode: XmlMode bits. NULL: VIR_ERR_XML_DETAIL, VIR_ERR_XML_ERROR, VIR_ERR_CONFIG_UNSUPPORTED. Free
 * with network_port_free. */
NetworkPort *network_port_parse(const char *xml, guint mode, GError **error);

/* The same from the file at path, which is ours. */
NetworkPort *network_port_parse_file(const char *path, GError **error);

/* Caller frees. */
char *network_port_format(const NetworkPort *port);
/* Into a larger document. */
void network_port_write(const NetworkPort *port, XmlWriter *writer);

NetworkPort *network_port_copy(const NetworkPort *port);
void network_port_free(NetworkPort *port);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetworkPort, network_port_free)

/*
 * Completes port by what network says, all but the device or function of a pool: port group, options, and the kind of
 * its plug with its bridge, mode or driver. On failure port is as it was: VIR_ERR_INTERNAL_ERROR for an unknown port
 * group, VIR_ERR_CONFIG_UNSUPPORTED for what the network's kind cannot give.
 */
gboolean network_port_complete(NetworkPort *port, const NetworkDef *network, GError **error);
