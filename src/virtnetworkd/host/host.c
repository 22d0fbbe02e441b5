/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/host/host.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "virtnetworkd/host/bridge.h"
#include "virtnetworkd/host/firewall.h"
#include "virtnetworkd/host/firewalld.h"
#include "virtnetworkd/host/traffic.h"

/* The kernel and firewalld take their time for a change of rules, and dnsmasq for its start: each has a thread
 * meanwhile. */
typedef struct {
    const NetworkDef *def;
    gboolean (*change)(const NetworkDef *def, GError **error);
    GError *error;
} Rules;

static gpointer change_rules(gpointer data)
{
    Rules *rules = data;

    rules->change(rules->def, &rules->error);
    return NULL;
}

/* Waits for the change, and passes on whether it succeeded. */
static gboolean rules_end(GThread *thread, Rules *rules, GError **error)
{
    g_thread_join(thread);
    if (!rules->error)
        return TRUE;
    if (error && *error)
        g_error_free(rules->error);
    else
        g_propagate_error(error, rules->error);
    return FALSE;
}

static gboolean let_packets_through(const NetworkDef *def, GError **error)
{
    return firewalld_set_zone(def, error) && firewall_install(def, error);
}

static gboolean start_services(const NetworkDef *def, const DhcpDirs *dirs, pid_t *dnsmasq, GError **error)
{
    Rules rules = {def, let_packets_through, NULL};
    GThread *thread = g_thread_new("rules", change_rules, &rules);
    gboolean ok = traffic_start(def, error) && dhcp_apply(def, dirs, dnsmasq, error);

    return rules_end(thread, &rules, error) && ok;
}

gboolean host_start(const NetworkDef *def, const DhcpDirs *dirs, pid_t *dnsmasq, GError **error)
{
    *dnsmasq = 0;
    if (!network_def_owns_bridge(def))
        return TRUE;
    if (!bridge_start(def, error))
        return FALSE;
    if (start_services(def, dirs, dnsmasq, error))
        return TRUE;
    host_stop(def, dirs, NULL);
    return FALSE;
}

gboolean host_stop(const NetworkDef *def, const DhcpDirs *dirs, GError **error)
{
    Rules rules = {def, firewall_remove, NULL};
    GThread *thread;
    gboolean ok;

    if (!network_def_owns_bridge(def))
        return TRUE;
    thread = g_thread_new("rules", change_rules, &rules);
    dhcp_stop(def, dirs);
    ok = bridge_stop(def, error);
    firewalld_unset_zone(def);
    return rules_end(thread, &rules, error) && ok;
}

gboolean host_repair(const NetworkDef *def, const GPtrArray *ports, const DhcpDirs *dirs, pid_t *dnsmasq,
                     GError **error)
{
    *dnsmasq = 0;
    if (!network_def_owns_bridge(def))
        return TRUE;
    return bridge_repair(def, error) && firewalld_set_zone(def, error) && traffic_repair(def, ports, error) &&
           host_update(def, dirs, dnsmasq, error);
}

gboolean host_update(const NetworkDef *def, const DhcpDirs *dirs, pid_t *dnsmasq, GError **error)
{
    *dnsmasq = 0;
    if (!network_def_owns_bridge(def))
        return TRUE;
    return bridge_update(def, error) && firewall_install(def, error) && dhcp_apply(def, dirs, dnsmasq, error);
}

int host_watch_process(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0);
}
