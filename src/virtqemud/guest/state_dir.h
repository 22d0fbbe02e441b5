/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The state files of what runs: one document per guest, replaced as a whole, on a file system that ends with the
 * machine as the guests do; so nothing is synced and the loop may write them. From them the next daemon finds its
 * guests.
 */
#pragma once

#include "virtqemud/guest/guest.h"

/* Writes the guest's file, which must have a process and a live definition; a device that is being plugged in is in it
 * already, so that the next daemon knows what there may be. FALSE: VIR_ERR_SYSTEM_ERROR; the guest
 * would be lost with this daemon, or its state be an older one. */
gboolean state_dir_write(Guest *guest, GError **error);

/* The same where nothing else can be done about a failure: it is logged. */
void state_dir_save(Guest *guest);

/* Removes the guest's file, and the directory of this run; gives back the files it used. */
void state_dir_remove(Guest *guest);

/* The name of a run whose directory is dir: "domain-5-guest". Borrowed. */
const char *state_dir_run_name(const char *dir);

/* Removes the directory of a run that came to nothing, and gives back the files it used. partition: of its control
 * group; NULL: the usual. */
void state_dir_remove_run(const char *dir, const char *partition);

/* Finds again what runs: takes processes, connects monitors, asks QEMU for its present state. A guest whose QEMU is
 * gone is reported as such. Definitions must be loaded before. */
void state_dir_load(void);
