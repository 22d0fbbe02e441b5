/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Events of QEMU's monitors, which clients choose by name, exactly or by a regular expression. Handlers for the table
 * of a driver that sends such events (DaemonEvent.topic). For the loop's thread; never block.
 */
#pragma once

#include "daemon/call.h"
#include "rpc/qemu_calls.h"

/* VIR_ERR_INVALID_ARG: the expression is none, or unknown flags. */
gboolean monitor_event_register(RpcCall *call, const qemu_connect_domain_monitor_event_register_args *args,
                                qemu_connect_domain_monitor_event_register_ret *ret, GError **error);
gboolean monitor_event_deregister(RpcCall *call, const qemu_connect_domain_monitor_event_deregister_args *args,
                                  GError **error);
