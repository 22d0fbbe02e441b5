/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/calls/handlers.h"

static void (*const adapters[])(RemoteHandlers *) = {
    action_rpc_add, absent_rpc_add,     lookup_rpc_add,    define_rpc_add,   lifecycle_rpc_add, query_rpc_add,
    device_rpc_add, stats_rpc_add,      metadata_rpc_add,  host_rpc_add,     caps_rpc_add,      cpu_rpc_add,
    update_rpc_add, bulk_stats_rpc_add, resize_rpc_add,    block_rpc_add,    iotune_rpc_add,    pin_rpc_add,
    tuning_rpc_add, iothread_rpc_add,   placement_rpc_add, graphics_rpc_add, interface_rpc_add, plug_rpc_add,
};

const RemoteHandlers *handlers_remote(void)
{
    static RemoteHandlers table;

    for (gsize i = 0; i < G_N_ELEMENTS(adapters); i++)
        adapters[i](&table);
    return &table;
}

const QemuHandlers *handlers_qemu(void)
{
    static QemuHandlers table;

    monitor_rpc_add(&table);
    return &table;
}
