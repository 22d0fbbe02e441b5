/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Network cards as the guest sees them. */
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

static const char *card_driver(const InterfaceDef *interface)
{
    for (gsize i = 0; i < G_N_ELEMENTS(card_drivers); i++)
        if (g_strcmp0(interface->model, card_drivers[i].model) == 0)
            return card_drivers[i].driver;
    return interface->model;
}

static void add_offloads(json_object *object, const InterfaceOffloads *host, const InterfaceOffloads *guest)
{
    device_add_switch(object, "csum", host->csum);
    device_add_switch(object, "gso", host->gso);
    device_add_switch(object, "host_tso4", host->tso4);
    device_add_switch(object, "host_tso6", host->tso6);
    device_add_switch(object, "host_ecn", host->ecn);
    device_add_switch(object, "host_ufo", host->ufo);
    device_add_switch(object, "mrg_rxbuf", host->mrg_rxbuf);
    device_add_switch(object, "guest_csum", guest->csum);
    device_add_switch(object, "guest_tso4", guest->tso4);
    device_add_switch(object, "guest_tso6", guest->tso6);
    device_add_switch(object, "guest_ecn", guest->ecn);
    device_add_switch(object, "guest_ufo", guest->ufo);
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
    device_add_switch(object, "rss", interface->rss);
    device_add_switch(object, "hash", interface->rss_hash_report);
    if (interface->teaming == TEAMING_PERSISTENT)
        json_add_bool(object, "failover", TRUE);
    add_offloads(object, &interface->host_offloads, &interface->guest_offloads);
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
    /* The model is free text, and a definition may be for another host's QEMU; only this one's start asks for more. */
    if (build->purpose == BUILD_RUN || build->purpose == BUILD_PLUG)
        return device_add(build, object, error);
    command_add_json(build->command, "-device", object);
    return TRUE;
}

gboolean build_interface(CommandBuild *build, gconstpointer device, GError **error)
{
    const InterfaceDef *interface = device;

    if (!interface_can_run(interface, error))
        return FALSE;
    if (!interface->model)
        return unsupported(error, "interface without a model");
    build_netdev(build, interface);
    return add_card(build, interface, error);
}

gboolean build_interfaces(CommandBuild *build, GError **error)
{
    for (guint i = 0; i < build->def->interfaces->len; i++)
        if (!build_interface(build, g_ptr_array_index(build->def->interfaces, i), error))
            return FALSE;
    return TRUE;
}
