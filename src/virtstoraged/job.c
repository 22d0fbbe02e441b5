/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtstoraged/job.h"

#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "daemon/loop_post.h"

static void advance(StoragePool *pool);

static void job_free(StorageJob *job)
{
    pool_def_free(job->def);
    directory_scan_free(job->scan);
    volume_def_free(job->volume);
    volume_def_free(job->source);
    g_clear_pointer(&job->source_pool, pool_unref);
    g_free(job->volume_name);
    g_free(job->source_name);
    g_free(job->made_at);
    if (job->fd >= 0)
        close(job->fd);
    g_clear_error(&job->error);
    g_free(job);
}

static void answer(StorageJob *job)
{
    if (job->call && job->error)
        rpc_call_fail(job->call, g_steal_pointer(&job->error));
    else if (job->call) {
        if (job->answer)
            job->answer(job->call, job);
        rpc_call_reply(job->call);
    } else if (job->error) {
        log_error("storage pool '%s': %s", job->name, job->error->message);
    }
}

static void job_finish(StorageJob *job)
{
    StoragePool *pool = job->pool;

    answer(job);
    job_free(job);
    storage_driver.n_jobs--;
    pool_settle(pool);
    pool_unref(pool);
}

/* ---- at work ---- */

static void count(StorageJob *job, gboolean is_at_work)
{
    StoragePool *pool = job->pool;

    if (job->kind->way == JOB_ALONE)
        pool->alone = is_at_work ? job : NULL;
    else if (job->kind->way == JOB_SHORT)
        pool->n_short += is_at_work ? 1u : -1u;
    else
        pool->n_long += is_at_work ? 1u : -1u;
}

static void job_conclude(StorageJob *job)
{
    count(job, FALSE);
    if (!job->error && job->kind->publish)
        job->kind->publish(job);
    if (job->kind->end)
        job->kind->end(job);
    job_finish(job);
}

static void job_done(gpointer data)
{
    StorageJob *job = data;
    StoragePool *pool = pool_ref(job->pool);

    job_conclude(job);
    advance(pool);
    pool_unref(pool);
}

static gpointer job_work(gpointer data)
{
    StorageJob *job = data;

    job->kind->work(job, &job->error);
    loop_post(job_done, job);
    return NULL;
}

static void job_begin(StorageJob *job)
{
    g_autoptr(GError) reason = NULL;
    GThread *thread;

    count(job, TRUE);
    if (!job->kind->work) {
        job_conclude(job);
        return;
    }
    thread = g_thread_try_new("storage-job", job_work, job, &reason);
    if (thread) {
        g_thread_unref(thread);
        return;
    }
    vir_error_set(&job->error, VIR_FROM_STORAGE, VIR_ERR_OPERATION_FAILED, "%s", reason->message);
    job_conclude(job);
}

/* ---- the queue ---- */

static gboolean may_begin(const StoragePool *pool, const StorageJob *job)
{
    if (pool->alone)
        return FALSE;
    switch (job->kind->way) {
    case JOB_SHORT:
        return pool->n_short < JOB_SHORT_MAX;
    case JOB_LONG:
        return pool->n_long < JOB_LONG_MAX;
    default:
        return TRUE;
    }
}

/* Begins what may begin. The caller has a reference of its own. */
static void advance(StoragePool *pool)
{
    StorageJob *job = g_queue_peek_head(&pool->waiting);

    while (job && may_begin(pool, job)) {
        g_queue_pop_head(&pool->waiting);
        if (job->kind->check && !job->kind->check(job, &job->error))
            job_finish(job);
        else
            job_begin(job);
        job = g_queue_peek_head(&pool->waiting);
    }
}

StorageJob *job_new(const StorageJobKind *kind, StoragePool *pool, RpcCall *call)
{
    StorageJob *job = g_new0(StorageJob, 1);

    job->kind = kind;
    job->pool = pool_ref(pool);
    job->name = pool->name;
    job->call = call;
    job->fd = -1;
    return job;
}

void job_queue(StorageJob *job)
{
    StoragePool *pool = pool_ref(job->pool);

    if (job->call)
        rpc_call_defer(job->call);
    storage_driver.n_jobs++;
    if (job->kind->is_refused_while_starting && pool->is_starting) {
        vir_error_set(&job->error, VIR_FROM_STORAGE, VIR_ERR_OPERATION_INVALID, "storage pool '%s' is starting up",
                      pool->name);
        job_finish(job);
    } else {
        g_queue_push_tail(&pool->waiting, job);
        advance(pool);
    }
    pool_unref(pool);
}

gboolean job_check_no_long(const StorageJob *job, GError **error)
{
    if (!job->pool->n_long && !job->pool->n_lent)
        return TRUE;
    vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_INTERNAL_ERROR, "pool '%s' has asynchronous jobs running.",
                  job->name);
    return FALSE;
}
