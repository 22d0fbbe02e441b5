/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Registration of events by clients, every kind in each of its forms: handlers of the remote program. */
#pragma once

#include "daemon/call.h"
#include "rpc/remote_calls.h"

gboolean remote_domain_event_register(RpcCall *call, remote_connect_domain_event_register_ret *ret, GError **error);
gboolean remote_domain_event_deregister(RpcCall *call, remote_connect_domain_event_deregister_ret *ret, GError **error);
gboolean remote_domain_event_register_any(RpcCall *call, const remote_connect_domain_event_register_any_args *args,
                                          GError **error);
gboolean remote_domain_event_deregister_any(RpcCall *call, const remote_connect_domain_event_deregister_any_args *args,
                                            GError **error);
gboolean remote_domain_event_callback_register_any(RpcCall *call,
                                                   const remote_connect_domain_event_callback_register_any_args *args,
                                                   remote_connect_domain_event_callback_register_any_ret *ret,
                                                   GError **error);
gboolean remote_domain_event_callback_deregister_any(
    RpcCall *call, const remote_connect_domain_event_callback_deregister_any_args *args, GError **error);
gboolean remote_network_event_register_any(RpcCall *call, const remote_connect_network_event_register_any_args *args,
                                           remote_connect_network_event_register_any_ret *ret, GError **error);
gboolean remote_network_event_deregister_any(RpcCall *call,
                                             const remote_connect_network_event_deregister_any_args *args,
                                             GError **error);
gboolean remote_storage_pool_event_register_any(RpcCall *call,
                                                const remote_connect_storage_pool_event_register_any_args *args,
                                                remote_connect_storage_pool_event_register_any_ret *ret,
                                                GError **error);
gboolean remote_storage_pool_event_deregister_any(RpcCall *call,
                                                  const remote_connect_storage_pool_event_deregister_any_args *args,
                                                  GError **error);
gboolean remote_node_device_event_register_any(RpcCall *call,
                                               const remote_connect_node_device_event_register_any_args *args,
                                               remote_connect_node_device_event_register_any_ret *ret, GError **error);
gboolean remote_node_device_event_deregister_any(RpcCall *call,
                                                 const remote_connect_node_device_event_deregister_any_args *args,
                                                 GError **error);
gboolean remote_secret_event_register_any(RpcCall *call, const remote_connect_secret_event_register_any_args *args,
                                          remote_connect_secret_event_register_any_ret *ret, GError **error);
gboolean remote_secret_event_deregister_any(RpcCall *call, const remote_connect_secret_event_deregister_any_args *args,
                                            GError **error);
