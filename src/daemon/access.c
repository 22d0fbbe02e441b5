/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/access.h"

#include <string.h>

#include "common/error.h"

static const struct {
    const char *object;
    int domain;
} error_domains[] = {
    {"domain", VIR_FROM_DOM},           {"network", VIR_FROM_NETWORK},
    {"network-port", VIR_FROM_NETWORK}, {"interface", VIR_FROM_INTERFACE},
    {"storage-pool", VIR_FROM_STORAGE}, {"storage-vol", VIR_FROM_STORAGE},
    {"node-device", VIR_FROM_NODEDEV},  {"secret", VIR_FROM_SECRET},
    {"nwfilter", VIR_FROM_NWFILTER},    {"nwfilter-binding", VIR_FROM_NWFILTER},
};

int access_error_domain(const RpcProcedure *row)
{
    const char *object = row->rules ? access_permissions[row->rules->permission].object : "";

    for (gsize i = 0; i < G_N_ELEMENTS(error_domains); i++)
        if (strcmp(error_domains[i].object, object) == 0)
            return error_domains[i].domain;
    return VIR_FROM_NONE;
}

static gboolean rule_applies(const RpcAccessRule *rule, const void *args)
{
    guint32 value;

    if (rule->condition == RPC_RULE_ALWAYS)
        return TRUE;
    memcpy(&value, (const char *)args + rule->offset, sizeof(value));
    switch (rule->condition) {
    case RPC_RULE_FLAG:
        return (value & rule->value) != 0;
    case RPC_RULE_NO_FLAG:
        return (value & rule->value) == 0;
    default:
        return value == rule->value;
    }
}

/* A read-only connection holds the permissions that anybody has. */
static gboolean check_read_only(RpcCall *call, GError **error)
{
    const RpcProcedure *row = call->row;
    gboolean is_allowed = !(row->flags & RPC_PROC_READ_WRITE);

    if (!call->client->is_read_only || row->flags & RPC_PROC_READ_ONLY)
        return TRUE;
    for (const RpcAccessRule *rule = row->rules; is_allowed && rule && rule->permission != ACCESS_NOTHING; rule++)
        is_allowed = access_permissions[rule->permission].is_monitor || !rule_applies(rule, call->args);
    if (is_allowed)
        return TRUE;
    vir_error_set(error, access_error_domain(row), VIR_ERR_OPERATION_DENIED, "read only access prevents %s",
                  row->function ? row->function : row->name);
    return FALSE;
}

gboolean access_check_call(RpcCall *call, GError **error)
{
    return check_read_only(call, error);
}

gboolean access_check_object(RpcCall *call, AccessPermission permission, const char *name, const guint8 *uuid,
                             GError **error)
{
    return TRUE;
}

gboolean access_allows_event(DaemonClient *client, AccessPermission permission, const DaemonEvent *event)
{
    return TRUE;
}
