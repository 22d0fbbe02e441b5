/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The remote program's calls about network ports. */
#include <string.h>

#include "common/error.h"
#include "virtnetworkd/calls/handlers.h"
#include "virtnetworkd/calls/network_rpc.h"
#include "virtnetworkd/job/port_job.h"
#include "virtnetworkd/ports.h"

static void fill(remote_nonnull_network_port *wire, const Network *network, const NetworkPort *port)
{
    network_rpc_fill(&wire->net, network);
    memcpy(wire->uuid, port->uuid, UUID_LEN);
}

static NetworkPort *find(const remote_nonnull_network_port *wire, Network **network, GError **error)
{
    *network = network_rpc_find(&wire->net, error);
    return *network ? ports_find(*network, (const guint8 *)wire->uuid, error) : NULL;
}

/* ---- queries ---- */

gboolean port_rpc_list(RpcCall *call, const remote_network_list_all_ports_args *args,
                       remote_network_list_all_ports_ret *ret, GError **error)
{
    Network *network = network_rpc_find(&args->network, error);
    GHashTableIter iter;
    gpointer value;

    if (!network || !network_rpc_check_flags(args->flags, 0, "virNetworkListAllPorts", error))
        return FALSE;
    if (ports_count(network) > REMOTE_NETWORK_PORT_LIST_MAX) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_RPC, "Too many ports: %u for limit %d", ports_count(network),
                      REMOTE_NETWORK_PORT_LIST_MAX);
        return FALSE;
    }
    if (!network->ports)
        return TRUE;
    if (args->need_results)
        ret->ports.ports_val = g_new0(remote_nonnull_network_port, ports_count(network));
    g_hash_table_iter_init(&iter, network->ports);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const NetworkPort *port = value;

        if (!rpc_call_may_see(call, network->name, port->uuid))
            continue;
        if (args->need_results)
            fill(&ret->ports.ports_val[ret->ports.ports_len++], network, port);
        ret->ret++;
    }
    return TRUE;
}

gboolean port_rpc_lookup(RpcCall *call, const remote_network_port_lookup_by_uuid_args *args,
                         remote_network_port_lookup_by_uuid_ret *ret, GError **error)
{
    Network *network = network_rpc_find(&args->network, error);
    const NetworkPort *port = network ? ports_find(network, (const guint8 *)args->uuid, error) : NULL;

    if (!port)
        return FALSE;
    fill(&ret->port, network, port);
    return TRUE;
}

gboolean port_rpc_get_xml_desc(RpcCall *call, const remote_network_port_get_xml_desc_args *args,
                               remote_network_port_get_xml_desc_ret *ret, GError **error)
{
    Network *network;
    const NetworkPort *port = find(&args->port, &network, error);

    if (!port || !network_rpc_check_flags(args->flags, 0, "virNetworkPortGetXMLDesc", error))
        return FALSE;
    ret->xml = network_port_format(port);
    return TRUE;
}

/* ---- parameters ---- */

gboolean port_rpc_get_parameters(RpcCall *call, const remote_network_port_get_parameters_args *args,
                                 remote_network_port_get_parameters_ret *ret, GError **error)
{
    Network *network;
    const NetworkPort *port = find(&args->port, &network, error);
    guint n = BANDWIDTH_LIMITS;

    if (!port ||
        !network_rpc_check_flags(args->flags, VIR_TYPED_PARAM_STRING_OKAY, "virNetworkPortGetParameters", error))
        return FALSE;
    ret->nparams = (int)n;
    if (args->nparams == 0)
        return TRUE;
    n = MIN(n, (guint)MAX(args->nparams, 0));
    ret->params.params_val = g_new0(remote_typed_param, n);
    ret->params.params_len = n;
    for (guint i = 0; i < n; i++) {
        remote_typed_param *wire = &ret->params.params_val[i];

        wire->field = g_strdup(bandwidth_limits[i].name);
        wire->value.type = VIR_TYPED_PARAM_UINT;
        wire->value.remote_typed_param_value_u.ui = (u_int)bandwidth_get_limit(port->bandwidth, &bandwidth_limits[i]);
    }
    return TRUE;
}

static gboolean set_limit(const remote_typed_param *param, Bandwidth *bandwidth, GError **error)
{
    if (param->value.type != VIR_TYPED_PARAM_UINT) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_INVALID_ARG, "invalid type of parameter '%s', expected uint",
                      param->field);
        return FALSE;
    }
    if (bandwidth_set_limit(bandwidth, param->field, param->value.remote_typed_param_value_u.ui))
        return TRUE;
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_INVALID_ARG, "parameter '%s' not supported", param->field);
    return FALSE;
}

gboolean port_rpc_set_parameters(RpcCall *call, const remote_network_port_set_parameters_args *args, GError **error)
{
    Network *network;
    const NetworkPort *present = find(&args->port, &network, error);
    g_autoptr(NetworkPort) port = NULL;

    if (!present || !network_rpc_check_flags(args->flags, 0, "virNetworkPortSetParameters", error))
        return FALSE;
    port = network_port_copy(present);
    if (!port->bandwidth)
        port->bandwidth = g_new0(Bandwidth, 1);
    for (guint i = 0; i < args->params.params_len; i++) {
        if (!set_limit(&args->params.params_val[i], port->bandwidth, error))
            return FALSE;
    }
    bandwidth_drop_zero(port->bandwidth);
    port_job_set_bandwidth(network, g_steal_pointer(&port), call);
    return TRUE;
}

/* ---- changes ---- */

gboolean port_rpc_create_xml(RpcCall *call, const remote_network_port_create_xml_args *args,
                             remote_network_port_create_xml_ret *ret, GError **error)
{
    guint known = VIR_NETWORK_PORT_CREATE_RECLAIM | VIR_NETWORK_PORT_CREATE_VALIDATE;
    Network *network = network_rpc_find(&args->network, error);
    g_autoptr(NetworkPort) port = NULL;

    if (!network || !network_rpc_check_flags(args->flags, known, "virNetworkPortCreateXML", error))
        return FALSE;
    port = rpc_call_steal_kept(call);
    if (!port && !(port = network_port_parse(
                       args->xml, args->flags & VIR_NETWORK_PORT_CREATE_VALIDATE ? XML_MODE_VALIDATE : 0, error)))
        return FALSE;
    if (!rpc_call_check_access(call, ACCESS_NETWORK_PORT_CREATE, network->name, port->uuid, error)) {
        rpc_call_keep(call, g_steal_pointer(&port), (GDestroyNotify)network_port_free);
        return FALSE;
    }
    port_job_create(network, g_steal_pointer(&port), args->flags, call);
    return TRUE;
}

gboolean port_rpc_delete(RpcCall *call, const remote_network_port_delete_args *args, GError **error)
{
    Network *network;

    if (!find(&args->port, &network, error) || !network_rpc_check_flags(args->flags, 0, "virNetworkPortDelete", error))
        return FALSE;
    port_job_delete(network, (const guint8 *)args->port.uuid, call);
    return TRUE;
}
