/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/guest/guest_cpu.h"

#include "common/error.h"
#include "virtqemud/caps/emulator_cpu.h"

/* The guest's first processor, as all the others. */
#define CPU_PATH "/machine/unattached/device[0]"

static gboolean is_ours(const DomainDef *def)
{
    return def->cpu && def->cpu->has_mode && def->os->arch && cpu_arch_is_x86(def->os->arch);
}

/* ---- before the start ---- */

static gboolean is_usable(const char *name, gpointer data)
{
    const EmulatorCpu *cpu = emulator_caps_cpu(data, name);

    return cpu && cpu->is_usable;
}

gboolean guest_cpu_settle(DomainDef *def, EmulatorCaps *caps, GError **error)
{
    gboolean is_kvm = def->virt_type == VIRT_KVM;
    g_autoptr(EmulatorCaps) own = NULL;
    g_autoptr(DomainCpu) host_model = NULL, full = NULL, reported = NULL;
    /* Without KVM a model may be called usable of which a feature is not emulated. */
    CpuTarget target = {.is_usable = is_kvm ? is_usable : NULL};

    if (!is_ours(def))
        return TRUE;
    own = is_kvm ? emulator_caps_ref(caps) : caps_cache_get_for(driver.caps, caps->path, def->virt_type, error);
    if (!own)
        return FALSE;
    host_model = emulator_cpu_host_model(own, EMULATOR_CPU_MIGRATABLE);
    full = emulator_cpu_host_model(own, EMULATOR_CPU_FULL);
    reported = is_kvm ? emulator_cpu_host_model(own, EMULATOR_CPU_REPORTED) : NULL;
    target.host_model = host_model;
    target.host = full;
    target.forced = reported;
    target.choice = emulator_cpu_choice(own);
    return cpu_settle(def->cpu, &target, error);
}

/* ---- after it ---- */

static guint ask(QmpBatch *batch, const char *property)
{
    json_object *arguments = json_object_new_object();

    json_add_string(arguments, "path", CPU_PATH);
    json_add_string(arguments, "property", property);
    return qmp_batch_try(batch, "qom-get", arguments);
}

/* CPUID's leaves by one question, each bit of the model-specific registers by one of its own. */
guint guest_cpu_ask(const DomainDef *def, QmpBatch *batch)
{
    guint first;

    if (!is_ours(def))
        return 0;
    first = ask(batch, "feature-words");
    ask(batch, "unavailable-features");
    for (guint i = 0; i < cpu_feature_count; i++) {
        g_autofree char *name = cpu_feature_qemu_name(cpu_feature_table[i].name);

        if (cpu_feature_table[i].is_msr)
            ask(batch, name);
    }
    return first;
}

static void take_word(CpuSet *set, json_object *word)
{
    static const char *const registers[] = {"EAX", "EBX", "ECX", "EDX"};
    const char *name = json_get_string(word, "cpuid-register");
    gint64 leaf = json_get_int(word, "cpuid-input-eax", -1), subleaf = json_get_int(word, "cpuid-input-ecx", 0),
           bits = json_get_int(word, "features", 0);

    for (guint i = 0; i < cpu_feature_count; i++) {
        const CpuFeatureRow *row = &cpu_feature_table[i];

        if (!row->is_msr && row->leaf == leaf && row->subleaf == subleaf && g_strcmp0(registers[row->reg], name) == 0 &&
            (bits >> row->bit & 1))
            cpu_set_add(set, i);
    }
}

static void take_answers(CpuSet *has, CpuSet *lacks, json_object *words, const QmpBatch *batch, guint first)
{
    json_object *missing = qmp_batch_result(batch, first + 1);
    guint index = first + 2;

    for (size_t i = 0; i < json_object_array_length(words); i++)
        take_word(has, json_object_array_get_idx(words, i));
    for (size_t i = 0; json_object_is_type(missing, json_type_array) && i < json_object_array_length(missing); i++) {
        const char *name = json_object_get_string(json_object_array_get_idx(missing, i));
        int feature = name ? cpu_feature_find_qemu(name) : -1;

        if (feature >= 0)
            cpu_set_add(lacks, (guint)feature);
    }
    for (guint i = 0; i < cpu_feature_count; i++)
        if (cpu_feature_table[i].is_msr && json_object_get_boolean(qmp_batch_result(batch, index++)))
            cpu_set_add(has, i);
}

static gboolean check_counter(const DomainCpu *cpu, const CpuSet *has, GError **error)
{
    const CpuFeature *invtsc = cpu_find_feature(cpu, "invtsc");

    return !invtsc || invtsc->policy != CPU_FEATURE_REQUIRE || cpu_set_has(has, (guint)cpu_feature_find("invtsc")) ||
           vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED, "host doesn't support invariant TSC");
}

/* But for how much is checked. */
static gboolean is_same(const DomainCpu *a, const DomainCpu *b)
{
    g_autoptr(DomainCpu) other = cpu_copy(b);
    g_autofree char *text = cpu_document_format(a), *other_text = NULL;

    other->check = a->check;
    other_text = cpu_document_format(other);
    return g_str_equal(text, other_text);
}

gboolean guest_cpu_take(DomainDef *live, const QmpBatch *batch, guint first, GError **error)
{
    json_object *words = is_ours(live) ? qmp_batch_result(batch, first) : NULL;
    g_autoptr(DomainCpu) asked = NULL;
    CpuSet has = {{0}}, lacks = {{0}};

    if (!json_object_is_type(words, json_type_array))
        return TRUE;
    asked = cpu_copy(live->cpu);
    take_answers(&has, &lacks, words, batch, first);
    if (!check_counter(live->cpu, &has, error) || !cpu_take_live(live->cpu, &has, &lacks, error))
        return FALSE;
    if (!is_same(asked, live->cpu))
        live->cpu_asked = g_steal_pointer(&asked);
    return TRUE;
}
