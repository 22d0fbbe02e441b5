/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/xml_table.h"

#include <errno.h>
#include <string.h>

#include "common/error.h"

const char *const xml_yes_no[XML_BOOL_LAST] = {NULL, "yes", "no"};
const char *const xml_on_off[XML_BOOL_LAST] = {NULL, "on", "off"};

/* ---- places ---- */

/* A place taken apart: the child it speaks of (empty: this element) and the attribute (empty: the text). */
typedef struct {
    const char *child;
    gsize child_len;
    const char *attribute;
} Place;

static Place place_parse(const char *text)
{
    gsize child_len = *text == '@' ? 0 : strcspn(text, "/");
    const char *rest = text + child_len;
    Place place = {.child = text, .child_len = child_len};

    if (*rest)
        place.attribute = rest + (*rest == '/' ? 2 : 1);
    if (child_len == 1 && *text == '.')
        place.child_len = 0;
    return place;
}

/* Whether node is the child that place speaks of. Elements of another namespace are written "prefix:name". */
static gboolean place_has_child(const Place *place, xmlNode *node)
{
    const char *prefix = node->ns && node->ns->prefix ? (const char *)node->ns->prefix : NULL;
    const char *name = place->child;
    gsize len = place->child_len;

    if (prefix) {
        gsize prefix_len = strlen(prefix);

        if (len <= prefix_len || strncmp(name, prefix, prefix_len) != 0 || name[prefix_len] != ':')
            return FALSE;
        name += prefix_len + 1;
        len -= prefix_len + 1;
    }
    /* Most are not, as all rows look at all children: so the first letter is asked before all of them. */
    return *node->name == (xmlChar)*name && strncmp((const char *)node->name, name, len) == 0 && !node->name[len];
}

static xmlNode *place_next(const Place *place, xmlNode *node)
{
    while (node && !place_has_child(place, node))
        node = xml_next_element(node);
    return node;
}

/* ---- errors ---- */

void xml_set_invalid(GError **error, xmlNode *node, const char *place, const char *value, const char *expected)
{
    Place where = place_parse(place);
    const char *space = expected ? " " : "";

    expected = expected ? expected : "";
    if (where.attribute)
        vir_error_set(error, VIR_FROM_XML, VIR_ERR_XML_ERROR,
                      "Invalid value for attribute '%s' in element '%s': '%s'.%s%s (line %ld)", where.attribute,
                      node->name, value, space, expected, xmlGetLineNo(node));
    else
        vir_error_set(error, VIR_FROM_XML, VIR_ERR_XML_ERROR, "Invalid value for element '%s': '%s'.%s%s (line %ld)",
                      node->name, value, space, expected, xmlGetLineNo(node));
}

void xml_set_missing(GError **error, xmlNode *node, const char *place)
{
    Place where = place_parse(place);

    if (where.attribute)
        vir_error_set(error, VIR_FROM_XML, VIR_ERR_XML_ERROR,
                      "Missing required attribute '%s' in element '%s' (line %ld)", where.attribute, node->name,
                      xmlGetLineNo(node));
    else
        vir_error_set(error, VIR_FROM_XML, VIR_ERR_XML_ERROR,
                      "Missing required element '%s' in element '%s' (line %ld)", place, node->name,
                      xmlGetLineNo(node));
}

void xml_set_complaint(GError **error, xmlNode *node, const XmlComplaint *complaint, const char *value)
{
    g_autoptr(GString) text = g_string_new(complaint->text);

    g_string_replace(text, "%s", value ? value : "", 1);
    vir_error_set(error, complaint->domain, complaint->code, "%s (line %ld)", text->str, xmlGetLineNo(node));
}

/* What is wrong with a row's value: in its own words, or the usual. */
static gboolean set_bad(GError **error, const XmlField *field, xmlNode *node, const char *value, const char *expected)
{
    if (field->invalid)
        xml_set_complaint(error, node, field->invalid, value);
    else
        xml_set_invalid(error, node, field->place, value, expected);
    return FALSE;
}

static gboolean set_absent(GError **error, const XmlField *field, xmlNode *node)
{
    if (field->missing)
        xml_set_complaint(error, node, field->missing, NULL);
    else
        xml_set_missing(error, node, field->place);
    return FALSE;
}

static void set_refused(GError **error, xmlNode *node, const Place *place)
{
    if (place->attribute)
        vir_error_set(error, xml_error_domain(node), VIR_ERR_CONFIG_UNSUPPORTED,
                      "attribute '%s' of element '%s' (line %ld)", place->attribute, node->name, xmlGetLineNo(node));
    else
        vir_error_set(error, xml_error_domain(node), VIR_ERR_CONFIG_UNSUPPORTED, "element '%s' in '%s' (line %ld)",
                      node->name, node->parent->name, xmlGetLineNo(node));
}

/* ---- scalars ---- */

int xml_enum_find(const char *const *names, guint n_names, const char *text)
{
    for (guint i = 0; i < n_names; i++) {
        if (names[i] && strcmp(names[i], text) == 0)
            return (int)i;
    }
    return -1;
}

static gboolean parse_number(const char *text, gboolean is_signed, guint64 max, gint64 *value)
{
    char *end;

    errno = 0;
    if (!is_signed && strchr(text, '-'))
        return FALSE;
    *value = is_signed ? g_ascii_strtoll(text, &end, 0) : (gint64)g_ascii_strtoull(text, &end, 0);
    while (g_ascii_isspace(*end))
        end++;
    if (errno == ERANGE || end == text || *end)
        return FALSE;
    return is_signed ? *value >= -(gint64)max - 1 && *value <= (gint64)max : (guint64)*value <= max;
}

/* What a number must be, by its kind. */
static const struct {
    gboolean is_signed;
    guint64 max;
    const char *expected;
} numbers[] = {
    [XML_KIND_INT] = {TRUE, G_MAXINT, "Expected integer value"},
    [XML_KIND_UINT] = {FALSE, G_MAXUINT, "Expected non-negative integer value"},
    [XML_KIND_ULL] = {FALSE, G_MAXUINT64, "Expected non-negative integer value"},
};

static gint64 number_get(const XmlField *field, gconstpointer member)
{
    switch (field->kind) {
    case XML_KIND_ULL:
        return (gint64)(*(const unsigned long long *)member);
    case XML_KIND_UINT:
        return *(const unsigned int *)member;
    default:
        return *(const int *)member;
    }
}

static void number_set(const XmlField *field, gpointer member, gint64 value)
{
    if (field->kind == XML_KIND_ULL)
        *(unsigned long long *)member = (unsigned long long)value;
    else
        *(unsigned int *)member = (unsigned int)value;
}

static gboolean number_parse(const XmlField *field, xmlNode *node, const char *text, gpointer member, GError **error)
{
    gint64 value;

    if (!parse_number(text, numbers[field->kind].is_signed, numbers[field->kind].max, &value))
        return set_bad(error, field, node, text, numbers[field->kind].expected);
    if (field->nonzero && value == 0)
        return set_bad(error, field, node, text, "Zero is not permitted");
    number_set(field, member, value);
    return TRUE;
}

static gboolean codec_parse(const XmlField *field, xmlNode *node, const char *text, gpointer member, GError **error)
{
    g_autoptr(GError) reason = NULL;

    if (field->codec->clear)
        field->codec->clear(member);
    if (field->codec->parse(text, member, &reason))
        return TRUE;
    if (reason)
        g_propagate_error(error, g_steal_pointer(&reason));
    else
        set_bad(error, field, node, text, NULL);
    return FALSE;
}

static gboolean scalar_parse(const XmlField *field, xmlNode *node, const char *text, gpointer member, GError **error)
{
    int value;

    switch (field->kind) {
    case XML_KIND_STRING:
        g_free(*(char **)member);
        *(char **)member = g_strdup(text);
        return TRUE;
    case XML_KIND_ENUM:
        value = xml_enum_find(field->names, field->n_names, text);
        if (value < 0)
            return set_bad(error, field, node, text, NULL);
        *(int *)member = value;
        return TRUE;
    case XML_KIND_CODEC:
        return codec_parse(field, node, text, member, error);
    default:
        return number_parse(field, node, text, member, error);
    }
}

#define NUMBER_SIZE 24

/* The member's text, or NULL when it is absent; *made is what the caller frees, if the text had to be made, and number
 * is room for one. */
static const char *scalar_format(const XmlField *field, gconstpointer member, char **made, char number[NUMBER_SIZE])
{
    gint64 value;

    if (field->kind == XML_KIND_STRING)
        return *(char *const *)member;
    if (field->kind == XML_KIND_CODEC)
        return *made = field->codec->format(member);
    value = number_get(field, member);
    if (value == field->absent && !field->always)
        return NULL;
    if (field->kind == XML_KIND_ENUM)
        return value >= 0 && value < field->n_names ? field->names[value] : NULL;
    if (field->kind == XML_KIND_ULL)
        g_snprintf(number, NUMBER_SIZE, "%" G_GUINT64_FORMAT, (guint64)value);
    else
        g_snprintf(number, NUMBER_SIZE, "%" G_GINT64_FORMAT, value);
    return number;
}

static gboolean is_scalar(XmlKind kind)
{
    return kind >= XML_KIND_STRING && kind <= XML_KIND_CODEC;
}

/* ---- reading ---- */

static gboolean rows_read(const XmlElement *element, xmlNode *node, gpointer self, guint mode, GError **error);
static gboolean element_read(const XmlElement *element, xmlNode *node, gpointer self, guint mode, GError **error);

static gboolean is_in_mode(guint only, guint mode)
{
    return !only || (only & mode);
}

/* Whether the row belongs to what the struct is. */
static gboolean is_of_variant(const XmlElement *element, const XmlField *field, gconstpointer self)
{
    return !field->when || (field->when & XML_WHEN(*(const int *)((const char *)self + element->variant)));
}

/* The text at place in node, or NULL; *holder is the element it stands in. Caller frees. */
static char *place_text(const Place *place, xmlNode *node, xmlNode **holder)
{
    *holder = node;
    if (place->child_len) {
        *holder = place_next(place, xml_first_element(node));
        if (!*holder)
            return NULL;
    }
    return place->attribute ? xml_attribute(*holder, place->attribute) : xml_text(*holder);
}

/* Passes on whether a value was good; when validating, one that was not breaks the schema, unless that does not say so.
 */
static gboolean judge(gboolean is_good, gboolean beyond_schema, guint mode, GError **error)
{
    if (!is_good && !beyond_schema && (mode & XML_MODE_VALIDATE) && error && *error &&
        !vir_error_is(*error, VIR_ERR_XML_INVALID_SCHEMA) && !vir_error_is(*error, VIR_ERR_OVERFLOW)) {
        g_autoptr(GError) reason = g_steal_pointer(error);

        vir_error_set(error, VIR_FROM_XML, VIR_ERR_XML_INVALID_SCHEMA, "%s", reason->message);
    }
    return is_good;
}

static gboolean scalar_read(const XmlField *field, const Place *place, xmlNode *node, gpointer self, GError **error)
{
    xmlNode *holder;
    g_autofree char *text = place_text(place, node, &holder);

    if (text)
        return scalar_parse(field, holder, text, (char *)self + field->offset, error);
    return !field->required || set_absent(error, field, holder ? holder : node);
}

static GPtrArray *list_of(const XmlField *field, gpointer self)
{
    GPtrArray **list = (GPtrArray **)((char *)self + field->offset);

    if (!*list)
        *list = field->kind == XML_KIND_STRINGS ? g_ptr_array_new_with_free_func(g_free) : g_ptr_array_new();
    return *list;
}

/* Sizes are kept in KiB; a part of one counts as one. */
static gboolean size_read(xmlNode *node, unsigned long long *kib, GError **error)
{
    guint64 bytes;

    if (!xml_size_parse(node, 1024, &bytes, error))
        return FALSE;
    *kib = bytes / 1024 + (bytes % 1024 != 0);
    return TRUE;
}

/* Whether all children of the name are read; else the first counts, as in libvirt. */
static gboolean reads_all(XmlKind kind)
{
    return kind == XML_KIND_LIST || kind == XML_KIND_STRINGS || kind == XML_KIND_CUSTOM;
}

static gboolean child_read(const XmlField *field, xmlNode *child, gpointer self, guint mode, GError **error)
{
    gpointer member = (char *)self + field->offset;
    gpointer made;

    switch (field->kind) {
    case XML_KIND_INSIDE:
        return element_read(field->element, child, member, mode, error);
    case XML_KIND_FLAG:
        *(gboolean *)member = TRUE;
        return TRUE;
    case XML_KIND_SIZE:
        return judge(size_read(child, member, error), field->beyond_schema, mode, error);
    case XML_KIND_STRINGS:
        g_ptr_array_add(list_of(field, self), xml_text(child));
        return TRUE;
    case XML_KIND_CUSTOM:
        return !field->parse || judge(field->parse(child, self, mode, error), field->beyond_schema, mode, error);
    case XML_KIND_STRUCT:
        made = xml_struct_parse(field->element, child, mode, error);
        *(gpointer *)member = made;
        return made != NULL;
    default:
        made = xml_struct_parse(field->element, child, mode, error);
        if (made)
            g_ptr_array_add(list_of(field, self), made);
        return made != NULL;
    }
}

static gboolean children_read(const XmlField *field, const Place *place, xmlNode *node, gpointer self, guint mode,
                              GError **error)
{
    xmlNode *child = place_next(place, xml_first_element(node));

    if (!child && field->required)
        return judge(set_absent(error, field, node), field->beyond_schema, mode, error);
    for (; child; child = place_next(place, xml_next_element(child))) {
        if (!child_read(field, child, self, mode, error))
            return FALSE;
        if (!reads_all(field->kind))
            break;
    }
    return TRUE;
}

static gboolean refuse_read(const Place *place, xmlNode *node, GError **error)
{
    xmlNode *holder = place->child_len ? place_next(place, xml_first_element(node)) : node;

    if (!holder || (place->attribute && !xmlHasProp(holder, (const xmlChar *)place->attribute)))
        return TRUE;
    set_refused(error, holder, place);
    return FALSE;
}

static gboolean field_read(const XmlElement *element, const XmlField *field, xmlNode *node, gpointer self, guint mode,
                           GError **error)
{
    Place place = place_parse(field->place);

    if (!is_in_mode(field->only, mode) || !is_of_variant(element, field, self) || field->kind == XML_KIND_TAKEN)
        return TRUE;
    if (field->kind == XML_KIND_INCLUDE)
        return rows_read(field->element, node, (char *)self + field->offset, mode, error);
    if (field->kind == XML_KIND_REFUSE)
        return refuse_read(&place, node, error);
    if (is_scalar(field->kind))
        return judge(scalar_read(field, &place, node, self, error), field->beyond_schema, mode, error);
    if (field->kind == XML_KIND_CUSTOM && !place.child_len)
        return !field->parse || judge(field->parse(node, self, mode, error), field->beyond_schema, mode, error);
    return children_read(field, &place, node, self, mode, error);
}

static gboolean names_attribute(const XmlField *fields, const char *name)
{
    for (const XmlField *field = fields; field->kind != XML_KIND_END; field++) {
        Place place = place_parse(field->place);

        if (field->kind == XML_KIND_INCLUDE && names_attribute(field->element->fields, name))
            return TRUE;
        if (!place.child_len && place.attribute && strcmp(place.attribute, name) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean names_child(const XmlField *fields, xmlNode *child)
{
    for (const XmlField *field = fields; field->kind != XML_KIND_END; field++) {
        Place place = place_parse(field->place);

        if (field->kind == XML_KIND_INCLUDE && names_child(field->element->fields, child))
            return TRUE;
        if (place.child_len && place_has_child(&place, child))
            return TRUE;
    }
    return FALSE;
}

gboolean xml_element_knows(const XmlElement *element, xmlNode *child)
{
    return names_child(element->fields, child);
}

/* Whether an attribute of a child is known: named by a row of its own, or within what one row takes as a whole. */
static gboolean names_child_attribute(const XmlField *fields, xmlNode *child, const char *name)
{
    for (const XmlField *field = fields; field->kind != XML_KIND_END; field++) {
        Place place = place_parse(field->place);

        if (field->kind == XML_KIND_INCLUDE && names_child_attribute(field->element->fields, child, name))
            return TRUE;
        if (place.child_len && place_has_child(&place, child) &&
            (!place.attribute ? field->kind != XML_KIND_FLAG : g_str_equal(place.attribute, name)))
            return TRUE;
    }
    return FALSE;
}

static gboolean set_unknown(GError **error, xmlNode *node, const char *what, const xmlChar *name, xmlNode *holder)
{
    vir_error_set(error, VIR_FROM_XML, VIR_ERR_XML_INVALID_SCHEMA, "unknown %s '%s' in element '%s' (line %ld)", what,
                  name, holder->name, xmlGetLineNo(node));
    return FALSE;
}

static gboolean refuse_unknown_child(const XmlField *fields, xmlNode *node, xmlNode *child, GError **error)
{
    if (!names_child(fields, child))
        return set_unknown(error, child, "element", child->name, node);
    for (xmlAttr *attribute = child->properties; attribute; attribute = attribute->next) {
        if (!attribute->ns && !names_child_attribute(fields, child, (const char *)attribute->name))
            return set_unknown(error, child, "attribute", attribute->name, child);
    }
    return TRUE;
}

static gboolean refuse_unknown(const XmlField *fields, xmlNode *node, GError **error)
{
    for (xmlAttr *attribute = node->properties; attribute; attribute = attribute->next) {
        if (!attribute->ns && !names_attribute(fields, (const char *)attribute->name))
            return set_unknown(error, node, "attribute", attribute->name, node);
    }
    for (xmlNode *child = xml_first_element(node); child; child = xml_next_element(child)) {
        if (!refuse_unknown_child(fields, node, child, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean rows_read(const XmlElement *element, xmlNode *node, gpointer self, guint mode, GError **error)
{
    for (const XmlField *field = element->fields; field->kind != XML_KIND_END; field++) {
        if (!field_read(element, field, node, self, mode, error))
            return FALSE;
    }
    return !element->parsed || judge(element->parsed(node, self, error), element->beyond_schema, mode, error);
}

static gboolean element_read(const XmlElement *element, xmlNode *node, gpointer self, guint mode, GError **error)
{
    if ((mode & XML_MODE_VALIDATE) && !refuse_unknown(element->fields, node, error))
        return FALSE;
    return rows_read(element, node, self, mode, error);
}

static void element_init(const XmlElement *element, gpointer self)
{
    for (const XmlField *field = element->fields; field->kind != XML_KIND_END; field++) {
        if (field->kind == XML_KIND_INSIDE || field->kind == XML_KIND_INCLUDE)
            element_init(field->element, (char *)self + field->offset);
        else if (field->absent && is_scalar(field->kind))
            number_set(field, (char *)self + field->offset, field->absent);
    }
    if (element->init)
        element->init(self);
}

gpointer xml_struct_new(const XmlElement *element)
{
    gpointer self = g_malloc0(element->size);

    element_init(element, self);
    return self;
}

gpointer xml_struct_parse(const XmlElement *element, xmlNode *node, guint mode, GError **error)
{
    gpointer self = xml_struct_new(element);

    if (element_read(element, node, self, mode, error))
        return self;
    xml_struct_free(element, self);
    return NULL;
}

/* ---- writing ---- */

static void scalar_write(const XmlField *field, const Place *place, XmlWriter *writer, gconstpointer self)
{
    g_autofree char *made = NULL;
    char number[NUMBER_SIZE];
    const char *text = scalar_format(field, (const char *)self + field->offset, &made, number);

    if (!text)
        return;
    if (place->attribute)
        xml_write_attribute(writer, place->attribute, text);
    else if (!place->child_len)
        xml_write_text(writer, text);
    else
        xml_write_element(writer, field->place, text);
}

static void list_write(const XmlField *field, XmlWriter *writer, const GPtrArray *list, guint mode)
{
    for (guint i = 0; list && i < list->len; i++) {
        if (field->kind == XML_KIND_STRINGS)
            xml_write_element(writer, field->place, list->pdata[i]);
        else
            xml_struct_write(field->element, writer, field->place, list->pdata[i], mode);
    }
}

static void struct_write(const XmlField *field, XmlWriter *writer, gconstpointer self, guint mode)
{
    if (!field->unless_empty) {
        xml_struct_write(field->element, writer, field->place, self, mode);
        return;
    }
    xml_open(writer, field->place);
    xml_struct_format(field->element, writer, self, mode);
    xml_close_unless_empty(writer);
}

/* Writes what is_present(). */
static void field_write(const XmlField *field, const Place *place, XmlWriter *writer, gconstpointer self, guint mode)
{
    gconstpointer member = (const char *)self + field->offset;

    switch (field->kind) {
    case XML_KIND_STRUCT:
        struct_write(field, writer, *(gconstpointer const *)member, mode);
        break;
    case XML_KIND_LIST:
    case XML_KIND_STRINGS:
        list_write(field, writer, *(GPtrArray *const *)member, mode);
        break;
    case XML_KIND_SIZE:
        xml_size_write(writer, field->place, "KiB", *(const unsigned long long *)member);
        break;
    case XML_KIND_FLAG:
        xml_write_element(writer, field->place, "");
        break;
    case XML_KIND_INCLUDE:
        xml_struct_format(field->element, writer, member, mode);
        break;
    case XML_KIND_INSIDE:
        xml_open(writer, field->place);
        xml_struct_format(field->element, writer, member, mode);
        if (field->always)
            xml_close(writer);
        else
            xml_close_unless_empty(writer);
        break;
    case XML_KIND_CUSTOM:
        if (field->format)
            field->format(writer, self, mode);
        break;
    default:
        if (is_scalar(field->kind))
            scalar_write(field, place, writer, self);
    }
}

static gboolean is_written(const XmlElement *element, const XmlField *field, gconstpointer self, guint mode)
{
    return is_in_mode(field->only, mode) && is_in_mode(field->write_only, mode) &&
           is_of_variant(element, field, self) && !(field->skip && field->skip(self, mode));
}

/* Rows of one child's attributes that follow each other share that child. */
static const XmlField *child_attributes_write(const XmlElement *element, const XmlField *field, const Place *first,
                                              XmlWriter *writer, gconstpointer self, guint mode)
{
    g_autofree char *child = g_strndup(first->child, first->child_len);

    xml_open(writer, child);
    for (; field->kind != XML_KIND_END; field++) {
        Place place = place_parse(field->place);

        if (!place.attribute || place.child_len != first->child_len ||
            strncmp(place.child, child, place.child_len) != 0)
            break;
        if (is_written(element, field, self, mode))
            field_write(field, &place, writer, self, mode);
    }
    xml_close_unless_empty(writer);
    return field - 1;
}

/* Whether there can be something to write; in most documents there is not, for most rows, so this is asked first. */
static gboolean is_present(const XmlField *field, gconstpointer self)
{
    gconstpointer member = (const char *)self + field->offset;

    switch (field->kind) {
    case XML_KIND_STRING:
    case XML_KIND_STRUCT:
    case XML_KIND_LIST:
    case XML_KIND_STRINGS:
        return *(gconstpointer const *)member != NULL;
    case XML_KIND_FLAG:
        return *(const gboolean *)member;
    case XML_KIND_SIZE:
        return *(const unsigned long long *)member != 0;
    case XML_KIND_INT:
    case XML_KIND_UINT:
    case XML_KIND_ULL:
    case XML_KIND_ENUM:
        return field->always || number_get(field, member) != field->absent;
    case XML_KIND_TAKEN:
    case XML_KIND_REFUSE:
        return FALSE;
    default:
        return TRUE;
    }
}

void xml_struct_format(const XmlElement *element, XmlWriter *writer, gconstpointer self, guint mode)
{
    for (const XmlField *field = element->fields; field->kind != XML_KIND_END; field++) {
        Place place;

        if (!is_present(field, self))
            continue;
        place = place_parse(field->place);
        if (place.child_len && place.attribute)
            field = child_attributes_write(element, field, &place, writer, self, mode);
        else if (is_written(element, field, self, mode))
            field_write(field, &place, writer, self, mode);
    }
}

void xml_struct_write(const XmlElement *element, XmlWriter *writer, const char *name, gconstpointer self, guint mode)
{
    if (!self || (element->is_hidden && element->is_hidden(self, mode)))
        return;
    xml_open(writer, name);
    xml_struct_format(element, writer, self, mode);
    if (element->is_long)
        xml_close_long(writer);
    else
        xml_close(writer);
}
