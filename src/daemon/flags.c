/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/flags.h"

#include "common/error.h"

gboolean flags_check(guint flags, guint known, int domain, const char *function, GError **error)
{
    if (!(flags & ~known))
        return TRUE;
    vir_error_set(error, domain, VIR_ERR_INVALID_ARG, "unsupported flags (0x%x) in function %s", flags & ~known,
                  function);
    return FALSE;
}
