/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/domain/interface.h"

#include <string.h>

#include "conf/codecs.h"
#include "conf/domain/disk.h"

/* clang-format off */
const char *const interface_types[INTERFACE_LAST] = {
    "network", "bridge", "user", "ethernet", "direct", "vhostuser", "server", "client", "mcast", "internal", "hostdev",
    "udp", "vdpa", "null", "vds",
};
const char *const macvtap_modes[MACVTAP_MODE_LAST] = {NULL, "vepa", "private", "bridge", "passthrough"};
const char *const link_states[LINK_STATE_LAST] = {NULL, "up", "down"};
const char *const interface_drivers[INTERFACE_DRIVER_LAST] = {NULL, "qemu", "vhost"};
const char *const tx_modes[TX_MODE_LAST] = {NULL, "iothread", "timer"};
static const char *const ip_families[IP_FAMILY_LAST] = {NULL, "ipv4", "ipv6"};

#define NETWORK  XML_WHEN(INTERFACE_NETWORK)
#define BRIDGE   XML_WHEN(INTERFACE_BRIDGE)
#define USER     XML_WHEN(INTERFACE_USER)
#define ETHERNET XML_WHEN(INTERFACE_ETHERNET)
#define DIRECT   XML_WHEN(INTERFACE_DIRECT)

/* ---- <ip> ---- */

static const XmlField ip_fields[] = {
    XML_STRING(InterfaceIp, address, "@address", .required = TRUE,
               .missing = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                                        "Missing required address in <ip>")),
    XML_ENUM(InterfaceIp, family, "@family", ip_families),
    XML_UINT(InterfaceIp, prefix, "@prefix"),
    XML_REFUSE("@peer"),
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

static const XmlElement ip_element = {.size = sizeof(InterfaceIp), .fields = ip_fields, .parsed = ip_parsed};

/* ---- <mac>, <target> ---- */

static gboolean mac_read(xmlNode *node, gpointer self, guint mode, GError **error)
{
    InterfaceDef *interface = self;
    g_autofree char *text = xml_attribute(node, "address");
    g_autofree char *type = xml_attribute(node, "type");
    g_autofree char *check = xml_attribute(node, "check");

    if (type || check) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED, "attribute '%s' of element 'mac' (line %ld)",
                      type ? "type" : "check", xmlGetLineNo(node));
        return FALSE;
    }
    if (!text)
        return TRUE;
    if (!mac_parse(text, interface->mac)) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "unable to parse mac address '%s' (line %ld)", text,
                      xmlGetLineNo(node));
        return FALSE;
    }
    if (mac_is_multicast(interface->mac)) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                      "expected unicast mac address, found multicast '%s' (line %ld)", text, xmlGetLineNo(node));
        return FALSE;
    }
    return TRUE;
}

static void mac_write(XmlWriter *writer, gconstpointer self, guint mode)
{
    char text[MAC_TEXT_LEN];

    mac_format(((const InterfaceDef *)self)->mac, text);
    xml_open(writer, "mac");
    xml_write_attribute(writer, "address", text);
    xml_close(writer);
}

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

/* ---- <interface> ---- */

/* clang-format off */
static const XmlField source_fields[] = {
    XML_STRING(InterfaceDef, network, "@network", .when = NETWORK),
    XML_STRING(InterfaceDef, portgroup, "@portgroup", .when = NETWORK),
    XML_STRING(InterfaceDef, port_id, "@portid", .when = NETWORK, .only = XML_MODE_LIVE),
    XML_TAKEN("@portid"),
    XML_STRING(InterfaceDef, bridge, "@bridge", .when = BRIDGE),
    XML_STRING(InterfaceDef, bridge, "@bridge", .when = NETWORK, .only = XML_MODE_LIVE),
    XML_STRING(InterfaceDef, device, "@dev", .when = DIRECT, .required = TRUE),
    XML_ENUM(InterfaceDef, mode, "@mode", macvtap_modes, .when = DIRECT),
    XML_REFUSE("ip"), XML_REFUSE("route"), XML_REFUSE("@macTableManager"),
    /* Of the types that the check refuses. */
    XML_TAKEN("@type"), XML_TAKEN("@path"), XML_TAKEN("@name"), XML_TAKEN("@address"), XML_TAKEN("@port"),
    XML_TAKEN("@missing"), XML_TAKEN("@switchid"), XML_TAKEN("@portgroupid"), XML_TAKEN("@connectionid"),
    XML_TAKEN("@dev"), XML_TAKEN("@mode"), XML_TAKEN("reconnect"), XML_TAKEN("local"), XML_TAKEN("vendor"),
    XML_TAKEN("product"), XML_TAKEN("address"),
    XML_END,
};
static const XmlElement source_element = {.fields = source_fields, .variant = offsetof(InterfaceDef, type)};

static const XmlField driver_fields[] = {
    XML_ENUM(InterfaceDef, driver, "@name", interface_drivers),
    XML_ENUM(InterfaceDef, tx_mode, "@txmode", tx_modes),
    XML_ONOFF(InterfaceDef, ioeventfd, "@ioeventfd"),
    XML_ONOFF(InterfaceDef, event_idx, "@event_idx"),
    XML_UINT(InterfaceDef, queues, "@queues"),
    XML_UINT(InterfaceDef, rx_queue_size, "@rx_queue_size"),
    XML_UINT(InterfaceDef, tx_queue_size, "@tx_queue_size"),
    XML_INCLUDE(InterfaceDef, virtio, &virtio_options_element),
    XML_REFUSE("@rss"), XML_REFUSE("@rss_hash_report"), XML_REFUSE("host"), XML_REFUSE("guest"),
    XML_END,
};
static const XmlElement driver_element = {.fields = driver_fields};

static const XmlField interface_fields[] = {
    XML_ENUM(InterfaceDef, type, "@type", interface_types, .required = TRUE, .always = TRUE),
    XML_REFUSE("@trustGuestRxFilters"),
    XML_TAKEN("@managed"), /* of type hostdev alone */
    XML_CUSTOM("mac", .parse = mac_read, .format = mac_write),
    XML_INSIDE("source", &source_element),
    XML_REFUSE("virtualport"), XML_REFUSE("bandwidth"), XML_REFUSE("vlan"), XML_REFUSE("port"),
    XML_LIST(InterfaceDef, ips, "ip", &ip_element, .when = USER),
    XML_REFUSE("route"), XML_REFUSE("portForward"), XML_REFUSE("backend"), XML_REFUSE("backenddomain"),
    XML_STRING(InterfaceDef, script, "script/@path", .when = ETHERNET),
    XML_TAKEN("script"), /* elsewhere of no effect */
    XML_REFUSE("downscript"),
    XML_CUSTOM("target", .parse = target_read, .format = target_write, .clear = target_clear, .own = target_own),
    XML_REFUSE("guest"), XML_REFUSE("filterref"), XML_REFUSE("tune"), XML_REFUSE("teaming"),
    XML_REFUSE("coalesce"),
    XML_STRING(InterfaceDef, model, "model/@type"),
    XML_INSIDE("driver", &driver_element),
    XML_ENUM(InterfaceDef, link, "link/@state", link_states),
    XML_UINT(InterfaceDef, mtu, "mtu/@size",
             .invalid = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "malformed mtu size")),
    XML_INCLUDE(InterfaceDef, info, &device_info_element),
    XML_END,
};
/* clang-format on */

const XmlElement interface_element = {
    .size = sizeof(InterfaceDef),
    .fields = interface_fields,
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
