/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks of a guest as a whole. */
#include "conf/domain/check/domain_check.h"

#include <stdarg.h>
#include <string.h>

/* ---- what happens at the end ---- */

gboolean domain_check_lifecycle(const DomainDef *def, GError **error)
{
    if (def->on_reboot == LIFECYCLE_DESTROY && def->on_poweroff == LIFECYCLE_RESTART)
        return domain_refuse(error, VIR_FROM_QEMU,
                             "qemu driver doesn't support 'onReboot' set to 'destroy and 'onPoweroff' set to 'reboot'");
    if (def->on_reboot == LIFECYCLE_RENAME_RESTART || def->on_poweroff == LIFECYCLE_RENAME_RESTART ||
        def->on_crash == LIFECYCLE_RENAME_RESTART)
        return domain_refuse(error, VIR_FROM_QEMU,
                             "qemu driver doesn't support the 'rename-restart' action for "
                             "'on_reboot'/'on_poweroff'/'on_crash'");
    if (def->on_reboot == LIFECYCLE_PRESERVE || def->on_poweroff == LIFECYCLE_PRESERVE)
        return domain_refuse(error, VIR_FROM_QEMU,
                             "qemu driver doesn't support the 'preserve' action for 'on_reboot'/'on_poweroff'");
    return TRUE;
}

/* ---- booting ---- */

typedef struct {
    const DomainDef *def;
    GHashTable *seen;
    GError **error;
} BootOrders;

static gboolean check_boot_order(const char *what, gpointer device, DeviceInfo *info, gpointer data)
{
    BootOrders *orders = data;

    if (!info->boot_order)
        return TRUE;
    if (orders->def->os->n_boot)
        return domain_refuse(orders->error, VIR_FROM_DOMAIN,
                             "per-device boot elements cannot be used together with os/boot elements");
    if (!g_hash_table_add(orders->seen, GUINT_TO_POINTER(info->boot_order)))
        return domain_refuse(orders->error, VIR_FROM_DOMAIN, "boot order '%u' used for more than one device",
                             info->boot_order);
    return TRUE;
}

static gboolean check_boot(const DomainDef *def, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    BootOrders orders = {.def = def, .seen = seen, .error = error};

    return domain_each_device((DomainDef *)def, check_boot_order, &orders);
}

static gboolean check_loader(const DomainDef *def, GError **error)
{
    const DomainOs *os = def->os;

    if (os->firmware) {
        if (os->loader_secure == XML_BOOL_NO) {
            vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_DETAIL,
                          "loader attribute 'secure' cannot be specified when firmware autoselection is enabled");
            return FALSE;
        }
    } else if (!os->loader && (os->nvram || os->nvram_template || os->nvram_store)) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_DETAIL,
                      "no loader path specified and firmware auto selection disabled");
        return FALSE;
    }
    if ((os->firmware == FIRMWARE_EFI || os->loader_type == LOADER_TYPE_PFLASH) && domain_is_x86(def) &&
        !def->features->acpi)
        return domain_refuse(error, VIR_FROM_QEMU, "UEFI requires ACPI on this architecture");
    if (os->loader_secure != XML_BOOL_YES)
        return TRUE;
    if (domain_machine_kind(def) != MACHINE_Q35)
        return domain_refuse(error, VIR_FROM_QEMU, "Secure boot is supported with q35 machine types only");
    if (!os->firmware && def->features->smm != XML_BOOL_YES)
        return domain_refuse(error, VIR_FROM_QEMU, "Secure boot requires SMM feature enabled");
    return TRUE;
}

/* A UUID in the tables is the guest's own, which it may be given by them. */
static gboolean check_smbios(const DomainDef *def, GError **error)
{
    for (guint i = 0; def->sysinfos && i < def->sysinfos->len; i++) {
        const SysinfoDef *sysinfo = def->sysinfos->pdata[i];
        const char *text = sysinfo_value(sysinfo->system, "uuid");
        guint8 uuid[UUID_LEN];

        if (text && !uuid_parse(text, uuid))
            vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_DETAIL, "malformed <sysinfo> uuid element");
        else if (text && memcmp(uuid, def->uuid, UUID_LEN) != 0)
            vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_DETAIL, "UUID mismatch between <uuid> and <sysinfo>");
        else
            continue;
        return FALSE;
    }
    return TRUE;
}

/* ---- processor and memory ---- */

static gboolean check_vcpus(const DomainDef *def, const DomainDefaults *defaults, GError **error)
{
    const DomainCpu *cpu = def->cpu;
    MachineFacts facts = {0};

    if (def->vcpus > def->vcpus_max)
        return domain_refuse(error, VIR_FROM_DOMAIN, "maximum vCPU count must not be less than current vCPU count");
    if (def->vcpus_max > DOMAIN_VCPUS_MAX)
        return domain_refuse(error, VIR_FROM_QEMU, "%u vCPUs are more than the limit of %d", def->vcpus_max,
                             DOMAIN_VCPUS_MAX);
    if (defaults->machine &&
        defaults->machine(defaults->data, def->emulator, def->virt_type, def->os->arch, def->os->machine, &facts) &&
        facts.max_vcpus && def->vcpus_max > facts.max_vcpus)
        return domain_refuse(error, VIR_FROM_QEMU, "Maximum CPUs greater than specified machine type limit %u",
                             facts.max_vcpus);
    if (cpu && cpu->sockets && (guint64)cpu->sockets * cpu->dies * cpu->cores * cpu->threads != (guint64)def->vcpus_max)
        return domain_refuse(error, VIR_FROM_QEMU, "CPU topology doesn't match maximum vcpu count");
    if (def->vcpu_placement == VCPU_PLACEMENT_AUTO)
        return domain_refuse(error, VIR_FROM_QEMU, "vcpu placement 'auto'");
    return TRUE;
}

static gboolean check_memory(const DomainDef *def, GError **error)
{
    if (def->max_memory_kib && !def->memory_slots) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                      "both maximum memory size and memory slot count must be specified");
        return FALSE;
    }
    if (def->max_memory_kib && !(def->cpu && def->cpu->cells && def->cpu->cells->len))
        return domain_refuse(error, VIR_FROM_QEMU,
                             "At least one numa node has to be configured when enabling memory hotplug");
    return domain_check_memory_devices(def, error);
}

/* ---- features, clock ---- */

#define SPINLOCK_RETRIES_MIN 4095
#define DIRTY_RING_MIN       1024
#define DIRTY_RING_MAX       65536

static gboolean check_feature_numbers(const DomainFeatures *features, GError **error)
{
    guint ring = features->kvm_dirty_ring_size;

    if (features->hyperv[HYPERV_SPINLOCKS] == XML_BOOL_YES && features->hyperv_spinlocks < SPINLOCK_RETRIES_MIN)
        return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                              "HyperV spinlock retry count must be at least %d", SPINLOCK_RETRIES_MIN);
    if (features->kvm_dirty_ring == XML_BOOL_YES &&
        (ring < DIRTY_RING_MIN || ring > DIRTY_RING_MAX || (ring & (ring - 1))))
        return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                              "dirty ring must be power of 2 and ranges [%d, %d]", DIRTY_RING_MIN, DIRTY_RING_MAX);
    return TRUE;
}

static gboolean check_features(const DomainDef *def, GError **error)
{
    const DomainFeatures *features = def->features;

    if (!check_feature_numbers(features, error))
        return FALSE;
    if (features->smm == XML_BOOL_YES && domain_machine_kind(def) != MACHINE_Q35)
        return domain_refuse(error, VIR_FROM_QEMU, "%s",
                             features->smm_tseg_bytes ? "SMM TSEG is only supported with q35 machine type"
                                                      : "smm is not available with this QEMU binary");
    if (features->tcg_tb_cache_kib && def->virt_type != VIRT_QEMU)
        return domain_refuse(error, VIR_FROM_QEMU, "TCG features are only supported with domain type 'qemu'");
    return TRUE;
}

static gboolean check_clock(const DomainDef *def, GError **error)
{
    for (guint i = 0; def->clock->timers && i < def->clock->timers->len; i++) {
        const ClockTimer *timer = def->clock->timers->pdata[i];

        if (timer->name == TIMER_PLATFORM || timer->name == TIMER_ARMVTIMER)
            return domain_refuse(error, VIR_FROM_QEMU, "unsupported timer type (name) '%s'", timer_names[timer->name]);
    }
    return TRUE;
}

/* ---- all ---- */

gboolean domain_def_check(const DomainDef *def, const DomainDefaults *defaults, GError **error)
{
    return check_boot(def, error) && domain_check_devices(def, defaults, error) && check_loader(def, error) &&
           check_smbios(def, error) && domain_check_tuning(def, error) && domain_check_lifecycle(def, error) &&
           check_features(def, error) && check_memory(def, error) && check_vcpus(def, defaults, error) &&
           check_clock(def, error);
}
