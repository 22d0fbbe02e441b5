/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The limits of a drive, between libvirt's parameters and QEMU's. Pure. */
#pragma once

#include "conf/domain/device/disk.h"
#include "rpc/protocol/remote.h"
#include "virtqemud/params.h"
#include "virtqemud/qmp/batch.h"

/* Arguments of QEMU's block_set_io_throttle for a drive; the caller releases them. Limits of 0 are lifted. */
json_object *iotune_to_qmp(const DiskDef *disk, const DiskIoTune *tune);

/* Adds to the batch what the disk's document says. */
void iotune_add(QmpBatch *batch, const DiskDef *disk);

/* The limits that QEMU says (query-block) the drive has; group_name is to be freed. FALSE: VIR_ERR_INTERNAL_ERROR, QEMU
 * does not know it. */
gboolean iotune_from_qmp(json_object *drives, const DiskDef *disk, DiskIoTune *tune, GError **error);

/* All of them, in libvirt's order. */
void iotune_to_params(const DiskIoTune *tune, Params *params);

/* What was given (iotune_from_params), as VIR_DOMAIN_TUNABLE_BLKDEV_*. */
void iotune_to_event(json_object *given, Params *params);

/* Parameters as one object, which the caller releases. NULL: VIR_ERR_INVALID_ARG, one is unknown or of another
 * type; VIR_ERR_ARGUMENT_UNSUPPORTED, it is more than QEMU can count. */
json_object *iotune_from_params(const remote_typed_param *given, guint n_given, GError **error);

/*
 * Takes over what is given (iotune_from_params) into tune: of limits that belong together (bytes, requests, their
 * bursts) all are replaced when one is. FALSE: VIR_ERR_INVALID_ARG, they contradict each other;
 * VIR_ERR_CONFIG_UNSUPPORTED, a burst without a limit.
 */
gboolean iotune_merge(json_object *given, DiskIoTune *tune, GError **error);
