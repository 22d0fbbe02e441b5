/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices on their way out of a guest that runs. QEMU is told to remove one, the guest's own system lets go of it or
 * does not, now or some day, and only when QEMU says that it is gone is what was behind it taken away and the live
 * document changed. The job that asked waits for that for a while; later, or after a restart of the daemon, it is a job
 * of its own. For the loop but for where it says otherwise.
 */
#pragma once

#include "conf/domain/domain_device.h"
#include "virtqemud/guest/guest.h"

/* How long a caller waits for the guest. */
#define UNPLUG_WAIT_MS (5 * 1000)

/* Begins to watch for the end of the guest's device. Release with unplug_free(), also when it is over;
 * what ends in between is seen to. */
Unplug *unplug_new(Guest *guest, const char *alias);
void unplug_free(Unplug *unplug);

typedef enum { UNPLUG_PENDING, UNPLUG_GONE, UNPLUG_REJECTED, UNPLUG_ENDED } UnplugState;

/* Tells QEMU to remove the device, and waits up to wait_ms for what comes of it. def: a copy of what runs, to find what
 * was behind it. PENDING and GONE are successes; FALSE: QEMU's error, or VIR_ERR_OPERATION_FAILED, the guest refuses or
 * has ended meanwhile. For the job's thread; blocks. */
gboolean unplug_run(Unplug *unplug, const DomainDef *def, Qmp *qmp, guint wait_ms, GError **error);

/* What it is called. Borrowed. */
const char *unplug_alias(const Unplug *unplug);

/* After it, on the same thread: whether the device is gone. */
gboolean unplug_is_over(const Unplug *unplug);

/* After it: publishes that a device is gone, when it is. */
void unplug_publish(Unplug *unplug);

/* QEMU says that the device is gone, or that the guest would not let it go. */
void unplug_on_deleted(Guest *guest, const char *alias);
void unplug_on_rejected(Guest *guest, const char *alias);

/* The guest has ended: nobody has to wait for its devices. */
void unplug_on_end(Guest *guest);

/* After a restart: names are those of QEMU's devices (qom-list of /machine/peripheral); what it has not any more goes,
 * as does one that was on its way in. */
void unplug_adopt(Guest *guest, json_object *names);
