/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the host's control groups hold a domain to: CPU, memory, block devices; and what it used by their account. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "virsh/affect.h"
#include "virsh/commands.h"

/* ---- what they share ---- */

/* The calls of one kind of parameters. */
typedef struct {
    const char *what;
    int (*get)(virDomainPtr domain, virTypedParameterPtr params, int *n, unsigned int flags);
    int (*set)(virDomainPtr domain, virTypedParameterPtr params, int n, unsigned int flags);
} ParamCalls;

typedef struct {
    virTypedParameterPtr params;
    int n, max;
} Params;

static void params_clear(Params *params)
{
    virTypedParamsFree(params->params, params->n);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Params, params_clear)

static Value param_value(const virTypedParameter *param)
{
    switch (param->type) {
    case VIR_TYPED_PARAM_STRING:
        return value_string(param->value.s);
    case VIR_TYPED_PARAM_UINT:
        return value_number(param->value.ui);
    case VIR_TYPED_PARAM_LLONG:
        return value_number(param->value.l);
    default:
        break;
    }
    return param->value.ul == VIR_DOMAIN_MEMORY_PARAM_UNLIMITED ? value_none("unlimited")
                                                                : value_number((gint64)param->value.ul);
}

static void add_params(Fields *fields, const Params *params)
{
    for (int i = 0; i < params->n; i++) {
        g_autofree char *label = g_strdup_printf("%-15s", params->params[i].field);

        fields_add(fields, label, params->params[i].field, param_value(&params->params[i]));
    }
}

/* Gets as many as there are, or as n says if it is not 0. FALSE: reported. */
static gboolean get_params(Shell *shell, virDomainPtr domain, const ParamCalls *calls, unsigned int flags, int n,
                           Params *params)
{
    if (n == 0 && calls->get(domain, NULL, &n, flags) < 0)
        return shell_fail(shell, "Unable to get number of %s parameters", calls->what);
    /* The library's own allocator, which releases it. */
    params->params = calloc((size_t)MAX(n, 1), sizeof(*params->params));
    params->n = n;
    if (calls->get(domain, params->params, &params->n, flags) >= 0)
        return TRUE;
    params->n = 0;
    return shell_fail(shell, "Unable to get %s parameters", calls->what);
}

/* Sets what was given, or else shows what there is. */
static gboolean set_or_show(Shell *shell, const Arguments *arguments, virDomainPtr domain, const ParamCalls *calls,
                            unsigned int flags, Params *given)
{
    g_autoptr(Fields) fields = fields_new(15);
    g_auto(Params) params = {0};

    if (given->n > 0)
        return calls->set(domain, given->params, given->n, flags) >= 0 ||
               shell_fail(shell, "Unable to change %s parameters", calls->what);
    if (!get_params(shell, domain, calls, flags, 0, &params))
        return FALSE;
    add_params(fields, &params);
    fields_print(fields, argument_output(arguments));
    return TRUE;
}

/* ---- schedinfo ---- */

static const Option schedinfo_options[] = {
    OPTION_DOMAIN(COMPLETE_DOMAIN),
    {"set", OPTION_WORDS, FALSE, FALSE, COMPLETE_NOTHING, "parameters to set, NAME=NUMBER"},
    OPTIONS_AFFECT,
    OPTION_END};

static const ParamCalls scheduler_calls = {"scheduler", virDomainGetSchedulerParametersFlags,
                                           virDomainSetSchedulerParametersFlags};

/* A number for the parameter whose name and type there are. FALSE: reported. */
static gboolean set_number(Shell *shell, const Params *known, const char *name, const char *text, Params *given)
{
    const virTypedParameter *param = virTypedParamsGet(known->params, known->n, name);
    gint64 value;

    if (!param) {
        shell_error(shell, "invalid scheduler option: %s", name);
        return FALSE;
    }
    if (!g_ascii_string_to_signed(text, 10, param->type == VIR_TYPED_PARAM_LLONG ? G_MININT64 : 0, G_MAXINT64, &value,
                                  NULL)) {
        shell_error(shell, "invalid value '%s' of %s", text, name);
        return FALSE;
    }
    if (param->type == VIR_TYPED_PARAM_LLONG)
        virTypedParamsAddLLong(&given->params, &given->n, &given->max, name, value);
    else
        virTypedParamsAddULLong(&given->params, &given->n, &given->max, name, (unsigned long long)value);
    return TRUE;
}

static gboolean read_settings(Shell *shell, const Arguments *arguments, const Params *known, Params *given)
{
    const GPtrArray *words = argument_words(arguments);

    for (guint i = 0; i < words->len; i++) {
        g_auto(GStrv) parts = g_strsplit(words->pdata[i], "=", 2);

        if (!parts[0] || !parts[1]) {
            shell_error(shell, "invalid syntax for --set, expecting name=value");
            return FALSE;
        }
        if (!set_number(shell, known, parts[0], parts[1], given))
            return FALSE;
    }
    return TRUE;
}

static gboolean schedinfo(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    g_autoptr(Fields) fields = fields_new(15);
    g_auto(Params) known = {0};
    g_auto(Params) given = {0};
    g_auto(Params) shown = {0};
    g_autofree char *type = NULL;
    unsigned int flags = 0;
    int n = 0;

    if (!domain || !affect_flags(shell, arguments, domain, &flags))
        return FALSE;
    type = virDomainGetSchedulerType(domain, &n);
    if (!type)
        return shell_fail(shell, "Unable to get the scheduler");
    if (!get_params(shell, domain, &scheduler_calls, flags, n, &known) ||
        !read_settings(shell, arguments, &known, &given))
        return FALSE;
    if (given.n > 0 && virDomainSetSchedulerParametersFlags(domain, given.params, given.n, flags) < 0)
        return shell_fail(shell, "Unable to change scheduler parameters");
    if (!get_params(shell, domain, &scheduler_calls, flags, n, &shown))
        return FALSE;
    fields_add(fields, "Scheduler      ", "scheduler", value_string(type));
    add_params(fields, &shown);
    fields_print(fields, argument_output(arguments));
    return TRUE;
}

/* ---- memtune ---- */

static const Option memtune_options[] = {
    OPTION_DOMAIN(COMPLETE_DOMAIN),
    {"hard-limit", OPTION_STRING, FALSE, FALSE, COMPLETE_NOTHING,
     "memory at most, in KiB or with a unit; -1: no limit"},
    {"soft-limit", OPTION_STRING, FALSE, FALSE, COMPLETE_NOTHING, "memory to keep to when the host is short of it"},
    {"swap-hard-limit", OPTION_STRING, FALSE, FALSE, COMPLETE_NOTHING, "memory and swap together at most"},
    OPTIONS_AFFECT,
    OPTION_END};

static const ParamCalls memory_calls = {"memory", virDomainGetMemoryParameters, virDomainSetMemoryParameters};

static gboolean add_limit(Shell *shell, const Arguments *arguments, const char *option, const char *name, Params *given)
{
    const char *text = argument_string(arguments, option);
    unsigned long kib = VIR_DOMAIN_MEMORY_PARAM_UNLIMITED;

    if (!text)
        return TRUE;
    if (!g_str_equal(text, "-1") && !argument_size(shell, text, &kib))
        return FALSE;
    virTypedParamsAddULLong(&given->params, &given->n, &given->max, name, kib);
    return TRUE;
}

static gboolean memtune(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    g_auto(Params) given = {0};
    unsigned int flags = 0;

    return domain && affect_flags(shell, arguments, domain, &flags) &&
           add_limit(shell, arguments, "hard-limit", VIR_DOMAIN_MEMORY_HARD_LIMIT, &given) &&
           add_limit(shell, arguments, "soft-limit", VIR_DOMAIN_MEMORY_SOFT_LIMIT, &given) &&
           add_limit(shell, arguments, "swap-hard-limit", VIR_DOMAIN_MEMORY_SWAP_HARD_LIMIT, &given) &&
           set_or_show(shell, arguments, domain, &memory_calls, flags, &given);
}

/* ---- blkiotune ---- */

#define OPTION_DEVICES(name, help)                                                                                     \
    {                                                                                                                  \
        name, OPTION_STRING, FALSE, FALSE, COMPLETE_NOTHING, help                                                      \
    }

static const Option blkiotune_options[] = {
    OPTION_DOMAIN(COMPLETE_DOMAIN),
    {"weight", OPTION_INT, FALSE, FALSE, COMPLETE_NOTHING, "against other domains"},
    OPTION_DEVICES("device-weights", "the same by device: PATH,WEIGHT,PATH,WEIGHT..."),
    OPTION_DEVICES("device-read-iops-sec", "reads per second at most: PATH,NUMBER..."),
    OPTION_DEVICES("device-write-iops-sec", "writes per second at most: PATH,NUMBER..."),
    OPTION_DEVICES("device-read-bytes-sec", "bytes read per second at most: PATH,NUMBER..."),
    OPTION_DEVICES("device-write-bytes-sec", "bytes written per second at most: PATH,NUMBER..."),
    OPTIONS_AFFECT,
    OPTION_END};

static const ParamCalls blkio_calls = {"blkio", virDomainGetBlkioParameters, virDomainSetBlkioParameters};

static gboolean blkiotune(Shell *shell, const Arguments *arguments)
{
    static const struct {
        const char *option, *name;
    } lists[] = {
        {"device-weights", VIR_DOMAIN_BLKIO_DEVICE_WEIGHT},
        {"device-read-iops-sec", VIR_DOMAIN_BLKIO_DEVICE_READ_IOPS},
        {"device-write-iops-sec", VIR_DOMAIN_BLKIO_DEVICE_WRITE_IOPS},
        {"device-read-bytes-sec", VIR_DOMAIN_BLKIO_DEVICE_READ_BPS},
        {"device-write-bytes-sec", VIR_DOMAIN_BLKIO_DEVICE_WRITE_BPS},
    };
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    int weight = argument_int(arguments, "weight", -1);
    g_auto(Params) given = {0};
    unsigned int flags = 0;

    if (!domain || !affect_flags(shell, arguments, domain, &flags))
        return FALSE;
    if (argument_string(arguments, "weight") && weight < 0) {
        shell_error(shell, "Invalid value of %d for I/O weight", weight);
        return FALSE;
    }
    if (weight >= 0)
        virTypedParamsAddUInt(&given.params, &given.n, &given.max, VIR_DOMAIN_BLKIO_WEIGHT, (unsigned int)weight);
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        if (argument_string(arguments, lists[i].option))
            virTypedParamsAddString(&given.params, &given.n, &given.max, lists[i].name,
                                    argument_string(arguments, lists[i].option));
    return set_or_show(shell, arguments, domain, &blkio_calls, flags, &given);
}

/* ---- cpu-stats ---- */

static const Option cpu_stats_options[] = {
    OPTION_DOMAIN(COMPLETE_DOMAIN_ACTIVE),
    FLAG("total", "the sum of all CPUs alone"),
    {"start", OPTION_INT, FALSE, FALSE, COMPLETE_NOTHING, "the first CPU of the host; default 0"},
    {"count", OPTION_INT, FALSE, FALSE, COMPLETE_NOTHING, "how many CPUs; default all"},
    OPTION_END};

/* What the library gives for at most so many CPUs at once. */
#define CPUS_AT_ONCE 128

static void add_times(const virTypedParameter *params, int n, json_object *times)
{
    for (int i = 0; i < n; i++) {
        if (!*params[i].field)
            continue;
        if (times)
            json_object_object_add(times, params[i].field, json_object_new_uint64(params[i].value.ul));
        else
            printf("\t%-12s %19.9f seconds\n", params[i].field, (double)params[i].value.ul / 1e9);
    }
}

static gboolean stats_fail(Shell *shell, virDomainPtr domain)
{
    return shell_fail(shell, "Failed to retrieve CPU statistics for domain '%s'", virDomainGetName(domain));
}

/* Some CPUs, as many as one call gives. */
static gboolean show_cpus(Shell *shell, virDomainPtr domain, int start, int count, json_object *cpus)
{
    int n_params = virDomainGetCPUStats(domain, NULL, 0, 0, 1, 0);
    Params params = {.n = n_params * count};
    int n;

    if (n_params < 0)
        return stats_fail(shell, domain);
    params.params = calloc((size_t)MAX(params.n, 1), sizeof(*params.params));
    n = virDomainGetCPUStats(domain, params.params, (unsigned int)n_params, start, (unsigned int)count, 0);
    for (int i = 0; n > 0 && i < count; i++) {
        json_object *times = cpus ? json_object_new_object() : NULL;

        if (times) {
            json_object_object_add(times, "cpu", json_object_new_int(start + i));
            json_object_array_add(cpus, times);
        } else {
            printf("CPU%d:\n", start + i);
        }
        add_times(params.params + i * n_params, n, times);
    }
    params_clear(&params);
    return n >= 0 || stats_fail(shell, domain);
}

static gboolean show_all_cpus(Shell *shell, const Arguments *arguments, virDomainPtr domain, json_object *cpus)
{
    int there = virDomainGetCPUStats(domain, NULL, 0, 0, 0, 0);
    int start = MAX(argument_int(arguments, "start", 0), 0), count = argument_int(arguments, "count", there);

    /* Some hosts know the sum alone. */
    if (there < 0 && !argument_string(arguments, "start") && !argument_string(arguments, "count") &&
        virGetLastErrorCode() == VIR_ERR_OPERATION_UNSUPPORTED) {
        virResetLastError();
        return TRUE;
    }
    if (there < 0)
        return stats_fail(shell, domain);
    count = CLAMP(count, 0, MAX(there - start, 0));
    for (; count > 0; start += CPUS_AT_ONCE, count -= CPUS_AT_ONCE)
        if (!show_cpus(shell, domain, start, MIN(count, CPUS_AT_ONCE), cpus))
            return FALSE;
    return TRUE;
}

static gboolean show_total(Shell *shell, virDomainPtr domain, json_object *total)
{
    int n = virDomainGetCPUStats(domain, NULL, 0, -1, 1, 0);
    Params params = {.n = n};

    if (n < 0)
        return stats_fail(shell, domain);
    params.params = calloc((size_t)MAX(n, 1), sizeof(*params.params));
    params.n = virDomainGetCPUStats(domain, params.params, (unsigned int)n, -1, 1, 0);
    if (!total)
        printf("Total:\n");
    add_times(params.params, params.n, total);
    params_clear(&params);
    return TRUE;
}

static gboolean cpu_stats(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    gboolean is_json = argument_output(arguments) == OUTPUT_JSON, is_total = argument_flag(arguments, "total");
    gboolean is_part = argument_string(arguments, "start") || argument_string(arguments, "count");
    json_object *all = is_json ? json_object_new_object() : NULL;
    json_object *cpus = is_json ? json_object_new_array() : NULL, *total = is_json ? json_object_new_object() : NULL;
    gboolean ok = domain != NULL;

    if (ok && (is_part || !is_total) && !show_all_cpus(shell, arguments, domain, cpus))
        ok = FALSE;
    if (ok && (is_total || !is_part))
        ok = show_total(shell, domain, total);
    if (is_json) {
        json_object_object_add(all, "cpus", cpus);
        json_object_object_add(all, "total", total);
    }
    if (ok && is_json)
        print_json(all);
    else
        json_object_put(all);
    return ok;
}

const Command tuning_commands[] = {
    {"schedinfo", "show or set how much of the CPUs it may use", schedinfo_options, schedinfo, TRUE, TRUE},
    {"memtune", "show or set how much of the memory it may use", memtune_options, memtune, TRUE, TRUE},
    {"blkiotune", "show or set how much it may read and write", blkiotune_options, blkiotune, TRUE, TRUE},
    {"cpu-stats", "show what it used of each CPU", cpu_stats_options, cpu_stats, TRUE, TRUE},
    {NULL},
};
