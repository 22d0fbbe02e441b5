/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/network/network_port.h"

#include <string.h>

#include "common/error.h"
#include "conf/codecs.h"

/* ---- <plug> ---- */

static const char *const plug_types[NETWORK_PLUG_LAST] = {NULL, "network", "bridge", "direct", "hostdev-pci"};
static const char *const mac_tables[] = {NULL, "kernel", "libvirt"};
static const char *const direct_modes[NETWORK_FORWARD_LAST] = {
    [NETWORK_FORWARD_BRIDGE] = "bridge",
    [NETWORK_FORWARD_PRIVATE] = "private",
    [NETWORK_FORWARD_VEPA] = "vepa",
    [NETWORK_FORWARD_PASSTHROUGH] = "passthrough",
};

#define ON_BRIDGE XML_WHEN(NETWORK_PLUG_NETWORK) | XML_WHEN(NETWORK_PLUG_BRIDGE)
#define DIRECT    XML_WHEN(NETWORK_PLUG_DIRECT)
#define HOSTDEV   XML_WHEN(NETWORK_PLUG_HOSTDEV_PCI)

/* clang-format off */
static const XmlField plug_fields[] = {
    XML_ENUM(NetworkPlug, type, "@type", plug_types, .required = TRUE),
    XML_STRING(NetworkPlug, bridge, "@bridge", .when = ON_BRIDGE, .required = TRUE),
    XML_ENUM(NetworkPlug, mac_table, "@macTableManager", mac_tables, .when = ON_BRIDGE),
    XML_STRING(NetworkPlug, device, "@dev", .when = DIRECT, .required = TRUE),
    XML_ENUM(NetworkPlug, mode, "@mode", direct_modes, .when = DIRECT, .required = TRUE),
    XML_YESNO(NetworkPlug, managed, "@managed", .when = HOSTDEV),
    XML_STRING(NetworkPlug, driver, "driver/@name", .when = HOSTDEV),
    XML_STRUCT(NetworkPlug, address, "address", &network_pci_element, .when = HOSTDEV, .required = TRUE),
    XML_END,
};
/* clang-format on */
static const XmlElement plug_element = {.fields = plug_fields, .variant = offsetof(NetworkPlug, type)};

/* ---- <networkport> ---- */

static const XmlField owner_fields[] = {
    XML_STRING(NetworkPort, owner_name, "name", .required = TRUE),
    XML_CODEC(NetworkPort, owner_uuid, "uuid", &xml_codec_uuid, .required = TRUE),
    XML_END,
};
static const XmlElement owner_element = {.fields = owner_fields};

static const XmlField port_fields[] = {
    XML_CODEC(NetworkPort, uuid, "uuid", &xml_codec_uuid),
    XML_INSIDE("owner", &owner_element, .required = TRUE),
    XML_STRING(NetworkPort, group, "group"),
    XML_CODEC(NetworkPort, mac, "mac/@address", &xml_codec_mac, .required = TRUE),
    XML_STRUCT(NetworkPort, virtual_port, "virtualport", &virtual_port_element, .unless_empty = TRUE),
    XML_STRUCT(NetworkPort, bandwidth, "bandwidth", &bandwidth_element, .unless_empty = TRUE),
    XML_STRUCT(NetworkPort, vlan, "vlan", &vlan_element),
    XML_YESNO(NetworkPort, is_isolated, "port/@isolated"),
    XML_YESNO(NetworkPort, trust_guest_rx_filters, "rxfilters/@trustGuest"),
    XML_PART(NetworkPort, plug, "plug", &plug_element),
    XML_END,
};
const XmlElement network_port_element = {.size = sizeof(NetworkPort), .fields = port_fields};

static gboolean check(const NetworkPort *port, GError **error)
{
    if (mac_is_multicast(port->mac)) {
        char text[MAC_TEXT_LEN];

        mac_format(port->mac, text);
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_XML_ERROR,
                      "Invalid multicast mac address '%s' of a network port", text);
        return FALSE;
    }
    return bandwidth_check(port->bandwidth, TRUE, error) && vlan_check(port->vlan, error) &&
           virtual_port_check(port->virtual_port, error);
}

static NetworkPort *parse_doc(xmlDoc *doc, guint mode, GError **error)
{
    g_autoptr(NetworkPort) port = xml_struct_parse(&network_port_element, xmlDocGetRootElement(doc), mode, error);

    if (!port || !check(port, error))
        return NULL;
    if (uuid_is_nil(port->uuid))
        uuid_generate(port->uuid);
    return g_steal_pointer(&port);
}

NetworkPort *network_port_parse(const char *xml, guint mode, GError **error)
{
    g_autoptr(xmlDoc) doc = xml_parse(xml, "networkport", "(networkport_definition)", VIR_FROM_NETWORK, error);

    return doc ? parse_doc(doc, mode, error) : NULL;
}

NetworkPort *network_port_parse_file(const char *path, GError **error)
{
    g_autoptr(xmlDoc) doc = xml_parse_file(path, "networkport", VIR_FROM_NETWORK, error);

    return doc ? parse_doc(doc, XML_MODE_STATUS | XML_MODE_LIVE, error) : NULL;
}

void network_port_write(const NetworkPort *port, XmlWriter *writer)
{
    xml_struct_write(&network_port_element, writer, "networkport", port, XML_MODE_LIVE);
}

char *network_port_format(const NetworkPort *port)
{
    g_autoptr(XmlWriter) writer = xml_writer_new();

    network_port_write(port, writer);
    return xml_writer_take(writer);
}

NetworkPort *network_port_copy(const NetworkPort *port)
{
    return xml_struct_copy(&network_port_element, port);
}

void network_port_free(NetworkPort *port)
{
    xml_struct_free(&network_port_element, port);
}

/* ---- what the network says ---- */

/* Which virtual ports a kind of plug understands, and what it is called in errors. */
static const struct {
    guint types; /* bits of VirtualPortType */
    const char *what;
} plugs[NETWORK_PLUG_LAST] = {
    [NETWORK_PLUG_NETWORK] = {0, "IP forwarding"},
    [NETWORK_PLUG_BRIDGE] = {1u << VIRTUAL_PORT_OPENVSWITCH | 1u << VIRTUAL_PORT_MIDONET, "a bridge device"},
    [NETWORK_PLUG_DIRECT] = {1u << VIRTUAL_PORT_8021QBG | 1u << VIRTUAL_PORT_8021QBH, "a macvtap device"},
    [NETWORK_PLUG_HOSTDEV_PCI] = {1u << VIRTUAL_PORT_8021QBH, "an SR-IOV Virtual Function via PCI passthrough"},
};

static NetworkPlugType plug_of(const NetworkDef *network)
{
    NetworkForwardMode mode = network_def_mode(network);

    if (network_def_owns_bridge(network))
        return NETWORK_PLUG_NETWORK;
    if (mode == NETWORK_FORWARD_HOSTDEV)
        return NETWORK_PLUG_HOSTDEV_PCI;
    return mode == NETWORK_FORWARD_BRIDGE && network->bridge ? NETWORK_PLUG_BRIDGE : NETWORK_PLUG_DIRECT;
}

static gboolean find_group(const NetworkPort *port, const NetworkDef *network, const NetworkPortgroup **group,
                           GError **error)
{
    *group = network_def_portgroup(network, port->group);
    if (*group || !port->group)
        return TRUE;
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_INTERNAL_ERROR, "network '%s' has no portgroup '%s'", network->name,
                  port->group);
    return FALSE;
}

static gboolean complete_virtual_port(NetworkPort *port, const NetworkDef *network, const NetworkPortgroup *group,
                                      GError **error)
{
    NetworkPlugType type = plug_of(network);
    VirtualPort *merged;

    if (!virtual_port_merge(port->virtual_port, group ? group->virtual_port : NULL, network->virtual_port, &merged,
                            error))
        return FALSE;
    if (merged)
        virtual_port_fill(merged);
    if (merged && !(plugs[type].types & (1u << merged->type))) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_CONFIG_UNSUPPORTED,
                      "<virtualport type='%s'> not supported for network '%s' which uses %s",
                      virtual_port_type_name(merged->type), network->name, plugs[type].what);
        xml_struct_free(&virtual_port_element, merged);
        return FALSE;
    }
    if (!virtual_port_check_whole(merged, error)) {
        xml_struct_free(&virtual_port_element, merged);
        return FALSE;
    }
    xml_struct_free(&virtual_port_element, port->virtual_port);
    port->virtual_port = merged;
    return TRUE;
}

static XmlBool first_given(XmlBool a, XmlBool b, XmlBool c)
{
    return a ? a : b ? b : c;
}

static void complete_plug(NetworkPlug *plug, const NetworkDef *network)
{
    const NetworkForward *forward = network->forward;

    plug->type = plug_of(network);
    switch (plug->type) {
    case NETWORK_PLUG_NETWORK:
    case NETWORK_PLUG_BRIDGE:
        plug->bridge = g_strdup(network->bridge);
        plug->mac_table = network->mac_table;
        break;
    case NETWORK_PLUG_DIRECT:
        plug->mode = forward->mode;
        break;
    default:
        plug->managed = forward->managed;
        plug->driver = g_strdup(forward->driver);
    }
}

gboolean network_port_complete(NetworkPort *port, const NetworkDef *network, GError **error)
{
    const NetworkPortgroup *group;

    if (!find_group(port, network, &group, error) || !complete_virtual_port(port, network, group, error))
        return FALSE;
    if (!port->bandwidth && group)
        port->bandwidth = xml_struct_copy(&bandwidth_element, group->bandwidth);
    if (!port->vlan)
        port->vlan = xml_struct_copy(&vlan_element, group && group->vlan ? group->vlan : network->vlan);
    port->trust_guest_rx_filters =
        first_given(port->trust_guest_rx_filters, group ? group->trust_guest_rx_filters : XML_BOOL_ABSENT,
                    network->trust_guest_rx_filters);
    port->is_isolated = first_given(port->is_isolated, network->port_isolated, XML_BOOL_ABSENT);
    xml_struct_clear(&plug_element, &port->plug);
    port->plug = (NetworkPlug){0};
    complete_plug(&port->plug, network);
    return TRUE;
}
