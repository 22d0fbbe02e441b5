/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/metadata.h"

#include <string.h>

#include "common/error.h"
#include "common/xml.h"
#include <libvirt/libvirt.h>

/* ---- elements ---- */

static xmlDoc *parse_inside(const MetadataTexts *texts, GError **error)
{
    g_autofree char *text = g_strdup_printf("<metadata>%s</metadata>", *texts->metadata ? *texts->metadata : "");

    return xml_parse(text, "metadata", "(metadata)", texts->domain, error);
}

static xmlNode *find(xmlDoc *doc, const char *uri)
{
    for (xmlNode *node = xml_first_element(xmlDocGetRootElement(doc)); node; node = xml_next_element(node))
        if (node->ns && g_strcmp0((const char *)node->ns->href, uri) == 0)
            return node;
    return NULL;
}

static char *get_element(const MetadataTexts *texts, const char *uri)
{
    g_autoptr(xmlDoc) doc = parse_inside(texts, NULL);
    xmlNode *node = doc ? find(doc, uri) : NULL;
    xmlNs *declared = node ? node->nsDef : NULL;
    char *text;

    if (!node)
        return NULL;
    /* The caller knows the namespace; the element is given back as it came. */
    xmlSetNs(node, NULL);
    node->nsDef = NULL;
    text = xml_node_format(node, 0);
    node->nsDef = declared; /* the document's, which releases it */
    return text;
}

static gboolean add(xmlDoc *doc, const MetadataChange *change, int domain, GError **error)
{
    g_autoptr(xmlDoc) added = xml_parse(change->text, NULL, "(metadata_xml)", domain, error);
    xmlNode *node;

    if (!added)
        return FALSE;
    node = xmlDocCopyNode(xmlDocGetRootElement(added), doc, 1);
    xmlAddChild(xmlDocGetRootElement(doc), node);
    xmlSetNs(node, xmlNewNs(node, (const xmlChar *)change->uri, (const xmlChar *)change->key));
    return TRUE;
}

static char *format_inside(xmlDoc *doc)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (xmlNode *node = xml_first_element(xmlDocGetRootElement(doc)); node; node = xml_next_element(node)) {
        g_autofree char *one = xml_node_format(node, 2);

        if (text->len > 0)
            g_string_append(text, "\n    ");
        g_string_append(text, one);
    }
    return text->len > 0 ? g_string_free(g_steal_pointer(&text), FALSE) : NULL;
}

static gboolean set_element(const MetadataTexts *texts, const MetadataChange *change, GError **error)
{
    g_autoptr(xmlDoc) doc = parse_inside(texts, error);
    xmlNode *old = doc ? find(doc, change->uri) : NULL;

    if (!doc)
        return FALSE;
    if (old) {
        xmlUnlinkNode(old);
        xmlFreeNode(old);
    }
    if (change->text && !add(doc, change, texts->domain, error))
        return FALSE;
    g_free(*texts->metadata);
    *texts->metadata = format_inside(doc);
    return TRUE;
}

/* ---- all of them ---- */

char *metadata_get(const MetadataTexts *texts, int type, const char *uri)
{
    switch (type) {
    case VIR_DOMAIN_METADATA_DESCRIPTION:
        return g_strdup(*texts->description);
    case VIR_DOMAIN_METADATA_TITLE:
        return g_strdup(*texts->title);
    default:
        return uri ? get_element(texts, uri) : NULL;
    }
}

gboolean metadata_check_type(int type, int domain, GError **error)
{
    return (type >= 0 && type < VIR_DOMAIN_METADATA_LAST) ||
           vir_error_fail(error, domain, VIR_ERR_INVALID_ARG, "unknown metadata type %d", type);
}

gboolean metadata_check(const MetadataChange *change, int domain, GError **error)
{
    if (!metadata_check_type(change->type, domain, error))
        return FALSE;
    if (change->type == VIR_DOMAIN_METADATA_TITLE && change->text && strchr(change->text, '\n'))
        return vir_error_fail(error, domain, VIR_ERR_INVALID_ARG, "metadata title can't contain newlines");
    if (change->type == VIR_DOMAIN_METADATA_ELEMENT && (!change->uri || (change->text && !change->key)))
        return vir_error_fail(error, domain, VIR_ERR_INVALID_ARG, "an element needs its namespace's URI and a prefix");
    return TRUE;
}

static gboolean set_text(char **text, const char *value)
{
    g_free(*text);
    *text = value && *value ? g_strdup(value) : NULL;
    return TRUE;
}

gboolean metadata_set(const MetadataTexts *texts, const MetadataChange *change, GError **error)
{
    switch (change->type) {
    case VIR_DOMAIN_METADATA_DESCRIPTION:
        return set_text(texts->description, change->text);
    case VIR_DOMAIN_METADATA_TITLE:
        return set_text(texts->title, change->text);
    default:
        return set_element(texts, change, error);
    }
}
