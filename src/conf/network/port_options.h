/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How a guest is plugged in, as a network, its port groups, its ports and guests' interfaces all say it: <bandwidth>,
 * <vlan>, <virtualport>. Values only. Follows formatnetwork's description and networkcommon.rng.
 *
 * Each element's rows read, write, copy and release (conf/xml_table.h); a struct that says nothing is not written when
 * its row has .unless_empty. Errors are of VIR_FROM_NONE, as libvirt has them for these parts.
 */
#pragma once

#include "common/identifiers.h"
#include "common/port_vlans.h"
#include "conf/xml_table.h"

/* A rate: KB/s of 1000 bytes, burst in KiB; 0: not given. */
typedef struct {
    unsigned long long average, peak, floor, burst;
} BandwidthRate;

typedef struct {
    BandwidthRate *inbound, *outbound; /* to and from the guest; each may be NULL */
    unsigned int class_id;             /* live: the traffic class of a port with a floor; 0: none */
} Bandwidth;

/* Its numbers as calls name them: "inbound.average" and the like. */
typedef struct {
    const char *name;
    gboolean is_outbound;
    gsize offset; /* in BandwidthRate */
} BandwidthLimit;

#define BANDWIDTH_LIMITS 7
extern const BandwidthLimit bandwidth_limits[BANDWIDTH_LIMITS];

/* The number, 0 where there is none; bandwidth may be NULL. */
unsigned long long bandwidth_get_limit(const Bandwidth *bandwidth, const BandwidthLimit *limit);
/* Sets the number of that name. FALSE: there is none. */
gboolean bandwidth_set_limit(Bandwidth *bandwidth, const char *name, unsigned long long value);
/* A side whose numbers are all zero has no limit. */
void bandwidth_drop_zero(Bandwidth *bandwidth);

typedef enum { VLAN_NATIVE_DEFAULT, VLAN_NATIVE_TAGGED, VLAN_NATIVE_UNTAGGED, VLAN_NATIVE_LAST } VlanNativeMode;

typedef struct {
    unsigned int id; /* at most VLAN_ID_MAX */
    VlanNativeMode native_mode;
} VlanTag;

#define VLAN_ID_MAX 4095

typedef struct {
    XmlBool trunk;
    GPtrArray *tags; /* VlanTag, at least one */
} Vlan;

/* The same as switches have it: the one tag, or those of a trunk. */
void vlan_to_port(const Vlan *vlan, PortVlans *port);

typedef enum {
    VIRTUAL_PORT_NO_TYPE,
    VIRTUAL_PORT_8021QBG,
    VIRTUAL_PORT_8021QBH,
    VIRTUAL_PORT_OPENVSWITCH,
    VIRTUAL_PORT_MIDONET,
    VIRTUAL_PORT_LAST
} VirtualPortType;

/* The numbers have a given-flag beside them, because 0 is one. */
typedef struct {
    unsigned int value;
    gboolean given;
} VirtualPortNumber;

typedef struct {
    VirtualPortType type;
    VirtualPortNumber manager_id, type_id, type_id_version;
    guint8 instance_id[UUID_LEN], interface_id[UUID_LEN]; /* nil: not given */
    char *profile_id;
} VirtualPort;

const char *virtual_port_type_name(VirtualPortType type);

extern const XmlElement bandwidth_element, vlan_element, virtual_port_element;

/* What each may say across its members; NULL says nothing wrong. may_have_floor: whether this is a place that can
 * promise a guest a rate. Errors: VIR_ERR_XML_DETAIL, VIR_ERR_XML_ERROR, VIR_ERR_CONFIG_UNSUPPORTED. */
gboolean bandwidth_check(const Bandwidth *bandwidth, gboolean may_have_floor, GError **error);
gboolean vlan_check(const Vlan *vlan, GError **error);
gboolean virtual_port_check(const VirtualPort *port, GError **error);

/* Makes up the ids by which the type's switches know a port, where they are not given. */
void virtual_port_fill(VirtualPort *port);
/* Takes the ids that are not given from base, when that is of the same type. */
void virtual_port_keep_ids(VirtualPort *port, const VirtualPort *base);
/* Whether nothing is missing that the type needs, after that; NULL says nothing wrong. FALSE: VIR_ERR_XML_ERROR. */
gboolean virtual_port_check_whole(const VirtualPort *port, GError **error);

/*
 * What is in force where several places speak: own, then the port group's, then the network's. Each may be NULL.
 * *merged is a new struct (release with xml_struct_free and virtual_port_element), or NULL when none says anything.
 * FALSE: VIR_ERR_CONFIG_UNSUPPORTED for places of different types, VIR_ERR_XML_ERROR for parameters that another
 * place's type does not know.
 */
gboolean virtual_port_merge(const VirtualPort *own, const VirtualPort *group, const VirtualPort *network,
                            VirtualPort **merged, GError **error);
