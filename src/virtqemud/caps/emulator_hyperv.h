/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hyper-V's enlightenments, and which of them an emulator can give its guests here. Never blocks. */
#pragma once

#include "conf/domain/machine/machine.h"
#include "virtqemud/caps/emulator_caps.h"

/* QEMU's property of a processor for the feature: "hv-vendor-id". Caller frees. */
char *hyperv_property(HypervFeature feature);

/*
 * An answer to query-cpu-model-expansion about a processor that has all of them (hv-passthrough), put into caps. NULL:
 * the emulator has none of them.
 */
void emulator_hyperv_take(EmulatorCaps *caps, json_object *reply);
/* The same answer, short, for the cache on disk. */
void emulator_hyperv_to_json(const EmulatorCaps *caps, json_object *document);

gboolean emulator_hyperv_has(const EmulatorCaps *caps, HypervFeature feature);
