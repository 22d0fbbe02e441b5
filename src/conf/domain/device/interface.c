/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/domain/device/interface.h"

#include <string.h>

#include "conf/codecs.h"
#include "conf/domain/device/disk.h"

#define MODEL_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

/* clang-format off */
const char *const interface_types[INTERFACE_LAST] = {
    "network", "bridge", "user", "ethernet", "direct", "vhostuser", "server", "client", "mcast", "internal", "hostdev",
    "udp", "vdpa", "null", "vds",
};
const char *const link_states[LINK_STATE_LAST] = {NULL, "up", "down"};
static const char *const mac_types[MAC_TYPE_LAST] = {NULL, "generated", "static"};
static const char *const teaming_types[TEAMING_LAST] = {NULL, "persistent", "transient"};
/* clang-format on */

/* ---- <mac>, <target> ---- */

static gboolean parse_mac(const char *text, gpointer member, GError **error)
{
    if (!mac_parse(text, member)) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "unable to parse mac address '%s'", text);
        return FALSE;
    }
    if (mac_is_multicast(member)) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "expected unicast mac address, found multicast '%s'",
                      text);
        return FALSE;
    }
    return TRUE;
}

static char *format_mac(gconstpointer member)
{
    return xml_codec_mac.format(member);
}

static const XmlCodec card_mac_codec = {.parse = parse_mac, .format = format_mac};

/* Whether the name is one that daemons give by themselves. */
static gboolean is_generated_name(const char *name)
{
    static const char *const ours[] = {"vnet", "macvtap", "macvlan"};

    for (gsize i = 0; i < G_N_ELEMENTS(ours); i++) {
        if (g_str_has_prefix(name, ours[i]))
            return TRUE;
    }
    return FALSE;
}

static gboolean target_read(xmlNode *node, gpointer self, guint mode, GError **error)
{
    InterfaceDef *interface = self;
    g_autofree char *name = xml_attribute(node, "dev");
    g_autofree char *managed = xml_attribute(node, "managed");
    int value;

    if (name && !interface->target && ((mode & XML_MODE_LIVE) || !is_generated_name(name)))
        interface->target = g_steal_pointer(&name);
    if (!managed)
        return TRUE;
    value = xml_enum_find(xml_yes_no, XML_BOOL_LAST, managed);
    if (value < 0) {
        xml_set_invalid(error, node, "@managed", managed, NULL);
        return FALSE;
    }
    interface->is_managed = (XmlBool)value;
    return TRUE;
}

static void target_write(XmlWriter *writer, gconstpointer self, guint mode)
{
    const InterfaceDef *interface = self;

    xml_open(writer, "target");
    if (interface->target && ((mode & XML_MODE_LIVE) || !is_generated_name(interface->target)))
        xml_write_attribute(writer, "dev", interface->target);
    xml_write_attribute(writer, "managed", xml_yes_no[interface->is_managed]);
    xml_close_unless_empty(writer);
}

static void target_clear(gpointer self)
{
    g_clear_pointer(&((InterfaceDef *)self)->target, g_free);
}

static void target_own(gpointer self)
{
    ((InterfaceDef *)self)->target = g_strdup(((InterfaceDef *)self)->target);
}

/* ---- how it is plugged in ---- */

/* Whether the document shows what the network's daemon made of the interface, not what was asked for. */
static gboolean shows_port(gconstpointer self, guint mode)
{
    const InterfaceDef *interface = self;

    return interface->port && (mode & XML_MODE_LIVE) && !(mode & (XML_MODE_STATUS | XML_MODE_MIGRATABLE));
}

static void actual_type_write(XmlWriter *writer, gconstpointer self, guint mode)
{
    if (shows_port(self, mode))
        xml_write_attribute(writer, "type", interface_types[interface_actual_type(self)]);
}

static const XmlField port_options_fields[] = {
    XML_STRUCT(NetworkPort, vlan, "vlan", &vlan_element),
    XML_STRUCT(NetworkPort, virtual_port, "virtualport", &virtual_port_element, .unless_empty = TRUE),
    XML_STRUCT(NetworkPort, bandwidth, "bandwidth", &bandwidth_element, .unless_empty = TRUE),
    XML_YESNO(NetworkPort, is_isolated, "port/@isolated"),
    XML_END,
};
static const XmlElement port_options_element = {.fields = port_options_fields};

static void port_options_write(XmlWriter *writer, gconstpointer self, guint mode)
{
    if (shows_port(self, mode))
        xml_struct_format(&port_options_element, writer, ((const InterfaceDef *)self)->port, mode);
}

/* clang-format off */
/* ---- <filterref> ---- */

static const XmlField parameter_fields[] = {
    XML_STRING(FilterParameter, name, "@name", .required = TRUE),
    XML_STRING(FilterParameter, value, "@value", .required = TRUE),
    XML_END,
};
static const XmlElement parameter_element = {.size = sizeof(FilterParameter), .fields = parameter_fields};

static const XmlField filter_fields[] = {
    XML_STRING(InterfaceFilter, filter, "@filter", .required = TRUE),
    XML_LIST(InterfaceFilter, parameters, "parameter", &parameter_element),
    XML_END,
};
static const XmlElement filter_element = {.size = sizeof(InterfaceFilter), .fields = filter_fields};

/* ---- <tune>, <coalesce> ---- */

static gboolean sndbuf_read(xmlNode *node, gpointer self, guint mode, GError **error)
{
    InterfaceDef *interface = self;
    g_autofree char *text = xml_text(node);
    guint64 value;

    if (!text || !g_ascii_string_to_unsigned(g_strstrip(text), 10, 0, G_MAXULONG, &value, NULL)) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "sndbuf must be a positive integer (line %ld)",
                      xmlGetLineNo(node));
        return FALSE;
    }
    interface->has_sndbuf = TRUE;
    interface->sndbuf = value;
    return TRUE;
}

static void sndbuf_write(XmlWriter *writer, gconstpointer self, guint mode)
{
    const InterfaceDef *interface = self;
    g_autofree char *text = g_strdup_printf("%llu", interface->sndbuf);

    if (interface->has_sndbuf)
        xml_write_element(writer, "sndbuf", text);
}

static const XmlField tune_fields[] = {
    XML_CUSTOM("sndbuf", .parse = sndbuf_read, .format = sndbuf_write),
    XML_END,
};
static const XmlElement tune_element = {.fields = tune_fields};

static const XmlField frames_fields[] = {
    XML_UINT(InterfaceDef, coalesce_rx_frames, "frames/@max",
             .invalid = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_DETAIL,
                                      "cannot parse value '%s' for coalesce parameter")),
    XML_END,
};
static const XmlElement frames_element = {.fields = frames_fields};
static const XmlField coalesce_fields[] = {XML_INSIDE("rx", &frames_element), XML_END};
static const XmlElement coalesce_element = {.fields = coalesce_fields};

/* ---- <interface> ---- */

/* Nothing of it is kept; the check refuses what has it. */
static gboolean port_forward_read(xmlNode *node, gpointer self, guint mode, GError **error)
{
    ((InterfaceDef *)self)->has_port_forward = TRUE;
    return TRUE;
}

#define HOSTDEV XML_WHEN(INTERFACE_HOSTDEV)

static const XmlField interface_fields[] = {
    XML_ENUM(InterfaceDef, type, "@type", interface_types, .required = TRUE, .always = TRUE, .skip = shows_port),
    XML_CUSTOM("@type", .format = actual_type_write),
    XML_YESNO(InterfaceDef, is_hostdev_managed, "@managed", .when = HOSTDEV),
    XML_TAKEN("@managed"),
    XML_YESNO(InterfaceDef, trust_guest_rx_filters, "@trustGuestRxFilters"),
    XML_CODEC(InterfaceDef, mac, "mac/@address", &card_mac_codec),
    XML_ENUM(InterfaceDef, mac_type, "mac/@type", mac_types),
    XML_YESNO(InterfaceDef, mac_check, "mac/@check"),
    XML_INSIDE("source", &interface_source_element),
    XML_STRUCT(InterfaceDef, vlan, "vlan", &vlan_element, .skip = shows_port),
    XML_STRUCT(InterfaceDef, virtual_port, "virtualport", &virtual_port_element, .unless_empty = TRUE,
               .skip = shows_port),
    XML_STRUCT(InterfaceDef, bandwidth, "bandwidth", &bandwidth_element, .unless_empty = TRUE, .skip = shows_port),
    XML_YESNO(InterfaceDef, is_isolated, "port/@isolated", .skip = shows_port),
    XML_STRUCT(InterfaceDef, port, "networkport", &network_port_element, .only = XML_MODE_STATUS),
    XML_CUSTOM("port", .format = port_options_write),
    XML_LIST(InterfaceDef, ips, "ip", &interface_ip_element),
    XML_LIST(InterfaceDef, routes, "route", &network_route_element),
    XML_STRING(InterfaceDef, script, "script/@path"),
    XML_STRING(InterfaceDef, downscript, "downscript/@path"),
    XML_REFUSE("backenddomain"),
    XML_CUSTOM("target", .parse = target_read, .format = target_write, .clear = target_clear, .own = target_own),
    XML_STRING(InterfaceDef, guest_device, "guest/@dev"),
    XML_STRING(InterfaceDef, guest_actual, "guest/@actual", .only = XML_MODE_LIVE),
    XML_TAKEN("guest/@actual"),
    XML_STRING(InterfaceDef, model, "model/@type"),
    XML_INSIDE("driver", &interface_driver_element),
    XML_STRING(InterfaceDef, backend_type, "backend/@type"),
    XML_TAKEN("backend/@logFile"), /* of a type that the check refuses */
    XML_STRING(InterfaceDef, backend_tap, "backend/@tap"),
    XML_STRING(InterfaceDef, backend_vhost, "backend/@vhost"),
    XML_CUSTOM("portForward", .parse = port_forward_read),
    XML_STRUCT(InterfaceDef, filter, "filterref", &filter_element),
    XML_ENUM(InterfaceDef, link, "link/@state", link_states),
    XML_INSIDE("tune", &tune_element),
    XML_UINT(InterfaceDef, mtu, "mtu/@size",
             .invalid = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "malformed mtu size")),
    XML_INSIDE("coalesce", &coalesce_element),
    XML_ENUM(InterfaceDef, teaming, "teaming/@type", teaming_types),
    XML_STRING(InterfaceDef, teaming_persistent, "teaming/@persistent"),
    XML_INCLUDE(InterfaceDef, info, &device_info_element),
    XML_END,
};
/* clang-format on */

/* Where the schema asks for a source, reading does. The bridge's may be missing there, and is found by the check. */
static gboolean interface_parsed(xmlNode *node, gpointer self, GError **error)
{
    static const guint with_source = XML_WHEN(INTERFACE_NETWORK) | XML_WHEN(INTERFACE_VHOSTUSER);
    const InterfaceDef *interface = self;

    if (interface->model && interface->model[strspn(interface->model, MODEL_CHARACTERS)]) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG, "Model name contains invalid characters");
        return FALSE;
    }
    if (!(with_source & XML_WHEN(interface->type)) || interface->network || interface->socket.path)
        return TRUE;
    vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                  "interface type='%s' requires a 'source' element (line %ld)", interface_types[interface->type],
                  xmlGetLineNo(node));
    return FALSE;
}

const XmlElement interface_element = {
    .size = sizeof(InterfaceDef),
    .fields = interface_fields,
    .parsed = interface_parsed,
    .variant = offsetof(InterfaceDef, type),
};

void interface_def_free(InterfaceDef *interface)
{
    xml_struct_free(&interface_element, interface);
}

gboolean interface_is_virtio(const InterfaceDef *interface)
{
    return interface->model && xml_enum_find(virtio_models, VIRTIO_MODEL_LAST, interface->model) > VIRTIO_MODEL_DEFAULT;
}

InterfaceType interface_actual_type(const InterfaceDef *interface)
{
    static const InterfaceType types[NETWORK_PLUG_LAST] = {
        [NETWORK_PLUG_NONE] = INTERFACE_NETWORK,        [NETWORK_PLUG_NETWORK] = INTERFACE_NETWORK,
        [NETWORK_PLUG_BRIDGE] = INTERFACE_BRIDGE,       [NETWORK_PLUG_DIRECT] = INTERFACE_DIRECT,
        [NETWORK_PLUG_HOSTDEV_PCI] = INTERFACE_HOSTDEV,
    };

    return interface->port ? types[interface->port->plug.type] : interface->type;
}

const char *interface_bridge(const InterfaceDef *interface)
{
    return interface->port ? interface->port->plug.bridge : interface->bridge;
}

const char *interface_device(const InterfaceDef *interface)
{
    if (interface->port)
        return interface->port->plug.device;
    return interface->type == INTERFACE_DIRECT ? interface->device : NULL;
}

gboolean interface_has_device_alone(const InterfaceDef *interface)
{
    if (interface->port)
        return interface->port->plug.mode == NETWORK_FORWARD_PASSTHROUGH;
    return interface->type == INTERFACE_DIRECT && interface->mode == MACVTAP_MODE_PASSTHROUGH;
}

const Bandwidth *interface_bandwidth(const InterfaceDef *interface)
{
    return interface->port ? interface->port->bandwidth : interface->bandwidth;
}

const Vlan *interface_vlan(const InterfaceDef *interface)
{
    return interface->port ? interface->port->vlan : interface->vlan;
}

const VirtualPort *interface_virtual_port(const InterfaceDef *interface)
{
    return interface->port ? interface->port->virtual_port : interface->virtual_port;
}

gboolean interface_is_isolated(const InterfaceDef *interface)
{
    return (interface->port ? interface->port->is_isolated : interface->is_isolated) == XML_BOOL_YES;
}

gboolean interface_trusts_guest(const InterfaceDef *interface)
{
    return (interface->port ? interface->port->trust_guest_rx_filters : interface->trust_guest_rx_filters) ==
           XML_BOOL_YES;
}
