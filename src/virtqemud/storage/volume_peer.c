/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/storage/volume_peer.h"

#include "common/error.h"
#include "rpc/remote_calls.h"
#include "virtqemud/peer.h"

/* What kind a volume is to QEMU. */
static DiskSourceType find_type(int type)
{
    switch (type) {
    case VIR_STORAGE_VOL_FILE:
        return DISK_SOURCE_FILE;
    case VIR_STORAGE_VOL_BLOCK:
        return DISK_SOURCE_BLOCK;
    case VIR_STORAGE_VOL_DIR:
        return DISK_SOURCE_DIR;
    default:
        return DISK_SOURCE_NONE;
    }
}

static gboolean take_volume(RpcClient *client, DiskSource *source, const remote_nonnull_storage_vol *volume,
                            GError **error)
{
    remote_storage_vol_get_info_args info_args = {.vol = *volume};
    remote_storage_vol_get_info_ret info = {0};
    remote_storage_vol_get_path_args path_args = {.vol = *volume};
    remote_storage_vol_get_path_ret path = {0};
    DiskSourceType type;

    if (!peer_call(client, REMOTE_PROC_STORAGE_VOL_GET_INFO, &info_args, &info, error))
        return FALSE;
    type = find_type(info.type);
    if (type == DISK_SOURCE_NONE)
        return vir_error_fail(error, VIR_FROM_STORAGE, VIR_ERR_CONFIG_UNSUPPORTED,
                              "volume '%s' of storage pool '%s' is not on this host", source->volume, source->pool);
    if (!peer_call(client, REMOTE_PROC_STORAGE_VOL_GET_PATH, &path_args, &path, error))
        return FALSE;
    g_free(source->path);
    source->path = g_strdup(path.name);
    source->volume_type = type;
    xdr_free((xdrproc_t)xdr_remote_storage_vol_get_path_ret, (char *)&path);
    return TRUE;
}

static gboolean resolve_in(RpcClient *client, DiskSource *source, const remote_nonnull_storage_pool *pool,
                           GError **error)
{
    remote_storage_pool_is_active_args active_args = {.pool = *pool};
    remote_storage_pool_is_active_ret active = {0};
    remote_storage_vol_lookup_by_name_args args = {.pool = *pool, .name = source->volume};
    remote_storage_vol_lookup_by_name_ret found = {0};
    gboolean ok;

    if (!peer_call(client, REMOTE_PROC_STORAGE_POOL_IS_ACTIVE, &active_args, &active, error))
        return FALSE;
    if (!active.active)
        return vir_error_fail(error, VIR_FROM_STORAGE, VIR_ERR_CONFIG_UNSUPPORTED,
                              "storage pool '%s' containing volume '%s' is not active", source->pool, source->volume);
    if (!peer_call(client, REMOTE_PROC_STORAGE_VOL_LOOKUP_BY_NAME, &args, &found, error))
        return FALSE;
    ok = take_volume(client, source, &found.vol, error);
    xdr_free((xdrproc_t)xdr_remote_storage_vol_lookup_by_name_ret, (char *)&found);
    return ok;
}

static gboolean resolve(RpcClient *client, DiskSource *source, GError **error)
{
    remote_storage_pool_lookup_by_name_args args = {.name = source->pool};
    remote_storage_pool_lookup_by_name_ret found = {0};
    gboolean ok;

    if (!peer_call(client, REMOTE_PROC_STORAGE_POOL_LOOKUP_BY_NAME, &args, &found, error))
        return FALSE;
    ok = resolve_in(client, source, &found.pool, error);
    xdr_free((xdrproc_t)xdr_remote_storage_pool_lookup_by_name_ret, (char *)&found);
    return ok;
}

gboolean volume_peer_resolve(DomainDef *def, GError **error)
{
    RpcClient *client = NULL;
    gboolean ok = TRUE;

    for (guint i = 0; ok && i < def->disks->len; i++) {
        DiskDef *disk = g_ptr_array_index(def->disks, i);
        g_autoptr(GError) problem = NULL;

        if (disk->source.type != DISK_SOURCE_VOLUME)
            continue;
        if (!client)
            client = peer_open(&peer_storage, &problem);
        ok = client && resolve(client, &disk->source, &problem);
        /* What is optional may be missing: see storage.c. */
        if (!ok && client && disk->source.startup_policy == DISK_STARTUP_OPTIONAL)
            ok = TRUE;
        else if (!ok)
            g_propagate_error(error, g_steal_pointer(&problem));
    }
    peer_close(client);
    return ok;
}
