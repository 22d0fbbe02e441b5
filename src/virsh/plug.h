/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Giving a domain a device, and taking one away. */
#pragma once

#include "virsh/affect.h"

/* For the option lists of commands that do. */
#define OPTIONS_PLUG     OPTION_PERSISTENT, OPTIONS_AFFECT
#define OPTION_PRINT_XML FLAG("print-xml", "print what would be sent, and change nothing")

/* With --print-xml: shows what would be sent, and TRUE. */
gboolean plug_is_shown(const Arguments *arguments, const char *xml);

typedef enum { PLUG_IN, PLUG_OUT } PlugWay;

/*
 * Sends the device's document. Without flags and without --current it is about a guest that runs, which older daemons
 * know, too. FALSE: reported by the library, not yet shown.
 */
gboolean plug_send(const Arguments *arguments, virDomainPtr domain, PlugWay way, const char *xml, unsigned int flags);
