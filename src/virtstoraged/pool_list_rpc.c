/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The remote program's calls that find pools. */
#include "daemon/flags.h"
#include "daemon/lists.h"
#include "virtstoraged/handlers.h"

/* ---- lookup ---- */

static gboolean lookup(RpcCall *call, const StoragePool *pool, remote_nonnull_storage_pool *wire, GError **error)
{
    if (!pool || !rpc_call_check_access(call, ACCESS_STORAGE_POOL_GETATTR, pool->name, pool->uuid, error))
        return FALSE;
    pool_rpc_fill(wire, pool);
    return TRUE;
}

HANDLER(storage_pool_lookup_by_name)
{
    return lookup(call, pool_find(args->name, error), &ret->pool, error);
}

HANDLER(storage_pool_lookup_by_uuid)
{
    return lookup(call, pool_find_uuid((const guint8 *)args->uuid, error), &ret->pool, error);
}

HANDLER(storage_pool_lookup_by_volume)
{
    return lookup(call, pool_find(args->vol.pool, error), &ret->pool, error);
}

HANDLER(storage_pool_lookup_by_target_path)
{
    return lookup(call, pool_find_path(args->path, error), &ret->pool, error);
}

/* ---- lists ---- */

#define LIST_ACTIVE     (VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE | VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE)
#define LIST_PERSISTENT (VIR_CONNECT_LIST_STORAGE_POOLS_PERSISTENT | VIR_CONNECT_LIST_STORAGE_POOLS_TRANSIENT)
#define LIST_AUTOSTART  (VIR_CONNECT_LIST_STORAGE_POOLS_AUTOSTART | VIR_CONNECT_LIST_STORAGE_POOLS_NO_AUTOSTART)
#define LIST_TYPE                                                                                                      \
    (VIR_CONNECT_LIST_STORAGE_POOLS_DIR | VIR_CONNECT_LIST_STORAGE_POOLS_FS | VIR_CONNECT_LIST_STORAGE_POOLS_NETFS |   \
     VIR_CONNECT_LIST_STORAGE_POOLS_LOGICAL | VIR_CONNECT_LIST_STORAGE_POOLS_DISK |                                    \
     VIR_CONNECT_LIST_STORAGE_POOLS_ISCSI | VIR_CONNECT_LIST_STORAGE_POOLS_SCSI |                                      \
     VIR_CONNECT_LIST_STORAGE_POOLS_MPATH | VIR_CONNECT_LIST_STORAGE_POOLS_RBD |                                       \
     VIR_CONNECT_LIST_STORAGE_POOLS_SHEEPDOG | VIR_CONNECT_LIST_STORAGE_POOLS_GLUSTER |                                \
     VIR_CONNECT_LIST_STORAGE_POOLS_ZFS | VIR_CONNECT_LIST_STORAGE_POOLS_VSTORAGE |                                    \
     VIR_CONNECT_LIST_STORAGE_POOLS_ISCSI_DIRECT)

static gboolean is_wanted(const StoragePool *pool, guint flags)
{
    return pool_is_known(pool) &&
           flags_pass(flags, LIST_ACTIVE,
                      pool_is_active(pool) ? VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE
                                           : VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE) &&
           flags_pass(flags, LIST_PERSISTENT,
                      pool->def ? VIR_CONNECT_LIST_STORAGE_POOLS_PERSISTENT
                                : VIR_CONNECT_LIST_STORAGE_POOLS_TRANSIENT) &&
           flags_pass(flags, LIST_AUTOSTART,
                      pool->autostart ? VIR_CONNECT_LIST_STORAGE_POOLS_AUTOSTART
                                      : VIR_CONNECT_LIST_STORAGE_POOLS_NO_AUTOSTART) &&
           flags_pass(flags, LIST_TYPE, VIR_CONNECT_LIST_STORAGE_POOLS_DIR);
}

/* The pools that flags want and the caller may see, by name; borrowed elements. */
static GPtrArray *list(RpcCall *call, guint flags)
{
    GPtrArray *found = g_ptr_array_new();
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, storage_driver.by_name);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const StoragePool *pool = value;

        if (is_wanted(pool, flags) && rpc_call_may_see(call, pool->name, pool->uuid))
            g_ptr_array_add(found, value);
    }
    list_sort(found, offsetof(StoragePool, name));
    return found;
}

HANDLER(connect_list_all_storage_pools)
{
    g_autoptr(GPtrArray) found = NULL;

    if (!storage_rpc_check_flags(args->flags, LIST_ACTIVE | LIST_PERSISTENT | LIST_AUTOSTART | LIST_TYPE,
                                 "virConnectListAllStoragePools", error))
        return FALSE;
    found = list(call, args->flags);
    if (!list_fits(found, REMOTE_STORAGE_POOL_LIST_MAX, "storage pools", error))
        return FALSE;
    ret->ret = found->len;
    if (!args->need_results)
        return TRUE;
    ret->pools.pools_val = g_new0(remote_nonnull_storage_pool, found->len);
    ret->pools.pools_len = found->len;
    for (guint i = 0; i < found->len; i++)
        pool_rpc_fill(&ret->pools.pools_val[i], found->pdata[i]);
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

    return list_names(found, offsetof(StoragePool, name), max, REMOTE_STORAGE_POOL_LIST_MAX,
                      "REMOTE_STORAGE_POOL_LIST_MAX", n, out, error);
}

HANDLER_NO_ARGS(connect_num_of_storage_pools)
{
    ret->num = count(call, VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE);
    return TRUE;
}

HANDLER_NO_ARGS(connect_num_of_defined_storage_pools)
{
    ret->num = count(call, VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE);
    return TRUE;
}

HANDLER(connect_list_storage_pools)
{
    return names(call, VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE, args->maxnames, &ret->names.names_len,
                 &ret->names.names_val, error);
}

HANDLER(connect_list_defined_storage_pools)
{
    return names(call, VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE, args->maxnames, &ret->names.names_len,
                 &ret->names.names_val, error);
}
