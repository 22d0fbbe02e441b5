/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks one emulator what it can do: runs it without a machine and questions it by QMP. */
#pragma once

#include "virtqemud/caps/emulator_caps.h"

/*
 * Runs the emulator at path and asks. with_kvm: whether this host has a usable /dev/kvm. Blocks for as long as QEMU
 * takes (some 100 ms), at most PROBE_TIMEOUT_MS; not for the loop. NULL: VIR_ERR_SYSTEM_ERROR when it cannot be run,
 * VIR_ERR_INTERNAL_ERROR when it gives no answers, with what it wrote to its standard error.
 */
EmulatorCaps *probe_emulator(const char *path, gboolean with_kvm, GError **error);

#define PROBE_TIMEOUT_MS (30 * 1000)
