/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What jobs have in common that change the devices of a guest that runs. */
#pragma once

#include "virtqemud/guest/guest.h"

/*
 * Writes into the guest's state file what will run, before QEMU is told of it: a daemon that is killed meanwhile leaves
 * word of all that there may be. full is the job's and stays guest->plugging until the job, on the loop, takes it from
 * there. Waits for the loop; for jobs' threads. FALSE: VIR_ERR_OPERATION_INVALID (the guest has ended),
 * VIR_ERR_SYSTEM_ERROR.
 */
gboolean plug_note(Guest *guest, DomainDef *full, GError **error);

/* Gives the device of info, which is def's, its place in the boot order, which was another one. Blocks; for jobs.
 * FALSE: VIR_ERR_CONFIG_UNSUPPORTED (the guest's order is one of kinds of devices), QEMU's error. */
gboolean plug_set_boot_order(Qmp *qmp, const DomainDef *def, const DeviceInfo *info, guint before, GError **error);
