/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What asks about domains: list, dominfo, dumpxml and so on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "virsh/commands.h"
#include "virsh/document.h"
#include "virsh/event_text.h"

#define FLAG(name, help)                                                                                               \
    {                                                                                                                  \
        name, OPTION_FLAG, FALSE, FALSE, COMPLETE_NOTHING, help                                                        \
    }

static const Option domain_only[] = {OPTION_DOMAIN(COMPLETE_DOMAIN), OPTION_END};

/* ---- list ---- */

static const FlagOption list_filters[] = {
    {"persistent", VIR_CONNECT_LIST_DOMAINS_PERSISTENT},
    {"transient", VIR_CONNECT_LIST_DOMAINS_TRANSIENT},
    {"state-running", VIR_CONNECT_LIST_DOMAINS_RUNNING},
    {"state-paused", VIR_CONNECT_LIST_DOMAINS_PAUSED},
    {"state-shutoff", VIR_CONNECT_LIST_DOMAINS_SHUTOFF},
    {"state-other", VIR_CONNECT_LIST_DOMAINS_OTHER},
    {"autostart", VIR_CONNECT_LIST_DOMAINS_AUTOSTART},
    {"no-autostart", VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART},
    {"with-managed-save", VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE},
    {"without-managed-save", VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE},
    {"with-snapshot", VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT},
    {"without-snapshot", VIR_CONNECT_LIST_DOMAINS_NO_SNAPSHOT},
    {NULL, 0},
};

static const Option list_options[] = {FLAG("inactive", "inactive domains"),
                                      FLAG("all", "inactive and active domains"),
                                      FLAG("persistent", "persistent domains"),
                                      FLAG("transient", "transient domains"),
                                      FLAG("state-running", "running domains"),
                                      FLAG("state-paused", "paused domains"),
                                      FLAG("state-shutoff", "domains that are shut off"),
                                      FLAG("state-other", "domains in other states"),
                                      FLAG("autostart", "domains with autostart"),
                                      FLAG("no-autostart", "domains without autostart"),
                                      FLAG("with-managed-save", "domains with saved state"),
                                      FLAG("without-managed-save", "domains without saved state"),
                                      FLAG("with-snapshot", "domains with snapshots"),
                                      FLAG("without-snapshot", "domains without snapshots"),
                                      FLAG("uuid", "only UUIDs"),
                                      FLAG("name", "only names"),
                                      FLAG("id", "only ids"),
                                      FLAG("table", "a table (the default)"),
                                      FLAG("title", "titles in the table"),
                                      OPTION_END};

static unsigned int list_flags(const Arguments *arguments)
{
    unsigned int flags = VIR_CONNECT_LIST_DOMAINS_ACTIVE;

    if (argument_flag(arguments, "inactive"))
        flags = VIR_CONNECT_LIST_DOMAINS_INACTIVE;
    if (argument_flag(arguments, "all"))
        flags = VIR_CONNECT_LIST_DOMAINS_ACTIVE | VIR_CONNECT_LIST_DOMAINS_INACTIVE;
    flags |= argument_flags(arguments, list_filters);
    /* A state asked for by name may be one of inactive domains. */
    if (flags & (VIR_CONNECT_LIST_DOMAINS_SHUTOFF | VIR_CONNECT_LIST_DOMAINS_OTHER))
        flags |= VIR_CONNECT_LIST_DOMAINS_ACTIVE | VIR_CONNECT_LIST_DOMAINS_INACTIVE;
    return flags;
}

/* Active ones by id, then inactive ones by name. */
static int by_id_then_name(gconstpointer a, gconstpointer b)
{
    virDomainPtr left = *(const virDomainPtr *)a, right = *(const virDomainPtr *)b;
    unsigned int left_id = virDomainGetID(left), right_id = virDomainGetID(right);

    if (left_id != right_id)
        return left_id < right_id ? -1 : 1;
    return strcmp(virDomainGetName(left), virDomainGetName(right));
}

static Value id_value(virDomainPtr domain)
{
    unsigned int id = virDomainGetID(domain);

    return id == (unsigned int)-1 ? value_none("-") : value_number(id);
}

static void add_row(Table *table, virDomainPtr domain, gboolean with_title)
{
    int state = VIR_DOMAIN_NOSTATE;
    Value row[4] = {id_value(domain), value_string(virDomainGetName(domain))};

    if (virDomainGetState(domain, &state, NULL, 0) < 0) {
        g_free(row[0].text);
        g_free(row[1].text);
        virResetLastError();
        return; /* gone since it was listed */
    }
    row[2] = value_string(domain_state_text(state));
    if (with_title) {
        char *title = virDomainGetMetadata(domain, VIR_DOMAIN_METADATA_TITLE, NULL, 0);

        row[3] = value_string(title ? title : "");
        free(title);
        virResetLastError();
    }
    table_add(table, row);
}

static void print_table(Shell *shell, const Arguments *arguments, virDomainPtr *domains, int n)
{
    static const char *const titles[] = {"Id", "Name", "State", "Title", NULL};
    static const char *const plain[] = {"Id", "Name", "State", NULL};
    static const char *const keys[] = {"id", "name", "state", "title", NULL};
    gboolean with_title = argument_flag(arguments, "title");
    g_autoptr(Table) table = table_new(with_title ? titles : plain, keys);

    for (int i = 0; i < n; i++)
        add_row(table, domains[i], with_title);
    table_print(table, argument_output(arguments), shell->is_quiet);
}

static void print_names(const Arguments *arguments, virDomainPtr *domains, int n)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    for (int i = 0; i < n; i++) {
        GString *line = g_string_new(NULL);
        char uuid[VIR_UUID_STRING_BUFLEN];
        unsigned int id = virDomainGetID(domains[i]);

        if (argument_flag(arguments, "id"))
            g_string_append_printf(line, id == (unsigned int)-1 ? "-" : "%u", id);
        if (argument_flag(arguments, "uuid") && virDomainGetUUIDString(domains[i], uuid) == 0)
            g_string_append_printf(line, "%s%s", line->len ? " " : "", uuid);
        if (argument_flag(arguments, "name"))
            g_string_append_printf(line, "%s%s", line->len ? " " : "", virDomainGetName(domains[i]));
        g_ptr_array_add(lines, g_string_free(line, FALSE));
    }
    print_list(argument_output(arguments), lines);
}

static gboolean list(Shell *shell, const Arguments *arguments)
{
    virDomainPtr *domains = NULL;
    int n = virConnectListAllDomains(shell->connection, &domains, list_flags(arguments));

    if (n < 0)
        return shell_fail(shell, "Failed to list domains");
    qsort(domains, (size_t)n, sizeof(*domains), by_id_then_name);
    if (argument_flag(arguments, "name") || argument_flag(arguments, "uuid") || argument_flag(arguments, "id"))
        print_names(arguments, domains, n);
    else
        print_table(shell, arguments, domains, n);
    for (int i = 0; i < n; i++)
        virDomainFree(domains[i]);
    free(domains);
    return TRUE;
}

/* ---- dominfo ---- */

static void add_identity(Fields *fields, virDomainPtr domain)
{
    char uuid[VIR_UUID_STRING_BUFLEN];
    char *os_type = virDomainGetOSType(domain);

    fields_add(fields, "Id", "id", id_value(domain));
    fields_add(fields, "Name", "name", value_string(virDomainGetName(domain)));
    if (virDomainGetUUIDString(domain, uuid) == 0)
        fields_add(fields, "UUID", "uuid", value_string(uuid));
    if (os_type)
        fields_add(fields, "OS Type", "os_type", value_string(os_type));
    free(os_type);
}

static void add_resources(Fields *fields, const virDomainInfo *info)
{
    fields_add(fields, "State", "state", value_string(domain_state_text(info->state)));
    fields_add(fields, "CPU(s)", "cpus", value_number(info->nrVirtCpu));
    if (info->cpuTime) {
        Value time = value_number((gint64)info->cpuTime);

        g_free(time.text);
        time.text = g_strdup_printf("%.1fs", (double)info->cpuTime / 1e9);
        fields_add(fields, "CPU time", "cpu_time_ns", time);
    }
    fields_add(fields, "Max memory", "max_memory_kib",
               info->maxMem == (unsigned long)-1 ? value_none("no limit") : value_amount((gint64)info->maxMem, "KiB"));
    fields_add(fields, "Used memory", "memory_kib", value_amount((gint64)info->memory, "KiB"));
}

static void add_persistence(Fields *fields, virDomainPtr domain)
{
    int is_persistent = virDomainIsPersistent(domain);
    int saved = virDomainHasManagedSaveImage(domain, 0);
    int autostart;

    fields_add(fields, "Persistent", "persistent",
               is_persistent < 0 ? value_none("unknown") : value_bool(is_persistent, "yes", "no"));
    if (virDomainGetAutostart(domain, &autostart) == 0)
        fields_add(fields, "Autostart", "autostart", value_bool(autostart, "enable", "disable"));
    fields_add(fields, "Managed save", "managed_save",
               saved < 0 ? value_none("unknown") : value_bool(saved, "yes", "no"));
}

static void add_security(Fields *fields, virConnectPtr connection, virDomainPtr domain)
{
    g_autofree virSecurityLabel *label = g_new0(virSecurityLabel, 1);
    virSecurityModel model = {0};

    if (virNodeGetSecurityModel(connection, &model) < 0)
        return;
    if (!*model.model) /* no driver confines guests */
        return;
    fields_add(fields, "Security model", "security_model", value_string(model.model));
    fields_add(fields, "Security DOI", "security_doi", value_string(model.doi));
    if (virDomainGetSecurityLabel(domain, label) == 0 && *label->label) {
        g_autofree char *text = g_strdup_printf("%s (%s)", label->label, label->enforcing ? "enforcing" : "permissive");

        fields_add(fields, "Security label", "security_label", value_string(text));
    }
}

static void add_messages(Fields *fields, virDomainPtr domain)
{
    char **messages = NULL;
    int n = virDomainGetMessages(domain, &messages, 0);
    GString *text = g_string_new(NULL);

    for (int i = 0; i < n; i++) {
        g_string_append_printf(text, "%s%s", i ? "\n                " : "", messages[i]);
        free(messages[i]);
    }
    free(messages);
    if (text->len)
        fields_add(fields, "Messages", "messages", value_string(text->str));
    g_string_free(text, TRUE);
}

static gboolean dominfo(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    g_autoptr(Fields) fields = fields_new(16);
    virDomainInfo info;

    if (!domain)
        return FALSE;
    if (virDomainGetInfo(domain, &info) < 0)
        return shell_fail(shell, "failed to get information of domain '%s'", virDomainGetName(domain));
    add_identity(fields, domain);
    add_resources(fields, &info);
    add_persistence(fields, domain);
    add_security(fields, shell->connection, domain);
    add_messages(fields, domain);
    virResetLastError(); /* what a driver does not know is left out */
    fields_print(fields, argument_output(arguments));
    return TRUE;
}

/* ---- small questions ---- */

static const Option domstate_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN), FLAG("reason", "and why"), OPTION_END};

static gboolean domstate(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    g_autoptr(Fields) fields = fields_new(0);
    int state, reason;

    if (!domain)
        return FALSE;
    if (virDomainGetState(domain, &state, &reason, 0) < 0)
        return shell_fail(shell, "failed to get the state of domain '%s'", virDomainGetName(domain));
    if (argument_output(arguments) == OUTPUT_JSON) {
        fields_add(fields, "", "state", value_string(domain_state_text(state)));
        fields_add(fields, "", "reason", value_string(domain_reason_text(state, reason)));
        fields_print(fields, OUTPUT_JSON);
    } else if (argument_flag(arguments, "reason")) {
        printf("%s (%s)\n", domain_state_text(state), domain_reason_text(state, reason));
    } else {
        puts(domain_state_text(state));
    }
    return TRUE;
}

static gboolean domid(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);

    if (domain)
        print_value(argument_output(arguments), "id", id_value(domain));
    return domain != NULL;
}

static gboolean domname(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);

    if (domain)
        print_value(argument_output(arguments), "name", value_string(virDomainGetName(domain)));
    return domain != NULL;
}

static gboolean domuuid(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    char uuid[VIR_UUID_STRING_BUFLEN];

    if (!domain)
        return FALSE;
    if (virDomainGetUUIDString(domain, uuid) < 0)
        return shell_fail(shell, "failed to get domain UUID");
    print_value(argument_output(arguments), "uuid", value_string(uuid));
    return TRUE;
}

/* ---- dumpxml ---- */

static const Option dumpxml_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN),
                                         FLAG("inactive", "the persistent definition"),
                                         FLAG("security-info", "with secrets"),
                                         FLAG("update-cpu", "with the CPU as the host makes it"),
                                         FLAG("migratable", "as another host would take it"),
                                         OPTION_XPATH,
                                         OPTION_WRAP,
                                         OPTION_END};

static const FlagOption dumpxml_flags[] = {
    {"inactive", VIR_DOMAIN_XML_INACTIVE},
    {"security-info", VIR_DOMAIN_XML_SECURE},
    {"update-cpu", VIR_DOMAIN_XML_UPDATE_CPU},
    {"migratable", VIR_DOMAIN_XML_MIGRATABLE},
    {NULL, 0},
};

static gboolean dumpxml(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    unsigned int flags = argument_flags(arguments, dumpxml_flags);
    gboolean is_shown;
    char *xml;

    if (!domain)
        return FALSE;
    xml = virDomainGetXMLDesc(domain, flags);
    if (!xml)
        return shell_fail(shell, "failed to get the XML of domain '%s'", virDomainGetName(domain));
    is_shown = document_print(shell, arguments, xml);
    free(xml);
    return is_shown;
}

const Command monitor_commands[] = {
    {"domid", "convert a domain name or UUID to domain id", domain_only, domid, TRUE, TRUE},
    {"dominfo", "domain information", domain_only, dominfo, TRUE, TRUE},
    {"domname", "convert a domain id or UUID to domain name", domain_only, domname, TRUE, TRUE},
    {"domstate", "domain state", domstate_options, domstate, TRUE, TRUE},
    {"domuuid", "convert a domain name or id to domain UUID", domain_only, domuuid, TRUE, TRUE},
    {"dumpxml", "domain information in XML", dumpxml_options, dumpxml, TRUE, TRUE},
    {"list", "list domains", list_options, list, TRUE, TRUE},
    {NULL},
};
