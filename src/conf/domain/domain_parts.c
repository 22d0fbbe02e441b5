/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/domain/domain_parts.h"

#include <string.h>

#include "conf/cpuset.h"

void domain_namespace_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    if (((const DomainDef *)self)->has_qemu_namespace)
        xml_write_attribute(writer, "xmlns:qemu", "http://libvirt.org/schemas/domain/qemu/1.0");
}

/* ---- <name> ---- */

static gboolean check_name(const char *name, GError **error)
{
    if (!*name) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_NO_NAME, "%s", "");
        return FALSE;
    }
    if (strchr(name, '\n')) {
        vir_error_set(error, VIR_FROM_XML, VIR_ERR_XML_DETAIL, "invalid char in name: %c", '\n');
        return FALSE;
    }
    return TRUE;
}

gboolean domain_name_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    DomainDef *def = self;

    if (def->name)
        return TRUE;
    def->name = xml_text(node);
    return check_name(def->name, error);
}

void domain_name_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    xml_write_element(writer, "name", ((const DomainDef *)self)->name);
}

void domain_name_clear(gpointer self)
{
    g_clear_pointer(&((DomainDef *)self)->name, g_free);
}

void domain_name_own(gpointer self)
{
    ((DomainDef *)self)->name = g_strdup(((DomainDef *)self)->name);
}

/* ---- <uuid>, <genid> ---- */

gboolean domain_uuid_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    DomainDef *def = self;
    g_autofree char *text = xml_text(node);

    def->has_uuid = uuid_parse(text, def->uuid);
    if (!def->has_uuid)
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "malformed uuid element (line %ld)",
                      xmlGetLineNo(node));
    return def->has_uuid;
}

static void write_uuid(XmlWriter *writer, const char *name, const guint8 uuid[UUID_LEN])
{
    char text[UUID_TEXT_LEN];

    uuid_format(uuid, text);
    xml_write_element(writer, name, text);
}

void domain_uuid_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    const DomainDef *def = self;

    if (def->has_uuid)
        write_uuid(writer, "uuid", def->uuid);
}

gboolean domain_genid_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    DomainDef *def = self;
    g_autofree char *text = xml_text(node);

    def->has_genid = TRUE;
    if (!*g_strstrip(text) || uuid_parse(text, def->genid))
        return TRUE;
    vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "malformed genid element (line %ld)",
                  xmlGetLineNo(node));
    return FALSE;
}

void domain_genid_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    const DomainDef *def = self;

    if (def->has_genid)
        write_uuid(writer, "genid", def->genid);
}

/* ---- <metadata> ---- */

/* Each application has one element in a namespace of its own; the first of several counts. */
static gboolean is_taken(xmlNode *node, GHashTable *namespaces)
{
    return node->ns && node->ns->href && g_hash_table_add(namespaces, (gpointer)node->ns->href);
}

/* Kept as text, indented for its place. Blanks between elements are layout, which is made anew. */
gboolean domain_metadata_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    DomainDef *def = self;
    g_autoptr(GHashTable) namespaces = g_hash_table_new(g_str_hash, g_str_equal);
    GString *text = g_string_new(NULL);

    xml_strip_layout(node);
    for (xmlNode *child = xml_first_element(node); child; child = xml_next_element(child)) {
        g_autofree char *one = is_taken(child, namespaces) ? xml_node_format(child, 2) : NULL;

        if (one)
            g_string_append_printf(text, "%s%s", text->len ? "\n    " : "", one);
    }
    g_free(def->metadata);
    def->metadata = g_string_free(text, FALSE);
    return TRUE;
}

void domain_metadata_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    const DomainDef *def = self;

    if (!def->metadata)
        return;
    xml_open(writer, "metadata");
    if (*def->metadata)
        xml_write_verbatim(writer, def->metadata);
    xml_close(writer);
}

void domain_metadata_clear(gpointer self)
{
    g_clear_pointer(&((DomainDef *)self)->metadata, g_free);
}

void domain_metadata_own(gpointer self)
{
    ((DomainDef *)self)->metadata = g_strdup(((DomainDef *)self)->metadata);
}

/* ---- <maxMemory>, <memory> ---- */

static gboolean kib_parse(xmlNode *node, unsigned long long *kib, GError **error)
{
    guint64 bytes;

    if (!xml_size_parse(node, 1024, &bytes, error))
        return FALSE;
    *kib = bytes / 1024 + (bytes % 1024 != 0);
    return TRUE;
}

static void kib_write(XmlWriter *writer, unsigned long long kib)
{
    xml_write_attribute(writer, "unit", "KiB");
    xml_write_textf(writer, "%llu", kib);
    xml_close(writer);
}

gboolean domain_max_memory_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    DomainDef *def = self;
    g_autofree char *slots = xml_attribute(node, "slots");
    guint64 value = 0;

    if (slots && !g_ascii_string_to_unsigned(slots, 10, 0, G_MAXUINT, &value, NULL)) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "Failed to parse memory slot count (line %ld)",
                      xmlGetLineNo(node));
        return FALSE;
    }
    def->memory_slots = (guint)value;
    return kib_parse(node, &def->max_memory_kib, error);
}

void domain_max_memory_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    const DomainDef *def = self;

    if (!def->max_memory_kib)
        return;
    xml_open(writer, "maxMemory");
    xml_write_attributef(writer, "slots", "%u", def->memory_slots);
    kib_write(writer, def->max_memory_kib);
}

gboolean domain_memory_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    DomainDef *def = self;
    g_autofree char *dump = xml_attribute(node, "dumpCore");
    int value = dump ? xml_enum_find(xml_on_off, XML_BOOL_LAST, dump) : XML_BOOL_ABSENT;

    if (value < 0) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                      "Invalid memory core dump attribute value '%s' (line %ld)", dump, xmlGetLineNo(node));
        return FALSE;
    }
    def->dump_core = (XmlBool)value;
    return kib_parse(node, &def->memory_kib, error);
}

void domain_memory_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    const DomainDef *def = self;

    if (!def->memory_kib)
        return;
    xml_open(writer, "memory");
    xml_write_attribute(writer, "dumpCore", xml_on_off[def->dump_core]);
    kib_write(writer, def->memory_kib);
}

/* ---- <vcpu> ---- */

static gboolean count_parse(const char *text, const char *fault, xmlNode *node, guint *count, GError **error)
{
    g_autofree char *copy = g_strdup(text);
    guint64 value;

    if (!g_ascii_string_to_unsigned(g_strstrip(copy), 10, 0, G_MAXINT, &value, NULL)) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "%s (line %ld)", fault, xmlGetLineNo(node));
        return FALSE;
    }
    *count = (guint)value;
    return TRUE;
}

static gboolean vcpu_counts_parse(xmlNode *node, DomainDef *def, GError **error)
{
    g_autofree char *max = xml_text(node);
    g_autofree char *current = xml_attribute(node, "current");

    def->vcpus_max = 1;
    if (*g_strstrip(max) && !count_parse(max, "maximum vcpus count must be an integer", node, &def->vcpus_max, error))
        return FALSE;
    def->vcpus = def->vcpus_max;
    if (current && !count_parse(current, "current vcpus count must be an integer", node, &def->vcpus, error))
        return FALSE;
    if (!def->vcpus_max || !def->vcpus) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "a guest needs at least one vCPU (line %ld)",
                      xmlGetLineNo(node));
        return FALSE;
    }
    return TRUE;
}

gboolean domain_vcpu_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    DomainDef *def = self;
    g_autofree char *cpuset = xml_attribute(node, "cpuset");
    g_autofree char *placement = xml_attribute(node, "placement");
    int found = placement ? xml_enum_find(vcpu_placements, VCPU_PLACEMENT_LAST, placement) : VCPU_PLACEMENT_DEFAULT;

    if (!vcpu_counts_parse(node, def, error))
        return FALSE;
    if (found < 0) {
        xml_set_invalid(error, node, "@placement", placement, NULL);
        return FALSE;
    }
    def->vcpu_placement = (VcpuPlacement)found;
    if (!cpuset || def->vcpu_placement == VCPU_PLACEMENT_AUTO)
        return TRUE;
    g_free(def->vcpu_cpuset);
    def->vcpu_cpuset = cpuset_normalize(cpuset, error);
    return def->vcpu_cpuset != NULL;
}

void domain_vcpu_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    const DomainDef *def = self;

    if (!def->vcpus_max)
        return;
    xml_open(writer, "vcpu");
    xml_write_attribute(writer, "placement", vcpu_placements[def->vcpu_placement]);
    xml_write_attribute(writer, "cpuset", def->vcpu_cpuset);
    if (def->vcpus != def->vcpus_max)
        xml_write_attributef(writer, "current", "%u", def->vcpus);
    xml_write_textf(writer, "%u", def->vcpus_max);
    xml_close(writer);
}

void domain_vcpu_clear(gpointer self)
{
    g_clear_pointer(&((DomainDef *)self)->vcpu_cpuset, g_free);
}

void domain_vcpu_own(gpointer self)
{
    ((DomainDef *)self)->vcpu_cpuset = g_strdup(((DomainDef *)self)->vcpu_cpuset);
}

/* ---- <console> ---- */

/* The console that is the first serial port, by its older name: all but the target is the port's. */
static void write_mirrored(XmlWriter *writer, const CharDef *console, const CharDef *serial, guint mode)
{
    CharDef mirror = *serial;

    mirror.kind = CHAR_CONSOLE;
    mirror.target = console->target;
    xml_struct_write(&console_element, writer, "console", &mirror, mode);
}

void domain_consoles_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    const DomainDef *def = self;

    for (guint i = 0; i < def->consoles->len; i++) {
        const CharDef *console = def->consoles->pdata[i];

        if (i == 0 && console->target == CHAR_TARGET_SERIAL && def->serials->len)
            write_mirrored(writer, console, def->serials->pdata[0], mode);
        else
            xml_struct_write(&console_element, writer, "console", console, mode);
    }
}
