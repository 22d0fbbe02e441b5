/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <cpu>: the guest's processor. */
#include <string.h>

#include "conf/domain/machine/machine.h"
#include "conf/domain/machine/tuning.h"

/* clang-format off */
const char *const cpu_modes[CPU_MODE_LAST] = {"custom", "host-model", "host-passthrough", "maximum"};
const char *const cpu_matches[CPU_MATCH_LAST] = {"minimum", "exact", "strict"};
const char *const cpu_checks[CPU_CHECK_LAST] = {NULL, "none", "partial", "full"};
static const char *const fallbacks[CPU_FALLBACK_LAST] = {"allow", "forbid"};
const char *const cpu_feature_policies[CPU_FEATURE_LAST] = {"force", "require", "optional", "disable", "forbid"};
static const char *const cache_modes[CPU_CACHE_LAST] = {NULL, "emulate", "passthrough", "disable"};
static const char *const physaddr_modes[CPU_PHYSADDR_LAST] = {NULL, "emulate", "passthrough"};
/* clang-format on */

#define VENDOR_ID_LEN   12
#define FEATURES_MAX    1024
#define CACHE_LEVEL_MAX 3

static gboolean fault(GError **error, xmlNode *node, int code, const char *text)
{
    vir_error_set(error, VIR_FROM_CPU, code, "%s (line %ld)", text, xmlGetLineNo(node));
    return FALSE;
}

/* ---- <model> ---- */

static gboolean model_parsed(xmlNode *node, gpointer self, GError **error)
{
    DomainCpu *cpu = self;

    if (cpu->vendor_id && strlen(cpu->vendor_id) != VENDOR_ID_LEN)
        return fault(error, node, VIR_ERR_XML_ERROR, "vendor_id must be exactly 12 characters long");
    if (cpu->vendor_id && strchr(cpu->vendor_id, ','))
        return fault(error, node, VIR_ERR_XML_ERROR, "vendor id is invalid");
    if (cpu->model && !*g_strstrip(cpu->model))
        g_clear_pointer(&cpu->model, g_free);
    return TRUE;
}

static gboolean has_no_model(gconstpointer self, guint mode)
{
    const DomainCpu *cpu = self;

    return !cpu->model && !cpu->vendor_id && cpu->fallback == CPU_FALLBACK_ALLOW;
}

/* clang-format off */
static const XmlField model_fields[] = {
    XML_ENUM(DomainCpu, fallback, "@fallback", fallbacks, .always = TRUE),
    XML_STRING(DomainCpu, vendor_id, "@vendor_id"),
    XML_STRING(DomainCpu, model, "."),
    XML_END,
};
static const XmlElement model_element = {.fields = model_fields, .parsed = model_parsed};

/* ---- <topology>, <cache>, <maxphysaddr> ---- */

static const XmlField topology_fields[] = {
    XML_UINT(DomainCpu, sockets, "@sockets", .required = TRUE, .nonzero = TRUE),
    XML_UINT(DomainCpu, dies, "@dies", .nonzero = TRUE),
    XML_UINT(DomainCpu, cores, "@cores", .required = TRUE, .nonzero = TRUE),
    XML_UINT(DomainCpu, threads, "@threads", .required = TRUE, .nonzero = TRUE),
    XML_END,
};
/* clang-format on */

static gboolean topology_parsed(xmlNode *node, gpointer self, GError **error)
{
    DomainCpu *cpu = self;

    if (!cpu->dies)
        cpu->dies = 1;
    return TRUE;
}

static gboolean has_no_topology(gconstpointer self, guint mode)
{
    return !((const DomainCpu *)self)->sockets;
}

static gboolean cache_parsed(xmlNode *node, gpointer self, GError **error)
{
    DomainCpu *cpu = self;

    if (cpu->cache_level == CPU_CACHE_LEVEL_UNSET || (cpu->cache_level >= 0 && cpu->cache_level <= CACHE_LEVEL_MAX))
        return TRUE;
    return fault(error, node, VIR_ERR_XML_ERROR, "invalid CPU cache level, must be in range [0,3]");
}

static gboolean physaddr_parsed(xmlNode *node, gpointer self, GError **error)
{
    DomainCpu *cpu = self;

    if (cpu->physaddr_mode == CPU_PHYSADDR_EMULATE && !cpu->physaddr_bits)
        return fault(error, node, VIR_ERR_XML_ERROR,
                     "if using CPU maximum physical address mode='emulate', bits= must be specified");
    return TRUE;
}

static const XmlElement topology_element = {.fields = topology_fields, .parsed = topology_parsed};

/* clang-format off */
static const XmlField cache_fields[] = {
    XML_INT(DomainCpu, cache_level, "@level", .absent = CPU_CACHE_LEVEL_UNSET),
    XML_ENUM(DomainCpu, cache_mode, "@mode", cache_modes, .required = TRUE),
    XML_END,
};
static const XmlElement cache_element = {.fields = cache_fields, .parsed = cache_parsed};
static const XmlField physaddr_fields[] = {
    XML_ENUM(DomainCpu, physaddr_mode, "@mode", physaddr_modes, .required = TRUE),
    XML_UINT(DomainCpu, physaddr_bits, "@bits"),
    XML_REFUSE("@limit"),
    XML_END,
};
static const XmlElement physaddr_element = {.fields = physaddr_fields, .parsed = physaddr_parsed};

/* ---- <feature> ---- */

static const XmlField feature_fields[] = {
    XML_ENUM(CpuFeature, policy, "@policy", cpu_feature_policies, .absent = CPU_FEATURE_REQUIRE, .always = TRUE,
             .invalid = XML_COMPLAINT(VIR_FROM_CPU, VIR_ERR_INTERNAL_ERROR, "Invalid CPU feature policy")),
    XML_STRING(CpuFeature, name, "@name", .required = TRUE,
               .missing = XML_COMPLAINT(VIR_FROM_CPU, VIR_ERR_INTERNAL_ERROR, "Invalid CPU feature name")),
    XML_END,
};
static const XmlElement feature_element = {.size = sizeof(CpuFeature), .fields = feature_fields};

CpuFeature *cpu_find_feature(const DomainCpu *cpu, const char *name)
{
    for (guint i = 0; cpu->features && i < cpu->features->len; i++) {
        CpuFeature *feature = g_ptr_array_index(cpu->features, i);

        if (g_str_equal(feature->name, name))
            return feature;
    }
    return NULL;
}

void cpu_add_feature(DomainCpu *cpu, const char *name, CpuFeaturePolicy policy)
{
    CpuFeature *feature = xml_struct_new(&feature_element);

    if (!cpu->features)
        cpu->features = g_ptr_array_new();
    feature->name = g_strdup(name);
    feature->policy = policy;
    g_ptr_array_add(cpu->features, feature);
}

void cpu_set_feature(DomainCpu *cpu, const char *name, CpuFeaturePolicy policy)
{
    CpuFeature *feature = cpu_find_feature(cpu, name);

    if (feature)
        feature->policy = policy;
    else
        cpu_add_feature(cpu, name, policy);
}

void cpu_remove_feature(DomainCpu *cpu, const char *name)
{
    CpuFeature *feature = cpu_find_feature(cpu, name);

    if (!feature)
        return;
    g_ptr_array_remove(cpu->features, feature);
    xml_struct_free(&feature_element, feature);
}

void cpu_clear_features(DomainCpu *cpu)
{
    for (guint i = 0; cpu->features && i < cpu->features->len; i++)
        xml_struct_free(&feature_element, g_ptr_array_index(cpu->features, i));
    g_clear_pointer(&cpu->features, g_ptr_array_unref);
}

/* ---- <cpu> ---- */

/* A match says how to compare with a model that is named. */
static gboolean has_no_match(gconstpointer self, guint mode)
{
    const DomainCpu *cpu = self;

    return cpu->mode != CPU_MODE_CUSTOM || !cpu->model;
}

static gboolean has_no_mode(gconstpointer self, guint mode)
{
    return !((const DomainCpu *)self)->has_mode;
}

static const XmlField numa_fields[] = {
    XML_LIST(DomainCpu, cells, "cell", &numa_cell_element),
    XML_REFUSE("interconnects"),
    XML_END,
};
static const XmlElement numa_element = {.fields = numa_fields};

static const XmlField cpu_fields[] = {
    XML_ENUM(DomainCpu, mode, "@mode", cpu_modes, .always = TRUE, .skip = has_no_mode,
             .invalid = XML_COMPLAINT(VIR_FROM_CPU, VIR_ERR_CONFIG_UNSUPPORTED, "Invalid mode attribute '%s'")),
    XML_ENUM(DomainCpu, match, "@match", cpu_matches, .absent = CPU_MATCH_EXACT, .always = TRUE,
             .skip = has_no_match),
    XML_ENUM(DomainCpu, check, "@check", cpu_checks),
    XML_ONOFF(DomainCpu, migratable, "@migratable"),
    XML_INSIDE("model", &model_element, .skip = has_no_model),
    XML_STRING(DomainCpu, vendor, "vendor"),
    XML_INSIDE("topology", &topology_element, .skip = has_no_topology),
    XML_INSIDE("cache", &cache_element),
    XML_INSIDE("maxphysaddr", &physaddr_element),
    XML_LIST(DomainCpu, features, "feature", &feature_element),
    XML_INSIDE("numa", &numa_element),
    XML_END,
};
/* clang-format on */

static gboolean features_are_distinct(xmlNode *node, const GPtrArray *features, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    if (features->len > FEATURES_MAX) {
        vir_error_set(error, VIR_FROM_CPU, VIR_ERR_CONFIG_UNSUPPORTED, "more than %d CPU features (line %ld)",
                      FEATURES_MAX, xmlGetLineNo(node));
        return FALSE;
    }
    for (guint i = 0; i < features->len; i++) {
        const CpuFeature *feature = features->pdata[i];

        if (!g_hash_table_add(seen, feature->name)) {
            vir_error_set(error, VIR_FROM_CPU, VIR_ERR_XML_ERROR,
                          "CPU feature '%s' specified more than once (line %ld)", feature->name, xmlGetLineNo(node));
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean cpu_parsed(xmlNode *node, gpointer self, GError **error)
{
    DomainCpu *cpu = self;
    gboolean has_match = xmlHasProp(node, (const xmlChar *)"match") != NULL;

    /* Without a mode, a match or a model says custom; a topology alone says nothing. */
    cpu->has_mode = xmlHasProp(node, (const xmlChar *)"mode") || has_match || cpu->model;
    if (cpu->migratable && cpu->mode != CPU_MODE_HOST_PASSTHROUGH && cpu->mode != CPU_MODE_MAXIMUM)
        return fault(error, node, VIR_ERR_XML_ERROR,
                     "Attribute migratable is only allowed for 'host-passthrough' / 'maximum' CPU mode");
    if (cpu->vendor && !cpu->model)
        return fault(error, node, VIR_ERR_XML_ERROR, "CPU vendor specified without CPU model");
    if (cpu->mode == CPU_MODE_CUSTOM && !cpu->model && cpu->features && cpu->features->len)
        return fault(error, node, VIR_ERR_XML_ERROR, "Non-empty feature list specified without CPU model");
    return !cpu->features || features_are_distinct(node, cpu->features, error);
}

const XmlElement cpu_element = {
    .size = sizeof(DomainCpu),
    .fields = cpu_fields,
    .parsed = cpu_parsed,
    .beyond_schema = TRUE,
};
