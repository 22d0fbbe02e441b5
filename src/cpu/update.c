/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cpu/update.h"

#include "common/error.h"

/* ---- before the start ---- */

static gboolean check_forbidden(const DomainCpu *cpu, const DomainCpu *forced, GError **error)
{
    CpuSet has;

    if (!forced || !cpu_features_of(&has, forced, CPU_PICK_ALL, error))
        return forced == NULL;
    for (guint i = 0; cpu->features && i < cpu->features->len; i++) {
        const CpuFeature *item = g_ptr_array_index(cpu->features, i);
        int feature = item->policy == CPU_FEATURE_FORBID ? cpu_feature_find(item->name) : -1;

        if (feature >= 0 && cpu_set_has(&has, (guint)feature))
            return vir_error_fail(error, VIR_FROM_CPU, VIR_ERR_CPU_INCOMPATIBLE,
                                  "Host CPU provides forbidden feature '%s'", item->name);
    }
    return TRUE;
}

/* The hypervisor's own word about a model is enough where the document asks for nothing beside it. */
static gboolean is_usable(const DomainCpu *cpu, const CpuTarget *target)
{
    if (cpu->mode != CPU_MODE_CUSTOM || cpu->vendor || cpu->match == CPU_MATCH_STRICT || !target->is_usable ||
        !target->is_usable(cpu->model, target->choice.data))
        return FALSE;
    for (guint i = 0; cpu->features && i < cpu->features->len; i++) {
        CpuFeaturePolicy policy = ((const CpuFeature *)g_ptr_array_index(cpu->features, i))->policy;

        if (policy == CPU_FEATURE_REQUIRE || policy == CPU_FEATURE_FORBID)
            return FALSE;
    }
    return TRUE;
}

static gboolean check(const DomainCpu *cpu, const CpuTarget *target, GError **error)
{
    const CpuDocument document = {.cpu = (DomainCpu *)cpu};

    if (cpu->check != CPU_CHECK_NONE && !check_forbidden(cpu, target->forced, error))
        return FALSE;
    if (cpu->check != CPU_CHECK_PARTIAL)
        return TRUE;
    return is_usable(cpu, target) || cpu_compare(target->host, &document, TRUE, error) != VIR_CPU_COMPARE_ERROR;
}

static void resolve_optional(DomainCpu *cpu, const CpuSet *host)
{
    for (guint i = 0; cpu->features && i < cpu->features->len; i++) {
        CpuFeature *item = g_ptr_array_index(cpu->features, i);
        int feature = cpu_feature_find(item->name);

        if (item->policy == CPU_FEATURE_OPTIONAL)
            item->policy =
                feature >= 0 && cpu_set_has(host, (guint)feature) ? CPU_FEATURE_REQUIRE : CPU_FEATURE_DISABLE;
    }
}

/* Puts another's model in the place of cpu's, with its features; what cpu's own list says of a feature counts. */
static void take_model(DomainCpu *cpu, const DomainCpu *other, gboolean with_vendor)
{
    g_autoptr(DomainCpu) before = cpu_copy(cpu);

    g_free(cpu->model);
    cpu->model = g_strdup(other->model);
    if (with_vendor) {
        g_free(cpu->vendor);
        cpu->vendor = g_strdup(other->vendor);
    }
    cpu_clear_features(cpu);
    for (guint i = 0; other->features && i < other->features->len; i++) {
        const CpuFeature *item = g_ptr_array_index(other->features, i);

        cpu_add_feature(cpu, item->name, item->policy);
    }
    for (guint i = 0; before->features && i < before->features->len; i++) {
        const CpuFeature *item = g_ptr_array_index(before->features, i);

        cpu_set_feature(cpu, item->name, item->policy);
    }
}

/* A model of before may have had features that it has no more: the hypervisor's may have them still. */
static void refuse_gone_features(DomainCpu *cpu)
{
    const CpuModel *model = cpu_model_find(cpu->model);

    for (guint i = 0; model && i < cpu_feature_count; i++)
        if (cpu_set_has(&model->gone, i) && !cpu_find_feature(cpu, cpu_feature_table[i].name))
            cpu_add_feature(cpu, cpu_feature_table[i].name, CPU_FEATURE_DISABLE);
}

/* A model that the hypervisor does not have is told by one that it has. */
static gboolean translate(DomainCpu *cpu, const CpuTarget *target, GError **error)
{
    const CpuModel *model = cpu_model_find(cpu->model);
    char *const *blockers = NULL;
    g_autoptr(DomainCpu) other = NULL;
    CpuChoice choice = target->choice;
    CpuFacts facts;

    if (!choice.has_model || choice.has_model(cpu->model, &blockers, choice.data))
        return TRUE;
    if (cpu->fallback != CPU_FALLBACK_ALLOW)
        return vir_error_fail(error, VIR_FROM_CPU, VIR_ERR_CONFIG_UNSUPPORTED,
                              "CPU model %s is not supported by hypervisor", cpu->model);
    if (!model)
        return vir_error_fail(error, VIR_FROM_CPU, VIR_ERR_INTERNAL_ERROR, "Unknown CPU model %s", cpu->model);
    facts = (CpuFacts){.vendor = model->vendor};
    if (model->signatures->len > 0) {
        const CpuSignatureRange *range = &g_array_index(model->signatures, CpuSignatureRange, 0);

        facts.signature = (CpuSignature){range->family, range->model, range->stepping_min};
    }
    choice.use = CPU_MODEL_GUEST;
    other = cpu_new();
    if (!cpu_features_of(&facts.features, cpu, CPU_PICK_ALL, error) || !cpu_choose_model(other, &facts, &choice, error))
        return FALSE;
    take_model(cpu, other, FALSE);
    return TRUE;
}

static gboolean check_names(const DomainCpu *cpu, GError **error)
{
    for (guint i = 0; cpu->features && i < cpu->features->len; i++) {
        const CpuFeature *item = g_ptr_array_index(cpu->features, i);

        if (cpu_feature_find(item->name) < 0)
            return vir_error_fail(error, VIR_FROM_CPU, VIR_ERR_CONFIG_UNSUPPORTED, "unknown CPU feature: %s",
                                  item->name);
    }
    return TRUE;
}

/* What documents may name and hypervisors have no switch for. */
static void leave_out_unswitched(DomainCpu *cpu)
{
    static const char *const names[] = {"cmt", "mbm_total", "mbm_local", "osxsave", "ospke"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        cpu_remove_feature(cpu, names[i]);
}

gboolean cpu_settle(DomainCpu *cpu, const CpuTarget *target, GError **error)
{
    gboolean is_relative = cpu->mode == CPU_MODE_HOST_MODEL || cpu->match == CPU_MATCH_MINIMUM;
    CpuSet host = {{0}};

    if (!check_names(cpu, error))
        return FALSE;
    if (cpu->mode == CPU_MODE_HOST_PASSTHROUGH || cpu->mode == CPU_MODE_MAXIMUM ||
        (cpu->mode == CPU_MODE_CUSTOM && !cpu->model))
        return TRUE;
    if (!check(cpu, target, error))
        return FALSE;
    if (is_relative && !target->host_model)
        return vir_error_fail(error, VIR_FROM_CPU, VIR_ERR_CONFIG_UNSUPPORTED, "unknown host CPU model");
    if (target->host_model && !cpu_features_of(&host, target->host_model, CPU_PICK_ALL, error))
        return FALSE;
    resolve_optional(cpu, &host);
    if (is_relative)
        take_model(cpu, target->host_model, cpu->mode == CPU_MODE_HOST_MODEL);
    else if (!cpu_model_find(cpu->model))
        return vir_error_fail(error, VIR_FROM_CPU, VIR_ERR_INTERNAL_ERROR, "Unknown CPU model %s", cpu->model);
    else
        refuse_gone_features(cpu);
    cpu->mode = CPU_MODE_CUSTOM;
    cpu->has_mode = TRUE;
    cpu->match = CPU_MATCH_EXACT;
    if (!translate(cpu, target, error))
        return FALSE;
    leave_out_unswitched(cpu);
    cpu->fallback = CPU_FALLBACK_FORBID;
    return TRUE;
}

/* ---- after it ---- */

static gboolean differs(const CpuSet *added, const CpuSet *removed, GError **error)
{
    g_autofree char *more = cpu_set_names(added, ",");
    g_autofree char *less = cpu_set_names(removed, ",");

    return vir_error_fail(error, VIR_FROM_CPU, VIR_ERR_OPERATION_FAILED,
                          "guest CPU doesn't match specification: %s%s%s%s%s", *more ? "extra features: " : "", more,
                          *more && *less ? ", " : "", *less ? "missing features: " : "", less);
}

gboolean cpu_take_live(DomainCpu *cpu, const CpuSet *has, const CpuSet *lacks, GError **error)
{
    gboolean is_open = cpu->mode == CPU_MODE_HOST_PASSTHROUGH || cpu->mode == CPU_MODE_MAXIMUM;
    CpuSet expected, disabled, added = {{0}}, removed = {{0}};

    if (cpu->mode == CPU_MODE_CUSTOM && !cpu->model)
        return TRUE;
    if (!cpu_features_of(&expected, cpu, CPU_PICK_ALL, error) ||
        !cpu_features_of(&disabled, cpu, CPU_PICK_DISABLE, error))
        return FALSE;
    for (guint i = 0; i < cpu_feature_count; i++) {
        gboolean is_expected = cpu_set_has(&expected, i), is_there = cpu_set_has(has, i);

        if (is_there && !is_expected && (!is_open || cpu_set_has(&disabled, i)))
            cpu_set_add(&added, i);
        if (cpu_set_has(lacks, i) || (is_expected && !is_there))
            cpu_set_add(&removed, i);
    }
    if (cpu->check == CPU_CHECK_FULL && !(cpu_set_is_empty(&added) && cpu_set_is_empty(&removed)))
        return differs(&added, &removed, error);
    /* Of what is the host's own the list says what was asked for, no more. */
    if (is_open)
        return TRUE;
    for (guint i = 0; i < cpu_feature_count; i++)
        if (cpu_set_has(&removed, i))
            cpu_set_feature(cpu, cpu_feature_table[i].name, CPU_FEATURE_DISABLE);
        else if (cpu_set_has(&added, i))
            cpu_set_feature(cpu, cpu_feature_table[i].name, CPU_FEATURE_REQUIRE);
    cpu->check = CPU_CHECK_FULL;
    return TRUE;
}
