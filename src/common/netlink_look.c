/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/netlink_look.h"

/* In this order: the second takes what the first has left out. */
#include <net/if.h>

#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <netlink/cache.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>
#include <netlink/socket.h>
#include <string.h>
#include <sys/socket.h>

typedef struct nl_sock NetlinkSocket;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetlinkSocket, nl_socket_free)

/* ---- routes ---- */

/* Calls visit with each route of the main tables and the link it goes over, until one returns FALSE. */
static void for_each_route(gboolean (*visit)(struct rtnl_route *route, const char *link, gpointer data), gpointer data)
{
    g_autoptr(NetlinkSocket) socket = nl_socket_alloc();
    struct nl_cache *routes = NULL;

    if (!socket || nl_connect(socket, NETLINK_ROUTE) < 0 || rtnl_route_alloc_cache(socket, AF_UNSPEC, 0, &routes) < 0)
        return;
    for (struct nl_object *object = nl_cache_get_first(routes); object; object = nl_cache_get_next(object)) {
        struct rtnl_route *route = (struct rtnl_route *)object;
        char link[IFNAMSIZ];

        if (rtnl_route_get_table(route) != RT_TABLE_MAIN || rtnl_route_get_nnexthops(route) < 1)
            continue;
        if (!if_indextoname((guint)rtnl_route_nh_get_ifindex(rtnl_route_nexthop_n(route, 0)), link))
            continue;
        if (!visit(route, link, data))
            break;
    }
    nl_cache_free(routes);
}

typedef struct {
    const IpAddress *network;
    guint prefix;
    const char *except;
    char *found;
} RouteSearch;

static gboolean visit_network(struct rtnl_route *route, const char *link, gpointer data)
{
    RouteSearch *search = data;
    struct nl_addr *destination = rtnl_route_get_dst(route);

    if (g_strcmp0(link, search->except) == 0 || !destination ||
        nl_addr_get_family(destination) != search->network->family ||
        nl_addr_get_prefixlen(destination) != search->prefix || search->prefix == 0 ||
        memcmp(nl_addr_get_binary_addr(destination), search->network->bytes, nl_addr_get_len(destination)) != 0)
        return TRUE;
    search->found = g_strdup(link);
    return FALSE;
}

/* A route of one of the network's addresses to somewhere else. */
static gboolean visit_part(struct rtnl_route *route, const char *link, gpointer data)
{
    RouteSearch *search = data;
    struct nl_addr *destination = rtnl_route_get_dst(route);
    IpAddress address;

    if (g_strcmp0(link, search->except) == 0 || !destination ||
        nl_addr_get_family(destination) != search->network->family ||
        nl_addr_get_prefixlen(destination) < search->prefix || search->prefix == 0)
        return TRUE;
    address = ip_address_from_bytes(search->network->family, nl_addr_get_binary_addr(destination));
    if (!ip_address_same_network(&address, search->network, search->prefix))
        return TRUE;
    search->found = g_strdup(link);
    return FALSE;
}

char *netlink_route_find_part(const IpAddress *network, guint prefix, const char *except)
{
    RouteSearch search = {network, prefix, except, NULL};

    for_each_route(visit_part, &search);
    return search.found;
}

static gboolean visit_default(struct rtnl_route *route, const char *link, gpointer data)
{
    RouteSearch *search = data;
    struct nl_addr *destination = rtnl_route_get_dst(route);

    if (rtnl_route_get_family(route) != search->network->family ||
        (destination && nl_addr_get_prefixlen(destination) > 0))
        return TRUE;
    search->found = g_strdup(link);
    return FALSE;
}

char *netlink_route_find_default(int family)
{
    const IpAddress any = {.family = family};
    RouteSearch search = {&any, 0, NULL, NULL};

    for_each_route(visit_default, &search);
    return search.found;
}

char *netlink_route_find(const IpAddress *network, guint prefix, const char *except)
{
    RouteSearch search = {network, prefix, except, NULL};

    for_each_route(visit_network, &search);
    return search.found;
}

/* Only what accept_ra says 2 about goes on listening to routers. */
static gboolean goes_on_listening(const char *link)
{
    g_autofree char *path = g_strdup_printf("/proc/sys/net/ipv6/conf/%s/accept_ra", link);
    g_autofree char *text = NULL;

    return g_file_get_contents(path, &text, NULL, NULL) && *text == '2';
}

static gboolean visit_announced(struct rtnl_route *route, const char *link, gpointer data)
{
    GString *links = data;

    if (rtnl_route_get_family(route) == AF_INET6 && rtnl_route_get_protocol(route) == RTPROT_RA &&
        !goes_on_listening(link) && !strstr(links->str, link))
        g_string_append_printf(links, "%s%s", links->len ? ", " : "", link);
    return TRUE;
}

char *netlink_routes_lost_by_forwarding(void)
{
    g_autoptr(GString) links = g_string_new(NULL);

    for_each_route(visit_announced, links);
    return links->len ? g_strdup(links->str) : NULL;
}

/* ---- links ---- */

static void link_clear(gpointer data)
{
    g_free(((NetlinkLink *)data)->name);
}

static NetlinkLink link_of(struct rtnl_link *from)
{
    struct nl_addr *mac = rtnl_link_get_addr(from);
    guint flags = rtnl_link_get_flags(from);
    NetlinkLink link = {.name = g_strdup(rtnl_link_get_name(from)),
                        .index = rtnl_link_get_ifindex(from),
                        .bridge_index = rtnl_link_get_master(from),
                        .is_up = flags & IFF_UP,
                        .has_carrier = flags & IFF_LOWER_UP};

    if (mac && nl_addr_get_len(mac) == sizeof(link.mac))
        memcpy(link.mac, nl_addr_get_binary_addr(mac), sizeof(link.mac));
    return link;
}

GArray *netlink_links(void)
{
    GArray *links = g_array_new(FALSE, FALSE, sizeof(NetlinkLink));
    g_autoptr(NetlinkSocket) socket = nl_socket_alloc();
    struct nl_cache *cache = NULL;

    g_array_set_clear_func(links, link_clear);
    if (!socket || nl_connect(socket, NETLINK_ROUTE) < 0 || rtnl_link_alloc_cache(socket, AF_UNSPEC, &cache) < 0)
        return links;
    for (struct nl_object *object = nl_cache_get_first(cache); object; object = nl_cache_get_next(object)) {
        NetlinkLink link = link_of((struct rtnl_link *)object);

        g_array_append_val(links, link);
    }
    nl_cache_free(cache);
    return links;
}

gboolean netlink_link_counters(const char *name, NetlinkCounters *received, NetlinkCounters *sent)
{
    g_autoptr(NetlinkSocket) socket = nl_socket_alloc();
    struct rtnl_link *link = NULL;

    if (!socket || nl_connect(socket, NETLINK_ROUTE) < 0 || rtnl_link_get_kernel(socket, 0, name, &link) < 0)
        return FALSE;
    *received = (NetlinkCounters){
        rtnl_link_get_stat(link, RTNL_LINK_RX_BYTES), rtnl_link_get_stat(link, RTNL_LINK_RX_PACKETS),
        rtnl_link_get_stat(link, RTNL_LINK_RX_ERRORS), rtnl_link_get_stat(link, RTNL_LINK_RX_DROPPED)};
    *sent = (NetlinkCounters){
        rtnl_link_get_stat(link, RTNL_LINK_TX_BYTES), rtnl_link_get_stat(link, RTNL_LINK_TX_PACKETS),
        rtnl_link_get_stat(link, RTNL_LINK_TX_ERRORS), rtnl_link_get_stat(link, RTNL_LINK_TX_DROPPED)};
    rtnl_link_put(link);
    return TRUE;
}
