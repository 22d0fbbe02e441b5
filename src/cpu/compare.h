/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one asks for against what there is, and what several have in common. Thread-safe; never blocks. */
#pragma once

#include <libvirt/libvirt.h>

#include "cpu/choose.h"
#include "cpu/document.h"

/*
 * Whether host gives what cpu asks for. host: a host's or a hypervisor's processor, by model; NULL or without a model
 * it gives nothing. must_fit: what does not fit is an error. Returns VIR_CPU_COMPARE_*; _ERROR with *error:
 * VIR_ERR_CPU_INCOMPATIBLE saying what does not fit, VIR_ERR_INTERNAL_ERROR for a model or feature that is not known.
 */
virCPUCompareResult cpu_compare(const DomainCpu *host, const CpuDocument *cpu, gboolean must_fit, GError **error);

/*
 * The most that guests can be given on each of several hosts: cpus are CpuDocument, choice says of which models,
 * without (or NULL) which features are not to be counted on. The result is a guest's <cpu>, to
 * be released with cpu_free(). NULL: VIR_ERR_INVALID_ARG for no documents or one without a model,
 * VIR_ERR_OPERATION_FAILED when they have nothing or not the vendor in common, VIR_ERR_INTERNAL_ERROR for what is not
 * known.
 */
DomainCpu *cpu_baseline(const GPtrArray *cpus, const CpuChoice *choice, const CpuSet *without, GError **error);

/* Adds all the features of cpu's model to its list, in alphabetical order. FALSE: VIR_ERR_INTERNAL_ERROR, the model is
 * not known. */
gboolean cpu_expand(DomainCpu *cpu, GError **error);
