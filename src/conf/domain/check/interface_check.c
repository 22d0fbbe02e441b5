/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What no interface may be, whatever else the guest has: libvirt's refusals, with its codes. */
#include <string.h>

#include "conf/domain/check/domain_check.h"

#define IFNAME_MAX 15

static gboolean is_power_of_two(guint value)
{
    return !(value & (value - 1));
}

/* ---- addresses ---- */

static gboolean check_ips(const InterfaceDef *interface, GError **error)
{
    guint n[IP_FAMILY_LAST] = {0};

    if (interface->host_ips && interface->type != INTERFACE_ETHERNET)
        return domain_refuse(error, VIR_FROM_QEMU, "host-side addresses of an interface of type '%s'",
                             interface_types[interface->type]);
    if (interface->routes || (interface->ips && interface->type != INTERFACE_USER))
        return domain_refuse(error, VIR_FROM_QEMU,
                             "Invalid attempt to set network interface guest-side IP route and/or address info, not "
                             "supported by QEMU");
    for (guint i = 0; interface->ips && i < interface->ips->len; i++) {
        const InterfaceIp *ip = interface->ips->pdata[i];

        if (ip->peer)
            return domain_refuse(error, VIR_FROM_QEMU, "peers are not supported by QEMU");
        n[ip->family]++;
    }
    if (n[IP_FAMILY_IPV4] > 1)
        return domain_refuse(error, VIR_FROM_QEMU, "Only one IPv4 address per interface is allowed");
    if (n[IP_FAMILY_IPV6] > 1)
        return domain_refuse(error, VIR_FROM_QEMU, "Only one IPv6 address per interface is allowed");
    return TRUE;
}

/* ---- by type ---- */

static gboolean check_source(const InterfaceDef *interface, GError **error)
{
    switch ((int)interface->type) {
    case INTERFACE_BRIDGE:
        return interface->bridge || vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                                                   "interface type='bridge' requires a 'source' element");
    case INTERFACE_DIRECT:
        return interface->device || vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                                                   "interface type='direct' requires a 'source' element");
    case INTERFACE_VHOSTUSER:
        return interface_is_virtio(interface) ||
               vir_error_fail(
                   error, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR,
                   "Wrong or no <model> 'type' attribute specified with <interface type='vhostuser'/>. vhostuser "
                   "requires the virtio-net* frontend");
    case INTERFACE_SERVER:
    case INTERFACE_CLIENT:
    case INTERFACE_MCAST:
    case INTERFACE_UDP:
        return interface->endpoint.port ||
               vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR,
                              "No <source> 'port' attribute specified with socket interface");
    case INTERFACE_HOSTDEV:
        return interface->host_type == DEVICE_ADDRESS_PCI ||
               domain_refuse(error, VIR_FROM_DOMAIN, "an interface of type 'hostdev' that is not a PCI device");
    default:
        return TRUE;
    }
}

static gboolean check_teaming(const InterfaceDef *interface, GError **error)
{
    switch ((int)interface->teaming) {
    case TEAMING_PERSISTENT:
        return interface_is_virtio(interface) ||
               domain_refuse(error, VIR_FROM_QEMU,
                             "virtio-net teaming persistent interface must be <model type='virtio'/>, not '%s'",
                             interface->model ? interface->model : "");
    case TEAMING_TRANSIENT:
        if (interface->type != INTERFACE_HOSTDEV && interface->type != INTERFACE_NETWORK)
            return domain_refuse(error, VIR_FROM_QEMU,
                                 "virtio-net teaming transient interface must be type='hostdev', not '%s'",
                                 interface_types[interface->type]);
        return interface->teaming_persistent ||
               vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                              "teaming persistent attribute must be set if teaming type is 'transient'");
    default:
        return TRUE;
    }
}

/* ---- options ---- */

static gboolean may_have_virtual_port(const InterfaceDef *interface)
{
    static const guint types = XML_WHEN(INTERFACE_NETWORK) | XML_WHEN(INTERFACE_BRIDGE) | XML_WHEN(INTERFACE_DIRECT) |
                               XML_WHEN(INTERFACE_HOSTDEV);

    return types & XML_WHEN(interface->type);
}

/* What a network may still complete need not be whole. */
static gboolean check_virtual_port(const InterfaceDef *interface, GError **error)
{
    const VirtualPort *port = interface->virtual_port;

    if (!port)
        return TRUE;
    if (!may_have_virtual_port(interface))
        return domain_refuse(error, VIR_FROM_DOMAIN, "<virtualport> element unsupported for <interface type='%s'>",
                             interface_types[interface->type]);
    return virtual_port_check(port, error) &&
           (interface->type == INTERFACE_NETWORK || virtual_port_check_whole(port, error));
}

gboolean interface_check_isolation(const InterfaceDef *interface, GError **error)
{
    InterfaceType type = interface_actual_type(interface);
    const VirtualPort *port = interface_virtual_port(interface);
    char mac[MAC_TEXT_LEN];

    mac_format(interface->mac, mac);
    if (!interface_is_isolated(interface))
        return TRUE;
    if (type != INTERFACE_NETWORK && type != INTERFACE_BRIDGE)
        return domain_refuse(error, VIR_FROM_DOMAIN,
                             "interface %s - <port isolated='yes'/> is not supported for network interfaces with "
                             "connection type '%s'",
                             mac, interface_types[type]);
    return !port || port->type != VIRTUAL_PORT_OPENVSWITCH ||
           domain_refuse(error, VIR_FROM_DOMAIN,
                         "interface %s - <port isolated='yes'/> is not supported for network interfaces with "
                         "virtualport type='openvswitch'",
                         mac);
}

static gboolean check_port_options(const InterfaceDef *interface, GError **error)
{
    return interface_check_isolation(interface, error) &&
           bandwidth_check(interface->bandwidth, interface->type == INTERFACE_NETWORK, error) &&
           vlan_check(interface->vlan, error) && check_virtual_port(interface, error);
}

static gboolean check_driver(const InterfaceDef *interface, GError **error)
{
    if (interface->rx_queue_size && !is_power_of_two(interface->rx_queue_size))
        return domain_refuse(error, VIR_FROM_QEMU, "rx_queue_size has to be a power of two");
    if (interface->tx_queue_size && !is_power_of_two(interface->tx_queue_size))
        return domain_refuse(error, VIR_FROM_QEMU, "tx_queue_size has to be a power of two");
    return TRUE;
}

/* There is QEMU's own kind of user network only. */
static gboolean check_backend(const InterfaceDef *interface, GError **error)
{
    if (interface->backend_type) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                      "Invalid value for attribute 'type' in element 'backend': '%s'.", interface->backend_type);
        return FALSE;
    }
    return !interface->has_port_forward ||
           domain_refuse(error, VIR_FROM_DOMAIN, "element 'portForward' in 'interface'");
}

gboolean interface_check(const InterfaceDef *interface, GError **error)
{
    if (!check_source(interface, error) || !check_ips(interface, error) || !check_teaming(interface, error) ||
        !check_port_options(interface, error) || !check_driver(interface, error) || !check_backend(interface, error))
        return FALSE;
    if (interface->target && strlen(interface->target) > IFNAME_MAX)
        return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                              "interface target is longer than 15 characters");
    if (interface->is_managed && interface->type != INTERFACE_ETHERNET)
        return domain_refuse(error, VIR_FROM_DOMAIN, "attribute 'managed' of element 'target'");
    if (interface->coalesce_rx_frames && interface->type != INTERFACE_NETWORK && interface->type != INTERFACE_BRIDGE &&
        interface->type != INTERFACE_ETHERNET)
        return domain_refuse(error, VIR_FROM_DOMAIN, "coalesce settings on interface type %s are not supported",
                             interface_types[interface->type]);
    return TRUE;
}
