/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cpu/model.h"

#include <stdio.h>
#include <string.h>

/* What the processor says of its maker, and how documents call that. */
static const char *const vendors[][2] = {
    {"GenuineIntel", "Intel"},
    {"AuthenticAMD", "AMD"},
    {"HygonGenuine", "Hygon"},
};

const char *cpu_vendor_of_id(const char *id)
{
    for (gsize i = 0; i < G_N_ELEMENTS(vendors); i++)
        if (g_str_equal(vendors[i][0], id))
            return vendors[i][1];
    return NULL;
}

const char *cpu_vendor_id(const char *vendor)
{
    for (gsize i = 0; i < G_N_ELEMENTS(vendors); i++)
        if (g_str_equal(vendors[i][1], vendor))
            return vendors[i][0];
    return NULL;
}

/* ---- the table's texts ---- */

/* A fault in the table is the program's: it ends with the line's name. */
static void read_features(CpuModel *model, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);

    for (char **word = words; *word; word++) {
        int feature = cpu_feature_find(*word + 1);

        if (feature < 0)
            g_error("model %s: unknown feature in '%s'", model->name, *word);
        if (**word == '+')
            cpu_set_add(&model->features, (guint)feature);
        else if (**word == '-')
            cpu_set_remove(&model->features, (guint)feature);
        else
            cpu_set_add(&model->gone, (guint)feature);
    }
}

static void read_signatures(CpuModel *model, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);

    for (char **word = words; *word; word++) {
        CpuSignatureRange range = {.stepping_max = G_MAXUINT};
        int n = sscanf(*word, "%u:%u:%u-%u", &range.family, &range.model, &range.stepping_min, &range.stepping_max);

        if (n != 2 && n != 4)
            g_error("model %s: signature '%s'", model->name, *word);
        g_array_append_val(model->signatures, range);
    }
}

static const CpuModel *find_in(const CpuModel *models, guint n, const char *name)
{
    for (guint i = 0; i < n; i++)
        if (g_str_equal(models[i].name, name))
            return &models[i];
    return NULL;
}

static CpuModel *models_new(void)
{
    CpuModel *models = g_new0(CpuModel, cpu_model_rows);

    for (guint i = 0; i < cpu_model_rows; i++) {
        const CpuModelRow *row = &cpu_model_table[i];
        const CpuModel *base = row->base ? find_in(models, i, row->base) : NULL;

        if (row->base && !base)
            g_error("model %s: '%s' does not stand before it", row->name, row->base);
        models[i] = (CpuModel){.name = row->name,
                               .vendor = row->vendor,
                               .use = row->use,
                               .signatures = g_array_new(FALSE, FALSE, sizeof(CpuSignatureRange))};
        if (base)
            models[i].features = base->features;
        if (row->features)
            read_features(&models[i], row->features);
        if (row->signatures)
            read_signatures(&models[i], row->signatures);
    }
    return models;
}

const CpuModel *cpu_models(void)
{
    static gsize made;

    if (g_once_init_enter(&made))
        g_once_init_leave(&made, (gsize)models_new());
    return (const CpuModel *)made;
}

const CpuModel *cpu_model_find(const char *name)
{
    return find_in(cpu_models(), cpu_model_rows, name);
}

gboolean cpu_model_has_signature(const CpuModel *model, const CpuSignature *signature)
{
    for (guint i = 0; i < model->signatures->len; i++) {
        const CpuSignatureRange *range = &g_array_index(model->signatures, CpuSignatureRange, i);

        if (signature->family == range->family && signature->model == range->model &&
            signature->stepping >= range->stepping_min && signature->stepping <= range->stepping_max)
            return signature->family != 0;
    }
    return FALSE;
}
