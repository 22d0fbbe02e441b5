/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/network_job.h"

#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "virtnetworkd/host.h"
#include "virtnetworkd/listen.h"
#include "virtnetworkd/store.h"

typedef struct NetworkJob NetworkJob;

/* One row per kind of change. */
typedef struct {
    /* On the loop: may it be done, and with which copies? */
    gboolean (*check)(NetworkJob *job, GError **error);
    /* On a worker: does it. Sees job->def and job->name only. */
    gboolean (*work)(NetworkJob *job, GError **error);
    /* On the loop: publishes what work did. */
    void (*publish)(NetworkJob *job);
} NetworkJobKind;

struct NetworkJob {
    const NetworkJobKind *kind;
    Network *network; /* referenced */
    RpcCall *call;    /* or NULL */
    NetworkAnswer answer;
    NetworkDef *def;  /* what the work is about */
    const char *name; /* of the network, for the worker; the network outlives the job */
    gboolean autostart;
    pid_t dnsmasq;
    GError *error;
};

/* ---- the queue ---- */

static void job_run(NetworkJob *job);

static void job_end(NetworkJob *job)
{
    Network *network = job->network;

    if (job->call && job->error)
        rpc_call_fail(job->call, g_steal_pointer(&job->error));
    else if (job->call) {
        if (job->answer)
            job->answer(job->call, network);
        rpc_call_reply(job->call);
    } else if (job->error) {
        log_error("network '%s': %s", network->name, job->error->message);
    }
    g_queue_pop_head(&network->jobs);
    network_def_free(job->def);
    g_clear_error(&job->error);
    g_free(job);
    if (network->jobs.length > 0)
        job_run(g_queue_peek_head(&network->jobs));
    network_settle(network);
    network_unref(network);
}

static void job_work(gpointer data)
{
    NetworkJob *job = data;

    job->kind->work(job, &job->error);
}

static void job_done(gpointer data)
{
    NetworkJob *job = data;

    if (!job->error)
        job->kind->publish(job);
    job_end(job);
    listen_refresh();
}

static void job_run(NetworkJob *job)
{
    if (job->kind->check(job, &job->error))
        daemon_run_worker(network_driver.daemon, job_work, job_done, job);
    else
        job_end(job);
}

static NetworkJob *job_new(const NetworkJobKind *kind, Network *network, RpcCall *call)
{
    NetworkJob *job = g_new0(NetworkJob, 1);

    job->kind = kind;
    job->network = network_ref(network);
    job->name = network->name;
    job->call = call;
    return job;
}

static void job_queue(NetworkJob *job)
{
    if (job->call)
        rpc_call_defer(job->call);
    g_queue_push_tail(&job->network->jobs, job);
    if (job->network->jobs.length == 1)
        job_run(job);
}

/* ---- dnsmasq's end ---- */

/* One that ends right after its start is not started again at once. */
#define RESTART_PAUSE_S 5

static gboolean on_restart_timer(gpointer data)
{
    Network *network = data;

    if (network_is_active(network) && !network->dnsmasq)
        network_job_repair(network);
    network_unref(network);
    return G_SOURCE_REMOVE;
}

static void watch_dnsmasq(Network *network, pid_t pid);

static void on_dnsmasq_end(guint32 events, gpointer data)
{
    Network *network = data;
    gboolean was_short = g_get_monotonic_time() - network->dnsmasq_started < RESTART_PAUSE_S * G_USEC_PER_SEC;

    watch_dnsmasq(network, 0);
    if (!network_is_active(network))
        return;
    log_warning("dnsmasq of network '%s' has ended; starting it again", network->name);
    g_timeout_add_seconds(was_short ? RESTART_PAUSE_S : 0, on_restart_timer, network_ref(network));
}

/* Follows the process pid in place of the one before; 0 follows none. */
static void watch_dnsmasq(Network *network, pid_t pid)
{
    g_clear_pointer(&network->dnsmasq_item, poll_remove);
    if (network->dnsmasq_fd >= 0)
        close(network->dnsmasq_fd);
    network->dnsmasq_fd = -1;
    network->dnsmasq = pid;
    if (!pid)
        return;
    network->dnsmasq_started = g_get_monotonic_time();
    network->dnsmasq_fd = host_watch_process(pid);
    if (network->dnsmasq_fd >= 0)
        network->dnsmasq_item = poll_add(poll_set_get(), network->dnsmasq_fd, EPOLLIN, on_dnsmasq_end, network);
}

/* ---- define ---- */

static gboolean check_define(NetworkJob *job, GError **error)
{
    return network_check_identity(job->def, error) && network_choose_bridge(job->def, error);
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
    if (job->network->def)
        return TRUE;
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_OPERATION_INVALID, "can't undefine transient network");
    return FALSE;
}

static gboolean work_undefine(NetworkJob *job, GError **error)
{
    return store_remove_def(job->name, error);
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
    complete_live(job->def);
    return network_check_conflicts(job->def, error);
}

static gboolean work_start(NetworkJob *job, GError **error)
{
    DhcpDirs dirs = network_dhcp_dirs();

    if (!host_start(job->def, &dirs, &job->dnsmasq, error))
        return FALSE;
    if (store_save_status(job->def, error))
        return TRUE;
    host_stop(job->def, &dirs, NULL);
    return FALSE;
}

static void publish_start(NetworkJob *job)
{
    job->network->live = g_steal_pointer(&job->def);
    watch_dnsmasq(job->network, job->dnsmasq);
    network_emit_lifecycle(job->network, VIR_NETWORK_EVENT_STARTED);
}

static const NetworkJobKind start_kind = {check_start, work_start, publish_start};

/* ---- create: start what is not defined ---- */

static gboolean check_create(NetworkJob *job, GError **error)
{
    if (!network_check_identity(job->def, error) || !check_inactive(job->network, error) ||
        !network_choose_bridge(job->def, error))
        return FALSE;
    complete_live(job->def);
    return network_check_conflicts(job->def, error);
}

static const NetworkJobKind create_kind = {check_create, work_start, publish_start};

/* ---- stop ---- */

static gboolean check_stop(NetworkJob *job, GError **error)
{
    if (!network_is_active(job->network)) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_OPERATION_INVALID, "network '%s' is not active",
                      job->network->name);
        return FALSE;
    }
    job->def = network_def_copy(job->network->live);
    /* Its end is wanted now. */
    watch_dnsmasq(job->network, 0);
    return TRUE;
}

static gboolean work_stop(NetworkJob *job, GError **error)
{
    DhcpDirs dirs = network_dhcp_dirs();

    return host_stop(job->def, &dirs, error) && store_remove_status(job->name, error);
}

static void publish_stop(NetworkJob *job)
{
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

static gboolean check_repair(NetworkJob *job, GError **error)
{
    if (!network_is_active(job->network)) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_OPERATION_INVALID, "network '%s' is not active",
                      job->network->name);
        return FALSE;
    }
    job->def = network_def_copy(job->network->live);
    return TRUE;
}

static gboolean work_repair(NetworkJob *job, GError **error)
{
    DhcpDirs dirs = network_dhcp_dirs();

    return host_repair(job->def, &dirs, &job->dnsmasq, error);
}

static void publish_repair(NetworkJob *job)
{
    watch_dnsmasq(job->network, job->dnsmasq);
}

static const NetworkJobKind repair_kind = {check_repair, work_repair, publish_repair};

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
