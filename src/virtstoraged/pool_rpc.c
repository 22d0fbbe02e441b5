/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The remote program's calls about one pool: wire structs to pool.h and pool_job.h. */
#include <string.h>

#include "common/error.h"
#include "daemon/flags.h"
#include "virtstoraged/capabilities.h"
#include "virtstoraged/handlers.h"
#include "virtstoraged/pool_job.h"

/* ---- what the adapters share ---- */

StoragePool *pool_rpc_find(const remote_nonnull_storage_pool *wire, GError **error)
{
    return pool_find_uuid((const guint8 *)wire->uuid, error);
}

void pool_rpc_fill(remote_nonnull_storage_pool *wire, const StoragePool *pool)
{
    wire->name = g_strdup(pool->name);
    memcpy(wire->uuid, pool->uuid, UUID_LEN);
}

gboolean storage_rpc_check_flags(guint flags, guint known, const char *function, GError **error)
{
    return flags_check(flags, known, VIR_FROM_STORAGE, function, error);
}

gboolean storage_rpc_check_one(guint flags, guint exclusive, const char *function, GError **error)
{
    flags &= exclusive;
    if ((flags & (flags - 1)) == 0)
        return TRUE;
    vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_INVALID_ARG, "flags 0x%x of %s exclude each other", flags, function);
    return FALSE;
}

/* ---- define and create ---- */

/* Those that the table could only ask about in general are asked about this pool, now that its name is known. */
static PoolDef *parse_allowed(RpcCall *call, const char *xml, gboolean is_validated, AccessPermission first,
                              AccessPermission second, GError **error)
{
    g_autoptr(PoolDef) def = rpc_call_steal_kept(call);

    if (!def && !(def = pool_def_parse(xml, is_validated ? XML_MODE_VALIDATE : 0, error)))
        return NULL;
    if (rpc_call_check_access(call, first, def->name, def->uuid, error) &&
        rpc_call_check_access(call, second, def->name, def->uuid, error))
        return g_steal_pointer(&def);
    /* A document without a UUID has another each time that it is read. */
    rpc_call_keep(call, g_steal_pointer(&def), (GDestroyNotify)pool_def_free);
    return NULL;
}

static void answer_define(RpcCall *call, StorageJob *job)
{
    pool_rpc_fill(&((remote_storage_pool_define_xml_ret *)rpc_call_ret(call))->pool, job->pool);
}

static void answer_create(RpcCall *call, StorageJob *job)
{
    pool_rpc_fill(&((remote_storage_pool_create_xml_ret *)rpc_call_ret(call))->pool, job->pool);
}

static HANDLER(storage_pool_define_xml)
{
    PoolDef *def;

    if (!storage_rpc_check_flags(args->flags, VIR_STORAGE_POOL_DEFINE_VALIDATE, "virStoragePoolDefineXML", error))
        return FALSE;
    def = parse_allowed(call, args->xml, args->flags != 0, ACCESS_STORAGE_POOL_WRITE, ACCESS_STORAGE_POOL_SAVE, error);
    if (def)
        pool_job_define(def, call, answer_define);
    return def != NULL;
}

#define BUILD_HOW (VIR_STORAGE_POOL_CREATE_WITH_BUILD_OVERWRITE | VIR_STORAGE_POOL_CREATE_WITH_BUILD_NO_OVERWRITE)

static gboolean check_create_flags(guint flags, const char *function, GError **error)
{
    return storage_rpc_check_flags(flags, VIR_STORAGE_POOL_CREATE_WITH_BUILD | BUILD_HOW, function, error) &&
           storage_rpc_check_one(flags, BUILD_HOW, function, error);
}

static HANDLER(storage_pool_create_xml)
{
    PoolDef *def;

    if (!check_create_flags(args->flags, "virStoragePoolCreateXML", error))
        return FALSE;
    def = parse_allowed(call, args->xml, FALSE, ACCESS_STORAGE_POOL_WRITE, ACCESS_STORAGE_POOL_START, error);
    if (def)
        pool_job_create(def, args->flags, call, answer_create);
    return def != NULL;
}

/* ---- the other changes ---- */

static HANDLER_NO_RET(storage_pool_undefine)
{
    StoragePool *pool = pool_rpc_find(&args->pool, error);

    if (pool)
        pool_job_undefine(pool, call);
    return pool != NULL;
}

static HANDLER_NO_RET(storage_pool_create)
{
    StoragePool *pool = pool_rpc_find(&args->pool, error);

    if (!pool || !check_create_flags(args->flags, "virStoragePoolCreate", error))
        return FALSE;
    pool_job_start(pool, args->flags, call);
    return TRUE;
}

static HANDLER_NO_RET(storage_pool_destroy)
{
    StoragePool *pool = pool_rpc_find(&args->pool, error);

    if (pool)
        pool_job_stop(pool, call);
    return pool != NULL;
}

static HANDLER_NO_RET(storage_pool_build)
{
    const guint how = VIR_STORAGE_POOL_BUILD_OVERWRITE | VIR_STORAGE_POOL_BUILD_NO_OVERWRITE;
    StoragePool *pool = pool_rpc_find(&args->pool, error);

    if (!pool || !storage_rpc_check_flags(args->flags, how, "virStoragePoolBuild", error) ||
        !storage_rpc_check_one(args->flags, how, "virStoragePoolBuild", error))
        return FALSE;
    pool_job_build(pool, call);
    return TRUE;
}

static HANDLER_NO_RET(storage_pool_delete)
{
    StoragePool *pool = pool_rpc_find(&args->pool, error);

    if (!pool || !storage_rpc_check_flags(args->flags, 0, "virStoragePoolDelete", error))
        return FALSE;
    pool_job_delete(pool, call);
    return TRUE;
}

static HANDLER_NO_RET(storage_pool_refresh)
{
    StoragePool *pool = pool_rpc_find(&args->pool, error);

    if (!pool || !storage_rpc_check_flags(args->flags, 0, "virStoragePoolRefresh", error))
        return FALSE;
    pool_job_refresh(pool, call);
    return TRUE;
}

static HANDLER_NO_RET(storage_pool_set_autostart)
{
    StoragePool *pool = pool_rpc_find(&args->pool, error);

    if (pool)
        pool_job_set_autostart(pool, args->autostart != 0, call);
    return pool != NULL;
}

/* ---- questions ---- */

static HANDLER(storage_pool_get_xml_desc)
{
    StoragePool *pool = pool_rpc_find(&args->pool, error);

    if (!pool || !storage_rpc_check_flags(args->flags, VIR_STORAGE_XML_INACTIVE, "virStoragePoolGetXMLDesc", error))
        return FALSE;
    ret->xml = pool_def_format(pool_def_for(pool, (args->flags & VIR_STORAGE_XML_INACTIVE) != 0));
    return TRUE;
}

static HANDLER(storage_pool_get_info)
{
    StoragePool *pool = pool_rpc_find(&args->pool, error);
    const PoolDef *def = pool ? pool_def_for(pool, FALSE) : NULL;

    if (!pool)
        return FALSE;
    ret->state = (guchar)pool_state(pool);
    ret->capacity = def->capacity;
    ret->allocation = def->allocation;
    ret->available = def->available;
    return TRUE;
}

static HANDLER(storage_pool_get_autostart)
{
    StoragePool *pool = pool_rpc_find(&args->pool, error);

    if (pool)
        ret->autostart = pool->autostart;
    return pool != NULL;
}

static HANDLER(storage_pool_is_active)
{
    StoragePool *pool = pool_rpc_find(&args->pool, error);

    if (pool)
        ret->active = pool_is_active(pool);
    return pool != NULL;
}

static HANDLER(storage_pool_is_persistent)
{
    StoragePool *pool = pool_rpc_find(&args->pool, error);

    if (pool)
        ret->persistent = pool->def != NULL;
    return pool != NULL;
}

static HANDLER(connect_get_storage_pool_capabilities)
{
    if (!storage_rpc_check_flags(args->flags, 0, "virConnectGetStoragePoolCapabilities", error))
        return FALSE;
    ret->capabilities = capabilities_format();
    return TRUE;
}

/* Types that have sources to be found are not there; a directory has none. */
static HANDLER(connect_find_storage_pool_sources)
{
    int type = xml_enum_find(pool_types, POOL_LAST, args->type);

    if (!storage_rpc_check_flags(args->flags, 0, "virConnectFindStoragePoolSources", error))
        return FALSE;
    if (type < 0)
        vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_INTERNAL_ERROR, "unknown storage pool type %s", args->type);
    else
        vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_NO_SUPPORT, "pool type '%s' does not support source discovery",
                      args->type);
    return FALSE;
}

const RemoteHandlers storage_handlers = {
    .connect_find_storage_pool_sources = connect_find_storage_pool_sources,
    .connect_get_storage_pool_capabilities = connect_get_storage_pool_capabilities,
    .connect_list_all_storage_pools = connect_list_all_storage_pools,
    .connect_list_defined_storage_pools = connect_list_defined_storage_pools,
    .connect_list_storage_pools = connect_list_storage_pools,
    .connect_num_of_defined_storage_pools = connect_num_of_defined_storage_pools,
    .connect_num_of_storage_pools = connect_num_of_storage_pools,
    .storage_pool_build = storage_pool_build,
    .storage_pool_create = storage_pool_create,
    .storage_pool_create_xml = storage_pool_create_xml,
    .storage_pool_define_xml = storage_pool_define_xml,
    .storage_pool_delete = storage_pool_delete,
    .storage_pool_destroy = storage_pool_destroy,
    .storage_pool_get_autostart = storage_pool_get_autostart,
    .storage_pool_get_info = storage_pool_get_info,
    .storage_pool_get_xml_desc = storage_pool_get_xml_desc,
    .storage_pool_is_active = storage_pool_is_active,
    .storage_pool_is_persistent = storage_pool_is_persistent,
    .storage_pool_list_all_volumes = storage_pool_list_all_volumes,
    .storage_pool_list_volumes = storage_pool_list_volumes,
    .storage_pool_lookup_by_name = storage_pool_lookup_by_name,
    .storage_pool_lookup_by_target_path = storage_pool_lookup_by_target_path,
    .storage_pool_lookup_by_uuid = storage_pool_lookup_by_uuid,
    .storage_pool_lookup_by_volume = storage_pool_lookup_by_volume,
    .storage_pool_num_of_volumes = storage_pool_num_of_volumes,
    .storage_pool_refresh = storage_pool_refresh,
    .storage_pool_set_autostart = storage_pool_set_autostart,
    .storage_pool_undefine = storage_pool_undefine,
    .storage_vol_create_xml = storage_vol_create_xml,
    .storage_vol_create_xml_from = storage_vol_create_xml_from,
    .storage_vol_delete = storage_vol_delete,
    .storage_vol_download = storage_vol_download,
    .storage_vol_get_info = storage_vol_get_info,
    .storage_vol_get_info_flags = storage_vol_get_info_flags,
    .storage_vol_get_path = storage_vol_get_path,
    .storage_vol_get_xml_desc = storage_vol_get_xml_desc,
    .storage_vol_lookup_by_key = storage_vol_lookup_by_key,
    .storage_vol_lookup_by_name = storage_vol_lookup_by_name,
    .storage_vol_lookup_by_path = storage_vol_lookup_by_path,
    .storage_vol_resize = storage_vol_resize,
    .storage_vol_upload = storage_vol_upload,
    .storage_vol_wipe = storage_vol_wipe,
    .storage_vol_wipe_pattern = storage_vol_wipe_pattern,
};
