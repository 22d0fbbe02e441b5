/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Work for other threads. */
#include <malloc.h>

#include "common/error.h"
#include "daemon/daemon.h"
#include "daemon/loop_post.h"

#define WORKERS_MAX_DEFAULT 8
#define WORKERS_MAX_LIMIT   1000
#define TRIM_DELAY_S        3

typedef struct {
    DaemonWork work;
    DaemonWork done;
    gpointer data;
} Work;

static gint busy_threads;

/* ---- memory ---- */

static guint trim_timer;

/* What threads have used stays theirs, and libraries use much of it for a moment: a firewall of a hundred networks is
 * read as a whole for every change. */
static gboolean give_memory_back(gpointer data)
{
    if (g_atomic_int_get(&busy_threads) > 0)
        return G_SOURCE_CONTINUE;
    trim_timer = 0;
    malloc_trim(0);
    return G_SOURCE_REMOVE;
}

/* ---- work ---- */

static void on_worked(gpointer data)
{
    g_autofree Work *work = data;

    work->done(work->data);
    if (!trim_timer)
        trim_timer = g_timeout_add_seconds(TRIM_DELAY_S, give_memory_back, NULL);
}

static void worker(gpointer data, gpointer pool_data)
{
    Work *work = data;

    g_atomic_int_inc(&busy_threads);
    work->work(work->data);
    g_atomic_int_add(&busy_threads, -1);
    loop_post(on_worked, work);
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
    Work *entry = g_new(Work, 1);

    *entry = (Work){work, done, data};
    g_thread_pool_push(pool_of(daemon), entry, NULL);
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
