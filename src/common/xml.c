/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/xml.h"

#include <libxml/parser.h>
#include <stdarg.h>
#include <string.h>

#include "common/error.h"
#include "common/short_text.h"

/* libxml2's own bound on depth is 256 unless XML_PARSE_HUGE is given, which we never do. */
/* Short texts, which the blanks between elements are, stand in their nodes. */
#define PARSE_OPTIONS (XML_PARSE_NONET | XML_PARSE_NOWARNING | XML_PARSE_NOERROR | XML_PARSE_COMPACT)

/* How much of a faulty line an error shows, in bytes. */
#define CONTEXT_MAX 80
static const char dashes[] = "--------------------------------------------------------------------------------";

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlParserCtxt, xmlFreeParserCtxt)

/* The line that an error is in, with a mark under its column, as users know it from xmllint. Caller frees. */
static char *error_context(const char *text, const xmlError *reason)
{
    const char *line = text;
    const char *end;

    for (int i = 1; i < reason->line && line; i++) {
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    if (!line || !*line)
        return g_strdup("");
    end = strchrnul(line, '\n');
    return g_strdup_printf("\n%.*s\n%.*s^", (int)MIN(end - line, CONTEXT_MAX), line, MIN(reason->int2 - 1, CONTEXT_MAX),
                           dashes);
}

static void set_detail(GError **error, int domain, const char *what, const char *text, const xmlError *reason)
{
    g_autofree char *message = g_strdup(reason && reason->message ? reason->message : "document is not well-formed");
    g_autofree char *context = reason ? error_context(text, reason) : g_strdup("");

    vir_error_set(error, domain, VIR_ERR_XML_DETAIL, "%s:%d: %s%s", what, reason ? reason->line : 0,
                  g_strstrip(message), context);
}

/* libxml2 goes on after an error and keeps the last; it is the first that says what is wrong. */
static void keep_first_error(void *data, xmlErrorPtr error)
{
    xmlParserCtxt *parser = data;
    xmlError *first = parser->_private;

    if (first->code == XML_ERR_OK && error->level >= XML_ERR_ERROR)
        xmlCopyError(error, first);
}

static gboolean has_entities(xmlDoc *doc)
{
    return doc->intSubset && (doc->intSubset->entities || doc->intSubset->SystemID || doc->intSubset->ExternalID);
}

/* libxml2 wants to be woken by one thread before several use it. */
static void wake_library(void)
{
    static gsize is_awake;

    if (g_once_init_enter(&is_awake)) {
        xmlInitParser();
        g_once_init_leave(&is_awake, TRUE);
    }
}

xmlDoc *xml_parse(const char *text, const char *root, const char *what, int domain, GError **error)
{
    g_autoptr(xmlParserCtxt) parser = NULL;
    g_autoptr(xmlDoc) doc = NULL;
    xmlError first = {0};
    gsize size = strlen(text);
    xmlNode *top;

    wake_library();
    parser = xmlNewParserCtxt();
    if (size > XML_DOCUMENT_MAX) {
        vir_error_set(error, domain, VIR_ERR_XML_DETAIL, "%s: document of %zu bytes is larger than %d", what, size,
                      XML_DOCUMENT_MAX);
        return NULL;
    }
    parser->_private = &first;
    parser->sax->serror = keep_first_error;
    doc = xmlCtxtReadMemory(parser, text, (int)size, NULL, NULL, PARSE_OPTIONS);
    if (!doc) {
        set_detail(error, domain, what, text, first.code == XML_ERR_OK ? NULL : &first);
        xmlResetError(&first);
        return NULL;
    }
    xmlResetError(&first);
    if (has_entities(doc)) {
        vir_error_set(error, domain, VIR_ERR_XML_DETAIL, "%s: entities and external document types are not taken",
                      what);
        return NULL;
    }
    top = xmlDocGetRootElement(doc);
    if (!top || (root && !xml_is(top, root))) {
        vir_error_set(error, VIR_FROM_XML, VIR_ERR_XML_ERROR, "expecting root element of '%s', not '%s'", root,
                      top ? (const char *)top->name : "");
        return NULL;
    }
    doc->_private = GINT_TO_POINTER(domain);
    return g_steal_pointer(&doc);
}

int xml_error_domain(xmlNode *node)
{
    return GPOINTER_TO_INT(node->doc->_private);
}

xmlDoc *xml_parse_file(const char *path, const char *root, int domain, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autofree char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, &reason)) {
        vir_error_set(error, VIR_FROM_XML, VIR_ERR_SYSTEM_ERROR, "%s", reason->message);
        return NULL;
    }
    return xml_parse(text, root, path, domain, error);
}

static const xmlAttr *find_attribute(const xmlNode *node, const char *name)
{
    for (const xmlAttr *attribute = node->properties; attribute; attribute = attribute->next) {
        if (!attribute->ns && strcmp((const char *)attribute->name, name) == 0)
            return attribute;
    }
    return NULL;
}

char *xml_attribute(xmlNode *node, const char *name)
{
    const xmlAttr *attribute = find_attribute(node, name);
    const xmlNode *text = attribute ? attribute->children : NULL;
    xmlChar *value;
    char *copy;

    if (!attribute)
        return NULL;
    /* Nearly all are one piece of text, which the library would copy twice. */
    if (!text || (text->type == XML_TEXT_NODE && !text->next))
        return g_strdup(text && text->content ? (const char *)text->content : "");
    value = xmlNodeListGetString(node->doc, attribute->children, 1);
    copy = g_strdup(value ? (const char *)value : "");
    xmlFree(value);
    return copy;
}

char *xml_text(xmlNode *node)
{
    GString *text = g_string_new(NULL);

    for (xmlNode *child = node->children; child; child = child->next) {
        if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE)
            g_string_append(text, (const char *)child->content);
    }
    return g_string_free(text, FALSE);
}

gboolean xml_is(xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static xmlNode *element_from(xmlNode *node)
{
    while (node && node->type != XML_ELEMENT_NODE)
        node = node->next;
    return node;
}

xmlNode *xml_first_element(xmlNode *node)
{
    return element_from(node->children);
}

xmlNode *xml_next_element(xmlNode *node)
{
    return element_from(node->next);
}

xmlNode *xml_child(xmlNode *node, const char *name)
{
    for (xmlNode *child = xml_first_element(node); child; child = xml_next_element(child)) {
        if (xml_is(child, name))
            return child;
    }
    return NULL;
}

static gboolean is_layout_only(xmlNode *node)
{
    gboolean has_elements = FALSE;

    for (xmlNode *child = node->children; child; child = child->next) {
        has_elements |= child->type == XML_ELEMENT_NODE;
        if (child->type != XML_ELEMENT_NODE && !xmlIsBlankNode(child))
            return FALSE;
    }
    return has_elements;
}

void xml_strip_layout(xmlNode *node)
{
    gboolean is_layout = is_layout_only(node);
    xmlNode *next;

    for (xmlNode *child = node->children; child; child = next) {
        next = child->next;
        if (child->type == XML_ELEMENT_NODE) {
            xml_strip_layout(child);
        } else if (is_layout) {
            xmlUnlinkNode(child);
            xmlFreeNode(child);
        }
    }
}

char *xml_node_format(xmlNode *node, int depth)
{
    xmlBuffer *buffer = xmlBufferCreate();
    char *text;

    xmlNodeDump(buffer, node->doc, node, depth, 1);
    text = g_strdup((const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
    return text;
}

typedef struct {
    gsize start;     /* where the output stood before the element */
    gsize name;      /* where its name stands in the output */
    gsize body;      /* where the output stood behind the name */
    gboolean in_tag; /* of the element around it, before */
} OpenElement;

struct XmlWriter {
    GString *out;
    GArray *open;      /* OpenElement, outermost first */
    gboolean in_tag;   /* the last one's start tag still takes attributes */
    gboolean has_text; /* the last one has text, so that its end tag stays on the line */
};

XmlWriter *xml_writer_new(void)
{
    XmlWriter *writer = g_new0(XmlWriter, 1);

    writer->out = g_string_new(NULL);
    writer->open = g_array_new(FALSE, FALSE, sizeof(OpenElement));
    return writer;
}

void xml_writer_free(XmlWriter *writer)
{
    if (!writer)
        return;
    g_string_free(writer->out, TRUE);
    g_array_unref(writer->open);
    g_free(writer);
}

/* Documents are written all the time, in pieces of a few bytes: nothing here goes through a format string, and what
 * there is room for is copied without a call. */
static inline void put(GString *out, const char *text, gsize size)
{
    if (out->len + size >= out->allocated_len) {
        g_string_append_len(out, text, (gssize)size);
        return;
    }
    memcpy(out->str + out->len, text, size);
    out->len += size;
    out->str[out->len] = '\0';
}

static inline void put_text(GString *out, const char *text)
{
    put(out, text, strlen(text));
}

static void indent(XmlWriter *writer)
{
    gsize begin = writer->out->len, width = (gsize)writer->open->len * 2;

    g_string_set_size(writer->out, begin + width);
    memset(writer->out->str + begin, ' ', width);
}

static void append_escaped(GString *out, const char *text, gboolean in_attribute)
{
    for (const char *c = text; *c; c++) {
        switch (*c) {
        case '<':
            put_text(out, "&lt;");
            break;
        case '>':
            put_text(out, "&gt;");
            break;
        case '&':
            put_text(out, "&amp;");
            break;
        case '\'':
            put_text(out, "&apos;");
            break;
        case '"':
            put_text(out, "&quot;");
            break;
        case '\n':
        case '\t':
            /* A parser folds these in attributes into blanks unless they are written as references. */
            if (in_attribute)
                g_string_append_printf(out, "&#%d;", *c);
            else
                g_string_append_c(out, *c);
            break;
        default:
            /* Control characters have no form in XML 1.0. */
            if ((guchar)*c >= 0x20)
                g_string_append_c(out, *c);
        }
    }
}

static void finish_tag(XmlWriter *writer, const char *with)
{
    if (writer->in_tag)
        put_text(writer->out, with);
    writer->in_tag = FALSE;
}

void xml_open(XmlWriter *writer, const char *name)
{
    OpenElement element = {.start = writer->out->len, .in_tag = writer->in_tag};

    finish_tag(writer, ">\n");
    indent(writer);
    g_string_append_c(writer->out, '<');
    element.name = writer->out->len;
    put_text(writer->out, name);
    element.body = writer->out->len;
    g_array_append_val(writer->open, element);
    writer->in_tag = TRUE;
    writer->has_text = FALSE;
}

void xml_close(XmlWriter *writer)
{
    guint last = writer->open->len - 1;
    OpenElement element = g_array_index(writer->open, OpenElement, last);

    g_array_set_size(writer->open, last);
    if (writer->in_tag) {
        finish_tag(writer, "/>\n");
        return;
    }
    if (!writer->has_text)
        indent(writer);
    put_text(writer->out, "</");
    /* GLib copies what is its own even when it moves. */
    put(writer->out, writer->out->str + element.name, element.body - element.name);
    put_text(writer->out, ">\n");
    writer->has_text = FALSE;
}

void xml_close_long(XmlWriter *writer)
{
    finish_tag(writer, ">\n");
    xml_close(writer);
}

void xml_close_unless_empty(XmlWriter *writer)
{
    const OpenElement *element = &g_array_index(writer->open, OpenElement, writer->open->len - 1);

    if (!writer->in_tag || writer->out->len > element->body) {
        xml_close(writer);
        return;
    }
    g_string_truncate(writer->out, element->start);
    writer->in_tag = element->in_tag;
    g_array_set_size(writer->open, writer->open->len - 1);
}

void xml_write_attribute(XmlWriter *writer, const char *name, const char *value)
{
    if (!value)
        return;
    g_assert(writer->in_tag);
    g_string_append_c(writer->out, ' ');
    put_text(writer->out, name);
    put_text(writer->out, "='");
    append_escaped(writer->out, value, TRUE);
    g_string_append_c(writer->out, '\'');
}

void xml_write_attributef(XmlWriter *writer, const char *name, const char *format, ...)
{
    g_auto(ShortText) text = {0};
    va_list args;

    va_start(args, format);
    xml_write_attribute(writer, name, short_text_vformat(&text, format, args));
    va_end(args);
}

void xml_write_textf(XmlWriter *writer, const char *format, ...)
{
    g_auto(ShortText) text = {0};
    va_list args;

    va_start(args, format);
    xml_write_text(writer, short_text_vformat(&text, format, args));
    va_end(args);
}

void xml_write_text(XmlWriter *writer, const char *text)
{
    finish_tag(writer, ">");
    append_escaped(writer->out, text, FALSE);
    writer->has_text = TRUE;
}

void xml_write_element(XmlWriter *writer, const char *name, const char *text)
{
    if (!text)
        return;
    xml_open(writer, name);
    if (*text)
        xml_write_text(writer, text);
    xml_close(writer);
}

void xml_write_verbatim(XmlWriter *writer, const char *xml)
{
    finish_tag(writer, ">\n");
    indent(writer);
    g_string_append(writer->out, xml);
    g_string_append_c(writer->out, '\n');
}

char *xml_writer_take(XmlWriter *writer)
{
    char *text;

    g_assert(writer->open->len == 0);
    text = g_string_free(writer->out, FALSE);
    writer->out = g_string_new(NULL);
    return text;
}
