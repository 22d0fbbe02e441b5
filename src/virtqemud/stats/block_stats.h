/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counters of disks, from QEMU's answers to query-blockstats and query-named-block-nodes. Pure. */
#pragma once

#include "common/json.h"

typedef struct {
    gint64 rd_operations, rd_bytes, rd_total_ns, wr_operations, wr_bytes, wr_total_ns, flush_operations, flush_total_ns;
    gint64 highest_offset; /* the end of what was written to the file below */
} BlockStats;

/* Whether an entry of QEMU's lists of drives is about the disk with this alias. It is named by its path in QEMU's tree
 * of objects, "/machine/peripheral/ALIAS" with or without something behind it; an empty drive by its alias alone. */
gboolean block_stats_is_about(json_object *entry, const char *alias);

/* The counters of the disk with this alias, or (NULL) the sum of all. FALSE: VIR_ERR_INTERNAL_ERROR, QEMU does not know
 * it. */
gboolean block_stats_read(json_object *reply, const char *alias, BlockStats *stats, GError **error);

/* Sizes in bytes: what the guest sees, what the file takes on its disk. */
typedef struct {
    guint64 capacity, physical;
} ImageStats;

/* The image behind the node of the format, numbered index (DiskDef.source_index). FALSE: QEMU does not tell of it. */
gboolean image_stats_read(json_object *reply, guint index, ImageStats *stats);
