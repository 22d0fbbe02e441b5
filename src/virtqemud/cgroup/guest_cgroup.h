/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest's control group, made for each run where the host has such, and what the definition holds it to there
 * (<cputune>, <memtune>, <blkiotune>). Where systemd has machines the group is that of one; else it is
 * PARTITION/qemu-ID-NAME.libvirt-qemu in each hierarchy. Nothing of it needs to be kept: the kernel tells the group of
 * a process.
 *
 * A host without control groups, a container where they cannot be written, or qemu.conf with an empty list of
 * controllers: guests start all the same, and what is not held to is logged. Except for quotas of CPU, which are
 * refused as by the peer.
 */
#pragma once

#include "conf/domain/domain_def.h"
#include "virtqemud/cgroup/cgroup.h"

/* Once, at the daemon's start. controllers: as in cgroup_host_new(). */
void guest_cgroup_init(const char *const *controllers);

/* Sets the partition of a definition that says none. For privileged daemons. */
void guest_cgroup_choose_partition(DomainDef *def);

/* Makes the run's group and moves the process, whose program has not begun yet, into it. run: "domain-5-guest". FALSE:
 * VIR_ERR_CONFIG_UNSUPPORTED, VIR_ERR_SYSTEM_ERROR. Blocks for some seconds at most; for jobs. */
gboolean guest_cgroup_enter(const DomainDef *def, const char *run, pid_t pid, GError **error);

/* Holds the threads of a QEMU that is up to what the definition says of them. For jobs. */
gboolean guest_cgroup_limit_threads(const DomainDef *def, pid_t pid, GError **error);

/* Removes the group of a run that has ended. partition: of its definition; NULL: the usual. */
void guest_cgroup_end(const char *partition, const char *run);

/* The group of a running guest, for what is changed or asked about it. NULL: VIR_ERR_OPERATION_INVALID, there is none
 * with that controller. Caller frees. */
Cgroup *guest_cgroup_find(pid_t pid, CgroupController controller, GError **error);

/* Holds a running guest to what is given from now on; see tuning_params.h. def tells of its threads. For jobs. */
gboolean guest_cgroup_change_cpu(const DomainDef *def, const CpuTune *given, pid_t pid, GError **error);
gboolean guest_cgroup_change_memory(const MemoryTune *given, pid_t pid, GError **error);
/* All of what tune says. */
gboolean guest_cgroup_change_blkio(const BlkioTune *tune, pid_t pid, GError **error);
