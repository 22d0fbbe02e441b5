/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/plug/detach.h"

#include "common/error.h"
#include "virtqemud/guest/affect.h"
#include "virtqemud/guest/call_job.h"
#include "virtqemud/guest/define.h"
#include "virtqemud/guest/store.h"
#include "virtqemud/plug/plug_kinds.h"
#include "virtqemud/plug/unplug.h"

typedef struct {
    DomainDevice like; /* or by its alias: */
    char *alias;
    DomainDef *live; /* a copy of what runs */
    Unplug *unplug;
    guint wait_ms;
} Detach;

static void detach_free(gpointer data)
{
    Detach *detach = data;

    unplug_free(detach->unplug);
    domain_device_clear(&detach->like);
    domain_def_free(detach->live);
    g_free(detach->alias);
    g_free(detach);
}

static gboolean find(const Detach *detach, const DomainDef *def, gboolean is_live, DomainDevice *found, GError **error)
{
    if (!detach->alias)
        return plug_find(def, &detach->like, is_live, found, error);
    return domain_device_find_alias(def, detach->alias, found) ||
           vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "no device found with alias %s",
                          detach->alias);
}

/* What can never go is said before it is looked for. */
static gboolean find_in(const Detach *detach, const DomainDef *def, gboolean is_live, DomainDevice *found,
                        GError **error)
{
    if (!detach->alias && !plug_knows_detach(&detach->like, is_live, error))
        return FALSE;
    return find(detach, def, is_live, found, error) && plug_can_detach(def, found, is_live, error);
}

static gboolean begin_config(CallJob *job, const Detach *detach, GError **error)
{
    DomainDevice found;

    job->def = domain_def_copy(job->guest->def);
    if (!find_in(detach, job->def, FALSE, &found, error))
        return FALSE;
    domain_device_take(job->def, &found);
    domain_device_clear(&found);
    return TRUE;
}

static gboolean begin_live(CallJob *job, Detach *detach, GError **error)
{
    DomainDevice found;

    if (!find_in(detach, job->guest->live, TRUE, &found, error))
        return FALSE;
    job->qmp = guest_get_monitor(job->guest, error);
    if (!job->qmp)
        return FALSE;
    detach->live = domain_def_copy(job->guest->live);
    detach->unplug = unplug_new(job->guest, domain_device_info(&found)->alias);
    return TRUE;
}

static gboolean begin(CallJob *job, GError **error)
{
    gboolean is_config;

    if (!affect_which(job->guest, job->flags, &job->is_live, &is_config, error) ||
        (is_config && !begin_config(job, job->data, error)))
        return FALSE;
    return !job->is_live || begin_live(job, job->data, error);
}

static gboolean run(CallJob *job, GError **error)
{
    Detach *detach = job->data;

    if (job->def && !define_settle(job->def, error))
        return FALSE;
    if (job->is_live && !unplug_run(detach->unplug, detach->live, job->qmp, detach->wait_ms, error))
        return FALSE;
    return !job->def || store_write(job->def, error);
}

static gboolean publish(CallJob *job, GError **error)
{
    Detach *detach = job->data;

    if (job->def)
        guest_set_def(job->guest, g_steal_pointer(&job->def));
    if (job->is_live)
        unplug_publish(detach->unplug);
    return TRUE;
}

static void push(RpcCall *call, Guest *guest, Detach *detach, guint flags)
{
    CallJob *job = call_job_new(call, guest, FALSE);

    job->flags = flags;
    job->data = detach;
    job->data_free = detach_free;
    job->begin = begin;
    job->run = run;
    job->finish = publish;
    call_job_push(job, "detach device");
}

void detach_device(RpcCall *call, Guest *guest, DomainDevice *like, guint flags)
{
    Detach *detach = g_new0(Detach, 1);

    detach->like = *like;
    *like = (DomainDevice){0};
    detach->wait_ms = UNPLUG_WAIT_MS;
    push(call, guest, detach, flags);
}

void detach_alias(RpcCall *call, Guest *guest, const char *alias, guint flags)
{
    Detach *detach = g_new0(Detach, 1);

    detach->alias = g_strdup(alias);
    push(call, guest, detach, flags);
}
