/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that change a domain's devices. */
#include "virsh/commands.h"

static const Option update_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN),
                                        OPTION_FILE,
                                        FLAG("persistent", "change what is defined, and what runs if it does"),
                                        FLAG("config", "change what is defined"),
                                        FLAG("live", "change what runs"),
                                        FLAG("current", "change what runs, or what is defined"),
                                        FLAG("force", "even if the guest is not ready for it"),
                                        OPTION_END};

/* The side that is meant. FALSE: two that exclude each other, reported. */
static gboolean affected(Shell *shell, const Arguments *arguments, virDomainPtr domain, unsigned int *flags)
{
    gboolean is_persistent = argument_flag(arguments, "persistent");
    gboolean is_config = argument_flag(arguments, "config") || is_persistent;
    gboolean is_live = argument_flag(arguments, "live") || (is_persistent && virDomainIsActive(domain) == 1);

    if (argument_flag(arguments, "current") && (is_config || is_live)) {
        shell_error(shell, "Options --current and --%s are mutually exclusive",
                    is_persistent ? "persistent"
                    : is_config   ? "config"
                                  : "live");
        return FALSE;
    }
    *flags |= (is_config ? VIR_DOMAIN_AFFECT_CONFIG : 0) | (is_live ? VIR_DOMAIN_AFFECT_LIVE : 0);
    return TRUE;
}

static gboolean update_device(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = shell_domain(shell, argument_string(arguments, "domain"));
    unsigned int flags = argument_flag(arguments, "force") ? VIR_DOMAIN_DEVICE_MODIFY_FORCE : 0;
    g_autofree char *xml = NULL;

    if (!domain || !affected(shell, arguments, domain, &flags))
        return FALSE;
    xml = shell_read_file(shell, argument_string(arguments, "file"));
    if (!xml)
        return FALSE;
    if (virDomainUpdateDeviceFlags(domain, xml, flags) < 0)
        return shell_fail(shell, "Failed to update device from %s", argument_string(arguments, "file"));
    shell_say(shell, "Device updated successfully");
    return TRUE;
}

const Command device_commands[] = {
    {"update-device", "update a device from an XML file", update_options, update_device, TRUE},
    {NULL},
};
