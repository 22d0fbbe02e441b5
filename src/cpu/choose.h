/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From what a processor can to the model that says it best, and from a document back to features. Thread-safe; never
 * blocks. Specification: libvirt's, by its answers. */
#pragma once

#include "conf/domain/machine/machine.h"
#include "cpu/model.h"

/* A processor, real or a hypervisor's. */
typedef struct {
    CpuSet features;
    const char *vendor;     /* "AMD"; NULL: not known. Static */
    CpuSignature signature; /* family 0: not known */
} CpuFacts;

/* What of the models may be chosen. */
typedef struct {
    CpuModelUse use;
    const char *preferred;  /* taken when it may be, whatever it costs; or NULL */
    gboolean is_migratable; /* features that cannot move are left out */
    gboolean may_fall_back; /* a preferred model that the hypervisor lacks is passed over */
    /* Whether the hypervisor has the model. blockers (borrowed, or NULL) is set to features that its own version of the
     * model has and it cannot give. NULL: all may be chosen. */
    gboolean (*has_model)(const char *name, char *const **blockers, gpointer data);
    gpointer data;
} CpuChoice;

/*
 * Sets cpu's model, vendor and features to those that say facts: in features what is more (require) and what is less
 * (disable) than the model. For a host only models are chosen of which nothing is missing. FALSE with nothing changed:
 * VIR_ERR_INTERNAL_ERROR when no model will do, VIR_ERR_CONFIG_UNSUPPORTED when the preferred one is not there.
 */
gboolean cpu_choose_model(DomainCpu *cpu, const CpuFacts *facts, const CpuChoice *choice, GError **error);

/* The features of a model together with those a document lists. */
typedef enum {
    CPU_PICK_ALL, /* what such a processor has: the model's, with those that are forced or required, without others */
    CPU_PICK_FORCE,
    CPU_PICK_REQUIRE, /* the model's too */
    CPU_PICK_OPTIONAL,
    CPU_PICK_DISABLE,
    CPU_PICK_FORBID,
} CpuPick;

/* Sets set to what cpu says. FALSE: VIR_ERR_INTERNAL_ERROR for a model or feature that is not known. */
gboolean cpu_features_of(CpuSet *set, const DomainCpu *cpu, CpuPick pick, GError **error);

/* Appends the features of a set to the list, in the table's order. */
void cpu_append_features(DomainCpu *cpu, const CpuSet *set, CpuFeaturePolicy policy);
