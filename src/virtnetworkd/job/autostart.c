/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/job/autostart.h"

#include <string.h>

#include "virtnetworkd/job/network_job.h"

/* The order is made by descent: a network is placed when those below it are. Networks that stand on each other in a
 * circle begin with the one that was met first. */
typedef struct {
    GHashTable *owners; /* bridge -> Network, borrowed */
    GHashTable *met;    /* Network, borrowed */
    GHashTable *placed; /* Network, borrowed: its start is queued */
} Order;

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(((const Network *)a)->name, ((const Network *)b)->name);
}

/* By name, so that it is always the same one that comes too late for an address. */
static GList *marked_networks(void)
{
    GList *networks = g_hash_table_get_values(network_driver.by_name), *next;

    for (GList *item = networks; item; item = next) {
        const Network *network = item->data;

        next = item->next;
        if (!network->autostart || !network->def || network_is_active(network))
            networks = g_list_delete_link(networks, item);
    }
    return g_list_sort(networks, by_name);
}

/* The links of the host that a network stands on. */
static GPtrArray *links_below(const NetworkDef *def)
{
    GPtrArray *links = g_ptr_array_new();
    const NetworkForward *forward = def->forward;

    if (def->bridge && !network_def_owns_bridge(def))
        g_ptr_array_add(links, def->bridge);
    if (forward && forward->dev)
        g_ptr_array_add(links, forward->dev);
    for (guint i = 0; forward && forward->interfaces && i < forward->interfaces->len; i++)
        g_ptr_array_add(links, ((NetworkForwardInterface *)forward->interfaces->pdata[i])->dev);
    return links;
}

static void place(Order *order, Network *network)
{
    g_autoptr(GPtrArray) links = links_below(network->def);
    GPtrArray *after = g_ptr_array_new_with_free_func((GDestroyNotify)network_unref);

    g_hash_table_add(order->met, network);
    for (guint i = 0; i < links->len; i++) {
        Network *owner = g_hash_table_lookup(order->owners, links->pdata[i]);

        if (owner && !g_hash_table_contains(order->met, owner))
            place(order, owner);
        if (owner && g_hash_table_contains(order->placed, owner))
            g_ptr_array_add(after, network_ref(owner));
    }
    g_hash_table_add(order->placed, network);
    network_job_autostart(network, after);
}

void autostart_networks(void)
{
    g_autoptr(GList) networks = marked_networks();
    g_autoptr(GHashTable) owners = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) met = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) placed = g_hash_table_new(NULL, NULL);
    Order order = {.owners = owners, .met = met, .placed = placed};

    for (GList *item = networks; item; item = item->next) {
        Network *network = item->data;

        if (network_def_owns_bridge(network->def) && network->def->bridge)
            g_hash_table_insert(owners, network->def->bridge, network);
    }
    for (GList *item = networks; item; item = item->next)
        if (!g_hash_table_contains(met, item->data))
            place(&order, item->data);
}
