/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What QEMU says by itself, and what becomes of it: moves of the guest and events to clients. */
#pragma once

#include "virtqemud/qmp/qmp.h"

/* Of every guest's monitor; the owner is the Guest. */
extern const QmpListener qemu_events_listener;
