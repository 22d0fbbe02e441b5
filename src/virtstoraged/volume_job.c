/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtstoraged/volume_job.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "common/error.h"
#include "daemon/stream.h"
#include "virtstoraged/pool_job.h"
#include "virtstoraged/volume_change.h"
#include "virtstoraged/volume_file.h"

/* ---- what several have to check ---- */

gboolean volume_job_check_whole(const Volume *volume, GError **error)
{
    if (!volume->made_at)
        return TRUE;
    vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_OPERATION_INVALID, "volume '%s' is still being allocated.",
                  volume->def->name);
    return FALSE;
}

static gboolean check_unused(const Volume *volume, GError **error)
{
    if (!volume->in_use)
        return TRUE;
    vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_OPERATION_INVALID, "volume '%s' is still in use.",
                  volume->def->name);
    return FALSE;
}

/* Finds the job's volume and copies what is known of it. */
static Volume *take_volume(StorageJob *job, GError **error)
{
    Volume *volume = pool_check_active(job->pool, error) ? pool_find_volume(job->pool, job->volume_name, error) : NULL;

    if (volume) {
        job->volume = volume_def_copy(volume->def);
        job->made_at = g_strdup(volume->made_at);
    }
    return volume;
}

static gboolean check_whole(StorageJob *job, GError **error)
{
    Volume *volume = take_volume(job, error);

    return volume && volume_job_check_whole(volume, error);
}

static gboolean check_free(StorageJob *job, GError **error)
{
    Volume *volume = take_volume(job, error);

    return volume && check_unused(volume, error) && volume_job_check_whole(volume, error);
}

/* The same, and from now on it is in use. */
static gboolean check_and_mark(StorageJob *job, GError **error)
{
    if (!check_free(job, error))
        return FALSE;
    pool_find_volume(job->pool, job->volume_name, NULL)->in_use++;
    job->def = pool_def_copy(job->pool->live);
    return TRUE;
}

static void end_mark(StorageJob *job)
{
    Volume *volume = pool_find_volume(job->pool, job->volume_name, NULL);

    if (volume && volume->in_use)
        volume->in_use--;
}

static StorageJob *new_job(const StorageJobKind *kind, StoragePool *pool, const char *name, RpcCall *call)
{
    StorageJob *job = job_new(kind, pool, call);

    job->volume_name = g_strdup(name);
    return job;
}

/* The pool's sizes, as work measured them, and the volume as it is now. */
static void publish_change(StorageJob *job)
{
    pool_take_sizes(job->pool, job->def);
    if (job->volume)
        pool_put_volume(job->pool, g_steal_pointer(&job->volume));
}

/* ---- look ---- */

static gboolean check_look(StorageJob *job, GError **error)
{
    return take_volume(job, error) != NULL;
}

static gboolean work_look(StorageJob *job, GError **error)
{
    if (!job->made_at)
        return volume_file_refresh(job->volume, error);
    job->volume->allocation = volume_file_allocation(job->made_at);
    return TRUE;
}

static const StorageJobKind look_kind = {JOB_SHORT, FALSE, check_look, work_look, NULL, NULL};

void volume_job_look(StoragePool *pool, const char *name, RpcCall *call, StorageAnswer answer)
{
    StorageJob *job = new_job(&look_kind, pool, name, call);

    job->answer = answer;
    job_queue(job);
}

/* ---- delete ---- */

static gboolean work_delete(StorageJob *job, GError **error)
{
    if (!volume_delete(job->volume, error))
        return FALSE;
    directory_measure(job->def);
    return TRUE;
}

static void publish_delete(StorageJob *job)
{
    g_clear_pointer(&job->volume, volume_def_free);
    pool_remove_volume(job->pool, job->volume_name);
    publish_change(job);
}

static const StorageJobKind delete_kind = {JOB_ALONE, FALSE, check_and_mark, work_delete, publish_delete, end_mark};

void volume_job_delete(StoragePool *pool, const char *name, RpcCall *call)
{
    job_queue(new_job(&delete_kind, pool, name, call));
}

/* ---- resize ---- */

static gboolean refuse_size(GError **error, int code, const char *message)
{
    vir_error_set(error, VIR_FROM_STORAGE, code, "%s", message);
    return FALSE;
}

/* What was asked for, as a capacity. */
static guint64 wanted(const StorageJob *job)
{
    guint64 old = job->volume->capacity;

    if (!(job->flags & VIR_STORAGE_VOL_RESIZE_DELTA))
        return job->size;
    if (job->flags & VIR_STORAGE_VOL_RESIZE_SHRINK)
        return old - MIN(old, job->size);
    return job->size > G_MAXUINT64 - old ? G_MAXUINT64 : old + job->size;
}

/* One that grows without being allocated needs no room yet. */
static gboolean check_size(const StorageJob *job, guint64 capacity, GError **error)
{
    guint64 old = job->volume->capacity;
    gboolean may_shrink = (job->flags & VIR_STORAGE_VOL_RESIZE_SHRINK) != 0;
    gboolean is_allocated = (job->flags & VIR_STORAGE_VOL_RESIZE_ALLOCATE) != 0;

    if (capacity < job->volume->allocation && !may_shrink)
        return refuse_size(error, VIR_ERR_INVALID_ARG, "can't shrink capacity below existing allocation");
    if (capacity < old && !may_shrink)
        return refuse_size(error, VIR_ERR_INVALID_ARG,
                           "Can't shrink capacity below current capacity unless shrink flag explicitly specified");
    if (is_allocated && capacity > old && capacity - old > job->def->available)
        return refuse_size(error, VIR_ERR_OPERATION_FAILED, "Not enough space left in storage pool");
    return TRUE;
}

static gboolean work_resize(StorageJob *job, GError **error)
{
    guint64 capacity;

    if (!volume_file_refresh(job->volume, error))
        return FALSE;
    directory_measure(job->def);
    capacity = wanted(job);
    if (!check_size(job, capacity, error) || !volume_resize(job->volume, capacity, job->flags, error) ||
        !volume_file_refresh(job->volume, error))
        return FALSE;
    directory_measure(job->def);
    return TRUE;
}

static const StorageJobKind resize_kind = {JOB_LONG, FALSE, check_and_mark, work_resize, publish_change, end_mark};

void volume_job_resize(StoragePool *pool, const char *name, guint64 capacity, guint flags, RpcCall *call)
{
    StorageJob *job = new_job(&resize_kind, pool, name, call);

    job->size = capacity;
    job->flags = flags;
    job_queue(job);
}

/* ---- wipe ---- */

/* What it was may be told by its own bytes, which are gone. */
static gboolean work_wipe(StorageJob *job, GError **error)
{
    gboolean ok = volume_wipe(job->volume, error);

    directory_measure(job->def);
    if (ok) {
        volume_def_free(job->volume);
        job->volume = volume_file_find(job->def->path, job->volume_name);
    }
    return ok;
}

static const StorageJobKind wipe_kind = {JOB_LONG, FALSE, check_and_mark, work_wipe, publish_change, end_mark};

void volume_job_wipe(StoragePool *pool, const char *name, RpcCall *call)
{
    job_queue(new_job(&wipe_kind, pool, name, call));
}

/* ---- streams ---- */

static gboolean open_at(StorageJob *job, int flags, GError **error)
{
    const char *path = job->volume->target.path;

    if (job->volume->type == VOLUME_DIR) {
        vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_OPERATION_UNSUPPORTED, "volume '%s' is a directory",
                      job->volume_name);
        return FALSE;
    }
    job->fd = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (job->fd >= 0 && job->offset <= G_MAXINT64 && lseek(job->fd, (off_t)job->offset, SEEK_SET) >= 0)
        return TRUE;
    vir_error_set_errno(error, VIR_FROM_STORAGE, job->fd >= 0 && job->offset > G_MAXINT64 ? EINVAL : errno,
                        "cannot open volume '%s' at %" G_GUINT64_FORMAT, path, job->offset);
    return FALSE;
}

static gboolean work_open_download(StorageJob *job, GError **error)
{
    return open_at(job, O_RDONLY, error);
}

static gboolean work_open_upload(StorageJob *job, GError **error)
{
    return open_at(job, O_WRONLY, error);
}

static void attach(StorageJob *job, DaemonStreamEnded ended, gpointer data)
{
    daemon_stream_attach_fd(rpc_call_stream(job->call), job->fd, job->size, ended, data);
    job->fd = -1;
}

static void publish_download(StorageJob *job)
{
    attach(job, NULL, NULL);
}

/* What was sent may be an image of any format. */
static void on_uploaded(DaemonStream *stream, const GError *error, gpointer data)
{
    StoragePool *pool = data;

    if (pool_is_active(pool))
        pool_job_refresh(pool, NULL);
    pool_unref(pool);
}

static void publish_upload(StorageJob *job)
{
    attach(job, on_uploaded, pool_ref(job->pool));
}

static const StorageJobKind download_kind = {JOB_SHORT, FALSE, check_whole, work_open_download, publish_download, NULL};
static const StorageJobKind upload_kind = {JOB_SHORT, FALSE, check_free, work_open_upload, publish_upload, NULL};

static void open_stream(const StorageJobKind *kind, StoragePool *pool, const char *name, guint64 offset, guint64 length,
                        RpcCall *call)
{
    StorageJob *job = new_job(kind, pool, name, call);

    job->offset = offset;
    job->size = length;
    job_queue(job);
}

void volume_job_upload(StoragePool *pool, const char *name, guint64 offset, guint64 length, RpcCall *call)
{
    open_stream(&upload_kind, pool, name, offset, length, call);
}

void volume_job_download(StoragePool *pool, const char *name, guint64 offset, guint64 length, RpcCall *call)
{
    open_stream(&download_kind, pool, name, offset, length, call);
}
