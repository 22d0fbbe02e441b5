/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the kernel's KVM counts of a guest and of each of its processors, as QEMU tells it (query-stats). The names and
 * kinds of the counters are the kernel's: they are learned while the daemon runs. For the loop; never blocks.
 */
#pragma once

#include "common/json.h"

typedef struct {
    const char *field; /* "exits.sum": its name, and how it counts; stays for good */
    guint64 value;
    gboolean is_switch; /* value is 0 or 1 */
} KvmStat;

/* Of one guest. */
typedef struct KvmStats KvmStats;
KvmStats *kvm_stats_new(void);
/* NULL is fine. */
void kvm_stats_free(KvmStats *stats);

/* Whether the kinds of all counters that were told so far are known. */
gboolean kvm_stats_are_learned(void);
/* An answer to query-stats-schemas. */
void kvm_stats_learn(json_object *answer);

/* Answers to query-cpus-fast, and to query-stats of the targets "vm" and "vcpu". Those of processors need the first. */
void kvm_stats_take_cpus(KvmStats *stats, json_object *answer);
void kvm_stats_take_vm(KvmStats *stats, json_object *answer);
void kvm_stats_take_vcpus(KvmStats *stats, json_object *answer);

/* What was taken last, of KvmStat; NULL: nothing. Borrowed until the next answer. */
const GArray *kvm_stats_vm(const KvmStats *stats);
const GArray *kvm_stats_vcpu(const KvmStats *stats, guint number);
