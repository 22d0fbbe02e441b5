/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest's <cpu> at its start: from what was asked for to what the hypervisor is told, and afterwards to what the
 * guest has. Thread-safe; never blocks. Specification: libvirt's, by its answers. */
#pragma once

#include "cpu/compare.h"

/* The hypervisor that a guest is started with. */
typedef struct {
    const DomainCpu *host_model; /* what it can give guests that may move; NULL: not known */
    const DomainCpu *host;       /* what requirements are checked against; NULL: not known */
    const DomainCpu *forced;     /* what it gives whether asked or not; NULL: nothing to speak of */
    CpuChoice choice;            /* its models */
    /* Whether it says itself that a model can be given whole; NULL: it says nothing. data is choice's. */
    gboolean (*is_usable)(const char *name, gpointer data);
} CpuTarget;

/*
 * Makes cpu say what the hypervisor is to be told: a host's model becomes a model with features, a model that the
 * hypervisor lacks the next one, optional features are there or not. A <cpu> that names no model stays as it is.
 * FALSE: VIR_ERR_CPU_INCOMPATIBLE, the host lacks what must be checked; VIR_ERR_CONFIG_UNSUPPORTED, the hypervisor
 * lacks the model and no other may be taken, or the host's is not known; VIR_ERR_INTERNAL_ERROR for what is not known.
 */
gboolean cpu_settle(DomainCpu *cpu, const CpuTarget *target, GError **error);

/*
 * Makes cpu say what the guest has: has are the features that the hypervisor gives it, lacks those that it could not
 * give although it was told to. FALSE: VIR_ERR_OPERATION_FAILED, it is to be checked in full and differs.
 */
gboolean cpu_take_live(DomainCpu *cpu, const CpuSet *has, const CpuSet *lacks, GError **error);
