/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A device is taken from a guest: from its definition, from what runs, or from both. While a guest runs it has a say:
 * one that has not let go after UNPLUG_WAIT_MS keeps the device until it does, and the call has succeeded all the same.
 * Each defers call, queues a job of the guest's and answers when it is done. For the loop.
 */
#pragma once

#include "conf/domain/domain_device.h"
#include "virtqemud/wire.h"

/* The device that is like this one, whose contents it takes; plug_find() tells which that is. flags
 * VIR_DOMAIN_AFFECT_*. The call fails as plug_find(), plug_can_detach() and unplug_run(). */
void detach_device(RpcCall *call, Guest *guest, DomainDevice *like, guint flags);

/* The device with that alias. QEMU is told and nothing is waited for. VIR_ERR_INTERNAL_ERROR: there is none. */
void detach_alias(RpcCall *call, Guest *guest, const char *alias, guint flags);
