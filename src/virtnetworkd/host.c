/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/host.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "common/error.h"
#include "virtnetworkd/bridge.h"
#include "virtnetworkd/firewall.h"

/* A pool of virtual functions needs at least one. */
static gboolean check_functions(const NetworkDef *def, GError **error)
{
    g_autofree char *first = NULL;

    if (!def->forward || !def->forward->pf)
        return TRUE;
    first = g_strdup_printf("/sys/class/net/%s/device/virtfn0", def->forward->pf);
    if (g_file_test(first, G_FILE_TEST_EXISTS))
        return TRUE;
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_INTERNAL_ERROR, "No usable Vf's present on SRIOV PF %s",
                  def->forward->pf);
    return FALSE;
}

gboolean host_start(const NetworkDef *def, const DhcpDirs *dirs, pid_t *dnsmasq, GError **error)
{
    *dnsmasq = 0;
    if (!network_def_owns_bridge(def))
        return check_functions(def, error);
    if (!bridge_start(def, error))
        return FALSE;
    if (firewall_install(def, error) && dhcp_start(def, dirs, dnsmasq, error))
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

gboolean host_repair(const NetworkDef *def, const DhcpDirs *dirs, pid_t *dnsmasq, GError **error)
{
    *dnsmasq = 0;
    if (!network_def_owns_bridge(def))
        return TRUE;
    if (!bridge_repair(def, error) || !firewall_install(def, error))
        return FALSE;
    *dnsmasq = dhcp_find(def, dirs);
    return *dnsmasq || dhcp_start(def, dirs, dnsmasq, error);
}

int host_watch_process(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0);
}
