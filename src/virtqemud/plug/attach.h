/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A device is added to a guest: to its definition, to what runs, or to both. The definition is made and checked first
 * and written last. What runs gets, in this order: what the device needs of the host, a note in the state file, QEMU's
 * objects and the device itself; what fails takes back all before it, but for controllers that the device needed. A
 * daemon that is killed in between finds the note and asks QEMU how far it has come (unplug.h).
 */
#pragma once

#include "conf/domain/domain_device.h"
#include "virtqemud/wire.h"

/*
 * Defers call, queues a job of the guest's and answers when it is done. Takes what device has. flags
 * VIR_DOMAIN_AFFECT_*. The call fails with VIR_ERR_OPERATION_UNSUPPORTED (a kind that does not come and go),
 * VIR_ERR_OPERATION_INVALID (it is there already), VIR_ERR_INTERNAL_ERROR ("No more available PCI slots"; QEMU's
 * words), and what a start would say. For the loop.
 */
void attach_device(RpcCall *call, Guest *guest, DomainDevice *device, guint flags);
