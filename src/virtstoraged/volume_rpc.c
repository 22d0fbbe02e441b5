/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The remote program's calls about one volume: wire structs to volume_job.h. */
#include "common/error.h"
#include "virtstoraged/handlers.h"
#include "virtstoraged/volume_job.h"

/* The active pool of a volume, which must be there too. NULL: VIR_ERR_NO_STORAGE_POOL, VIR_ERR_NO_STORAGE_VOL,
 * VIR_ERR_OPERATION_INVALID. */
static StoragePool *find_pool(const remote_nonnull_storage_vol *wire, GError **error)
{
    StoragePool *pool = pool_find(wire->pool, error);

    return pool && pool_check_active(pool, error) && pool_find_volume(pool, wire->name, error) ? pool : NULL;
}

/* ---- making ---- */

#define CREATE_FLAGS (VIR_STORAGE_VOL_CREATE_PREALLOC_METADATA | VIR_STORAGE_VOL_CREATE_VALIDATE)

static void answer_create(RpcCall *call, StorageJob *job)
{
    volume_rpc_fill(&((remote_storage_vol_create_xml_ret *)rpc_call_ret(call))->vol, job->name, job->volume);
}

static void answer_create_from(RpcCall *call, StorageJob *job)
{
    volume_rpc_fill(&((remote_storage_vol_create_xml_from_ret *)rpc_call_ret(call))->vol, job->name, job->volume);
}

/* What the table could only ask about in general is asked about this volume, now that its name is known. */
static VolumeDef *parse_allowed(RpcCall *call, const char *xml, gboolean needs_capacity, guint flags, GError **error)
{
    guint mode = flags & VIR_STORAGE_VOL_CREATE_VALIDATE ? XML_MODE_VALIDATE : 0;
    g_autoptr(VolumeDef) def = volume_def_parse(xml, needs_capacity, mode, error);

    return def && rpc_call_check_access(call, ACCESS_STORAGE_VOL_CREATE, def->name, NULL, error) ? g_steal_pointer(&def)
                                                                                                 : NULL;
}

HANDLER(storage_vol_create_xml)
{
    StoragePool *pool = pool_rpc_find(&args->pool, error);
    VolumeDef *def;

    if (!pool || !pool_check_active(pool, error) ||
        !storage_rpc_check_flags(args->flags, CREATE_FLAGS, "virStorageVolCreateXML", error))
        return FALSE;
    def = parse_allowed(call, args->xml, TRUE, args->flags, error);
    if (def)
        volume_job_make(pool, def, NULL, NULL, args->flags, call, answer_create);
    return def != NULL;
}

HANDLER(storage_vol_create_xml_from)
{
    StoragePool *pool = pool_rpc_find(&args->pool, error);
    StoragePool *source = pool ? pool_find(args->clonevol.pool, error) : NULL;
    VolumeDef *def;

    if (!source || !pool_check_active(pool, error) ||
        !storage_rpc_check_flags(args->flags, CREATE_FLAGS | VIR_STORAGE_VOL_CREATE_REFLINK,
                                 "virStorageVolCreateXMLFrom", error))
        return FALSE;
    def = parse_allowed(call, args->xml, FALSE, args->flags, error);
    if (def)
        volume_job_make(pool, def, source, args->clonevol.name, args->flags, call, answer_create_from);
    return def != NULL;
}

/* ---- changing ---- */

HANDLER_NO_RET(storage_vol_delete)
{
    StoragePool *pool = find_pool(&args->vol, error);

    if (!pool || !storage_rpc_check_flags(args->flags, 0, "virStorageVolDelete", error))
        return FALSE;
    volume_job_delete(pool, args->vol.name, call);
    return TRUE;
}

HANDLER_NO_RET(storage_vol_resize)
{
    StoragePool *pool = find_pool(&args->vol, error);

    if (!pool || !storage_rpc_check_flags(args->flags,
                                          VIR_STORAGE_VOL_RESIZE_ALLOCATE | VIR_STORAGE_VOL_RESIZE_DELTA |
                                              VIR_STORAGE_VOL_RESIZE_SHRINK,
                                          "virStorageVolResize", error))
        return FALSE;
    volume_job_resize(pool, args->vol.name, args->capacity, args->flags, call);
    return TRUE;
}

static gboolean wipe(RpcCall *call, const remote_nonnull_storage_vol *vol, guint algorithm, guint flags,
                     const char *function, GError **error)
{
    StoragePool *pool = find_pool(vol, error);

    if (!pool || !storage_rpc_check_flags(flags, 0, function, error))
        return FALSE;
    if (algorithm > VIR_STORAGE_VOL_WIPE_ALG_TRIM) {
        vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_INVALID_ARG, "wiping algorithm %u not supported", algorithm);
        return FALSE;
    }
    if (algorithm != VIR_STORAGE_VOL_WIPE_ALG_ZERO) {
        vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_OPERATION_UNSUPPORTED,
                      "wiping with algorithm %u; volumes are overwritten with zeros", algorithm);
        return FALSE;
    }
    volume_job_wipe(pool, vol->name, call);
    return TRUE;
}

HANDLER_NO_RET(storage_vol_wipe)
{
    return wipe(call, &args->vol, VIR_STORAGE_VOL_WIPE_ALG_ZERO, args->flags, "virStorageVolWipe", error);
}

HANDLER_NO_RET(storage_vol_wipe_pattern)
{
    return wipe(call, &args->vol, args->algorithm, args->flags, "virStorageVolWipePattern", error);
}

/* ---- streams ---- */

HANDLER_NO_RET(storage_vol_upload)
{
    StoragePool *pool = find_pool(&args->vol, error);

    if (!pool ||
        !storage_rpc_check_flags(args->flags, VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM, "virStorageVolUpload", error))
        return FALSE;
    volume_job_upload(pool, args->vol.name, args->offset, args->length, call);
    return TRUE;
}

HANDLER_NO_RET(storage_vol_download)
{
    StoragePool *pool = find_pool(&args->vol, error);

    if (!pool ||
        !storage_rpc_check_flags(args->flags, VIR_STORAGE_VOL_DOWNLOAD_SPARSE_STREAM, "virStorageVolDownload", error))
        return FALSE;
    volume_job_download(pool, args->vol.name, args->offset, args->length, call);
    return TRUE;
}

/* ---- questions ---- */

static void answer_info(RpcCall *call, StorageJob *job)
{
    remote_storage_vol_get_info_ret *ret = rpc_call_ret(call);

    ret->type = (char)job->volume->type;
    ret->capacity = job->volume->capacity;
    ret->allocation = job->volume->allocation;
}

static void answer_info_flags(RpcCall *call, StorageJob *job)
{
    remote_storage_vol_get_info_flags_ret *ret = rpc_call_ret(call);

    ret->type = (char)job->volume->type;
    ret->capacity = job->volume->capacity;
    ret->allocation = job->volume->allocation;
}

static void answer_info_physical(RpcCall *call, StorageJob *job)
{
    answer_info_flags(call, job);
    ((remote_storage_vol_get_info_flags_ret *)rpc_call_ret(call))->allocation = job->volume->physical;
}

static void answer_xml(RpcCall *call, StorageJob *job)
{
    ((remote_storage_vol_get_xml_desc_ret *)rpc_call_ret(call))->xml = volume_def_format(job->volume);
}

static gboolean look(RpcCall *call, const remote_nonnull_storage_vol *vol, StorageAnswer answer, GError **error)
{
    StoragePool *pool = find_pool(vol, error);

    if (pool)
        volume_job_look(pool, vol->name, call, answer);
    return pool != NULL;
}

HANDLER(storage_vol_get_info)
{
    return look(call, &args->vol, answer_info, error);
}

HANDLER(storage_vol_get_info_flags)
{
    return storage_rpc_check_flags(args->flags, VIR_STORAGE_VOL_GET_PHYSICAL, "virStorageVolGetInfoFlags", error) &&
           look(call, &args->vol, args->flags ? answer_info_physical : answer_info_flags, error);
}

HANDLER(storage_vol_get_xml_desc)
{
    return storage_rpc_check_flags(args->flags, 0, "virStorageVolGetXMLDesc", error) &&
           look(call, &args->vol, answer_xml, error);
}

HANDLER(storage_vol_get_path)
{
    StoragePool *pool = find_pool(&args->vol, error);

    if (!pool)
        return FALSE;
    ret->name = g_strdup(pool_find_volume(pool, args->vol.name, NULL)->def->target.path);
    return TRUE;
}
