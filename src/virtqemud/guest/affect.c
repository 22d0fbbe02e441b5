/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/guest/affect.h"

#include "common/error.h"

gboolean affect_which(Guest *guest, guint flags, gboolean *is_live, gboolean *is_config, GError **error)
{
    gboolean is_active = guest_is_active(guest);

    *is_live = (flags & VIR_DOMAIN_AFFECT_LIVE) || (!(flags & AFFECT_FLAGS) && is_active);
    *is_config = (flags & VIR_DOMAIN_AFFECT_CONFIG) || (!(flags & AFFECT_FLAGS) && !is_active);
    if (*is_live && !guest_check_active(guest, error))
        return FALSE;
    if (*is_config && !guest->is_persistent) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID,
                      "transient domains do not have any persistent config");
        return FALSE;
    }
    return TRUE;
}

const DomainDef *affect_one(Guest *guest, guint flags, GError **error)
{
    gboolean is_live, is_config;

    if ((flags & AFFECT_FLAGS) == AFFECT_FLAGS) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "cannot ask about live and persistent state at once");
        return NULL;
    }
    if (!affect_which(guest, flags, &is_live, &is_config, error))
        return NULL;
    return is_live ? guest->live : guest->def;
}
