/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The remote program's network calls: wire structs to network.h and network_job.h. */
#include <string.h>

#include "common/error.h"
#include "daemon/flags.h"
#include "daemon/lists.h"
#include "virtnetworkd/calls/handlers.h"
#include "virtnetworkd/calls/network_rpc.h"
#include "virtnetworkd/job/network_job.h"

gboolean network_rpc_check_flags(guint flags, guint known, const char *function, GError **error)
{
    return flags_check(flags, known, VIR_FROM_NETWORK, function, error);
}

Network *network_rpc_find(const remote_nonnull_network *net, GError **error)
{
    return network_find_uuid((const guint8 *)net->uuid, error);
}

void network_rpc_fill(remote_nonnull_network *wire, const Network *network)
{
    wire->name = g_strdup(network->name);
    memcpy(wire->uuid, network->uuid, UUID_LEN);
}

/* ---- lookup ---- */

static gboolean lookup(RpcCall *call, const Network *network, remote_nonnull_network *wire, GError **error)
{
    if (!network || !rpc_call_check_access(call, ACCESS_NETWORK_GETATTR, network->name, network->uuid, error))
        return FALSE;
    network_rpc_fill(wire, network);
    return TRUE;
}

static gboolean lookup_by_name(RpcCall *call, const remote_network_lookup_by_name_args *args,
                               remote_network_lookup_by_name_ret *ret, GError **error)
{
    return lookup(call, network_find(args->name, error), &ret->net, error);
}

static gboolean lookup_by_uuid(RpcCall *call, const remote_network_lookup_by_uuid_args *args,
                               remote_network_lookup_by_uuid_ret *ret, GError **error)
{
    return lookup(call, network_find_uuid((const guint8 *)args->uuid, error), &ret->net, error);
}

/* ---- lists ---- */

#define LIST_ACTIVE     (VIR_CONNECT_LIST_NETWORKS_ACTIVE | VIR_CONNECT_LIST_NETWORKS_INACTIVE)
#define LIST_PERSISTENT (VIR_CONNECT_LIST_NETWORKS_PERSISTENT | VIR_CONNECT_LIST_NETWORKS_TRANSIENT)
#define LIST_AUTOSTART  (VIR_CONNECT_LIST_NETWORKS_AUTOSTART | VIR_CONNECT_LIST_NETWORKS_NO_AUTOSTART)

static gboolean is_wanted(const Network *network, guint flags)
{
    return network_is_known(network) &&
           flags_pass(flags, LIST_ACTIVE,
                      network_is_active(network) ? VIR_CONNECT_LIST_NETWORKS_ACTIVE
                                                 : VIR_CONNECT_LIST_NETWORKS_INACTIVE) &&
           flags_pass(flags, LIST_PERSISTENT,
                      network->def ? VIR_CONNECT_LIST_NETWORKS_PERSISTENT : VIR_CONNECT_LIST_NETWORKS_TRANSIENT) &&
           flags_pass(flags, LIST_AUTOSTART,
                      network->autostart ? VIR_CONNECT_LIST_NETWORKS_AUTOSTART
                                         : VIR_CONNECT_LIST_NETWORKS_NO_AUTOSTART);
}

/* The networks that flags want and the caller may see, by name; borrowed elements. */
static GPtrArray *list(RpcCall *call, guint flags)
{
    GPtrArray *found = g_ptr_array_new();
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, network_driver.by_name);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Network *network = value;

        if (is_wanted(network, flags) && rpc_call_may_see(call, network->name, network->uuid))
            g_ptr_array_add(found, value);
    }
    list_sort(found, offsetof(Network, name));
    return found;
}

static gboolean list_all(RpcCall *call, const remote_connect_list_all_networks_args *args,
                         remote_connect_list_all_networks_ret *ret, GError **error)
{
    g_autoptr(GPtrArray) found = NULL;

    if (!network_rpc_check_flags(args->flags, LIST_ACTIVE | LIST_PERSISTENT | LIST_AUTOSTART,
                                 "virConnectListAllNetworks", error))
        return FALSE;
    found = list(call, args->flags);
    if (!list_fits(found, REMOTE_NETWORK_LIST_MAX, "networks", error))
        return FALSE;
    ret->ret = found->len;
    if (!args->need_results)
        return TRUE;
    ret->nets.nets_val = g_new0(remote_nonnull_network, found->len);
    ret->nets.nets_len = found->len;
    for (guint i = 0; i < found->len; i++)
        network_rpc_fill(&ret->nets.nets_val[i], found->pdata[i]);
    return TRUE;
}

static int count(RpcCall *call, guint flags)
{
    g_autoptr(GPtrArray) found = list(call, flags);

    return (int)found->len;
}

static gboolean names(RpcCall *call, guint flags, int max, u_int *n, remote_nonnull_string **out, GError **error)
{
    g_autoptr(GPtrArray) found = list(call, flags);

    return list_names(found, offsetof(Network, name), max, REMOTE_NETWORK_LIST_MAX, "REMOTE_NETWORK_LIST_MAX", n, out,
                      error);
}

static gboolean num_of_networks(RpcCall *call, remote_connect_num_of_networks_ret *ret, GError **error)
{
    ret->num = count(call, VIR_CONNECT_LIST_NETWORKS_ACTIVE);
    return TRUE;
}

static gboolean num_of_defined_networks(RpcCall *call, remote_connect_num_of_defined_networks_ret *ret, GError **error)
{
    ret->num = count(call, VIR_CONNECT_LIST_NETWORKS_INACTIVE);
    return TRUE;
}

static gboolean list_networks(RpcCall *call, const remote_connect_list_networks_args *args,
                              remote_connect_list_networks_ret *ret, GError **error)
{
    return names(call, VIR_CONNECT_LIST_NETWORKS_ACTIVE, args->maxnames, &ret->names.names_len, &ret->names.names_val,
                 error);
}

static gboolean list_defined_networks(RpcCall *call, const remote_connect_list_defined_networks_args *args,
                                      remote_connect_list_defined_networks_ret *ret, GError **error)
{
    return names(call, VIR_CONNECT_LIST_NETWORKS_INACTIVE, args->maxnames, &ret->names.names_len, &ret->names.names_val,
                 error);
}

/* ---- define and create ---- */

/* Those that the table could only ask about in general are asked about this network, now that its name is known. */
static NetworkDef *parse_allowed(RpcCall *call, const char *xml, gboolean is_validated, AccessPermission first,
                                 AccessPermission second, GError **error)
{
    g_autoptr(NetworkDef) def = rpc_call_steal_kept(call);

    if (!def && !(def = network_def_parse(xml, is_validated ? XML_MODE_VALIDATE : 0, error)))
        return NULL;
    if (rpc_call_check_access(call, first, def->name, def->uuid, error) &&
        rpc_call_check_access(call, second, def->name, def->uuid, error))
        return g_steal_pointer(&def);
    /* A document without a UUID has another each time that it is read. */
    rpc_call_keep(call, g_steal_pointer(&def), (GDestroyNotify)network_def_free);
    return NULL;
}

static void answer_define(RpcCall *call, const Network *network)
{
    network_rpc_fill(&((remote_network_define_xml_ret *)rpc_call_ret(call))->net, network);
}

static void answer_define_flags(RpcCall *call, const Network *network)
{
    network_rpc_fill(&((remote_network_define_xml_flags_ret *)rpc_call_ret(call))->net, network);
}

static void answer_create(RpcCall *call, const Network *network)
{
    network_rpc_fill(&((remote_network_create_xml_ret *)rpc_call_ret(call))->net, network);
}

static void answer_create_flags(RpcCall *call, const Network *network)
{
    network_rpc_fill(&((remote_network_create_xml_flags_ret *)rpc_call_ret(call))->net, network);
}

static gboolean define(RpcCall *call, const char *xml, gboolean is_validated, NetworkAnswer answer, GError **error)
{
    NetworkDef *def = parse_allowed(call, xml, is_validated, ACCESS_NETWORK_WRITE, ACCESS_NETWORK_SAVE, error);

    if (!def)
        return FALSE;
    network_job_define(def, call, answer);
    return TRUE;
}

static gboolean create(RpcCall *call, const char *xml, gboolean is_validated, NetworkAnswer answer, GError **error)
{
    NetworkDef *def = parse_allowed(call, xml, is_validated, ACCESS_NETWORK_WRITE, ACCESS_NETWORK_START, error);

    if (!def)
        return FALSE;
    network_job_create(def, call, answer);
    return TRUE;
}

static gboolean define_xml(RpcCall *call, const remote_network_define_xml_args *args,
                           remote_network_define_xml_ret *ret, GError **error)
{
    return define(call, args->xml, FALSE, answer_define, error);
}

static gboolean define_xml_flags(RpcCall *call, const remote_network_define_xml_flags_args *args,
                                 remote_network_define_xml_flags_ret *ret, GError **error)
{
    return network_rpc_check_flags(args->flags, VIR_NETWORK_DEFINE_VALIDATE, "virNetworkDefineXMLFlags", error) &&
           define(call, args->xml, args->flags & VIR_NETWORK_DEFINE_VALIDATE, answer_define_flags, error);
}

static gboolean create_xml(RpcCall *call, const remote_network_create_xml_args *args,
                           remote_network_create_xml_ret *ret, GError **error)
{
    return create(call, args->xml, FALSE, answer_create, error);
}

static gboolean create_xml_flags(RpcCall *call, const remote_network_create_xml_flags_args *args,
                                 remote_network_create_xml_flags_ret *ret, GError **error)
{
    return network_rpc_check_flags(args->flags, VIR_NETWORK_CREATE_VALIDATE, "virNetworkCreateXMLFlags", error) &&
           create(call, args->xml, args->flags & VIR_NETWORK_CREATE_VALIDATE, answer_create_flags, error);
}

/* ---- the other changes ---- */

static gboolean undefine(RpcCall *call, const remote_network_undefine_args *args, GError **error)
{
    Network *network = network_rpc_find(&args->net, error);

    if (network)
        network_job_undefine(network, call);
    return network != NULL;
}

static gboolean start(RpcCall *call, const remote_network_create_args *args, GError **error)
{
    Network *network = network_rpc_find(&args->net, error);

    if (network)
        network_job_start(network, call);
    return network != NULL;
}

static gboolean stop(RpcCall *call, const remote_network_destroy_args *args, GError **error)
{
    Network *network = network_rpc_find(&args->net, error);

    if (network)
        network_job_stop(network, call);
    return network != NULL;
}

static gboolean set_autostart(RpcCall *call, const remote_network_set_autostart_args *args, GError **error)
{
    Network *network = network_rpc_find(&args->net, error);

    if (network)
        network_job_set_autostart(network, args->autostart != 0, call);
    return network != NULL;
}

static gboolean update(RpcCall *call, const remote_network_update_args *args, GError **error)
{
    Network *network = network_rpc_find(&args->net, error);
    NetworkUpdate update = {(int)args->command, (int)args->section, args->parentIndex, args->xml};

    if (!network ||
        !network_rpc_check_flags(args->flags, VIR_NETWORK_UPDATE_AFFECT_LIVE | VIR_NETWORK_UPDATE_AFFECT_CONFIG,
                                 "virNetworkUpdate", error))
        return FALSE;
    network_job_update(network, &update, args->flags, call);
    return TRUE;
}

/* ---- queries ---- */

static gboolean get_xml_desc(RpcCall *call, const remote_network_get_xml_desc_args *args,
                             remote_network_get_xml_desc_ret *ret, GError **error)
{
    Network *network = network_rpc_find(&args->net, error);
    gboolean is_inactive = args->flags & VIR_NETWORK_XML_INACTIVE;
    const NetworkDef *def;

    if (!network || !network_rpc_check_flags(args->flags, VIR_NETWORK_XML_INACTIVE, "virNetworkGetXMLDesc", error))
        return FALSE;
    def = network_def_for(network, is_inactive);
    ret->xml = network_def_format(def, def == network->live ? XML_MODE_LIVE : XML_MODE_INACTIVE);
    return TRUE;
}

static gboolean get_bridge_name(RpcCall *call, const remote_network_get_bridge_name_args *args,
                                remote_network_get_bridge_name_ret *ret, GError **error)
{
    Network *network = network_rpc_find(&args->net, error);
    const NetworkDef *def = network ? network_def_for(network, FALSE) : NULL;

    if (!network)
        return FALSE;
    if (!def->bridge) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_INTERNAL_ERROR, "network '%s' does not have a bridge name.",
                      network->name);
        return FALSE;
    }
    ret->name = g_strdup(def->bridge);
    return TRUE;
}

static gboolean get_autostart(RpcCall *call, const remote_network_get_autostart_args *args,
                              remote_network_get_autostart_ret *ret, GError **error)
{
    Network *network = network_rpc_find(&args->net, error);

    if (network)
        ret->autostart = network->autostart;
    return network != NULL;
}

static gboolean is_active(RpcCall *call, const remote_network_is_active_args *args, remote_network_is_active_ret *ret,
                          GError **error)
{
    Network *network = network_rpc_find(&args->net, error);

    if (network)
        ret->active = network_is_active(network);
    return network != NULL;
}

static gboolean is_persistent(RpcCall *call, const remote_network_is_persistent_args *args,
                              remote_network_is_persistent_ret *ret, GError **error)
{
    Network *network = network_rpc_find(&args->net, error);

    if (network)
        ret->persistent = network->def != NULL;
    return network != NULL;
}

const RemoteHandlers network_handlers = {
    .connect_list_all_networks = list_all,
    .connect_list_defined_networks = list_defined_networks,
    .connect_list_networks = list_networks,
    .connect_num_of_defined_networks = num_of_defined_networks,
    .connect_num_of_networks = num_of_networks,
    .network_create = start,
    .network_create_xml = create_xml,
    .network_create_xml_flags = create_xml_flags,
    .network_define_xml = define_xml,
    .network_define_xml_flags = define_xml_flags,
    .network_destroy = stop,
    .network_get_autostart = get_autostart,
    .network_get_bridge_name = get_bridge_name,
    .network_get_dhcp_leases = lease_rpc_get,
    .network_get_metadata = metadata_rpc_get,
    .network_get_xml_desc = get_xml_desc,
    .network_is_active = is_active,
    .network_is_persistent = is_persistent,
    .network_list_all_ports = port_rpc_list,
    .network_lookup_by_name = lookup_by_name,
    .network_lookup_by_uuid = lookup_by_uuid,
    .network_port_create_xml = port_rpc_create_xml,
    .network_port_delete = port_rpc_delete,
    .network_port_get_parameters = port_rpc_get_parameters,
    .network_port_get_xml_desc = port_rpc_get_xml_desc,
    .network_port_lookup_by_uuid = port_rpc_lookup,
    .network_port_set_parameters = port_rpc_set_parameters,
    .network_set_autostart = set_autostart,
    .network_set_metadata = metadata_rpc_set,
    .network_undefine = undefine,
    .network_update = update,
};
