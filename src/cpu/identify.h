/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a processor says of itself: CPUID's leaves and model-specific registers. Thread-safe; never blocks. */
#pragma once

#include "cpu/choose.h"

/* Who answers. cpuid fills EAX, EBX, ECX, EDX; msr gives FALSE for a register that cannot be read, and may be NULL. */
typedef struct {
    void (*cpuid)(guint32 leaf, guint32 subleaf, guint32 answer[4], gpointer data);
    gboolean (*msr)(guint32 number, guint64 *value, gpointer data);
    gpointer data;
} CpuSource;

/* The processor that runs this. Registers are read from /dev/cpu/0/msr or, those that KVM gives to guests, from
 * /dev/kvm. */
extern const CpuSource cpu_source_here;

/* Asks for all that the table of features is about. Features that a source says nothing of are not there. */
void cpu_facts_read(CpuFacts *facts, const CpuSource *source);
