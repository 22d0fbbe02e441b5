/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that change a domain's devices, each as a file describes it or by its alias. */
#include "virsh/commands.h"
#include "virsh/plug.h"

/* What all commands with a file do: sends it, and says how that went. */
typedef gboolean (*SendFile)(const Arguments *arguments, virDomainPtr domain, const char *xml, unsigned int flags);

static gboolean send_file(Shell *shell, const Arguments *arguments, SendFile send, const char *verb, const char *done)
{
    const char *file = argument_string(arguments, "file");
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    g_autofree char *xml = NULL;
    unsigned int flags = 0;

    if (!domain || !affect_flags(shell, arguments, domain, &flags))
        return FALSE;
    xml = shell_read_file(shell, file);
    if (!xml)
        return FALSE;
    if (!send(arguments, domain, xml, flags))
        return shell_fail(shell, "Failed to %s device from %s", verb, file);
    shell_say(shell, "Device %s successfully", done);
    return TRUE;
}

static const Option file_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN), OPTION_FILE, OPTIONS_PLUG, OPTION_END};

static gboolean send_in(const Arguments *arguments, virDomainPtr domain, const char *xml, unsigned int flags)
{
    return plug_send(arguments, domain, PLUG_IN, xml, flags);
}

static gboolean attach_device(Shell *shell, const Arguments *arguments)
{
    return send_file(shell, arguments, send_in, "attach", "attached");
}

static gboolean send_out(const Arguments *arguments, virDomainPtr domain, const char *xml, unsigned int flags)
{
    return plug_send(arguments, domain, PLUG_OUT, xml, flags);
}

static gboolean detach_device(Shell *shell, const Arguments *arguments)
{
    return send_file(shell, arguments, send_out, "detach", "detached");
}

static const Option update_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN), OPTION_FILE, OPTIONS_PLUG,
                                        FLAG("force", "even if the guest is not ready for it"), OPTION_END};

static gboolean send_update(const Arguments *arguments, virDomainPtr domain, const char *xml, unsigned int flags)
{
    flags |= argument_flag(arguments, "force") ? VIR_DOMAIN_DEVICE_MODIFY_FORCE : 0;
    return virDomainUpdateDeviceFlags(domain, xml, flags) == 0;
}

static gboolean update_device(Shell *shell, const Arguments *arguments)
{
    return send_file(shell, arguments, send_update, "update", "updated");
}

static const Option alias_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN),
                                       {"alias", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "the device's alias"},
                                       OPTIONS_AFFECT,
                                       OPTION_END};

static gboolean detach_device_alias(Shell *shell, const Arguments *arguments)
{
    const char *alias = argument_string(arguments, "alias");
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    unsigned int flags = 0;

    if (!domain || !affect_flags(shell, arguments, domain, &flags))
        return FALSE;
    if (virDomainDetachDeviceAlias(domain, alias, flags) < 0)
        return shell_fail(shell, "Failed to detach device with alias %s", alias);
    shell_say(shell, "Device detach request sent successfully");
    return TRUE;
}

const Command device_commands[] = {
    {"attach-device", "attach a device from an XML file", file_options, attach_device, TRUE},
    {"detach-device", "detach a device that an XML file describes", file_options, detach_device, TRUE},
    {"detach-device-alias", "detach the device of an alias", alias_options, detach_device_alias, TRUE},
    {"update-device", "update a device from an XML file", update_options, update_device, TRUE},
    {NULL},
};
