/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an interface is connected to: <source>, by the interface's type, and <ip> there and beside it. */
#include <string.h>

#include "conf/codecs.h"
#include "conf/domain/device/interface.h"

/* clang-format off */
const char *const macvtap_modes[MACVTAP_MODE_LAST] = {NULL, "vepa", "private", "bridge", "passthrough"};
static const char *const ip_families[IP_FAMILY_LAST] = {NULL, "ipv4", "ipv6"};
static const char *const socket_modes[SOCKET_MODE_LAST] = {NULL, "client", "server"};

/* ---- <ip> ---- */

static const XmlField ip_fields[] = {
    XML_STRING(InterfaceIp, address, "@address", .required = TRUE,
               .missing = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                                        "Missing required address in <ip>")),
    XML_ENUM(InterfaceIp, family, "@family", ip_families),
    XML_UINT(InterfaceIp, prefix, "@prefix"),
    XML_STRING(InterfaceIp, peer, "@peer"),
    XML_END,
};
/* clang-format on */

/* The family may be left out; it is that of the address. */
static gboolean ip_parsed(xmlNode *node, gpointer self, GError **error)
{
    InterfaceIp *ip = self;
    IpAddress address;
    IpFamily family = IP_FAMILY_NONE;

    if (ip_address_parse(ip->address, &address))
        family = strchr(ip->address, ':') ? IP_FAMILY_IPV6 : IP_FAMILY_IPV4;
    if (family == IP_FAMILY_NONE || (ip->family != IP_FAMILY_NONE && ip->family != family)) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "Invalid address '%s' in <ip> (line %ld)", ip->address,
                      xmlGetLineNo(node));
        return FALSE;
    }
    ip->family = family;
    if (ip->prefix > (family == IP_FAMILY_IPV4 ? 32 : 128)) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "Invalid prefix value '%u' in <ip> (line %ld)",
                      ip->prefix, xmlGetLineNo(node));
        return FALSE;
    }
    return TRUE;
}

const XmlElement interface_ip_element = {.size = sizeof(InterfaceIp), .fields = ip_fields, .parsed = ip_parsed};

/* ---- sockets ---- */

/* There is one kind. */
static gboolean socket_type_read(xmlNode *node, gpointer self, guint mode, GError **error)
{
    g_autofree char *type = xml_attribute(node, "type");

    if (!type || g_str_equal(type, "unix"))
        return TRUE;
    vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED, "Type='%s' unsupported for <source> (line %ld)",
                  type, xmlGetLineNo(node));
    return FALSE;
}

static void socket_type_write(XmlWriter *writer, gconstpointer self, guint mode)
{
    if (((const InterfaceDef *)self)->socket.path)
        xml_write_attribute(writer, "type", "unix");
}

/* ---- what a network's daemon made of it ---- */

static gboolean is_shown(gconstpointer self, guint mode)
{
    return ((const InterfaceDef *)self)->port && !(mode & (XML_MODE_STATUS | XML_MODE_MIGRATABLE));
}

static void plug_write(XmlWriter *writer, gconstpointer self, guint mode)
{
    const InterfaceDef *interface = self;
    const NetworkPlug *plug = is_shown(self, mode) ? &interface->port->plug : NULL;
    char id[UUID_TEXT_LEN];

    if (!plug)
        return;
    uuid_format(interface->port->uuid, id);
    xml_write_attribute(writer, "portid", id);
    xml_write_attribute(writer, "bridge", plug->bridge);
    xml_write_attribute(writer, "dev", plug->device);
    if (plug->type == NETWORK_PLUG_DIRECT)
        xml_write_attribute(writer, "mode", network_forward_mode_name(plug->mode));
}

/* ---- <source> ---- */

#define NETWORK   XML_WHEN(INTERFACE_NETWORK)
#define BRIDGE    XML_WHEN(INTERFACE_BRIDGE)
#define USER      XML_WHEN(INTERFACE_USER)
#define ETHERNET  XML_WHEN(INTERFACE_ETHERNET)
#define DIRECT    XML_WHEN(INTERFACE_DIRECT)
#define VHOSTUSER XML_WHEN(INTERFACE_VHOSTUSER)
#define SERVER    XML_WHEN(INTERFACE_SERVER)
#define REMOTE    XML_WHEN(INTERFACE_CLIENT) | XML_WHEN(INTERFACE_MCAST) | XML_WHEN(INTERFACE_UDP)
#define UDP       XML_WHEN(INTERFACE_UDP)
#define INTERNAL  XML_WHEN(INTERFACE_INTERNAL)
#define HOSTDEV   XML_WHEN(INTERFACE_HOSTDEV)
#define VDPA      XML_WHEN(INTERFACE_VDPA)
#define VDS       XML_WHEN(INTERFACE_VDS)

/* clang-format off */
static const XmlField source_fields[] = {
    XML_STRING(InterfaceDef, network, "@network", .when = NETWORK),
    XML_STRING(InterfaceDef, portgroup, "@portgroup", .when = NETWORK),
    XML_CUSTOM("@portid", .format = plug_write, .when = NETWORK, .only = XML_MODE_LIVE),
    XML_STRING(InterfaceDef, bridge, "@bridge", .when = BRIDGE),
    XML_STRING(InterfaceDef, device, "@dev", .when = DIRECT | VDPA, .required = TRUE),
    XML_STRING(InterfaceDef, device, "@dev", .when = USER),
    XML_ENUM(InterfaceDef, mode, "@mode", macvtap_modes, .when = DIRECT),
    XML_CUSTOM("@type", .parse = socket_type_read, .format = socket_type_write, .when = VHOSTUSER),
    XML_STRING(InterfaceDef, socket.path, "@path", .when = VHOSTUSER, .required = TRUE),
    XML_ENUM(InterfaceDef, socket.mode, "@mode", socket_modes, .when = VHOSTUSER, .required = TRUE),
    XML_YESNO(InterfaceDef, socket.reconnect, "reconnect/@enabled", .when = VHOSTUSER),
    XML_UINT(InterfaceDef, socket.reconnect_s, "reconnect/@timeout", .when = VHOSTUSER),
    XML_STRING(InterfaceDef, endpoint.address, "@address", .when = REMOTE, .required = TRUE),
    XML_STRING(InterfaceDef, endpoint.address, "@address", .when = SERVER),
    XML_UINT(InterfaceDef, endpoint.port, "@port", .when = SERVER | REMOTE, .required = TRUE),
    XML_STRING(InterfaceDef, endpoint.local_address, "local/@address", .when = UDP, .required = TRUE),
    XML_UINT(InterfaceDef, endpoint.local_port, "local/@port", .when = UDP, .required = TRUE),
    XML_STRING(InterfaceDef, internal_name, "@name", .when = INTERNAL, .required = TRUE),
    XML_CODEC(InterfaceDef, vds.switch_id, "@switchid", &xml_codec_uuid, .when = VDS, .required = TRUE),
    XML_STRING(InterfaceDef, vds.port, "@portid", .when = VDS, .required = TRUE),
    XML_STRING(InterfaceDef, vds.portgroup, "@portgroupid", .when = VDS, .required = TRUE),
    XML_STRING(InterfaceDef, vds.connection, "@connectionid", .when = VDS, .required = TRUE),
    XML_ENUM(InterfaceDef, host_type, "address/@type", device_address_types, .when = HOSTDEV, .required = TRUE),
    XML_CODEC(InterfaceDef, host_pci.domain, "address/@domain", &xml_codec_hex4, .when = HOSTDEV),
    XML_CODEC(InterfaceDef, host_pci.bus, "address/@bus", &xml_codec_hex2, .when = HOSTDEV),
    XML_CODEC(InterfaceDef, host_pci.slot, "address/@slot", &xml_codec_hex2, .when = HOSTDEV),
    XML_CODEC(InterfaceDef, host_pci.function, "address/@function", &xml_codec_hex, .when = HOSTDEV),
    XML_LIST(InterfaceDef, host_ips, "ip", &interface_ip_element, .when = ETHERNET),
    XML_LIST(InterfaceDef, host_routes, "route", &network_route_element, .when = ETHERNET),
    /* What a live document has of a network's plug, or what belongs to other types. */
    XML_TAKEN("@network"), XML_TAKEN("@portgroup"), XML_TAKEN("@bridge"), XML_TAKEN("@macTableManager"),
    XML_TAKEN("@dev"), XML_TAKEN("@mode"), XML_TAKEN("@address"), XML_TAKEN("@missing"),
    XML_REFUSE("vendor"), XML_REFUSE("product"),
    XML_END,
};
/* clang-format on */
const XmlElement interface_source_element = {.fields = source_fields, .variant = offsetof(InterfaceDef, type)};
