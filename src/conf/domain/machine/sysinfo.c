/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/domain/machine/sysinfo.h"

#include <stdio.h>

#include "common/error.h"

const char *const sysinfo_types[SYSINFO_LAST] = {"smbios", "fwcfg"};

/* The entries of each block, in order. */
static const char *const bios_names[] = {"vendor", "version", "date", "release", NULL};
static const char *const system_names[] = {"manufacturer", "product", "version", "serial",
                                           "uuid",         "sku",     "family",  NULL};
static const char *const board_names[] = {"manufacturer", "product", "version", "serial", "asset", "location", NULL};
static const char *const chassis_names[] = {"manufacturer", "version", "serial", "asset", "sku", NULL};

static int place_of(const char *const *names, const char *name)
{
    for (int i = 0; names[i]; i++)
        if (g_strcmp0(names[i], name) == 0)
            return i;
    return -1;
}

static int compare_places(gconstpointer a, gconstpointer b, gpointer names)
{
    return place_of(names, (*(SysinfoEntry *const *)a)->name) - place_of(names, (*(SysinfoEntry *const *)b)->name);
}

const char *sysinfo_value(const GPtrArray *entries, const char *name)
{
    for (guint i = 0; entries && i < entries->len; i++) {
        const SysinfoEntry *entry = entries->pdata[i];

        if (g_strcmp0(entry->name, name) == 0)
            return entry->value;
    }
    return NULL;
}

/* clang-format off */
static const XmlField entry_fields[] = {
    XML_STRING(SysinfoEntry, name, "@name", .required = TRUE),
    XML_STRING(SysinfoEntry, file, "@file"),
    XML_STRING(SysinfoEntry, value, "."),
    XML_END,
};
/* clang-format on */

/* An entry has a file or a text. */
static gboolean entry_parsed(xmlNode *node, gpointer self, GError **error)
{
    SysinfoEntry *entry = self;

    if (entry->file)
        g_clear_pointer(&entry->value, g_free);
    return TRUE;
}

static const XmlElement entry_element = {.size = sizeof(SysinfoEntry), .fields = entry_fields, .parsed = entry_parsed};

/* Entries that SMBIOS does not have are passed over, as libvirt does. */
static void order_entries(GPtrArray *entries, const char *const *names)
{
    for (guint i = entries ? entries->len : 0; i-- > 0;) {
        SysinfoEntry *entry = entries->pdata[i];

        if (place_of(names, entry->name) >= 0)
            continue;
        g_ptr_array_remove_index(entries, i);
        xml_struct_free(&entry_element, entry);
    }
    if (entries)
        g_ptr_array_sort_with_data(entries, compare_places, (gpointer)names);
}

static gboolean is_date(const char *text)
{
    int month, day, year, length = 0;

    return sscanf(text, "%2d/%2d/%4d%n", &month, &day, &year, &length) == 3 && !text[length] && month >= 1 &&
           month <= 12 && day >= 1 && day <= 31 && year >= 0 && (year < 100 || year >= 1900);
}

static gboolean sysinfo_parsed(xmlNode *node, gpointer self, GError **error)
{
    SysinfoDef *sysinfo = self;
    const char *date;

    order_entries(sysinfo->bios, bios_names);
    order_entries(sysinfo->system, system_names);
    order_entries(sysinfo->chassis, chassis_names);
    for (guint i = 0; sysinfo->boards && i < sysinfo->boards->len; i++)
        order_entries(((SysinfoBoard *)sysinfo->boards->pdata[i])->entries, board_names);
    date = sysinfo_value(sysinfo->bios, "date");
    if (!date || is_date(date))
        return TRUE;
    vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_DETAIL, "Invalid BIOS 'date' format");
    return FALSE;
}

/* clang-format off */
static const XmlField bios_fields[] = {XML_LIST(SysinfoDef, bios, "entry", &entry_element), XML_END};
static const XmlElement bios_element = {.fields = bios_fields};
static const XmlField system_fields[] = {XML_LIST(SysinfoDef, system, "entry", &entry_element), XML_END};
static const XmlElement system_element = {.fields = system_fields};
static const XmlField chassis_fields[] = {XML_LIST(SysinfoDef, chassis, "entry", &entry_element), XML_END};
static const XmlElement chassis_element = {.fields = chassis_fields};
static const XmlField board_fields[] = {XML_LIST(SysinfoBoard, entries, "entry", &entry_element), XML_END};
static const XmlElement board_element = {.size = sizeof(SysinfoBoard), .fields = board_fields};
static const XmlField oem_fields[] = {XML_STRINGS(SysinfoDef, oem, "entry"), XML_END};
static const XmlElement oem_element = {.fields = oem_fields};

#define SMBIOS XML_WHEN(SYSINFO_SMBIOS)
#define FWCFG  XML_WHEN(SYSINFO_FWCFG)

static const XmlField sysinfo_fields[] = {
    XML_ENUM(SysinfoDef, type, "@type", sysinfo_types, .required = TRUE, .always = TRUE),
    XML_INSIDE("bios", &bios_element, .when = SMBIOS),
    XML_INSIDE("system", &system_element, .when = SMBIOS),
    XML_LIST(SysinfoDef, boards, "baseBoard", &board_element, .when = SMBIOS),
    XML_INSIDE("chassis", &chassis_element, .when = SMBIOS),
    XML_INSIDE("oemStrings", &oem_element, .when = SMBIOS),
    XML_LIST(SysinfoDef, files, "entry", &entry_element, .when = FWCFG),
    XML_END,
};
/* clang-format on */

const XmlElement sysinfo_element = {
    .size = sizeof(SysinfoDef),
    .fields = sysinfo_fields,
    .parsed = sysinfo_parsed,
    .beyond_schema = TRUE,
    .variant = offsetof(SysinfoDef, type),
};
