/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counters of disks, from QEMU's answer to query-blockstats. Pure. */
#pragma once

#include "common/json.h"

typedef struct {
    gint64 rd_operations, rd_bytes, rd_total_ns, wr_operations, wr_bytes, wr_total_ns, flush_operations, flush_total_ns;
} BlockStats;

/* The counters of the disk with this alias, or (NULL) the sum of all. FALSE: VIR_ERR_INTERNAL_ERROR, QEMU does not know
 * it. */
gboolean block_stats_read(json_object *reply, const char *alias, BlockStats *stats, GError **error);
