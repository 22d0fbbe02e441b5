/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a domain is busy with, and whether its monitor answers. */
#include <stdio.h>

#include "virsh/commands.h"

static const Option no_more[] = {OPTION_DOMAIN(COMPLETE_DOMAIN_ACTIVE), OPTION_END};

/* ---- domcontrol ---- */

static const char *const control_states[] = {"ok", "background job", "occupied", "error"};
static const char *const control_problems[] = {"", "unknown reason", "monitor failure", "internal (locking) error"};

static gboolean domcontrol(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    g_autofree char *text = NULL;
    const char *state;
    virDomainControlInfo info;

    if (!domain)
        return FALSE;
    if (virDomainGetControlInfo(domain, &info, 0) < 0)
        return shell_fail(shell, "Failed to get control state of domain '%s'", virDomainGetName(domain));
    state = info.state < G_N_ELEMENTS(control_states) ? control_states[info.state] : "unknown";
    if (info.state == VIR_DOMAIN_CONTROL_ERROR && info.details < G_N_ELEMENTS(control_problems))
        text = g_strdup_printf("%s: %s", state, control_problems[info.details]);
    else if (info.state != VIR_DOMAIN_CONTROL_OK)
        text = g_strdup_printf("%s (%0.3fs)", state, info.stateTime / 1000.0);
    print_value(argument_output(arguments), "state", value_string(text ? text : state));
    return TRUE;
}

/* ---- domjobinfo ---- */

static const Option domjobinfo_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN),
                                            FLAG("completed", "of the last job that has ended"),
                                            FLAG("keep-completed", "and keep it for the next who asks"), OPTION_END};

static const char *const job_types[] = {"None", "Bounded", "Unbounded", "Completed", "Failed", "Cancelled"};

/* What jobs count, in the order of the answer. */
static const struct {
    const char *field, *label, *key, *unit;
} job_counters[] = {
    {VIR_DOMAIN_JOB_TIME_ELAPSED, "Time elapsed", "time_elapsed_ms", "ms"},
    {VIR_DOMAIN_JOB_TIME_REMAINING, "Time remaining", "time_remaining_ms", "ms"},
    {VIR_DOMAIN_JOB_DATA_PROCESSED, "Data processed", "data_processed_bytes", "B"},
    {VIR_DOMAIN_JOB_DATA_REMAINING, "Data remaining", "data_remaining_bytes", "B"},
    {VIR_DOMAIN_JOB_DATA_TOTAL, "Data total", "data_total_bytes", "B"},
    {VIR_DOMAIN_JOB_MEMORY_PROCESSED, "Memory processed", "memory_processed_bytes", "B"},
    {VIR_DOMAIN_JOB_MEMORY_REMAINING, "Memory remaining", "memory_remaining_bytes", "B"},
    {VIR_DOMAIN_JOB_MEMORY_TOTAL, "Memory total", "memory_total_bytes", "B"},
    {VIR_DOMAIN_JOB_DOWNTIME, "Total downtime", "downtime_ms", "ms"},
};

static gboolean domjobinfo(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    g_autoptr(Fields) fields = fields_new(18);
    unsigned int flags = argument_flag(arguments, "completed") ? VIR_DOMAIN_JOB_STATS_COMPLETED : 0;
    virTypedParameterPtr params = NULL;
    int type = 0, n = 0;

    if (argument_flag(arguments, "keep-completed"))
        flags |= VIR_DOMAIN_JOB_STATS_COMPLETED | VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED;
    if (!domain)
        return FALSE;
    if (virDomainGetJobStats(domain, &type, &params, &n, flags) < 0)
        return shell_fail(shell, "failed to ask about the jobs of domain '%s'", virDomainGetName(domain));
    fields_add(fields, "Job type", "type",
               value_string((gsize)type < G_N_ELEMENTS(job_types) ? job_types[type] : "unknown"));
    for (gsize i = 0; i < G_N_ELEMENTS(job_counters); i++) {
        unsigned long long value;

        if (virTypedParamsGetULLong(params, n, job_counters[i].field, &value) == 1)
            fields_add(fields, job_counters[i].label, job_counters[i].key,
                       value_amount((gint64)value, job_counters[i].unit));
    }
    virTypedParamsFree(params, n);
    fields_print(fields, argument_output(arguments));
    return TRUE;
}

static gboolean domjobabort(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);

    return domain && (virDomainAbortJob(domain) == 0 || shell_fail(shell, "the job was not aborted"));
}

const Command job_commands[] = {
    {"domcontrol", "whether a domain's monitor answers", no_more, domcontrol, TRUE, TRUE},
    {"domjobabort", "abort what a domain is busy with", no_more, domjobabort, TRUE},
    {"domjobinfo", "what a domain is busy with", domjobinfo_options, domjobinfo, TRUE, TRUE},
    {NULL},
};
