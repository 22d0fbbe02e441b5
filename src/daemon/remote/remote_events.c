/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/remote/remote_events.h"

#include "common/error.h"
#include "daemon/access/access.h"
#include "daemon/remote/event_registry.h"

/* The wire's names of the kinds, for errors. */
static const char *const kind_names[] = {
    [RPC_OBJECT_DOMAIN] = "domain",
    [RPC_OBJECT_NETWORK] = "network",
    [RPC_OBJECT_STORAGE_POOL] = "storage pool",
    [RPC_OBJECT_NODE_DEVICE] = "node device",
    [RPC_OBJECT_SECRET] = "secret",
};

static gboolean has_event(RpcObjectKind kind, int event_id, gboolean is_legacy)
{
    guint flag = is_legacy ? RPC_PROC_EVENT_LEGACY : RPC_PROC_EVENT_ANY;

    for (guint i = 0; i < rpc_program_remote.n_procedures; i++) {
        const RpcProcedure *row = &rpc_program_remote.procedures[i];

        if (row->flags & flag && row->object == kind && row->event_id == event_id)
            return TRUE;
    }
    return FALSE;
}

static gboolean check_kind(RpcCall *call, RpcObjectKind kind, GError **error)
{
    if (call->client->daemon->driver->object_kinds & 1u << kind)
        return TRUE;
    vir_error_set(error, access_error_domain(call->row), VIR_ERR_NO_SUPPORT, "%s",
                  call->row->function ? call->row->function : call->row->name);
    return FALSE;
}

/* Returns the callback id, or -1. */
static int add(RpcCall *call, RpcObjectKind kind, int event_id, gboolean is_legacy, const char *name,
               const guint8 *uuid, GError **error)
{
    EventWish wish = {.kind = kind,
                      .event_id = event_id,
                      .is_legacy = is_legacy,
                      .name = name,
                      .uuid = uuid,
                      .filter = call->row->filter};

    if (!check_kind(call, kind, error))
        return -1;
    if (!has_event(kind, event_id, is_legacy)) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "unsupported %s%sevent ID %d",
                      kind == RPC_OBJECT_DOMAIN ? "" : kind_names[kind], kind == RPC_OBJECT_DOMAIN ? "" : " ",
                      event_id);
        return -1;
    }
    return event_registry_add(call->client, &wish, error);
}

static gboolean drop(RpcCall *call, RpcObjectKind kind, int id, gboolean is_legacy, GError **error)
{
    if (!check_kind(call, kind, error))
        return FALSE;
    if (event_registry_remove(call->client, kind, id, is_legacy))
        return TRUE;
    vir_error_set(error, VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR,
                  is_legacy ? "%s event %d not registered" : "%s event callback %d not registered", kind_names[kind],
                  id);
    return FALSE;
}

gboolean remote_domain_event_register(RpcCall *call, remote_connect_domain_event_register_ret *ret, GError **error)
{
    ret->cb_registered = 0; /* what the peers answer */
    return add(call, RPC_OBJECT_DOMAIN, VIR_DOMAIN_EVENT_ID_LIFECYCLE, TRUE, NULL, NULL, error) >= 0;
}

gboolean remote_domain_event_deregister(RpcCall *call, remote_connect_domain_event_deregister_ret *ret, GError **error)
{
    ret->cb_registered = 0;
    return drop(call, RPC_OBJECT_DOMAIN, VIR_DOMAIN_EVENT_ID_LIFECYCLE, TRUE, error);
}

gboolean remote_domain_event_register_any(RpcCall *call, const remote_connect_domain_event_register_any_args *args,
                                          GError **error)
{
    return add(call, RPC_OBJECT_DOMAIN, args->eventID, TRUE, NULL, NULL, error) >= 0;
}

gboolean remote_domain_event_deregister_any(RpcCall *call, const remote_connect_domain_event_deregister_any_args *args,
                                            GError **error)
{
    return drop(call, RPC_OBJECT_DOMAIN, args->eventID, TRUE, error);
}

gboolean remote_domain_event_callback_register_any(RpcCall *call,
                                                   const remote_connect_domain_event_callback_register_any_args *args,
                                                   remote_connect_domain_event_callback_register_any_ret *ret,
                                                   GError **error)
{
    const guint8 *uuid = args->dom ? (const guint8 *)args->dom->uuid : NULL;

    ret->callbackID = add(call, RPC_OBJECT_DOMAIN, args->eventID, FALSE, NULL, uuid, error);
    return ret->callbackID >= 0;
}

gboolean remote_domain_event_callback_deregister_any(
    RpcCall *call, const remote_connect_domain_event_callback_deregister_any_args *args, GError **error)
{
    return drop(call, RPC_OBJECT_DOMAIN, args->callbackID, FALSE, error);
}

gboolean remote_network_event_register_any(RpcCall *call, const remote_connect_network_event_register_any_args *args,
                                           remote_connect_network_event_register_any_ret *ret, GError **error)
{
    const guint8 *uuid = args->net ? (const guint8 *)args->net->uuid : NULL;

    ret->callbackID = add(call, RPC_OBJECT_NETWORK, args->eventID, FALSE, NULL, uuid, error);
    return ret->callbackID >= 0;
}

gboolean remote_network_event_deregister_any(RpcCall *call,
                                             const remote_connect_network_event_deregister_any_args *args,
                                             GError **error)
{
    return drop(call, RPC_OBJECT_NETWORK, args->callbackID, FALSE, error);
}

gboolean remote_storage_pool_event_register_any(RpcCall *call,
                                                const remote_connect_storage_pool_event_register_any_args *args,
                                                remote_connect_storage_pool_event_register_any_ret *ret, GError **error)
{
    const guint8 *uuid = args->pool ? (const guint8 *)args->pool->uuid : NULL;

    ret->callbackID = add(call, RPC_OBJECT_STORAGE_POOL, args->eventID, FALSE, NULL, uuid, error);
    return ret->callbackID >= 0;
}

gboolean remote_storage_pool_event_deregister_any(RpcCall *call,
                                                  const remote_connect_storage_pool_event_deregister_any_args *args,
                                                  GError **error)
{
    return drop(call, RPC_OBJECT_STORAGE_POOL, args->callbackID, FALSE, error);
}

gboolean remote_node_device_event_register_any(RpcCall *call,
                                               const remote_connect_node_device_event_register_any_args *args,
                                               remote_connect_node_device_event_register_any_ret *ret, GError **error)
{
    const char *name = args->dev ? args->dev->name : NULL;

    ret->callbackID = add(call, RPC_OBJECT_NODE_DEVICE, args->eventID, FALSE, name, NULL, error);
    return ret->callbackID >= 0;
}

gboolean remote_node_device_event_deregister_any(RpcCall *call,
                                                 const remote_connect_node_device_event_deregister_any_args *args,
                                                 GError **error)
{
    return drop(call, RPC_OBJECT_NODE_DEVICE, args->callbackID, FALSE, error);
}

gboolean remote_secret_event_register_any(RpcCall *call, const remote_connect_secret_event_register_any_args *args,
                                          remote_connect_secret_event_register_any_ret *ret, GError **error)
{
    const guint8 *uuid = args->secret ? (const guint8 *)args->secret->uuid : NULL;

    ret->callbackID = add(call, RPC_OBJECT_SECRET, args->eventID, FALSE, NULL, uuid, error);
    return ret->callbackID >= 0;
}

gboolean remote_secret_event_deregister_any(RpcCall *call, const remote_connect_secret_event_deregister_any_args *args,
                                            GError **error)
{
    return drop(call, RPC_OBJECT_SECRET, args->callbackID, FALSE, error);
}
