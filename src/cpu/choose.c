/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cpu/choose.h"

#include "common/error.h"

/* ---- lists of features ---- */

void cpu_append_features(DomainCpu *cpu, const CpuSet *set, CpuFeaturePolicy policy)
{
    for (guint i = 0; i < cpu_feature_count; i++)
        if (cpu_set_has(set, i))
            cpu_add_feature(cpu, cpu_feature_table[i].name, policy);
}

/* ---- from a document to features ---- */

/* Whether a feature of this policy is picked: 1 into the set, -1 out of it, 0 neither. */
static int pick_of(CpuPick pick, CpuFeaturePolicy policy)
{
    switch (policy) {
    case CPU_FEATURE_FORCE:
        return pick == CPU_PICK_ALL || pick == CPU_PICK_FORCE;
    case CPU_FEATURE_REQUIRE:
        return pick == CPU_PICK_ALL || pick == CPU_PICK_REQUIRE;
    case CPU_FEATURE_OPTIONAL:
        return pick == CPU_PICK_OPTIONAL;
    case CPU_FEATURE_DISABLE:
        return pick == CPU_PICK_ALL ? -1 : pick == CPU_PICK_DISABLE;
    default:
        return pick == CPU_PICK_ALL ? -1 : pick == CPU_PICK_FORBID;
    }
}

gboolean cpu_features_of(CpuSet *set, const DomainCpu *cpu, CpuPick pick, GError **error)
{
    gboolean with_model = cpu->model && (pick == CPU_PICK_ALL || pick == CPU_PICK_REQUIRE);
    const CpuModel *model = with_model ? cpu_model_find(cpu->model) : NULL;
    CpuSet result = {{0}};

    if (with_model && !model)
        return vir_error_fail(error, VIR_FROM_CPU, VIR_ERR_INTERNAL_ERROR, "Unknown CPU model %s", cpu->model);
    if (model)
        result = model->features;
    for (guint i = 0; cpu->features && i < cpu->features->len; i++) {
        const CpuFeature *item = g_ptr_array_index(cpu->features, i);
        int how = pick_of(pick, item->policy), feature = cpu_feature_find(item->name);

        if (how == 0)
            continue;
        if (feature < 0)
            return vir_error_fail(error, VIR_FROM_CPU, VIR_ERR_INTERNAL_ERROR, "Unknown CPU feature %s", item->name);
        if (how > 0)
            cpu_set_add(&result, (guint)feature);
        else
            cpu_set_remove(&result, (guint)feature);
    }
    *set = result;
    return TRUE;
}

/* ---- from features to a model ---- */

/* A model, and what the facts are more and less than it. */
typedef struct {
    const CpuModel *model;
    CpuSet more, less;
    CpuSet gone; /* as less, of what the model once had */
    guint cost;
    gboolean fits_signature;
} Candidate;

static guint set_size(const CpuSet *set)
{
    guint n = 0;

    for (guint i = 0; i < CPU_SET_WORDS; i++)
        n += (guint)__builtin_popcountll(set->words[i]);
    return n;
}

/* What the list of a candidate costs. To take a feature away from a model is worse than to add one, since programs go
 * by the model: every second one that is taken away costs more than those before. Found by libvirt's answers for all
 * pairs of models. */
static guint cost_of(guint n_more, guint n_less)
{
    guint step = (n_less + 1) / 2 + 1;

    return n_more + n_less + (n_less > 0 ? (step * step + 1) / 2 : 0);
}

static Candidate candidate_of(const CpuModel *model, const CpuFacts *facts, CpuModelUse use, char *const *blockers)
{
    Candidate candidate = {.model = model,
                           .more = facts->features,
                           .less = model->features,
                           .fits_signature = cpu_model_has_signature(model, &facts->signature)};

    cpu_set_subtract(&candidate.more, &model->features);
    cpu_set_subtract(&candidate.less, &facts->features);
    /* The hypervisor's own version of a model may have features that it cannot give: they must be said, too. */
    for (; blockers && *blockers; blockers++) {
        int feature = cpu_feature_find_qemu(*blockers);

        if (feature >= 0 && !cpu_set_has(&candidate.more, (guint)feature))
            cpu_set_add(&candidate.less, (guint)feature);
    }
    /* A guest's hypervisor may have an older version of the model. */
    if (use == CPU_MODEL_GUEST)
        candidate.gone = model->gone;
    cpu_set_subtract(&candidate.gone, &candidate.more);
    cpu_set_subtract(&candidate.gone, &candidate.less);
    candidate.cost = cost_of(set_size(&candidate.more), set_size(&candidate.less) + set_size(&candidate.gone));
    return candidate;
}

/* The right signature comes before a good list; of models with the same right to it the first has been found wins. */
static gboolean is_better(const Candidate *candidate, const Candidate *best)
{
    if (!best->model)
        return TRUE;
    if (candidate->fits_signature != best->fits_signature)
        return candidate->fits_signature;
    return candidate->cost < best->cost;
}

/* Intel's processors whose transactional memory does not work say that they have it. */
static void leave_out_broken(CpuFacts *facts)
{
    static const char *const broken[] = {"hle", "rtm"};
    const CpuSignature *is = &facts->signature;

    if (g_strcmp0(facts->vendor, "Intel") != 0 || is->family != 6)
        return;
    if (is->model != 60 && is->model != 69 && is->model != 70 && !(is->model == 63 && is->stepping < 4))
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(broken); i++)
        cpu_set_remove(&facts->features, (guint)cpu_feature_find(broken[i]));
}

/* What an operating system switches on is no matter of what a guest is given. */
static void leave_out_switched(CpuFacts *facts)
{
    static const char *const switched[] = {"osxsave", "ospke"};

    for (gsize i = 0; i < G_N_ELEMENTS(switched); i++)
        cpu_set_remove(&facts->features, (guint)cpu_feature_find(switched[i]));
}

static gboolean find_best(Candidate *best, const CpuFacts *facts, const CpuChoice *choice, GError **error)
{
    const CpuModel *models = cpu_models();

    /* Newest first. */
    for (guint i = cpu_model_rows; i-- > 0;) {
        gboolean is_preferred = g_strcmp0(models[i].name, choice->preferred) == 0;
        char *const *blockers = NULL;
        Candidate candidate;

        if (choice->has_model && !choice->has_model(models[i].name, &blockers, choice->data)) {
            if (is_preferred && !choice->may_fall_back)
                return vir_error_fail(error, VIR_FROM_CPU, VIR_ERR_CONFIG_UNSUPPORTED,
                                      "CPU model %s is not supported by hypervisor", choice->preferred);
            continue;
        }
        if (facts->vendor && models[i].vendor && !g_str_equal(facts->vendor, models[i].vendor))
            continue;
        candidate = candidate_of(&models[i], facts, choice->use, blockers);
        if (!(models[i].use & choice->use) || (choice->use == CPU_MODEL_HOST && !cpu_set_is_empty(&candidate.less)))
            continue;
        if (is_preferred || is_better(&candidate, best))
            *best = candidate;
        if (is_preferred)
            return TRUE;
    }
    return best->model ||
           vir_error_fail(error, VIR_FROM_CPU, VIR_ERR_INTERNAL_ERROR, "Cannot find suitable CPU model for given data");
}

gboolean cpu_choose_model(DomainCpu *cpu, const CpuFacts *facts, const CpuChoice *choice, GError **error)
{
    CpuFacts usable = *facts;
    Candidate best = {0};

    leave_out_broken(&usable);
    if (choice->use == CPU_MODEL_GUEST)
        leave_out_switched(&usable);
    if (!find_best(&best, &usable, choice, error))
        return FALSE;
    if (choice->is_migratable) {
        cpu_set_subtract(&best.more, cpu_set_local());
        cpu_set_subtract(&best.less, cpu_set_local());
    }
    g_free(cpu->model);
    cpu->model = g_strdup(best.model->name);
    g_free(cpu->vendor);
    cpu->vendor = g_strdup(facts->vendor);
    cpu_clear_features(cpu);
    cpu_append_features(cpu, &best.more, CPU_FEATURE_REQUIRE);
    cpu_append_features(cpu, &best.less, CPU_FEATURE_DISABLE);
    cpu_append_features(cpu, &best.gone, CPU_FEATURE_DISABLE);
    return TRUE;
}
