/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * XML documents from outside, and the writer of ours. libxml2 does the parsing; here are its limits: no network, no
 * document type with entities, bounded size and depth. Thread-safe; never blocks.
 */
#pragma once

#include <glib.h>
#include <libxml/tree.h>

/* Largest document taken, in bytes. */
#define XML_DOCUMENT_MAX (8 * 1024 * 1024)

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)

/*
 * Parses text, whose root element must be root (NULL: any). what names the document in errors: "(domain_definition)";
 * domain is the VIR_FROM_* that they carry.
 * Returns the document (free with xmlFreeDoc) or NULL: VIR_ERR_XML_DETAIL with line and reason when it is not
 * well-formed or beyond a limit, VIR_ERR_XML_ERROR for another root.
 */
xmlDoc *xml_parse(const char *text, const char *root, const char *what, int domain, GError **error);

/* Reads a file of at most XML_DOCUMENT_MAX bytes and parses it as above; errors name the file. */
xmlDoc *xml_parse_file(const char *path, const char *root, int domain, GError **error);

/* The VIR_FROM_* that node's document was parsed with. */
int xml_error_domain(xmlNode *node);

/* The value of an attribute, or NULL. Caller frees. */
char *xml_attribute(xmlNode *node, const char *name);

/* The text inside an element, without that of its children; "" when it has none. Caller frees. */
char *xml_text(xmlNode *node);

/* The first child element called name, or NULL. Borrowed. */
xmlNode *xml_child(xmlNode *node, const char *name);

/* The first child element, and the next sibling element; NULL at the end. Text and comments are passed over. */
xmlNode *xml_first_element(xmlNode *node);
xmlNode *xml_next_element(xmlNode *node);

/* Whether node is an element called name. */
gboolean xml_is(xmlNode *node, const char *name);

/* Takes out the blanks between elements inside node, so that xml_node_format lays them out anew. Where there is other
 * text among the elements it is left alone. */
void xml_strip_layout(xmlNode *node);

/* Serializes a node as it stands, indented by depth levels of two spaces, for what is kept verbatim (metadata). Caller
 * frees. */
char *xml_node_format(xmlNode *node, int depth);

/*
 * The writer: libvirt's layout (two spaces a level, attributes in single quotes, <a/> for elements without content).
 * Open elements are closed in order; an attribute belongs to the element opened last and comes before its content.
 */
typedef struct XmlWriter XmlWriter;

XmlWriter *xml_writer_new(void);
void xml_writer_free(XmlWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XmlWriter, xml_writer_free)

void xml_open(XmlWriter *writer, const char *name);
void xml_close(XmlWriter *writer);
/* Closes the element opened last with an end tag, even when it is empty. */
void xml_close_long(XmlWriter *writer);
/* Closes the element opened last, or takes it back when it got neither attributes nor content. */
void xml_close_unless_empty(XmlWriter *writer);
/* value NULL writes nothing. Escapes. */
void xml_write_attribute(XmlWriter *writer, const char *name, const char *value);
void xml_write_attributef(XmlWriter *writer, const char *name, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* The text of the element opened last, which then takes no children. */
void xml_write_text(XmlWriter *writer, const char *text);
void xml_write_textf(XmlWriter *writer, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* <name>text</name>; text NULL writes nothing. */
void xml_write_element(XmlWriter *writer, const char *name, const char *text);
/* Lines that are XML already, one level deeper than the element opened last. */
void xml_write_verbatim(XmlWriter *writer, const char *xml);
/* The document, with a newline at its end. All elements must be closed; the writer is empty afterwards. Caller frees.
 */
char *xml_writer_take(XmlWriter *writer);
