/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cpu/feature.h"

#include <string.h>

typedef struct {
    GHashTable *by_name, *by_qemu_name; /* name -> number + 1 */
    CpuSet local;
} Index;

/* Where QEMU's name differs in more than '-' for '_'. */
static const char *const qemu_names[][2] = {
    {"pclmuldq", "pclmulqdq"},
};

char *cpu_feature_qemu_name(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(qemu_names); i++)
        if (g_str_equal(name, qemu_names[i][0]))
            return g_strdup(qemu_names[i][1]);
    return g_strdelimit(g_strdup(name), "_", '-');
}

static Index *index_new(void)
{
    Index *index = g_new0(Index, 1);

    g_assert(cpu_feature_count <= CPU_FEATURES_MAX);
    index->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    index->by_qemu_name = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < cpu_feature_count; i++) {
        const CpuFeatureRow *row = &cpu_feature_table[i];

        g_hash_table_insert(index->by_name, (gpointer)row->name, GUINT_TO_POINTER(i + 1));
        g_hash_table_insert(index->by_qemu_name, cpu_feature_qemu_name(row->name), GUINT_TO_POINTER(i + 1));
        if (row->is_local)
            cpu_set_add(&index->local, i);
    }
    return index;
}

/* Made once, kept for good. */
static const Index *get_index(void)
{
    static gsize made;

    if (g_once_init_enter(&made))
        g_once_init_leave(&made, (gsize)index_new());
    return (const Index *)made;
}

int cpu_feature_find(const char *name)
{
    return GPOINTER_TO_INT(g_hash_table_lookup(get_index()->by_name, name)) - 1;
}

int cpu_feature_find_qemu(const char *name)
{
    g_autofree char *usual = g_strdelimit(g_strdup(name), "_", '-');

    return GPOINTER_TO_INT(g_hash_table_lookup(get_index()->by_qemu_name, usual)) - 1;
}

const CpuSet *cpu_set_local(void)
{
    return &get_index()->local;
}

/* ---- sets ---- */

void cpu_set_add(CpuSet *set, guint feature)
{
    set->words[feature / 64] |= G_GUINT64_CONSTANT(1) << feature % 64;
}

void cpu_set_remove(CpuSet *set, guint feature)
{
    set->words[feature / 64] &= ~(G_GUINT64_CONSTANT(1) << feature % 64);
}

gboolean cpu_set_has(const CpuSet *set, guint feature)
{
    return (set->words[feature / 64] >> feature % 64 & 1) != 0;
}

gboolean cpu_set_is_empty(const CpuSet *set)
{
    for (guint i = 0; i < CPU_SET_WORDS; i++)
        if (set->words[i])
            return FALSE;
    return TRUE;
}

void cpu_set_subtract(CpuSet *set, const CpuSet *other)
{
    for (guint i = 0; i < CPU_SET_WORDS; i++)
        set->words[i] &= ~other->words[i];
}

void cpu_set_intersect(CpuSet *set, const CpuSet *other)
{
    for (guint i = 0; i < CPU_SET_WORDS; i++)
        set->words[i] &= other->words[i];
}

char *cpu_set_names(const CpuSet *set, const char *separator)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (guint i = 0; i < cpu_feature_count; i++) {
        if (!cpu_set_has(set, i))
            continue;
        if (names->len > 0)
            g_string_append(names, separator);
        g_string_append(names, cpu_feature_table[i].name);
    }
    return g_string_free(g_steal_pointer(&names), FALSE);
}
