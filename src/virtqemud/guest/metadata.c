/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/guest/metadata.h"

#include "common/error.h"
#include "common/xml.h"

static xmlDoc *parse_inside(const char *metadata, GError **error)
{
    g_autofree char *text = g_strdup_printf("<metadata>%s</metadata>", metadata ? metadata : "");

    return xml_parse(text, "metadata", "(metadata)", VIR_FROM_DOMAIN, error);
}

static xmlNode *find(xmlDoc *doc, const char *uri)
{
    for (xmlNode *node = xml_first_element(xmlDocGetRootElement(doc)); node; node = xml_next_element(node))
        if (node->ns && g_strcmp0((const char *)node->ns->href, uri) == 0)
            return node;
    return NULL;
}

char *metadata_get(const char *metadata, const char *uri)
{
    g_autoptr(xmlDoc) doc = parse_inside(metadata, NULL);
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

static gboolean add(xmlDoc *doc, const char *uri, const char *key, const char *element, GError **error)
{
    g_autoptr(xmlDoc) added = xml_parse(element, NULL, "(metadata_xml)", VIR_FROM_DOMAIN, error);
    xmlNode *node;

    if (!added)
        return FALSE;
    node = xmlDocCopyNode(xmlDocGetRootElement(added), doc, 1);
    xmlAddChild(xmlDocGetRootElement(doc), node);
    xmlSetNs(node, xmlNewNs(node, (const xmlChar *)uri, (const xmlChar *)key));
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

gboolean metadata_set(const char *metadata, const char *uri, const char *key, const char *element, char **result,
                      GError **error)
{
    g_autoptr(xmlDoc) doc = parse_inside(metadata, error);
    xmlNode *old = doc ? find(doc, uri) : NULL;

    if (!doc)
        return FALSE;
    if (old) {
        xmlUnlinkNode(old);
        xmlFreeNode(old);
    }
    if (element && !add(doc, uri, key, element, error))
        return FALSE;
    *result = format_inside(doc);
    return TRUE;
}
