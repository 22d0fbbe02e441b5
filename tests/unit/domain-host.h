/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host that does not change, for tests of domain documents. */
#pragma once

#include <string.h>

#include "conf/domain/domain_def.h"

static inline const char *host_emulator(gpointer data, VirtType virt_type, const char *os_type, const char *arch)
{
    return g_str_equal(arch, "x86_64") ? "/opt/emulator" : NULL;
}

static inline gboolean host_machine(gpointer data, const char *emulator, VirtType virt_type, const char *arch,
                                    const char *machine, MachineFacts *facts)
{
    static const struct {
        const char *name, *canonical;
        guint max_vcpus;
    } machines[] = {{"pc", "pc-i440fx-9.9", 64}, {"q35", "pc-q35-9.9", 128}, {"bare", "bare-1", 4}};

    for (gsize i = 0; i < G_N_ELEMENTS(machines); i++) {
        if (machine && !g_str_equal(machine, machines[i].name) && !g_str_equal(machine, machines[i].canonical))
            continue;
        *facts = (MachineFacts){machines[i].canonical, machines[i].max_vcpus, "qemu64"};
        return TRUE;
    }
    return FALSE;
}

static inline gboolean host_has_device(gpointer data, const char *emulator, const char *name)
{
    return !data || !g_str_equal(name, data); /* data names the one device that is missing */
}

static const DomainDefaults host = {
    .default_arch = "x86_64",
    .emulator = host_emulator,
    .machine = host_machine,
    .has_device = host_has_device,
    .nvram_dir = "/stores",
};
