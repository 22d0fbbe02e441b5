/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a guest is held to by control groups, between the API's parameters and the definition's structs. Structs that
 * are made of parameters have only those members set that were given; a limit that is to be lifted is negative
 * (quotas), MEMORY_UNLIMITED_KIB (memory), or listed in a mask (devices). Pure.
 *
 * Errors of the functions that read: VIR_ERR_INVALID_ARG, a parameter is unknown, of another type or out of range.
 */
#pragma once

#include "conf/domain/machine/tuning.h"
#include "rpc/protocol/remote.h"
#include "virtqemud/params.h"

/* VIR_DOMAIN_SCHEDULER_*. */
#define TUNING_N_SCHEDULER 9
void tuning_scheduler_to_params(const CpuTune *tune, Params *params);
gboolean tuning_scheduler_from_params(const remote_typed_param *given, guint n_given, CpuTune *tune, GError **error);
void tuning_merge_scheduler(const CpuTune *given, CpuTune *tune);
/* Those that are given, as VIR_DOMAIN_TUNABLE_CPU_*. */
void tuning_scheduler_to_event(const CpuTune *given, Params *params);

/* VIR_DOMAIN_MEMORY_*. */
void tuning_memory_to_params(const MemoryTune *tune, Params *params);
gboolean tuning_memory_from_params(const remote_typed_param *given, guint n_given, MemoryTune *tune, GError **error);
/* FALSE: VIR_ERR_INVALID_ARG, the limits contradict each other. */
gboolean tuning_merge_memory(const MemoryTune *given, MemoryTune *tune, GError **error);

/* VIR_DOMAIN_BLKIO_*. Lists of devices are text: "PATH,NUMBER,PATH,NUMBER". */
void tuning_blkio_to_params(const BlkioTune *tune, Params *params);
/* Checks what is given and takes it over into tune. */
gboolean tuning_merge_blkio(const remote_typed_param *given, guint n_given, BlkioTune *tune, GError **error);
