/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that change what a domain is: its name, its size, its document. */
#include <libvirt/libvirt-qemu.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "virsh/affect.h"
#include "virsh/commands.h"
#include "virsh/edit.h"

/* ---- name ---- */

static const Option domrename_options[] = {
    OPTION_DOMAIN(COMPLETE_DOMAIN_INACTIVE),
    {"new-name", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "what it is to be called"},
    OPTION_END};

static gboolean domrename(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);

    if (!domain)
        return FALSE;
    if (virDomainRename(domain, argument_string(arguments, "new-name"), 0) < 0)
        return shell_fail(shell, "failed to rename the domain");
    shell_say(shell, "Domain successfully renamed\n");
    return TRUE;
}

/* ---- size ---- */

static const Option size_options[] = {
    OPTION_DOMAIN(COMPLETE_DOMAIN),
    {"size", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "memory in KiB, or with M or G behind it"},
    OPTIONS_AFFECT,
    OPTION_END};

static gboolean set_memory(Shell *shell, const Arguments *arguments, unsigned int flags)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    unsigned long kib;

    if (!domain || !affect_flags(shell, arguments, domain, &flags) ||
        !argument_size(shell, argument_string(arguments, "size"), &kib))
        return FALSE;
    return virDomainSetMemoryFlags(domain, kib, flags) == 0 || shell_fail(shell, "Unable to change memory size");
}

static gboolean setmem(Shell *shell, const Arguments *arguments)
{
    return set_memory(shell, arguments, 0);
}

static gboolean setmaxmem(Shell *shell, const Arguments *arguments)
{
    return set_memory(shell, arguments, VIR_DOMAIN_MEM_MAXIMUM);
}

static const Option vcpu_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN),
                                      {"count", OPTION_INT, TRUE, FALSE, COMPLETE_NOTHING, "how many"},
                                      FLAG("maximum", "how many there can be"),
                                      OPTIONS_AFFECT,
                                      OPTION_END};

static gboolean setvcpus(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    unsigned int flags = argument_flag(arguments, "maximum") ? VIR_DOMAIN_VCPU_MAXIMUM : 0;
    int count = argument_int(arguments, "count", 0);

    if (!domain || !affect_flags(shell, arguments, domain, &flags))
        return FALSE;
    if (count <= 0) {
        shell_error(shell, "Invalid value '%d' for number of virtual CPUs", count);
        return FALSE;
    }
    return virDomainSetVcpusFlags(domain, (unsigned int)count, flags) == 0 ||
           shell_fail(shell, "failed to change the number of processors");
}

/* ---- the document ---- */

static const Option any_domain[] = {OPTION_DOMAIN(COMPLETE_DOMAIN), OPTION_END};

static gboolean define_again(Shell *shell, const char *xml, gpointer data)
{
    g_autoptr(virDomain) domain = virDomainDefineXML(shell->connection, xml);

    return domain || shell_fail(shell, "the document is not taken");
}

static gboolean edit(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    char *xml = domain ? virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE) : NULL;
    g_autofree char *what = NULL;
    gboolean ok;

    if (!domain)
        return FALSE;
    if (!xml)
        return shell_fail(shell, "failed to get the XML of domain '%s'", virDomainGetName(domain));
    what = g_strdup_printf("Domain %s XML configuration", virDomainGetName(domain));
    ok = edit_document(shell, xml, what, define_again, NULL);
    free(xml);
    return ok;
}

/* ---- QEMU's monitor ---- */

static const Option monitor_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN_ACTIVE),
                                         {"cmd", OPTION_WORDS, TRUE, FALSE, COMPLETE_NOTHING, "the command"},
                                         FLAG("hmp", "in the language for people"),
                                         OPTION_END};

static gboolean qemu_monitor_command(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    unsigned int flags = argument_flag(arguments, "hmp") ? VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP : 0;
    g_autofree char *said = argument_joined(arguments);
    char *answer = NULL;

    if (!domain)
        return FALSE;
    if (virDomainQemuMonitorCommand(domain, said, &answer, flags) < 0)
        return shell_fail(shell, "the monitor did not take the command");
    printf("%s\n", answer);
    free(answer);
    return TRUE;
}

const Command change_commands[] = {
    {"domrename", "rename a domain that does not run", domrename_options, domrename, TRUE},
    {"edit", "change a domain's document with an editor", any_domain, edit, TRUE},
    {"qemu-monitor-command", "say something to QEMU", monitor_options, qemu_monitor_command, TRUE},
    {"setmaxmem", "change how much memory there can be", size_options, setmaxmem, TRUE},
    {"setmem", "change how much memory there is", size_options, setmem, TRUE},
    {"setvcpus", "change the number of virtual processors", vcpu_options, setvcpus, TRUE},
    {NULL},
};
