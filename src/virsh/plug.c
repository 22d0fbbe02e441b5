/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virsh/plug.h"

gboolean plug_is_shown(const Arguments *arguments, const char *xml)
{
    if (!argument_flag(arguments, "print-xml"))
        return FALSE;
    print_document(argument_output(arguments), xml);
    return TRUE;
}

gboolean plug_send(const Arguments *arguments, virDomainPtr domain, PlugWay way, const char *xml, unsigned int flags)
{
    if (flags || argument_flag(arguments, "current"))
        return (way == PLUG_IN ? virDomainAttachDeviceFlags(domain, xml, flags)
                               : virDomainDetachDeviceFlags(domain, xml, flags)) == 0;
    return (way == PLUG_IN ? virDomainAttachDevice(domain, xml) : virDomainDetachDevice(domain, xml)) == 0;
}
