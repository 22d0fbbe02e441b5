/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an overlay says is below it, as a source. The name stands in the overlay's header and is QEMU's: a path, beside
 * the overlay when it is relative; a location, "nbd://host/export"; QEMU's older "nbd:host:port"; or "json:{...}".
 * (QEMU, docs/interop/qcow2.txt, qapi/block-core.json.) Names may be anybody's. No file is looked at. Thread-safe.
 */
#pragma once

#include "conf/domain/device/disk_source.h"

/*
 * Fills source, which is empty, from name in the header of the image at beside. A path becomes a source of type file;
 * whether it is a block device is for the caller to see. FALSE, with source to be cleared all the same:
 * VIR_ERR_CONFIG_UNSUPPORTED, it is nothing that a <source> can say.
 */
gboolean backing_name_parse(const char *name, const char *beside, DiskSource *source, GError **error);
