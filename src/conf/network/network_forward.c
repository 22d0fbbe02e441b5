/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <forward>: the mode, and the devices or functions of a pool. */
#include <string.h>

#include "common/error.h"
#include "conf/codecs.h"
#include "conf/network/network_def.h"

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
    XML_TAKEN("@connections"),
    XML_END,
};
const XmlElement network_forward_interface_element = {sizeof(NetworkForwardInterface), interface_fields};

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
    XML_CODEC(NetworkPciAddress, domain, "@domain", &pci_4_codec),
    XML_CODEC(NetworkPciAddress, bus, "@bus", &pci_2_codec),
    XML_CODEC(NetworkPciAddress, slot, "@slot", &pci_2_codec),
    XML_CODEC(NetworkPciAddress, function, "@function", &pci_1_codec),
    XML_END,
};
const XmlElement network_pci_element = {sizeof(NetworkPciAddress), pci_fields};

/* In a pool an address tells its type too. */
static const XmlField pool_address_fields[] = {
    XML_CUSTOM("@type", .parse = check_pci_type, .format = write_pci_type),
    {.place = "", .kind = XML_KIND_INCLUDE, .element = &network_pci_element},
    XML_UINT(NetworkPciAddress, connections, "@connections", .only = XML_MODE_LIVE | XML_MODE_STATUS),
    XML_TAKEN("@connections"),
    XML_END,
};
static const XmlElement pool_address_element = {sizeof(NetworkPciAddress), pool_address_fields};

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

static gboolean parse_pf(xmlNode *node, gpointer self, guint mode, GError **error)
{
    NetworkForward *forward = self;

    if (forward->pf) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_XML_ERROR,
                      "Only one <pf> element is allowed in <forward> of network (line %ld)", xmlGetLineNo(node));
        return FALSE;
    }
    forward->pf = xml_attribute(node, "dev");
    if (!forward->pf)
        xml_set_missing(error, node, "@dev");
    return forward->pf != NULL;
}

static void write_pf(XmlWriter *writer, gconstpointer self, guint mode)
{
    const NetworkForward *forward = self;

    if (!forward->pf)
        return;
    xml_open(writer, "pf");
    xml_write_attribute(writer, "dev", forward->pf);
    xml_close(writer);
}

static void clear_pf(gpointer self)
{
    g_clear_pointer(&((NetworkForward *)self)->pf, g_free);
}

static void own_pf(gpointer self)
{
    ((NetworkForward *)self)->pf = g_strdup(((NetworkForward *)self)->pf);
}

/* A card's functions are looked up at each start, and are nothing to keep. */
static gboolean is_found_again(gconstpointer self, guint mode)
{
    return ((const NetworkForward *)self)->pf && (!(mode & XML_MODE_LIVE) || (mode & XML_MODE_STATUS));
}

static const XmlField forward_fields[] = {
    XML_STRING(NetworkForward, dev, "@dev"),
    XML_CODEC(NetworkForward, mode, "@mode", &mode_codec),
    XML_YESNO(NetworkForward, managed, "@managed"),
    XML_STRING(NetworkForward, driver, "driver/@name"),
    XML_INSIDE("nat", &nat_element),
    XML_CUSTOM("pf", .parse = parse_pf, .format = write_pf, .clear = clear_pf, .own = own_pf),
    XML_LIST(NetworkForward, interfaces, "interface", &network_forward_interface_element, .skip = is_found_again),
    XML_LIST(NetworkForward, addresses, "address", &pool_address_element, .skip = is_found_again),
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

    /* Devices that are named are the pool, and the card's functions are not, as libvirt reads it. */
    if (forward->dev || first)
        g_clear_pointer(&forward->pf, g_free);
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

const XmlElement network_forward_element = {sizeof(NetworkForward), forward_fields, forward_init, forward_parsed, NULL};
