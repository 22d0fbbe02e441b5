/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Models of x86 processors, with all their features. Made once, kept for good; thread-safe; never blocks. */
#pragma once

#include "cpu/feature.h"

typedef enum {
    CPU_MODEL_HOST = 1 << 0,  /* may be chosen to describe a host */
    CPU_MODEL_GUEST = 1 << 1, /* may be chosen for a guest */
} CpuModelUse;

/* A line of the table; model_table.c describes the columns. */
typedef struct {
    const char *name, *base, *vendor, *signatures;
    guint use;
    const char *features;
} CpuModelRow;

extern const CpuModelRow cpu_model_table[];
extern const guint cpu_model_rows;

/* Which processor it is, by the numbers of leaf 1. family 0: not known. */
typedef struct {
    guint family, model, stepping;
} CpuSignature;

typedef struct {
    guint family, model, stepping_min, stepping_max;
} CpuSignatureRange;

typedef struct {
    const char *name;
    const char *vendor; /* "Intel"; NULL: any */
    guint use;          /* CpuModelUse */
    GArray *signatures; /* CpuSignatureRange */
    CpuSet features;
    CpuSet gone; /* those that it once had */
} CpuModel;

/* All, in the order of the table. Borrowed; an array of cpu_model_rows. */
const CpuModel *cpu_models(void);
/* NULL: not known. Borrowed. */
const CpuModel *cpu_model_find(const char *name);
gboolean cpu_model_has_signature(const CpuModel *model, const CpuSignature *signature);

/* "AMD" for the processor's own "AuthenticAMD"; NULL: not known. Static. */
const char *cpu_vendor_of_id(const char *id);
/* And back. */
const char *cpu_vendor_id(const char *vendor);
