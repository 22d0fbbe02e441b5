/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/access/auth.h"

#include <stdlib.h>

#include "common/error.h"
#include "common/log.h"
#include "daemon/access/polkit.h"
#include "daemon/connection/dispatch.h"

gboolean auth_list(RpcCall *call, remote_auth_list_ret *ret, GError **error)
{
    ret->types.types_val = calloc(1, sizeof(*ret->types.types_val));
    ret->types.types_len = 1;
    ret->types.types_val[0] = (remote_auth_type)call->client->auth;
    return TRUE;
}

static gboolean refuse(RpcCall *call, const char *why, GError **error)
{
    log_warning("client %" G_GUINT64_FORMAT ": %s: %s", call->client->id, call->row->name, why);
    vir_error_set(error, VIR_FROM_RPC, VIR_ERR_AUTH_FAILED, "%s", "authentication failed");
    return FALSE;
}

static void on_polkit_answer(gboolean is_allowed, GError *error, gpointer data)
{
    RpcCall *call = data;
    remote_auth_polkit_ret *ret = rpc_call_ret(call);

    if (!is_allowed) {
        rpc_call_fail(call, error);
        return;
    }
    ret->complete = 1;
    if (rpc_call_client(call))
        daemon_client_set_authenticated(rpc_call_client(call));
    rpc_call_reply(call);
}

gboolean auth_polkit(RpcCall *call, remote_auth_polkit_ret *ret, GError **error)
{
    DaemonClient *client = call->client;
    const char *action = client->is_socket_read_only ? "org.libvirt.unix.monitor" : "org.libvirt.unix.manage";

    if (client->auth != DAEMON_AUTH_POLKIT || client->is_authenticated)
        return refuse(call, "polkit is not what this client has to do", error);
    rpc_call_defer(call);
    polkit_check(client->peer, action, NULL, TRUE, on_polkit_answer, call);
    return TRUE;
}

gboolean auth_sasl_init(RpcCall *call, remote_auth_sasl_init_ret *ret, GError **error)
{
    return refuse(call, "SASL is not what this client has to do", error);
}

gboolean auth_sasl_start(RpcCall *call, const remote_auth_sasl_start_args *args, remote_auth_sasl_start_ret *ret,
                         GError **error)
{
    return refuse(call, "SASL is not what this client has to do", error);
}

gboolean auth_sasl_step(RpcCall *call, const remote_auth_sasl_step_args *args, remote_auth_sasl_step_ret *ret,
                        GError **error)
{
    return refuse(call, "SASL is not what this client has to do", error);
}
