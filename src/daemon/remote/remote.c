/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls of the remote program that every daemon answers by itself: the connection. */
#include <string.h>

#include "common/error.h"
#include "config.h"
#include "daemon/access/auth.h"
#include "daemon/connection/dispatch.h"
#include "daemon/connection/keepalive.h"
#include "daemon/remote/remote_events.h"
#include "daemon/remote/remote_identity.h"
#include "daemon/remote/uri.h"

/* What clients may rely on with any daemon; a driver adds its own. */
#define FEATURES_OF_DAEMON                                                                                             \
    (1u << REMOTE_FEATURE_FD_PASSING | 1u << REMOTE_FEATURE_TYPED_PARAM_STRING |                                       \
     1u << REMOTE_FEATURE_PROGRAM_KEEPALIVE | 1u << REMOTE_FEATURE_REMOTE_EVENT_CALLBACK |                             \
     1u << REMOTE_FEATURE_REMOTE_CLOSE_CALLBACK | 1u << REMOTE_FEATURE_NETWORK_UPDATE_HAS_CORRECT_ORDER)

static gboolean connect_open(RpcCall *call, const remote_connect_open_args *args, GError **error)
{
    DaemonClient *client = call->client;
    const char *uri = args->name ? *args->name : "";

    if (client->is_open) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "%s", "connection already open");
        return FALSE;
    }
    if (!daemon_uri_check(client->daemon, uri, error))
        return FALSE;
    client->is_read_only = client->is_socket_read_only || args->flags & VIR_CONNECT_RO;
    client->is_open = TRUE;
    return TRUE;
}

static gboolean connect_close(RpcCall *call, GError **error)
{
    call->client->is_leaving = TRUE;
    return TRUE;
}

static gboolean connect_get_type(RpcCall *call, remote_connect_get_type_ret *ret, GError **error)
{
    ret->type = strdup(call->client->daemon->driver->type);
    return TRUE;
}

static gboolean connect_get_uri(RpcCall *call, remote_connect_get_uri_ret *ret, GError **error)
{
    g_autofree char *uri = daemon_uri(call->client->daemon);

    ret->uri = strdup(uri);
    return TRUE;
}

static gboolean connect_get_hostname(RpcCall *call, remote_connect_get_hostname_ret *ret, GError **error)
{
    ret->hostname = strdup(g_get_host_name());
    return TRUE;
}

static gboolean connect_get_lib_version(RpcCall *call, remote_connect_get_lib_version_ret *ret, GError **error)
{
    ret->lib_ver = LIBVIR_VERSION_NUMBER;
    return TRUE;
}

/* What is between the two ends is the client's to know; on this side everything stays on the host. */
static gboolean connect_is_secure(RpcCall *call, remote_connect_is_secure_ret *ret, GError **error)
{
    ret->secure = 1;
    return TRUE;
}

static gboolean connect_supports_feature(RpcCall *call, const remote_connect_supports_feature_args *args,
                                         remote_connect_supports_feature_ret *ret, GError **error)
{
    guint64 features = FEATURES_OF_DAEMON | call->client->daemon->driver->features;

    ret->supported = args->feature >= 0 && args->feature < 64 && (features >> args->feature & 1);
    if (args->feature == REMOTE_FEATURE_PROGRAM_KEEPALIVE)
        keepalive_start(call->client);
    return TRUE;
}

static gboolean connect_register_close_callback(RpcCall *call, GError **error)
{
    if (call->client->wants_close_event) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_OPERATION_INVALID, "%s", "A close callback is already registered");
        return FALSE;
    }
    call->client->wants_close_event = TRUE;
    return TRUE;
}

static gboolean connect_unregister_close_callback(RpcCall *call, GError **error)
{
    if (!call->client->wants_close_event) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_OPERATION_INVALID, "%s", "A close callback is not registered");
        return FALSE;
    }
    call->client->wants_close_event = FALSE;
    return TRUE;
}

const RemoteHandlers daemon_remote_handlers = {
    .connect_open = connect_open,
    .connect_close = connect_close,
    .connect_get_type = connect_get_type,
    .connect_get_uri = connect_get_uri,
    .connect_get_hostname = connect_get_hostname,
    .connect_get_lib_version = connect_get_lib_version,
    .connect_set_identity = remote_set_identity,
    .connect_is_secure = connect_is_secure,
    .connect_supports_feature = connect_supports_feature,
    .connect_register_close_callback = connect_register_close_callback,
    .connect_unregister_close_callback = connect_unregister_close_callback,
    .auth_list = auth_list,
    .auth_polkit = auth_polkit,
    .auth_sasl_init = auth_sasl_init,
    .auth_sasl_start = auth_sasl_start,
    .auth_sasl_step = auth_sasl_step,
    .connect_domain_event_register = remote_domain_event_register,
    .connect_domain_event_deregister = remote_domain_event_deregister,
    .connect_domain_event_register_any = remote_domain_event_register_any,
    .connect_domain_event_deregister_any = remote_domain_event_deregister_any,
    .connect_domain_event_callback_register_any = remote_domain_event_callback_register_any,
    .connect_domain_event_callback_deregister_any = remote_domain_event_callback_deregister_any,
    .connect_network_event_register_any = remote_network_event_register_any,
    .connect_network_event_deregister_any = remote_network_event_deregister_any,
    .connect_storage_pool_event_register_any = remote_storage_pool_event_register_any,
    .connect_storage_pool_event_deregister_any = remote_storage_pool_event_deregister_any,
    .connect_node_device_event_register_any = remote_node_device_event_register_any,
    .connect_node_device_event_deregister_any = remote_node_device_event_deregister_any,
    .connect_secret_event_register_any = remote_secret_event_register_any,
    .connect_secret_event_deregister_any = remote_secret_event_deregister_any,
};
