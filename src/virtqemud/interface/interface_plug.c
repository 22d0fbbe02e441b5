/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/interface/interface_plug.h"

#include <net/if.h>

#include "common/error.h"
#include "common/log.h"
#include "common/midonet.h"
#include "common/netlink.h"
#include "common/netlink_port.h"
#include "common/netlink_tc.h"
#include "common/netlink_vlan.h"
#include "common/open_vswitch.h"
#include "virtqemud/driver.h"
#include "virtqemud/interface/function_vlan.h"
#include "virtqemud/interface/virtual_port.h"

#define CLASS_WHOLE 1

/* By which Open vSwitch's database, which outlives the host's boots, tells whose a port is. */
#define OVS_OWNER "modvirt"

/* What is to be done for a kind of switch; NULL: nothing. */
typedef struct {
    gboolean (*plug_in)(const guint8 owner[UUID_LEN], const InterfaceDef *interface, GError **error);
    gboolean (*plug_again)(const guint8 owner[UUID_LEN], const InterfaceDef *interface, GError **error);
    void (*plug_out)(const InterfaceDef *interface);
    gboolean (*set_vlans)(const InterfaceDef *interface, GError **error);
    gboolean (*limit)(const guint8 owner[UUID_LEN], const InterfaceDef *interface, const Bandwidth *bandwidth,
                      GError **error);
} Switch;

/* What interface says of VLANs, in vlans, or NULL. */
static const PortVlans *get_vlans(const InterfaceDef *interface, PortVlans *vlans)
{
    if (!interface_vlan(interface))
        return NULL;
    vlan_to_port(interface_vlan(interface), vlans);
    return vlans;
}

/* ---- Open vSwitch ---- */

static gboolean tell_ovs(const guint8 owner[UUID_LEN], const InterfaceDef *interface,
                         gboolean (*plug)(const OvsPort *port, GError **error), GError **error)
{
    const VirtualPort *port = interface_virtual_port(interface);
    char mac[MAC_TEXT_LEN], id[UUID_TEXT_LEN], guest[UUID_TEXT_LEN];
    char *ids[] = {"attached-mac",
                   mac,
                   "iface-id",
                   id,
                   "vm-id",
                   guest,
                   OVS_OWNER,
                   driver.state_dir,
                   "iface-status",
                   "active",
                   "port-profile",
                   port->profile_id,
                   "ifname",
                   interface->target,
                   NULL};
    PortVlans vlans;
    OvsPort wanted = {interface->target, interface_bridge(interface), get_vlans(interface, &vlans), ids};

    mac_format(interface->mac, mac);
    uuid_format(port->interface_id, id);
    uuid_format(owner, guest);
    if (!port->profile_id)
        ids[10] = NULL;
    return plug(&wanted, error);
}

static gboolean plug_into_ovs(const guint8 owner[UUID_LEN], const InterfaceDef *interface, GError **error)
{
    return tell_ovs(owner, interface, ovs_port_add, error);
}

static gboolean set_ovs_vlans(const InterfaceDef *interface, GError **error)
{
    PortVlans vlans;

    return ovs_port_set_vlans(interface->target, get_vlans(interface, &vlans), error);
}

/* KB of 1000 bytes, KiB of 1024. */
static guint64 bits_of_rate(unsigned long long average)
{
    return average * 1000 * 8;
}

static guint64 bits_of_burst(unsigned long long burst)
{
    return burst * 1024 * 8;
}

/* What enters the guest leaves the switch. The switch takes away what others say of a link's traffic, so that the
 * kernel is no way to limit it. */
static gboolean limit_on_ovs(const guint8 owner[UUID_LEN], const InterfaceDef *interface, const Bandwidth *bandwidth,
                             GError **error)
{
    const BandwidthRate *in = bandwidth ? bandwidth->inbound : NULL, *out = bandwidth ? bandwidth->outbound : NULL;
    OvsLimits limits = {0};
    char guest[UUID_TEXT_LEN];
    char *ids[] = {"vm-id", guest, OVS_OWNER, driver.state_dir, NULL};

    uuid_format(owner, guest);
    if (in && in->average)
        limits = (OvsLimits){.min_rate = bits_of_rate(in->average),
                             .max_rate = bits_of_rate(in->peak ? in->peak : in->average),
                             .burst = bits_of_burst(in->burst)};
    if (out) {
        limits.police_rate = bits_of_rate(out->average);
        limits.police_burst = bits_of_burst(out->burst);
    }
    return ovs_port_limit(interface->target, &limits, ids, error);
}

static void forget_port(const char *name)
{
    g_autoptr(GError) error = NULL;

    if (!ovs_port_delete(name, &error))
        log_warning("%s stays a port in Open vSwitch's database: %s", name, error->message);
}

/* Whoever gives up what a guest had may have done so before the port was made. By now the name may be another's. */
static void forget_port_of(const guint8 owner[UUID_LEN], const char *name)
{
    char guest[UUID_TEXT_LEN];
    g_auto(GStrv) names = NULL;

    uuid_format(owner, guest);
    names = ovs_ports_with("vm-id", guest, NULL);
    if (names && g_strv_contains((const char *const *)names, name))
        forget_port(name);
}

static void plug_out_of_ovs(const InterfaceDef *interface)
{
    forget_port(interface->target);
}

/* Limits of Open vSwitch's go with the port, those of the kernel's stay with the tap. */
static gboolean plug_into_ovs_again(const guint8 owner[UUID_LEN], const InterfaceDef *interface, GError **error)
{
    const Bandwidth *bandwidth = interface_bandwidth(interface);
    gboolean ok = tell_ovs(owner, interface, ovs_port_restore, error) &&
                  (!bandwidth || limit_on_ovs(owner, interface, bandwidth, error));

    if (!if_nametoindex(interface->target))
        forget_port_of(owner, interface->target);
    return ok;
}

/* ---- the kernel's bridges ---- */

static gboolean set_port_options(const InterfaceDef *interface, GError **error)
{
    NetlinkPortOptions options = {
        .is_isolated = interface_is_isolated(interface),
        .is_static = interface->port && interface->port->plug.mac_table == NETWORK_MAC_TABLE_LIBVIRT,
    };

    if ((options.is_isolated || options.is_static) && !netlink_port_set(interface->target, &options, error))
        return FALSE;
    return !options.is_static || netlink_port_add_mac(interface->target, interface->mac, error);
}

static gboolean set_vlans(const InterfaceDef *interface, GError **error)
{
    PortVlans vlans;

    return !get_vlans(interface, &vlans) || netlink_port_set_vlans(interface->target, &vlans, error);
}

/* A bridge of somebody else's is not changed under its other ports. */
static gboolean check_bridge(const InterfaceDef *interface, GError **error)
{
    const char *bridge = interface_bridge(interface);

    return !interface_vlan(interface) || netlink_bridge_filters(bridge) ||
           vir_error_fail(
               error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
               "<vlan> of an interface on bridge '%s', which does not tell VLANs apart; 'ip link set %s type "
               "bridge vlan_filtering 1' makes it do so",
               bridge, bridge);
}

/* The VLANs come first: what the bridge is told of addresses it is told for the VLANs that there are. */
static gboolean plug_into_bridge(const guint8 owner[UUID_LEN], const InterfaceDef *interface, GError **error)
{
    if (!check_bridge(interface, error) ||
        !netlink_link_set_bridge(interface->target, interface_bridge(interface), error))
        return FALSE;
    if (set_vlans(interface, error) && set_port_options(interface, error))
        return TRUE;
    netlink_link_set_bridge(interface->target, NULL, NULL);
    return FALSE;
}

/* Where a bridge of the kernel's puts its new ports only the bridge knows. */
static gboolean set_bridge_vlans(const InterfaceDef *interface, GError **error)
{
    if (interface_vlan(interface))
        return check_bridge(interface, error) && set_vlans(interface, error);
    return netlink_link_set_bridge(interface->target, NULL, error) && plug_into_bridge(NULL, interface, error);
}

/* What leaves a tap enters the guest; with a macvtap device, which stands beside its card, it is the other way round.
 */
static gboolean limit_link(const guint8 owner[UUID_LEN], const InterfaceDef *interface, const Bandwidth *bandwidth,
                           GError **error)
{
    gboolean is_turned = interface_actual_type(interface) == INTERFACE_DIRECT;
    const BandwidthRate *leaves = bandwidth ? is_turned ? bandwidth->outbound : bandwidth->inbound : NULL;
    const BandwidthRate *enters = bandwidth ? is_turned ? bandwidth->inbound : bandwidth->outbound : NULL;

    netlink_tc_clear(interface->target);
    /* A floor alone is no limit: the network's daemon sees to it on the bridge. */
    if (leaves && leaves->average) {
        NetlinkRate rate = netlink_tc_rate(leaves->average, leaves->peak, leaves->burst);

        if (!netlink_tc_add_queue(interface->target, CLASS_WHOLE, error) ||
            !netlink_tc_set_class(interface->target, 0, CLASS_WHOLE, &rate, error))
            return FALSE;
    } else {
        netlink_tc_set_no_queue(interface->target);
    }
    if (enters && enters->average) {
        NetlinkRate rate = netlink_tc_rate(enters->average, enters->peak, enters->burst);

        return netlink_tc_police(interface->target, &rate, error);
    }
    return TRUE;
}

/* ---- MidoNet ---- */

static gboolean bind_to_midonet(const guint8 owner[UUID_LEN], const InterfaceDef *interface, GError **error)
{
    return midonet_bind(interface_virtual_port(interface)->interface_id, interface->target, error);
}

static void unbind_from_midonet(const InterfaceDef *interface)
{
    g_autoptr(GError) error = NULL;

    if (!midonet_unbind(interface_virtual_port(interface)->interface_id, &error))
        log_warning("%s stays a port of MidoNet: %s", interface->target, error->message);
}

/* ---- switches outside the host, behind a card ---- */

static gboolean plug_into_outside(const guint8 owner[UUID_LEN], const InterfaceDef *interface, GError **error)
{
    if (interface_vlan(interface) && !function_vlan_set(interface, error))
        return FALSE;
    if (!virtual_port_is_asked_for(interface) || virtual_port_associate(owner, interface, error))
        return TRUE;
    if (interface_vlan(interface))
        function_vlan_restore(interface);
    return FALSE;
}

static gboolean remind_outside(const guint8 owner[UUID_LEN], const InterfaceDef *interface, GError **error)
{
    return !virtual_port_is_asked_for(interface) || virtual_port_remind(owner, interface, error);
}

static void plug_out_of_outside(const InterfaceDef *interface)
{
    if (virtual_port_is_asked_for(interface))
        virtual_port_disassociate(interface);
    if (interface_vlan(interface))
        function_vlan_restore(interface);
}

/* ---- all of them ---- */

/* MidoNet keeps what it was told by itself. */
static const Switch kernel_bridge = {plug_into_bridge, plug_into_bridge, NULL, set_bridge_vlans, limit_link};
static const Switch open_vswitch = {plug_into_ovs, plug_into_ovs_again, plug_out_of_ovs, set_ovs_vlans, limit_on_ovs};
static const Switch midonet = {bind_to_midonet, NULL, unbind_from_midonet, NULL, limit_link};
static const Switch outside = {plug_into_outside, remind_outside, plug_out_of_outside, NULL, limit_link};
static const Switch no_switch = {.limit = limit_link};

static const Switch *switch_of(const InterfaceDef *interface)
{
    const VirtualPort *port = interface_virtual_port(interface);

    if (interface_actual_type(interface) == INTERFACE_DIRECT)
        return &outside;
    if (!interface_bridge(interface))
        return &no_switch;
    return port && port->type == VIRTUAL_PORT_OPENVSWITCH ? &open_vswitch
           : port && port->type == VIRTUAL_PORT_MIDONET   ? &midonet
                                                          : &kernel_bridge;
}

gboolean interface_plug_in(const guint8 owner[UUID_LEN], const InterfaceDef *interface, GError **error)
{
    const Switch *kind = switch_of(interface);

    return !kind->plug_in || kind->plug_in(owner, interface, error);
}

gboolean interface_plug_again(const guint8 owner[UUID_LEN], const InterfaceDef *interface, GError **error)
{
    const Switch *kind = switch_of(interface);

    return !kind->plug_again || kind->plug_again(owner, interface, error);
}

gboolean interface_plug_is_forgotten(const InterfaceDef *interface)
{
    return virtual_port_is_asked_for(interface) || switch_of(interface) == &kernel_bridge;
}

gboolean interface_plug_vlans(const InterfaceDef *interface, GError **error)
{
    const Switch *kind = switch_of(interface);

    return kind->set_vlans ? kind->set_vlans(interface, error)
                           : vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_UNSUPPORTED,
                                            "the VLAN of this kind of interface cannot be changed while a guest runs");
}

gboolean interface_plug_limit(const guint8 owner[UUID_LEN], const InterfaceDef *interface, const Bandwidth *bandwidth,
                              GError **error)
{
    return switch_of(interface)->limit(owner, interface, bandwidth, error);
}

void interface_plug_out(const InterfaceDef *interface)
{
    const Switch *kind = switch_of(interface);

    if (interface->target && kind->plug_out)
        kind->plug_out(interface);
}

void interface_plug_sweep(GHashTable *kept)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) names = ovs_ports_with(OVS_OWNER, driver.state_dir, &error);

    if (!names)
        log_debug("cannot ask Open vSwitch for ports of guests that are gone: %s", error->message);
    for (char **name = names; name && *name; name++)
        if (**name && !g_hash_table_contains(kept, *name))
            forget_port(*name);
    function_vlan_sweep(kept);
}
