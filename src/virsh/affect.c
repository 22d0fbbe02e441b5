/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virsh/affect.h"

gboolean affect_flags(Shell *shell, const Arguments *arguments, virDomainPtr domain, unsigned int *flags)
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
