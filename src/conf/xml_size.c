/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sizes with units, as memory and caches have them. */
#include <errno.h>
#include <string.h>

#include "conf/xml_table.h"

static const char prefixes[] = "kmgtpe";

/* The bytes of a unit; 0 when it is unknown. */
static guint64 unit_bytes(const char *unit)
{
    const char *prefix;
    guint64 base, bytes = 1;

    if (g_ascii_strcasecmp(unit, "b") == 0 || g_ascii_strcasecmp(unit, "byte") == 0 ||
        g_ascii_strcasecmp(unit, "bytes") == 0)
        return 1;
    prefix = *unit ? strchr(prefixes, g_ascii_tolower(*unit)) : NULL;
    if (!prefix)
        return 0;
    if (!unit[1] || g_ascii_strcasecmp(unit + 1, "ib") == 0)
        base = 1024;
    else if (g_ascii_strcasecmp(unit + 1, "b") == 0)
        base = 1000;
    else
        return 0;
    for (const char *c = prefixes; c <= prefix; c++)
        bytes *= base;
    return bytes;
}

static gboolean size_scale(guint64 value, const char *unit, guint64 default_unit, guint64 *bytes, GError **error)
{
    guint64 scale = unit ? unit_bytes(unit) : default_unit;

    if (!scale) {
        vir_error_set(error, VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "unknown suffix '%s'", unit);
        return FALSE;
    }
    /* Callers count on in signed numbers. */
    if (value && value > G_MAXINT64 / scale) {
        vir_error_set(error, VIR_FROM_NONE, VIR_ERR_OVERFLOW, "value too large: %" G_GUINT64_FORMAT "%s", value,
                      unit ? unit : "");
        return FALSE;
    }
    *bytes = value * scale;
    return TRUE;
}

static gboolean size_read(xmlNode *node, char *text, const char *what, guint64 default_unit, guint64 *bytes,
                          GError **error)
{
    g_autofree char *unit = xml_attribute(node, "unit");
    char *end;
    guint64 value;

    g_strstrip(text);
    errno = 0;
    value = g_ascii_strtoull(text, &end, 10);
    if (errno == ERANGE || end == text || *end || *text == '-' || *text == '+') {
        vir_error_set(error, VIR_FROM_XML, VIR_ERR_XML_ERROR,
                      "Invalid value '%s' for element or attribute '%s' (line %ld)", text, what, xmlGetLineNo(node));
        return FALSE;
    }
    return size_scale(value, unit, default_unit, bytes, error);
}

gboolean xml_size_parse(xmlNode *node, guint64 default_unit, guint64 *bytes, GError **error)
{
    g_autofree char *text = xml_text(node);
    g_autofree char *what = g_strdup_printf("./%s[1]", node->name);

    return size_read(node, text, what, default_unit, bytes, error);
}

gboolean xml_size_parse_attribute(xmlNode *node, const char *name, guint64 default_unit, guint64 *bytes, GError **error)
{
    g_autofree char *text = xml_attribute(node, name);
    g_autofree char *what = g_strdup_printf("./@%s", name);

    if (text)
        return size_read(node, text, what, default_unit, bytes, error);
    vir_error_set(error, VIR_FROM_XML, VIR_ERR_XML_ERROR, "missing element or attribute '%s' (line %ld)", what,
                  xmlGetLineNo(node));
    return FALSE;
}

void xml_size_write(XmlWriter *writer, const char *name, const char *unit, guint64 number)
{
    xml_open(writer, name);
    xml_write_attribute(writer, "unit", unit);
    xml_write_textf(writer, "%" G_GUINT64_FORMAT, number);
    xml_close(writer);
}
