/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virsh/document.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <stdlib.h>

#include "common/xml.h"

static void append_node(GString *text, xmlDoc *doc, xmlNode *node)
{
    xmlBuffer *buffer = xmlBufferCreate();

    if (xmlNodeDump(buffer, doc, node, 0, 1) >= 0)
        g_string_append_printf(text, "%s\n", (const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
}

char *document_node_text(xmlDoc *doc, xmlNode *node)
{
    GString *text = g_string_new(NULL);

    append_node(text, doc, node);
    return g_string_free(text, FALSE);
}

static void append_wrapped(GString *text, const xmlNodeSet *nodes)
{
    g_autoptr(xmlDoc) doc = xmlNewDoc((const xmlChar *)"1.0");
    xmlNode *root = xmlNewNode(NULL, (const xmlChar *)"nodes");

    xmlDocSetRootElement(doc, root);
    for (int i = 0; nodes && i < nodes->nodeNr; i++)
        xmlAddChild(root, xmlDocCopyNode(nodes->nodeTab[i], doc, 1));
    append_node(text, doc, root);
}

static void append_nodes(GString *text, xmlDoc *doc, const xmlNodeSet *nodes, gboolean is_wrapped)
{
    if (is_wrapped)
        append_wrapped(text, nodes);
    for (int i = 0; !is_wrapped && nodes && i < nodes->nodeNr; i++)
        append_node(text, doc, nodes->nodeTab[i]);
}

static void ignore_error(void *data, xmlError *error)
{
}

/* What the expression finds: nodes, or the text of a value. NULL: it is none. Caller frees. */
static char *find(xmlDoc *doc, const char *expression, gboolean is_wrapped)
{
    xmlXPathContext *context = xmlXPathNewContext(doc);
    xmlXPathObject *found;
    GString *text;

    context->error = ignore_error;
    found = xmlXPathEvalExpression((const xmlChar *)expression, context);
    text = found ? g_string_new(NULL) : NULL;
    if (found && found->type == XPATH_NODESET) {
        append_nodes(text, doc, found->nodesetval, is_wrapped);
    } else if (found) {
        xmlChar *value = xmlXPathCastToString(found);

        g_string_append_printf(text, "%s\n", value);
        xmlFree(value);
    }
    xmlXPathFreeObject(found);
    xmlXPathFreeContext(context);
    return text ? g_string_free(text, FALSE) : NULL;
}

gboolean document_print(Shell *shell, const Arguments *arguments, const char *xml)
{
    const char *expression = argument_string(arguments, "xpath");
    /* Without the blanks that indent it, so that what is found is indented by itself. */
    g_autoptr(xmlDoc) doc =
        expression ? xmlReadDoc((const xmlChar *)xml, NULL, NULL, XML_PARSE_NOBLANKS | XML_PARSE_NONET) : NULL;
    g_autofree char *found = NULL;

    if (doc)
        found = find(doc, expression, argument_flag(arguments, "wrap"));
    if (expression && !found) {
        shell_error(shell, "'%s' is no XPath expression", expression);
        return FALSE;
    }
    print_document(argument_output(arguments), expression ? found : xml);
    return TRUE;
}

xmlDoc *document_of_domain(Shell *shell, virDomainPtr domain, gboolean is_config)
{
    char *xml = virDomainGetXMLDesc(domain, is_config ? VIR_DOMAIN_XML_INACTIVE : 0);
    xmlDoc *doc = xml ? xmlReadDoc((const xmlChar *)xml, NULL, NULL, XML_PARSE_NONET) : NULL;

    free(xml);
    if (!doc)
        shell_fail(shell, "failed to get the XML of domain '%s'", virDomainGetName(domain));
    return doc;
}

gboolean document_has(xmlNode *node, const char *child, const char *attribute, const char *wanted)
{
    xmlNode *holder = xml_child(node, child);
    g_autofree char *text = holder ? xml_attribute(holder, attribute) : NULL;

    return text && g_ascii_strcasecmp(text, wanted) == 0;
}

static xmlNode *first_called(xmlNode *node, const char *kind)
{
    while (node && !xml_is(node, kind))
        node = xml_next_element(node);
    return node;
}

xmlNode *document_first_device(xmlDoc *doc, const char *kind)
{
    xmlNode *devices = xml_child(xmlDocGetRootElement(doc), "devices");

    return devices ? first_called(xml_first_element(devices), kind) : NULL;
}

xmlNode *document_next_device(xmlNode *device)
{
    return first_called(xml_next_element(device), (const char *)device->name);
}
