/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a guest as a whole leaves open: identity, machine, memory, processor, clock. */
#include "conf/domain/default/domain_defaults.h"

#include <string.h>

static const char *const os_types[] = {"hvm", "xen", "linux", "exe", "uml", "xenpvh"};
static const char *const architectures[] = {
    "alpha",    "armv6l",     "armv7l",       "armv7b",  "aarch64",   "cris",    "i686",     "ia64",     "lm32",
    "m68k",     "microblaze", "microblazeel", "mips",    "mipsel",    "mips64",  "mips64el", "openrisc", "parisc",
    "parisc64", "ppc",        "ppc64",        "ppc64le", "ppcemb",    "riscv32", "riscv64",  "s390",     "s390x",
    "sh4",      "sh4eb",      "sparc",        "sparc64", "unicore32", "x86_64",  "xtensa",   "xtensaeb",
};

/* ---- identity ---- */

/* A guest that is known to its system by a UUID is known by it here. */
static gboolean take_firmware_uuid(DomainDef *def)
{
    for (guint i = 0; def->sysinfos && i < def->sysinfos->len; i++) {
        const char *text = sysinfo_value(((const SysinfoDef *)def->sysinfos->pdata[i])->system, "uuid");

        if (text && uuid_parse(text, def->uuid))
            return TRUE;
    }
    return FALSE;
}

static gboolean complete_identity(DomainDef *def, GError **error)
{
    if (!def->name) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_NO_NAME, "%s", "");
        return FALSE;
    }
    if (!def->has_uuid && !take_firmware_uuid(def))
        uuid_generate(def->uuid);
    def->has_uuid = TRUE;
    if (def->has_genid && uuid_is_nil(def->genid))
        uuid_generate(def->genid);
    return TRUE;
}

/* ---- machine ---- */

gboolean domain_arch_is_known(const char *arch)
{
    return xml_enum_find(architectures, G_N_ELEMENTS(architectures), arch) >= 0;
}

static gboolean check_os_names(const DomainOs *os, GError **error)
{
    if (xml_enum_find(os_types, G_N_ELEMENTS(os_types), os->type) < 0)
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED, "unknown OS type '%s'", os->type);
    else if (os->arch && !domain_arch_is_known(os->arch))
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED, "Unknown architecture %s", os->arch);
    else
        return TRUE;
    return FALSE;
}

static gboolean complete_emulator(DomainDef *def, const DomainDefaults *defaults, GError **error)
{
    const DomainOs *os = def->os;

    if (!def->emulator && defaults->emulator)
        def->emulator = g_strdup(defaults->emulator(defaults->data, def->virt_type, os->type, os->arch));
    if (!def->emulator) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED, "No emulator found for arch '%s'", os->arch);
        return FALSE;
    }
    return !defaults->supports ||
           defaults->supports(defaults->data, def->emulator, def->virt_type, os->type, os->arch, error);
}

static gboolean complete_os(DomainDef *def, const DomainDefaults *defaults, MachineFacts *facts, GError **error)
{
    if (!check_os_names(def->os, error))
        return FALSE;
    if (!def->os->arch)
        def->os->arch = g_strdup(defaults->default_arch);
    if (!complete_emulator(def, defaults, error))
        return FALSE;
    if (defaults->machine &&
        defaults->machine(defaults->data, def->emulator, def->virt_type, def->os->arch, def->os->machine, facts)) {
        /* The canonical name may be the one that was given. */
        char *canonical = g_strdup(facts->canonical);

        g_free(def->os->machine);
        def->os->machine = canonical;
    }
    return TRUE;
}

/* ---- booting ---- */

static gboolean has_boot_order(const char *what, gpointer device, DeviceInfo *info, gpointer data)
{
    return !info->boot_order;
}

static void complete_boot(DomainDef *def)
{
    XmlBool *features = def->os->firmware_enabled;

    gboolean is_per_device = !domain_each_device(def, has_boot_order, NULL);

    if (!def->os->n_boot && !is_per_device)
        def->os->boot[def->os->n_boot++] = BOOT_HD;
    /* Keys are enrolled to be checked. */
    if (features[FIRMWARE_ENROLLED_KEYS] == XML_BOOL_YES && !features[FIRMWARE_SECURE_BOOT])
        features[FIRMWARE_SECURE_BOOT] = XML_BOOL_YES;
}

/* A firmware in flash needs a store for its variables, which is the guest's own. */
static void complete_nvram(DomainDef *def, const DomainDefaults *defaults)
{
    DomainOs *os = def->os;

    if (os->loader && !os->loader_type)
        os->loader_type = LOADER_TYPE_ROM;
    if (os->firmware || os->loader_type != LOADER_TYPE_PFLASH || os->loader_readonly != XML_BOOL_YES ||
        os->loader_stateless == XML_BOOL_YES)
        return;
    if (!os->nvram && !os->nvram_store && defaults->nvram_dir)
        os->nvram = g_strdup_printf("%s/%s_VARS.fd", defaults->nvram_dir, def->name);
}

/* ---- memory ---- */

/* Cells that name no number get the next one; what all have together is what the guest has. */
static void complete_cells(DomainDef *def)
{
    const GPtrArray *cells = def->cpu ? def->cpu->cells : NULL;
    unsigned long long sum = 0;

    for (guint i = 0; cells && i < cells->len; i++) {
        NumaCell *cell = cells->pdata[i];

        if (cell->id == NUMA_CELL_UNSET)
            cell->id = (int)i;
        sum += cell->memory_kib;
    }
    if (sum)
        def->memory_kib = sum + domain_plugged_memory_kib(def, TRUE);
}

static gboolean complete_memory(DomainDef *def, GError **error)
{
    complete_cells(def);
    if (!def->memory_kib) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                      "Memory size must be specified via <memory> or in the <numa> configuration");
        return FALSE;
    }
    if (!def->current_memory_kib || def->current_memory_kib > def->memory_kib)
        def->current_memory_kib = def->memory_kib;
    return TRUE;
}

/* ---- processor ---- */

static CpuCheck default_check(const DomainDef *def)
{
    switch (def->cpu->mode) {
    case CPU_MODE_HOST_PASSTHROUGH:
    case CPU_MODE_MAXIMUM:
        return CPU_CHECK_NONE;
    case CPU_MODE_HOST_MODEL:
        return CPU_CHECK_PARTIAL;
    default:
        /* An emulated processor is not compared with the host's. */
        return def->virt_type == VIRT_KVM ? CPU_CHECK_PARTIAL : CPU_CHECK_NONE;
    }
}

/* A guest without a model gets the machine's, spelled out so that another host's QEMU takes the same. */
static void complete_model(DomainDef *def, const MachineFacts *facts)
{
    DomainCpu *cpu = def->cpu;

    if (cpu->mode != CPU_MODE_CUSTOM || cpu->model || !facts->default_cpu)
        return;
    cpu->model = g_strdup(facts->default_cpu);
    cpu->has_mode = TRUE;
    cpu->match = CPU_MATCH_EXACT;
    cpu->fallback = CPU_FALLBACK_FORBID;
    if (!cpu->check)
        cpu->check = CPU_CHECK_NONE;
}

static void complete_cpu(DomainDef *def, const MachineFacts *facts)
{
    if (!def->cpu)
        def->cpu = xml_struct_new(&cpu_element);
    complete_model(def, facts);
    if (!def->cpu->has_mode)
        return;
    if (!def->cpu->check)
        def->cpu->check = default_check(def);
    if (def->cpu->mode == CPU_MODE_HOST_PASSTHROUGH && !def->cpu->migratable)
        def->cpu->migratable = XML_BOOL_YES;
}

/* As libvirt does: a document whose guest has fewer processors now keeps being accepted. */
static void drop_pins_of_none(DomainDef *def)
{
    GPtrArray *pins = def->cputune.vcpu_pins;

    for (guint i = pins ? pins->len : 0; i-- > 0;) {
        guint id = ((const CpuPin *)pins->pdata[i])->id;

        if (id >= def->vcpus_max)
            cpu_pin_set(&def->cputune.vcpu_pins, id, NULL);
    }
}

static void complete_vcpus(DomainDef *def)
{
    if (!def->vcpus_max)
        def->vcpus_max = def->vcpus = 1;
    if (!def->vcpu_placement)
        def->vcpu_placement = VCPU_PLACEMENT_STATIC;
    drop_pins_of_none(def);
}

static void complete_seclabels(DomainDef *def)
{
    for (guint i = 0; def->seclabels && i < def->seclabels->len; i++) {
        Seclabel *seclabel = def->seclabels->pdata[i];

        /* Without a model it is the first driver's, which labels nothing. */
        if (seclabel->type == SECLABEL_DYNAMIC && !seclabel->model)
            seclabel->type = SECLABEL_NONE;
        if (seclabel->type == SECLABEL_NONE && !seclabel->model)
            seclabel->model = g_strdup("none");
    }
}

gboolean domain_def_complete(DomainDef *def, guint mode, const DomainDefaults *defaults, GError **error)
{
    MachineFacts facts = {0};

    if (!complete_identity(def, error) || !complete_os(def, defaults, &facts, error) || !complete_memory(def, error))
        return FALSE;
    complete_vcpus(def);
    complete_boot(def);
    complete_nvram(def, defaults);
    complete_cpu(def, &facts);
    complete_seclabels(def);
    return domain_complete_memory_devices(def, error) && domain_complete_devices(def, defaults, error);
}
