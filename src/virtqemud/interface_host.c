/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/interface_host.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/error.h"
#include "common/netlink.h"
#include "virtqemud/bridge_helper.h"
#include "virtqemud/network_peer.h"

#define TAP_PREFIX "vnet"

/* Guests' taps have the guest's MAC with this first byte, so that a bridge never takes its own from one of them. */
#define TAP_MAC_BYTE 0xfe

/* ---- taps ---- */

/* Opens one queue of the tap; name may be a pattern ("vnet%d") and becomes the name given. -1 with errno. */
static int open_tap(char name[IFNAMSIZ], gboolean is_multi)
{
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

    if (fd < 0)
        return -1;
    if (is_multi)
        request.ifr_flags |= IFF_MULTI_QUEUE;
    g_strlcpy(request.ifr_name, name, IFNAMSIZ);
    if (ioctl(fd, TUNSETIFF, &request) < 0) {
        int saved = errno;

        close(fd);
        errno = saved;
        return -1;
    }
    g_strlcpy(name, request.ifr_name, IFNAMSIZ);
    return fd;
}

static gboolean set_mac(const char *name, const guint8 *mac)
{
    struct ifreq request = {0};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    gboolean ok;

    g_strlcpy(request.ifr_name, name, IFNAMSIZ);
    request.ifr_hwaddr.sa_family = 1; /* ARPHRD_ETHER */
    memcpy(request.ifr_hwaddr.sa_data, mac, MAC_LEN);
    request.ifr_hwaddr.sa_data[0] = (char)TAP_MAC_BYTE;
    ok = fd >= 0 && ioctl(fd, SIOCSIFHWADDR, &request) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

static gboolean set_mtu(const char *name, guint mtu)
{
    struct ifreq request = {0};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    gboolean ok;

    g_strlcpy(request.ifr_name, name, IFNAMSIZ);
    request.ifr_mtu = (int)mtu;
    ok = fd >= 0 && ioctl(fd, SIOCSIFMTU, &request) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

static gboolean open_queues(InterfaceHost *host, InterfaceDef *interface, char name[IFNAMSIZ], GError **error)
{
    guint n = interface_is_virtio(interface) && interface->queues > 1 ? interface->queues : 1;

    for (guint i = 0; i < n; i++) {
        int fd = open_tap(name, n > 1);

        if (fd < 0) {
            vir_error_set_errno(error, VIR_FROM_QEMU, errno, "Unable to create tap device %s", name);
            return FALSE;
        }
        g_array_append_val(host->tap_fds, fd);
    }
    return TRUE;
}

/* The kernel's part of the card, when it is there and wanted. */
static void open_vhost(InterfaceHost *host, const InterfaceDef *interface)
{
    if (!interface_is_virtio(interface) || interface->driver == INTERFACE_DRIVER_QEMU)
        return;
    for (guint i = 0; i < host->tap_fds->len; i++) {
        int fd = open("/dev/vhost-net", O_RDWR | O_CLOEXEC);

        if (fd < 0)
            return;
        g_array_append_val(host->vhost_fds, fd);
    }
}

static gboolean plug_in(InterfaceDef *interface, const char *name, GError **error)
{
    if (!set_mac(name, interface->mac)) {
        vir_error_set_errno(error, VIR_FROM_QEMU, errno, "Cannot set the MAC address of %s", name);
        return FALSE;
    }
    if (interface->mtu > 0 && !set_mtu(name, interface->mtu)) {
        vir_error_set_errno(error, VIR_FROM_QEMU, errno, "Cannot set the MTU of %s", name);
        return FALSE;
    }
    if (interface->bridge && !netlink_link_set_bridge(name, interface->bridge, error))
        return FALSE;
    return interface->link == LINK_STATE_DOWN || netlink_link_set_up(name, TRUE, error);
}

static gboolean make_tap(InterfaceHost *host, InterfaceDef *interface, GError **error)
{
    char name[IFNAMSIZ];

    g_strlcpy(name, interface->target ? interface->target : TAP_PREFIX "%d", sizeof(name));
    if (!open_queues(host, interface, name, error))
        return FALSE;
    g_free(interface->target);
    interface->target = g_strdup(name);
    open_vhost(host, interface);
    if (interface->type == INTERFACE_ETHERNET && interface->is_managed == XML_BOOL_NO)
        return TRUE;
    return plug_in(interface, name, error);
}

/* ---- by kind ---- */

/* Whether this process has CAP_NET_ADMIN, whoever's daemon it is. */
static gboolean can_make_taps(void)
{
    g_autofree char *text = NULL;
    const char *line;

    if (!g_file_get_contents("/proc/self/status", &text, NULL, NULL) || !(line = strstr(text, "\nCapEff:")))
        return FALSE;
    return (g_ascii_strtoull(line + strlen("\nCapEff:"), NULL, 16) >> CAP_NET_ADMIN) & 1;
}

static gboolean find_bridge(InterfaceDef *interface, GError **error)
{
    if (interface->type == INTERFACE_NETWORK) {
        g_free(interface->bridge);
        interface->bridge = network_peer_bridge(interface->network, error);
        return interface->bridge != NULL;
    }
    return TRUE;
}

static gboolean prepare_bridge(InterfaceHost *host, InterfaceDef *interface, GError **error)
{
    int fd;

    if (!find_bridge(interface, error))
        return FALSE;
    if (can_make_taps())
        return make_tap(host, interface, error);
    fd = bridge_helper_run(interface->bridge, error);
    if (fd < 0)
        return FALSE;
    g_array_append_val(host->tap_fds, fd);
    g_free(interface->target);
    interface->target = bridge_helper_tap_name(fd);
    return TRUE;
}

static gboolean prepare_one(InterfaceHost *host, InterfaceDef *interface, GError **error)
{
    switch ((int)interface->type) {
    case INTERFACE_NETWORK:
    case INTERFACE_BRIDGE:
        return prepare_bridge(host, interface, error);
    case INTERFACE_ETHERNET:
        return make_tap(host, interface, error);
    default:
        return TRUE;
    }
}

GPtrArray *interface_host_prepare(DomainDef *def, GError **error)
{
    GPtrArray *hosts = g_ptr_array_new_with_free_func((GDestroyNotify)interface_host_free);

    for (guint i = 0; i < def->interfaces->len; i++) {
        InterfaceHost *host = interface_host_new();

        g_ptr_array_add(hosts, host);
        if (!prepare_one(host, g_ptr_array_index(def->interfaces, i), error)) {
            /* Taps are not persistent: one that nobody has open ends by itself, as those of a QEMU that ended. */
            g_ptr_array_unref(hosts);
            return NULL;
        }
    }
    return hosts;
}

/* ---- counters ---- */

static gint64 read_counter(const char *tap, const char *name)
{
    g_autofree char *path = g_strdup_printf("/sys/class/net/%s/statistics/%s", tap, name);
    g_autofree char *text = NULL;

    return g_file_get_contents(path, &text, NULL, NULL) ? g_ascii_strtoll(text, NULL, 10) : -1;
}

gboolean interface_host_stats(const char *tap, InterfaceStats *stats, GError **error)
{
    /* What the tap sends the guest receives. */
    *stats = (InterfaceStats){
        .rx_bytes = read_counter(tap, "tx_bytes"),
        .rx_packets = read_counter(tap, "tx_packets"),
        .rx_errors = read_counter(tap, "tx_errors"),
        .rx_dropped = read_counter(tap, "tx_dropped"),
        .tx_bytes = read_counter(tap, "rx_bytes"),
        .tx_packets = read_counter(tap, "rx_packets"),
        .tx_errors = read_counter(tap, "rx_errors"),
        .tx_dropped = read_counter(tap, "rx_dropped"),
    };
    if (stats->rx_bytes >= 0)
        return TRUE;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "interface '%s' has no counters", tap);
    return FALSE;
}
