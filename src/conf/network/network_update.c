/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/network/network_update.h"

#include <string.h>
#include <sys/socket.h>

#include "conf/network/network_fail.h"

/* One row per section that can be changed. */
typedef struct {
    int section;
    const char *element; /* the root of the update's document */
    const char *what;    /* of an entry, in errors */
    const XmlElement *rows;
    /* The list that an entry belongs to; made when the document has none yet. NULL: *error. */
    GPtrArray **(*list)(NetworkDef *def, const NetworkUpdate *update, gconstpointer entry, GError **error);
    /* Whether there cannot be both. */
    gboolean (*clash)(gconstpointer a, gconstpointer b);
    /* Whether entry is what a deletion or modification means. */
    gboolean (*is_meant)(gconstpointer entry, gconstpointer wanted);
    gboolean can_modify; /* by its key: what clash() looks at first */
    gboolean (*may_delete)(const NetworkDef *def, gconstpointer entry, GError **error); /* or NULL */
} Section;

static gboolean same_text(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

static gboolean same_address(const IpAddress *a, const IpAddress *b)
{
    return a->family && ip_address_compare(a, b) == 0;
}

static gboolean same_mac(const char *a, const char *b)
{
    guint8 one[MAC_LEN], other[MAC_LEN];

    if (!a || !b)
        return FALSE;
    /* Written out in full, as nearly all are, they need not be taken apart. */
    if (strlen(a) == MAC_TEXT_LEN - 1 && strlen(b) == MAC_TEXT_LEN - 1)
        return g_ascii_strcasecmp(a, b) == 0;
    return mac_parse(a, one) && mac_parse(b, other) && memcmp(one, other, MAC_LEN) == 0;
}

static GPtrArray **made(GPtrArray **list)
{
    if (!*list)
        *list = g_ptr_array_new();
    return list;
}

/* ---- <ip><dhcp> ---- */

static gboolean serves(const NetworkIp *ip)
{
    return (ip->ranges && ip->ranges->len) || (ip->hosts && ip->hosts->len);
}

/* The <ip> whose network has the address; else the first IPv4 one with DHCP; else the first IPv4 one. */
static NetworkIp *fitting_ip(const NetworkDef *def, const IpAddress *address)
{
    NetworkIp *first = NULL;
    guint n = def->ips ? def->ips->len : 0;

    for (guint i = 0; i < n && address->family; i++) {
        NetworkIp *ip = def->ips->pdata[i];
        int prefix = network_ip_prefix(ip);

        if (prefix >= 0 && ip_address_same_network(&ip->address, address, (guint)prefix))
            return ip;
    }
    for (guint i = 0; i < n; i++) {
        NetworkIp *ip = def->ips->pdata[i];

        if (ip->address.family != AF_INET)
            continue;
        if (serves(ip))
            return ip;
        first = first ? first : ip;
    }
    return first;
}

static NetworkIp *find_ip(NetworkDef *def, const NetworkUpdate *update, const IpAddress *address, const char *what,
                          GError **error)
{
    guint n = def->ips ? def->ips->len : 0;
    NetworkIp *ip = update->parent_index < 0          ? fitting_ip(def, address)
                    : (guint)update->parent_index < n ? def->ips->pdata[update->parent_index]
                                                      : NULL;

    if (!ip && update->parent_index < 0)
        network_fail(error, VIR_ERR_OPERATION_INVALID,
                     "couldn't update %s entry - no <ip> element found in network '%s'", what, def->name);
    else if (!ip)
        network_fail(error, VIR_ERR_OPERATION_INVALID,
                     "couldn't update %s entry - no <ip> element found at index %d in network '%s'", what,
                     update->parent_index, def->name);
    return ip;
}

static GPtrArray **host_list(NetworkDef *def, const NetworkUpdate *update, gconstpointer entry, GError **error)
{
    NetworkIp *ip = find_ip(def, update, &((const NetworkDhcpHost *)entry)->ip, "dhcp host", error);

    if (!ip)
        return NULL;
    ip->has_dhcp = TRUE;
    return made(&ip->hosts);
}

static gboolean hosts_clash(gconstpointer a, gconstpointer b)
{
    const NetworkDhcpHost *one = a, *other = b;

    return same_mac(one->mac, other->mac) || same_text(one->name, other->name) || same_text(one->id, other->id) ||
           same_address(&one->ip, &other->ip);
}

static gboolean host_is_meant(gconstpointer entry, gconstpointer wanted)
{
    const NetworkDhcpHost *host = entry, *key = wanted;

    return (!key->mac || same_mac(host->mac, key->mac)) && (!key->name || same_text(host->name, key->name)) &&
           (!key->id || same_text(host->id, key->id)) && (!key->ip.family || same_address(&host->ip, &key->ip));
}

static GPtrArray **range_list(NetworkDef *def, const NetworkUpdate *update, gconstpointer entry, GError **error)
{
    NetworkIp *ip = find_ip(def, update, &((const NetworkDhcpRange *)entry)->start, "dhcp range", error);

    if (!ip)
        return NULL;
    ip->has_dhcp = TRUE;
    return made(&ip->ranges);
}

static gboolean same_range(gconstpointer a, gconstpointer b)
{
    const NetworkDhcpRange *one = a, *other = b;

    return same_address(&one->start, &other->start) && same_address(&one->end, &other->end);
}

/* ---- <forward><interface> ---- */

static GPtrArray **interface_list(NetworkDef *def, const NetworkUpdate *update, gconstpointer entry, GError **error)
{
    if (def->forward)
        return made(&def->forward->interfaces);
    network_fail(error, VIR_ERR_OPERATION_INVALID, "network '%s' is isolated, and has no forward interfaces",
                 def->name);
    return NULL;
}

static gboolean same_interface(gconstpointer a, gconstpointer b)
{
    return same_text(((const NetworkForwardInterface *)a)->dev, ((const NetworkForwardInterface *)b)->dev);
}

static gboolean interface_may_go(const NetworkDef *def, gconstpointer entry, GError **error)
{
    const NetworkForwardInterface *interface = entry;

    return !interface->connections ||
           network_fail(error, VIR_ERR_OPERATION_INVALID,
                        "unable to delete interface '%s' in network '%s'. It is currently being used by %u domains.",
                        interface->dev, def->name, interface->connections);
}

/* ---- <portgroup> ---- */

static GPtrArray **group_list(NetworkDef *def, const NetworkUpdate *update, gconstpointer entry, GError **error)
{
    return made(&def->portgroups);
}

static gboolean same_group(gconstpointer a, gconstpointer b)
{
    return same_text(((const NetworkPortgroup *)a)->name, ((const NetworkPortgroup *)b)->name);
}

/* ---- <dns> ---- */

static NetworkDns *dns_of(NetworkDef *def)
{
    if (!def->dns)
        def->dns = xml_struct_new(&network_dns_element);
    return def->dns;
}

static GPtrArray **dns_host_list(NetworkDef *def, const NetworkUpdate *update, gconstpointer entry, GError **error)
{
    return made(&dns_of(def)->hosts);
}

/* Records that share an address or a name. */
static gboolean dns_hosts_clash(gconstpointer a, gconstpointer b)
{
    const NetworkDnsHost *one = a, *other = b;

    if (same_address(&one->ip, &other->ip))
        return TRUE;
    for (guint i = 0; one->names && other->names && i < one->names->len; i++) {
        if (g_ptr_array_find_with_equal_func(other->names, one->names->pdata[i], g_str_equal, NULL))
            return TRUE;
    }
    return FALSE;
}

static GPtrArray **txt_list(NetworkDef *def, const NetworkUpdate *update, gconstpointer entry, GError **error)
{
    return made(&dns_of(def)->txts);
}

static gboolean same_txt(gconstpointer a, gconstpointer b)
{
    return same_text(((const NetworkDnsTxt *)a)->name, ((const NetworkDnsTxt *)b)->name);
}

static GPtrArray **srv_list(NetworkDef *def, const NetworkUpdate *update, gconstpointer entry, GError **error)
{
    return made(&dns_of(def)->srvs);
}

static gboolean srv_is_meant(gconstpointer entry, gconstpointer wanted)
{
    const NetworkDnsSrv *srv = entry, *key = wanted;

    return (!key->service || same_text(srv->service, key->service)) &&
           (!key->protocol || same_text(srv->protocol, key->protocol)) &&
           (!key->domain || same_text(srv->domain, key->domain)) &&
           (!key->target || same_text(srv->target, key->target));
}

/* clang-format off */
static const Section sections[] = {
    {VIR_NETWORK_SECTION_IP_DHCP_HOST, "host", "dhcp host", &network_dhcp_host_element, host_list, hosts_clash,
     host_is_meant, TRUE, NULL},
    {VIR_NETWORK_SECTION_IP_DHCP_RANGE, "range", "dhcp range", &network_dhcp_range_element, range_list, same_range,
     same_range, FALSE, NULL},
    {VIR_NETWORK_SECTION_FORWARD_INTERFACE, "interface", "forward interface", &network_forward_interface_element,
     interface_list, same_interface, same_interface, FALSE, interface_may_go},
    {VIR_NETWORK_SECTION_PORTGROUP, "portgroup", "portgroup", &network_portgroup_element, group_list, same_group,
     same_group, TRUE, NULL},
    {VIR_NETWORK_SECTION_DNS_HOST, "host", "DNS HOST", &network_dns_host_element, dns_host_list, dns_hosts_clash,
     dns_hosts_clash, FALSE, NULL},
    {VIR_NETWORK_SECTION_DNS_TXT, "txt", "DNS TXT", &network_dns_txt_element, txt_list, same_txt, same_txt, FALSE, NULL},
    {VIR_NETWORK_SECTION_DNS_SRV, "srv", "DNS SRV", &network_dns_srv_element, srv_list, srv_is_meant, srv_is_meant,
     FALSE, NULL},
};
/* clang-format on */

static const Section *find_section(const NetworkUpdate *update, const NetworkDef *def, GError **error)
{
    static const char *const fixed[] = {[VIR_NETWORK_SECTION_BRIDGE] = "bridge",
                                        [VIR_NETWORK_SECTION_DOMAIN] = "domain",
                                        [VIR_NETWORK_SECTION_IP] = "ip",
                                        [VIR_NETWORK_SECTION_FORWARD] = "forward",
                                        [VIR_NETWORK_SECTION_FORWARD_PF] = "forward pf"};

    for (gsize i = 0; i < G_N_ELEMENTS(sections); i++) {
        if (sections[i].section == update->section)
            return &sections[i];
    }
    if (update->section > 0 && (gsize)update->section < G_N_ELEMENTS(fixed) && fixed[update->section])
        network_fail(error, VIR_ERR_OPERATION_UNSUPPORTED, "can't update '%s' section of network '%s'",
                     fixed[update->section], def->name);
    else
        network_fail(error, VIR_ERR_NO_SUPPORT, "can't update unrecognized section of network (%d)", update->section);
    return NULL;
}

/* ---- the commands ---- */

/* The index of the only entry that fits, -1 for none, -2 for several. */
static int find_entry(const GPtrArray *list, gboolean (*fits)(gconstpointer, gconstpointer), gconstpointer wanted)
{
    int found = -1;

    for (guint i = 0; i < list->len; i++) {
        if (!fits(list->pdata[i], wanted))
            continue;
        if (found >= 0)
            return -2;
        found = (int)i;
    }
    return found;
}

static gboolean check_found(const Section *section, const NetworkDef *def, int found, GError **error)
{
    if (found >= 0)
        return TRUE;
    return found == -1
               ? network_fail(error, VIR_ERR_OPERATION_INVALID, "couldn't locate a matching %s entry in network '%s'",
                              section->what, def->name)
               : network_fail(error, VIR_ERR_OPERATION_INVALID,
                              "multiple matching %s entries were found in network '%s'", section->what, def->name);
}

/* Whether entry may stand beside all in the list but the one at index except (-1: none). */
static gboolean check_clash(const Section *section, const NetworkDef *def, const GPtrArray *list, int except,
                            gconstpointer entry, GError **error)
{
    for (guint i = 0; i < list->len; i++) {
        if ((int)i != except && section->clash(list->pdata[i], entry))
            return network_fail(error, VIR_ERR_OPERATION_INVALID,
                                "there is an existing %s entry in network '%s' that matches", section->what, def->name);
    }
    return TRUE;
}

/* Takes over entry. */
static gboolean add(const Section *section, const NetworkDef *def, GPtrArray *list, int command, gpointer entry,
                    GError **error)
{
    if (!check_clash(section, def, list, -1, entry, error)) {
        xml_struct_free(section->rows, entry);
        return FALSE;
    }
    g_ptr_array_insert(list, command == VIR_NETWORK_UPDATE_COMMAND_ADD_FIRST ? 0 : -1, entry);
    return TRUE;
}

/* A host is known by its MAC, its name or its id, while its address may be what changes; failing that, by its address.
 */
static gboolean has_key_of(gconstpointer entry, gconstpointer wanted)
{
    const NetworkDhcpHost *host = entry, *key = wanted;

    return same_mac(host->mac, key->mac) || same_text(host->name, key->name) || same_text(host->id, key->id);
}

static gboolean has_address_of(gconstpointer entry, gconstpointer wanted)
{
    return same_address(&((const NetworkDhcpHost *)entry)->ip, &((const NetworkDhcpHost *)wanted)->ip);
}

static int find_host(const GPtrArray *list, gconstpointer wanted)
{
    int found = find_entry(list, has_key_of, wanted);

    return found == -1 ? find_entry(list, has_address_of, wanted) : found;
}

/* Takes over entry. */
static gboolean modify(const Section *section, const NetworkDef *def, GPtrArray *list, gpointer entry, GError **error)
{
    gboolean is_host = section->section == VIR_NETWORK_SECTION_IP_DHCP_HOST;
    int found = is_host ? find_host(list, entry) : find_entry(list, section->is_meant, entry);

    if (!check_found(section, def, found, error) || !check_clash(section, def, list, found, entry, error)) {
        xml_struct_free(section->rows, entry);
        return FALSE;
    }
    xml_struct_free(section->rows, list->pdata[found]);
    list->pdata[found] = entry;
    return TRUE;
}

static gboolean delete (const Section *section, const NetworkDef *def, GPtrArray *list, gconstpointer wanted,
                        GError **error)
{
    int found = find_entry(list, section->is_meant, wanted);

    if (!check_found(section, def, found, error) ||
        (section->may_delete && !section->may_delete(def, list->pdata[found], error)))
        return FALSE;
    xml_struct_free(section->rows, g_ptr_array_remove_index(list, (guint)found));
    return TRUE;
}

static gboolean apply(const Section *section, NetworkDef *def, const NetworkUpdate *update, xmlNode *node,
                      GError **error)
{
    XmlElement rows = *section->rows;
    GPtrArray **list;
    gpointer entry;
    gboolean ok;

    /* What is to be deleted need not be whole. */
    if (update->command == VIR_NETWORK_UPDATE_COMMAND_DELETE)
        rows.parsed = NULL;
    entry = xml_struct_parse(&rows, node, XML_MODE_INACTIVE, error);
    if (!entry)
        return FALSE;
    list = section->list(def, update, entry, error);
    if (list && update->command == VIR_NETWORK_UPDATE_COMMAND_MODIFY)
        return modify(section, def, *list, entry, error);
    if (list && update->command != VIR_NETWORK_UPDATE_COMMAND_DELETE)
        return add(section, def, *list, update->command, entry, error);
    ok = list && delete (section, def, *list, entry, error);
    xml_struct_free(section->rows, entry);
    return ok;
}

/* ---- the whole ---- */

static gboolean check_command(const Section *section, const NetworkUpdate *update, GError **error)
{
    switch (update->command) {
    case VIR_NETWORK_UPDATE_COMMAND_ADD_FIRST:
    case VIR_NETWORK_UPDATE_COMMAND_ADD_LAST:
    case VIR_NETWORK_UPDATE_COMMAND_DELETE:
        return TRUE;
    case VIR_NETWORK_UPDATE_COMMAND_MODIFY:
        return section->can_modify ||
               network_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                            "%s entries cannot be modified, only added or deleted", section->what);
    default:
        return network_fail(error, VIR_ERR_NO_SUPPORT, "unrecognized network update command code %d", update->command);
    }
}

/* What else the document says because of its lists. */
static void tidy(NetworkDef *def)
{
    if (def->forward) {
        g_free(def->forward->dev);
        def->forward->dev = g_strdup(network_def_device(def));
    }
    for (guint i = 0; def->ips && i < def->ips->len; i++) {
        NetworkIp *ip = def->ips->pdata[i];

        if (!serves(ip) && !ip->bootp_file)
            ip->has_dhcp = FALSE;
    }
}

gboolean network_def_update(NetworkDef *def, const NetworkUpdate *update, GError **error)
{
    const Section *section = find_section(update, def, error);
    g_autoptr(xmlDoc) doc = NULL;
    xmlNode *root;
    gboolean is_bunch;

    if (!section || !check_command(section, update, error))
        return FALSE;
    doc = xml_parse(update->xml, NULL, "(network_update)", VIR_FROM_NETWORK, error);
    if (!doc)
        return FALSE;
    root = xmlDocGetRootElement(doc);
    is_bunch = section->section == VIR_NETWORK_SECTION_IP_DHCP_HOST && xml_is(root, "dhcp");
    if (!is_bunch && !xml_is(root, section->element))
        return network_fail(error, VIR_ERR_XML_ERROR,
                            "unexpected element <%s>, expecting <%s>, while updating network '%s'", root->name,
                            section->element, def->name);
    for (xmlNode *node = is_bunch ? xml_first_element(root) : root; node;
         node = is_bunch ? xml_next_element(node) : NULL) {
        if (!xml_is(node, section->element))
            return network_fail(error, VIR_ERR_XML_ERROR, "unexpected element <%s> in <dhcp>, expecting <host>",
                                node->name);
        if (!apply(section, def, update, node, error))
            return FALSE;
    }
    tidy(def);
    return network_def_check(def, error);
}
