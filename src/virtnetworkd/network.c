/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/network.h"

#include <string.h>

#include "common/error.h"

NetworkDriver network_driver;

/* ---- finding ---- */

Network *network_find(const char *name, GError **error)
{
    Network *network = g_hash_table_lookup(network_driver.by_name, name);

    if (network && network_is_known(network))
        return network;
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_NO_NETWORK, "no network with matching name '%s'", name);
    return NULL;
}

/* Another network than the one called except (or NULL), which may be still on its way to being defined. */
static Network *by_uuid(const guint8 *uuid, const char *except)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, network_driver.by_name);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Network *network = value;

        if (uuid_equal(network->uuid, uuid) && g_strcmp0(network->name, except) != 0)
            return network;
    }
    return NULL;
}

Network *network_find_uuid(const guint8 *uuid, GError **error)
{
    Network *network = by_uuid(uuid, NULL);
    char text[UUID_TEXT_LEN];

    if (network && network_is_known(network))
        return network;
    uuid_format(uuid, text);
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_NO_NETWORK, "no network with matching uuid '%s'", text);
    return NULL;
}

Network *network_claim(const NetworkDef *def)
{
    Network *network = g_hash_table_lookup(network_driver.by_name, def->name);

    if (network)
        return network;
    network = g_new0(Network, 1);
    network->driver = &network_driver;
    network->ref_count = 1;
    network->name = g_strdup(def->name);
    memcpy(network->uuid, def->uuid, UUID_LEN);
    network->dnsmasq_fd = -1;
    g_hash_table_insert(network_driver.by_name, network->name, network);
    return network;
}

void network_settle(Network *network)
{
    if (!network_is_known(network) && network->jobs.length == 0 &&
        g_hash_table_lookup(network_driver.by_name, network->name) == network)
        g_hash_table_remove(network_driver.by_name, network->name);
}

Network *network_ref(Network *network)
{
    network->ref_count++;
    return network;
}

void network_unref(Network *network)
{
    if (--network->ref_count > 0)
        return;
    network_def_free(network->def);
    network_def_free(network->live);
    g_clear_pointer(&network->ports, g_hash_table_unref);
    g_free(network->name);
    g_free(network);
}

const NetworkDef *network_def_for(const Network *network, gboolean is_inactive)
{
    return network->live && !(is_inactive && network->def) ? network->live : network->def;
}

/* ---- rules ---- */

gboolean network_check_identity(const NetworkDef *def, GError **error)
{
    Network *same_uuid = by_uuid(def->uuid, def->name);
    Network *same_name = g_hash_table_lookup(network_driver.by_name, def->name);
    char uuid[UUID_TEXT_LEN];

    if (same_uuid) {
        uuid_format(def->uuid, uuid);
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_OPERATION_FAILED, "network '%s' is already defined with uuid %s",
                      same_uuid->name, uuid);
        return FALSE;
    }
    if (same_name && !uuid_equal(same_name->uuid, def->uuid)) {
        uuid_format(same_name->uuid, uuid);
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_OPERATION_FAILED, "network '%s' already exists with uuid %s",
                      def->name, uuid);
        return FALSE;
    }
    return TRUE;
}

static gboolean def_has_bridge(const NetworkDef *def, const char *bridge)
{
    return def && def->bridge && strcmp(def->bridge, bridge) == 0;
}

static const Network *bridge_owner(const char *bridge, const char *except)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, network_driver.by_name);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Network *network = value;

        if (strcmp(network->name, except) != 0 &&
            (def_has_bridge(network->def, bridge) || def_has_bridge(network->live, bridge)))
            return network;
    }
    return NULL;
}

/* Names may be given as a pattern, as the kernel takes them: virbr%d. */
static gboolean choose_by_pattern(NetworkDef *def, const char *pattern, GError **error)
{
    const char *hole = strstr(pattern, "%d");
    g_autofree char *head = g_strndup(pattern, (gsize)(hole - pattern));

    link_table_refresh(network_driver.links);
    for (int i = 0; i < 1024; i++) {
        g_autofree char *name = g_strdup_printf("%s%d%s", head, i, hole + 2);

        if (!bridge_owner(name, def->name) && !link_table_has(network_driver.links, name)) {
            g_free(def->bridge);
            def->bridge = g_steal_pointer(&name);
            return TRUE;
        }
    }
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_INTERNAL_ERROR, "Bridge generation exceeded max id %d", 1023);
    return FALSE;
}

gboolean network_choose_bridge(NetworkDef *def, GError **error)
{
    Network *existing = g_hash_table_lookup(network_driver.by_name, def->name);

    if (!network_def_owns_bridge(def))
        return TRUE;
    if (!def->bridge && existing && existing->def && existing->def->bridge)
        def->bridge = g_strdup(existing->def->bridge);
    if (!def->bridge || strstr(def->bridge, "%d"))
        return choose_by_pattern(def, def->bridge ? def->bridge : "virbr%d", error);
    if (!bridge_owner(def->bridge, def->name))
        return TRUE;
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_INTERNAL_ERROR, "bridge name '%s' already in use.", def->bridge);
    return FALSE;
}

/* The bridge of a network that is on its way, other than def's, with addresses of ip's network; or NULL. Borrowed. */
static const char *coming_overlap(const NetworkDef *def, const NetworkIp *ip, guint prefix)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, network_driver.by_name);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const NetworkDef *other = ((const Network *)value)->coming;

        if (!other || strcmp(other->name, def->name) == 0)
            continue;
        for (guint i = 0; other->ips && i < other->ips->len; i++) {
            const NetworkIp *theirs = other->ips->pdata[i];
            int their_prefix = network_ip_prefix(theirs);

            if (their_prefix >= 0 &&
                ip_address_same_network(&ip->address, &theirs->address, MIN(prefix, (guint)their_prefix)))
                return other->bridge;
        }
    }
    return NULL;
}

/* The link that has, or is about to have, addresses of ip's network; or NULL. Caller frees. */
static char *find_overlap(const NetworkDef *def, const NetworkIp *ip)
{
    int prefix = network_ip_prefix(ip);
    char *link;

    if (prefix < 0)
        return NULL; /* the start says so */
    link = link_table_find_overlap(network_driver.links, &ip->address, (guint)prefix, def->bridge);
    return link ? link : g_strdup(coming_overlap(def, ip, (guint)prefix));
}

gboolean network_check_conflicts(const NetworkDef *def, GError **error)
{
    if (!network_def_owns_bridge(def))
        return TRUE;
    link_table_refresh(network_driver.links);
    if (link_table_has(network_driver.links, def->bridge)) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_INTERNAL_ERROR,
                      "a network interface named '%s' is there already", def->bridge);
        return FALSE;
    }
    for (guint i = 0; def->ips && i < def->ips->len; i++) {
        g_autofree char *link = find_overlap(def, def->ips->pdata[i]);

        if (link) {
            vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_INTERNAL_ERROR, "Network is already in use by interface %s",
                          link);
            return FALSE;
        }
    }
    return TRUE;
}

DhcpDirs network_dhcp_dirs(void)
{
    return (DhcpDirs){.files_dir = network_driver.files_dir,
                      .run_dir = network_driver.run_dir,
                      .user = daemon_is_privileged(network_driver.daemon) ? NULL : g_get_user_name()};
}

/* ---- events ---- */

typedef struct {
    const Network *network;
    int number;      /* which event of its kind, or which type of metadata */
    const char *uri; /* of metadata */
} NetworkEvent;

static void fill_network(remote_nonnull_network *wire, const Network *network)
{
    wire->name = g_strdup(network->name);
    memcpy(wire->uuid, network->uuid, UUID_LEN);
}

static void fill_lifecycle(gpointer wire, int callback_id, gconstpointer data)
{
    remote_network_event_lifecycle_msg *message = wire;
    const NetworkEvent *event = data;

    message->callbackID = callback_id;
    fill_network(&message->net, event->network);
    message->event = event->number;
}

static void fill_metadata(gpointer wire, int callback_id, gconstpointer data)
{
    remote_network_event_callback_metadata_change_msg *message = wire;
    const NetworkEvent *event = data;

    message->callbackID = callback_id;
    fill_network(&message->net, event->network);
    message->type = event->number;
    if (event->uri) {
        message->nsuri = g_new(char *, 1);
        *message->nsuri = g_strdup(event->uri);
    }
}

static void emit(const NetworkEvent *event, int id, DaemonEventFill fill)
{
    DaemonEvent out = {.kind = RPC_OBJECT_NETWORK,
                       .id = id,
                       .name = event->network->name,
                       .uuid = event->network->uuid,
                       .fill = fill,
                       .event = event};

    daemon_emit(network_driver.daemon, &out);
}

void network_emit_lifecycle(const Network *network, int event)
{
    emit(&(NetworkEvent){network, event, NULL}, VIR_NETWORK_EVENT_ID_LIFECYCLE, fill_lifecycle);
}

void network_emit_metadata(const Network *network, int type, const char *uri)
{
    emit(&(NetworkEvent){network, type, uri}, VIR_NETWORK_EVENT_ID_METADATA_CHANGE, fill_metadata);
}
