/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virsh/cpu_map.h"

#include <libvirt/libvirt.h>

char *cpu_map_list(const unsigned char *map, int n_cpus)
{
    GString *text = g_string_new(NULL);

    for (int first = 0; first < n_cpus; first++) {
        int last = first;

        if (!VIR_CPU_USED(map, first))
            continue;
        while (last + 1 < n_cpus && VIR_CPU_USED(map, last + 1))
            last++;
        g_string_append_printf(text, last > first ? "%s%d-%d" : "%s%d", text->len ? "," : "", first, last);
        first = last;
    }
    return g_string_free(text, FALSE);
}

char *cpu_map_letters(const unsigned char *map, int n_cpus)
{
    GString *text = g_string_new(NULL);

    for (int cpu = 0; cpu < n_cpus; cpu++)
        g_string_append_c(text, VIR_CPU_USED(map, cpu) ? 'y' : '-');
    return g_string_free(text, FALSE);
}
