/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VIR_CONNECT_LIST_DOMAINS_*: which guests a list is asked for. */
#pragma once

#include "virtqemud/guest/guest.h"

#define GUEST_FILTER_STATES                                                                                            \
    (VIR_CONNECT_LIST_DOMAINS_RUNNING | VIR_CONNECT_LIST_DOMAINS_PAUSED | VIR_CONNECT_LIST_DOMAINS_SHUTOFF |           \
     VIR_CONNECT_LIST_DOMAINS_OTHER)
/* All flags that lists can be asked with. */
#define GUEST_FILTER_FLAGS                                                                                             \
    (GUEST_FILTER_STATES | VIR_CONNECT_LIST_DOMAINS_ACTIVE | VIR_CONNECT_LIST_DOMAINS_INACTIVE |                       \
     VIR_CONNECT_LIST_DOMAINS_PERSISTENT | VIR_CONNECT_LIST_DOMAINS_TRANSIENT | VIR_CONNECT_LIST_DOMAINS_AUTOSTART |   \
     VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART | VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE |                                    \
     VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE | VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT |                                 \
     VIR_CONNECT_LIST_DOMAINS_NO_SNAPSHOT | VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT |                                  \
     VIR_CONNECT_LIST_DOMAINS_NO_CHECKPOINT)

/* Whether the guest is asked for: of each group of flags of which one is set, it must have one. */
gboolean guest_filter_matches(const Guest *guest, guint flags);
