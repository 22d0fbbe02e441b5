/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* -cpu: the model, its features, and what of <features>, <clock> and <panic> is a property of the processor. */
#include "cpu/feature.h"
#include "virtqemud/caps/emulator_hyperv.h"
#include "virtqemud/command/build.h"

static const char *model_name(CommandBuild *build, const DomainCpu *cpu)
{
    gboolean is_kvm = build->def->virt_type == VIRT_KVM;
    const EmulatorMachine *machine = emulator_caps_machine(build->caps, build->def->os->machine);

    switch (cpu ? cpu->mode : CPU_MODE_CUSTOM) {
    case CPU_MODE_HOST_PASSTHROUGH:
        return "host";
    case CPU_MODE_HOST_MODEL:
        /* Only in a check of what is defined: a start makes a model of it (guest_cpu.h). */
        return is_kvm ? "host" : "max";
    case CPU_MODE_MAXIMUM:
        return "max";
    default:
        if (cpu && cpu->model)
            return cpu->model;
        return machine && machine->default_cpu ? machine->default_cpu : "qemu64";
    }
}

static gboolean check_model(CommandBuild *build, const DomainCpu *cpu, const char *model, GError **error)
{
    /* What is defined may be for another host, or for when the emulator is another. */
    if (build->purpose == BUILD_CHECK)
        return TRUE;
    if (cpu && cpu->mode == CPU_MODE_HOST_PASSTHROUGH && build->def->virt_type != VIRT_KVM)
        return unsupported(error,
                           "CPU mode 'host-passthrough' for %s %s domain on %s host is not supported by hypervisor",
                           build->def->os->arch, virt_types[build->def->virt_type], build->caps->arch);
    if (!emulator_caps_cpu(build->caps, model))
        return unsupported(error, "CPU model '%s' is not known to '%s'", model, build->caps->path);
    return TRUE;
}

static void append_features(GString *options, const DomainCpu *cpu)
{
    for (guint i = 0; cpu->features && i < cpu->features->len; i++) {
        const CpuFeature *feature = g_ptr_array_index(cpu->features, i);
        g_autofree char *name = cpu_feature_qemu_name(feature->name);

        /* Of the host's own processor QEMU gives what there is. */
        if (feature->policy == CPU_FEATURE_OPTIONAL)
            continue;
        option_append(options, name,
                      feature->policy == CPU_FEATURE_DISABLE || feature->policy == CPU_FEATURE_FORBID ? "off" : "on");
    }
}

static gboolean append_cache(GString *options, const DomainCpu *cpu, GError **error)
{
    gboolean is_open = cpu->mode == CPU_MODE_HOST_PASSTHROUGH || cpu->mode == CPU_MODE_MAXIMUM;

    switch ((int)cpu->cache_mode) {
    case CPU_CACHE_DEFAULT:
        return TRUE;
    case CPU_CACHE_EMULATE:
        if (cpu->cache_level != CPU_CACHE_LEVEL_UNSET && cpu->cache_level != 3)
            return unsupported(error, "CPU cache mode 'emulate' can only be used with level='3'");
        g_string_append(options, is_open ? ",l3-cache=on,host-cache-info=off" : ",l3-cache=on");
        return TRUE;
    case CPU_CACHE_PASSTHROUGH:
        if (!is_open)
            return unsupported(error, "CPU cache mode 'passthrough' can only be used with 'host-passthrough' / "
                                      "'maximum' CPUs");
        if (cpu->cache_level != CPU_CACHE_LEVEL_UNSET)
            return unsupported(error, "unsupported CPU cache level for mode 'passthrough'");
        g_string_append(options, ",host-cache-info=on,l3-cache=off");
        return TRUE;
    default:
        if (cpu->cache_level != CPU_CACHE_LEVEL_UNSET)
            return unsupported(error, "unsupported CPU cache level for mode 'disable'");
        g_string_append(options, is_open ? ",host-cache-info=off,l3-cache=off" : ",l3-cache=off");
        return TRUE;
    }
}

static gboolean append_cpu(GString *options, const DomainCpu *cpu, GError **error)
{
    gboolean is_host = cpu->mode == CPU_MODE_HOST_PASSTHROUGH;

    if (is_host)
        option_append(options, "migratable", cpu->migratable == XML_BOOL_NO ? "off" : "on");
    else if (cpu->mode == CPU_MODE_MAXIMUM)
        option_append_switch(options, "migratable", cpu->migratable);
    option_append(options, "vendor", cpu->vendor_id);
    append_features(options, cpu);
    if (!append_cache(options, cpu, error))
        return FALSE;
    if (cpu->physaddr_mode == CPU_PHYSADDR_PASSTHROUGH && cpu->physaddr_bits)
        return unsupported(error, "CPU maximum physical address bits number specification cannot be used with "
                                  "mode='passthrough'");
    if (cpu->physaddr_mode == CPU_PHYSADDR_EMULATE)
        option_appendf(options, "phys-bits", "%u", cpu->physaddr_bits);
    else if (cpu->physaddr_mode == CPU_PHYSADDR_PASSTHROUGH)
        g_string_append(options, ",host-phys-bits=on");
    return TRUE;
}

static void append_timers(GString *options, const DomainClock *clock)
{
    for (guint i = 0; clock->timers && i < clock->timers->len; i++) {
        const ClockTimer *timer = g_ptr_array_index(clock->timers, i);

        if (timer->name == TIMER_KVMCLOCK)
            option_append_switch(options, "kvmclock", timer->present);
        else if (timer->name == TIMER_HYPERVCLOCK && timer->present == XML_BOOL_YES)
            g_string_append(options, ",hv-time=on");
        else if (timer->name == TIMER_TSC && timer->frequency_hz > 0)
            option_appendf(options, "tsc-frequency", "%llu", timer->frequency_hz);
    }
}

static void append_hyperv(GString *options, const DomainFeatures *features)
{
    if (features->hyperv_mode == HYPERV_MODE_PASSTHROUGH)
        g_string_append(options, ",hv-passthrough=on");
    for (guint i = 0; features->hyperv_mode != HYPERV_MODE_NONE && i < HYPERV_LAST; i++) {
        g_autofree char *property = NULL;

        if (features->hyperv[i] != XML_BOOL_YES)
            continue;
        property = hyperv_property(i);
        if (i == HYPERV_SPINLOCKS)
            option_appendf(options, property, "0x%x", features->hyperv_spinlocks);
        else if (i == HYPERV_VENDOR_ID)
            option_append(options, property, features->hyperv_vendor_id);
        else
            option_append(options, property, "on");
        if (i == HYPERV_STIMER && features->hyperv_stimer_direct == XML_BOOL_YES)
            g_string_append(options, ",hv-stimer-direct=on");
    }
}

static void append_kvm(GString *options, const DomainFeatures *features)
{
    option_append_switch(options, "kvm-pv-eoi", features->apic_eoi);
    option_append_switch(options, "kvm-pv-unhalt", features->pvspinlock);
    if (features->kvm_hidden == XML_BOOL_YES)
        g_string_append(options, ",kvm=off");
    if (features->kvm_hint_dedicated == XML_BOOL_YES)
        g_string_append(options, ",kvm-hint-dedicated=on");
    if (features->kvm_poll_control == XML_BOOL_YES)
        g_string_append(options, ",kvm-poll-control=on");
    option_append_switch(options, "kvm-pv-ipi", features->kvm_pv_ipi);
    option_append_switch(options, "pmu", features->pmu);
}

static gboolean has_hyperv_panic(const DomainDef *def)
{
    for (guint i = 0; i < def->panics->len; i++)
        if (((const PanicDef *)g_ptr_array_index(def->panics, i))->model == PANIC_HYPERV)
            return TRUE;
    return FALSE;
}

gboolean build_cpu(CommandBuild *build, GError **error)
{
    const DomainDef *def = build->def;
    const char *model = model_name(build, def->cpu);
    g_autoptr(GString) options = g_string_new(model);

    if (!check_model(build, def->cpu, model, error))
        return FALSE;
    if (def->features->msrs != MSRS_DEFAULT)
        return unsupported(error, "feature 'msrs'");
    if (def->cpu && !append_cpu(options, def->cpu, error))
        return FALSE;
    append_timers(options, def->clock);
    append_hyperv(options, def->features);
    append_kvm(options, def->features);
    if (has_hyperv_panic(def))
        g_string_append(options, ",hv-crash");
    command_add(build->command, "-cpu", options->str);
    return TRUE;
}
