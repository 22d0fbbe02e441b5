/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/network/network_def.h"

#include <string.h>

#include "common/error.h"
#include "conf/codecs.h"
#include "conf/network/network_schema.h"

#define DNSMASQ_NAMESPACE "http://libvirt.org/schemas/network/dnsmasq/1.0"

/* ---- <network> ---- */

static const char *const mac_tables[] = {NULL, "kernel", "libvirt"};

/* Whatever is not "off" is on. */
static gboolean parse_stp(const char *text, gpointer member, GError **error)
{
    *(XmlBool *)member = strcmp(text, "off") == 0 ? XML_BOOL_NO : XML_BOOL_YES;
    return TRUE;
}

static char *format_stp(gconstpointer member)
{
    return g_strdup(xml_on_off[*(const XmlBool *)member]);
}

static const XmlCodec stp_codec = {parse_stp, format_stp, NULL, NULL};

static const XmlField bridge_fields[] = {
    XML_STRING(NetworkDef, bridge, "@name"),
    XML_STRING(NetworkDef, zone, "@zone"),
    XML_CODEC(NetworkDef, stp, "@stp", &stp_codec),
    XML_STRING(NetworkDef, delay, "@delay"),
    XML_ENUM(NetworkDef, mac_table, "@macTableManager", mac_tables),
    XML_END,
};
static const XmlElement bridge_element = {0, bridge_fields};

static const XmlField domain_fields[] = {
    XML_STRING(NetworkDef, domain, "@name"),
    XML_YESNO(NetworkDef, domain_local_only, "@localOnly"),
    XML_YESNO(NetworkDef, domain_register, "@register"),
    XML_END,
};
/* A domain without a name is none. */
static gboolean domain_parsed(xmlNode *node, gpointer self, GError **error)
{
    NetworkDef *def = self;

    if (!def->domain)
        def->domain_local_only = def->domain_register = XML_BOOL_ABSENT;
    return TRUE;
}

static const XmlElement domain_element = {.fields = domain_fields, .parsed = domain_parsed};

static const XmlField portgroup_fields[] = {
    XML_STRING(NetworkPortgroup, name, "@name", .required = TRUE),
    XML_YESNO(NetworkPortgroup, is_default, "@default"),
    XML_YESNO(NetworkPortgroup, trust_guest_rx_filters, "@trustGuestRxFilters"),
    XML_STRUCT(NetworkPortgroup, vlan, "vlan", &vlan_element),
    XML_STRUCT(NetworkPortgroup, virtual_port, "virtualport", &virtual_port_element, .unless_empty = TRUE),
    XML_STRUCT(NetworkPortgroup, bandwidth, "bandwidth", &bandwidth_element, .unless_empty = TRUE),
    XML_END,
};
const XmlElement network_portgroup_element = {sizeof(NetworkPortgroup), portgroup_fields};

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

static void own_metadata(gpointer self)
{
    ((NetworkDef *)self)->metadata = g_strdup(((NetworkDef *)self)->metadata);
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

static gpointer copy_text(gconstpointer text, gpointer data)
{
    return g_strdup(text);
}

static void own_dnsmasq_options(gpointer self)
{
    NetworkDef *def = self;

    if (def->dnsmasq_options)
        def->dnsmasq_options = g_ptr_array_copy(def->dnsmasq_options, copy_text, NULL);
}

static void write_namespaces(XmlWriter *writer, gconstpointer self, guint mode)
{
    if (((const NetworkDef *)self)->dnsmasq_options)
        xml_write_attribute(writer, "xmlns:dnsmasq", DNSMASQ_NAMESPACE);
}

static const XmlField network_fields[] = {
    XML_CUSTOM("@xmlns:dnsmasq", .format = write_namespaces),
    XML_UINT(NetworkDef, connections, "@connections", .only = XML_MODE_LIVE | XML_MODE_STATUS),
    XML_TAKEN("@connections"),
    XML_YESNO(NetworkDef, ipv6, "@ipv6"),
    XML_YESNO(NetworkDef, trust_guest_rx_filters, "@trustGuestRxFilters"),
    XML_STRING(NetworkDef, name, "name"),
    XML_CODEC(NetworkDef, uuid, "uuid", &xml_codec_uuid,
              .invalid = XML_COMPLAINT(VIR_FROM_NETWORK, VIR_ERR_INTERNAL_ERROR, "malformed uuid element")),
    XML_STRING(NetworkDef, title, "title"),
    XML_STRING(NetworkDef, description, "description"),
    XML_CUSTOM("metadata", .parse = parse_metadata, .format = write_metadata, .clear = clear_metadata,
               .own = own_metadata),
    XML_STRUCT(NetworkDef, forward, "forward", &network_forward_element),
    XML_INSIDE("bridge", &bridge_element),
    XML_UINT(NetworkDef, mtu, "mtu/@size",
             .invalid = XML_COMPLAINT(VIR_FROM_NETWORK, VIR_ERR_XML_ERROR, "Invalid mtu size '%s' in network")),
    XML_CODEC(NetworkDef, mac, "mac/@address", &xml_codec_mac),
    XML_INSIDE("domain", &domain_element),
    XML_STRUCT(NetworkDef, dns, "dns", &network_dns_element, .unless_empty = TRUE),
    XML_STRUCT(NetworkDef, vlan, "vlan", &vlan_element),
    XML_STRUCT(NetworkDef, bandwidth, "bandwidth", &bandwidth_element, .unless_empty = TRUE),
    XML_YESNO(NetworkDef, port_isolated, "port/@isolated"),
    XML_LIST(NetworkDef, ips, "ip", &network_ip_element),
    XML_LIST(NetworkDef, routes, "route", &network_route_element),
    XML_STRUCT(NetworkDef, virtual_port, "virtualport", &virtual_port_element, .unless_empty = TRUE),
    XML_LIST(NetworkDef, portgroups, "portgroup", &network_portgroup_element),
    XML_CUSTOM("dnsmasq:options", .parse = parse_dnsmasq_options, .format = write_dnsmasq_options,
               .clear = clear_dnsmasq_options, .own = own_dnsmasq_options),
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
        xml_struct_free(&network_forward_element, def->forward);
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
    g_autoptr(NetworkDef) def = NULL;

    if ((mode & XML_MODE_VALIDATE) && !network_schema_check(node, error))
        return NULL;
    def = xml_struct_parse(&network_element, node, mode, error);
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
    return xml_struct_copy(&network_element, def);
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

gboolean network_def_has_vlans(const NetworkDef *def)
{
    for (guint i = 0; def->portgroups && i < def->portgroups->len; i++)
        if (((const NetworkPortgroup *)def->portgroups->pdata[i])->vlan)
            return TRUE;
    return def->vlan != NULL;
}

const char *network_def_device(const NetworkDef *def)
{
    const NetworkForward *forward = def->forward;

    if (!forward || !forward->interfaces || !forward->interfaces->len)
        return NULL;
    return ((const NetworkForwardInterface *)forward->interfaces->pdata[0])->dev;
}

const NetworkPortgroup *network_def_portgroup(const NetworkDef *def, const char *name)
{
    for (guint i = 0; def->portgroups && i < def->portgroups->len; i++) {
        const NetworkPortgroup *group = def->portgroups->pdata[i];

        if (name ? strcmp(group->name, name) == 0 : group->is_default == XML_BOOL_YES)
            return group;
    }
    return NULL;
}
