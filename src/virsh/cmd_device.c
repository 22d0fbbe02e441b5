/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that change a domain's devices. */
#include "virsh/affect.h"
#include "virsh/commands.h"

static const Option update_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN),
                                        OPTION_FILE,
                                        FLAG("persistent", "change what is defined, and what runs if it does"),
                                        OPTIONS_AFFECT,
                                        FLAG("force", "even if the guest is not ready for it"),
                                        OPTION_END};

static gboolean update_device(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    unsigned int flags = argument_flag(arguments, "force") ? VIR_DOMAIN_DEVICE_MODIFY_FORCE : 0;
    g_autofree char *xml = NULL;

    if (!domain || !affect_flags(shell, arguments, domain, &flags))
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
