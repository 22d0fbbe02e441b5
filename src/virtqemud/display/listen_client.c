/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/display/listen_client.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#include "common/error.h"
#include "conf/network/network_def.h"
#include "rpc/listen_calls.h"
#include "virtqemud/interface/network_peer.h"

/* ---- our own peer ---- */

/* A link-local address means nothing without its link. */
static char *address_text(const listen_address *address)
{
    if (address->family == LISTEN_FAMILY_IPV6 && address->scope == LISTEN_SCOPE_LINK && address->device)
        return g_strdup_printf("%s%%%s", address->address, *address->device);
    return g_strdup(address->address);
}

static GPtrArray *ask(const char *network, GError **error)
{
    listen_query_args args = {.network = (char *)network};
    listen_query_ret answer = {0};
    GPtrArray *addresses;

    if (!network_peer_call(&rpc_program_listen, LISTEN_PROC_QUERY, &args, &answer, error))
        return NULL;
    addresses = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < answer.addresses.addresses_len; i++)
        g_ptr_array_add(addresses, address_text(&answer.addresses.addresses_val[i]));
    xdr_free((xdrproc_t)xdr_listen_query_ret, (char *)&answer);
    return addresses;
}

gboolean listen_client_is_unknown_program(const GError *error)
{
    return vir_error_is(error, VIR_ERR_RPC) && strstr(error->message, "annot find program") != NULL;
}

/* ---- a stock peer ---- */

/* How much an address is worth as one to listen on: IPv4, then IPv6, then IPv6 of the link alone. 0: it is none. */
static int rank_of(const struct ifaddrs *item, const char *device)
{
    if (!item->ifa_addr || strcmp(item->ifa_name, device) != 0)
        return 0;
    if (item->ifa_addr->sa_family == AF_INET)
        return 3;
    if (item->ifa_addr->sa_family != AF_INET6)
        return 0;
    return IN6_IS_ADDR_LINKLOCAL(&((struct sockaddr_in6 *)item->ifa_addr)->sin6_addr) ? 1 : 2;
}

static char *numeric_text(const struct ifaddrs *item, int rank)
{
    char text[INET6_ADDRSTRLEN] = "";

    if (rank == 3)
        inet_ntop(AF_INET, &((struct sockaddr_in *)item->ifa_addr)->sin_addr, text, sizeof(text));
    else
        inet_ntop(AF_INET6, &((struct sockaddr_in6 *)item->ifa_addr)->sin6_addr, text, sizeof(text));
    return rank == 1 ? g_strdup_printf("%s%%%s", text, item->ifa_name) : g_strdup(text);
}

static GPtrArray *device_addresses(const char *device)
{
    GPtrArray *addresses = g_ptr_array_new_with_free_func(g_free);
    struct ifaddrs *all = NULL;

    if (getifaddrs(&all) < 0)
        return addresses;
    for (int rank = 3; rank > 0; rank--)
        for (struct ifaddrs *item = all; item; item = item->ifa_next)
            if (rank_of(item, device) == rank)
                g_ptr_array_add(addresses, numeric_text(item, rank));
    freeifaddrs(all);
    return addresses;
}

static GPtrArray *own_addresses(const NetworkDef *def)
{
    GPtrArray *addresses = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; def->ips && i < def->ips->len; i++) {
        const NetworkIp *ip = g_ptr_array_index(def->ips, i);

        if (ip->address.family != 0)
            g_ptr_array_add(addresses, ip_address_format(&ip->address));
    }
    return addresses;
}

static void set_none(GError **error, int code, const char *network, const char *why)
{
    vir_error_set(error, VIR_FROM_NETWORK, code, "network '%s' has %s", network, why);
}

/* The link whose addresses are the network's. NULL: it is of a kind that has none. */
static const char *device_of(const NetworkDef *def, const char *network, GError **error)
{
    const char *device = def->bridge ? def->bridge : network_def_device(def);

    if (!device)
        set_none(error, VIR_ERR_CONFIG_UNSUPPORTED, network,
                 "neither a bridge nor a device, and so no address on the host");
    return device;
}

GPtrArray *listen_from_xml(const char *network, const char *xml, DeviceAddresses find, GError **error)
{
    g_autoptr(NetworkDef) def = network_def_parse(xml, XML_MODE_LIVE, error);
    g_autoptr(GPtrArray) addresses = NULL;
    g_autofree char *why = NULL;
    const char *device;

    if (!def)
        return NULL;
    if (network_def_mode(def) == NETWORK_FORWARD_HOSTDEV) {
        set_none(error, VIR_ERR_CONFIG_UNSUPPORTED, network,
                 "forward mode 'hostdev', which has no address on the host");
        return NULL;
    }
    addresses = own_addresses(def);
    if (addresses->len > 0)
        return g_steal_pointer(&addresses);
    device = device_of(def, network, error);
    if (!device)
        return NULL;
    g_ptr_array_unref(addresses);
    addresses = find(device);
    if (addresses->len > 0)
        return g_steal_pointer(&addresses);
    why = g_strdup_printf("no address: there is none on device '%s'", device);
    set_none(error, VIR_ERR_XML_ERROR, network, why);
    return NULL;
}

/* ---- choosing ---- */

static gboolean is_of_family(const char *address, GraphicsFamily family)
{
    gboolean is_ipv6 = strchr(address, ':') != NULL;

    return family == GRAPHICS_FAMILY_IPV4 ? !is_ipv6 : family == GRAPHICS_FAMILY_IPV6 ? is_ipv6 : TRUE;
}

GPtrArray *listen_choose(GPtrArray *addresses, const char *network, GraphicsFamily family, GError **error)
{
    for (guint i = addresses->len; i-- > 0;)
        if (!is_of_family(addresses->pdata[i], family))
            g_ptr_array_remove_index(addresses, i);
    if (addresses->len == 0) {
        set_none(error, VIR_ERR_XML_ERROR, network,
                 family == GRAPHICS_FAMILY_IPV4   ? "no IPv4 address"
                 : family == GRAPHICS_FAMILY_IPV6 ? "no IPv6 address"
                                                  : "no address");
        g_ptr_array_unref(addresses);
        return NULL;
    }
    if (family != GRAPHICS_FAMILY_ANY)
        g_ptr_array_set_size(addresses, 1);
    return addresses;
}

static GPtrArray *ask_stock(const char *network, GError **error)
{
    g_autofree char *xml = network_peer_active_xml(network, error);

    return xml ? listen_from_xml(network, xml, device_addresses, error) : NULL;
}

GPtrArray *listen_client_query(const char *network, GraphicsFamily family, GError **error)
{
    g_autoptr(GError) problem = NULL;
    GPtrArray *addresses = ask(network, &problem);

    if (!addresses && listen_client_is_unknown_program(problem))
        addresses = ask_stock(network, error);
    else if (!addresses)
        g_propagate_error(error, g_steal_pointer(&problem));
    return addresses ? listen_choose(addresses, network, family, error) : NULL;
}
