/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's end of network cards (-netdev), and which ends there cannot be. */
#include "common/error.h"
#include "virtqemud/command/build.h"

/* ---- what is carried in documents and cannot run ---- */

static gboolean check_type(const InterfaceDef *interface, GError **error)
{
    switch ((int)interface_actual_type(interface)) {
    case INTERFACE_VHOSTUSER:
        return unsupported(error, "'vhost-user' requires shared memory");
    case INTERFACE_INTERNAL:
    case INTERFACE_HOSTDEV:
    case INTERFACE_NULL:
    case INTERFACE_VDS:
        if (interface->port)
            return unsupported(error, "network '%s' gives guests PCI devices of the host", interface->network);
        return unsupported(error, "interface of type '%s'", interface_types[interface->type]);
    default:
        return TRUE;
    }
}

/* Taps are for switches of the host's, macvtap devices for those that stand behind a card. */
static gboolean check_virtual_port(const InterfaceDef *interface, const char *mac, GError **error)
{
    const VirtualPort *port = interface_virtual_port(interface);
    gboolean is_behind_card = port && (port->type == VIRTUAL_PORT_8021QBG || port->type == VIRTUAL_PORT_8021QBH);

    if (!port)
        return TRUE;
    return (is_behind_card ? interface_actual_type(interface) == INTERFACE_DIRECT
                           : interface_bridge(interface) != NULL) ||
           unsupported(error, "interface %s - virtualport type '%s' of a connection of type '%s'", mac,
                       virtual_port_type_name(port->type), interface_types[interface_actual_type(interface)]);
}

/* A bridge has VLANs, a card has them for its functions, one each; MidoNet and 802.1Qbh say themselves where a port
 * belongs. */
static gboolean check_vlan(const InterfaceDef *interface, const char *mac, GError **error)
{
    const Vlan *vlan = interface_vlan(interface);
    const VirtualPort *port = interface_virtual_port(interface);
    gboolean is_said_elsewhere = port && (port->type == VIRTUAL_PORT_MIDONET || port->type == VIRTUAL_PORT_8021QBH);

    if (!vlan)
        return TRUE;
    if (is_said_elsewhere || !(interface_bridge(interface) || interface_has_device_alone(interface)))
        return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED,
                              "interface %s - vlan tag not supported for this connection type", mac);
    return interface_bridge(interface) || (vlan->trunk != XML_BOOL_YES && vlan->tags->len == 1) ||
           vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                          "interface %s - vlan trunking is not supported by SR-IOV network devices", mac);
}

/* Of a network what its daemon made of it counts, which is looked at again when it has. */
static gboolean check_options(const InterfaceDef *interface, const char *mac, GError **error)
{
    gboolean is_asked_for = interface->type == INTERFACE_NETWORK && !interface->port;

    if (interface->filter)
        return unsupported(error, "interface %s - network filter '%s', since there is nobody who applies it", mac,
                           interface->filter->filter);
    if (is_asked_for)
        return TRUE;
    if (!check_virtual_port(interface, mac, error) || !check_vlan(interface, mac, error) ||
        !interface_check_isolation(interface, error))
        return FALSE;
    if (interface_trusts_guest(interface) && interface_actual_type(interface) == INTERFACE_DIRECT)
        return unsupported(error, "interface %s - trustGuestRxFilters of a macvtap device", mac);
    return TRUE;
}

gboolean interface_can_run(const InterfaceDef *interface, GError **error)
{
    char mac[MAC_TEXT_LEN];

    mac_format(interface->mac, mac);
    return check_type(interface, error) && check_options(interface, mac, error);
}

/* ---- -netdev ---- */

/* Adds "fd" for one descriptor, "fds" for several, and passes them on. */
static void add_fds(CommandBuild *build, json_object *netdev, const char *one, const char *several, const GArray *fds)
{
    g_autoptr(GString) numbers = g_string_new(NULL);

    for (guint i = 0; i < fds->len; i++) {
        g_autofree char *name = device_pass_fd(build, g_array_index(fds, int, i));

        g_string_append_printf(numbers, "%s%s", i > 0 ? ":" : "", name);
    }
    json_add_string(netdev, fds->len > 1 ? several : one, numbers->str);
}

static void add_tap(CommandBuild *build, json_object *netdev, const InterfaceDef *interface, const InterfaceHost *host)
{
    json_add_string(netdev, "type", "tap");
    if (host)
        add_fds(build, netdev, "fd", "fds", host->tap_fds);
    else
        json_add_string(netdev, "fd", "-1");
    if (host && host->vhost_fds->len > 0) {
        json_add_bool(netdev, "vhost", TRUE);
        add_fds(build, netdev, "vhostfd", "vhostfds", host->vhost_fds);
    }
    if (interface->has_sndbuf)
        json_add_int(netdev, "sndbuf", (gint64)interface->sndbuf);
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

/* Frames in packets of another protocol, to another QEMU. */
static void add_socket(json_object *netdev, const InterfaceDef *interface)
{
    static const char *const keys[INTERFACE_LAST] = {
        [INTERFACE_SERVER] = "listen",
        [INTERFACE_CLIENT] = "connect",
        [INTERFACE_MCAST] = "mcast",
        [INTERFACE_UDP] = "udp",
    };
    const InterfaceEndpoint *end = &interface->endpoint;

    json_add_string(netdev, "type", "socket");
    json_add_stringf(netdev, keys[interface->type], "%s:%u", end->address ? end->address : "", end->port);
    if (interface->type == INTERFACE_UDP)
        json_add_stringf(netdev, "localaddr", "%s:%u", end->local_address, end->local_port);
}

/* QEMU opens the device by the name of a set of descriptors. */
static void add_vdpa(CommandBuild *build, json_object *netdev, const InterfaceDef *interface, const InterfaceHost *host,
                     guint set)
{
    int fd = host ? g_array_index(host->tap_fds, int, 0) : -1;

    command_addf(build->command, "-add-fd", "set=%u,fd=%d,opaque=%s", set, fd, interface->device);
    if (host)
        command_pass_fd(build->command, fd);
    json_add_string(netdev, "type", "vhost-vdpa");
    json_add_stringf(netdev, "vhostdev", "/dev/fdset/%u", set);
}

void build_netdev(CommandBuild *build, const InterfaceDef *interface)
{
    const InterfaceHost *host = NULL;
    json_object *netdev = json_object_new_object();
    guint index = 0;

    if (g_ptr_array_find(build->def->interfaces, interface, &index) && build->interfaces)
        host = g_ptr_array_index(build->interfaces, index);
    switch ((int)interface->type) {
    case INTERFACE_USER:
        add_user(netdev, interface);
        break;
    case INTERFACE_SERVER:
    case INTERFACE_CLIENT:
    case INTERFACE_MCAST:
    case INTERFACE_UDP:
        add_socket(netdev, interface);
        break;
    case INTERFACE_VDPA:
        add_vdpa(build, netdev, interface, host, index);
        break;
    default:
        add_tap(build, netdev, interface, host);
    }
    json_add_stringf(netdev, "id", "host%s", interface->info.alias);
    command_add_json(build->command, "-netdev", netdev);
}
