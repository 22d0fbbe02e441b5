/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/ports.h"

#include <string.h>

#include "common/error.h"
#include "common/netlink_tc.h"

/* The kernel's classes below a bridge's: 1 is the root's, 2 everybody's without a floor. */
#define CLASS_FIRST 3
#define CLASS_MAX   NETLINK_TC_CLASS_MAX

static void port_free(gpointer port)
{
    network_port_free(port);
}

NetworkPort *ports_find(const Network *network, const guint8 *uuid, GError **error)
{
    NetworkPort *port = network->ports ? g_hash_table_lookup(network->ports, uuid) : NULL;
    char text[UUID_TEXT_LEN];

    if (port)
        return port;
    uuid_format(uuid, text);
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_NO_NETWORK_PORT, "Network port with UUID %s does not exist", text);
    return NULL;
}

guint ports_count(const Network *network)
{
    return network->ports ? g_hash_table_size(network->ports) : 0;
}

GPtrArray *ports_copy(const Network *network)
{
    GPtrArray *copies = g_ptr_array_new_with_free_func(port_free);
    GHashTableIter iter;
    gpointer value;

    if (!network->ports)
        return copies;
    g_hash_table_iter_init(&iter, network->ports);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        g_ptr_array_add(copies, network_port_copy(value));
    return copies;
}

/* ---- a pool's devices ---- */

static gboolean is_same_function(const NetworkPciAddress *a, const NetworkPciAddress *b)
{
    return a->domain == b->domain && a->bus == b->bus && a->slot == b->slot && a->function == b->function;
}

static NetworkForwardInterface *find_interface(const NetworkDef *def, const char *dev)
{
    GPtrArray *interfaces = def->forward ? def->forward->interfaces : NULL;

    for (guint i = 0; interfaces && i < interfaces->len; i++) {
        NetworkForwardInterface *interface = interfaces->pdata[i];

        if (strcmp(interface->dev, dev) == 0)
            return interface;
    }
    return NULL;
}

static NetworkPciAddress *find_function(const NetworkDef *def, const NetworkPciAddress *wanted)
{
    GPtrArray *addresses = def->forward ? def->forward->addresses : NULL;

    for (guint i = 0; addresses && i < addresses->len; i++) {
        if (is_same_function(addresses->pdata[i], wanted))
            return addresses->pdata[i];
    }
    return NULL;
}

/* A device that one guest has to itself. */
static gboolean is_exclusive(const NetworkPort *port)
{
    return port->plug.mode == NETWORK_FORWARD_PASSTHROUGH ||
           (port->plug.mode == NETWORK_FORWARD_PRIVATE && port->virtual_port &&
            port->virtual_port->type == VIRTUAL_PORT_8021QBH);
}

/* The least used device, so that guests spread over the pool. */
static gboolean allocate_interface(const Network *network, NetworkPort *port, GError **error)
{
    const NetworkForward *forward = network->live->forward;
    const NetworkForwardInterface *best = NULL;

    for (guint i = 0; forward->interfaces && i < forward->interfaces->len; i++) {
        const NetworkForwardInterface *interface = forward->interfaces->pdata[i];

        if (!best || interface->connections < best->connections)
            best = interface;
    }
    if (!best) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_INTERNAL_ERROR,
                      "network '%s' uses a direct mode, but has no forward dev and no interface pool", network->name);
        return FALSE;
    }
    if (best->connections && is_exclusive(port)) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_INTERNAL_ERROR,
                      "network '%s' requires exclusive access to interfaces, but none are available", network->name);
        return FALSE;
    }
    port->plug.device = g_strdup(best->dev);
    return TRUE;
}

static gboolean allocate_function(const Network *network, NetworkPort *port, GError **error)
{
    const NetworkForward *forward = network->live->forward;

    for (guint i = 0; forward->addresses && i < forward->addresses->len; i++) {
        const NetworkPciAddress *address = forward->addresses->pdata[i];

        if (address->connections)
            continue;
        port->plug.address = g_memdup2(address, sizeof(*address));
        port->plug.address->connections = 0;
        return TRUE;
    }
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_INTERNAL_ERROR,
                  "network '%s' requires exclusive access to interfaces, but none are available", network->name);
    return FALSE;
}

/* ---- traffic classes ---- */

static gboolean is_class_taken(const Network *network, guint class_id, const NetworkPort *except)
{
    GHashTableIter iter;
    gpointer value;

    if (!network->ports)
        return FALSE;
    g_hash_table_iter_init(&iter, network->ports);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const NetworkPort *port = value;

        if (!uuid_equal(port->uuid, except->uuid) && port->bandwidth && port->bandwidth->class_id == class_id)
            return TRUE;
    }
    return FALSE;
}

static guint64 floor_of(const NetworkPort *port)
{
    return port->bandwidth && port->bandwidth->inbound ? port->bandwidth->inbound->floor : 0;
}

guint64 ports_floor_sum(const Network *network, const NetworkPort *except)
{
    GHashTableIter iter;
    gpointer value;
    guint64 sum = 0;

    if (!network->ports)
        return 0;
    g_hash_table_iter_init(&iter, network->ports);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (!except || !uuid_equal(((const NetworkPort *)value)->uuid, except->uuid))
            sum += floor_of(value);
    }
    return sum;
}

/* Floors are shares of what the network as a whole may take in. */
static gboolean check_floor(const Network *network, const NetworkPort *port, GError **error)
{
    const Bandwidth *whole = network->live->bandwidth;
    const BandwidthRate *rate = whole ? whole->inbound : NULL;
    guint64 floor = floor_of(port), sum = ports_floor_sum(network, port);

    if (!rate || port->plug.type != NETWORK_PLUG_NETWORK) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_OPERATION_UNSUPPORTED,
                      "Invalid use of 'floor' on interface: network '%s' has no inbound QoS set", network->name);
        return FALSE;
    }
    if (sum + floor <= (rate->peak ? rate->peak : rate->average))
        return TRUE;
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_OPERATION_INVALID,
                  "Cannot plug a port with floor '%" G_GUINT64_FORMAT
                  "' into network '%s': floors of %" G_GUINT64_FORMAT " out of %llu are promised already",
                  floor, network->name, sum, rate->peak ? rate->peak : rate->average);
    return FALSE;
}

gboolean ports_classify(const Network *network, NetworkPort *port, GError **error)
{
    if (!floor_of(port)) {
        if (port->bandwidth)
            port->bandwidth->class_id = 0;
        return TRUE;
    }
    if (!check_floor(network, port, error))
        return FALSE;
    for (guint class_id = CLASS_FIRST; !port->bandwidth->class_id && class_id <= CLASS_MAX; class_id++) {
        if (!is_class_taken(network, class_id, port))
            port->bandwidth->class_id = class_id;
    }
    if (port->bandwidth->class_id)
        return TRUE;
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_OPERATION_FAILED, "network '%s' has no traffic class left",
                  network->name);
    return FALSE;
}

/* ---- new ports ---- */

gboolean ports_allocate(const Network *network, NetworkPort *port, GError **error)
{
    if (!network_port_complete(port, network->live, error))
        return FALSE;
    if (port->plug.type == NETWORK_PLUG_DIRECT && !allocate_interface(network, port, error))
        return FALSE;
    if (port->plug.type == NETWORK_PLUG_HOSTDEV_PCI && !allocate_function(network, port, error))
        return FALSE;
    return ports_classify(network, port, error);
}

static gboolean fail_reclaim(const Network *network, GError **error, const char *why)
{
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_INTERNAL_ERROR, "network '%s' %s", network->name, why);
    return FALSE;
}

gboolean ports_reclaim(const Network *network, const NetworkPort *port, GError **error)
{
    const NetworkForwardInterface *interface;
    const NetworkPciAddress *address;

    switch (port->plug.type) {
    case NETWORK_PLUG_DIRECT:
        interface = find_interface(network->live, port->plug.device);
        if (!interface)
            return fail_reclaim(network, error, "doesn't have the device that is in use by the guest");
        if (interface->connections && is_exclusive(port))
            return fail_reclaim(network, error, "claims the device is already in use by a different guest");
        return TRUE;
    case NETWORK_PLUG_HOSTDEV_PCI:
        address = find_function(network->live, port->plug.address);
        if (!address)
            return fail_reclaim(network, error, "doesn't have the PCI device that is in use by the guest");
        if (address->connections)
            return fail_reclaim(network, error, "claims the PCI device is already in use by a different guest");
        return TRUE;
    default:
        return g_strcmp0(network->live->bridge, port->plug.bridge) == 0 ||
               fail_reclaim(network, error, "doesn't have the bridge that is in use by the guest");
    }
}

/* ---- those that are there ---- */

static void reset_counts(NetworkDef *def)
{
    NetworkForward *forward = def->forward;

    def->connections = 0;
    for (guint i = 0; forward && forward->interfaces && i < forward->interfaces->len; i++)
        ((NetworkForwardInterface *)forward->interfaces->pdata[i])->connections = 0;
    for (guint i = 0; forward && forward->addresses && i < forward->addresses->len; i++)
        ((NetworkPciAddress *)forward->addresses->pdata[i])->connections = 0;
}

/* The live document shows who is connected where. */
static void count(Network *network)
{
    GHashTableIter iter;
    gpointer value;

    if (!network->live)
        return;
    reset_counts(network->live);
    network->live->connections = ports_count(network);
    if (!network->ports)
        return;
    g_hash_table_iter_init(&iter, network->ports);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const NetworkPlug *plug = &((const NetworkPort *)value)->plug;
        NetworkForwardInterface *interface = plug->device ? find_interface(network->live, plug->device) : NULL;
        NetworkPciAddress *address = plug->address ? find_function(network->live, plug->address) : NULL;

        if (interface)
            interface->connections++;
        if (address)
            address->connections++;
    }
}

void ports_put(Network *network, NetworkPort *port)
{
    if (!network->ports)
        network->ports = g_hash_table_new_full(uuid_hash, uuid_equal, NULL, port_free);
    /* replace: the key is inside the value. */
    g_hash_table_replace(network->ports, port->uuid, port);
    count(network);
}

void ports_remove(Network *network, const guint8 *uuid)
{
    if (network->ports && g_hash_table_remove(network->ports, uuid))
        count(network);
}

void ports_clear(Network *network)
{
    g_clear_pointer(&network->ports, g_hash_table_unref);
    if (network->live)
        reset_counts(network->live);
}

void ports_set_live(Network *network, NetworkDef *live)
{
    network_def_free(network->live);
    network->live = live;
    count(network);
}
