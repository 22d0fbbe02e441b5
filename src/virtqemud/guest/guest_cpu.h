/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest's processor: what it is made of what was asked for, and what QEMU then gives. */
#pragma once

#include "virtqemud/driver.h"
#include "virtqemud/qmp/batch.h"

/*
 * Makes def's <cpu> what QEMU is to be told. caps: of its emulator. Not for the loop: the emulator may be asked about
 * guests without KVM. FALSE: as from cpu_settle(), or the emulator cannot be asked.
 */
gboolean guest_cpu_settle(DomainDef *def, EmulatorCaps *caps, GError **error);

/* Adds the questions about what the guest got; returns the index of the first. */
guint guest_cpu_ask(const DomainDef *def, QmpBatch *batch);

/*
 * Makes live's <cpu> what the answers say, and keeps what was asked for when that is something else. For the loop.
 * FALSE: VIR_ERR_OPERATION_FAILED, it was to be just what was asked for and is not; VIR_ERR_CONFIG_UNSUPPORTED, it
 * lacks the invariant counter that a guest relies on.
 */
gboolean guest_cpu_take(DomainDef *live, const QmpBatch *batch, guint first, GError **error);
