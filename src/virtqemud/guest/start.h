/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Starting a guest: the job that makes a QEMU of a definition. For the loop. */
#pragma once

#include "virtqemud/guest/guest.h"

/* Told on the loop how it went; error is NULL when the guest runs (or stands still, as asked). */
typedef void (*StartDone)(Guest *guest, const GError *error, gpointer data);

/*
 * Queues the start. def: what to start, taken; NULL for the guest's own definition. flags VIR_DOMAIN_START_*. client
 * (or NULL) is whose end will be the guest's with VIR_DOMAIN_START_AUTODESTROY. done gets, among others,
 * VIR_ERR_OPERATION_INVALID when the guest runs already, and what its networks, disks or QEMU have against it.
 */
void start_guest(Guest *guest, DomainDef *def, guint flags, DaemonClient *client, StartDone done, gpointer data);

/* The directory of a run of def, by its id. Caller frees. */
char *start_run_dir(const DomainDef *def);
