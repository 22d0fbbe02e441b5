/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A running guest's VNC server comes to listen elsewhere, while its viewers stay: new sockets are bound, handed to QEMU
 * (display-update, QEMU 7.1) and only then are the old ones given up. What cannot be bound leaves all as it was.
 */
#pragma once

#include "virtqemud/guest/guest.h"

/* error is NULL when the server listens where it should; borrowed. */
typedef void (*GraphicsMoved)(Guest *guest, const GError *error, gpointer data);

/*
 * Queues a job on the guest: its screen of this index is to be served where wanted (taken) says; wanted NULL: where its
 * own <listen>s lead to now. The port stays where it can. Publishes the new live definition and tells clients that it
 * is another one. done (or NULL) is called on the loop. Errors: VIR_ERR_OPERATION_INVALID (the guest does not run),
 * VIR_ERR_OPERATION_UNSUPPORTED (not a VNC server), the network's, VIR_ERR_SYSTEM_ERROR (an address or port cannot be
 * used), QEMU's. For the loop.
 */
void graphics_move(Guest *guest, guint index, GraphicsDef *wanted, GraphicsMoved done, gpointer data);
