/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: title, description and applications' elements of a guest. */
#include "common/error.h"
#include "conf/metadata.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/guest/affect.h"
#include "virtqemud/guest/change_job.h"
#include "virtqemud/guest/events.h"

static MetadataTexts texts_of(DomainDef *def)
{
    return (MetadataTexts){&def->title, &def->description, &def->metadata, VIR_FROM_DOMAIN};
}

static gboolean get_metadata(RpcCall *call, const remote_domain_get_metadata_args *args,
                             remote_domain_get_metadata_ret *ret, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);
    const DomainDef *def;
    MetadataTexts texts;

    if (!guest || !check_flags(args->flags, AFFECT_FLAGS, "virDomainGetMetadata", error) ||
        !metadata_check_type(args->type, VIR_FROM_QEMU, error))
        return FALSE;
    def = affect_one(guest, args->flags, error);
    if (!def)
        return FALSE;
    texts = texts_of((DomainDef *)def);
    ret->metadata = metadata_get(&texts, args->type, args->uri ? *args->uri : NULL);
    if (ret->metadata)
        return TRUE;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_NO_DOMAIN_METADATA, "Requested metadata element is not present");
    return FALSE;
}

/* ---- set ---- */

static MetadataChange change_of(const CallJob *job)
{
    return (MetadataChange){job->type, job->text, job->key, job->uri};
}

static gboolean change(DomainDef *def, CallJob *job, gboolean is_live, GError **error)
{
    const MetadataTexts texts = texts_of(def);
    const MetadataChange wanted = change_of(job);

    return metadata_set(&texts, &wanted, error);
}

static void tell(CallJob *job)
{
    events_metadata_change(job->guest, job->type, job->uri);
}

static const ChangeKind metadata_change = {.name = "metadata", .change = change, .tell = tell};

static gboolean set_metadata(RpcCall *call, const remote_domain_set_metadata_args *args, GError **error)
{
    const MetadataChange wanted = {args->type, args->metadata ? *args->metadata : NULL, args->key ? *args->key : NULL,
                                   args->uri ? *args->uri : NULL};
    Guest *guest = wire_find_guest(&args->dom, error);
    CallJob *job;

    if (!guest || !check_flags(args->flags, AFFECT_FLAGS, "virDomainSetMetadata", error) ||
        !metadata_check(&wanted, VIR_FROM_QEMU, error))
        return FALSE;
    job = change_job_new(call, guest, args->flags, &metadata_change);
    job->type = wanted.type;
    job->text = g_strdup(wanted.text);
    job->key = g_strdup(wanted.key);
    job->uri = g_strdup(wanted.uri);
    change_job_push(job);
    return TRUE;
}

void metadata_rpc_add(RemoteHandlers *handlers)
{
    handlers->domain_get_metadata = get_metadata;
    handlers->domain_set_metadata = set_metadata;
}
