/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Guests that an earlier daemon started. For the loop. */
#pragma once

#include "conf/domain/domain_status.h"
#include "virtqemud/guest/guest.h"

/* What a state file says. */
typedef struct {
    DomainDef *def;
    DomainStatus status;
    guint64 start_time;
    char *dir;
    gboolean is_published, is_persistent;
    int stop_reason;
    GuestMessages messages;
} StatusRecord;

/*
 * Takes over the guest of a state file (and what the record owns). When its process lives, its state is that of the
 * file until QEMU has told its own; when not, it is reported as ended. One that had not been started to the end is
 * ended.
 */
void adopt_guest(StatusRecord *record);

/* Asks QEMU for the guest's present state, and makes the move that leads there. Needs a monitor. */
void adopt_ask_status(Guest *guest);
