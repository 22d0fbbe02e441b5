/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Flags of calls, as adapters look at them. Thread-safe; never blocks. */
#pragma once

#include <glib.h>

/* FALSE: VIR_ERR_INVALID_ARG of domain, when flags has others than the known ones. */
gboolean flags_check(guint flags, guint known, int domain, const char *function, GError **error);

/* For filters of lists: group are flags of which each object has one, own. None or all of them given take all. */
static inline gboolean flags_pass(guint flags, guint group, guint own)
{
    return !(flags & group) || (flags & own);
}
