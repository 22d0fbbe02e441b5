/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: limits and addresses of a guest's interfaces. */
#include <string.h>

#include "common/error.h"
#include "common/netlink_port.h"
#include "rpc/remote_calls.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/guest/affect.h"
#include "virtqemud/interface/interface_change.h"
#include "virtqemud/interface/network_peer.h"
#include "virtqemud/params.h"

/* ---- limits ---- */

static gboolean set_limit(const remote_typed_param *param, Bandwidth *limits, GError **error)
{
    if (param->value.type != VIR_TYPED_PARAM_UINT) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "invalid type of parameter '%s', expected uint",
                      param->field);
        return FALSE;
    }
    if (bandwidth_set_limit(limits, param->field, param->value.remote_typed_param_value_u.ui))
        return TRUE;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_ARGUMENT_UNSUPPORTED, "parameter '%s' not supported", param->field);
    return FALSE;
}

static gboolean set_parameters(RpcCall *call, const remote_domain_set_interface_parameters_args *args, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);
    Bandwidth *limits;

    if (!guest || !check_flags(args->flags, AFFECT_FLAGS, "virDomainSetInterfaceParameters", error))
        return FALSE;
    limits = g_new0(Bandwidth, 1);
    for (guint i = 0; i < args->params.params_len; i++) {
        if (set_limit(&args->params.params_val[i], limits, error))
            continue;
        xml_struct_free(&bandwidth_element, limits);
        return FALSE;
    }
    interface_change_limits(call, guest, args->device, limits, args->flags & AFFECT_FLAGS);
    return TRUE;
}

static gboolean get_parameters(RpcCall *call, const remote_domain_get_interface_parameters_args *args,
                               remote_domain_get_interface_parameters_ret *ret, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);
    /* Clients show them in the order in which they come, and have burst before floor. */
    static const guint8 order[BANDWIDTH_LIMITS] = {0, 1, 3, 2, 4, 5, 6};
    g_autoptr(Params) params = params_new();
    const InterfaceDef *interface;
    const DomainDef *def;

    if (!guest || !check_flags(args->flags, AFFECT_PARAM_FLAGS, "virDomainGetInterfaceParameters", error) ||
        !(def = affect_one(guest, args->flags & AFFECT_FLAGS, error)))
        return FALSE;
    ret->nparams = BANDWIDTH_LIMITS;
    interface = domain_find_interface(def, args->device);
    if (!interface) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "Can't find device %s", args->device);
        return FALSE;
    }
    if (args->nparams == 0)
        return TRUE;
    for (gsize i = 0; i < BANDWIDTH_LIMITS; i++) {
        const BandwidthLimit *limit = &bandwidth_limits[order[i]];

        params_add_uint(params, limit->name, (guint)bandwidth_get_limit(interface_bandwidth(interface), limit));
    }
    ret->params.params_len = params_take(params, (guint)MAX(args->nparams, 0), &ret->params.params_val);
    return TRUE;
}

/* ---- addresses ---- */

typedef struct {
    RpcCall *call;
    DomainDef *def;
    GPtrArray *(*find)(const InterfaceDef *interface); /* remote_domain_ip_addr, each to be released */
    GPtrArray **found;                                 /* by the interface's place */
} AddressTask;

static void add_address(GPtrArray *addresses, int type, const char *text, guint prefix)
{
    remote_domain_ip_addr *address = g_new(remote_domain_ip_addr, 1);

    *address = (remote_domain_ip_addr){.type = type, .addr = g_strdup(text), .prefix = prefix};
    g_ptr_array_add(addresses, address);
}

/* What the network's DHCP server gave to the card. A network that does not answer has given nothing. */
static GPtrArray *find_leases(const InterfaceDef *interface)
{
    GPtrArray *addresses = g_ptr_array_new();
    remote_network_lookup_by_name_ret network = {0};
    remote_network_get_dhcp_leases_ret leases = {0};
    char text[MAC_TEXT_LEN], *mac = text;
    remote_network_get_dhcp_leases_args args = {.mac = &mac, .need_results = 1};

    mac_format(interface->mac, text);
    if (interface->type != INTERFACE_NETWORK || !network_peer_look_up(interface->network, &network, NULL))
        return addresses;
    args.net = network.net;
    if (network_peer_call(&rpc_program_remote, REMOTE_PROC_NETWORK_GET_DHCP_LEASES, &args, &leases, NULL)) {
        for (guint i = 0; i < leases.leases.leases_len; i++) {
            const remote_network_dhcp_lease *lease = &leases.leases.leases_val[i];

            add_address(addresses, lease->type, lease->ipaddr, lease->prefix);
        }
        xdr_free((xdrproc_t)xdr_remote_network_get_dhcp_leases_ret, (char *)&leases);
    }
    xdr_free((xdrproc_t)xdr_remote_network_lookup_by_name_ret, (char *)&network);
    return addresses;
}

/* Whom the host has spoken with. */
static GPtrArray *find_neighbours(const InterfaceDef *interface)
{
    GPtrArray *addresses = g_ptr_array_new();
    g_autoptr(GArray) neighbours = netlink_neighbours(interface->mac);

    for (guint i = 0; i < neighbours->len; i++) {
        const IpAddress *address = &g_array_index(neighbours, IpAddress, i);
        g_autofree char *text = ip_address_format(address);

        add_address(addresses, address->family == AF_INET6 ? VIR_IP_ADDR_TYPE_IPV6 : VIR_IP_ADDR_TYPE_IPV4, text, 0);
    }
    return addresses;
}

static void work_addresses(gpointer data)
{
    AddressTask *task = data;

    task->found = g_new0(GPtrArray *, task->def->interfaces->len);
    for (guint i = 0; i < task->def->interfaces->len; i++)
        task->found[i] = task->find(task->def->interfaces->pdata[i]);
}

/* Takes addresses. */
static void fill_interface(remote_domain_interface *wire, const InterfaceDef *interface, GPtrArray *addresses)
{
    char mac[MAC_TEXT_LEN];

    mac_format(interface->mac, mac);
    wire->name = g_strdup(interface->target ? interface->target : "");
    wire->hwaddr = wire_string(mac);
    wire->addrs.addrs_len = MIN(addresses->len, REMOTE_DOMAIN_IP_ADDR_MAX);
    wire->addrs.addrs_val = g_new0(remote_domain_ip_addr, wire->addrs.addrs_len);
    for (guint i = 0; i < wire->addrs.addrs_len; i++) {
        const remote_domain_ip_addr *address = addresses->pdata[i];

        wire->addrs.addrs_val[i] = *address;
        wire->addrs.addrs_val[i].addr = g_strdup(address->addr);
    }
}

static void free_address(gpointer data, gpointer unused)
{
    remote_domain_ip_addr *address = data;

    g_free(address->addr);
    g_free(address);
}

static void answer_addresses(gpointer data)
{
    AddressTask *task = data;
    remote_domain_interface_addresses_ret *ret = rpc_call_ret(task->call);
    guint n = task->def->interfaces->len;

    ret->ifaces.ifaces_val = g_new0(remote_domain_interface, n);
    for (guint i = 0; i < n; i++) {
        if (task->found[i]->len > 0 && ret->ifaces.ifaces_len < REMOTE_DOMAIN_INTERFACE_MAX)
            fill_interface(&ret->ifaces.ifaces_val[ret->ifaces.ifaces_len++], task->def->interfaces->pdata[i],
                           task->found[i]);
        g_ptr_array_foreach(task->found[i], free_address, NULL);
        g_ptr_array_unref(task->found[i]);
    }
    rpc_call_reply(task->call);
    domain_def_free(task->def);
    g_free(task->found);
    g_free(task);
}

static gboolean get_addresses(RpcCall *call, const remote_domain_interface_addresses_args *args,
                              remote_domain_interface_addresses_ret *ret, GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);
    AddressTask *task;

    if (!guest || !check_flags(args->flags, 0, "virDomainInterfaceAddresses", error))
        return FALSE;
    if (args->source == VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT)
        return wire_refuse_agent(guest, "virDomainInterfaceAddresses", error);
    if (args->source > VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_ARGUMENT_UNSUPPORTED, "Unknown IP address data source %u",
                      args->source);
        return FALSE;
    }
    task = g_new0(AddressTask, 1);
    *task = (AddressTask){
        .call = call,
        .def = domain_def_copy(guest->live),
        .find = args->source == VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP ? find_neighbours : find_leases,
    };
    rpc_call_defer(call);
    daemon_run_worker(driver.daemon, work_addresses, answer_addresses, task);
    return TRUE;
}

void interface_rpc_add(RemoteHandlers *handlers)
{
    handlers->domain_set_interface_parameters = set_parameters;
    handlers->domain_get_interface_parameters = get_parameters;
    handlers->domain_interface_addresses = get_addresses;
}
