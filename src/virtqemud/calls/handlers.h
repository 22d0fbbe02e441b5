/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls that this driver answers. Each adapter (*_rpc.c) puts its own into the table; what nobody puts there
 * answers VIR_ERR_NO_SUPPORT. */
#pragma once

#include "rpc/qemu_calls.h"
#include "rpc/remote_calls.h"

/* The tables, made at the first call. Before there are threads. */
const RemoteHandlers *handlers_remote(void);
const QemuHandlers *handlers_qemu(void);

void lookup_rpc_add(RemoteHandlers *handlers);
void define_rpc_add(RemoteHandlers *handlers);
void lifecycle_rpc_add(RemoteHandlers *handlers);
void query_rpc_add(RemoteHandlers *handlers);
void absent_rpc_add(RemoteHandlers *handlers);
void device_rpc_add(RemoteHandlers *handlers);
void stats_rpc_add(RemoteHandlers *handlers);
void bulk_stats_rpc_add(RemoteHandlers *handlers);
void resize_rpc_add(RemoteHandlers *handlers);
void block_rpc_add(RemoteHandlers *handlers);
void iotune_rpc_add(RemoteHandlers *handlers);
void tuning_rpc_add(RemoteHandlers *handlers);
void pin_rpc_add(RemoteHandlers *handlers);
void iothread_rpc_add(RemoteHandlers *handlers);
void graphics_rpc_add(RemoteHandlers *handlers);
void interface_rpc_add(RemoteHandlers *handlers);
void placement_rpc_add(RemoteHandlers *handlers);
void metadata_rpc_add(RemoteHandlers *handlers);
void action_rpc_add(RemoteHandlers *handlers);
void update_rpc_add(RemoteHandlers *handlers);
void plug_rpc_add(RemoteHandlers *handlers);
void host_rpc_add(RemoteHandlers *handlers);
void caps_rpc_add(RemoteHandlers *handlers);
void cpu_rpc_add(RemoteHandlers *handlers);
void monitor_rpc_add(QemuHandlers *handlers);
