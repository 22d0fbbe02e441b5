/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CONNECT_SET_IDENTITY: whom a client speaks for. */
#pragma once

#include "daemon/call.h"
#include "rpc/remote_calls.h"

/*
 * Taken from a peer that could do anything anyway: root, or the user this daemon runs as. It changes what access checks
 * see and nothing else: a read-only connection stays one. FALSE: VIR_ERR_ACCESS_DENIED, VIR_ERR_INVALID_ARG.
 */
gboolean remote_set_identity(RpcCall *call, const remote_connect_set_identity_args *args, GError **error);
