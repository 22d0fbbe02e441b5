/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/dhcp/dnsmasq_watch.h"

#include <errno.h>
#include <unistd.h>

#include "common/log.h"
#include "virtnetworkd/host/host.h"
#include "virtnetworkd/job/network_job.h"

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

/* It ended while its network runs. */
static void end(Network *network)
{
    gboolean was_short = g_get_monotonic_time() - network->dnsmasq_started < RESTART_PAUSE_S * G_USEC_PER_SEC;

    if (!network_is_active(network))
        return;
    /* A change of the network may have ended it, and starts it again itself. */
    if (network->jobs.length == 0)
        log_warning("dnsmasq of network '%s' has ended; starting it again", network->name);
    g_timeout_add_seconds(was_short ? RESTART_PAUSE_S : 0, on_restart_timer, network_ref(network));
}

static void on_dnsmasq_end(guint32 events, gpointer data)
{
    Network *network = data;

    dnsmasq_watch(network, 0);
    end(network);
}

void dnsmasq_watch(Network *network, pid_t pid)
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
    if (network->dnsmasq_fd < 0 && errno == ESRCH) {
        /* It was there a moment ago. */
        network->dnsmasq = 0;
        end(network);
    } else if (network->dnsmasq_fd >= 0) {
        network->dnsmasq_item = poll_add(poll_set_get(), network->dnsmasq_fd, EPOLLIN, on_dnsmasq_end, network);
    }
}
