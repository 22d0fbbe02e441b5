/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A disk of a guest becomes what a document says: in the definition anything but its target; of what runs the medium of
 * a drive that has one, and the place in the boot order. A medium is changed so that the old one is in its drive again
 * when the new one cannot be had. For the loop but where it says otherwise.
 */
#pragma once

#include "conf/domain/domain_device.h"
#include "virtqemud/wire.h"

/*
 * Takes document. flags VIR_DOMAIN_AFFECT_* and VIR_DOMAIN_DEVICE_MODIFY_FORCE, with which a guest is not asked whether
 * its drive may be opened. Defers call, queues a job of the guest's and answers when it is done. The call fails with
 * VIR_ERR_INVALID_ARG or VIR_ERR_INTERNAL_ERROR (there is no such target), VIR_ERR_OPERATION_UNSUPPORTED (naming what
 * cannot be changed while the guest runs), VIR_ERR_CONFIG_UNSUPPORTED (the medium of a drive that keeps it),
 * VIR_ERR_OPERATION_FAILED (the guest holds its drive closed), and what a start would say of a disk.
 */
void disk_change(RpcCall *call, Guest *guest, DiskDef *document, guint flags);

/* Whether adding the device to what runs is meant to fill a drive that is there. */
gboolean disk_change_is_medium(Guest *guest, const DomainDevice *device, guint flags);

/* What QEMU has in its drives (query-block), after a restart. answer may be NULL. */
void disk_change_adopt(DomainDef *live, json_object *answer);

/* Has QEMU drop nodes (query-named-block-nodes) of media that no drive got; after disk_change_adopt(). */
void disk_change_sweep(Guest *guest, json_object *nodes);
