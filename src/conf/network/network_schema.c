/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/network/network_schema.h"

#include <string.h>

#include "common/error.h"
#include "common/identifiers.h"
#include "common/ip_address.h"
#include "common/xml.h"

/* ---- forms of values ---- */

static gboolean is_number(const char *text)
{
    return *text && strspn(text, "0123456789") == strlen(text);
}

static gboolean is_unicast_mac(const char *text)
{
    guint8 mac[MAC_LEN];

    return strlen(text) == MAC_TEXT_LEN - 1 && mac_parse(text, mac) && !mac_is_multicast(mac);
}

static gboolean is_device_name(const char *text)
{
    for (const char *c = text; *c; c++) {
        if (!g_ascii_isalnum(*c) && !strchr("_.-\\:/@~", *c))
            return FALSE;
    }
    return *text != '\0';
}

static gboolean is_one_of(const char *text, const char *const *words)
{
    return g_strv_contains(words, text);
}

static gboolean is_on_off(const char *text)
{
    return is_one_of(text, (const char *const[]){"on", "off", NULL});
}

static gboolean is_family(const char *text)
{
    return is_one_of(text, (const char *const[]){"ipv4", "ipv6", NULL});
}

static gboolean is_protocol(const char *text)
{
    return is_one_of(text, (const char *const[]){"tcp", "udp", NULL});
}

static gboolean is_driver(const char *text)
{
    return is_one_of(text, (const char *const[]){"kvm", "vfio", NULL});
}

static gboolean is_forward_mode(const char *text)
{
    return is_one_of(text, (const char *const[]){"nat", "route", "open", "bridge", "passthrough", "private", "vepa",
                                                 "hostdev", NULL});
}

static gboolean is_mtu(const char *text)
{
    return is_number(text) && g_ascii_strtoull(text, NULL, 10) <= 65535;
}

/* ---- the tables ---- */

/* Elements are found by their name and their parent's. */
static const struct {
    const char *parent, *element, *attribute;
    gboolean (*fits)(const char *text);
} values[] = {
    {"network", "bridge", "name", is_device_name},
    {"network", "bridge", "delay", is_number},
    {"network", "bridge", "stp", is_on_off},
    {"network", "mac", "address", is_unicast_mac},
    {"network", "mtu", "size", is_mtu},
    {"network", "forward", "mode", is_forward_mode},
    {"network", "forward", "dev", is_device_name},
    {"forward", "interface", "dev", is_device_name},
    {"forward", "pf", "dev", is_device_name},
    {"forward", "driver", "name", is_driver},
    {"network", "ip", "family", is_family},
    {"network", "route", "family", is_family},
    {"dhcp", "host", "mac", is_unicast_mac},
    {"dns", "srv", "protocol", is_protocol},
    {"network", "portgroup", "name", is_device_name},
};

static const struct {
    const char *parent, *element, *attribute;
} required[] = {
    {"network", "mac", "address"},   {"network", "mtu", "size"},      {"network", "domain", "name"},
    {"network", "route", "address"}, {"network", "route", "gateway"}, {"dhcp", "host", "ip"},
    {"dns", "host", "ip"},           {"dns", "txt", "name"},          {"dns", "txt", "value"},
    {"dns", "srv", "service"},       {"dns", "srv", "protocol"},      {"forward", "address", "type"},
    {"network", "ip", "address"},
};

/* One of them at most. */
static const struct {
    const char *parent, *element, *first, *second;
} exclusive[] = {
    {"network", "ip", "netmask", "prefix"},
    {"network", "route", "netmask", "prefix"},
    {"dhcp", "host", "mac", "id"},
};

/* ---- looking ---- */

static gboolean fail(GError **error, xmlNode *node, const char *format, const char *attribute)
{
    g_autofree char *what = g_strdup_printf(format, attribute, (const char *)node->name);

    vir_error_set(error, VIR_FROM_XML, VIR_ERR_XML_INVALID_SCHEMA, "%s (line %ld)", what, xmlGetLineNo(node));
    return FALSE;
}

static gboolean is_element(xmlNode *node, const char *parent, const char *element)
{
    return xml_is(node, element) && node->parent && xml_is(node->parent, parent);
}

static gboolean has(xmlNode *node, const char *attribute)
{
    return xmlHasProp(node, (const xmlChar *)attribute) != NULL;
}

static gboolean check_values(xmlNode *node, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autofree char *text = NULL;

        if (!is_element(node, values[i].parent, values[i].element))
            continue;
        text = xml_attribute(node, values[i].attribute);
        if (text && !values[i].fits(text))
            return fail(error, node, "attribute '%s' of element '%s' has a value that it may not have",
                        values[i].attribute);
    }
    return TRUE;
}

static gboolean check_presence(xmlNode *node, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(required); i++) {
        if (is_element(node, required[i].parent, required[i].element) && !has(node, required[i].attribute))
            return fail(error, node, "attribute '%s' of element '%s' is missing", required[i].attribute);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(exclusive); i++) {
        if (is_element(node, exclusive[i].parent, exclusive[i].element) && has(node, exclusive[i].first) &&
            has(node, exclusive[i].second))
            return fail(error, node, "attribute '%s' of element '%s' excludes another that is there",
                        exclusive[i].first);
    }
    if (is_element(node, "dhcp", "host") && !has(node, "mac") && !has(node, "id") && !has(node, "name"))
        return fail(error, node, "attribute '%s' of element '%s' is missing", "mac");
    return TRUE;
}

gboolean network_schema_check(xmlNode *network, GError **error)
{
    if (!check_values(network, error) || !check_presence(network, error))
        return FALSE;
    /* Metadata is anybody's. */
    for (xmlNode *child = xml_first_element(network); child; child = xml_next_element(child)) {
        if (!is_element(child, "network", "metadata") && !network_schema_check(child, error))
            return FALSE;
    }
    return TRUE;
}
