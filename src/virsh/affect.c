/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virsh/affect.h"

/* FALSE: both were given, reported. */
static gboolean exclude(Shell *shell, const Arguments *arguments, const char *one, const char *other)
{
    if (!argument_flag(arguments, one) || !argument_flag(arguments, other))
        return TRUE;
    shell_error(shell, "Options --%s and --%s are mutually exclusive", one, other);
    return FALSE;
}

gboolean affect_exclude(Shell *shell, const Arguments *arguments, const char *const *options)
{
    for (; *options; options++)
        for (const char *const *other = options + 1; *other; other++)
            if (!exclude(shell, arguments, *options, *other))
                return FALSE;
    return TRUE;
}

gboolean affect_flags(Shell *shell, const Arguments *arguments, virDomainPtr domain, unsigned int *flags)
{
    gboolean is_persistent = argument_flag(arguments, "persistent");
    gboolean is_live = argument_flag(arguments, "live") || (is_persistent && virDomainIsActive(domain) == 1);

    if (!exclude(shell, arguments, "persistent", "current") || !exclude(shell, arguments, "current", "live") ||
        !exclude(shell, arguments, "current", "config"))
        return FALSE;
    *flags |= is_persistent || argument_flag(arguments, "config") ? VIR_DOMAIN_AFFECT_CONFIG : 0;
    *flags |= is_live ? VIR_DOMAIN_AFFECT_LIVE : 0;
    return TRUE;
}
