/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/cpuset.h"
#include "conf/domain/machine/tuning.h"

/* clang-format off */
static const char *const sources[MEMORY_SOURCE_LAST] = {NULL, "anonymous", "file", "memfd"};
const char *const memory_accesses[MEMORY_ACCESS_LAST] = {NULL, "shared", "private"};
static const char *const allocations[MEMORY_ALLOCATION_LAST] = {NULL, "immediate", "ondemand"};
const char *const numa_modes[NUMA_MODE_LAST] = {"strict", "preferred", "interleave", "restrictive"};
static const char *const placements[NUMA_PLACEMENT_LAST] = {NULL, "static", "auto"};
/* clang-format on */

/* ---- sizes in attributes, with the unit in another ---- */

static gboolean sized_parse(xmlNode *node, const char *name, unsigned long long *kib, GError **error)
{
    guint64 bytes;

    if (!xml_size_parse_attribute(node, name, 1024, &bytes, error))
        return FALSE;
    *kib = bytes / 1024 + (bytes % 1024 != 0);
    return TRUE;
}

static void sized_format(XmlWriter *writer, const char *name, unsigned long long kib)
{
    xml_write_attributef(writer, name, "%llu", kib);
    xml_write_attribute(writer, "unit", "KiB");
}

/* ---- <memoryBacking> ---- */

static gboolean page_size_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    return sized_parse(node, "size", &((HugePage *)self)->size_kib, error);
}

static void page_size_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    sized_format(writer, "size", ((const HugePage *)self)->size_kib);
}

/* clang-format off */
static const XmlField page_fields[] = {
    XML_CUSTOM("@size", .parse = page_size_parse, .format = page_size_format),
    XML_TAKEN("@unit"),
    XML_CODEC(HugePage, nodeset, "@nodeset", &cpuset_codec),
    XML_END,
};
static const XmlElement page_element = {.size = sizeof(HugePage), .fields = page_fields};

static const XmlField hugepages_fields[] = {
    XML_LIST(MemoryBacking, pages, "page", &page_element),
    XML_END,
};
/* clang-format on */

static gboolean hugepages_parsed(xmlNode *node, gpointer self, GError **error)
{
    ((MemoryBacking *)self)->has_hugepages = TRUE;
    return TRUE;
}

static gboolean has_no_hugepages(gconstpointer self, guint mode)
{
    return !((const MemoryBacking *)self)->has_hugepages;
}

/* clang-format off */
static const XmlElement hugepages_element = {.fields = hugepages_fields, .parsed = hugepages_parsed};

static const XmlField memory_backing_fields[] = {
    XML_INSIDE("hugepages", &hugepages_element, .always = TRUE, .skip = has_no_hugepages),
    XML_FLAG(MemoryBacking, is_unshared, "nosharepages"),
    XML_FLAG(MemoryBacking, is_locked, "locked"),
    XML_ENUM(MemoryBacking, source, "source/@type", sources),
    XML_ENUM(MemoryBacking, access, "access/@mode", memory_accesses),
    XML_ENUM(MemoryBacking, allocation, "allocation/@mode", allocations),
    XML_UINT(MemoryBacking, allocation_threads, "allocation/@threads", .nonzero = TRUE),
    XML_FLAG(MemoryBacking, is_discarded, "discard"),
    XML_END,
};
const XmlElement memory_backing_element = {.fields = memory_backing_fields};

/* ---- <numatune> ---- */

static const XmlField numa_memory_fields[] = {
    XML_ENUM(NumaMemory, mode, "@mode", numa_modes, .always = TRUE),
    XML_CODEC(NumaMemory, nodeset, "@nodeset", &cpuset_codec),
    XML_ENUM(NumaMemory, placement, "@placement", placements),
    XML_END,
};
static const XmlElement numa_memory_element = {.size = sizeof(NumaMemory), .fields = numa_memory_fields};

static const XmlField memnode_fields[] = {
    XML_UINT(NumaMemory, cell, "@cellid", .required = TRUE, .always = TRUE),
    XML_ENUM(NumaMemory, mode, "@mode", numa_modes, .always = TRUE),
    XML_CODEC(NumaMemory, nodeset, "@nodeset", &cpuset_codec, .required = TRUE),
    XML_END,
};
static const XmlElement memnode_element = {.size = sizeof(NumaMemory), .fields = memnode_fields};

static const XmlField numatune_fields[] = {
    XML_STRUCT(NumaTune, memory, "memory", &numa_memory_element),
    XML_LIST(NumaTune, memnodes, "memnode", &memnode_element),
    XML_END,
};
const XmlElement numatune_element = {.fields = numatune_fields};
/* clang-format on */

/* ---- <numa><cell> ---- */

static gboolean cell_memory_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    return sized_parse(node, "memory", &((NumaCell *)self)->memory_kib, error);
}

static void cell_memory_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    sized_format(writer, "memory", ((const NumaCell *)self)->memory_kib);
}

/* clang-format off */
static const XmlField distance_fields[] = {
    XML_UINT(NumaDistance, id, "@id", .required = TRUE, .always = TRUE),
    XML_UINT(NumaDistance, value, "@value", .required = TRUE, .always = TRUE),
    XML_END,
};
static const XmlElement distance_element = {.size = sizeof(NumaDistance), .fields = distance_fields};

static const XmlField distances_fields[] = {
    XML_LIST(NumaCell, distances, "sibling", &distance_element),
    XML_END,
};
static const XmlElement distances_element = {.fields = distances_fields};

static const XmlField cell_fields[] = {
    XML_INT(NumaCell, id, "@id", .absent = NUMA_CELL_UNSET),
    XML_CODEC(NumaCell, cpus, "@cpus", &cpuset_codec),
    XML_CUSTOM("@memory", .parse = cell_memory_parse, .format = cell_memory_format),
    XML_TAKEN("@unit"),
    XML_ENUM(NumaCell, access, "@memAccess", memory_accesses),
    XML_YESNO(NumaCell, discard, "@discard"),
    XML_INSIDE("distances", &distances_element),
    XML_REFUSE("cache"),
    XML_END,
};
/* clang-format on */

const XmlElement numa_cell_element = {.size = sizeof(NumaCell), .fields = cell_fields};
