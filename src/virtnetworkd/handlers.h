/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every call that virtnetworkd answers. The handlers are in network_rpc.c and listen_rpc.c. */
#pragma once

#include "rpc/listen_calls.h"
#include "rpc/remote_calls.h"

extern const RemoteHandlers network_handlers;
extern const ListenHandlers listen_handlers;
