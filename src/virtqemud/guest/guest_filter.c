/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/guest/guest_filter.h"

/* A question about a guest, and the flags that ask for yes or no. */
typedef struct {
    guint yes, no;
    gboolean (*is)(const Guest *guest);
} Filter;

static gboolean is_persistent(const Guest *guest)
{
    return guest->is_persistent;
}

static gboolean is_autostart(const Guest *guest)
{
    return guest->is_autostart;
}

static gboolean never(const Guest *guest)
{
    return FALSE;
}

static const Filter filters[] = {
    {VIR_CONNECT_LIST_DOMAINS_ACTIVE, VIR_CONNECT_LIST_DOMAINS_INACTIVE, guest_is_active},
    {VIR_CONNECT_LIST_DOMAINS_PERSISTENT, VIR_CONNECT_LIST_DOMAINS_TRANSIENT, is_persistent},
    {VIR_CONNECT_LIST_DOMAINS_AUTOSTART, VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART, is_autostart},
    /* There are none of these with this driver. */
    {VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE, VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE, never},
    {VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT, VIR_CONNECT_LIST_DOMAINS_NO_SNAPSHOT, never},
    {VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT, VIR_CONNECT_LIST_DOMAINS_NO_CHECKPOINT, never},
};

static guint state_flag(const Guest *guest)
{
    switch (guest_state_public(guest->state)) {
    case VIR_DOMAIN_RUNNING:
        return VIR_CONNECT_LIST_DOMAINS_RUNNING;
    case VIR_DOMAIN_PAUSED:
        return VIR_CONNECT_LIST_DOMAINS_PAUSED;
    case VIR_DOMAIN_SHUTOFF:
        return VIR_CONNECT_LIST_DOMAINS_SHUTOFF;
    default:
        return VIR_CONNECT_LIST_DOMAINS_OTHER;
    }
}

gboolean guest_filter_matches(const Guest *guest, guint flags)
{
    if (!flags)
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(filters); i++) {
        guint asked = flags & (filters[i].yes | filters[i].no);

        if (asked && !(asked & (filters[i].is(guest) ? filters[i].yes : filters[i].no)))
            return FALSE;
    }
    return !(flags & GUEST_FILTER_STATES) || (flags & state_flag(guest));
}
