/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/storage/pool_def.h"

#include <string.h>

#include "conf/codecs.h"

const char *const pool_types[POOL_LAST] = {"dir",  "fs",    "netfs", "logical",  "disk",    "iscsi", "iscsi-direct",
                                           "scsi", "mpath", "rbd",   "sheepdog", "gluster", "zfs",   "vstorage"};

#define COMPLAINT(text) XML_COMPLAINT(VIR_FROM_STORAGE, VIR_ERR_XML_ERROR, text)

/* ---- rows ---- */

/* Sizes are what somebody found; what a document says about them counts for nothing. */
static void write_sizes(XmlWriter *writer, gconstpointer self, guint mode)
{
    const PoolDef *def = self;

    xml_size_write(writer, "capacity", "bytes", def->capacity);
    xml_size_write(writer, "allocation", "bytes", def->allocation);
    xml_size_write(writer, "available", "bytes", def->available);
}

/* A directory has no source, and so its document an empty one. */
static void write_source(XmlWriter *writer, gconstpointer self, guint mode)
{
    xml_open(writer, "source");
    xml_close_long(writer);
}

static const XmlField cow_fields[] = {
    XML_YESNO(PoolDef, cow, "@state", .required = TRUE),
    XML_END,
};
static const XmlElement cow_element = {.fields = cow_fields};

static const XmlField features_fields[] = {XML_INSIDE("cow", &cow_element), XML_END};
static const XmlElement features_element = {.fields = features_fields};

static const XmlField target_fields[] = {
    XML_STRING(PoolDef, path, "path"),
    XML_PART(PoolDef, permissions, "permissions", &storage_permissions_element),
    XML_END,
};
static const XmlElement target_element = {.fields = target_fields};

static const XmlField pool_fields[] = {
    XML_ENUM(PoolDef, type, "@type", pool_types, .required = TRUE, .always = TRUE),
    XML_STRING(PoolDef, name, "name"),
    XML_CODEC(PoolDef, uuid, "uuid", &xml_codec_uuid, .invalid = COMPLAINT("malformed uuid element")),
    XML_CUSTOM("capacity", .format = write_sizes),
    XML_TAKEN("allocation"),
    XML_TAKEN("available"),
    XML_INSIDE("features", &features_element),
    XML_CUSTOM("source", .format = write_source),
    XML_INSIDE("target", &target_element),
    XML_END,
};

/* The name becomes one of a file, too. */
static gboolean check_name(const char *name, GError **error)
{
    if (!name || !*name)
        return vir_error_fail(error, VIR_FROM_STORAGE, VIR_ERR_XML_ERROR, "missing pool source name element%s", "");
    if (strchr(name, '/'))
        return vir_error_fail(error, VIR_FROM_STORAGE, VIR_ERR_XML_ERROR, "name %s cannot contain '/'", name);
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strchr(name, '\n'))
        return vir_error_fail(error, VIR_FROM_STORAGE, VIR_ERR_XML_ERROR, "invalid pool name '%s'", name);
    return TRUE;
}

static gboolean pool_parsed(xmlNode *node, gpointer self, GError **error)
{
    PoolDef *def = self;
    char *clean;

    if (!check_name(def->name, error))
        return FALSE;
    if (!def->path || !*def->path)
        return vir_error_fail(error, VIR_FROM_STORAGE, VIR_ERR_XML_ERROR, "missing storage pool target path%s", "");
    clean = storage_clean_path(def->path);
    g_free(def->path);
    def->path = clean;
    return TRUE;
}

static const XmlElement pool_element = {.size = sizeof(PoolDef), .fields = pool_fields, .parsed = pool_parsed};

/* ---- the document ---- */

/* Before anything of the other types is looked at: what they would say is not understood here. */
static gboolean check_type(xmlNode *node, GError **error)
{
    g_autofree char *type = xml_attribute(node, "type");

    if (!type || strcmp(type, pool_types[POOL_DIR]) == 0 || xml_enum_find(pool_types, POOL_LAST, type) < 0)
        return TRUE;
    vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_CONFIG_UNSUPPORTED, "storage pools of type '%s' (line %ld)", type,
                  xmlGetLineNo(node));
    return FALSE;
}

/* What the schema says beyond the rows. */
static gboolean check_schema(const PoolDef *def, GError **error)
{
    if (g_path_is_absolute(def->path))
        return TRUE;
    vir_error_set(error, VIR_FROM_XML, VIR_ERR_XML_INVALID_SCHEMA, "the path '%s' is not absolute", def->path);
    return FALSE;
}

PoolDef *pool_def_parse_node(xmlNode *node, guint mode, GError **error)
{
    g_autoptr(PoolDef) def = NULL;

    if (!check_type(node, error))
        return NULL;
    def = xml_struct_parse(&pool_element, node, mode, error);
    if (!def || !storage_permissions_check(&def->permissions, error) ||
        ((mode & XML_MODE_VALIDATE) && !check_schema(def, error)))
        return NULL;
    if (uuid_is_nil(def->uuid))
        uuid_generate(def->uuid);
    return g_steal_pointer(&def);
}

PoolDef *pool_def_parse(const char *xml, guint mode, GError **error)
{
    g_autoptr(xmlDoc) doc = xml_parse(xml, "pool", "(storage_pool_definition)", VIR_FROM_STORAGE, error);

    return doc ? pool_def_parse_node(xmlDocGetRootElement(doc), mode, error) : NULL;
}

PoolDef *pool_def_parse_file(const char *path, GError **error)
{
    g_autoptr(xmlDoc) doc = xml_parse_file(path, "pool", VIR_FROM_STORAGE, error);

    return doc ? pool_def_parse_node(xmlDocGetRootElement(doc), 0, error) : NULL;
}

void pool_def_write(const PoolDef *def, XmlWriter *writer)
{
    xml_struct_write(&pool_element, writer, "pool", def, 0);
}

char *pool_def_format(const PoolDef *def)
{
    g_autoptr(XmlWriter) writer = xml_writer_new();

    pool_def_write(def, writer);
    return xml_writer_take(writer);
}

PoolDef *pool_def_copy(const PoolDef *def)
{
    return xml_struct_copy(&pool_element, def);
}

void pool_def_free(PoolDef *def)
{
    xml_struct_free(&pool_element, def);
}
