/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/job/network_job.h"

#include "common/error.h"
#include "common/log.h"
#include "virtnetworkd/check/check_start.h"
#include "virtnetworkd/dhcp/dnsmasq_watch.h"
#include "virtnetworkd/host/hook.h"
#include "virtnetworkd/host/host.h"
#include "virtnetworkd/host/pool.h"
#include "virtnetworkd/job/job.h"
#include "virtnetworkd/ports.h"
#include "virtnetworkd/store.h"

/* ---- define ---- */

static gboolean check_define(NetworkJob *job, GError **error)
{
    return network_check_identity(job->def, error) && network_choose_bridge(job->def, error) &&
           pool_check(job->def, error);
}

static gboolean work_define(NetworkJob *job, GError **error)
{
    return store_save_def(job->def, error);
}

static void publish_define(NetworkJob *job)
{
    network_def_free(job->network->def);
    job->network->def = g_steal_pointer(&job->def);
    network_emit_lifecycle(job->network, VIR_NETWORK_EVENT_DEFINED);
}

static const NetworkJobKind define_kind = {check_define, work_define, publish_define};

/* ---- undefine ---- */

static gboolean check_undefine(NetworkJob *job, GError **error)
{
    job->ends_leases = !network_is_active(job->network);
    if (job->network->def)
        return TRUE;
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_OPERATION_INVALID, "can't undefine transient network");
    return FALSE;
}

static void end_leases(const NetworkJob *job)
{
    DhcpDirs dirs = network_dhcp_dirs();

    if (job->ends_leases)
        dhcp_forget(job->name, &dirs);
}

static gboolean work_undefine(NetworkJob *job, GError **error)
{
    if (!store_remove_def(job->name, error))
        return FALSE;
    end_leases(job);
    return TRUE;
}

static void publish_undefine(NetworkJob *job)
{
    g_clear_pointer(&job->network->def, network_def_free);
    job->network->autostart = FALSE;
    network_emit_lifecycle(job->network, VIR_NETWORK_EVENT_UNDEFINED);
}

static const NetworkJobKind undefine_kind = {check_undefine, work_undefine, publish_undefine};

/* ---- start ---- */

static gboolean check_inactive(const Network *network, GError **error)
{
    if (!network_is_active(network))
        return TRUE;
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_OPERATION_INVALID, "network is already active");
    return FALSE;
}

/* What runs says everything, also what the definition left to us. */
static void complete_live(NetworkDef *def)
{
    if (network_def_is_translated(def) && !def->forward->nat_address_start.family && !def->forward->nat_port_start) {
        def->forward->nat_port_start = 1024;
        def->forward->nat_port_end = 65535;
    }
}

/* From here on its addresses are taken. */
static gboolean check_coming(NetworkJob *job, GError **error)
{
    complete_live(job->def);
    if (!network_check_conflicts(job->def, error))
        return FALSE;
    job->network->coming = job->def;
    return TRUE;
}

static gboolean check_start(NetworkJob *job, GError **error)
{
    if (!check_inactive(job->network, error))
        return FALSE;
    if (!job->network->def) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_NO_NETWORK, "no network with matching name '%s'",
                      job->network->name);
        return FALSE;
    }
    job->def = network_def_copy(job->network->def);
    return check_coming(job, error);
}

/* Takes down what runs; the first failure is the error. */
static gboolean take_down(const NetworkDef *def, GError **error)
{
    DhcpDirs dirs = network_dhcp_dirs();
    gboolean ok = host_stop(def, &dirs, error);

    hook_run(network_driver.hooks_dir, HOOK_STOPPED, def, NULL, NULL);
    return ok;
}

static gboolean put_up(NetworkJob *job, GError **error)
{
    DhcpDirs dirs = network_dhcp_dirs();

    if (!host_start(job->def, &dirs, &job->dnsmasq, error))
        return FALSE;
    if (hook_run(network_driver.hooks_dir, HOOK_STARTED, job->def, NULL, error))
        return TRUE;
    take_down(job->def, NULL);
    return FALSE;
}

/* The status file comes first: should we end halfway, the next daemon knows what to complete. */
static gboolean work_start(NetworkJob *job, GError **error)
{
    if (!pool_expand(job->def, error) || !hook_run(network_driver.hooks_dir, HOOK_START, job->def, NULL, error) ||
        !store_save_status(job->def, error))
        return FALSE;
    if (put_up(job, error))
        return TRUE;
    store_remove_status(job->name, NULL);
    return FALSE;
}

static void publish_start(NetworkJob *job)
{
    job->network->live = g_steal_pointer(&job->def);
    dnsmasq_watch(job->network, job->dnsmasq);
    network_emit_lifecycle(job->network, VIR_NETWORK_EVENT_STARTED);
    check_started(job->network->live);
}

static const NetworkJobKind start_kind = {check_start, work_start, publish_start};

/* ---- create: start what is not defined ---- */

static gboolean check_create(NetworkJob *job, GError **error)
{
    if (!network_check_identity(job->def, error))
        return FALSE;
    if (network_is_active(job->network))
        return vir_error_fail(error, VIR_FROM_NETWORK, VIR_ERR_OPERATION_INVALID, "network is already active as '%s'",
                              job->def->name);
    if (!network_choose_bridge(job->def, error) || !pool_check(job->def, error))
        return FALSE;
    return check_coming(job, error);
}

static const NetworkJobKind create_kind = {check_create, work_start, publish_start};

/* ---- stop ---- */

static gboolean check_stop(NetworkJob *job, GError **error)
{
    if (!job_check_active(job, error))
        return FALSE;
    job->def = network_def_copy(job->network->live);
    job->ends_leases = !job->network->def;
    /* Its end is wanted now. */
    dnsmasq_watch(job->network, 0);
    return TRUE;
}

static gboolean work_stop(NetworkJob *job, GError **error)
{
    if (!take_down(job->def, error) || !store_remove_status(job->name, error))
        return FALSE;
    end_leases(job);
    return TRUE;
}

static void publish_stop(NetworkJob *job)
{
    ports_clear(job->network);
    g_clear_pointer(&job->network->live, network_def_free);
    network_emit_lifecycle(job->network, VIR_NETWORK_EVENT_STOPPED);
}

static const NetworkJobKind stop_kind = {check_stop, work_stop, publish_stop};

/* ---- autostart ---- */

static gboolean check_autostart(NetworkJob *job, GError **error)
{
    if (job->network->def)
        return TRUE;
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_OPERATION_INVALID, "cannot set autostart for transient network");
    return FALSE;
}

static gboolean work_autostart(NetworkJob *job, GError **error)
{
    return store_set_autostart(job->name, job->autostart, error);
}

static void publish_autostart(NetworkJob *job)
{
    job->network->autostart = job->autostart;
}

static const NetworkJobKind autostart_kind = {check_autostart, work_autostart, publish_autostart};

/* ---- repair ---- */

/* One that failed is tried again, less and less often. */
#define RETRY_MIN_S 5
#define RETRY_MAX_S 60

static gboolean check_repair(NetworkJob *job, GError **error)
{
    if (!job_check_active(job, error))
        return FALSE;
    job->def = network_def_copy(job->network->live);
    job->ports = ports_copy(job->network);
    job->has_lost_bridge = network_def_owns_bridge(job->def) && !link_table_has(network_driver.links, job->def->bridge);
    return TRUE;
}

static gboolean work_repair(NetworkJob *job, GError **error)
{
    DhcpDirs dirs = network_dhcp_dirs();

    return pool_expand(job->def, error) && host_repair(job->def, job->ports, &dirs, &job->dnsmasq, error);
}

/* A new bridge is empty: who has guests there is told as at any other start, and plugs them in. */
static void publish_repair(NetworkJob *job)
{
    job->network->retry_s = 0;
    dnsmasq_watch(job->network, job->dnsmasq);
    if (job->has_lost_bridge)
        network_emit_lifecycle(job->network, VIR_NETWORK_EVENT_STARTED);
    if (job->def->forward && job->def->forward->pf)
        ports_set_live(job->network, g_steal_pointer(&job->def));
}

static gboolean on_retry(gpointer data)
{
    Network *network = data;

    network->is_retrying = FALSE;
    if (network_is_active(network))
        network_job_repair(network);
    network_unref(network);
    return G_SOURCE_REMOVE;
}

static void fail_repair(NetworkJob *job)
{
    Network *network = job->network;

    if (network->is_retrying)
        return;
    network->is_retrying = TRUE;
    network->retry_s = CLAMP(network->retry_s * 2, RETRY_MIN_S, RETRY_MAX_S);
    g_timeout_add_seconds(network->retry_s, on_retry, network_ref(network));
}

static const NetworkJobKind repair_kind = {check_repair, work_repair, publish_repair, fail_repair};

/* ---- update ---- */

static gboolean check_update(NetworkJob *job, GError **error)
{
    gboolean live, config;

    if (!job_check_affected(job, &live, &config, error))
        return FALSE;
    if (config) {
        job->config = network_def_copy(job->network->def);
        if (!network_def_update(job->config, &job->update, error))
            return FALSE;
    }
    if (live) {
        job->def = network_def_copy(job->network->live);
        return network_def_update(job->def, &job->update, error);
    }
    return TRUE;
}

static gboolean work_update(NetworkJob *job, GError **error)
{
    DhcpDirs dirs = network_dhcp_dirs();
    const NetworkDef *def = job->def ? job->def : job->config;

    if (!hook_run(network_driver.hooks_dir, HOOK_UPDATED, def, NULL, error))
        return FALSE;
    if (job->config && !store_save_def(job->config, error))
        return FALSE;
    return !job->def || (host_update(job->def, &dirs, &job->dnsmasq, error) && store_save_status(job->def, error));
}

static void publish_update(NetworkJob *job)
{
    Network *network = job->network;

    if (job->config) {
        network_def_free(network->def);
        network->def = g_steal_pointer(&job->config);
    }
    if (!job->def)
        return;
    ports_set_live(network, g_steal_pointer(&job->def));
    if (network->dnsmasq != job->dnsmasq)
        dnsmasq_watch(network, job->dnsmasq);
}

static const NetworkJobKind update_kind = {check_update, work_update, publish_update};

/* ---- entries ---- */

static void queue_def(const NetworkJobKind *kind, NetworkDef *def, RpcCall *call, NetworkAnswer answer)
{
    NetworkJob *job = job_new(kind, network_claim(def), call);

    job->def = def;
    job->answer = answer;
    job_queue(job);
}

void network_job_define(NetworkDef *def, RpcCall *call, NetworkAnswer answer)
{
    queue_def(&define_kind, def, call, answer);
}

void network_job_create(NetworkDef *def, RpcCall *call, NetworkAnswer answer)
{
    queue_def(&create_kind, def, call, answer);
}

void network_job_undefine(Network *network, RpcCall *call)
{
    job_queue(job_new(&undefine_kind, network, call));
}

void network_job_start(Network *network, RpcCall *call)
{
    job_queue(job_new(&start_kind, network, call));
}

void network_job_autostart(Network *network, GPtrArray *after)
{
    NetworkJob *job = job_new(&start_kind, network, NULL);

    job->is_autostart = network->is_autostarting = TRUE;
    job->after = after;
    job_queue(job);
}

void network_job_stop(Network *network, RpcCall *call)
{
    job_queue(job_new(&stop_kind, network, call));
}

void network_job_set_autostart(Network *network, gboolean autostart, RpcCall *call)
{
    NetworkJob *job = job_new(&autostart_kind, network, call);

    job->autostart = autostart;
    job_queue(job);
}

void network_job_repair(Network *network)
{
    job_queue(job_new(&repair_kind, network, NULL));
}

static void put_back(Network *network)
{
    if (network->jobs.length > 0 || !network_is_active(network) || !network_def_owns_bridge(network->live) ||
        link_table_has(network_driver.links, network->live->bridge))
        return;
    log_warning("network '%s': its bridge %s has gone; making it again", network->name, network->live->bridge);
    network_job_repair(network);
}

void network_job_look(void)
{
    g_autoptr(GList) networks = g_hash_table_get_values(network_driver.by_name);

    link_table_refresh(network_driver.links);
    for (GList *item = networks; item; item = item->next)
        put_back(item->data);
}

void network_job_update(Network *network, const NetworkUpdate *update, guint flags, RpcCall *call)
{
    NetworkJob *job = job_new(&update_kind, network, call);

    job->update = *update;
    job->flags = flags;
    job_queue(job);
}
