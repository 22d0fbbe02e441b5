/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/guest/change_job.h"

#include "common/error.h"
#include "virtqemud/guest/affect.h"
#include "virtqemud/guest/state_dir.h"
#include "virtqemud/guest/store.h"

static gboolean begin(CallJob *job, GError **error)
{
    gboolean is_config;

    if (!affect_which(job->guest, job->flags, &job->is_live, &is_config, error))
        return FALSE;
    if (job->is_live && job->change->ask && !(job->qmp = guest_get_monitor(job->guest, error)))
        return FALSE;
    if (job->is_live && job->change->prepare && !job->change->prepare(job, error))
        return FALSE;
    if (is_config)
        job->def = domain_def_copy(job->guest->def);
    return !job->def || job->change->change(job->def, job, FALSE, error);
}

static gboolean run(CallJob *job, GError **error)
{
    return (!job->qmp || job->change->ask(job, error)) && (!job->def || store_write(job->def, error));
}

static gboolean publish(CallJob *job, GError **error)
{
    Guest *guest = job->guest;

    if (job->def)
        guest_set_def(guest, g_steal_pointer(&job->def));
    if (job->is_live && guest_is_active(guest)) {
        if (!job->change->change(guest->live, job, TRUE, error))
            return FALSE;
        guest_changed(guest);
        state_dir_save(guest);
    }
    if (job->change->tell)
        job->change->tell(job);
    return TRUE;
}

CallJob *change_job_new(RpcCall *call, Guest *guest, guint flags, const ChangeKind *kind)
{
    CallJob *job = call_job_new(call, guest, FALSE);

    job->flags = flags;
    job->change = kind;
    job->begin = begin;
    job->run = run;
    job->finish = publish;
    return job;
}

void change_job_push(CallJob *job)
{
    call_job_push(job, job->change->name);
}
