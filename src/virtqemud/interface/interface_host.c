/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/interface/interface_host.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/command.h"
#include "common/error.h"
#include "common/log.h"
#include "common/netlink.h"
#include "common/netlink_look.h"
#include "common/netlink_port.h"
#include "common/netlink_tc.h"
#include "virtqemud/guest/guest_list.h"
#include "virtqemud/host/bridge_helper.h"
#include "virtqemud/interface/interface_plug.h"
#include "virtqemud/interface/port_client.h"
#include "virtqemud/interface/tap.h"

#define SCRIPT_TIMEOUT_MS (30 * 1000)

gboolean interface_host_can_plug(void)
{
    g_autofree char *text = NULL;
    const char *line;

    if (!g_file_get_contents("/proc/self/status", &text, NULL, NULL) || !(line = strstr(text, "\nCapEff:")))
        return FALSE;
    return (g_ascii_strtoull(line + strlen("\nCapEff:"), NULL, 16) >> CAP_NET_ADMIN) & 1;
}

gboolean interface_is_on_host(const InterfaceDef *interface)
{
    InterfaceType type = interface_actual_type(interface);

    return type == INTERFACE_NETWORK || type == INTERFACE_BRIDGE || type == INTERFACE_ETHERNET ||
           type == INTERFACE_DIRECT;
}

static gboolean limit_if_asked(const DomainDef *def, const InterfaceDef *interface, GError **error)
{
    const Bandwidth *bandwidth = interface_bandwidth(interface);

    return !bandwidth || interface_plug_limit(def->uuid, interface, bandwidth, error);
}

/* ---- taps ---- */

static TapOptions tap_options(const InterfaceDef *interface)
{
    gboolean is_virtio = interface_is_virtio(interface);

    return (TapOptions){.tun_path = interface->backend_tap,
                        .queues = is_virtio && interface->queues > 1 ? interface->queues : 1,
                        .has_headers = TRUE};
}

/* The kernel's part of the card, when it is there and wanted. */
static gboolean open_vhost(InterfaceHost *host, const InterfaceDef *interface, GError **error)
{
    gboolean is_asked_for = interface->driver == INTERFACE_DRIVER_VHOST;

    if (!interface_is_virtio(interface) || interface->driver == INTERFACE_DRIVER_QEMU)
        return TRUE;
    if (tap_open_vhost(interface->backend_vhost, host->tap_fds->len, host->vhost_fds))
        return TRUE;
    if (!is_asked_for)
        return TRUE;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                  "vhost-net was requested for an interface, but is unavailable");
    return FALSE;
}

static void set_target(InterfaceDef *interface, const char *name)
{
    g_free(interface->target);
    interface->target = g_strdup(name);
}

/* A tap that is wider or narrower than its bridge would change the bridge's MTU. */
static gboolean set_mtu(const InterfaceDef *interface, GError **error)
{
    const char *bridge = interface_bridge(interface);
    guint mtu = interface->mtu > 0 ? interface->mtu : bridge ? tap_get_mtu(bridge) : 0;

    return mtu == 0 || mtu == tap_get_mtu(interface->target) || netlink_link_set_mtu(interface->target, mtu, error);
}

static gboolean set_up_tap(const DomainDef *def, const InterfaceDef *interface, GError **error)
{
    return tap_set_mac(interface->target, interface->mac, error) && set_mtu(interface, error) &&
           interface_plug_in(def->uuid, interface, error) && netlink_link_set_up(interface->target, TRUE, error) &&
           (!interface->coalesce_rx_frames ||
            tap_set_coalesce(interface->target, interface->coalesce_rx_frames, error)) &&
           limit_if_asked(def, interface, error);
}

static gboolean make_tap(InterfaceHost *host, const DomainDef *def, InterfaceDef *interface, GError **error)
{
    TapOptions options = tap_options(interface);
    char name[IFNAMSIZ];

    g_strlcpy(name, interface->target ? interface->target : TAP_PREFIX "%d", sizeof(name));
    if (!tap_open(name, &options, host->tap_fds, error))
        return FALSE;
    set_target(interface, name);
    netlink_tc_set_no_queue(name);
    if (open_vhost(host, interface, error) && set_up_tap(def, interface, error))
        return TRUE;
    interface_plug_out(interface);
    return FALSE;
}

/* The helper plugs in and does no more: what the document or the network asks for beyond that is not passed over. */
static gboolean check_helper(const InterfaceDef *interface, GError **error)
{
    if (!interface_bandwidth(interface) && !interface_is_isolated(interface) && !interface_vlan(interface) &&
        !interface_virtual_port(interface) && !interface->coalesce_rx_frames)
        return TRUE;
    vir_error_set(
        error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
        "an unprivileged daemon cannot limit or isolate an interface on bridge '%s', nor see to VLANs or Open "
        "vSwitch (it needs CAP_NET_ADMIN)",
        interface_bridge(interface));
    return FALSE;
}

static gboolean prepare_bridge(InterfaceHost *host, const DomainDef *def, InterfaceDef *interface, GError **error)
{
    g_autofree char *name = NULL;
    int fd;

    if (interface_host_can_plug())
        return make_tap(host, def, interface, error);
    if (!check_helper(interface, error))
        return FALSE;
    fd = bridge_helper_run(interface_bridge(interface), error);
    if (fd < 0)
        return FALSE;
    g_array_append_val(host->tap_fds, fd);
    name = bridge_helper_tap_name(fd);
    set_target(interface, name);
    return TRUE;
}

/* ---- macvtap ---- */

static NetlinkMacvtapMode macvtap_mode(const InterfaceDef *interface)
{
    static const NetlinkMacvtapMode by_mode[MACVTAP_MODE_LAST] = {
        [MACVTAP_MODE_DEFAULT] = NETLINK_MACVTAP_VEPA,
        [MACVTAP_MODE_VEPA] = NETLINK_MACVTAP_VEPA,
        [MACVTAP_MODE_PRIVATE] = NETLINK_MACVTAP_PRIVATE,
        [MACVTAP_MODE_BRIDGE] = NETLINK_MACVTAP_BRIDGE,
        [MACVTAP_MODE_PASSTHROUGH] = NETLINK_MACVTAP_PASSTHROUGH,
    };
    static const NetlinkMacvtapMode by_forward[NETWORK_FORWARD_LAST] = {
        [NETWORK_FORWARD_VEPA] = NETLINK_MACVTAP_VEPA,
        [NETWORK_FORWARD_PRIVATE] = NETLINK_MACVTAP_PRIVATE,
        [NETWORK_FORWARD_BRIDGE] = NETLINK_MACVTAP_BRIDGE,
        [NETWORK_FORWARD_PASSTHROUGH] = NETLINK_MACVTAP_PASSTHROUGH,
    };

    return interface->port ? by_forward[interface->port->plug.mode] : by_mode[interface->mode];
}

static gboolean set_up_direct(const DomainDef *def, const InterfaceDef *interface, GError **error)
{
    if ((interface->mtu && !netlink_link_set_mtu(interface->target, interface->mtu, error)) ||
        !interface_plug_in(def->uuid, interface, error))
        return FALSE;
    if (limit_if_asked(def, interface, error))
        return TRUE;
    interface_plug_out(interface);
    return FALSE;
}

static gboolean prepare_direct(InterfaceHost *host, const DomainDef *def, InterfaceDef *interface, GError **error)
{
    TapOptions options = tap_options(interface);
    char name[IFNAMSIZ];

    g_strlcpy(name, interface->target ? interface->target : "", sizeof(name));
    if (!macvtap_make(name, interface_device(interface), macvtap_mode(interface), interface->mac, driver.state_dir,
                      &options, host->tap_fds, error))
        return FALSE;
    set_target(interface, name);
    netlink_tc_set_no_queue(name);
    if (open_vhost(host, interface, error) && set_up_direct(def, interface, error))
        return TRUE;
    netlink_link_delete(name, NULL);
    return FALSE;
}

/* ---- ethernet ---- */

static gboolean run_script(const char *script, const InterfaceDef *interface, GError **error)
{
    const char *argv[] = {script, interface->target, NULL};

    return !script || command_run(argv, NULL, SCRIPT_TIMEOUT_MS, VIR_FROM_NONE, error);
}

static gboolean add_address(const InterfaceDef *interface, const InterfaceIp *ip, GError **error)
{
    IpAddress address, peer;
    guint prefix = ip->prefix;

    if (!ip_address_parse(ip->address, &address) || !ip_address_parse(ip->peer ? ip->peer : ip->address, &peer))
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR,
                              "an address of the host's side of an interface cannot be read");
    if (prefix == 0)
        prefix = ip_address_bits(&address);
    return netlink_address_add_peer(interface->target, &address, &peer, prefix, error);
}

static gboolean add_addresses(const InterfaceDef *interface, GError **error)
{
    for (guint i = 0; interface->host_ips && i < interface->host_ips->len; i++)
        if (!add_address(interface, interface->host_ips->pdata[i], error))
            return FALSE;
    for (guint i = 0; interface->host_routes && i < interface->host_routes->len; i++) {
        const NetworkRoute *route = interface->host_routes->pdata[i];
        int prefix = network_route_prefix(route);

        if (prefix < 0)
            return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR,
                                  "a route of the host's side of an interface has an invalid netmask");
        if (!netlink_route_add(interface->target, &route->address, (guint)prefix, &route->gateway, route->metric,
                               error))
            return FALSE;
    }
    return TRUE;
}

/* A link that somebody else has made and set up. */
static gboolean open_unmanaged(InterfaceHost *host, InterfaceDef *interface, GError **error)
{
    TapOptions options = tap_options(interface);

    if (!interface->target)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "target managed='no' but no dev is given");
    if (!if_nametoindex(interface->target))
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR,
                              "target managed='no' but specified dev doesn't exist");
    return tap_open_present(interface->target, &options, host->tap_fds, error) && open_vhost(host, interface, error);
}

static gboolean prepare_ethernet(InterfaceHost *host, const DomainDef *def, InterfaceDef *interface, GError **error)
{
    if (interface->is_managed == XML_BOOL_NO)
        return open_unmanaged(host, interface, error) && limit_if_asked(def, interface, error);
    return make_tap(host, def, interface, error) && add_addresses(interface, error) &&
           run_script(interface->script, interface, error);
}

/* ---- by kind ---- */

static gboolean open_vdpa(InterfaceHost *host, const InterfaceDef *interface, GError **error)
{
    int fd = open(interface->device, O_RDWR | O_CLOEXEC);

    if (fd < 0) {
        vir_error_set_errno(error, VIR_FROM_QEMU, errno, "Unable to open '%s' for vdpa device", interface->device);
        return FALSE;
    }
    g_array_append_val(host->tap_fds, fd);
    return TRUE;
}

static gboolean prepare_one(InterfaceHost *host, const DomainDef *def, InterfaceDef *interface, GError **error)
{
    if (!interface_can_run(interface, error))
        return FALSE;
    if (interface->type == INTERFACE_NETWORK &&
        (!port_client_create(def, interface, error) || !interface_can_run(interface, error)))
        return FALSE;
    switch ((int)interface_actual_type(interface)) {
    case INTERFACE_NETWORK:
    case INTERFACE_BRIDGE:
        return prepare_bridge(host, def, interface, error);
    case INTERFACE_ETHERNET:
        return prepare_ethernet(host, def, interface, error);
    case INTERFACE_DIRECT:
        return prepare_direct(host, def, interface, error);
    case INTERFACE_VDPA:
        return open_vdpa(host, interface, error);
    default:
        return TRUE;
    }
}

/* ---- giving up ---- */

static void give_up_port(InterfaceDef *interface)
{
    if (interface->port)
        port_client_delete(interface->network, interface->port->uuid);
    g_clear_pointer(&interface->port, network_port_free);
}

/* What the network's daemon and we chose, for this run. */
static void forget(InterfaceDef *interface)
{
    give_up_port(interface);
    if (interface->target &&
        (g_str_has_prefix(interface->target, TAP_PREFIX) || g_str_has_prefix(interface->target, MACVTAP_PREFIX)))
        g_clear_pointer(&interface->target, g_free);
}

/* Taps are not persistent: one that nobody has open ends by itself, as those of a QEMU that ended. Macvtap devices
 * stay. */
static void undo(InterfaceDef *interface)
{
    g_autoptr(GError) error = NULL;

    if (interface->type == INTERFACE_ETHERNET && interface->target &&
        !run_script(interface->downscript, interface, &error))
        log_warning("%s", error->message);
    interface_plug_out(interface);
    g_clear_error(&error);
    if (interface_actual_type(interface) == INTERFACE_DIRECT && interface->target &&
        !netlink_link_delete(interface->target, &error))
        log_warning("%s", error->message);
    forget(interface);
}

void interface_host_undo(DomainDef *def)
{
    for (guint i = 0; i < def->interfaces->len; i++)
        undo(def->interfaces->pdata[i]);
}

GPtrArray *interface_host_prepare(DomainDef *def, GError **error)
{
    GPtrArray *hosts = g_ptr_array_new_with_free_func((GDestroyNotify)interface_host_free);

    if (def->interfaces->len > 0)
        port_client_wait();
    for (guint i = 0; i < def->interfaces->len; i++) {
        InterfaceDef *interface = def->interfaces->pdata[i];
        InterfaceHost *host = interface_host_new();

        g_ptr_array_add(hosts, host);
        if (prepare_one(host, def, interface, error))
            continue;
        /* It has no link, though its name may be another's. */
        forget(interface);
        while (i-- > 0)
            undo(def->interfaces->pdata[i]);
        g_ptr_array_unref(hosts);
        return NULL;
    }
    return hosts;
}

/* What is being given up: definitions, each with the cards of a guest. For the loop. */
static GSList *leaving;

static void work_release(gpointer data)
{
    interface_host_undo(data);
    port_client_end_release();
}

static void released(gpointer data)
{
    leaving = g_slist_remove(leaving, data);
    domain_def_free(data);
}

void interface_host_release(DomainDef *def)
{
    if (def->interfaces->len == 0) {
        domain_def_free(def);
        return;
    }
    leaving = g_slist_prepend(leaving, def);
    port_client_begin_release();
    daemon_run_worker(driver.daemon, work_release, released, def);
}

/* ---- moving ---- */

/* It leaves its bridge even for the same one: what was said of the port there goes with that. */
static gboolean move_tap(const DomainDef *def, const InterfaceDef *from, const InterfaceDef *to, GError **error)
{
    interface_plug_out(from);
    netlink_link_set_bridge(from->target, NULL, NULL);
    return interface_plug_in(def->uuid, to, error) && set_mtu(to, error) &&
           interface_plug_limit(def->uuid, to, interface_bandwidth(to), error);
}

static void move_back(const DomainDef *def, const InterfaceDef *from, InterfaceDef *to)
{
    g_autoptr(GError) error = NULL;

    if (!move_tap(def, to, from, &error))
        log_warning("guest '%s': its interface %s is not connected: %s", def->name, from->target, error->message);
    give_up_port(to);
}

static gboolean check_places(const InterfaceDef *from, const InterfaceDef *to, GError **error)
{
    return (interface_bridge(from) && interface_bridge(to)) ||
           vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_UNSUPPORTED,
                          "cannot modify network device source: an interface can be moved from one bridge to another "
                          "only, and one of them is none");
}

gboolean interface_host_move(const DomainDef *def, const InterfaceDef *from, InterfaceDef *to, GError **error)
{
    port_client_wait();
    if (to->type == INTERFACE_NETWORK && !port_client_create(def, to, error))
        return FALSE;
    if (!interface_can_run(to, error) || !check_places(from, to, error)) {
        give_up_port(to);
        return FALSE;
    }
    if (move_tap(def, from, to, error))
        return TRUE;
    move_back(def, from, to);
    return FALSE;
}

static void work_release_port(gpointer data)
{
    give_up_port(data);
    port_client_end_release();
}

static void port_released(gpointer data)
{
    interface_def_free(data);
}

void interface_host_release_port(InterfaceDef *interface)
{
    port_client_begin_release();
    daemon_run_worker(driver.daemon, work_release_port, port_released, interface);
}

/* ---- what a killed daemon left ---- */

static void keep_links_of(const DomainDef *def, GHashTable *kept)
{
    for (guint i = 0; i < def->interfaces->len; i++) {
        const InterfaceDef *interface = def->interfaces->pdata[i];

        if (interface->target)
            g_hash_table_add(kept, g_strdup(interface->target));
        if (interface_device(interface))
            g_hash_table_add(kept, g_strdup(interface_device(interface)));
    }
}

static void keep_links(Guest *guest, gpointer data)
{
    if (guest->live)
        keep_links_of(guest->live, data);
}

static void sweep_switch(gpointer data)
{
    interface_plug_sweep(data);
    port_client_end_release();
}

static void swept(gpointer data)
{
    g_hash_table_unref(data);
}

/* Guests that are to start wait meanwhile: a name may be given again. */
static void sweep_switch_later(GHashTable *kept)
{
    port_client_begin_release();
    daemon_run_worker(driver.daemon, sweep_switch, swept, kept);
}

/* The kernel answers at once, a switch need not. */
void interface_host_sweep(void)
{
    g_autoptr(GHashTable) kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_auto(GStrv) links = netlink_links_of(driver.state_dir);

    guest_list_each(driver.guests, keep_links, kept);
    /* Of guests that have ended meanwhile: switches are told of their links before these go. */
    for (const GSList *l = leaving; l; l = l->next)
        keep_links_of(l->data, kept);
    for (guint i = 0; links[i]; i++)
        if (!g_hash_table_contains(kept, links[i]))
            netlink_link_delete(links[i], NULL);
    if (interface_host_can_plug())
        sweep_switch_later(g_steal_pointer(&kept));
}

/* ---- the cable ---- */

void interface_link_set(QmpBatch *batch, const InterfaceDef *interface, gboolean is_up)
{
    json_object *arguments = json_object_new_object();

    json_add_string(arguments, "name", interface->info.alias);
    json_add_bool(arguments, "up", is_up);
    qmp_batch_add(batch, "set_link", arguments);
}

/* ---- counters ---- */

/* What a tap sends the guest receives; a macvtap device receives with it. */
gboolean interface_host_stats(const InterfaceDef *interface, InterfaceStats *stats, GError **error)
{
    gboolean is_turned = interface_actual_type(interface) == INTERFACE_DIRECT;
    NetlinkCounters in, out;

    if (!netlink_link_counters(interface->target, is_turned ? &in : &out, is_turned ? &out : &in))
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "there is no interface '%s'",
                              interface->target);
    *stats = (InterfaceStats){.rx_bytes = (gint64)in.bytes,
                              .rx_packets = (gint64)in.packets,
                              .rx_errors = (gint64)in.errors,
                              .rx_dropped = (gint64)in.dropped,
                              .tx_bytes = (gint64)out.bytes,
                              .tx_packets = (gint64)out.packets,
                              .tx_errors = (gint64)out.errors,
                              .tx_dropped = (gint64)out.dropped};
    return TRUE;
}
