/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The documents that describe host and emulators to clients: <capabilities> and <domainCapabilities>. Never block. */
#pragma once

#include "virtqemud/caps/emulator_caps.h"

/* An architecture of guests, and the emulator that runs them, which may run others too. */
typedef struct {
    const char *arch;
    EmulatorCaps *caps;
} CapsGuest;

/* Caller frees. */
char *caps_xml_host(const CapsGuest *guests, guint n_guests);

/* What guests of one kind can have. virt_type "kvm" or "qemu"; firmware: the images there are (firmware.h). Caller
 * frees. */
char *caps_xml_domain(const EmulatorCaps *caps, const EmulatorMachine *machine, const char *arch, const char *virt_type,
                      const GPtrArray *firmware);
