/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The processors that an emulator can give its guests. Never blocks, but for what host_cpu_get() does. */
#pragma once

#include "cpu/update.h"
#include "virtqemud/caps/emulator_caps.h"

/* All that a guest can be given here, as the emulator said. */
struct EmulatorHostCpu {
    CpuFacts facts;
    CpuSet migratable; /* those of its features that a guest may have who moves */
};

/*
 * The answers to query-cpu-model-expansion about the most that there is ("host", "max"): with what cannot move, and
 * without it. NULL: the emulator does not answer it. FALSE: VIR_ERR_INTERNAL_ERROR, an answer makes no sense.
 */
gboolean emulator_cpu_take(EmulatorCaps *caps, json_object *all, json_object *migratable, GError **error);
/* The same answers, short, for the cache on disk. */
void emulator_cpu_to_json(const EmulatorCaps *caps, json_object *document);

/* The properties in such an answer, or NULL; and those, empty, of one that is made for the cache. Borrowed. */
json_object *emulator_cpu_props(json_object *reply);
json_object *emulator_cpu_add_props(json_object *document, const char *name);

typedef enum {
    EMULATOR_CPU_REPORTED,   /* what clients are told */
    EMULATOR_CPU_MIGRATABLE, /* what guests are given */
    EMULATOR_CPU_FULL,       /* what requirements are checked against: with KVM, the host's own features too */
} EmulatorCpuKind;

/* The host's model; NULL: the emulator does not say, or none of its models will do. Free with cpu_free(). */
DomainCpu *emulator_cpu_host_model(const EmulatorCaps *caps, EmulatorCpuKind kind);

/* The features that the emulator gives to guests which stay only. */
CpuSet emulator_cpu_local(const EmulatorCaps *caps);

/* Which models may be chosen for its guests. Valid as long as caps. */
CpuChoice emulator_cpu_choice(const EmulatorCaps *caps);
