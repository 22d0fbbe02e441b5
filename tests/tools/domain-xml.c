/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads a <domain> from standard input and prints it as virtqemud keeps it, or the error as "code/domain message". An
 * argument says which form: inactive (the default), secure, migratable, live (which is also read as such, and then left
 * as it stands), or validate, which refuses what is not known. The host is a fixed one with QEMU 7.2 for x86.
 */
#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "conf/domain/domain_def.h"

#define EMULATOR "/usr/bin/qemu-system-x86_64"

static const char *emulator(gpointer data, VirtType virt_type, const char *os_type, const char *arch)
{
    return g_str_equal(arch, "i686") ? "/usr/bin/qemu-system-i386" : EMULATOR;
}

static const struct {
    const char *name, *canonical;
    guint max_vcpus;
} machines[] = {
    {"pc", "pc-i440fx-7.2", 255},
    {"q35", "pc-q35-7.2", 288},
    {"isapc", "isapc", 1},
    {"microvm", "microvm", 288},
};

static gboolean machine(gpointer data, const char *emulator_path, VirtType virt_type, const char *arch,
                        const char *name, MachineFacts *facts)
{
    facts->default_cpu = g_str_equal(arch, "i686") ? "qemu32" : "qemu64";
    for (gsize i = 0; i < G_N_ELEMENTS(machines); i++) {
        if (!name || g_str_equal(name, machines[i].name) || g_str_equal(name, machines[i].canonical)) {
            facts->canonical = machines[i].canonical;
            facts->max_vcpus = machines[i].max_vcpus;
            return TRUE;
        }
    }
    facts->canonical = name;
    facts->max_vcpus = g_str_has_prefix(name, "pc-q35-") ? 288 : 255;
    return g_str_has_prefix(name, "pc-");
}

static gboolean supports(gpointer data, const char *emulator_path, VirtType virt_type, const char *os_type,
                         const char *arch, GError **error)
{
    if (virt_type != VIRT_QEMU && virt_type != VIRT_KVM)
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED, "Emulator '%s' does not support virt type '%s'",
                      emulator_path, virt_types[virt_type]);
    else if (!g_str_equal(os_type, "hvm"))
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED, "Emulator '%s' does not support os type '%s'",
                      emulator_path, os_type);
    else
        return TRUE;
    return FALSE;
}

static const DomainDefaults defaults = {
    .default_arch = "x86_64",
    .emulator = emulator,
    .machine = machine,
    .supports = supports,
    .nvram_dir = "/var/lib/libvirt/qemu/nvram",
};

static guint mode_of(const char *name)
{
    if (g_str_equal(name, "secure"))
        return XML_MODE_SECURE;
    if (g_str_equal(name, "migratable"))
        return XML_MODE_MIGRATABLE | XML_MODE_SECURE;
    if (g_str_equal(name, "live"))
        return XML_MODE_LIVE | XML_MODE_SECURE;
    if (g_str_equal(name, "validate"))
        return XML_MODE_VALIDATE;
    return XML_MODE_INACTIVE;
}

int main(int argc, char **argv)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(DomainDef) def = NULL;
    g_autofree char *xml = NULL;
    guint mode = mode_of(argc > 1 ? argv[1] : "inactive");
    char buffer[4096];
    gsize n;

    while ((n = fread(buffer, 1, sizeof(buffer), stdin)) > 0)
        g_string_append_len(text, buffer, (gssize)n);
    def = domain_def_parse(text->str, mode, mode & XML_MODE_LIVE ? NULL : &defaults, &error);
    if (!def) {
        g_autofree char *message = vir_error_message(error);

        printf("%d/%d %s\n", vir_error_code(error), vir_error_domain(error), message);
        return 1;
    }
    xml = domain_def_format(def, mode);
    fputs(xml, stdout);
    return 0;
}
