/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A message bus of a guest's own, for a display that is served by D-Bus and names no bus: a dbus-daemon per run, whose
 * socket and configuration are files in the state directory that are named after the run ("domain-5-guest"). It
 * outlives this daemon as the guest does, and ends with the run.
 */
#pragma once

#include "conf/domain/domain_def.h"

/* Fills in where the displays of def without an address are to be found. Never blocks. */
void dbus_host_choose_addresses(DomainDef *def, const char *run);

/*
 * Chooses addresses and starts the bus if a display needs it; one of this run that is there already is used again.
 * Blocks until the bus answers; for jobs. FALSE: VIR_ERR_CONFIG_UNSUPPORTED without a dbus-daemon, VIR_ERR_SYSTEM_ERROR
 * or VIR_ERR_INTERNAL_ERROR when it does not come up.
 */
gboolean dbus_host_start(DomainDef *def, const char *run, GError **error);

/* Removes the files of a run's bus, if it had one; the bus ends with the run's other helpers. For the loop. */
void dbus_host_remove(const char *run);
