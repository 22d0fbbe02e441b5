/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/listen_client.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#include "common/error.h"
#include "conf/network/network_def.h"
#include "rpc/listen_calls.h"
#include "virtqemud/network_peer.h"

/* ---- our own peer ---- */

/* A link-local address means nothing without its link. */
static char *address_text(const listen_address *address)
{
    if (address->family == LISTEN_FAMILY_IPV6 && address->scope == LISTEN_SCOPE_LINK && address->device)
        return g_strdup_printf("%s%%%s", address->address, *address->device);
    return g_strdup(address->address);
}

static char *ask(const char *network, GError **error)
{
    listen_query_args args = {.network = (char *)network};
    listen_query_ret answer = {0};
    char *address = NULL;

    if (!network_peer_call(&rpc_program_listen, LISTEN_PROC_QUERY, &args, &answer, error))
        return NULL;
    if (answer.addresses.addresses_len > 0)
        address = address_text(&answer.addresses.addresses_val[0]);
    else
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_OPERATION_FAILED, "network '%s' has no address", network);
    xdr_free((xdrproc_t)xdr_listen_query_ret, (char *)&answer);
    return address;
}

/* What a daemon says that does not have the program. */
static gboolean is_unknown_program(const GError *error)
{
    return vir_error_is(error, VIR_ERR_RPC) && strstr(error->message, "annot find program") != NULL;
}

/* ---- a stock peer ---- */

/* The widest address of a device; IPv4 before IPv6 of the same scope. */
static char *device_address(const char *device)
{
    struct ifaddrs *all = NULL;
    char text[INET6_ADDRSTRLEN] = "";
    int best = 0;

    if (getifaddrs(&all) < 0)
        return NULL;
    for (struct ifaddrs *item = all; item; item = item->ifa_next) {
        int rank = 0;

        if (!item->ifa_addr || strcmp(item->ifa_name, device) != 0)
            continue;
        if (item->ifa_addr->sa_family == AF_INET)
            rank = 3;
        else if (item->ifa_addr->sa_family == AF_INET6)
            rank = IN6_IS_ADDR_LINKLOCAL(&((struct sockaddr_in6 *)item->ifa_addr)->sin6_addr) ? 1 : 2;
        if (rank <= best)
            continue;
        best = rank;
        inet_ntop(item->ifa_addr->sa_family,
                  rank == 3 ? (const void *)&((struct sockaddr_in *)item->ifa_addr)->sin_addr
                            : (const void *)&((struct sockaddr_in6 *)item->ifa_addr)->sin6_addr,
                  text, sizeof(text));
    }
    freeifaddrs(all);
    if (best == 0)
        return NULL;
    return best == 1 ? g_strdup_printf("%s%%%s", text, device) : g_strdup(text);
}

static char *own_address(const NetworkDef *def)
{
    for (guint i = 0; def->ips && i < def->ips->len; i++) {
        const NetworkIp *ip = g_ptr_array_index(def->ips, i);

        if (ip->address.family != 0)
            return ip_address_format(&ip->address);
    }
    return NULL;
}

char *listen_from_xml(const char *network, const char *xml, DeviceAddress find, GError **error)
{
    g_autoptr(NetworkDef) def = network_def_parse(xml, XML_MODE_LIVE, error);
    const char *device;
    char *address;

    if (!def)
        return NULL;
    if (network_def_mode(def) == NETWORK_FORWARD_HOSTDEV) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_CONFIG_UNSUPPORTED,
                      "network '%s' has forward mode 'hostdev', which has no address on the host", network);
        return NULL;
    }
    address = own_address(def);
    if (address)
        return address;
    device = def->bridge ? def->bridge : network_def_device(def);
    if (!device) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_CONFIG_UNSUPPORTED,
                      "network '%s' has neither a bridge nor a device, and so no address on the host", network);
        return NULL;
    }
    address = find(device);
    if (!address)
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_XML_ERROR,
                      "network '%s' has no address: there is none on device '%s'", network, device);
    return address;
}

char *listen_client_query(const char *network, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autofree char *xml = NULL;
    char *address = ask(network, &problem);

    if (address)
        return address;
    if (!is_unknown_program(problem)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }
    xml = network_peer_active_xml(network, error);
    return xml ? listen_from_xml(network, xml, device_address, error) : NULL;
}
