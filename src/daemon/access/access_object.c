/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/access/access_object.h"

#include <string.h>

#include "common/identifiers.h"

/* Where an attribute's value stands in the wire's struct of its kind: a string, or the 16 bytes of a UUID. */
typedef struct {
    RpcObjectKind kind;
    const char *attribute;
    gsize offset;
    gboolean is_uuid;
} Attribute;

/* clang-format off */
static const Attribute attributes[] = {
    {RPC_OBJECT_DOMAIN,           "domain_name",              offsetof(remote_nonnull_domain, name),                FALSE},
    {RPC_OBJECT_DOMAIN,           "domain_uuid",              offsetof(remote_nonnull_domain, uuid),                TRUE},
    {RPC_OBJECT_NETWORK,          "network_name",             offsetof(remote_nonnull_network, name),               FALSE},
    {RPC_OBJECT_NETWORK,          "network_uuid",             offsetof(remote_nonnull_network, uuid),               TRUE},
    {RPC_OBJECT_NETWORK_PORT,     "network_name",             offsetof(remote_nonnull_network_port, net.name),      FALSE},
    {RPC_OBJECT_NETWORK_PORT,     "network_uuid",             offsetof(remote_nonnull_network_port, net.uuid),      TRUE},
    {RPC_OBJECT_NETWORK_PORT,     "port_uuid",                offsetof(remote_nonnull_network_port, uuid),          TRUE},
    {RPC_OBJECT_INTERFACE,        "interface_name",           offsetof(remote_nonnull_interface, name),             FALSE},
    {RPC_OBJECT_INTERFACE,        "interface_macaddr",        offsetof(remote_nonnull_interface, mac),              FALSE},
    {RPC_OBJECT_STORAGE_POOL,     "pool_name",                offsetof(remote_nonnull_storage_pool, name),          FALSE},
    {RPC_OBJECT_STORAGE_POOL,     "pool_uuid",                offsetof(remote_nonnull_storage_pool, uuid),          TRUE},
    {RPC_OBJECT_STORAGE_VOL,      "pool_name",                offsetof(remote_nonnull_storage_vol, pool),           FALSE},
    {RPC_OBJECT_STORAGE_VOL,      "vol_name",                 offsetof(remote_nonnull_storage_vol, name),           FALSE},
    {RPC_OBJECT_STORAGE_VOL,      "vol_key",                  offsetof(remote_nonnull_storage_vol, key),            FALSE},
    {RPC_OBJECT_NODE_DEVICE,      "node_device_name",         offsetof(remote_nonnull_node_device, name),           FALSE},
    {RPC_OBJECT_SECRET,           "secret_uuid",              offsetof(remote_nonnull_secret, uuid),                TRUE},
    {RPC_OBJECT_NWFILTER,         "nwfilter_name",            offsetof(remote_nonnull_nwfilter, name),              FALSE},
    {RPC_OBJECT_NWFILTER,         "nwfilter_uuid",            offsetof(remote_nonnull_nwfilter, uuid),              TRUE},
    {RPC_OBJECT_NWFILTER_BINDING, "nwfilter_binding_portdev", offsetof(remote_nonnull_nwfilter_binding, portdev),   FALSE},
};

/* The attributes that stand for name and UUID of an object, by the permission's kind. */
static const struct {
    const char *object, *name, *uuid;
} named[] = {
    {"domain",           "domain_name",              "domain_uuid"},
    {"network",          "network_name",             "network_uuid"},
    {"network-port",     "network_name",             "port_uuid"},
    {"interface",        "interface_name",           NULL},
    {"storage-pool",     "pool_name",                "pool_uuid"},
    {"storage-vol",      "vol_name",                 NULL},
    {"node-device",      "node_device_name",         NULL},
    {"secret",           NULL,                       "secret_uuid"},
    {"nwfilter",         "nwfilter_name",            "nwfilter_uuid"},
    {"nwfilter-binding", "nwfilter_binding_portdev", NULL},
};
/* clang-format on */

static GPtrArray *begin(const Daemon *daemon)
{
    GPtrArray *pairs = g_ptr_array_new();

    g_ptr_array_add(pairs, g_strdup("connect_driver"));
    g_ptr_array_add(pairs, g_strdup(daemon->driver->type));
    return pairs;
}

static char **end(GPtrArray *pairs)
{
    g_ptr_array_add(pairs, NULL);
    return (char **)g_ptr_array_free(pairs, FALSE);
}

static char *format_uuid(const guint8 *uuid)
{
    char text[UUID_TEXT_LEN];

    uuid_format(uuid, text);
    return g_strdup(text);
}

static void add(GPtrArray *pairs, const char *attribute, char *value)
{
    g_ptr_array_add(pairs, g_strdup(attribute));
    g_ptr_array_add(pairs, value);
}

char **access_object_from_call(const RpcCall *call, AccessPermission permission)
{
    GPtrArray *pairs = begin(call->client->daemon);
    const RpcProcedure *row = call->row;
    gboolean is_about_object = strcmp(access_permissions[permission].object, "connect") != 0;

    for (gsize i = 0; is_about_object && i < G_N_ELEMENTS(attributes); i++) {
        const Attribute *attribute = &attributes[i];
        const char *place = (const char *)call->args + row->object_offset + attribute->offset;

        if (row->object != attribute->kind)
            continue;
        add(pairs, attribute->attribute,
            attribute->is_uuid ? format_uuid((const guint8 *)place) : g_strdup(*(char *const *)place));
    }
    return end(pairs);
}

char **access_object_from_name(const Daemon *daemon, AccessPermission permission, const char *name, const guint8 *uuid)
{
    GPtrArray *pairs = begin(daemon);
    const char *object = access_permissions[permission].object;

    for (gsize i = 0; i < G_N_ELEMENTS(named); i++) {
        if (strcmp(named[i].object, object) != 0)
            continue;
        if (name && named[i].name)
            add(pairs, named[i].name, g_strdup(name));
        if (uuid && named[i].uuid)
            add(pairs, named[i].uuid, format_uuid(uuid));
    }
    return end(pairs);
}
