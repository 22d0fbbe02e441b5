/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/guest/change_job.h"

#include "common/error.h"
#include "common/log.h"
#include "virtqemud/guest/affect.h"
#include "virtqemud/guest/define.h"
#include "virtqemud/guest/state_dir.h"
#include "virtqemud/guest/store.h"

static gboolean begin(CallJob *job, GError **error)
{
    const ChangeKind *kind = job->change;
    gboolean is_config;

    if (!affect_which(job->guest, job->flags & AFFECT_FLAGS, &job->is_live, &is_config, error))
        return FALSE;
    if (is_config) {
        job->def = domain_def_copy(job->guest->def);
        if (!kind->change(job->def, job, FALSE, error))
            return FALSE;
    }
    if (!job->is_live)
        return TRUE;
    if (kind->ask && !kind->without_monitor && !(job->qmp = guest_get_monitor(job->guest, error)))
        return FALSE;
    if (job->def && kind->ask)
        job->old_def = domain_def_copy(job->guest->def);
    return !kind->prepare || kind->prepare(job, error);
}

static gboolean write_config(const CallJob *job, GError **error)
{
    return (!job->change->is_of_devices || define_settle(job->def, error)) && store_write(job->def, error);
}

static void take_back_config(const CallJob *job)
{
    g_autoptr(GError) error = NULL;

    if (job->old_def && !store_write(job->old_def, &error))
        log_error("guest '%s': what could not be changed while it runs stands in its definition: %s",
                  job->old_def->name, error->message);
}

static gboolean run(CallJob *job, GError **error)
{
    if (job->def && !write_config(job, error))
        return FALSE;
    if (!job->is_live || !job->change->ask || job->change->ask(job, error))
        return TRUE;
    take_back_config(job);
    return FALSE;
}

static gboolean publish_live(CallJob *job, GError **error)
{
    if (job->change->publish)
        job->change->publish(job);
    else if (!job->change->change(job->guest->live, job, TRUE, error))
        return FALSE;
    guest_changed(job->guest);
    state_dir_save(job->guest);
    return TRUE;
}

static gboolean publish(CallJob *job, GError **error)
{
    if (job->def)
        guest_set_def(job->guest, g_steal_pointer(&job->def));
    if (job->is_live && guest_is_active(job->guest) && !publish_live(job, error))
        return FALSE;
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
