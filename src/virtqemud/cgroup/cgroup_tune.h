/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a control group holds its processes to, in the units of the API, of either version. Errors as in cgroup.h;
 * VIR_ERR_INVALID_ARG: a path is none of a block device. For any thread.
 */
#pragma once

#include "conf/domain/machine/tuning.h"
#include "virtqemud/cgroup/cgroup.h"

/* Version 2 takes up to 10,000; more counts as that. */
gboolean cgroup_set_shares(const Cgroup *group, guint64 shares, GError **error);
gboolean cgroup_get_shares(const Cgroup *group, unsigned long long *shares, GError **error);

/* What is not said stays as it is. */
gboolean cgroup_set_bandwidth(const Cgroup *group, const CpuBandwidth *bandwidth, GError **error);
/* A quota without limit is -1. */
gboolean cgroup_get_bandwidth(const Cgroup *group, CpuBandwidth *bandwidth, GError **error);

/* What is not said stays as it is. MEMORY_UNLIMITED_KIB lifts a limit. */
gboolean cgroup_set_memory(const Cgroup *group, const MemoryTune *tune, GError **error);
gboolean cgroup_get_memory(const Cgroup *group, MemoryTune *tune, GError **error);

gboolean cgroup_set_blkio_weight(const Cgroup *group, guint weight, GError **error);
/* FALSE without an error: this kernel has none. */
gboolean cgroup_get_blkio_weight(const Cgroup *group, guint *weight, GError **error);
/* All limits of a device; those of 0 are lifted, the weight stays then. */
gboolean cgroup_set_blkio_device(const Cgroup *group, const BlkioDevice *device, GError **error);

typedef struct {
    guint64 cpu_ns, user_ns, system_ns;
} CgroupUsage;
gboolean cgroup_get_usage(const Cgroup *group, CgroupUsage *usage, GError **error);
/* What was used of each of the host's CPUs, in ns: guint64. Version 2 does not know: VIR_ERR_OPERATION_UNSUPPORTED.
 * Caller unrefs. */
GArray *cgroup_get_usage_by_cpu(const Cgroup *group, GError **error);
