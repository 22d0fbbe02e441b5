/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/network/network_def.h"

#include <string.h>

#include "common/error.h"
#include "conf/codecs.h"

#define DNSMASQ_NAMESPACE "http://libvirt.org/schemas/network/dnsmasq/1.0"

/* ---- <forward> ---- */

static const char *const mode_names[NETWORK_FORWARD_LAST] = {
    [NETWORK_FORWARD_NONE] = "none",       [NETWORK_FORWARD_NAT] = "nat",
    [NETWORK_FORWARD_ROUTE] = "route",     [NETWORK_FORWARD_OPEN] = "open",
    [NETWORK_FORWARD_BRIDGE] = "bridge",   [NETWORK_FORWARD_PRIVATE] = "private",
    [NETWORK_FORWARD_VEPA] = "vepa",       [NETWORK_FORWARD_PASSTHROUGH] = "passthrough",
    [NETWORK_FORWARD_HOSTDEV] = "hostdev",
};

const char *network_forward_mode_name(NetworkForwardMode mode)
{
    return mode_names[mode];
}

static gboolean parse_mode(const char *text, gpointer member, GError **error)
{
    int mode = xml_enum_find(mode_names, NETWORK_FORWARD_LAST, text);

    if (mode < 0) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_CONFIG_UNSUPPORTED, "unknown forwarding type '%s'", text);
        return FALSE;
    }
    *(NetworkForwardMode *)member = mode;
    return TRUE;
}

static char *format_mode(gconstpointer member)
{
    return g_strdup(mode_names[*(const NetworkForwardMode *)member]);
}

static const XmlCodec mode_codec = {parse_mode, format_mode, NULL};

static const XmlField interface_fields[] = {
    XML_STRING(NetworkForwardInterface, dev, "@dev", .required = TRUE),
    XML_UINT(NetworkForwardInterface, connections, "@connections", .only = XML_MODE_LIVE | XML_MODE_STATUS),
    XML_END,
};
static const XmlElement interface_element = {sizeof(NetworkForwardInterface), interface_fields};

static char *format_pci_number(gconstpointer member, int digits)
{
    return g_strdup_printf("0x%0*x", digits, *(const unsigned int *)member);
}

static gboolean parse_pci_number(const char *text, gpointer member, GError **error)
{
    guint64 value;

    if (!g_ascii_string_to_unsigned(g_str_has_prefix(text, "0x") ? text + 2 : text,
                                    g_str_has_prefix(text, "0x") ? 16 : 10, 0, 0xffff, &value, NULL))
        return FALSE;
    *(unsigned int *)member = (unsigned int)value;
    return TRUE;
}

static char *format_pci_4(gconstpointer member)
{
    return format_pci_number(member, 4);
}

static char *format_pci_2(gconstpointer member)
{
    return format_pci_number(member, 2);
}

static char *format_pci_1(gconstpointer member)
{
    return format_pci_number(member, 1);
}

static const XmlCodec pci_4_codec = {parse_pci_number, format_pci_4, NULL};
static const XmlCodec pci_2_codec = {parse_pci_number, format_pci_2, NULL};
static const XmlCodec pci_1_codec = {parse_pci_number, format_pci_1, NULL};

static gboolean check_pci_type(xmlNode *node, gpointer self, guint mode, GError **error)
{
    g_autofree char *type = xml_attribute(node, "type");

    if (g_strcmp0(type, "pci") == 0)
        return TRUE;
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_XML_ERROR, "unknown address type '%s' in network", type ? type : "");
    return FALSE;
}

static void write_pci_type(XmlWriter *writer, gconstpointer self, guint mode)
{
    xml_write_attribute(writer, "type", "pci");
}

static const XmlField pci_fields[] = {
    XML_CUSTOM("@type", .parse = check_pci_type, .format = write_pci_type),
    XML_CODEC(NetworkPciAddress, domain, "@domain", &pci_4_codec),
    XML_CODEC(NetworkPciAddress, bus, "@bus", &pci_2_codec),
    XML_CODEC(NetworkPciAddress, slot, "@slot", &pci_2_codec),
    XML_CODEC(NetworkPciAddress, function, "@function", &pci_1_codec),
    XML_TAKEN("@connections"),
    XML_END,
};
static const XmlElement pci_element = {sizeof(NetworkPciAddress), pci_fields};

static const XmlField nat_address_fields[] = {
    XML_CODEC(NetworkForward, nat_address_start, "@start", &xml_codec_ip, .required = TRUE),
    XML_CODEC(NetworkForward, nat_address_end, "@end", &xml_codec_ip, .required = TRUE),
    XML_END,
};
static const XmlElement nat_address_element = {0, nat_address_fields};
static const XmlField nat_port_fields[] = {
    XML_UINT(NetworkForward, nat_port_start, "@start", .required = TRUE),
    XML_UINT(NetworkForward, nat_port_end, "@end", .required = TRUE),
    XML_END,
};
static const XmlElement nat_port_element = {0, nat_port_fields};
static const XmlField nat_fields[] = {
    XML_YESNO(NetworkForward, nat_ipv6, "@ipv6"),
    XML_INSIDE("address", &nat_address_element),
    XML_INSIDE("port", &nat_port_element),
    XML_END,
};
static const XmlElement nat_element = {0, nat_fields};

static const XmlField forward_fields[] = {
    XML_STRING(NetworkForward, dev, "@dev"),
    XML_CODEC(NetworkForward, mode, "@mode", &mode_codec),
    XML_YESNO(NetworkForward, managed, "@managed"),
    XML_STRING(NetworkForward, driver, "driver/@name"),
    XML_INSIDE("nat", &nat_element),
    XML_STRING(NetworkForward, pf, "pf/@dev"),
    XML_LIST(NetworkForward, interfaces, "interface", &interface_element),
    XML_LIST(NetworkForward, addresses, "address", &pci_element),
    XML_END,
};

static void forward_init(gpointer self)
{
    ((NetworkForward *)self)->mode = NETWORK_FORWARD_NAT;
}

/* The attribute and the first <interface> name one device; whichever is given makes the other. */
static gboolean forward_parsed(xmlNode *node, gpointer self, GError **error)
{
    NetworkForward *forward = self;
    const NetworkForwardInterface *first =
        forward->interfaces && forward->interfaces->len ? forward->interfaces->pdata[0] : NULL;

    if (forward->dev && !first) {
        NetworkForwardInterface *made = g_new0(NetworkForwardInterface, 1);

        made->dev = g_strdup(forward->dev);
        forward->interfaces = forward->interfaces ? forward->interfaces : g_ptr_array_new();
        g_ptr_array_add(forward->interfaces, made);
    } else if (first && !forward->dev) {
        forward->dev = g_strdup(first->dev);
    } else if (first && strcmp(first->dev, forward->dev) != 0) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_XML_ERROR,
                      "forward dev '%s' must match first interface element dev '%s' in network", forward->dev,
                      first->dev);
        return FALSE;
    }
    return TRUE;
}

static const XmlElement forward_element = {sizeof(NetworkForward), forward_fields, forward_init, forward_parsed, NULL};

/* ---- <network> ---- */

static const char *const mac_tables[] = {NULL, "kernel", "libvirt"};

static const XmlField bridge_fields[] = {
    XML_STRING(NetworkDef, bridge, "@name"),
    XML_STRING(NetworkDef, zone, "@zone"),
    XML_ONOFF(NetworkDef, stp, "@stp"),
    XML_STRING(NetworkDef, delay, "@delay"),
    XML_ENUM(NetworkDef, mac_table, "@macTableManager", mac_tables),
    XML_END,
};
static const XmlElement bridge_element = {0, bridge_fields};

static const XmlField domain_fields[] = {
    XML_STRING(NetworkDef, domain, "@name", .required = TRUE),
    XML_YESNO(NetworkDef, domain_local_only, "@localOnly"),
    XML_YESNO(NetworkDef, domain_register, "@register"),
    XML_END,
};
static const XmlElement domain_element = {0, domain_fields};

static const XmlField portgroup_fields[] = {
    XML_STRING(NetworkPortgroup, name, "@name", .required = TRUE),
    XML_YESNO(NetworkPortgroup, is_default, "@default"),
    XML_YESNO(NetworkPortgroup, trust_guest_rx_filters, "@trustGuestRxFilters"),
    XML_REFUSE("virtualport"),
    XML_REFUSE("bandwidth"),
    XML_REFUSE("vlan"),
    XML_END,
};
static const XmlElement portgroup_element = {sizeof(NetworkPortgroup), portgroup_fields};

static gboolean parse_metadata(xmlNode *node, gpointer self, guint mode, GError **error)
{
    NetworkDef *def = self;
    GString *text = g_string_new(NULL);

    for (xmlNode *child = xml_first_element(node); child; child = xml_next_element(child)) {
        g_autofree char *one = xml_node_format(child, 2);
        g_string_append_printf(text, "%s%s", text->len ? "\n    " : "", one);
    }
    g_free(def->metadata);
    def->metadata = g_string_free(text, FALSE);
    return TRUE;
}

static void write_metadata(XmlWriter *writer, gconstpointer self, guint mode)
{
    const NetworkDef *def = self;

    if (!def->metadata || !*def->metadata)
        return;
    xml_open(writer, "metadata");
    xml_write_verbatim(writer, def->metadata);
    xml_close(writer);
}

static void clear_metadata(gpointer self)
{
    g_clear_pointer(&((NetworkDef *)self)->metadata, g_free);
}

static gboolean parse_dnsmasq_options(xmlNode *node, gpointer self, guint mode, GError **error)
{
    NetworkDef *def = self;

    /* A prefix that nobody declared is a part of the name. */
    if (!node->ns || g_strcmp0((const char *)node->ns->href, DNSMASQ_NAMESPACE) != 0)
        return TRUE;
    for (xmlNode *child = xml_first_element(node); child; child = xml_next_element(child)) {
        g_autofree char *value = xml_attribute(child, "value");

        if (!xml_is(child, "option"))
            continue;
        if (!value) {
            vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_INTERNAL_ERROR, "No dnsmasq options value specified");
            return FALSE;
        }
        if (!def->dnsmasq_options)
            def->dnsmasq_options = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(def->dnsmasq_options, g_steal_pointer(&value));
    }
    return TRUE;
}

static void write_dnsmasq_options(XmlWriter *writer, gconstpointer self, guint mode)
{
    const NetworkDef *def = self;

    if (!def->dnsmasq_options)
        return;
    xml_open(writer, "dnsmasq:options");
    for (guint i = 0; i < def->dnsmasq_options->len; i++) {
        xml_open(writer, "dnsmasq:option");
        xml_write_attribute(writer, "value", def->dnsmasq_options->pdata[i]);
        xml_close(writer);
    }
    xml_close(writer);
}

static void clear_dnsmasq_options(gpointer self)
{
    g_clear_pointer(&((NetworkDef *)self)->dnsmasq_options, g_ptr_array_unref);
}

static void write_namespaces(XmlWriter *writer, gconstpointer self, guint mode)
{
    if (((const NetworkDef *)self)->dnsmasq_options)
        xml_write_attribute(writer, "xmlns:dnsmasq", DNSMASQ_NAMESPACE);
}

static const XmlField network_fields[] = {
    XML_CUSTOM("@xmlns:dnsmasq", .format = write_namespaces),
    XML_UINT(NetworkDef, connections, "@connections", .only = XML_MODE_LIVE | XML_MODE_STATUS),
    XML_YESNO(NetworkDef, ipv6, "@ipv6"),
    XML_YESNO(NetworkDef, trust_guest_rx_filters, "@trustGuestRxFilters"),
    XML_STRING(NetworkDef, name, "name"),
    XML_CODEC(NetworkDef, uuid, "uuid", &xml_codec_uuid),
    XML_CUSTOM("metadata", .parse = parse_metadata, .format = write_metadata, .clear = clear_metadata),
    XML_STRUCT(NetworkDef, forward, "forward", &forward_element),
    XML_INSIDE("bridge", &bridge_element),
    XML_UINT(NetworkDef, mtu, "mtu/@size"),
    XML_CODEC(NetworkDef, mac, "mac/@address", &xml_codec_mac),
    XML_INSIDE("domain", &domain_element),
    XML_STRUCT(NetworkDef, dns, "dns", &network_dns_element),
    XML_REFUSE("vlan"),
    XML_REFUSE("virtualport"),
    XML_REFUSE("bandwidth"),
    XML_REFUSE("port"),
    XML_LIST(NetworkDef, ips, "ip", &network_ip_element),
    XML_LIST(NetworkDef, routes, "route", &network_route_element),
    XML_LIST(NetworkDef, portgroups, "portgroup", &portgroup_element),
    XML_CUSTOM("dnsmasq:options", .parse = parse_dnsmasq_options, .format = write_dnsmasq_options,
               .clear = clear_dnsmasq_options),
    XML_END,
};
static const XmlElement network_element = {sizeof(NetworkDef), network_fields};

/* ---- defaults ---- */

static void add_defaults(NetworkDef *def)
{
    static const guint8 none[MAC_LEN];

    if (uuid_is_nil(def->uuid))
        uuid_generate(def->uuid);
    /* <forward mode='none'/> is another way to say that there is none. */
    if (def->forward && def->forward->mode == NETWORK_FORWARD_NONE) {
        xml_struct_free(&forward_element, def->forward);
        def->forward = NULL;
    }
    if (!network_def_owns_bridge(def))
        return;
    if (def->stp == XML_BOOL_ABSENT)
        def->stp = XML_BOOL_YES;
    if (!def->delay)
        def->delay = g_strdup("0");
    /* A bridge whose address came from its ports would change it with them. */
    if (memcmp(def->mac, none, MAC_LEN) == 0)
        mac_generate(def->mac);
}

/* ---- the document ---- */

NetworkDef *network_def_parse_node(xmlNode *node, guint mode, GError **error)
{
    g_autoptr(NetworkDef) def = xml_struct_parse(&network_element, node, mode, error);

    if (!def)
        return NULL;
    add_defaults(def);
    return network_def_check(def, error) ? g_steal_pointer(&def) : NULL;
}

NetworkDef *network_def_parse(const char *xml, guint mode, GError **error)
{
    g_autoptr(xmlDoc) doc = xml_parse(xml, "network", "(network_definition)", VIR_FROM_NETWORK, error);

    return doc ? network_def_parse_node(xmlDocGetRootElement(doc), mode, error) : NULL;
}

NetworkDef *network_def_parse_file(const char *path, GError **error)
{
    g_autoptr(xmlDoc) doc = xml_parse_file(path, "network", VIR_FROM_NETWORK, error);

    return doc ? network_def_parse_node(xmlDocGetRootElement(doc), XML_MODE_INACTIVE, error) : NULL;
}

void network_def_write(const NetworkDef *def, XmlWriter *writer, guint mode)
{
    xml_struct_write(&network_element, writer, "network", def, mode);
}

char *network_def_format(const NetworkDef *def, guint mode)
{
    g_autoptr(XmlWriter) writer = xml_writer_new();

    network_def_write(def, writer, mode);
    return xml_writer_take(writer);
}

NetworkDef *network_def_copy(const NetworkDef *def)
{
    g_autofree char *xml = network_def_format(def, XML_MODE_STATUS);

    /* What we wrote ourselves passed the checks once already. */
    return network_def_parse(xml, XML_MODE_STATUS, NULL);
}

void network_def_free(NetworkDef *def)
{
    xml_struct_free(&network_element, def);
}

NetworkForwardMode network_def_mode(const NetworkDef *def)
{
    return def->forward ? def->forward->mode : NETWORK_FORWARD_NONE;
}

gboolean network_def_owns_bridge(const NetworkDef *def)
{
    NetworkForwardMode mode = network_def_mode(def);

    return mode <= NETWORK_FORWARD_OPEN;
}

const char *network_def_device(const NetworkDef *def)
{
    const NetworkForward *forward = def->forward;

    if (!forward || !forward->interfaces || !forward->interfaces->len)
        return NULL;
    return ((const NetworkForwardInterface *)forward->interfaces->pdata[0])->dev;
}
