/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making volumes, as jobs. While one is made its name stands in the pool, and says so. */
#include <string.h>

#include "common/error.h"
#include "virtstoraged/new_file.h"
#include "virtstoraged/volume_job.h"
#include "virtstoraged/volume_make.h"

static gboolean check_name(const StorageJob *job, GError **error)
{
    const char *name = job->volume->name;

    if (strchr(name, '/')) {
        vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_OPERATION_INVALID, "volume name '%s' cannot contain '/'", name);
    } else if (new_file_is_name(name)) {
        vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_OPERATION_INVALID, "volume name '%s' is for our own use", name);
    } else if (!pool_find_volume(job->pool, name, NULL)) {
        return TRUE;
    } else if (job->source_name) {
        vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_INTERNAL_ERROR, "storage volume name '%s' already in use.",
                      name);
    } else {
        vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_STORAGE_VOL_EXIST, "'%s'", name);
    }
    return FALSE;
}

/* The volume to clone is lent: its pool keeps it until the job has ended. */
static gboolean borrow_source(StorageJob *job, GError **error)
{
    Volume *source =
        pool_check_active(job->source_pool, error) ? pool_find_volume(job->source_pool, job->source_name, error) : NULL;

    if (!source || !volume_job_check_whole(source, error))
        return FALSE;
    job->source = volume_def_copy(source->def);
    job->volume->capacity = MAX(job->volume->capacity, source->def->capacity);
    job->volume->has_capacity = TRUE;
    if (!job->volume->has_allocation)
        job->volume->allocation = job->volume->capacity;
    source->in_use++;
    job->source_pool->n_lent++;
    return TRUE;
}

static void return_source(StorageJob *job)
{
    Volume *source = pool_find_volume(job->source_pool, job->source_name, NULL);

    if (source && source->in_use)
        source->in_use--;
    job->source_pool->n_lent--;
}

/* What is known before it is there. */
static void place(StorageJob *job)
{
    VolumeDef *def = job->volume;
    VolumeDef *known;

    def->type = def->target.format == IMAGE_FORMAT_DIR ? VOLUME_DIR : VOLUME_FILE;
    g_free(def->target.path);
    def->target.path = g_build_filename(job->def->path, def->name, NULL);
    g_free(def->key);
    def->key = g_strdup(def->target.path);
    job->volume_name = g_strdup(def->name);
    job->made_at = new_file_path(def->target.path);
    known = volume_def_copy(def);
    known->allocation = 0;
    pool_put_volume(job->pool, known)->made_at = g_strdup(job->made_at);
}

static gboolean check_make(StorageJob *job, GError **error)
{
    if (!pool_check_active(job->pool, error) || !check_name(job, error) ||
        (job->source_name && !borrow_source(job, error)))
        return FALSE;
    job->def = pool_def_copy(job->pool->live);
    place(job);
    return TRUE;
}

static gboolean work_make(StorageJob *job, GError **error)
{
    gboolean ok = volume_make(job->volume, job->source, job->made_at, job->flags, error);

    directory_measure(job->def);
    return ok;
}

static void publish_make(StorageJob *job)
{
    pool_take_sizes(job->pool, job->def);
    pool_put_volume(job->pool, volume_def_copy(job->volume));
}

static void end_make(StorageJob *job)
{
    if (job->error)
        pool_remove_volume(job->pool, job->volume_name);
    if (job->source)
        return_source(job);
}

static const StorageJobKind make_kind = {JOB_LONG, FALSE, check_make, work_make, publish_make, end_make};

void volume_job_make(StoragePool *pool, VolumeDef *def, StoragePool *source_pool, const char *source, guint flags,
                     RpcCall *call, StorageAnswer answer)
{
    StorageJob *job = job_new(&make_kind, pool, call);

    job->volume = def;
    job->flags = flags;
    job->answer = answer;
    if (source_pool) {
        job->source_pool = pool_ref(source_pool);
        job->source_name = g_strdup(source);
    }
    job_queue(job);
}
