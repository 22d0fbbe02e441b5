/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The connection, the host, the hypervisor. */
#include <stdio.h>
#include <stdlib.h>

#include "config.h"
#include "virsh/commands.h"

static const Option connect_options[] = {
    {"name", OPTION_STRING, FALSE, FALSE, COMPLETE_NOTHING, "URI of the hypervisor; the default one when left out"},
    {"readonly", OPTION_FLAG, FALSE, FALSE, COMPLETE_NOTHING, "read-only connection"},
    OPTION_END};

static gboolean connect_(Shell *shell, const Arguments *arguments)
{
    shell_disconnect(shell);
    g_free(shell->uri);
    shell->uri = g_strdup(argument_string(arguments, "name"));
    shell->is_read_only = argument_flag(arguments, "readonly");
    return shell_connect(shell);
}

static gboolean print_text(Shell *shell, const Arguments *arguments, const char *key, char *text, const char *failure)
{
    if (!text)
        return shell_fail(shell, "%s", failure);
    print_value(argument_output(arguments), key, value_string(text));
    free(text);
    return TRUE;
}

static gboolean uri(Shell *shell, const Arguments *arguments)
{
    return print_text(shell, arguments, "uri", virConnectGetURI(shell->connection), "failed to get URI");
}

static gboolean hostname(Shell *shell, const Arguments *arguments)
{
    return print_text(shell, arguments, "hostname", virConnectGetHostname(shell->connection), "failed to get hostname");
}

static gboolean sysinfo(Shell *shell, const Arguments *arguments)
{
    return print_text(shell, arguments, "xml", virConnectGetSysinfo(shell->connection, 0), "failed to get sysinfo");
}

static gboolean capabilities(Shell *shell, const Arguments *arguments)
{
    return print_text(shell, arguments, "xml", virConnectGetCapabilities(shell->connection),
                      "failed to get capabilities");
}

static const Option domcapabilities_options[] = {
    {"virttype", OPTION_STRING, FALSE, TRUE, COMPLETE_NOTHING, "kind of virtualization: kvm, qemu"},
    {"emulatorbin", OPTION_STRING, FALSE, TRUE, COMPLETE_FILE, "path of the emulator"},
    {"arch", OPTION_STRING, FALSE, TRUE, COMPLETE_NOTHING, "architecture"},
    {"machine", OPTION_STRING, FALSE, TRUE, COMPLETE_NOTHING, "machine type"},
    OPTION_END};

static gboolean domcapabilities(Shell *shell, const Arguments *arguments)
{
    return print_text(shell, arguments, "xml",
                      virConnectGetDomainCapabilities(shell->connection, argument_string(arguments, "emulatorbin"),
                                                      argument_string(arguments, "arch"),
                                                      argument_string(arguments, "machine"),
                                                      argument_string(arguments, "virttype"), 0),
                      "failed to get emulator capabilities");
}

/* Versions come as one number, a million times the first part and so on. */
static Value version_value(const char *what, unsigned long version)
{
    g_autofree char *text = g_strdup_printf("%s%s%lu.%lu.%lu", what, *what ? " " : "", version / 1000000,
                                            version / 1000 % 1000, version % 1000);

    return value_string(text);
}

static const Option version_options[] = {
    {"daemon", OPTION_FLAG, FALSE, FALSE, COMPLETE_NOTHING, "report the daemon's version too"}, OPTION_END};

static gboolean version(Shell *shell, const Arguments *arguments)
{
    OutputFormat format = argument_output(arguments);
    g_autoptr(Fields) fields = fields_new(0);
    const char *type = virConnectGetType(shell->connection);
    unsigned long library, api, hypervisor = 0, daemon;

    if (!type)
        return shell_fail(shell, "failed to get hypervisor type");
    if (virGetVersion(&library, type, &api) < 0)
        return shell_fail(shell, "failed to get the library version");
    fields_add(fields, "Compiled against library", "compiled",
               version_value(format == OUTPUT_TEXT ? "libvirt" : "", LIBVIR_VERSION_NUMBER));
    fields_add(fields, "Using library", "library", version_value(format == OUTPUT_TEXT ? "libvirt" : "", library));
    fields_add(fields, "Using API", "api", version_value(type, api));
    if (virConnectGetVersion(shell->connection, &hypervisor) < 0)
        return shell_fail(shell, "failed to get the hypervisor version");
    if (hypervisor)
        fields_add(fields, "Running hypervisor", "hypervisor", version_value(type, hypervisor));
    if (argument_flag(arguments, "daemon") && virConnectGetLibVersion(shell->connection, &daemon) == 0)
        fields_add(fields, "Running against daemon", "daemon", version_value("", daemon));
    fields_print(fields, format);
    return TRUE;
}

static gboolean nodeinfo(Shell *shell, const Arguments *arguments)
{
    g_autoptr(Fields) fields = fields_new(21);
    virNodeInfo info;

    if (virNodeGetInfo(shell->connection, &info) < 0)
        return shell_fail(shell, "failed to get node information");
    fields_add(fields, "CPU model", "cpu_model", value_string(info.model));
    fields_add(fields, "CPU(s)", "cpus", value_number(info.cpus));
    fields_add(fields, "CPU frequency", "cpu_mhz", value_amount(info.mhz, "MHz"));
    fields_add(fields, "CPU socket(s)", "sockets", value_number(info.sockets));
    fields_add(fields, "Core(s) per socket", "cores", value_number(info.cores));
    fields_add(fields, "Thread(s) per core", "threads", value_number(info.threads));
    fields_add(fields, "NUMA cell(s)", "numa_cells", value_number(info.nodes));
    fields_add(fields, "Memory size", "memory_kib", value_amount((gint64)info.memory, "KiB"));
    fields_print(fields, argument_output(arguments));
    return TRUE;
}

static const Option maxvcpus_options[] = {{"type", OPTION_STRING, FALSE, FALSE, COMPLETE_NOTHING, "domain type"},
                                          OPTION_END};

static gboolean maxvcpus(Shell *shell, const Arguments *arguments)
{
    int n = virConnectGetMaxVcpus(shell->connection, argument_string(arguments, "type"));

    if (n < 0)
        return shell_fail(shell, "failed to get the number of virtual CPUs");
    print_value(argument_output(arguments), "max_vcpus", value_number(n));
    return TRUE;
}

const Command host_commands[] = {
    {"capabilities", "what the host and its hypervisor can do", NULL, capabilities, TRUE, TRUE},
    {"connect", "connect to a hypervisor", connect_options, connect_},
    {"domcapabilities", "what an emulator can do", domcapabilities_options, domcapabilities, TRUE, TRUE},
    {"hostname", "the hypervisor's host name", NULL, hostname, TRUE, TRUE},
    {"maxvcpus", "most virtual CPUs a guest can have", maxvcpus_options, maxvcpus, TRUE, TRUE},
    {"nodeinfo", "the host's processors and memory", NULL, nodeinfo, TRUE, TRUE},
    {"sysinfo", "what the host's firmware says of it", NULL, sysinfo, TRUE, TRUE},
    {"uri", "the connection's canonical URI", NULL, uri, TRUE, TRUE},
    {"version", "versions of library, API and hypervisor", version_options, version, TRUE, TRUE},
    {NULL},
};
