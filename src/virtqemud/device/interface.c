/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Network cards: the host's end (tap, user mode) and the card that the guest sees. */
#include <string.h>
#include <unistd.h>

#include "virtqemud/command/build.h"

/* Models whose QEMU device has another name. */
static const struct {
    const char *model, *driver;
} card_drivers[] = {
    {"virtio", "virtio-net-pci"},
    {"virtio-transitional", "virtio-net-pci-transitional"},
    {"virtio-non-transitional", "virtio-net-pci-non-transitional"},
};

static void close_fds(GArray *fds)
{
    for (guint i = 0; i < fds->len; i++)
        close(g_array_index(fds, int, i));
    g_array_unref(fds);
}

InterfaceHost *interface_host_new(void)
{
    InterfaceHost *host = g_new0(InterfaceHost, 1);

    host->tap_fds = g_array_new(FALSE, FALSE, sizeof(int));
    host->vhost_fds = g_array_new(FALSE, FALSE, sizeof(int));
    return host;
}

void interface_host_free(InterfaceHost *host)
{
    if (!host)
        return;
    close_fds(host->tap_fds);
    close_fds(host->vhost_fds);
    g_free(host);
}

/* Adds "fd" for one descriptor, "fds" for several, and passes them on. */
static void add_fds(CommandBuild *build, json_object *netdev, const char *one, const char *several, const GArray *fds)
{
    g_autoptr(GString) numbers = g_string_new(NULL);

    for (guint i = 0; i < fds->len; i++) {
        int fd = g_array_index(fds, int, i);

        g_string_append_printf(numbers, "%s%d", i > 0 ? ":" : "", fd);
        command_pass_fd(build->command, fd);
    }
    json_add_string(netdev, fds->len > 1 ? several : one, numbers->str);
}

static void add_tap(CommandBuild *build, json_object *netdev, guint index)
{
    const InterfaceHost *host = build->interfaces ? g_ptr_array_index(build->interfaces, index) : NULL;

    json_add_string(netdev, "type", "tap");
    if (!host) {
        json_add_string(netdev, "fd", "-1");
        return;
    }
    add_fds(build, netdev, "fd", "fds", host->tap_fds);
    if (host->vhost_fds->len > 0) {
        json_add_bool(netdev, "vhost", TRUE);
        add_fds(build, netdev, "vhostfd", "vhostfds", host->vhost_fds);
    }
}

/* The guest's own addresses of a user network are given by their network to QEMU. */
static void add_user(json_object *netdev, const InterfaceDef *interface)
{
    json_add_string(netdev, "type", "user");
    for (guint i = 0; interface->ips && i < interface->ips->len; i++) {
        const InterfaceIp *ip = g_ptr_array_index(interface->ips, i);

        if (ip->family == IP_FAMILY_IPV6) {
            json_add_string(netdev, "ipv6-prefix", ip->address);
            if (ip->prefix > 0)
                json_add_int(netdev, "ipv6-prefixlen", ip->prefix);
        } else if (ip->prefix > 0) {
            json_add_stringf(netdev, "net", "%s/%u", ip->address, ip->prefix);
        } else {
            json_add_string(netdev, "net", ip->address);
        }
    }
}

static gboolean add_netdev(CommandBuild *build, const InterfaceDef *interface, guint index, GError **error)
{
    json_object *netdev;

    switch ((int)interface->type) {
    case INTERFACE_USER:
    case INTERFACE_NETWORK:
    case INTERFACE_BRIDGE:
    case INTERFACE_ETHERNET:
        break;
    default:
        return unsupported(error, "interface of type '%s'", interface_types[interface->type]);
    }
    netdev = json_object_new_object();
    if (interface->type == INTERFACE_USER)
        add_user(netdev, interface);
    else
        add_tap(build, netdev, index);
    json_add_stringf(netdev, "id", "host%s", interface->info.alias);
    command_add_json(build->command, "-netdev", netdev);
    return TRUE;
}

static const char *card_driver(const InterfaceDef *interface)
{
    for (gsize i = 0; i < G_N_ELEMENTS(card_drivers); i++)
        if (g_strcmp0(interface->model, card_drivers[i].model) == 0)
            return card_drivers[i].driver;
    return interface->model;
}

static void add_virtio(json_object *object, const InterfaceDef *interface)
{
    if (interface->tx_mode != TX_MODE_DEFAULT)
        json_add_string(object, "tx", interface->tx_mode == TX_MODE_IOTHREAD ? "bh" : "timer");
    device_add_switch(object, "ioeventfd", interface->ioeventfd);
    device_add_switch(object, "event_idx", interface->event_idx);
    if (interface->queues > 1) {
        json_add_bool(object, "mq", TRUE);
        /* One interrupt per queue and direction, one for the control queue, one for changes of configuration. */
        json_add_int(object, "vectors", 2 * interface->queues + 2);
    }
    if (interface->rx_queue_size > 0)
        json_add_int(object, "rx_queue_size", interface->rx_queue_size);
    if (interface->tx_queue_size > 0)
        json_add_int(object, "tx_queue_size", interface->tx_queue_size);
    if (interface->mtu > 0)
        json_add_int(object, "host_mtu", interface->mtu);
    device_add_virtio_options(object, &interface->virtio);
}

static gboolean add_card(CommandBuild *build, const InterfaceDef *interface, GError **error)
{
    json_object *object = device_new(card_driver(interface));
    char mac[MAC_TEXT_LEN];

    if (interface_is_virtio(interface))
        add_virtio(object, interface);
    json_add_stringf(object, "netdev", "host%s", interface->info.alias);
    json_add_string(object, "id", interface->info.alias);
    mac_format(interface->mac, mac);
    json_add_string(object, "mac", mac);
    device_add_boot_index(build, object, &interface->info, BOOT_NETWORK);
    device_add_address(build, object, &interface->info);
    device_add_rom(object, &interface->info);
    return device_add(build, object, error);
}

gboolean build_interfaces(CommandBuild *build, GError **error)
{
    for (guint i = 0; i < build->def->interfaces->len; i++) {
        const InterfaceDef *interface = g_ptr_array_index(build->def->interfaces, i);

        if (!interface->model)
            return unsupported(error, "interface without a model");
        if (!add_netdev(build, interface, i, error) || !add_card(build, interface, error))
            return FALSE;
    }
    return TRUE;
}
