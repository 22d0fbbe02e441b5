/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/caps/emulator_cpu.h"

#include "common/error.h"
#include "virtqemud/host/host_cpu.h"

/* ---- QMP's answers ---- */

json_object *emulator_cpu_props(json_object *reply)
{
    return json_get_object(json_get_object(reply, "model"), "props");
}

static void read_features(CpuSet *set, json_object *props)
{
    for (guint i = 0; i < cpu_feature_count; i++) {
        g_autofree char *name = cpu_feature_qemu_name(cpu_feature_table[i].name);

        if (json_get_bool(props, name))
            cpu_set_add(set, i);
    }
}

static guint read_number(json_object *props, const char *name)
{
    return (guint)CLAMP(json_get_int(props, name, 0), 0, 0xffff);
}

gboolean emulator_cpu_take(EmulatorCaps *caps, json_object *all, json_object *migratable, GError **error)
{
    json_object *props = emulator_cpu_props(all);
    json_object *movable = emulator_cpu_props(migratable);
    const char *vendor = json_get_string(props, "vendor");
    EmulatorHostCpu *cpu;

    if (!all || !migratable)
        return TRUE;
    if (!props || !movable)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR,
                              "'%s' gave no usable answer about its processor", caps->path);
    cpu = g_new0(EmulatorHostCpu, 1);
    read_features(&cpu->facts.features, props);
    read_features(&cpu->migratable, movable);
    cpu->facts.vendor = vendor ? cpu_vendor_of_id(vendor) : NULL;
    cpu->facts.signature = (CpuSignature){.family = read_number(props, "family"),
                                          .model = read_number(props, "model"),
                                          .stepping = read_number(props, "stepping")};
    g_free(caps->host_cpu);
    caps->host_cpu = cpu;
    return TRUE;
}

/* ---- the cache on disk, in the form of the answers ---- */

json_object *emulator_cpu_add_props(json_object *document, const char *name)
{
    json_object *answer = json_object_new_object();
    json_object *model = json_object_new_object();
    json_object *props = json_object_new_object();

    json_add_object(model, "props", props);
    json_add_object(answer, "model", model);
    json_add_object(document, name, answer);
    return props;
}

static json_object *add_features(json_object *document, const char *name, const CpuSet *features)
{
    json_object *props = emulator_cpu_add_props(document, name);

    for (guint i = 0; i < cpu_feature_count; i++) {
        g_autofree char *feature = cpu_feature_qemu_name(cpu_feature_table[i].name);

        if (cpu_set_has(features, i))
            json_add_bool(props, feature, TRUE);
    }
    return props;
}

void emulator_cpu_to_json(const EmulatorCaps *caps, json_object *document)
{
    const EmulatorHostCpu *cpu = caps->host_cpu;
    json_object *props;

    if (!cpu)
        return;
    props = add_features(document, "cpu-all", &cpu->facts.features);
    json_add_string(props, "vendor", cpu->facts.vendor ? cpu_vendor_id(cpu->facts.vendor) : NULL);
    json_add_int(props, "family", cpu->facts.signature.family);
    json_add_int(props, "model", cpu->facts.signature.model);
    json_add_int(props, "stepping", cpu->facts.signature.stepping);
    add_features(document, "cpu-migratable", &cpu->migratable);
}

/* ---- models ---- */

static gboolean has_model(const char *name, char *const **blockers, gpointer data)
{
    const EmulatorCpu *cpu = emulator_caps_cpu(data, name);

    if (cpu)
        *blockers = cpu->missing;
    return cpu != NULL;
}

CpuChoice emulator_cpu_choice(const EmulatorCaps *caps)
{
    return (CpuChoice){.use = CPU_MODEL_GUEST, .has_model = has_model, .data = (gpointer)caps};
}

static void add_host_features(DomainCpu *cpu)
{
    const HostCpu *host = host_cpu_get();
    CpuSet rest = host->facts.features, has;

    if (!cpu_features_of(&has, cpu, CPU_PICK_ALL, NULL))
        return;
    cpu_set_subtract(&rest, &has);
    for (guint i = 0; i < cpu_feature_count; i++)
        if (cpu_set_has(&rest, i))
            cpu_set_feature(cpu, cpu_feature_table[i].name, CPU_FEATURE_REQUIRE);
}

DomainCpu *emulator_cpu_host_model(const EmulatorCaps *caps, EmulatorCpuKind kind)
{
    CpuChoice choice = emulator_cpu_choice(caps);
    g_autoptr(DomainCpu) cpu = cpu_new();
    CpuFacts facts;

    if (!caps->host_cpu)
        return NULL;
    facts = caps->host_cpu->facts;
    if (kind == EMULATOR_CPU_MIGRATABLE)
        facts.features = caps->host_cpu->migratable;
    if (!cpu_choose_model(cpu, &facts, &choice, NULL))
        return NULL;
    cpu->has_mode = TRUE;
    cpu->match = CPU_MATCH_EXACT;
    cpu->fallback = CPU_FALLBACK_FORBID;
    if (kind == EMULATOR_CPU_FULL && caps->has_kvm)
        add_host_features(cpu);
    return g_steal_pointer(&cpu);
}

CpuSet emulator_cpu_local(const EmulatorCaps *caps)
{
    CpuSet local = {{0}};

    if (!caps->host_cpu)
        return local;
    local = caps->host_cpu->facts.features;
    cpu_set_subtract(&local, &caps->host_cpu->migratable);
    return local;
}
