/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/remote/remote_identity.h"

#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "daemon/connection/dispatch.h"
#include "daemon/routing/router.h"

static gboolean is_trusted(const DaemonIdentity *peer)
{
    return peer->has_process && (peer->uid == 0 || peer->uid == geteuid());
}

static char **text_place(DaemonIdentity *identity, const char *field)
{
    const struct {
        const char *field;
        char **place;
    } texts[] = {
        {VIR_CONNECT_IDENTITY_USER_NAME, &identity->user_name},
        {VIR_CONNECT_IDENTITY_GROUP_NAME, &identity->group_name},
        {VIR_CONNECT_IDENTITY_SASL_USER_NAME, &identity->sasl_user_name},
        {VIR_CONNECT_IDENTITY_X509_DISTINGUISHED_NAME, &identity->x509_name},
        {VIR_CONNECT_IDENTITY_SELINUX_CONTEXT, &identity->selinux_context},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        if (strcmp(texts[i].field, field) == 0)
            return texts[i].place;
    return NULL;
}

enum { HAS_PID = 1, HAS_TIME = 2, HAS_UID = 4, HAS_ALL = 7 };

/* Numbers that identify the process. Returns what has been set, or 0 for another field. */
static guint take_number(DaemonIdentity *identity, const char *field, guint64 value)
{
    if (strcmp(field, VIR_CONNECT_IDENTITY_PROCESS_ID) == 0) {
        identity->pid = (gint64)value;
        return HAS_PID;
    }
    if (strcmp(field, VIR_CONNECT_IDENTITY_PROCESS_TIME) == 0) {
        identity->start_time = value;
        return HAS_TIME;
    }
    if (strcmp(field, VIR_CONNECT_IDENTITY_UNIX_USER_ID) == 0) {
        identity->uid = (uid_t)value;
        return HAS_UID;
    }
    return 0;
}

static gboolean take_param(DaemonIdentity *identity, const remote_typed_param *param, guint *has, GError **error)
{
    char **text = text_place(identity, param->field);
    guint number = 0;

    if (text && param->value.type == VIR_TYPED_PARAM_STRING && !*text) {
        *text = g_strdup(param->value.remote_typed_param_value_u.s);
        return TRUE;
    }
    if (!text && param->value.type == VIR_TYPED_PARAM_ULLONG) {
        if (strcmp(param->field, VIR_CONNECT_IDENTITY_UNIX_GROUP_ID) == 0) {
            identity->gid = (gid_t)param->value.remote_typed_param_value_u.ul;
            return TRUE;
        }
        number = take_number(identity, param->field, param->value.remote_typed_param_value_u.ul);
    }
    if (number && !(*has & number)) {
        *has |= number;
        return TRUE;
    }
    vir_error_set(error, VIR_FROM_RPC, VIR_ERR_INVALID_ARG,
                  "identity parameter '%s' is unknown, of a wrong type, or there twice", param->field);
    return FALSE;
}

gboolean remote_set_identity(RpcCall *call, const remote_connect_set_identity_args *args, GError **error)
{
    DaemonClient *client = call->client;
    g_autoptr(DaemonIdentity) identity = daemon_identity_new();
    guint has = 0;

    if (!is_trusted(client->peer)) {
        vir_error_set(error, VIR_FROM_ACCESS, VIR_ERR_ACCESS_DENIED, "%s",
                      "only root and the daemon's own user may speak for others");
        return FALSE;
    }
    if (args->flags) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_INVALID_ARG, "unsupported flags (0x%x) in function %s", args->flags,
                      "virConnectSetIdentity");
        return FALSE;
    }
    for (guint i = 0; i < args->params.params_len; i++)
        if (!take_param(identity, &args->params.params_val[i], &has, error))
            return FALSE;
    identity->has_process = has == HAS_ALL;
    daemon_identity_unref(client->identity);
    client->identity = g_steal_pointer(&identity);
    router_identity_changed(client);
    return TRUE;
}
