/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/job/metadata_job.h"

#include "common/error.h"
#include "virtnetworkd/ports.h"
#include "virtnetworkd/store.h"

MetadataTexts metadata_job_texts(NetworkDef *def)
{
    return (MetadataTexts){&def->title, &def->description, &def->metadata, VIR_FROM_NETWORK};
}

static NetworkDef *changed_copy(const NetworkJob *job, const NetworkDef *def, GError **error)
{
    g_autoptr(NetworkDef) copy = network_def_copy(def);
    const MetadataTexts texts = metadata_job_texts(copy);

    return metadata_set(&texts, &job->metadata, error) ? g_steal_pointer(&copy) : NULL;
}

static gboolean check(NetworkJob *job, GError **error)
{
    gboolean live, config;

    return job_check_affected(job, &live, &config, error) &&
           (!config || (job->config = changed_copy(job, job->network->def, error))) &&
           (!live || (job->def = changed_copy(job, job->network->live, error)));
}

static gboolean work(NetworkJob *job, GError **error)
{
    return (!job->config || store_save_def(job->config, error)) && (!job->def || store_save_status(job->def, error));
}

static void publish(NetworkJob *job)
{
    Network *network = job->network;

    if (job->config) {
        network_def_free(network->def);
        network->def = g_steal_pointer(&job->config);
    }
    if (job->def)
        ports_set_live(network, g_steal_pointer(&job->def));
    network_emit_metadata(network, job->metadata.type, job->metadata.uri);
}

static const NetworkJobKind metadata_kind = {check, work, publish};

void metadata_job(Network *network, const MetadataChange *change, guint flags, RpcCall *call)
{
    NetworkJob *job = job_new(&metadata_kind, network, call);

    job->metadata = *change;
    job->flags = flags;
    job_queue(job);
}
