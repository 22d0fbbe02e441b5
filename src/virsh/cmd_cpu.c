/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A domain's processors and threads: how many, what they do, where they may run. */
#include <stdio.h>
#include <stdlib.h>

#include "virsh/affect.h"
#include "virsh/commands.h"
#include "virsh/cpu_map.h"

/* ---- vcpucount ---- */

static const Option vcpucount_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN),
                                           FLAG("maximum", "how many there can be"),
                                           FLAG("active", "how many there are"),
                                           OPTIONS_AFFECT,
                                           FLAG("guest", "how many the guest uses, by its agent"),
                                           OPTION_END};

static const struct {
    const char *size, *of;
    unsigned int flags;
} counts[] = {
    {"maximum", "config", VIR_DOMAIN_VCPU_MAXIMUM | VIR_DOMAIN_AFFECT_CONFIG},
    {"maximum", "live", VIR_DOMAIN_VCPU_MAXIMUM | VIR_DOMAIN_AFFECT_LIVE},
    {"current", "config", VIR_DOMAIN_AFFECT_CONFIG},
    {"current", "live", VIR_DOMAIN_AFFECT_LIVE},
};

/* All numbers there are: a domain that does not run has none that live, a transient one none of its definition. */
static gboolean print_counts(Shell *shell, const Arguments *arguments, virDomainPtr domain)
{
    static const char *const keys[] = {"size", "of", "count", NULL};
    gboolean is_json = argument_output(arguments) == OUTPUT_JSON;
    g_autoptr(Table) table = table_new(keys, keys);

    for (gsize i = 0; i < G_N_ELEMENTS(counts); i++) {
        int count = virDomainGetVcpusFlags(domain, counts[i].flags);

        if (count < 0 && virGetLastErrorCode() != VIR_ERR_OPERATION_INVALID)
            return shell_fail(shell, "failed to count the virtual processors");
        if (count >= 0 && is_json)
            table_add(table, (Value[]){value_string(counts[i].size), value_string(counts[i].of), value_number(count)});
        else if (count >= 0)
            printf("%-12s %-12s %3d\n", counts[i].size, counts[i].of, count);
    }
    virResetLastError();
    if (is_json)
        table_print(table, OUTPUT_JSON, TRUE);
    return TRUE;
}

static gboolean vcpucount(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    gboolean is_maximum = argument_flag(arguments, "maximum"), is_guest = argument_flag(arguments, "guest");
    unsigned int flags =
        (is_maximum ? VIR_DOMAIN_VCPU_MAXIMUM : 0) | (is_guest ? (unsigned int)VIR_DOMAIN_VCPU_GUEST : 0);
    int count;

    if (!domain || !affect_flags(shell, arguments, domain, &flags))
        return FALSE;
    if (!flags && !argument_flag(arguments, "active") && !argument_flag(arguments, "current"))
        return print_counts(shell, arguments, domain);
    count = virDomainGetVcpusFlags(domain, flags);
    if (count < 0)
        return shell_fail(shell, "failed to count the virtual processors");
    print_value(argument_output(arguments), "count", value_number(count));
    return TRUE;
}

/* ---- vcpuinfo ---- */

static const Option vcpuinfo_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN),
                                          FLAG("pretty", "processors of the host as a list"), OPTION_END};

static const char *const vcpu_states[] = {"offline", "running", "blocked"};

static Value time_value(unsigned long long ns)
{
    Value time = value_number((gint64)ns);

    g_free(time.text);
    time.text = g_strdup_printf("%.1fs", (double)ns / 1e9);
    return time;
}

static void print_vcpu(const virVcpuInfo *info, const char *affinity)
{
    g_autoptr(Fields) fields = fields_new(16);

    fields_add(fields, "VCPU", "vcpu", value_number(info->number));
    fields_add(fields, "CPU", "cpu", info->cpu >= 0 ? value_number(info->cpu) : value_none("N/A"));
    fields_add(fields, "State", "state",
               value_string((gsize)info->state < G_N_ELEMENTS(vcpu_states) ? vcpu_states[info->state] : "no state"));
    if (info->cpuTime)
        fields_add(fields, "CPU time", "cpu_time_ns", time_value(info->cpuTime));
    fields_add(fields, "CPU Affinity", "affinity", value_string(affinity));
    fields_print(fields, OUTPUT_TEXT);
}

static void add_vcpu(Table *table, const virVcpuInfo *info, const char *affinity)
{
    table_add(table, (Value[]){value_number(info->number), info->cpu >= 0 ? value_number(info->cpu) : value_none(""),
                               value_string(vcpu_states[CLAMP(info->state, 0, 2)]), time_value(info->cpuTime),
                               value_string(affinity)});
}

static gboolean vcpuinfo(Shell *shell, const Arguments *arguments)
{
    static const char *const keys[] = {"vcpu", "cpu", "state", "cpu_time_ns", "affinity", NULL};
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    gboolean is_json = argument_output(arguments) == OUTPUT_JSON, is_pretty = argument_flag(arguments, "pretty");
    g_autoptr(Table) table = table_new(keys, keys);
    int n_cpus = virNodeGetCPUMap(shell->connection, NULL, NULL, 0), n, map_size;
    g_autofree virVcpuInfoPtr infos = NULL;
    g_autofree unsigned char *maps = NULL;
    virDomainInfo domain_info;

    if (!domain)
        return FALSE;
    if (n_cpus < 0 || virDomainGetInfo(domain, &domain_info) < 0)
        return shell_fail(shell, "failed to ask about the host's and the domain's processors");
    map_size = VIR_CPU_MAPLEN(n_cpus);
    infos = g_new0(virVcpuInfo, domain_info.nrVirtCpu);
    maps = g_malloc0((gsize)domain_info.nrVirtCpu * (gsize)map_size);
    n = virDomainGetVcpus(domain, infos, domain_info.nrVirtCpu, maps, map_size);
    if (n < 0)
        return shell_fail(shell, "failed to ask about the virtual processors of domain '%s'", virDomainGetName(domain));
    for (int i = 0; i < n; i++) {
        const unsigned char *map = VIR_GET_CPUMAP(maps, map_size, i);
        g_autofree char *list = cpu_map_list(map, n_cpus), *letters = cpu_map_letters(map, n_cpus);
        g_autofree char *pretty = g_strdup_printf("%s (out of %d)", list, n_cpus);

        if (is_json) {
            add_vcpu(table, &infos[i], list);
            continue;
        }
        print_vcpu(&infos[i], is_pretty ? pretty : letters);
        if (i + 1 < n)
            putchar('\n');
    }
    if (is_json)
        table_print(table, OUTPUT_JSON, TRUE);
    return TRUE;
}

/* ---- where they may run ---- */

static const Option vcpupin_options[] = {
    OPTION_DOMAIN(COMPLETE_DOMAIN),
    {"vcpu", OPTION_INT, FALSE, FALSE, COMPLETE_NOTHING, "number of one virtual processor"},
    OPTIONS_AFFECT,
    OPTION_END};

static gboolean vcpupin(Shell *shell, const Arguments *arguments)
{
    static const char *const titles[] = {"VCPU", "CPU Affinity", NULL}, *const keys[] = {"vcpu", "affinity", NULL};
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    g_autoptr(Table) table = table_new(titles, keys);
    int only = argument_int(arguments, "vcpu", -1), n_cpus = virNodeGetCPUMap(shell->connection, NULL, NULL, 0), n,
        map_size = VIR_CPU_MAPLEN(MAX(n_cpus, 1));
    g_autofree unsigned char *maps = NULL;
    unsigned int flags = 0;
    virDomainInfo info;

    if (!domain || !affect_flags(shell, arguments, domain, &flags))
        return FALSE;
    if (n_cpus < 0 || virDomainGetInfo(domain, &info) < 0)
        return shell_fail(shell, "failed to ask about the host's and the domain's processors");
    maps = g_malloc0((gsize)info.nrVirtCpu * (gsize)map_size);
    n = virDomainGetVcpuPinInfo(domain, info.nrVirtCpu, maps, map_size, flags);
    if (n < 0)
        return shell_fail(shell, "failed to ask where the virtual processors may run");
    if (only >= n) {
        shell_error(shell, "vcpu %d is out of range of the %d there are", only, n);
        return FALSE;
    }
    for (int i = 0; i < n; i++) {
        g_autofree char *list = cpu_map_list(VIR_GET_CPUMAP(maps, map_size, i), n_cpus);

        if (only < 0 || only == i)
            table_add(table, (Value[]){value_number(i), value_string(list)});
    }
    table_print(table, argument_output(arguments), shell->is_quiet);
    return TRUE;
}

static const Option emulatorpin_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN), OPTIONS_AFFECT, OPTION_END};

static gboolean emulatorpin(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    int n_cpus = virNodeGetCPUMap(shell->connection, NULL, NULL, 0), map_size = VIR_CPU_MAPLEN(MAX(n_cpus, 1));
    g_autofree unsigned char *map = g_malloc0((gsize)map_size);
    g_autofree char *list = NULL;
    unsigned int flags = 0;

    if (!domain || !affect_flags(shell, arguments, domain, &flags))
        return FALSE;
    if (n_cpus < 0 || virDomainGetEmulatorPinInfo(domain, map, map_size, flags) < 0)
        return shell_fail(shell, "failed to ask where the emulator may run");
    list = cpu_map_list(map, n_cpus);
    if (argument_output(arguments) == OUTPUT_JSON)
        print_value(OUTPUT_JSON, "affinity", value_string(list));
    else
        printf("emulator: CPU Affinity\n----------------------------------\n       *: %s\n", list);
    return TRUE;
}

static gboolean iothreadinfo(Shell *shell, const Arguments *arguments)
{
    static const char *const titles[] = {"IOThread ID", "CPU Affinity", NULL}, *const keys[] = {"id", "affinity", NULL};
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    int n_cpus = virNodeGetCPUMap(shell->connection, NULL, NULL, 0), n;
    g_autoptr(Table) table = table_new(titles, keys);
    virDomainIOThreadInfoPtr *infos = NULL;
    unsigned int flags = 0;

    if (!domain || !affect_flags(shell, arguments, domain, &flags))
        return FALSE;
    n = virDomainGetIOThreadInfo(domain, &infos, flags);
    if (n < 0 || n_cpus < 0)
        return shell_fail(shell, "Unable to get domain IOThreads information");
    for (int i = 0; i < n; i++) {
        g_autofree char *list = cpu_map_list(infos[i]->cpumap, n_cpus);

        table_add(table, (Value[]){value_number(infos[i]->iothread_id), value_string(list)});
        virDomainIOThreadInfoFree(infos[i]);
    }
    free(infos);
    if (n == 0 && argument_output(arguments) == OUTPUT_TEXT)
        shell_say(shell, "No IOThreads found for the domain");
    else
        table_print(table, argument_output(arguments), shell->is_quiet);
    return TRUE;
}

const Command cpu_commands[] = {
    {"emulatorpin", "where a domain's emulator may run", emulatorpin_options, emulatorpin, TRUE, TRUE},
    {"iothreadinfo", "a domain's threads for input and output", emulatorpin_options, iothreadinfo, TRUE, TRUE},
    {"vcpucount", "how many virtual processors a domain has", vcpucount_options, vcpucount, TRUE, TRUE},
    {"vcpuinfo", "what a domain's virtual processors do", vcpuinfo_options, vcpuinfo, TRUE, TRUE},
    {"vcpupin", "where a domain's virtual processors may run", vcpupin_options, vcpupin, TRUE, TRUE},
    {NULL},
};
