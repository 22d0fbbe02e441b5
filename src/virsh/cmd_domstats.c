/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The statistics of many domains at once. */
#include <stdio.h>

#include "common/json.h"
#include "virsh/commands.h"

static const FlagOption stats_groups[] = {
    {"state", VIR_DOMAIN_STATS_STATE},
    {"cpu-total", VIR_DOMAIN_STATS_CPU_TOTAL},
    {"balloon", VIR_DOMAIN_STATS_BALLOON},
    {"vcpu", VIR_DOMAIN_STATS_VCPU},
    {"interface", VIR_DOMAIN_STATS_INTERFACE},
    {"block", VIR_DOMAIN_STATS_BLOCK},
    {"perf", VIR_DOMAIN_STATS_PERF},
    {"iothread", VIR_DOMAIN_STATS_IOTHREAD},
    {"memory", VIR_DOMAIN_STATS_MEMORY},
    {"dirtyrate", VIR_DOMAIN_STATS_DIRTYRATE},
    {"vm", VIR_DOMAIN_STATS_VM},
    {NULL, 0},
};

static const Option domstats_options[] = {FLAG("state", "its state"),
                                          FLAG("cpu-total", "processor time"),
                                          FLAG("balloon", "memory"),
                                          FLAG("vcpu", "virtual processors"),
                                          FLAG("interface", "network cards"),
                                          FLAG("block", "disks"),
                                          FLAG("perf", "events of the processor"),
                                          FLAG("iothread", "threads for disks"),
                                          FLAG("memory", "memory bandwidth"),
                                          FLAG("dirtyrate", "how fast memory changes"),
                                          FLAG("vm", "what the hypervisor counts"),
                                          FLAG("list-active", "of those that run"),
                                          FLAG("list-inactive", "of those that do not"),
                                          FLAG("raw", "numbers without words"),
                                          FLAG("enforce", "fail when a kind is not to be had"),
                                          FLAG("backing", "with the images below disks"),
                                          FLAG("nowait", "leave out what would have to be waited for"),
                                          {"domain", OPTION_WORDS, FALSE, FALSE, COMPLETE_DOMAIN, "only these"},
                                          OPTION_END};

static json_object *param_json(const virTypedParameter *param)
{
    switch (param->type) {
    case VIR_TYPED_PARAM_STRING:
        return json_object_new_string(param->value.s);
    case VIR_TYPED_PARAM_BOOLEAN:
        return json_object_new_boolean(param->value.b);
    case VIR_TYPED_PARAM_DOUBLE:
        return json_object_new_double(param->value.d);
    case VIR_TYPED_PARAM_INT:
        return json_object_new_int64(param->value.i);
    case VIR_TYPED_PARAM_UINT:
        return json_object_new_int64(param->value.ui);
    case VIR_TYPED_PARAM_LLONG:
        return json_object_new_int64(param->value.l);
    default:
        return json_object_new_uint64(param->value.ul);
    }
}

static void print_param(const virTypedParameter *param)
{
    json_object *value = param_json(param);

    if (param->type == VIR_TYPED_PARAM_BOOLEAN)
        printf("  %s=%s\n", param->field, param->value.b ? "yes" : "no");
    else if (param->type == VIR_TYPED_PARAM_DOUBLE)
        printf("  %s=%f\n", param->field, param->value.d);
    else
        printf("  %s=%s\n", param->field, json_object_get_string(value));
    json_object_put(value);
}

static void print_record(json_object *list, const virDomainStatsRecord *record)
{
    json_object *object = list ? json_object_new_object() : NULL;

    if (list) {
        json_object_object_add(object, "name", json_object_new_string(virDomainGetName(record->dom)));
        for (int i = 0; i < record->nparams; i++)
            json_object_object_add(object, record->params[i].field, param_json(&record->params[i]));
        json_object_array_add(list, object);
        return;
    }
    printf("Domain: '%s'\n", virDomainGetName(record->dom));
    for (int i = 0; i < record->nparams; i++)
        print_param(&record->params[i]);
}

static const FlagOption stats_flags[] = {
    {"list-active", VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE},
    {"list-inactive", VIR_CONNECT_GET_ALL_DOMAINS_STATS_INACTIVE},
    {"enforce", VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS},
    {"backing", VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING},
    {"nowait", VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT},
    {NULL, 0},
};

/* Those that were named, with a NULL at the end; NULL: one is none, reported. Empty when none was named. */
static GPtrArray *named_domains(Shell *shell, const Arguments *arguments)
{
    g_autoptr(GPtrArray) domains = g_ptr_array_new_with_free_func((GDestroyNotify)virDomainFree);
    const GPtrArray *names = argument_words(arguments);

    for (guint i = 0; i < names->len; i++) {
        virDomainPtr domain = shell_domain(shell, names->pdata[i]);

        if (!domain)
            return NULL;
        g_ptr_array_add(domains, domain);
    }
    return g_steal_pointer(&domains);
}

static int get_records(Shell *shell, const Arguments *arguments, GPtrArray *domains, virDomainStatsRecordPtr **records)
{
    unsigned int groups = argument_flags(arguments, stats_groups), flags = argument_flags(arguments, stats_flags);
    g_autofree virDomainPtr *named = g_new0(virDomainPtr, domains->len + 1);

    for (guint i = 0; i < domains->len; i++)
        named[i] = domains->pdata[i];
    return domains->len ? virDomainListGetStats(named, groups, records, flags)
                        : virConnectGetAllDomainStats(shell->connection, groups, records, flags);
}

static gboolean domstats(Shell *shell, const Arguments *arguments)
{
    g_autoptr(GPtrArray) domains = named_domains(shell, arguments);
    g_autoptr(json_object) list = argument_output(arguments) == OUTPUT_JSON ? json_object_new_array() : NULL;
    virDomainStatsRecordPtr *records = NULL;
    int n;

    if (!domains)
        return FALSE;
    n = get_records(shell, arguments, domains, &records);
    if (n < 0)
        return shell_fail(shell, "failed to get statistics");
    for (int i = 0; i < n; i++) {
        if (i > 0 && !list)
            putchar('\n');
        print_record(list, records[i]);
    }
    virDomainStatsRecordListFree(records);
    if (list)
        print_json(g_steal_pointer(&list));
    return TRUE;
}

const Command domstats_commands[] = {
    {"domstats", "statistics of domains", domstats_options, domstats, TRUE, TRUE},
    {NULL},
};
