/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/guest/call_job.h"

#include <unistd.h>

#include "virtqemud/guest/guest_end.h"

typedef struct {
    JobKind kind; /* each with the name of its call */
    CallJob *job;
} Queued;

CallJob *call_job_new(RpcCall *call, Guest *guest, gboolean needs_monitor)
{
    CallJob *job = g_new0(CallJob, 1);

    job->call = call;
    job->fd = -1;
    job->guest = guest_ref(guest);
    job->needs_monitor = needs_monitor;
    return job;
}

static void call_job_free(CallJob *job)
{
    qmp_unref(job->qmp);
    guest_unref(job->guest);
    if (job->fd >= 0)
        close(job->fd);
    domain_def_free(job->def);
    domain_def_free(job->old_def);
    json_object_put(job->input);
    json_object_put(job->output);
    g_free(job->text);
    g_free(job->key);
    g_free(job->uri);
    g_free(job->path);
    if (job->data_free)
        job->data_free(job->data);
    g_free(job);
}

static gboolean begin(gpointer data, GError **error)
{
    CallJob *job = ((Queued *)data)->job;

    if (job->needs_monitor && !(job->qmp = guest_get_monitor(job->guest, error)))
        return FALSE;
    return !job->begin || job->begin(job, error);
}

static gboolean run(gpointer data, GError **error)
{
    Queued *queued = data;

    return queued->job->run(queued->job, error);
}

static void done(gpointer data, const GError *error)
{
    Queued *queued = data;
    CallJob *job = queued->job;
    GError *problem = error ? g_error_copy(error) : NULL;

    if (!problem && job->finish)
        job->finish(job, &problem);
    if (problem)
        rpc_call_fail(job->call, problem);
    else
        rpc_call_reply(job->call);
    guest_drop_if_unseen(job->guest);
    call_job_free(job);
    g_free(queued);
}

void call_job_push(CallJob *job, const char *name)
{
    Queued *queued = g_new0(Queued, 1);

    queued->kind = (JobKind){name, begin, job->run ? run : NULL, done};
    queued->job = job;
    rpc_call_defer(job->call);
    job_queue_push(job->guest->jobs, &queued->kind, queued);
}
