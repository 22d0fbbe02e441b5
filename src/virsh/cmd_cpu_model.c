/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Processors by their model: compared with the host's, and what several have in common. */
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <stdlib.h>
#include <string.h>

#include "common/xml.h"
#include "virsh/commands.h"
#include "virsh/document.h"

/* Where files have processors: by themselves, in lists, in documents of domains, of hosts and of hypervisors. */
#define PLACES                                                                                                         \
    "/container/cpu|/container/cpus/cpu|/container/domain/cpu|/container/capabilities/host/cpu|"                       \
    "/container/domainCapabilities/cpu/mode[@name='host-model' and @supported='yes']"

/* A hypervisor's host model becomes a document of its own. */
static void make_cpu(xmlNode *node)
{
    if (!xml_is(node, "mode"))
        return;
    xmlNodeSetName(node, (const xmlChar *)"cpu");
    xmlUnsetProp(node, (const xmlChar *)"name");
    xmlUnsetProp(node, (const xmlChar *)"supported");
}

/* Behind the XML declaration, which cannot stand inside the container. */
static const char *skip_declaration(const char *text)
{
    const char *end = g_str_has_prefix(text, "<?xml") ? strstr(text, "?>") : NULL;

    return end ? end + 2 : text;
}

/* The documents of all processors in a file: char *. NULL: reported. */
static GPtrArray *read_cpus(Shell *shell, const char *path)
{
    g_autofree char *text = shell_read_file(shell, path);
    g_autofree char *container = text ? g_strdup_printf("<container>%s</container>", skip_declaration(text)) : NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(xmlDoc) doc = container ? xml_parse(container, NULL, path, VIR_FROM_NONE, &error) : NULL;
    g_autoptr(GPtrArray) cpus = g_ptr_array_new_with_free_func(g_free);
    xmlXPathContext *context = doc ? xmlXPathNewContext(doc) : NULL;
    xmlXPathObject *found = context ? xmlXPathEvalExpression((const xmlChar *)PLACES, context) : NULL;

    for (int i = 0; found && found->nodesetval && i < found->nodesetval->nodeNr; i++) {
        make_cpu(found->nodesetval->nodeTab[i]);
        g_ptr_array_add(cpus, document_node_text(doc, found->nodesetval->nodeTab[i]));
    }
    xmlXPathFreeObject(found);
    xmlXPathFreeContext(context);
    if (error)
        shell_error(shell, "%s", error->message);
    else if (doc && cpus->len == 0)
        shell_error(shell,
                    "File '%s' does not contain any <cpu> element or valid domain XML, host capabilities XML, or "
                    "domain capabilities XML",
                    path);
    return cpus->len > 0 ? g_steal_pointer(&cpus) : NULL;
}

/* clang-format off */
#define OPTIONS_HYPERVISOR \
    {"virttype", OPTION_STRING, FALSE, FALSE, COMPLETE_NOTHING, "kind of virtualization: kvm, qemu"}, \
    {"emulator", OPTION_STRING, FALSE, FALSE, COMPLETE_FILE, "path of the emulator"}, \
    {"arch", OPTION_STRING, FALSE, FALSE, COMPLETE_NOTHING, "architecture"}, \
    {"machine", OPTION_STRING, FALSE, FALSE, COMPLETE_NOTHING, "machine type"}
/* clang-format on */

/* ---- compare ---- */

static const Option compare_options[] = {OPTION_FILE, FLAG("error", "what does not fit is an error"),
                                         FLAG("validate", "check the document against the schema"), OPTION_END};
static const Option hypervisor_compare_options[] = {
    OPTION_FILE, OPTIONS_HYPERVISOR, FLAG("error", "what does not fit is an error"),
    FLAG("validate", "check the document against the schema"), OPTION_END};

static guint compare_flags(const Arguments *arguments)
{
    return (argument_flag(arguments, "error") ? VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE : 0) |
           (argument_flag(arguments, "validate") ? (guint)VIR_CONNECT_COMPARE_CPU_VALIDATE_XML : 0);
}

/* A processor that does not fit makes the command fail, too, for scripts. */
static gboolean print_result(const Arguments *arguments, int result, const char *file, const char *with, const char *by)
{
    static const char *const words[] = {"incompatible", "identical", "superset"};

    if (argument_output(arguments) == OUTPUT_JSON)
        print_value(OUTPUT_JSON, "result", value_string(words[CLAMP(result, 0, 2)]));
    else if (result == VIR_CPU_COMPARE_INCOMPATIBLE)
        g_print("CPU described in %s is incompatible with %s\n", file, with);
    else if (result == VIR_CPU_COMPARE_IDENTICAL)
        g_print("CPU described in %s is identical to %s\n", file, with);
    else
        g_print("%s is a superset of CPU described in %s\n", by, file);
    return result != VIR_CPU_COMPARE_INCOMPATIBLE;
}

static gboolean cpu_compare(Shell *shell, const Arguments *arguments)
{
    const char *file = argument_string(arguments, "file");
    g_autoptr(GPtrArray) cpus = read_cpus(shell, file);
    int result;

    if (!cpus)
        return FALSE;
    result = virConnectCompareCPU(shell->connection, g_ptr_array_index(cpus, 0), compare_flags(arguments));
    if (result < 0)
        return shell_fail(shell, "Failed to compare host CPU with %s", file);
    return print_result(arguments, result, file, "host CPU", "Host CPU");
}

static gboolean hypervisor_cpu_compare(Shell *shell, const Arguments *arguments)
{
    const char *file = argument_string(arguments, "file");
    g_autoptr(GPtrArray) cpus = read_cpus(shell, file);
    int result;

    if (!cpus)
        return FALSE;
    result = virConnectCompareHypervisorCPU(shell->connection, argument_string(arguments, "emulator"),
                                            argument_string(arguments, "arch"), argument_string(arguments, "machine"),
                                            argument_string(arguments, "virttype"), g_ptr_array_index(cpus, 0),
                                            compare_flags(arguments));
    if (result < 0)
        return shell_fail(shell, "Failed to compare hypervisor CPU with %s", file);
    return print_result(arguments, result, file, "the CPU provided by hypervisor on the host",
                        "The CPU provided by hypervisor on the host");
}

/* ---- baseline ---- */

static const Option baseline_options[] = {OPTION_FILE, FLAG("features", "list the model's own features, too"),
                                          FLAG("migratable", "leave out what cannot move to another host"), OPTION_END};
static const Option hypervisor_baseline_options[] = {
    OPTION_FILE, OPTIONS_HYPERVISOR, FLAG("features", "list the model's own features, too"),
    FLAG("migratable", "leave out what cannot move to another host"), OPTION_END};

static guint baseline_flags(const Arguments *arguments)
{
    return (argument_flag(arguments, "features") ? VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES : 0) |
           (argument_flag(arguments, "migratable") ? (guint)VIR_CONNECT_BASELINE_CPU_MIGRATABLE : 0);
}

static gboolean print_baseline(Shell *shell, const Arguments *arguments, char *xml)
{
    if (!xml)
        return shell_fail(shell, "failed to find what the processors have in common");
    print_value(argument_output(arguments), "xml", value_string(xml));
    free(xml);
    return TRUE;
}

static gboolean cpu_baseline(Shell *shell, const Arguments *arguments)
{
    g_autoptr(GPtrArray) cpus = read_cpus(shell, argument_string(arguments, "file"));

    return cpus && print_baseline(shell, arguments,
                                  virConnectBaselineCPU(shell->connection, (const char **)cpus->pdata, cpus->len,
                                                        baseline_flags(arguments)));
}

static gboolean hypervisor_cpu_baseline(Shell *shell, const Arguments *arguments)
{
    g_autoptr(GPtrArray) cpus = read_cpus(shell, argument_string(arguments, "file"));

    return cpus && print_baseline(shell, arguments,
                                  virConnectBaselineHypervisorCPU(
                                      shell->connection, argument_string(arguments, "emulator"),
                                      argument_string(arguments, "arch"), argument_string(arguments, "machine"),
                                      argument_string(arguments, "virttype"), (const char **)cpus->pdata, cpus->len,
                                      baseline_flags(arguments)));
}

const Command cpu_model_commands[] = {
    {"cpu-baseline", "what several processors have in common", baseline_options, cpu_baseline, TRUE, TRUE},
    {"cpu-compare", "compare a processor with the host's", compare_options, cpu_compare, TRUE, TRUE},
    {"hypervisor-cpu-baseline", "what a hypervisor can give on several hosts", hypervisor_baseline_options,
     hypervisor_cpu_baseline, TRUE, TRUE},
    {"hypervisor-cpu-compare", "compare a processor with what a hypervisor gives", hypervisor_compare_options,
     hypervisor_cpu_compare, TRUE, TRUE},
    {NULL},
};
