/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cpu/compare.h"

#include <string.h>

#include "common/error.h"

/* ---- compare ---- */

/* What each list of a document holds. */
typedef struct {
    CpuSet force, require, optional, disable, forbid;
} Wishes;

static gboolean read_wishes(Wishes *wishes, const DomainCpu *cpu, GError **error)
{
    return cpu_features_of(&wishes->force, cpu, CPU_PICK_FORCE, error) &&
           cpu_features_of(&wishes->require, cpu, CPU_PICK_REQUIRE, error) &&
           cpu_features_of(&wishes->optional, cpu, CPU_PICK_OPTIONAL, error) &&
           cpu_features_of(&wishes->disable, cpu, CPU_PICK_DISABLE, error) &&
           cpu_features_of(&wishes->forbid, cpu, CPU_PICK_FORBID, error);
}

static virCPUCompareResult unfit(char **why, const char *text, const CpuSet *features)
{
    g_autofree char *names = cpu_set_names(features, ", ");

    *why = g_strdup_printf("%s: %s", text, names);
    return VIR_CPU_COMPARE_INCOMPATIBLE;
}

static virCPUCompareResult compare_features(const CpuSet *host, const CpuDocument *document, Wishes *wishes, char **why)
{
    CpuSet rest;

    cpu_set_intersect(&wishes->forbid, host);
    if (!cpu_set_is_empty(&wishes->forbid))
        return unfit(why, "Host CPU provides forbidden features", &wishes->forbid);
    /* What the model has and the list says otherwise of is no requirement. */
    cpu_set_subtract(&wishes->require, &wishes->force);
    cpu_set_subtract(&wishes->require, &wishes->optional);
    cpu_set_subtract(&wishes->require, &wishes->disable);
    rest = wishes->require;
    cpu_set_subtract(&rest, host);
    if (!cpu_set_is_empty(&rest))
        return unfit(why, "Host CPU does not provide required features", &rest);
    rest = *host;
    cpu_set_subtract(&rest, &wishes->optional);
    cpu_set_subtract(&rest, &wishes->require);
    cpu_set_subtract(&rest, &wishes->disable);
    cpu_set_subtract(&rest, &wishes->force);
    if (cpu_set_is_empty(&rest))
        return VIR_CPU_COMPARE_IDENTICAL;
    if (!document->is_host && document->cpu->match == CPU_MATCH_STRICT)
        return unfit(why, "Host CPU does not strictly match guest CPU: Extra features", &rest);
    return VIR_CPU_COMPARE_SUPERSET;
}

static virCPUCompareResult compare(const DomainCpu *host, const CpuDocument *document, char **why, GError **error)
{
    const DomainCpu *cpu = document->cpu;
    CpuSet features;
    Wishes wishes;

    if (document->arch && !cpu_arch_is_x86(document->arch)) {
        *why = g_strdup_printf("CPU arch %s does not match host arch", document->arch);
        return VIR_CPU_COMPARE_INCOMPATIBLE;
    }
    if (cpu->vendor && g_strcmp0(cpu->vendor, host->vendor) != 0) {
        *why = g_strdup_printf("host CPU vendor does not match required CPU vendor %s", cpu->vendor);
        return VIR_CPU_COMPARE_INCOMPATIBLE;
    }
    if (!cpu_features_of(&features, host, CPU_PICK_ALL, error) || !read_wishes(&wishes, cpu, error))
        return VIR_CPU_COMPARE_ERROR;
    return compare_features(&features, document, &wishes, why);
}

virCPUCompareResult cpu_compare(const DomainCpu *host, const CpuDocument *cpu, gboolean must_fit, GError **error)
{
    g_autofree char *why = NULL;
    virCPUCompareResult result = VIR_CPU_COMPARE_INCOMPATIBLE;

    if (host && host->model)
        result = compare(host, cpu, &why, error);
    else
        why = g_strdup("unknown host CPU");
    if (result != VIR_CPU_COMPARE_INCOMPATIBLE || !must_fit)
        return result;
    vir_error_set(error, VIR_FROM_CPU, VIR_ERR_CPU_INCOMPATIBLE, "%s", why);
    return VIR_CPU_COMPARE_ERROR;
}

/* ---- baseline ---- */

/* What is in common so far. */
typedef struct {
    CpuFacts facts;
    const char *model;     /* that all are of; NULL: not one */
    gboolean has_models;   /* they are of several */
    gboolean names_vendor; /* each says it */
} Common;

static gboolean check_documents(const GPtrArray *cpus, GError **error)
{
    if (cpus->len == 0)
        return vir_error_fail(error, VIR_FROM_CPU, VIR_ERR_INVALID_ARG, "no CPUs given");
    for (guint i = 0; i < cpus->len; i++) {
        const CpuDocument *document = g_ptr_array_index(cpus, i);

        if (!document->cpu->model)
            return vir_error_fail(error, VIR_FROM_CPU, VIR_ERR_INVALID_ARG, "no CPU model specified at index %u", i);
        if (document->arch && !cpu_arch_is_x86(document->arch))
            return vir_error_fail(error, VIR_FROM_CPU, VIR_ERR_NO_SUPPORT,
                                  "cannot compute baseline CPU of %s architecture", document->arch);
    }
    return TRUE;
}

/* The vendor that a document says or, but for the first one, means by its model; NULL: any. */
static gboolean read_vendor(const DomainCpu *cpu, gboolean is_first, const char **vendor, GError **error)
{
    const CpuModel *model = cpu_model_find(cpu->model);

    if (cpu->vendor && !cpu_vendor_id(cpu->vendor))
        return vir_error_fail(error, VIR_FROM_CPU, VIR_ERR_OPERATION_FAILED, "Unknown CPU vendor %s", cpu->vendor);
    if (cpu->vendor && model->vendor && !g_str_equal(cpu->vendor, model->vendor))
        return vir_error_fail(error, VIR_FROM_CPU, VIR_ERR_OPERATION_FAILED,
                              "CPU vendor %s of model %s differs from vendor %s", model->vendor, model->name,
                              cpu->vendor);
    *vendor = cpu->vendor || is_first ? cpu->vendor : model->vendor;
    return TRUE;
}

static gboolean add_to_common(Common *common, const DomainCpu *cpu, gboolean is_first, GError **error)
{
    const char *vendor = NULL;
    CpuSet features;

    if (!cpu_features_of(&features, cpu, CPU_PICK_ALL, error) || !read_vendor(cpu, is_first, &vendor, error))
        return FALSE;
    if (is_first)
        *common = (Common){.facts = {.features = features}, .model = cpu->model, .names_vendor = TRUE};
    else
        cpu_set_intersect(&common->facts.features, &features);
    if (g_strcmp0(common->model, cpu->model) != 0)
        common->model = NULL;
    if (!cpu->vendor)
        common->names_vendor = FALSE;
    if (vendor && common->facts.vendor && !g_str_equal(vendor, common->facts.vendor))
        return vir_error_fail(error, VIR_FROM_CPU, VIR_ERR_OPERATION_FAILED, "CPU vendors do not match");
    if (vendor)
        common->facts.vendor = vendor;
    return TRUE;
}

DomainCpu *cpu_baseline(const GPtrArray *cpus, const CpuChoice *among, const CpuSet *without, GError **error)
{
    CpuChoice choice = *among;
    g_autoptr(DomainCpu) cpu = cpu_new();
    Common common = {0};

    if (!check_documents(cpus, error))
        return NULL;
    for (guint i = 0; i < cpus->len; i++)
        if (!add_to_common(&common, ((const CpuDocument *)g_ptr_array_index(cpus, i))->cpu, i == 0, error))
            return NULL;
    if (without)
        cpu_set_subtract(&common.facts.features, without);
    if (cpu_set_is_empty(&common.facts.features)) {
        vir_error_set(error, VIR_FROM_CPU, VIR_ERR_OPERATION_FAILED, "CPUs are incompatible");
        return NULL;
    }
    choice.use = CPU_MODEL_GUEST;
    choice.preferred = common.model;
    choice.may_fall_back = TRUE;
    cpu->has_mode = TRUE;
    cpu->match = CPU_MATCH_EXACT;
    if (!cpu_choose_model(cpu, &common.facts, &choice, error))
        return NULL;
    if (g_strcmp0(cpu->model, common.model) == 0)
        cpu->fallback = CPU_FALLBACK_FORBID;
    if (!common.names_vendor)
        g_clear_pointer(&cpu->vendor, g_free);
    return g_steal_pointer(&cpu);
}

/* ---- expand ---- */

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const CpuFeature *const *)a)->name, (*(const CpuFeature *const *)b)->name);
}

gboolean cpu_expand(DomainCpu *cpu, GError **error)
{
    const CpuModel *model = cpu_model_find(cpu->model);
    CpuSet rest;

    if (!model)
        return vir_error_fail(error, VIR_FROM_CPU, VIR_ERR_INTERNAL_ERROR, "unknown CPU model %s", cpu->model);
    rest = model->features;
    for (guint i = 0; cpu->features && i < cpu->features->len; i++) {
        int feature = cpu_feature_find(((const CpuFeature *)g_ptr_array_index(cpu->features, i))->name);

        if (feature >= 0)
            cpu_set_remove(&rest, (guint)feature);
    }
    cpu_append_features(cpu, &rest, CPU_FEATURE_REQUIRE);
    if (cpu->features)
        g_ptr_array_sort(cpu->features, by_name);
    return TRUE;
}
