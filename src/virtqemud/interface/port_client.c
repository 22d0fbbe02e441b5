/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/interface/port_client.h"

#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "rpc/remote_calls.h"
#include "virtqemud/interface/network_peer.h"

/* Bytes of a port's UUID that say whose it is; the others are random, since a guest may have a MAC twice, and starts
 * again while its last port is being given up. */
#define OWNER_BYTES 14

/* ---- whose a port is ---- */

/* What a guest's port on a network is called: in the form of a random UUID, as clients expect. */
static void derive_uuid(const guint8 *owner, const guint8 *mac, guint8 uuid[UUID_LEN])
{
    static const char name[] = "virtqemud";
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 digest[32];
    gsize size = sizeof(digest);

    g_checksum_update(checksum, (const guchar *)name, sizeof(name));
    g_checksum_update(checksum, owner, UUID_LEN);
    g_checksum_update(checksum, mac, MAC_LEN);
    g_checksum_get_digest(checksum, digest, &size);
    uuid_generate(uuid);
    memcpy(uuid, digest, OWNER_BYTES);
    uuid[6] = (guint8)((uuid[6] & 0x0f) | 0x40);
    uuid[8] = (guint8)((uuid[8] & 0x3f) | 0x80);
}

gboolean port_is_ours(const NetworkPort *port)
{
    guint8 ours[UUID_LEN];

    derive_uuid(port->owner_uuid, port->mac, ours);
    return memcmp(port->uuid, ours, OWNER_BYTES) == 0;
}

/* ---- the peer ---- */

static gboolean call(gint32 procedure, gconstpointer args, gpointer ret, GError **error)
{
    return network_peer_call(&rpc_program_remote, procedure, args, ret, error);
}

/* The peer's error says which network it is about; what befalls the call itself does not. */
static gboolean name_network(const char *network, GError **error)
{
    if (error && *error && !strstr((*error)->message, network))
        g_prefix_error(error, "network '%s': ", network);
    return FALSE;
}

static NetworkPort *read_port(const remote_nonnull_network *network, const guint8 *uuid, GError **error)
{
    remote_network_port_get_xml_desc_args args = {.port = {.net = *network}};
    remote_network_port_get_xml_desc_ret answer = {0};
    NetworkPort *port;

    memcpy(args.port.uuid, uuid, UUID_LEN);
    if (!call(REMOTE_PROC_NETWORK_PORT_GET_XML_DESC, &args, &answer, error))
        return NULL;
    port = network_port_parse(answer.xml, XML_MODE_LIVE, error);
    xdr_free((xdrproc_t)xdr_remote_network_port_get_xml_desc_ret, (char *)&answer);
    return port;
}

static void delete_port(const remote_nonnull_network *network, const guint8 *uuid)
{
    remote_network_port_delete_args args = {.port = {.net = *network}};
    g_autoptr(GError) error = NULL;

    memcpy(args.port.uuid, uuid, UUID_LEN);
    if (call(REMOTE_PROC_NETWORK_PORT_DELETE, &args, NULL, &error) || vir_error_is(error, VIR_ERR_NO_NETWORK_PORT))
        return;
    log_warning("a port of network '%s' is left behind: %s", network->name, error->message);
}

/* Creates the port that document describes, of that uuid, and reads what became of it. */
static NetworkPort *create_port(const remote_nonnull_network *network, const NetworkPort *document, guint flags,
                                GError **error)
{
    g_autofree char *xml = network_port_format(document);
    remote_network_port_create_xml_args args = {.network = *network, .xml = xml, .flags = flags};
    remote_network_port_create_xml_ret answer = {0};
    g_autoptr(GError) problem = NULL;
    NetworkPort *port;

    /* A call that was sent twice, because its connection broke, has done its work the first time. */
    if (!call(REMOTE_PROC_NETWORK_PORT_CREATE_XML, &args, &answer, &problem) &&
        !vir_error_is(problem, VIR_ERR_NETWORK_PORT_EXIST)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }
    xdr_free((xdrproc_t)xdr_remote_network_port_create_xml_ret, (char *)&answer);
    port = read_port(network, document->uuid, error);
    if (!port)
        delete_port(network, document->uuid);
    return port;
}

/* ---- order among ports ---- */

static GMutex release_lock;
static GCond release_over;
static guint releases;

void port_client_begin_release(void)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&release_lock);

    releases++;
}

void port_client_end_release(void)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&release_lock);

    releases--;
    g_cond_broadcast(&release_over);
}

/* A peer that does not answer ends this too. */
void port_client_wait(void)
{
    gint64 deadline = g_get_monotonic_time() + NETWORK_PEER_TIMEOUT_MS * G_TIME_SPAN_MILLISECOND;
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&release_lock);

    while (releases > 0 && g_cond_wait_until(&release_over, &release_lock, deadline))
        ;
}

/* ---- ports ---- */

/* What the guest's document asks for. All borrowed, but for the uuid. */
static void describe(const DomainDef *def, const InterfaceDef *interface, NetworkPort *port)
{
    *port = (NetworkPort){.owner_name = def->name,
                          .group = interface->portgroup,
                          .virtual_port = interface->virtual_port,
                          .bandwidth = interface->bandwidth,
                          .vlan = interface->vlan,
                          .is_isolated = interface->is_isolated,
                          .trust_guest_rx_filters = interface->trust_guest_rx_filters};
    memcpy(port->owner_uuid, def->uuid, UUID_LEN);
    memcpy(port->mac, interface->mac, MAC_LEN);
    derive_uuid(def->uuid, interface->mac, port->uuid);
}

static gboolean create_anew(const DomainDef *def, InterfaceDef *interface, const remote_nonnull_network *network,
                            GError **error)
{
    NetworkPort document, *port;

    describe(def, interface, &document);
    port = create_port(network, &document, 0, error);
    if (!port)
        return FALSE;
    network_port_free(interface->port);
    interface->port = port;
    return TRUE;
}

/* Is it there; if not, can it be had again? */
static gboolean restore_port(const DomainDef *def, InterfaceDef *interface, const remote_nonnull_network *network,
                             GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(NetworkPort) present = read_port(network, interface->port->uuid, &problem);
    g_autoptr(NetworkPort) reclaimed = NULL;

    if (present)
        return TRUE;
    if (!vir_error_is(problem, VIR_ERR_NO_NETWORK_PORT)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return FALSE;
    }
    reclaimed = create_port(network, interface->port, VIR_NETWORK_PORT_CREATE_RECLAIM, NULL);
    if (!reclaimed)
        return create_anew(def, interface, network, error);
    network_port_free(interface->port);
    interface->port = g_steal_pointer(&reclaimed);
    return TRUE;
}

typedef gboolean (*PortAction)(const DomainDef *def, InterfaceDef *interface, const remote_nonnull_network *network,
                               GError **error);

static gboolean with_network(const DomainDef *def, InterfaceDef *interface, PortAction action, GError **error)
{
    remote_network_lookup_by_name_ret found = {0};
    gboolean ok;

    if (!network_peer_look_up(interface->network, &found, error))
        return name_network(interface->network, error);
    ok = action(def, interface, &found.net, error) || name_network(interface->network, error);
    xdr_free((xdrproc_t)xdr_remote_network_lookup_by_name_ret, (char *)&found);
    return ok;
}

gboolean port_client_create(const DomainDef *def, InterfaceDef *interface, GError **error)
{
    return with_network(def, interface, create_anew, error);
}

gboolean port_client_restore(const DomainDef *def, InterfaceDef *interface, GError **error)
{
    return with_network(def, interface, restore_port, error);
}

static gboolean limit_port(const remote_nonnull_network *network, InterfaceDef *interface, const Bandwidth *bandwidth,
                           GError **error)
{
    remote_typed_param params[BANDWIDTH_LIMITS] = {0};
    remote_network_port_set_parameters_args args = {.port = {.net = *network}, .params = {BANDWIDTH_LIMITS, params}};
    NetworkPort *port;

    memcpy(args.port.uuid, interface->port->uuid, UUID_LEN);
    for (gsize i = 0; i < BANDWIDTH_LIMITS; i++) {
        params[i].field = (char *)bandwidth_limits[i].name;
        params[i].value.type = VIR_TYPED_PARAM_UINT;
        params[i].value.remote_typed_param_value_u.ui = (u_int)bandwidth_get_limit(bandwidth, &bandwidth_limits[i]);
    }
    if (!call(REMOTE_PROC_NETWORK_PORT_SET_PARAMETERS, &args, NULL, error) ||
        !(port = read_port(network, interface->port->uuid, error)))
        return FALSE;
    network_port_free(interface->port);
    interface->port = port;
    return TRUE;
}

gboolean port_client_limit(InterfaceDef *interface, const Bandwidth *bandwidth, GError **error)
{
    remote_network_lookup_by_name_ret found = {0};
    gboolean ok;

    if (!network_peer_look_up(interface->network, &found, error))
        return FALSE;
    ok = limit_port(&found.net, interface, bandwidth, error);
    xdr_free((xdrproc_t)xdr_remote_network_lookup_by_name_ret, (char *)&found);
    return ok;
}

void port_client_delete(const char *network, const guint8 uuid[UUID_LEN])
{
    remote_network_lookup_by_name_ret found = {0};

    /* With the network its ports are gone. */
    if (!network_peer_look_up(network, &found, NULL))
        return;
    delete_port(&found.net, uuid);
    xdr_free((xdrproc_t)xdr_remote_network_lookup_by_name_ret, (char *)&found);
}

/* ---- all there are ---- */

void found_port_free(FoundPort *found)
{
    network_port_free(found->port);
    g_free(found->network);
    g_free(found);
}

static void list_network(const remote_nonnull_network *network, GPtrArray *all)
{
    remote_network_list_all_ports_args args = {.network = *network, .need_results = 1};
    remote_network_list_all_ports_ret answer = {0};

    if (!call(REMOTE_PROC_NETWORK_LIST_ALL_PORTS, &args, &answer, NULL))
        return;
    for (guint i = 0; i < answer.ports.ports_len; i++) {
        g_autoptr(NetworkPort) port = read_port(network, (const guint8 *)answer.ports.ports_val[i].uuid, NULL);
        FoundPort *found;

        if (!port || !port_is_ours(port))
            continue;
        found = g_new(FoundPort, 1);
        *found = (FoundPort){g_strdup(network->name), g_steal_pointer(&port)};
        g_ptr_array_add(all, found);
    }
    xdr_free((xdrproc_t)xdr_remote_network_list_all_ports_ret, (char *)&answer);
}

GPtrArray *port_client_list(GError **error)
{
    remote_connect_list_all_networks_args args = {.need_results = 1, .flags = VIR_CONNECT_LIST_NETWORKS_ACTIVE};
    remote_connect_list_all_networks_ret answer = {0};
    GPtrArray *all;

    if (!call(REMOTE_PROC_CONNECT_LIST_ALL_NETWORKS, &args, &answer, error))
        return NULL;
    all = g_ptr_array_new_with_free_func((GDestroyNotify)found_port_free);
    for (guint i = 0; i < answer.nets.nets_len; i++)
        list_network(&answer.nets.nets_val[i], all);
    xdr_free((xdrproc_t)xdr_remote_connect_list_all_networks_ret, (char *)&answer);
    return all;
}
