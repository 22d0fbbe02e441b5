/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Work for other threads, and from them. */
#include "common/error.h"
#include "daemon/daemon.h"

#define WORKERS_MAX_DEFAULT 8
#define WORKERS_MAX_LIMIT   1000

typedef struct {
    Daemon *daemon;
    DaemonWork work;
    DaemonWork done;
    gpointer data;
} Work;

static gint busy_threads;

static gboolean on_posted(gpointer data)
{
    Work *work = data;

    work->done(work->data);
    return G_SOURCE_REMOVE;
}

static void post(Work *work)
{
    g_idle_add_full(G_PRIORITY_DEFAULT, on_posted, work, g_free);
}

static void worker(gpointer data, gpointer pool_data)
{
    Work *work = data;

    g_atomic_int_inc(&busy_threads);
    work->work(work->data);
    g_atomic_int_add(&busy_threads, -1);
    post(work);
}

static Work *work_new(Daemon *daemon, DaemonWork func, DaemonWork done, gpointer data)
{
    Work *work = g_new0(Work, 1);

    *work = (Work){daemon, func, done, data};
    return work;
}

/* Made when first needed: a daemon that only answers has one thread. */
static GThreadPool *pool_of(Daemon *daemon)
{
    if (!daemon->workers)
        daemon->workers = g_thread_pool_new(worker, NULL, WORKERS_MAX_DEFAULT, FALSE, NULL);
    return daemon->workers;
}

void daemon_run_worker(Daemon *daemon, DaemonWork work, DaemonWork done, gpointer data)
{
    g_thread_pool_push(pool_of(daemon), work_new(daemon, work, done, data), NULL);
}

void daemon_post(Daemon *daemon, DaemonWork func, gpointer data)
{
    post(work_new(daemon, NULL, func, data));
}

DaemonWorkState daemon_work_state(Daemon *daemon)
{
    DaemonWorkState state = {.max_threads = WORKERS_MAX_DEFAULT};

    if (daemon->workers) {
        state.max_threads = g_thread_pool_get_max_threads(daemon->workers);
        state.threads = g_thread_pool_get_num_threads(daemon->workers);
        state.queued = g_thread_pool_unprocessed(daemon->workers);
        state.busy_threads = MIN((guint)g_atomic_int_get(&busy_threads), state.threads);
    }
    return state;
}

gboolean daemon_work_set_max(Daemon *daemon, guint max, GError **error)
{
    if (max < 1 || max > WORKERS_MAX_LIMIT) {
        vir_error_set(error, VIR_FROM_ADMIN, VIR_ERR_INVALID_ARG, "the maximum of worker threads is from 1 to %d",
                      WORKERS_MAX_LIMIT);
        return FALSE;
    }
    return g_thread_pool_set_max_threads(pool_of(daemon), (int)max, error);
}
