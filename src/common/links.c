/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/links.h"

#include <net/if.h> /* before the kernel's, which then leave out what is here */

#include <linux/if_addr.h>
#include <netlink/cache.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>

#include "common/error.h"

struct LinkTable {
    struct nl_cache_mngr *manager;
    struct nl_cache *links, *addresses; /* owned by the manager; links only for word of changes */
};

static gboolean check(int rc, GError **error)
{
    if (rc >= 0)
        return TRUE;
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_SYSTEM_ERROR, "cannot follow the host's links: %s", nl_geterror(rc));
    return FALSE;
}

LinkTable *link_table_new(GError **error)
{
    g_autoptr(LinkTable) table = g_new0(LinkTable, 1);

    if (!check(nl_cache_mngr_alloc(NULL, NETLINK_ROUTE, NL_AUTO_PROVIDE, &table->manager), error) ||
        !check(nl_cache_mngr_add(table->manager, "route/link", NULL, NULL, &table->links), error) ||
        !check(nl_cache_mngr_add(table->manager, "route/addr", NULL, NULL, &table->addresses), error))
        return NULL;
    return g_steal_pointer(&table);
}

void link_table_free(LinkTable *table)
{
    if (!table)
        return;
    if (table->manager)
        nl_cache_mngr_free(table->manager);
    g_free(table);
}

int link_table_fd(const LinkTable *table)
{
    return nl_cache_mngr_get_fd(table->manager);
}

void link_table_refresh(LinkTable *table)
{
    while (nl_cache_mngr_poll(table->manager, 0) > 0)
        continue;
}

/* The kernel is asked for names: it tells of bridges and their ports a second time as such (AF_BRIDGE), and libnl3's
 * cache of links is not always right about which entry stands for the link. */
static int index_of(const char *name)
{
    return (int)if_nametoindex(name);
}

gboolean link_table_has(LinkTable *table, const char *name)
{
    return index_of(name) > 0;
}

/* Iterates over the addresses of one link (index 0: of all). */
static struct rtnl_addr *next_address(LinkTable *table, struct rtnl_addr *addr, int index)
{
    struct nl_object *object =
        addr ? nl_cache_get_next((struct nl_object *)addr) : nl_cache_get_first(table->addresses);

    while (object && index && rtnl_addr_get_ifindex((struct rtnl_addr *)object) != index)
        object = nl_cache_get_next(object);
    return (struct rtnl_addr *)object;
}

static gboolean to_link_address(struct rtnl_addr *addr, LinkAddress *out)
{
    struct nl_addr *local = rtnl_addr_get_local(addr);
    int family = rtnl_addr_get_family(addr);

    if (!local || (family != AF_INET && family != AF_INET6))
        return FALSE;
    out->address = ip_address_from_bytes(family, nl_addr_get_binary_addr(local));
    out->prefix = (guint)rtnl_addr_get_prefixlen(addr);
    out->scope = (guint)rtnl_addr_get_scope(addr);
    return TRUE;
}

static int by_scope(gconstpointer a, gconstpointer b)
{
    return (int)((const LinkAddress *)a)->scope - (int)((const LinkAddress *)b)->scope;
}

GArray *link_table_addresses(LinkTable *table, const char *name)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(LinkAddress));
    int index = index_of(name);
    struct rtnl_addr *addr = NULL;
    LinkAddress one;

    while (index > 0 && (addr = next_address(table, addr, index))) {
        guint flags = rtnl_addr_get_flags(addr);
        gboolean pending = (flags & IFA_F_TENTATIVE) && !(flags & IFA_F_OPTIMISTIC);

        if (!pending && !(flags & (IFA_F_DADFAILED | IFA_F_DEPRECATED)) && to_link_address(addr, &one))
            g_array_append_val(found, one);
    }
    g_array_sort(found, by_scope); /* stable: glib's sort is a merge sort */
    return found;
}

static char *link_name(struct rtnl_addr *addr)
{
    char name[IF_NAMESIZE];

    return g_strdup(if_indextoname((guint)rtnl_addr_get_ifindex(addr), name));
}

char *link_table_find_overlap(LinkTable *table, const IpAddress *address, guint prefix, const char *except)
{
    int skip = index_of(except);
    struct rtnl_addr *addr = NULL;
    LinkAddress one;

    while ((addr = next_address(table, addr, 0))) {
        if (rtnl_addr_get_ifindex(addr) != skip && to_link_address(addr, &one) &&
            ip_address_same_network(&one.address, address, MIN(prefix, one.prefix)))
            return link_name(addr);
    }
    return NULL;
}
