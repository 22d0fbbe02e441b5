/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The remote program's calls that find volumes. They are answered from what was found when the pool was looked at. */
#include <string.h>

#include "common/error.h"
#include "daemon/lists.h"
#include "virtstoraged/handlers.h"

void volume_rpc_fill(remote_nonnull_storage_vol *wire, const char *pool, const VolumeDef *def)
{
    wire->pool = g_strdup(pool);
    wire->name = g_strdup(def->name);
    wire->key = g_strdup(def->key);
}

/* ---- lookup ---- */

static gboolean answer(RpcCall *call, const StoragePool *pool, const Volume *volume, remote_nonnull_storage_vol *wire,
                       GError **error)
{
    if (!volume || !rpc_call_check_access(call, ACCESS_STORAGE_VOL_GETATTR, volume->def->name, NULL, error))
        return FALSE;
    volume_rpc_fill(wire, pool->name, volume->def);
    return TRUE;
}

HANDLER(storage_vol_lookup_by_name)
{
    StoragePool *pool = pool_rpc_find(&args->pool, error);

    return pool && pool_check_active(pool, error) &&
           answer(call, pool, pool_find_volume(pool, args->name, error), &ret->vol, error);
}

/* Of all pools; one without an active pool has no volumes. A volume's key is its path. */
static Volume *find_at(const char *path, StoragePool **pool)
{
    g_autofree char *clean = storage_clean_path(path);
    g_autofree char *dir = g_path_get_dirname(clean);
    g_autofree char *name = g_path_get_basename(clean);

    *pool = pool_find_path(dir, NULL);
    return *pool ? pool_find_volume(*pool, name, NULL) : NULL;
}

HANDLER(storage_vol_lookup_by_key)
{
    StoragePool *pool;
    Volume *volume = find_at(args->key, &pool);

    if (!volume || strcmp(volume->def->key, args->key) != 0) {
        vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_NO_STORAGE_VOL, "no storage vol with matching key %s",
                      args->key);
        return FALSE;
    }
    return answer(call, pool, volume, &ret->vol, error);
}

HANDLER(storage_vol_lookup_by_path)
{
    StoragePool *pool;
    Volume *volume = find_at(args->path, &pool);

    if (!volume)
        vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_NO_STORAGE_VOL, "no storage vol with matching path '%s'",
                      args->path);
    return answer(call, pool, volume, &ret->vol, error);
}

/* ---- lists ---- */

/* The pool's volumes that the caller may see, by name; borrowed elements. NULL: the pool is not active. */
static GPtrArray *list(RpcCall *call, const remote_nonnull_storage_pool *wire, StoragePool **pool, GError **error)
{
    GPtrArray *found, *all;

    *pool = pool_rpc_find(wire, error);
    if (!*pool || !pool_check_active(*pool, error))
        return NULL;
    all = pool_list_volumes(*pool);
    found = g_ptr_array_new();
    for (guint i = 0; i < all->len; i++) {
        if (rpc_call_may_see(call, ((const Volume *)all->pdata[i])->def->name, NULL))
            g_ptr_array_add(found, all->pdata[i]);
    }
    g_ptr_array_unref(all);
    return found;
}

HANDLER(storage_pool_num_of_volumes)
{
    StoragePool *pool;
    g_autoptr(GPtrArray) found = list(call, &args->pool, &pool, error);

    if (found)
        ret->num = (int)found->len;
    return found != NULL;
}

HANDLER(storage_pool_list_volumes)
{
    StoragePool *pool;
    g_autoptr(GPtrArray) found = NULL;

    if (args->maxnames < 0 || args->maxnames > REMOTE_STORAGE_VOL_LIST_MAX) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_RPC, "%s", "maxnames > REMOTE_STORAGE_VOL_LIST_MAX");
        return FALSE;
    }
    found = list(call, &args->pool, &pool, error);
    if (!found)
        return FALSE;
    ret->names.names_len = MIN(found->len, (guint)args->maxnames);
    ret->names.names_val = g_new0(char *, ret->names.names_len);
    for (guint i = 0; i < ret->names.names_len; i++)
        ret->names.names_val[i] = g_strdup(((const Volume *)found->pdata[i])->def->name);
    return TRUE;
}

HANDLER(storage_pool_list_all_volumes)
{
    StoragePool *pool;
    g_autoptr(GPtrArray) found = NULL;

    if (!storage_rpc_check_flags(args->flags, 0, "virStoragePoolListAllVolumes", error))
        return FALSE;
    found = list(call, &args->pool, &pool, error);
    if (!found)
        return FALSE;
    if (!list_fits(found, REMOTE_STORAGE_VOL_LIST_MAX, "storage volumes", error))
        return FALSE;
    ret->ret = found->len;
    if (!args->need_results)
        return TRUE;
    ret->vols.vols_val = g_new0(remote_nonnull_storage_vol, found->len);
    ret->vols.vols_len = found->len;
    for (guint i = 0; i < found->len; i++)
        volume_rpc_fill(&ret->vols.vols_val[i], pool->name, ((const Volume *)found->pdata[i])->def);
    return TRUE;
}
