/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The processor of this host, as clients are told of it. */
#pragma once

#include "cpu/choose.h"

typedef struct {
    CpuFacts facts;
    DomainCpu *cpu;      /* model, vendor, features; NULL: none of the models will do */
    guint microcode;     /* 0: not known */
    guint physaddr_bits; /* 0: not known */
    guint64 tsc_hz;      /* 0: its counter's speed may change, or is not known */
    gboolean has_tsc_scaling;
} HostCpu;

/* Reads it when first asked, some milliseconds where KVM is asked for the counter's speed; then it is there for good.
 * Thread-safe. */
const HostCpu *host_cpu_get(void);

/* What answers of emulators about processors hang on: the processor, its microcode, the kernel. Static. */
const char *host_cpu_stamp(void);
