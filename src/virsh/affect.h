/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a command is about what runs, what is defined, or whichever there is. */
#pragma once

#include "virsh/command.h"

/* For the option lists of such commands; those with --persistent have that beside. */
#define OPTIONS_AFFECT                                                                                                 \
    FLAG("config", "of what is defined"), FLAG("live", "of what runs"),                                                \
        FLAG("current", "of what runs, or else of what is defined")

#define OPTION_PERSISTENT FLAG("persistent", "of what is defined, and of what runs if it does")

/* FALSE: two of the options, which end with NULL, were given; reported. */
gboolean affect_exclude(Shell *shell, const Arguments *arguments, const char *const *options);

/*
 * Adds the VIR_DOMAIN_AFFECT_* flags, VIR_NETWORK_UPDATE_AFFECT_* have the same numbers. domain is asked for
 * --persistent; NULL for commands without. FALSE: the options exclude each other, reported.
 */
gboolean affect_flags(Shell *shell, const Arguments *arguments, virDomainPtr domain, unsigned int *flags);
