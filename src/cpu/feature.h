/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Features of x86 processors, and sets of them. Features are told by their place in the table. Thread-safe; never
 * blocks. */
#pragma once

#include <glib.h>

typedef enum { CPU_EAX, CPU_EBX, CPU_ECX, CPU_EDX } CpuRegister;

/* Where a feature is said: a bit of what CPUID answers, or of a model-specific register. */
typedef struct {
    const char *name; /* libvirt's; feature_qemu_name() is QEMU's */
    gboolean is_msr;
    guint32 leaf; /* or the number of the register */
    guint32 subleaf;
    CpuRegister reg; /* of CPUID's */
    guint bit;
    gboolean is_local; /* a guest that has it cannot move to another host */
} CpuFeatureRow;

/* The table, in the order in which features are listed to clients. At most CPU_FEATURES_MAX. */
extern const CpuFeatureRow cpu_feature_table[];
extern const guint cpu_feature_count;

#define CPU_FEATURES_MAX 256
#define CPU_SET_WORDS    (CPU_FEATURES_MAX / 64)

typedef struct {
    guint64 words[CPU_SET_WORDS];
} CpuSet;

/* The number of a feature by libvirt's name, or by QEMU's, which may be written with '-' or '_'; -1: not known. */
int cpu_feature_find(const char *name);
int cpu_feature_find_qemu(const char *name);

/* QEMU's name of a feature, which need not be in the table. Caller frees. */
char *cpu_feature_qemu_name(const char *name);

void cpu_set_add(CpuSet *set, guint feature);
void cpu_set_remove(CpuSet *set, guint feature);
gboolean cpu_set_has(const CpuSet *set, guint feature);
gboolean cpu_set_is_empty(const CpuSet *set);
/* Whether all of part is in whole. */
void cpu_set_subtract(CpuSet *set, const CpuSet *other);
void cpu_set_intersect(CpuSet *set, const CpuSet *other);

/* The features that cannot move to another host. */
const CpuSet *cpu_set_local(void);

/* "sse, sse2": the names in the table's order, separator between them. Caller frees. */
char *cpu_set_names(const CpuSet *set, const char *separator);
