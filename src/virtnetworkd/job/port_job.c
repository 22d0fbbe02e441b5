/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/job/port_job.h"

#include <string.h>

#include "common/error.h"
#include "virtnetworkd/host/hook.h"
#include "virtnetworkd/host/traffic.h"
#include "virtnetworkd/ports.h"
#include "virtnetworkd/store.h"

/* What the worker needs of the network: its document, and what its ports have been promised. */
static void take_network(NetworkJob *job, guint64 floor_sum)
{
    job->def = network_def_copy(job->network->live);
    job->floor_sum = floor_sum;
}

/* ---- create ---- */

static gboolean check_create(NetworkJob *job, GError **error)
{
    gboolean is_reclaimed = job->flags & VIR_NETWORK_PORT_CREATE_RECLAIM;

    if (!job_check_active(job, error))
        return FALSE;
    if (ports_find(job->network, job->port->uuid, NULL)) {
        char uuid[UUID_TEXT_LEN];

        uuid_format(job->port->uuid, uuid);
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_NETWORK_PORT_EXIST, "Network port with UUID %s already exists",
                      uuid);
        return FALSE;
    }
    if (is_reclaimed && job->port->plug.type == NETWORK_PLUG_NONE) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_CONFIG_UNSUPPORTED, "Port is missing the plug that it reclaims");
        return FALSE;
    }
    if (is_reclaimed ? !ports_reclaim(job->network, job->port, error) || !ports_classify(job->network, job->port, error)
                     : !ports_allocate(job->network, job->port, error))
        return FALSE;
    take_network(job, ports_floor_sum(job->network, job->port));
    return TRUE;
}

static gboolean work_create(NetworkJob *job, GError **error)
{
    if (!hook_run(network_driver.hooks_dir, HOOK_PORT_CREATED, job->def, job->port, error) ||
        !traffic_set_port(job->def, NULL, job->port, job->floor_sum, error))
        return FALSE;
    if (store_save_port(job->name, job->port, error))
        return TRUE;
    traffic_set_port(job->def, job->port, NULL, job->floor_sum, NULL);
    return FALSE;
}

static void publish_create(NetworkJob *job)
{
    remote_network_port_create_xml_ret *ret = job->call ? rpc_call_ret(job->call) : NULL;

    if (ret) {
        ret->port.net.name = g_strdup(job->name);
        memcpy(ret->port.net.uuid, job->network->uuid, UUID_LEN);
        memcpy(ret->port.uuid, job->port->uuid, UUID_LEN);
    }
    ports_put(job->network, g_steal_pointer(&job->port));
}

static const NetworkJobKind create_kind = {check_create, work_create, publish_create};

void port_job_create(Network *network, NetworkPort *port, guint flags, RpcCall *call)
{
    NetworkJob *job = job_new(&create_kind, network, call);

    job->port = port;
    job->flags = flags;
    job_queue(job);
}

/* ---- limits ---- */

static gboolean check_bandwidth(NetworkJob *job, GError **error)
{
    const NetworkPort *present;

    if (!job_check_active(job, error))
        return FALSE;
    present = ports_find(job->network, job->port->uuid, error);
    if (!present)
        return FALSE;
    job->old_port = network_port_copy(present);
    if (job->port->bandwidth && present->bandwidth)
        job->port->bandwidth->class_id = present->bandwidth->class_id;
    if (!bandwidth_check(job->port->bandwidth, TRUE, error) || !ports_classify(job->network, job->port, error))
        return FALSE;
    take_network(job, ports_floor_sum(job->network, job->port));
    return TRUE;
}

static gboolean work_bandwidth(NetworkJob *job, GError **error)
{
    return traffic_set_port(job->def, job->old_port, job->port, job->floor_sum, error) &&
           store_save_port(job->name, job->port, error);
}

static void publish_bandwidth(NetworkJob *job)
{
    ports_put(job->network, g_steal_pointer(&job->port));
}

static const NetworkJobKind bandwidth_kind = {check_bandwidth, work_bandwidth, publish_bandwidth};

void port_job_set_bandwidth(Network *network, NetworkPort *port, RpcCall *call)
{
    NetworkJob *job = job_new(&bandwidth_kind, network, call);

    job->port = port;
    job_queue(job);
}

/* ---- delete ---- */

static gboolean check_delete(NetworkJob *job, GError **error)
{
    const NetworkPort *present = ports_find(job->network, job->uuid, error);

    if (!present)
        return FALSE;
    job->old_port = network_port_copy(present);
    take_network(job, ports_floor_sum(job->network, present));
    return TRUE;
}

static gboolean work_delete(NetworkJob *job, GError **error)
{
    hook_run(network_driver.hooks_dir, HOOK_PORT_DELETED, job->def, job->old_port, NULL);
    traffic_set_port(job->def, job->old_port, NULL, job->floor_sum, NULL);
    return store_remove_port(job->name, job->uuid, error);
}

static void publish_delete(NetworkJob *job)
{
    ports_remove(job->network, job->uuid);
}

static const NetworkJobKind delete_kind = {check_delete, work_delete, publish_delete};

void port_job_delete(Network *network, const guint8 *uuid, RpcCall *call)
{
    NetworkJob *job = job_new(&delete_kind, network, call);

    memcpy(job->uuid, uuid, UUID_LEN);
    job_queue(job);
}
