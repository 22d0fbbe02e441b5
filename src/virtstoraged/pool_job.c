/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtstoraged/pool_job.h"

#include "common/error.h"
#include "virtstoraged/store.h"

static gboolean refuse(const StorageJob *job, GError **error, const char *format)
{
    g_autofree char *message = g_strdup_printf(format, job->name);

    vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_OPERATION_INVALID, "%s", message);
    return FALSE;
}

static gboolean check_inactive(const StorageJob *job, GError **error)
{
    return !pool_is_active(job->pool) || refuse(job, error, "storage pool '%s' is still active");
}

/* A definition that went while the job waited. */
static gboolean copy_def(StorageJob *job, GError **error)
{
    if (!job->pool->def) {
        vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_NO_STORAGE_POOL, "no storage pool with matching name '%s'",
                      job->name);
        return FALSE;
    }
    job->def = pool_def_copy(job->pool->def);
    return TRUE;
}

/* ---- define, undefine ---- */

static gboolean check_define(StorageJob *job, GError **error)
{
    return pool_check_identity(job->def, error);
}

static gboolean work_define(StorageJob *job, GError **error)
{
    return store_save_def(job->def, error);
}

static void publish_define(StorageJob *job)
{
    pool_def_free(job->pool->def);
    job->pool->def = g_steal_pointer(&job->def);
    pool_emit_lifecycle(job->pool, VIR_STORAGE_POOL_EVENT_DEFINED);
}

static const StorageJobKind define_kind = {JOB_ALONE, TRUE, check_define, work_define, publish_define, NULL};

static gboolean check_undefine(StorageJob *job, GError **error)
{
    return check_inactive(job, error) && job_check_no_long(job, error) && copy_def(job, error);
}

static gboolean work_undefine(StorageJob *job, GError **error)
{
    return store_remove_def(job->name, error);
}

static void publish_undefine(StorageJob *job)
{
    g_clear_pointer(&job->pool->def, pool_def_free);
    job->pool->autostart = FALSE;
    pool_emit_lifecycle(job->pool, VIR_STORAGE_POOL_EVENT_UNDEFINED);
}

static const StorageJobKind undefine_kind = {JOB_ALONE, TRUE, check_undefine, work_undefine, publish_undefine, NULL};

/* ---- start, create: start what is not defined ---- */

#define BUILDS                                                                                                         \
    (VIR_STORAGE_POOL_CREATE_WITH_BUILD | VIR_STORAGE_POOL_CREATE_WITH_BUILD_OVERWRITE |                               \
     VIR_STORAGE_POOL_CREATE_WITH_BUILD_NO_OVERWRITE)

static gboolean check_start(StorageJob *job, GError **error)
{
    if (pool_is_active(job->pool))
        return refuse(job, error, "storage pool '%s' is already active");
    if (!copy_def(job, error))
        return FALSE;
    job->pool->is_starting = TRUE;
    return TRUE;
}

static gboolean check_create(StorageJob *job, GError **error)
{
    if (!pool_check_identity(job->def, error))
        return FALSE;
    if (pool_is_active(job->pool))
        return refuse(job, error, "pool is already active as '%s'");
    job->pool->is_starting = TRUE;
    return TRUE;
}

static gboolean work_start(StorageJob *job, GError **error)
{
    if ((job->flags & BUILDS) && !directory_build(job->def, error))
        return FALSE;
    job->scan = directory_scan(job->def, error);
    return job->scan && store_save_state(job->def, error);
}

static void take_scan(StorageJob *job)
{
    StoragePool *pool = job->pool;
    DirectoryScan *scan = job->scan;

    pool->live->capacity = scan->capacity;
    pool->live->allocation = scan->allocation;
    pool->live->available = scan->available;
    g_free(pool->live->permissions.label);
    pool->live->permissions = scan->permissions;
    scan->permissions.label = NULL;
    g_hash_table_remove_all(pool->volumes);
    g_ptr_array_set_free_func(scan->volumes, NULL);
    for (guint i = 0; i < scan->volumes->len; i++)
        pool_put_volume(pool, scan->volumes->pdata[i]);
}

static void publish_start(StorageJob *job)
{
    job->pool->live = g_steal_pointer(&job->def);
    take_scan(job);
    pool_emit_lifecycle(job->pool, VIR_STORAGE_POOL_EVENT_STARTED);
}

static void end_start(StorageJob *job)
{
    job->pool->is_starting = FALSE;
}

static const StorageJobKind start_kind = {JOB_ALONE, TRUE, check_start, work_start, publish_start, end_start};
static const StorageJobKind create_kind = {JOB_ALONE, TRUE, check_create, work_start, publish_start, end_start};

/* ---- stop ---- */

static gboolean check_stop(StorageJob *job, GError **error)
{
    return pool_check_active(job->pool, error) && job_check_no_long(job, error);
}

static gboolean work_stop(StorageJob *job, GError **error)
{
    return store_remove_state(job->name, error);
}

static void deactivate(StoragePool *pool)
{
    g_hash_table_remove_all(pool->volumes);
    g_clear_pointer(&pool->live, pool_def_free);
    pool_emit_lifecycle(pool, VIR_STORAGE_POOL_EVENT_STOPPED);
}

static void publish_stop(StorageJob *job)
{
    deactivate(job->pool);
}

static const StorageJobKind stop_kind = {JOB_ALONE, TRUE, check_stop, work_stop, publish_stop, NULL};

/* ---- refresh, load ---- */

static gboolean check_refresh(StorageJob *job, GError **error)
{
    if (!check_stop(job, error))
        return FALSE;
    job->def = pool_def_copy(job->pool->live);
    return TRUE;
}

/* A pool that can be read no more is not active. */
static gboolean work_refresh(StorageJob *job, GError **error)
{
    job->scan = directory_scan(job->def, error);
    if (!job->scan)
        store_remove_state(job->name, NULL);
    return job->scan != NULL;
}

static void publish_refresh(StorageJob *job)
{
    take_scan(job);
    pool_emit_refresh(job->pool);
}

static void end_refresh(StorageJob *job)
{
    job->pool->is_starting = FALSE;
    if (job->error)
        deactivate(job->pool);
}

static const StorageJobKind refresh_kind = {JOB_ALONE, TRUE, check_refresh, work_refresh, publish_refresh, end_refresh};
/* It is the first job after the daemon's start. */
static gboolean check_load(StorageJob *job, GError **error)
{
    job->def = pool_def_copy(job->pool->live);
    return TRUE;
}

static const StorageJobKind load_kind = {JOB_ALONE, FALSE, check_load, work_refresh, take_scan, end_refresh};

/* ---- build, delete ---- */

static gboolean check_build(StorageJob *job, GError **error)
{
    if (pool_is_active(job->pool))
        return refuse(job, error, "storage pool '%s' is already active");
    if (!copy_def(job, error))
        return FALSE;
    job->pool->is_building = TRUE;
    return TRUE;
}

static gboolean work_build(StorageJob *job, GError **error)
{
    return directory_build(job->def, error);
}

static void publish_build(StorageJob *job)
{
    pool_emit_lifecycle(job->pool, VIR_STORAGE_POOL_EVENT_CREATED);
}

static void end_build(StorageJob *job)
{
    job->pool->is_building = FALSE;
}

static const StorageJobKind build_kind = {JOB_ALONE, TRUE, check_build, work_build, publish_build, end_build};

static gboolean work_delete(StorageJob *job, GError **error)
{
    return directory_delete(job->def, error);
}

static void publish_delete(StorageJob *job)
{
    pool_emit_lifecycle(job->pool, VIR_STORAGE_POOL_EVENT_DELETED);
}

static const StorageJobKind delete_kind = {JOB_ALONE, TRUE, check_undefine, work_delete, publish_delete, NULL};

/* ---- autostart ---- */

static gboolean check_autostart(StorageJob *job, GError **error)
{
    if (job->pool->def)
        return TRUE;
    vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_INTERNAL_ERROR, "pool has no config file");
    return FALSE;
}

static gboolean work_autostart(StorageJob *job, GError **error)
{
    return store_set_autostart(job->name, job->autostart, error);
}

static void publish_autostart(StorageJob *job)
{
    job->pool->autostart = job->autostart;
}

static const StorageJobKind autostart_kind = {JOB_ALONE,         FALSE, check_autostart, work_autostart,
                                              publish_autostart, NULL};

/* ---- entries ---- */

static void queue_def(const StorageJobKind *kind, PoolDef *def, guint flags, RpcCall *call, StorageAnswer answer)
{
    StorageJob *job = job_new(kind, pool_claim(def), call);

    job->def = def;
    job->flags = flags;
    job->answer = answer;
    job_queue(job);
}

void pool_job_define(PoolDef *def, RpcCall *call, StorageAnswer answer)
{
    queue_def(&define_kind, def, 0, call, answer);
}

void pool_job_create(PoolDef *def, guint flags, RpcCall *call, StorageAnswer answer)
{
    queue_def(&create_kind, def, flags, call, answer);
}

void pool_job_undefine(StoragePool *pool, RpcCall *call)
{
    job_queue(job_new(&undefine_kind, pool, call));
}

void pool_job_start(StoragePool *pool, guint flags, RpcCall *call)
{
    StorageJob *job = job_new(&start_kind, pool, call);

    job->flags = flags;
    job_queue(job);
}

void pool_job_stop(StoragePool *pool, RpcCall *call)
{
    job_queue(job_new(&stop_kind, pool, call));
}

void pool_job_build(StoragePool *pool, RpcCall *call)
{
    job_queue(job_new(&build_kind, pool, call));
}

void pool_job_delete(StoragePool *pool, RpcCall *call)
{
    job_queue(job_new(&delete_kind, pool, call));
}

void pool_job_refresh(StoragePool *pool, RpcCall *call)
{
    job_queue(job_new(&refresh_kind, pool, call));
}

void pool_job_set_autostart(StoragePool *pool, gboolean autostart, RpcCall *call)
{
    StorageJob *job = job_new(&autostart_kind, pool, call);

    job->autostart = autostart;
    job_queue(job);
}

void pool_job_load(StoragePool *pool)
{
    pool->is_starting = TRUE;
    job_queue(job_new(&load_kind, pool, NULL));
}
