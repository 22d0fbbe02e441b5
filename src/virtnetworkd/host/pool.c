/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/host/pool.h"

#include <stdio.h>
#include <string.h>

#include "common/error.h"

static const char *sysfs = "/sys";

void pool_set_sysfs(const char *path)
{
    sysfs = path;
}

/* ---- addresses ---- */

static gboolean is_function(const NetworkPciAddress *address, char **path)
{
    g_autofree char *physical = NULL;

    *path = g_strdup_printf("%s/bus/pci/devices/%04x:%02x:%02x.%x", sysfs, address->domain, address->bus, address->slot,
                            address->function);
    physical = g_build_filename(*path, "physfn", NULL);
    return g_file_test(physical, G_FILE_TEST_EXISTS);
}

gboolean pool_check(const NetworkDef *def, GError **error)
{
    const GPtrArray *addresses = def->forward ? def->forward->addresses : NULL;

    for (guint i = 0; addresses && i < addresses->len; i++) {
        g_autofree char *path = NULL;

        if (is_function(addresses->pdata[i], &path))
            continue;
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_CONFIG_UNSUPPORTED,
                      "device '%s' in network '%s' is not an SR-IOV Virtual Function", path, def->name);
        return FALSE;
    }
    return TRUE;
}

/* ---- a card's functions ---- */

/* Takes function's place in /sys into the pool: by its address, or by its device, which one in use by a guest lacks. */
static void add_address(NetworkForward *forward, const char *function)
{
    g_autofree char *target = g_file_read_link(function, NULL);
    NetworkPciAddress address = {0};
    g_autofree char *name = target ? g_path_get_basename(target) : g_strdup("");

    if (sscanf(name, "%x:%x:%x.%x", &address.domain, &address.bus, &address.slot, &address.function) == 4)
        g_ptr_array_add(forward->addresses, g_memdup2(&address, sizeof(address)));
}

static void add_device(NetworkForward *forward, const char *function)
{
    g_autofree char *folder = g_build_filename(function, "net", NULL);
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    const char *name = entries ? g_dir_read_name(entries) : NULL;
    NetworkForwardInterface *interface;

    if (!name)
        return;
    interface = g_new0(NetworkForwardInterface, 1);
    interface->dev = g_strdup(name);
    g_ptr_array_add(forward->interfaces, interface);
}

gboolean pool_expand(NetworkDef *def, GError **error)
{
    NetworkForward *forward = def->forward;
    gboolean by_address = network_def_mode(def) == NETWORK_FORWARD_HOSTDEV;
    GPtrArray **pool;

    if (!forward || !forward->pf)
        return TRUE;
    pool = by_address ? &forward->addresses : &forward->interfaces;
    if (*pool && (*pool)->len)
        return TRUE;
    if (!*pool)
        *pool = g_ptr_array_new();
    for (guint i = 0;; i++) {
        g_autofree char *function = g_strdup_printf("%s/class/net/%s/device/virtfn%u", sysfs, forward->pf, i);

        if (!g_file_test(function, G_FILE_TEST_EXISTS))
            break;
        (by_address ? add_address : add_device)(forward, function);
    }
    if ((*pool)->len)
        return TRUE;
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_INTERNAL_ERROR, "No usable Vf's present on SRIOV PF %s",
                  forward->pf);
    return FALSE;
}
