/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/job/job.h"

#include "common/error.h"
#include "common/log.h"
#include "virtnetworkd/job/network_job.h"
#include "virtnetworkd/listen.h"

static void job_run(NetworkJob *job);

static void job_free(NetworkJob *job)
{
    network_def_free(job->def);
    network_def_free(job->config);
    network_port_free(job->port);
    network_port_free(job->old_port);
    g_clear_pointer(&job->ports, g_ptr_array_unref);
    g_clear_pointer(&job->after, g_ptr_array_unref);
    g_clear_error(&job->error);
    g_free(job);
}

/* ---- waiting for other networks ---- */

static GPtrArray *waiting; /* of NetworkJob, borrowed from their networks */

static gboolean has_to_wait(const NetworkJob *job)
{
    for (guint i = 0; job->after && i < job->after->len; i++)
        if (((const Network *)job->after->pdata[i])->is_autostarting)
            return TRUE;
    return FALSE;
}

static void wait_for_others(NetworkJob *job)
{
    if (!waiting)
        waiting = g_ptr_array_new();
    g_ptr_array_add(waiting, job);
}

/* One that runs may end at once, and others go on with it. */
static void run_waiting(void)
{
    for (guint i = 0; waiting && i < waiting->len;) {
        NetworkJob *job = waiting->pdata[i];

        if (has_to_wait(job)) {
            i++;
            continue;
        }
        g_ptr_array_remove_index(waiting, i);
        job_run(job);
        i = 0;
    }
}

static void job_end(NetworkJob *job)
{
    Network *network = job->network;
    gboolean is_done = !job->error, is_autostart = job->is_autostart;

    if (job->call && job->error)
        rpc_call_fail(job->call, g_steal_pointer(&job->error));
    else if (job->call) {
        if (job->answer)
            job->answer(job->call, network);
        rpc_call_reply(job->call);
    } else if (job->error) {
        log_error("network '%s': %s", network->name, job->error->message);
    }
    g_queue_pop_head(&network->jobs);
    network->coming = NULL;
    if (is_autostart)
        network->is_autostarting = FALSE;
    job_free(job);
    if (network->jobs.length > 0)
        job_run(g_queue_peek_head(&network->jobs));
    else if (is_done)
        network_job_look(); /* somebody may have taken a bridge away meanwhile */
    network_settle(network);
    network_unref(network);
    if (is_autostart)
        run_waiting();
}

static void job_work(gpointer data)
{
    NetworkJob *job = data;

    job->kind->work(job, &job->error);
}

static void job_done(gpointer data)
{
    NetworkJob *job = data;

    if (!job->error)
        job->kind->publish(job);
    else if (job->kind->fail)
        job->kind->fail(job);
    job_end(job);
    listen_refresh();
}

static void job_run(NetworkJob *job)
{
    if (has_to_wait(job))
        wait_for_others(job);
    else if (!job->kind->check(job, &job->error))
        job_end(job);
    else if (job->kind->work)
        daemon_run_worker(network_driver.daemon, job_work, job_done, job);
    else
        job_done(job);
}

NetworkJob *job_new(const NetworkJobKind *kind, Network *network, RpcCall *call)
{
    NetworkJob *job = g_new0(NetworkJob, 1);

    job->kind = kind;
    job->network = network_ref(network);
    job->name = network->name;
    job->call = call;
    return job;
}

void job_queue(NetworkJob *job)
{
    if (job->call)
        rpc_call_defer(job->call);
    g_queue_push_tail(&job->network->jobs, job);
    if (job->network->jobs.length == 1)
        job_run(job);
}

gboolean job_check_active(const NetworkJob *job, GError **error)
{
    if (network_is_active(job->network))
        return TRUE;
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_OPERATION_INVALID, "network '%s' is not active", job->name);
    return FALSE;
}

gboolean job_check_affected(const NetworkJob *job, gboolean *live, gboolean *config, GError **error)
{
    const Network *network = job->network;

    *live = job->flags & VIR_NETWORK_UPDATE_AFFECT_LIVE;
    *config = job->flags & VIR_NETWORK_UPDATE_AFFECT_CONFIG;
    if (!*live && !*config) {
        *live = network_is_active(network);
        *config = !*live;
    }
    if (*live && !network_is_active(network)) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_OPERATION_INVALID, "network '%s' is not running", job->name);
        return FALSE;
    }
    if (*config && !network->def) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_OPERATION_INVALID,
                      "cannot change persistent config of a transient network");
        return FALSE;
    }
    return TRUE;
}
