/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the rows own: releasing it and copying it. */
#include "conf/xml_table.h"

/* ---- releasing ---- */

static void list_clear(const XmlField *field, GPtrArray *list)
{
    if (!list)
        return;
    for (guint i = 0; field->kind == XML_KIND_LIST && i < list->len; i++)
        xml_struct_free(field->element, list->pdata[i]);
    g_ptr_array_unref(list);
}

void xml_struct_clear(const XmlElement *element, gpointer self)
{
    if (element->clear)
        element->clear(self);
    for (const XmlField *field = element->fields; field->kind != XML_KIND_END; field++) {
        gpointer member = (char *)self + field->offset;

        switch (field->kind) {
        case XML_KIND_STRING:
            g_clear_pointer((char **)member, g_free);
            break;
        case XML_KIND_CODEC:
            if (field->codec->clear)
                field->codec->clear(member);
            break;
        case XML_KIND_STRUCT:
            xml_struct_free(field->element, g_steal_pointer((gpointer *)member));
            break;
        case XML_KIND_LIST:
        case XML_KIND_STRINGS:
            list_clear(field, g_steal_pointer((GPtrArray **)member));
            break;
        case XML_KIND_INSIDE:
        case XML_KIND_INCLUDE:
            xml_struct_clear(field->element, member);
            break;
        case XML_KIND_CUSTOM:
            if (field->clear)
                field->clear(self);
            break;
        default:
            break;
        }
    }
}

void xml_struct_free(const XmlElement *element, gpointer self)
{
    if (!self)
        return;
    xml_struct_clear(element, self);
    g_free(self);
}

/* ---- copying ---- */

static GPtrArray *list_copy(const XmlField *field, const GPtrArray *list)
{
    GPtrArray *copy;

    if (!list)
        return NULL;
    copy = field->kind == XML_KIND_STRINGS ? g_ptr_array_new_with_free_func(g_free) : g_ptr_array_new();
    for (guint i = 0; i < list->len; i++)
        g_ptr_array_add(copy, field->kind == XML_KIND_STRINGS ? g_strdup(list->pdata[i])
                                                              : xml_struct_copy(field->element, list->pdata[i]));
    return copy;
}

/* Two rows may bind one member (a path that is written "file" or "dev"); the second finds a copy already. */
static gboolean is_bound_before(const XmlField *fields, const XmlField *field)
{
    for (; fields < field; fields++) {
        if (fields->offset == field->offset && fields->kind == field->kind)
            return TRUE;
    }
    return FALSE;
}

/* Rows whose member is part of the struct itself, and is looked into. */
static gboolean is_part(XmlKind kind)
{
    return kind == XML_KIND_CUSTOM || kind == XML_KIND_INSIDE || kind == XML_KIND_INCLUDE;
}

/* Whether the member refers to memory of its own. Most rows' members do not, in most documents. */
static gboolean holds_copyable(const XmlField *field, gconstpointer self)
{
    switch (field->kind) {
    case XML_KIND_STRING:
    case XML_KIND_STRUCT:
    case XML_KIND_LIST:
    case XML_KIND_STRINGS:
        return *(gconstpointer const *)((const char *)self + field->offset) != NULL;
    case XML_KIND_CODEC:
        return field->codec->own != NULL;
    default:
        return FALSE;
    }
}

static void field_own(const XmlField *field, gpointer self)
{
    gpointer member = (char *)self + field->offset;

    switch (field->kind) {
    case XML_KIND_STRING:
        *(char **)member = g_strdup(*(char **)member);
        break;
    case XML_KIND_CODEC:
        field->codec->own(member);
        break;
    case XML_KIND_STRUCT:
        *(gpointer *)member = xml_struct_copy(field->element, *(gpointer *)member);
        break;
    case XML_KIND_LIST:
    case XML_KIND_STRINGS:
        *(GPtrArray **)member = list_copy(field, *(GPtrArray **)member);
        break;
    case XML_KIND_INSIDE:
    case XML_KIND_INCLUDE:
        xml_struct_own(field->element, member);
        break;
    case XML_KIND_CUSTOM:
        g_assert(!field->clear || field->own);
        if (field->own)
            field->own(self);
        break;
    default:
        break;
    }
}

void xml_struct_own(const XmlElement *element, gpointer self)
{
    for (const XmlField *field = element->fields; field->kind != XML_KIND_END; field++) {
        if (is_part(field->kind) || (holds_copyable(field, self) && !is_bound_before(element->fields, field)))
            field_own(field, self);
    }
    if (element->own)
        element->own(self);
}

gpointer xml_struct_copy(const XmlElement *element, gconstpointer self)
{
    gpointer copy;

    if (!self)
        return NULL;
    copy = g_memdup2(self, element->size);
    xml_struct_own(element, copy);
    return copy;
}
