/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/stats/kvm_stats.h"

struct KvmStats {
    GHashTable *numbers; /* QEMU's path of a processor -> its number */
    GHashTable *vcpus;   /* number -> GArray */
    GArray *vm;          /* or NULL */
};

KvmStats *kvm_stats_new(void)
{
    KvmStats *stats = g_new0(KvmStats, 1);

    stats->numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    stats->vcpus = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
    return stats;
}

void kvm_stats_free(KvmStats *stats)
{
    if (!stats)
        return;
    g_hash_table_unref(stats->numbers);
    g_hash_table_unref(stats->vcpus);
    g_clear_pointer(&stats->vm, g_array_unref);
    g_free(stats);
}

/* ---- the kinds of counters ---- */

static struct {
    GHashTable *fields; /* name -> field */
    gboolean is_whole;
} learned;

gboolean kvm_stats_are_learned(void)
{
    return learned.is_whole;
}

static void learn_counter(json_object *counter)
{
    static const struct {
        const char *type, *suffix;
    } types[] = {{"cumulative", "sum"}, {"instant", "cur"}, {"peak", "max"}};
    const char *name = json_get_string(counter, "name");
    const char *type = json_get_string(counter, "type");

    for (gsize i = 0; name && i < G_N_ELEMENTS(types); i++) {
        g_autofree char *field = NULL;

        if (g_strcmp0(type, types[i].type) != 0)
            continue;
        field = g_strdup_printf("%s.%s", name, types[i].suffix);
        g_hash_table_replace(learned.fields, g_strdup(name), (gpointer)g_intern_string(field));
    }
}

void kvm_stats_learn(json_object *answer)
{
    if (!learned.fields)
        learned.fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < json_length(answer); i++) {
        json_object *counters = json_get_array(json_object_array_get_idx(answer, i), "stats");

        for (size_t j = 0; j < json_length(counters); j++)
            learn_counter(json_object_array_get_idx(counters, j));
    }
    learned.is_whole = TRUE;
}

/* ---- answers ---- */

static void take_counter(GArray *taken, json_object *counter)
{
    const char *name = json_get_string(counter, "name");
    KvmStat stat = {.field = name && learned.fields ? g_hash_table_lookup(learned.fields, name) : NULL};
    json_object *value;

    /* Others than numbers and switches are histograms, for which there are no fields. */
    if (!name || !json_object_object_get_ex(counter, "value", &value) ||
        (!json_object_is_type(value, json_type_int) && !json_object_is_type(value, json_type_boolean)))
        return;
    if (!stat.field) {
        learned.is_whole = FALSE;
        return;
    }
    stat.is_switch = json_object_is_type(value, json_type_boolean);
    stat.value = stat.is_switch ? (guint64)json_object_get_boolean(value) : json_object_get_uint64(value);
    g_array_append_val(taken, stat);
}

static GArray *take_counters(json_object *provided)
{
    json_object *counters = json_get_array(provided, "stats");
    GArray *taken = g_array_sized_new(FALSE, FALSE, sizeof(KvmStat), (guint)json_length(counters));

    for (size_t i = 0; i < json_length(counters); i++)
        take_counter(taken, json_object_array_get_idx(counters, i));
    return taken;
}

static gboolean is_of_kvm(json_object *provided)
{
    return g_strcmp0(json_get_string(provided, "provider"), "kvm") == 0;
}

void kvm_stats_take_vm(KvmStats *stats, json_object *answer)
{
    for (size_t i = 0; i < json_length(answer); i++) {
        json_object *provided = json_object_array_get_idx(answer, i);

        if (!is_of_kvm(provided))
            continue;
        g_clear_pointer(&stats->vm, g_array_unref);
        stats->vm = take_counters(provided);
    }
}

void kvm_stats_take_cpus(KvmStats *stats, json_object *answer)
{
    g_hash_table_remove_all(stats->numbers);
    for (size_t i = 0; i < json_length(answer); i++) {
        json_object *cpu = json_object_array_get_idx(answer, i);
        const char *path = json_get_string(cpu, "qom-path");

        if (path)
            g_hash_table_replace(stats->numbers, g_strdup(path), GUINT_TO_POINTER(json_get_int(cpu, "cpu-index", 0)));
    }
}

void kvm_stats_take_vcpus(KvmStats *stats, json_object *answer)
{
    g_hash_table_remove_all(stats->vcpus);
    for (size_t i = 0; i < json_length(answer); i++) {
        json_object *provided = json_object_array_get_idx(answer, i);
        const char *path = json_get_string(provided, "qom-path");
        gpointer number;

        if (is_of_kvm(provided) && path && g_hash_table_lookup_extended(stats->numbers, path, NULL, &number))
            g_hash_table_replace(stats->vcpus, number, take_counters(provided));
    }
}

const GArray *kvm_stats_vm(const KvmStats *stats)
{
    return stats ? stats->vm : NULL;
}

const GArray *kvm_stats_vcpu(const KvmStats *stats, guint number)
{
    return stats ? g_hash_table_lookup(stats->vcpus, GUINT_TO_POINTER(number)) : NULL;
}
