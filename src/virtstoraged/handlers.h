/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every call that virtstoraged answers. The table is in pool_rpc.c; what it takes from other files is here. */
#pragma once

#include "virtstoraged/job.h"

extern const RemoteHandlers storage_handlers;

/* ---- what the adapters share ---- */

/* The pool that the wire names. NULL: VIR_ERR_NO_STORAGE_POOL. */
StoragePool *pool_rpc_find(const remote_nonnull_storage_pool *wire, GError **error);
void pool_rpc_fill(remote_nonnull_storage_pool *wire, const StoragePool *pool);

/* Fills as much of wire as there is room for with the pool's volume. */
void volume_rpc_fill(remote_nonnull_storage_vol *wire, const char *pool, const VolumeDef *def);

/* FALSE: VIR_ERR_INVALID_ARG, when flags has others than the known ones; or more than one of the exclusive ones. */
gboolean storage_rpc_check_flags(guint flags, guint known, const char *function, GError **error);
gboolean storage_rpc_check_one(guint flags, guint exclusive, const char *function, GError **error);

#define HANDLER(name)                                                                                                  \
    gboolean name(RpcCall *call, const remote_##name##_args *args, remote_##name##_ret *ret, GError **error)
#define HANDLER_NO_RET(name)  gboolean name(RpcCall *call, const remote_##name##_args *args, GError **error)
#define HANDLER_NO_ARGS(name) gboolean name(RpcCall *call, remote_##name##_ret *ret, GError **error)

/* pool_list_rpc.c */
HANDLER(connect_list_all_storage_pools);
HANDLER(connect_list_storage_pools);
HANDLER(connect_list_defined_storage_pools);
HANDLER_NO_ARGS(connect_num_of_storage_pools);
HANDLER_NO_ARGS(connect_num_of_defined_storage_pools);
HANDLER(storage_pool_lookup_by_name);
HANDLER(storage_pool_lookup_by_uuid);
HANDLER(storage_pool_lookup_by_volume);
HANDLER(storage_pool_lookup_by_target_path);

/* volume_list_rpc.c */
HANDLER(storage_pool_num_of_volumes);
HANDLER(storage_pool_list_volumes);
HANDLER(storage_pool_list_all_volumes);
HANDLER(storage_vol_lookup_by_name);
HANDLER(storage_vol_lookup_by_key);
HANDLER(storage_vol_lookup_by_path);

/* volume_rpc.c */
HANDLER(storage_vol_create_xml);
HANDLER(storage_vol_create_xml_from);
HANDLER_NO_RET(storage_vol_delete);
HANDLER_NO_RET(storage_vol_wipe);
HANDLER_NO_RET(storage_vol_wipe_pattern);
HANDLER_NO_RET(storage_vol_resize);
HANDLER_NO_RET(storage_vol_upload);
HANDLER_NO_RET(storage_vol_download);
HANDLER(storage_vol_get_info);
HANDLER(storage_vol_get_info_flags);
HANDLER(storage_vol_get_xml_desc);
HANDLER(storage_vol_get_path);
