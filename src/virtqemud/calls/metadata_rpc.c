/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: title, description and applications' elements of a guest. */
#include <string.h>

#include "common/error.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/guest/affect.h"
#include "virtqemud/guest/change_job.h"
#include "virtqemud/guest/events.h"
#include "virtqemud/guest/metadata.h"

static char *read_metadata(const DomainDef *def, int type, const char *uri)
{
    switch (type) {
    case VIR_DOMAIN_METADATA_DESCRIPTION:
        return g_strdup(def->description);
    case VIR_DOMAIN_METADATA_TITLE:
        return g_strdup(def->title);
    default:
        return uri ? metadata_get(def->metadata, uri) : NULL;
    }
}

static gboolean get_metadata(RpcCall *call, const remote_domain_get_metadata_args *args,
                             remote_domain_get_metadata_ret *ret, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);
    const DomainDef *def;

    if (!guest || !check_flags(args->flags, AFFECT_FLAGS, "virDomainGetMetadata", error))
        return FALSE;
    if (args->type < 0 || args->type >= VIR_DOMAIN_METADATA_LAST) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "unknown metadata type %d", args->type);
        return FALSE;
    }
    def = affect_one(guest, args->flags, error);
    if (!def)
        return FALSE;
    ret->metadata = read_metadata(def, args->type, args->uri ? *args->uri : NULL);
    if (ret->metadata)
        return TRUE;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_NO_DOMAIN_METADATA, "Requested metadata element is not present");
    return FALSE;
}

/* ---- set ---- */

/* An empty text is none. */
static void replace(char **text, const char *value)
{
    g_free(*text);
    *text = value && *value ? g_strdup(value) : NULL;
}

/* Changes one definition; job->text is the new value, key and uri for elements. */
static gboolean change(DomainDef *def, CallJob *job, gboolean is_live, GError **error)
{
    char *inside = NULL;

    switch (job->type) {
    case VIR_DOMAIN_METADATA_DESCRIPTION:
        replace(&def->description, job->text);
        return TRUE;
    case VIR_DOMAIN_METADATA_TITLE:
        replace(&def->title, job->text);
        return TRUE;
    default:
        if (!metadata_set(def->metadata, job->uri, job->key, job->text, &inside, error))
            return FALSE;
        g_free(def->metadata);
        def->metadata = inside;
        return TRUE;
    }
}

static void tell(CallJob *job)
{
    events_metadata_change(job->guest, job->type, job->uri);
}

static const ChangeKind metadata_change = {.name = "metadata", .change = change, .tell = tell};

static gboolean check_set(const remote_domain_set_metadata_args *args, GError **error)
{
    if (args->type < 0 || args->type >= VIR_DOMAIN_METADATA_LAST) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "unknown metadata type %d", args->type);
        return FALSE;
    }
    if (args->type == VIR_DOMAIN_METADATA_TITLE && args->metadata && strchr(*args->metadata, '\n')) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "metadata title can't contain newlines");
        return FALSE;
    }
    if (args->type == VIR_DOMAIN_METADATA_ELEMENT && (!args->uri || (args->metadata && !args->key))) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "an element needs its namespace's URI and a prefix");
        return FALSE;
    }
    return TRUE;
}

static gboolean set_metadata(RpcCall *call, const remote_domain_set_metadata_args *args, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);
    CallJob *job;

    if (!guest || !check_flags(args->flags, AFFECT_FLAGS, "virDomainSetMetadata", error) || !check_set(args, error))
        return FALSE;
    job = change_job_new(call, guest, args->flags, &metadata_change);
    job->type = args->type;
    job->text = args->metadata ? g_strdup(*args->metadata) : NULL;
    job->key = args->key ? g_strdup(*args->key) : NULL;
    job->uri = args->uri ? g_strdup(*args->uri) : NULL;
    change_job_push(job);
    return TRUE;
}

void metadata_rpc_add(RemoteHandlers *handlers)
{
    handlers->domain_get_metadata = get_metadata;
    handlers->domain_set_metadata = set_metadata;
}
