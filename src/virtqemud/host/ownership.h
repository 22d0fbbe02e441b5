/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The files that a guest uses belong to QEMU's user while it runs, and to whom they belonged before afterwards. Who
 * that was is written down before anything is changed, in a record per run that only the daemon can write, so that a
 * daemon that is started again knows it too. A file that several guests use goes back with the last of them.
 *
 * Nothing is done when QEMU runs as the daemon's own user, or when qemu.conf has dynamic_ownership = 0.
 */
#pragma once

#include "conf/domain/domain_def.h"

/* For a run that begins. run is its name ("domain-5-guest"). FALSE: VIR_ERR_SYSTEM_ERROR; what was changed is to be
 * given back nevertheless. Blocks; for jobs. */
gboolean ownership_take(const DomainDef *def, const char *run, GError **error);

/* The same for a run that goes on, and gets devices: def has these alone. */
gboolean ownership_take_more(const DomainDef *def, const char *run, GError **error);

/* Gives back the files of devices that the run has no more, unless others of its own use them: def has these alone.
 * Returns at once; a worker does it. For the loop. */
void ownership_give_back_some(const DomainDef *def, const char *run);

/* For a run that has ended, or never got so far; a second time it does nothing. Returns at once; a worker does it. For
 * the loop. */
void ownership_give_back(const char *run);

/* For a run that was found again: what its record says. For the loop, before there are jobs. */
void ownership_adopt(const char *run);

/* Goes on with what the last daemon was giving back when it ended. For the loop, before there are jobs. */
void ownership_finish(void);

/* Gives a file or directory of the daemon's own making to QEMU's user. FALSE: VIR_ERR_SYSTEM_ERROR. */
gboolean ownership_hand_over(const char *path, GError **error);
