/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The process's event loop as the library uses it: whichever functions the application registered, or the library's own
 * implementation (client/default_loop.c).
 */
#pragma once

#include "rpc/rpc_client.h"

/* The registered loop, or NULL while there is none. */
const RpcLoop *event_loop(void);

/* The library's own loop: functions as of an RpcLoop, and one turn of it. */
extern const RpcLoop default_loop;

/* Makes the loop ready. Idempotent. FALSE: VIR_ERR_SYSTEM_ERROR. */
gboolean default_loop_init(GError **error);

/* Waits until something is due and calls what is. For one thread at a time. FALSE: VIR_ERR_SYSTEM_ERROR. */
gboolean default_loop_run(GError **error);
