/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * VIR_DOMAIN_STATS_*: a guest's numbers by groups, as virConnectGetAllDomainStats() gives them. From what is in memory
 * and in /proc; what QEMU counts must have been asked for before (counters.h). For the loop; never blocks.
 */
#pragma once

#include "virtqemud/guest/guest.h"
#include "virtqemud/params.h"
#include "virtqemud/storage/image_query.h"

/* All groups there are. */
guint bulk_stats_groups(void);

/* The kinds of counters that must be fresh for these groups: bits of CountersKind. */
guint bulk_stats_counters(guint groups);

/* What a call knows besides its guests. */
typedef struct {
    gboolean with_backing; /* each disk's chain too */
    ImageQuery *images;    /* of the guests that do not run; that has answered */
} BulkStatsMore;

/* Adds what there is of the guest in these groups. */
void bulk_stats_add(Params *params, Guest *guest, guint groups, const BulkStatsMore *more);
