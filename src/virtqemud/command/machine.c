/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Machine, accelerator, memory, processors' number. */
#include "virtqemud/command/build.h"

/* "on" or "off" for what is on only when asked for. */
static void append_feature(GString *options, const char *key, XmlBool value)
{
    option_append_switch(options, key, value);
}

static gboolean add_machine(CommandBuild *build, const EmulatorMachine *machine, GError **error)
{
    const DomainDef *def = build->def;
    const DomainFeatures *features = def->features;
    g_autoptr(GString) options = g_string_new(def->os->machine);

    g_string_append(options, ",usb=off");
    append_feature(options, "vmport", features->vmport);
    append_feature(options, "smm", features->smm);
    if (features->ioapic != IOAPIC_DEFAULT)
        option_append(options, "kernel_irqchip", features->ioapic == IOAPIC_KVM ? "on" : "split");
    option_append(options, "dump-guest-core", def->dump_core == XML_BOOL_YES ? "on" : "off");
    if (def->memory_backing.is_unshared)
        g_string_append(options, ",mem-merge=off");
    if (machine->default_ram_id && !(def->cpu && def->cpu->cells && def->cpu->cells->len))
        option_append(options, "memory-backend", machine->default_ram_id);
    if (def->os->loader && def->os->loader_type == LOADER_TYPE_PFLASH) {
        option_append(options, "pflash0", "libvirt-pflash0-format");
        if (def->os->nvram || def->os->nvram_store)
            option_append(options, "pflash1", "libvirt-pflash1-format");
    }
    for (guint i = 0; i < def->memory_devices->len; i++) {
        if (((const MemoryDeviceDef *)g_ptr_array_index(def->memory_devices, i))->model != MEMORY_DEVICE_NVDIMM)
            continue;
        option_append(options, "nvdimm", "on");
        break;
    }
    if (def->os->bios_useserial == XML_BOOL_YES && def->serials->len > 0)
        option_append(options, "graphics", "off");
    command_add(build->command, "-machine", options->str);
    if (features->smm_tseg_bytes > 0)
        command_addf(build->command, "-global", "mch.extended-tseg-mbytes=%llu", features->smm_tseg_bytes >> 20);
    return TRUE;
}

static gboolean add_accelerator(CommandBuild *build, GError **error)
{
    const DomainDef *def = build->def;
    g_autoptr(GString) options = NULL;

    switch ((int)def->virt_type) {
    case VIRT_KVM:
        if (!build->caps->has_kvm)
            return unsupported(error, "Emulator '%s' does not support virt type 'kvm'", build->caps->path);
        options = g_string_new("kvm");
        if (def->features->kvm_dirty_ring == XML_BOOL_YES)
            option_appendf(options, "dirty-ring-size", "%u", def->features->kvm_dirty_ring_size);
        break;
    case VIRT_QEMU:
        options = g_string_new("tcg");
        if (def->features->tcg_tb_cache_kib > 0)
            option_appendf(options, "tb-size", "%llu", def->features->tcg_tb_cache_kib >> 10);
        break;
    default:
        return unsupported(error, "Emulator '%s' does not support virt type '%s'", build->caps->path,
                           virt_types[def->virt_type]);
    }
    command_add(build->command, "-accel", options->str);
    return TRUE;
}

static void add_smp(CommandBuild *build)
{
    const DomainDef *def = build->def;
    const DomainCpu *cpu = def->cpu;
    g_autoptr(GString) options = g_string_new(NULL);
    gboolean has_topology = cpu && cpu->sockets > 0;

    g_string_printf(options, "%u", def->vcpus);
    if (def->vcpus != def->vcpus_max)
        option_appendf(options, "maxcpus", "%u", def->vcpus_max);
    option_appendf(options, "sockets", "%u", has_topology ? cpu->sockets : def->vcpus_max);
    if (has_topology)
        option_appendf(options, "dies", "%u", cpu->dies);
    option_appendf(options, "cores", "%u", has_topology ? cpu->cores : 1);
    option_appendf(options, "threads", "%u", has_topology ? cpu->threads : 1);
    command_add(build->command, "-smp", options->str);
}

gboolean build_machine(CommandBuild *build, GError **error)
{
    const EmulatorMachine *machine = emulator_caps_machine(build->caps, build->def->os->machine);

    if (!machine)
        return unsupported(error, "Emulator '%s' does not support machine type '%s'", build->caps->path,
                           build->def->os->machine);
    if (!emulator_caps_runs_arch(build->caps, build->def->os->arch))
        return unsupported(error, "Emulator '%s' does not support arch '%s'", build->caps->path, build->def->os->arch);
    if (machine->max_vcpus > 0 && build->def->vcpus_max > machine->max_vcpus)
        return unsupported(error, "Maximum CPUs greater than specified machine type limit %u", machine->max_vcpus);
    if (!add_machine(build, machine, error) || !add_accelerator(build, error) || !build_cpu(build, error) ||
        !build_memory(build, machine->default_ram_id, error))
        return FALSE;
    add_smp(build);
    if (!build_numa(build, error))
        return FALSE;
    build_iothreads(build);
    return TRUE;
}
