/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: title, description and applications' elements of a network. */
#include "common/error.h"
#include "virtnetworkd/calls/handlers.h"
#include "virtnetworkd/calls/network_rpc.h"
#include "virtnetworkd/job/metadata_job.h"

#define AFFECT_FLAGS (VIR_NETWORK_UPDATE_AFFECT_LIVE | VIR_NETWORK_UPDATE_AFFECT_CONFIG)

/* The one document that flags name; borrowed. */
static NetworkDef *find_document(const Network *network, guint flags, GError **error)
{
    if (flags == AFFECT_FLAGS)
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_INVALID_ARG,
                      "what runs and its definition cannot be asked about at once");
    else if ((flags & VIR_NETWORK_UPDATE_AFFECT_LIVE) && !network->live)
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_OPERATION_INVALID, "network is not running");
    else if ((flags & VIR_NETWORK_UPDATE_AFFECT_CONFIG) && !network->def)
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_OPERATION_INVALID, "network is not persistent");
    else
        return network->live && !(flags & VIR_NETWORK_UPDATE_AFFECT_CONFIG) ? network->live : network->def;
    return NULL;
}

gboolean metadata_rpc_get(RpcCall *call, const remote_network_get_metadata_args *args,
                          remote_network_get_metadata_ret *ret, GError **error)
{
    Network *network = network_rpc_find(&args->network, error);
    NetworkDef *def;
    MetadataTexts texts;

    if (!network || !network_rpc_check_flags(args->flags, AFFECT_FLAGS, "virNetworkGetMetadata", error) ||
        !metadata_check_type(args->type, VIR_FROM_NETWORK, error))
        return FALSE;
    def = find_document(network, args->flags, error);
    if (!def)
        return FALSE;
    texts = metadata_job_texts(def);
    ret->metadata = metadata_get(&texts, args->type, args->uri ? *args->uri : NULL);
    return ret->metadata || vir_error_fail(error, VIR_FROM_NETWORK, VIR_ERR_NO_NETWORK_METADATA,
                                           "Requested metadata element is not present");
}

gboolean metadata_rpc_set(RpcCall *call, const remote_network_set_metadata_args *args, GError **error)
{
    const MetadataChange change = {args->type, args->metadata ? *args->metadata : NULL, args->key ? *args->key : NULL,
                                   args->uri ? *args->uri : NULL};
    Network *network = network_rpc_find(&args->network, error);

    if (!network || !network_rpc_check_flags(args->flags, AFFECT_FLAGS, "virNetworkSetMetadata", error) ||
        !metadata_check(&change, VIR_FROM_NETWORK, error))
        return FALSE;
    metadata_job(network, &change, args->flags, call);
    return TRUE;
}
