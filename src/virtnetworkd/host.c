/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/host.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "virtnetworkd/bridge.h"
#include "virtnetworkd/firewall.h"
#include "virtnetworkd/firewalld.h"
#include "virtnetworkd/traffic.h"

gboolean host_start(const NetworkDef *def, const DhcpDirs *dirs, pid_t *dnsmasq, GError **error)
{
    *dnsmasq = 0;
    if (!network_def_owns_bridge(def))
        return TRUE;
    if (!bridge_start(def, error))
        return FALSE;
    if (firewalld_set_zone(def, error) && firewall_install(def, error) && traffic_start(def, error) &&
        dhcp_apply(def, dirs, dnsmasq, error))
        return TRUE;
    host_stop(def, dirs, NULL);
    return FALSE;
}

gboolean host_stop(const NetworkDef *def, const DhcpDirs *dirs, GError **error)
{
    g_autoptr(GError) firewall_error = NULL;

    if (!network_def_owns_bridge(def))
        return TRUE;
    dhcp_stop(def, dirs);
    firewall_remove(def, &firewall_error);
    if (!bridge_stop(def, error))
        return FALSE;
    if (!firewall_error)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&firewall_error));
    return FALSE;
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
    return firewall_install(def, error) && dhcp_apply(def, dirs, dnsmasq, error);
}

int host_watch_process(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0);
}
