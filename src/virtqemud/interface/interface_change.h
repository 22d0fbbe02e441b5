/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes to an interface of a guest, of what runs, of the definition, or of both. While a guest runs its cable can be
 * plugged in and out, its limits, its VLANs and its place in the boot order be changed, and it can be moved to another
 * network or bridge. Each defers call, queues a job of the guest's and answers when it is
 * done. For the loop.
 */
#pragma once

#include "virtqemud/wire.h"

/* Makes the interface what document says, which it takes; found by its MAC. flags VIR_DOMAIN_AFFECT_*. The call fails
 * with VIR_ERR_DEVICE_MISSING, VIR_ERR_OPERATION_UNSUPPORTED (naming what cannot be changed), what the new network or
 * bridge answers (the card being where it was), or what the document's checks say. */
void interface_change_update(RpcCall *call, Guest *guest, InterfaceDef *document, guint flags);

/* Replaces the sides (to the guest, from it) that limits has, which it takes; zero is no limit. device: name on the
 * host, or MAC. VIR_ERR_INVALID_ARG: there is none. */
void interface_change_limits(RpcCall *call, Guest *guest, const char *device, Bandwidth *limits, guint flags);
