/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/driver.h"

#include "common/error.h"

QemuDriver driver;

/* ---- what completes domain documents: the answers come from the emulators' capabilities ---- */

static const char *default_emulator(gpointer data, VirtType virt_type, const char *os_type, const char *arch)
{
    return caps_default_emulator(arch);
}

/* The capabilities of the emulator, kept for the length of one parse so that what is borrowed from them stays. */
const EmulatorCaps *driver_defaults_caps(DriverDefaults *defaults, const char *emulator, GError **error)
{
    if (!emulator)
        return NULL;
    if (!defaults->caps || !g_str_equal(defaults->caps->path, emulator)) {
        EmulatorCaps *caps = defaults->is_hurried ? caps_cache_find(driver.caps, emulator)
                                                  : caps_cache_get(driver.caps, emulator, error);

        if (!caps) {
            defaults->has_missed = TRUE;
            return NULL;
        }
        emulator_caps_unref(defaults->caps);
        defaults->caps = caps;
    }
    return defaults->caps;
}

static gboolean find_machine(gpointer data, const char *emulator, VirtType virt_type, const char *arch,
                             const char *machine, MachineFacts *facts)
{
    const EmulatorCaps *caps = driver_defaults_caps(data, emulator, NULL);
    const EmulatorMachine *found = caps ? emulator_caps_machine(caps, machine) : NULL;

    if (!found)
        return FALSE;
    *facts = (MachineFacts){.canonical = found->name, .max_vcpus = found->max_vcpus, .default_cpu = found->default_cpu};
    /* The emulator for 64 bits has another default than that for 32. */
    if (g_strcmp0(arch, "i686") == 0 && g_strcmp0(facts->default_cpu, "qemu64") == 0)
        facts->default_cpu = "qemu32";
    return TRUE;
}

static gboolean supports(gpointer data, const char *emulator, VirtType virt_type, const char *os_type, const char *arch,
                         GError **error)
{
    const EmulatorCaps *caps = driver_defaults_caps(data, emulator, error);

    if (!caps)
        return FALSE;
    if (virt_type != VIRT_QEMU && !(virt_type == VIRT_KVM && caps->has_kvm)) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED, "Emulator '%s' does not support virt type '%s'",
                      emulator, virt_types[virt_type]);
        return FALSE;
    }
    if (!emulator_caps_runs_arch(caps, arch)) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED, "Emulator '%s' does not support arch '%s'",
                      emulator, arch);
        return FALSE;
    }
    return TRUE;
}

static gboolean has_device(gpointer data, const char *emulator, const char *name)
{
    const EmulatorCaps *caps = driver_defaults_caps(data, emulator, NULL);

    return !caps || emulator_caps_has_device(caps, name);
}

void driver_defaults_init(DriverDefaults *defaults)
{
    *defaults = (DriverDefaults){.defaults = {.data = defaults,
                                              .default_arch = "x86_64",
                                              .emulator = default_emulator,
                                              .machine = find_machine,
                                              .supports = supports,
                                              .has_device = has_device,
                                              .nvram_dir = driver.nvram_dir,
                                              .has_spice_tls = driver.settings.has_spice_tls}};
}

void driver_defaults_clear(DriverDefaults *defaults)
{
    g_clear_pointer(&defaults->caps, emulator_caps_unref);
}

static gboolean settle(DomainDef *def, guint mode, GError **error)
{
    DriverDefaults defaults;
    gboolean is_settled;

    driver_defaults_init(&defaults);
    is_settled = domain_def_settle(def, mode, &defaults.defaults, error);
    driver_defaults_clear(&defaults);
    return is_settled;
}

gboolean driver_settle(DomainDef *def, GError **error)
{
    return settle(def, XML_MODE_INACTIVE, error);
}

gboolean driver_settle_live(DomainDef *def, GError **error)
{
    return settle(def, XML_MODE_LIVE, error);
}
