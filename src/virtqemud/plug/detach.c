/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/plug/detach.h"

#include "common/error.h"
#include "virtqemud/guest/change_job.h"
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

static gboolean change_config(DomainDef *def, CallJob *job, gboolean is_live, GError **error)
{
    DomainDevice found;

    if (!find_in(job->data, def, FALSE, &found, error))
        return FALSE;
    domain_device_take(def, &found);
    domain_device_clear(&found);
    return TRUE;
}

static gboolean prepare(CallJob *job, GError **error)
{
    Detach *detach = job->data;
    DomainDevice found;

    if (!find_in(detach, job->guest->live, TRUE, &found, error))
        return FALSE;
    detach->live = domain_def_copy(job->guest->live);
    detach->unplug = unplug_new(job->guest, domain_device_info(&found)->alias);
    return TRUE;
}

static gboolean ask(CallJob *job, GError **error)
{
    Detach *detach = job->data;

    return unplug_run(detach->unplug, detach->live, job->qmp, detach->wait_ms, error);
}

static void publish(CallJob *job)
{
    unplug_publish(((Detach *)job->data)->unplug);
}

static const ChangeKind detach_change = {.name = "detach device",
                                         .change = change_config,
                                         .prepare = prepare,
                                         .ask = ask,
                                         .publish = publish,
                                         .is_of_devices = TRUE};

static void push(RpcCall *call, Guest *guest, Detach *detach, guint flags)
{
    CallJob *job = change_job_new(call, guest, flags, &detach_change);

    job->data = detach;
    job->data_free = detach_free;
    change_job_push(job);
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
