/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Processors that come to a guest that runs, or go. QEMU tells of each place for one (query-hotpluggable-cpus) by what
 * its topology calls it; the first free one is taken, and the last one that was plugged is given up. A processor that
 * is there from the start stays. A guest whose system does not let one go in time keeps it; when it goes later, or did
 * while no daemon was there, the document follows.
 */
#pragma once

#include "virtqemud/guest/guest.h"
#include "virtqemud/wire.h"

/*
 * Gives the guest that many processors, of VIR_DOMAIN_AFFECT_*, or VIR_DOMAIN_VCPU_MAXIMUM of them at most in its
 * definition. Defers the call. number is not 0. The call fails with VIR_ERR_INVALID_ARG, more than it may have, or
 * another number than its topology has; VIR_ERR_CONFIG_UNSUPPORTED, none of the processors can go;
 * VIR_ERR_OPERATION_TIMEOUT, the guest holds one; VIR_ERR_OPERATION_FAILED, it says that it does; or QEMU's error. What
 * has come or gone until then stays so.
 */
void vcpus_set(RpcCall *call, Guest *guest, guint number, guint flags);

/* QEMU says that a device has gone: a processor or another. For the loop. */
void vcpus_on_deleted(Guest *guest, const char *alias);

/* After a restart: places is QEMU's answer about them, or NULL. For the loop. */
void vcpus_adopt(Guest *guest, json_object *places);
