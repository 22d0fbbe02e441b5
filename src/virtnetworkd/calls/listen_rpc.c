/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The listen program: wire structs to listen.h. */
#include "virtnetworkd/calls/handlers.h"
#include "virtnetworkd/listen.h"

#include "common/error.h"

static gboolean check_flags(guint flags, const char *what, GError **error)
{
    if (flags == 0)
        return TRUE;
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_INVALID_ARG, "unsupported flags (0x%x) in %s", flags, what);
    return FALSE;
}

/* The query names its network, which the table cannot look up for the access check. */
static gboolean check_access(RpcCall *call, const char *name, GError **error)
{
    const Network *network = network_find(name, NULL);

    return rpc_call_check_access(call, ACCESS_NETWORK_GETATTR, name, network ? network->uuid : NULL, error);
}

static gboolean query(RpcCall *call, const listen_query_args *args, listen_query_ret *ret, GError **error)
{
    g_autoptr(GArray) addresses = NULL;

    if (!check_flags(args->flags, "listen query", error) || !check_access(call, args->network, error))
        return FALSE;
    addresses = listen_query(args->network, error);
    if (!addresses)
        return FALSE;
    listen_addresses_encode(addresses, &ret->addresses.addresses_len, &ret->addresses.addresses_val);
    return TRUE;
}

static gboolean subscribe(RpcCall *call, const listen_subscribe_args *args, listen_subscribe_ret *ret, GError **error)
{
    if (!check_flags(args->flags, "listen subscribe", error) || !check_access(call, args->network, error))
        return FALSE;
    ret->subscription = listen_subscribe(rpc_call_client(call), args->network, error);
    return ret->subscription != 0;
}

static gboolean unsubscribe(RpcCall *call, const listen_unsubscribe_args *args, GError **error)
{
    return listen_unsubscribe(rpc_call_client(call), args->subscription, error);
}

const ListenHandlers listen_handlers = {
    .query = query,
    .subscribe = subscribe,
    .unsubscribe = unsubscribe,
};
