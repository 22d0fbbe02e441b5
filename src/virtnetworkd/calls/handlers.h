/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every call that virtnetworkd answers. The tables are in network_rpc.c, listen_rpc.c and check_rpc.c. */
#pragma once

#include "rpc/listen_calls.h"
#include "rpc/netcheck_calls.h"
#include "rpc/remote_calls.h"

extern const RemoteHandlers network_handlers;
extern const ListenHandlers listen_handlers;
extern const NetcheckHandlers netcheck_handlers;

/* lease_rpc.c, metadata_rpc.c, port_rpc.c: for the table of network_rpc.c. */
gboolean metadata_rpc_get(RpcCall *call, const remote_network_get_metadata_args *args,
                          remote_network_get_metadata_ret *ret, GError **error);
gboolean metadata_rpc_set(RpcCall *call, const remote_network_set_metadata_args *args, GError **error);
gboolean lease_rpc_get(RpcCall *call, const remote_network_get_dhcp_leases_args *args,
                       remote_network_get_dhcp_leases_ret *ret, GError **error);
gboolean port_rpc_list(RpcCall *call, const remote_network_list_all_ports_args *args,
                       remote_network_list_all_ports_ret *ret, GError **error);
gboolean port_rpc_lookup(RpcCall *call, const remote_network_port_lookup_by_uuid_args *args,
                         remote_network_port_lookup_by_uuid_ret *ret, GError **error);
gboolean port_rpc_get_xml_desc(RpcCall *call, const remote_network_port_get_xml_desc_args *args,
                               remote_network_port_get_xml_desc_ret *ret, GError **error);
gboolean port_rpc_get_parameters(RpcCall *call, const remote_network_port_get_parameters_args *args,
                                 remote_network_port_get_parameters_ret *ret, GError **error);
gboolean port_rpc_set_parameters(RpcCall *call, const remote_network_port_set_parameters_args *args, GError **error);
gboolean port_rpc_create_xml(RpcCall *call, const remote_network_port_create_xml_args *args,
                             remote_network_port_create_xml_ret *ret, GError **error);
gboolean port_rpc_delete(RpcCall *call, const remote_network_port_delete_args *args, GError **error);
