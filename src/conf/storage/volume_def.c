/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/storage/volume_def.h"

#include <errno.h>
#include <string.h>

static const char *const volume_types[VOLUME_LAST] = {"file", "block", "dir", "network", "netdir", "ploop"};

#define COMPLAINT(text)   XML_COMPLAINT(VIR_FROM_STORAGE, VIR_ERR_XML_ERROR, text)
#define UNSUPPORTED(text) XML_COMPLAINT(VIR_FROM_STORAGE, VIR_ERR_CONFIG_UNSUPPORTED, text)

/* ---- sizes ---- */

/* A number and a unit; without one, bytes. An unknown unit keeps its own error. */
static gboolean parse_bytes(xmlNode *node, guint64 *bytes, GError **error)
{
    g_autoptr(GError) reason = NULL;

    if (xml_size_parse(node, 1, bytes, &reason))
        return TRUE;
    if (!vir_error_is(reason, VIR_ERR_XML_ERROR)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return FALSE;
    }
    return vir_error_fail(error, VIR_FROM_STORAGE, VIR_ERR_XML_ERROR, "malformed %s element", node->name);
}

static gboolean parse_capacity(xmlNode *node, gpointer self, guint mode, GError **error)
{
    VolumeDef *def = self;

    def->has_capacity = TRUE;
    return parse_bytes(node, &def->capacity, error);
}

static gboolean parse_allocation(xmlNode *node, gpointer self, guint mode, GError **error)
{
    VolumeDef *def = self;

    def->has_allocation = TRUE;
    return parse_bytes(node, &def->allocation, error);
}

static gboolean parse_cluster_size(xmlNode *node, gpointer self, guint mode, GError **error)
{
    return parse_bytes(node, &((VolumeTarget *)self)->cluster_size, error);
}

static void write_capacity(XmlWriter *writer, gconstpointer self, guint mode)
{
    xml_size_write(writer, "capacity", "bytes", ((const VolumeDef *)self)->capacity);
}

static void write_allocation(XmlWriter *writer, gconstpointer self, guint mode)
{
    xml_size_write(writer, "allocation", "bytes", ((const VolumeDef *)self)->allocation);
}

static void write_physical(XmlWriter *writer, gconstpointer self, guint mode)
{
    if (((const VolumeDef *)self)->physical)
        xml_size_write(writer, "physical", "bytes", ((const VolumeDef *)self)->physical);
}

static void write_cluster_size(XmlWriter *writer, gconstpointer self, guint mode)
{
    const VolumeTarget *target = self;

    if (target->cluster_size)
        xml_size_write(writer, "clusterSize", "B", target->cluster_size);
}

/* ---- parts of a target ---- */

static void write_time(XmlWriter *writer, const char *name, const struct timespec *when)
{
    g_autofree char *text = when->tv_nsec ? g_strdup_printf("%lld.%09ld", (long long)when->tv_sec, when->tv_nsec)
                                          : g_strdup_printf("%lld", (long long)when->tv_sec);

    xml_write_element(writer, name, text);
}

static void write_times(XmlWriter *writer, gconstpointer self, guint mode)
{
    static const struct timespec unknown; /* when it was made is not asked for; libvirt writes that as 0 */
    const VolumeTarget *target = self;

    if (!target->has_times)
        return;
    xml_open(writer, "timestamps");
    write_time(writer, "atime", &target->atime);
    write_time(writer, "mtime", &target->mtime);
    write_time(writer, "ctime", &target->ctime);
    write_time(writer, "btime", &unknown);
    xml_close(writer);
}

/* What is asked for is refused as a whole later; here it is what format is not known at all. */
static gboolean parse_encryption(xmlNode *node, gpointer self, guint mode, GError **error)
{
    g_autofree char *format = xml_attribute(node, "format");
    int encryption = format ? xml_enum_find(image_encryptions, IMAGE_ENCRYPTION_LAST, format) : -1;

    if (encryption < 0 && g_strcmp0(format, "default") != 0)
        return vir_error_fail(error, VIR_FROM_STORAGE, VIR_ERR_CONFIG_UNSUPPORTED,
                              "unknown volume encryption format type %s", format ? format : "");
    ((VolumeTarget *)self)->encryption = encryption < 0 ? IMAGE_ENCRYPTION_LUKS : (ImageEncryption)encryption;
    return TRUE;
}

static void write_encryption(XmlWriter *writer, gconstpointer self, guint mode)
{
    const VolumeTarget *target = self;

    if (!target->encryption)
        return;
    xml_open(writer, "encryption");
    xml_write_attribute(writer, "format", image_encryptions[target->encryption]);
    xml_close_long(writer);
}

/* Dotted numbers, as "0.10". */
static gboolean parse_compat(const char *text, gpointer member, GError **error)
{
    if (!*text || strspn(text, "0123456789.") != strlen(text))
        return vir_error_fail(error, VIR_FROM_STORAGE, VIR_ERR_XML_ERROR, "forbidden characters in 'compat' attribute");
    *(char **)member = g_strdup(text);
    return TRUE;
}

static char *format_text(gconstpointer member)
{
    return g_strdup(*(char *const *)member);
}

static void clear_text(gpointer member)
{
    g_clear_pointer((char **)member, g_free);
}

static void own_text(gpointer member)
{
    *(char **)member = g_strdup(*(char **)member);
}

static const XmlCodec compat_codec = {parse_compat, format_text, clear_text, own_text};

static gboolean parse_nocow(xmlNode *node, gpointer self, guint mode, GError **error)
{
    ((VolumeTarget *)self)->nocow = TRUE;
    return TRUE;
}

/* Known by name, for an image that lacked one would be another than was asked for. */
static gboolean features_parsed(xmlNode *node, gpointer self, GError **error);

static const XmlField features_fields[] = {
    XML_FLAG(VolumeTarget, lazy_refcounts, "lazy_refcounts"),
    XML_FLAG(VolumeTarget, extended_l2, "extended_l2"),
    XML_END,
};
static const XmlElement features_element = {.fields = features_fields, .parsed = features_parsed};

static gboolean features_parsed(xmlNode *node, gpointer self, GError **error)
{
    ((VolumeTarget *)self)->has_features = TRUE;
    for (xmlNode *child = xml_first_element(node); child; child = xml_next_element(child)) {
        if (!xml_element_knows(&features_element, child))
            return vir_error_fail(error, VIR_FROM_STORAGE, VIR_ERR_CONFIG_UNSUPPORTED, "unsupported feature %s",
                                  child->name);
    }
    return TRUE;
}

static gboolean has_no_features(gconstpointer self, guint mode)
{
    return !((const VolumeTarget *)self)->has_features;
}

#define FORMAT(at)                                                                                                     \
    XML_ENUM(VolumeTarget, format, at, image_formats, .always = TRUE,                                                  \
             .invalid = UNSUPPORTED("unknown volume format type %s"))

static const XmlField format_fields[] = {FORMAT("@type"), XML_END};
static const XmlElement format_element = {.fields = format_fields};

static void init_target(gpointer self)
{
    ((VolumeTarget *)self)->format = IMAGE_FORMAT_RAW;
}

/* The path of a new volume is its pool's and its name's. */
static const XmlField target_fields[] = {
    XML_STRING(VolumeTarget, path, "path"),
    XML_INSIDE("format", &format_element),
    XML_PART(VolumeTarget, permissions, "permissions", &storage_permissions_element),
    XML_CUSTOM("timestamps", .format = write_times),
    XML_CUSTOM("encryption", .parse = parse_encryption, .format = write_encryption),
    XML_CODEC(VolumeTarget, compat, "compat", &compat_codec),
    XML_CUSTOM("nocow", .parse = parse_nocow),
    XML_CUSTOM("clusterSize", .parse = parse_cluster_size, .format = write_cluster_size),
    XML_INSIDE("features", &features_element, .always = TRUE, .skip = has_no_features),
    XML_END,
};
static const XmlElement target_element = {.fields = target_fields, .init = init_target};

static const XmlField backing_fields[] = {
    XML_STRING(VolumeTarget, path, "path"),
    XML_INSIDE("format", &format_element),
    XML_PART(VolumeTarget, permissions, "permissions", &storage_permissions_element),
    XML_CUSTOM("timestamps", .format = write_times),
    XML_TAKEN("encryption"),
    XML_END,
};
static const XmlElement backing_element = {.size = sizeof(VolumeTarget), .fields = backing_fields, .init = init_target};

/* ---- the volume ---- */

static const XmlField volume_fields[] = {
    XML_ENUM(VolumeDef, type, "@type", volume_types, .always = TRUE, .invalid = COMPLAINT("unknown volume type '%s'")),
    XML_STRING(VolumeDef, name, "name"),
    XML_STRING(VolumeDef, key, "key"),
    XML_TAKEN("source"),
    XML_CUSTOM("capacity", .parse = parse_capacity, .format = write_capacity),
    XML_CUSTOM("allocation", .parse = parse_allocation, .format = write_allocation),
    XML_CUSTOM("physical", .format = write_physical),
    XML_PART(VolumeDef, target, "target", &target_element),
    XML_STRUCT(VolumeDef, backing, "backingStore", &backing_element),
    XML_END,
};

static gboolean volume_parsed(xmlNode *node, gpointer self, GError **error)
{
    VolumeDef *def = self;

    if (!def->name || !*def->name)
        return vir_error_fail(error, VIR_FROM_STORAGE, VIR_ERR_XML_ERROR, "missing volume name element");
    /* One without a path says that there is none. */
    if (def->backing && !(def->backing->path && *def->backing->path)) {
        xml_struct_free(&backing_element, def->backing);
        def->backing = NULL;
    }
    return TRUE;
}

static const XmlElement volume_element = {.size = sizeof(VolumeDef), .fields = volume_fields, .parsed = volume_parsed};

/* What the schema says beyond the rows. */
static gboolean check_schema(xmlNode *volume, GError **error)
{
    xmlNode *backing = xml_child(volume, "backingStore");

    if ((!backing || xml_child(backing, "path")) && (xml_child(volume, "target") || backing))
        return TRUE;
    vir_error_set(error, VIR_FROM_XML, VIR_ERR_XML_INVALID_SCHEMA, "element '%s' is missing (line %ld)",
                  backing ? "path" : "target", xmlGetLineNo(backing ? backing : volume));
    return FALSE;
}

static gboolean check(const VolumeDef *def, gboolean needs_capacity, GError **error)
{
    if (needs_capacity && !def->has_capacity && !def->backing)
        return vir_error_fail(error, VIR_FROM_STORAGE, VIR_ERR_XML_ERROR, "missing capacity element");
    if (def->target.encryption)
        return vir_error_fail(error, VIR_FROM_STORAGE, VIR_ERR_CONFIG_UNSUPPORTED, "volumes that shall be encrypted");
    return storage_permissions_check(&def->target.permissions, error);
}

static void add_defaults(VolumeDef *def)
{
    if (!def->has_allocation)
        def->allocation = def->capacity;
    /* Older images have no features. */
    if (def->target.has_features && !def->target.compat)
        def->target.compat = g_strdup("1.1");
}

VolumeDef *volume_def_parse(const char *xml, gboolean needs_capacity, guint mode, GError **error)
{
    g_autoptr(xmlDoc) doc = xml_parse(xml, "volume", "(storage_volume_definition)", VIR_FROM_STORAGE, error);
    xmlNode *node = doc ? xmlDocGetRootElement(doc) : NULL;
    g_autoptr(VolumeDef) def = NULL;

    if (!doc || ((mode & XML_MODE_VALIDATE) && !check_schema(node, error)))
        return NULL;
    def = xml_struct_parse(&volume_element, node, mode, error);
    if (!def || !check(def, needs_capacity, error))
        return NULL;
    add_defaults(def);
    return g_steal_pointer(&def);
}

VolumeDef *volume_def_new(const char *name)
{
    VolumeDef *def = xml_struct_new(&volume_element);

    def->name = g_strdup(name);
    return def;
}

VolumeTarget *volume_target_new(void)
{
    return xml_struct_new(&backing_element);
}

char *volume_def_format(const VolumeDef *def)
{
    g_autoptr(XmlWriter) writer = xml_writer_new();

    xml_struct_write(&volume_element, writer, "volume", def, 0);
    return xml_writer_take(writer);
}

VolumeDef *volume_def_copy(const VolumeDef *def)
{
    return xml_struct_copy(&volume_element, def);
}

void volume_def_free(VolumeDef *def)
{
    xml_struct_free(&volume_element, def);
}
