/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What changes domains: define, start, stop and so on. */
#include <stdio.h>

#include "virsh/commands.h"

/* ---- define, create, undefine ---- */

static const Option define_options[] = {OPTION_FILE, FLAG("validate", "check the document against the schema"),
                                        OPTION_END};

static gboolean define(Shell *shell, const Arguments *arguments)
{
    const char *file = argument_string(arguments, "file");
    g_autofree char *xml = shell_read_file(shell, file);
    g_autoptr(virDomain) domain = NULL;

    if (!xml)
        return FALSE;
    domain = virDomainDefineXMLFlags(shell->connection, xml,
                                     argument_flag(arguments, "validate") ? VIR_DOMAIN_DEFINE_VALIDATE : 0);
    if (!domain)
        return shell_fail(shell, "Failed to define domain from %s", file);
    shell_say(shell, "Domain '%s' defined from %s", virDomainGetName(domain), file);
    return TRUE;
}

static const FlagOption start_flags[] = {
    {"paused", VIR_DOMAIN_START_PAUSED},
    {"autodestroy", VIR_DOMAIN_START_AUTODESTROY},
    {"bypass-cache", VIR_DOMAIN_START_BYPASS_CACHE},
    {"force-boot", VIR_DOMAIN_START_FORCE_BOOT},
    {"validate", VIR_DOMAIN_START_VALIDATE},
    {"reset-nvram", VIR_DOMAIN_START_RESET_NVRAM},
    {NULL, 0},
};

static const Option create_options[] = {OPTION_FILE,
                                        FLAG("console", "attach to the console afterwards"),
                                        FLAG("paused", "leave the guest paused"),
                                        FLAG("autodestroy", "destroy the guest when virsh disconnects"),
                                        FLAG("validate", "check the document against the schema"),
                                        FLAG("reset-nvram", "make the variable store anew"),
                                        OPTION_END};

static gboolean create(Shell *shell, const Arguments *arguments)
{
    const char *file = argument_string(arguments, "file");
    g_autofree char *xml = shell_read_file(shell, file);
    g_autoptr(virDomain) domain = NULL;

    if (!xml)
        return FALSE;
    domain = virDomainCreateXML(shell->connection, xml, argument_flags(arguments, start_flags));
    if (!domain)
        return shell_fail(shell, "Failed to create domain from %s", file);
    shell_say(shell, "Domain '%s' created from %s", virDomainGetName(domain), file);
    return !argument_flag(arguments, "console") || console_run(shell, domain, NULL, 0);
}

static const FlagOption undefine_flags[] = {
    {"managed-save", VIR_DOMAIN_UNDEFINE_MANAGED_SAVE},
    {"snapshots-metadata", VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA},
    {"checkpoints-metadata", VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA},
    {"nvram", VIR_DOMAIN_UNDEFINE_NVRAM},
    {"keep-nvram", VIR_DOMAIN_UNDEFINE_KEEP_NVRAM},
    {NULL, 0},
};

static const Option undefine_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN),
                                          FLAG("managed-save", "remove its saved state too"),
                                          FLAG("snapshots-metadata", "forget its snapshots"),
                                          FLAG("checkpoints-metadata", "forget its checkpoints"),
                                          FLAG("nvram", "remove its variable store"),
                                          FLAG("keep-nvram", "keep its variable store"),
                                          OPTION_END};

static gboolean undefine(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);

    if (!domain)
        return FALSE;
    if (virDomainUndefineFlags(domain, argument_flags(arguments, undefine_flags)) < 0)
        return shell_fail(shell, "Failed to undefine domain '%s'", virDomainGetName(domain));
    shell_say(shell, "Domain '%s' has been undefined", virDomainGetName(domain));
    return TRUE;
}

/* ---- start ---- */

static const Option start_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN_INACTIVE),
                                       FLAG("console", "attach to the console afterwards"),
                                       FLAG("paused", "leave the guest paused"),
                                       FLAG("autodestroy", "destroy the guest when virsh disconnects"),
                                       FLAG("bypass-cache", "keep the file system's cache out of loading"),
                                       FLAG("force-boot", "boot anew, and drop saved state"),
                                       FLAG("reset-nvram", "make the variable store anew"),
                                       OPTION_END};

static gboolean start(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    unsigned int flags = argument_flags(arguments, start_flags);

    if (!domain)
        return FALSE;
    if (virDomainIsActive(domain) == 1) {
        shell_error(shell, "Domain is already active");
        return FALSE;
    }
    if ((flags ? virDomainCreateWithFlags(domain, flags) : virDomainCreate(domain)) < 0)
        return shell_fail(shell, "Failed to start domain '%s'", virDomainGetName(domain));
    shell_say(shell, "Domain '%s' started", virDomainGetName(domain));
    return !argument_flag(arguments, "console") || console_run(shell, domain, NULL, 0);
}

/* ---- calls that need nothing but the domain ---- */

static const Option domain_only[] = {OPTION_DOMAIN(COMPLETE_DOMAIN_ACTIVE), OPTION_END};

static gboolean simple(Shell *shell, const Arguments *arguments, int (*call)(virDomainPtr), const char *failure,
                       const char *success)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);

    if (!domain)
        return FALSE;
    if (call(domain) < 0)
        return shell_fail(shell, failure, virDomainGetName(domain));
    shell_say(shell, success, virDomainGetName(domain));
    return TRUE;
}

static gboolean suspend(Shell *shell, const Arguments *arguments)
{
    return simple(shell, arguments, virDomainSuspend, "Failed to suspend domain '%s'", "Domain '%s' suspended");
}

static gboolean resume(Shell *shell, const Arguments *arguments)
{
    return simple(shell, arguments, virDomainResume, "Failed to resume domain '%s'", "Domain '%s' resumed");
}

static int reset_call(virDomainPtr domain)
{
    return virDomainReset(domain, 0);
}

static gboolean reset(Shell *shell, const Arguments *arguments)
{
    return simple(shell, arguments, reset_call, "Failed to reset domain '%s'", "Domain '%s' was reset");
}

/* ---- stop ---- */

static const Option destroy_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN_ACTIVE),
                                         FLAG("graceful", "do not kill a guest that does not react"),
                                         FLAG("remove-logs", "remove its log files too"), OPTION_END};
static const FlagOption destroy_flags[] = {
    {"graceful", VIR_DOMAIN_DESTROY_GRACEFUL}, {"remove-logs", VIR_DOMAIN_DESTROY_REMOVE_LOGS}, {NULL, 0}};

static gboolean destroy(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    unsigned int flags = argument_flags(arguments, destroy_flags);

    if (!domain)
        return FALSE;
    if ((flags ? virDomainDestroyFlags(domain, flags) : virDomainDestroy(domain)) < 0)
        return shell_fail(shell, "Failed to destroy domain '%s'", virDomainGetName(domain));
    shell_say(shell, "Domain '%s' destroyed", virDomainGetName(domain));
    return TRUE;
}

static const Option power_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN_ACTIVE),
                                       {"mode", OPTION_STRING, FALSE, TRUE, COMPLETE_NOTHING,
                                        "acpi, agent, initctl, signal or paravirt; commas between several"},
                                       OPTION_END};

/* The flags of shutdown and of reboot have the same numbers. */
static gboolean power_mode(Shell *shell, const Arguments *arguments, unsigned int *flags)
{
    static const FlagOption modes[] = {{"acpi", VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN},
                                       {"agent", VIR_DOMAIN_SHUTDOWN_GUEST_AGENT},
                                       {"initctl", VIR_DOMAIN_SHUTDOWN_INITCTL},
                                       {"signal", VIR_DOMAIN_SHUTDOWN_SIGNAL},
                                       {"paravirt", VIR_DOMAIN_SHUTDOWN_PARAVIRT}};
    const char *mode = argument_string(arguments, "mode");
    g_auto(GStrv) words = g_strsplit(mode ? mode : "", ",", -1);

    *flags = 0;
    for (char **word = words; *word; word++) {
        gboolean is_known = FALSE;

        for (gsize i = 0; i < G_N_ELEMENTS(modes); i++) {
            if (g_strcmp0(*word, modes[i].option) == 0) {
                *flags |= modes[i].flag;
                is_known = TRUE;
            }
        }
        if (!is_known) {
            shell_error(shell, "Unknown mode %s value, expecting 'acpi', 'agent', 'initctl', 'signal', or 'paravirt'",
                        *word);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean shutdown_(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    unsigned int flags;

    if (!domain || !power_mode(shell, arguments, &flags))
        return FALSE;
    if ((flags ? virDomainShutdownFlags(domain, flags) : virDomainShutdown(domain)) < 0)
        return shell_fail(shell, "Failed to shutdown domain '%s'", virDomainGetName(domain));
    shell_say(shell, "Domain '%s' is being shutdown", virDomainGetName(domain));
    return TRUE;
}

static gboolean reboot(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    unsigned int flags;

    if (!domain || !power_mode(shell, arguments, &flags))
        return FALSE;
    if (virDomainReboot(domain, flags) < 0)
        return shell_fail(shell, "Failed to reboot domain '%s'", virDomainGetName(domain));
    shell_say(shell, "Domain '%s' is being rebooted", virDomainGetName(domain));
    return TRUE;
}

/* ---- autostart ---- */

static const Option autostart_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN), FLAG("disable", "turn it off"), OPTION_END};

static gboolean autostart(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    gboolean on = !argument_flag(arguments, "disable");

    if (!domain)
        return FALSE;
    if (virDomainSetAutostart(domain, on) < 0)
        return shell_fail(
            shell, on ? "Failed to mark domain '%s' as autostarted" : "Failed to unmark domain '%s' as autostarted",
            virDomainGetName(domain));
    shell_say(shell, on ? "Domain '%s' marked as autostarted" : "Domain '%s' unmarked as autostarted",
              virDomainGetName(domain));
    return TRUE;
}

/* ---- XML to a command line ---- */

static const Option domxml_options[] = {
    {"format", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "format of the target: qemu-argv"},
    {"domain", OPTION_STRING, FALSE, TRUE, COMPLETE_DOMAIN, "domain name, id or uuid"},
    {"xml", OPTION_STRING, FALSE, FALSE, COMPLETE_FILE, "file with a domain's document"},
    OPTION_END};

static char *domxml_source(Shell *shell, const Arguments *arguments)
{
    const char *name = argument_string(arguments, "domain");
    const char *file = argument_string(arguments, "xml");
    g_autoptr(virDomain) domain = NULL;
    char *xml;

    if (!name == !file) {
        shell_error(shell, "either --domain or a file is needed");
        return NULL;
    }
    if (file)
        return shell_read_file(shell, file);
    domain = shell_domain(shell, name);
    xml = domain ? virDomainGetXMLDesc(domain, 0) : NULL;
    if (domain && !xml)
        shell_fail(shell, "failed to retrieve XML");
    return xml;
}

static gboolean domxml_to_native(Shell *shell, const Arguments *arguments)
{
    g_autofree char *xml = domxml_source(shell, arguments);
    g_autofree char *native = NULL;

    if (!xml)
        return FALSE;
    native = virConnectDomainXMLToNative(shell->connection, argument_string(arguments, "format"), xml, 0);
    if (!native)
        return shell_fail(shell, "failed to convert the document");
    fputs(native, stdout);
    return TRUE;
}

const Command domain_commands[] = {
    {"autostart", "start a domain when its host starts", autostart_options, autostart, TRUE},
    {"create", "create a domain from an XML file", create_options, create, TRUE},
    {"define", "define (but don't start) a domain from an XML file", define_options, define, TRUE},
    {"destroy", "destroy (stop) a domain", destroy_options, destroy, TRUE},
    {"domxml-to-native", "the emulator's command line for a domain", domxml_options, domxml_to_native, TRUE},
    {"reboot", "reboot a domain", power_options, reboot, TRUE},
    {"reset", "reset a domain, as its reset button would", domain_only, reset, TRUE},
    {"resume", "resume a domain", domain_only, resume, TRUE},
    {"shutdown", "gracefully shutdown a domain", power_options, shutdown_, TRUE},
    {"start", "start a (previously defined) inactive domain", start_options, start, TRUE},
    {"suspend", "suspend a domain", domain_only, suspend, TRUE},
    {"undefine", "undefine a domain", undefine_options, undefine, TRUE},
    {NULL},
};
