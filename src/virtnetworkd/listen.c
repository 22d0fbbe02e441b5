/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/listen.h"

#include <linux/rtnetlink.h>
#include <string.h>

#include "common/error.h"
#include "rpc/listen_calls.h"

/* Each costs a look at every change of the host's links. */
#define SUBSCRIPTIONS_MAX 16384

/* ---- the query ---- */

static void clear_address(gpointer data)
{
    g_free(((ListenAddress *)data)->device);
}

static GArray *addresses_new(void)
{
    GArray *addresses = g_array_new(FALSE, FALSE, sizeof(ListenAddress));

    g_array_set_clear_func(addresses, clear_address);
    return addresses;
}

static void add_link_addresses(GArray *addresses, const char *link)
{
    g_autoptr(GArray) found = link_table_addresses(network_driver.links, link);

    for (guint i = 0; i < found->len; i++) {
        const LinkAddress *one = &g_array_index(found, LinkAddress, i);
        ListenAddress address = {one->address, one->prefix, one->scope, g_strdup(link)};

        g_array_append_val(addresses, address);
    }
}

static void add_own_addresses(GArray *addresses, const NetworkDef *def)
{
    for (guint i = 0; def->ips && i < def->ips->len; i++) {
        const NetworkIp *ip = def->ips->pdata[i];
        ListenAddress address = {.address = ip->address, .prefix = (guint)MAX(network_ip_prefix(ip), 0)};

        address.scope = ip_address_is_link_local(&ip->address) ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
        address.device = link_table_has(network_driver.links, def->bridge) ? g_strdup(def->bridge) : NULL;
        g_array_append_val(addresses, address);
    }
}

/* Which link carries the network's addresses, or NULL with the reason. */
static const char *carrier(const NetworkDef *def, GError **error)
{
    NetworkForwardMode mode = network_def_mode(def);
    const char *device = network_def_device(def);

    if (mode == NETWORK_FORWARD_HOSTDEV) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_CONFIG_UNSUPPORTED,
                      "network '%s' has forward mode 'hostdev', which has no address on the host", def->name);
        return NULL;
    }
    if (mode == NETWORK_FORWARD_BRIDGE && def->bridge)
        return def->bridge;
    if (!device)
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_CONFIG_UNSUPPORTED,
                      "network '%s' has neither a bridge nor a device, and so no address on the host", def->name);
    return device;
}

static GArray *query_def(const NetworkDef *def, GError **error)
{
    g_autoptr(GArray) addresses = addresses_new();
    const char *link;

    if (network_def_owns_bridge(def)) {
        add_own_addresses(addresses, def);
        if (addresses->len)
            return g_steal_pointer(&addresses);
        /* Somebody else may have given the bridge one. */
        link = def->bridge;
    } else {
        link = carrier(def, error);
        if (!link)
            return NULL;
    }
    add_link_addresses(addresses, link);
    if (addresses->len)
        return g_steal_pointer(&addresses);
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_XML_ERROR,
                  link_table_has(network_driver.links, link)
                      ? "network '%s' has no address: there is none on device '%s'"
                      : "network '%s' has no address: there is no device '%s'",
                  def->name, link);
    return NULL;
}

GArray *listen_query(const char *name, GError **error)
{
    Network *network = network_find(name, error);

    if (!network)
        return NULL;
    if (!network_is_active(network)) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_OPERATION_INVALID, "network '%s' is not active", name);
        return NULL;
    }
    link_table_refresh(network_driver.links);
    return query_def(network->live, error);
}

void listen_addresses_encode(const GArray *addresses, guint *n, listen_address **out)
{
    *n = MIN(addresses->len, LISTEN_ADDRESS_LIST_MAX);
    *out = g_new0(listen_address, *n);
    for (guint i = 0; i < *n; i++) {
        const ListenAddress *address = &g_array_index(addresses, ListenAddress, i);
        listen_address *wire = &(*out)[i];

        wire->family = address->address.family == AF_INET6 ? LISTEN_FAMILY_IPV6 : LISTEN_FAMILY_IPV4;
        wire->scope = address->scope;
        wire->prefix = address->prefix;
        wire->address = ip_address_format(&address->address);
        if (address->device) {
            wire->device = g_new(char *, 1);
            *wire->device = g_strdup(address->device);
        }
    }
}

/* ---- subscriptions ---- */

typedef struct {
    int number;
    DaemonClient *client; /* borrowed; listen_client_closed ends it */
    char *network;
    GBytes *last; /* the message last sent or found at the start, to see changes */
} Subscription;

static GPtrArray *subscriptions;
static int last_number;

static void subscription_free(gpointer data)
{
    Subscription *subscription = data;

    g_free(subscription->network);
    g_bytes_unref(subscription->last);
    g_free(subscription);
}

/* What would be sent now; release with xdr_free. */
static void make_message(const Subscription *subscription, listen_changed_msg *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) addresses = listen_query(subscription->network, &error);

    message->subscription = subscription->number;
    message->network = g_strdup(subscription->network);
    if (addresses) {
        listen_addresses_encode(addresses, &message->addresses.addresses_len, &message->addresses.addresses_val);
    } else {
        message->reason = g_new(char *, 1);
        *message->reason = vir_error_message(error);
    }
}

static GBytes *message_bytes(listen_changed_msg *message)
{
    gsize size = xdr_sizeof((xdrproc_t)xdr_listen_changed_msg, message);
    char *bytes = g_malloc(size);
    XDR xdr;

    xdrmem_create(&xdr, bytes, (u_int)size, XDR_ENCODE);
    xdr_listen_changed_msg(&xdr, message);
    return g_bytes_new_take(bytes, size);
}

int listen_subscribe(DaemonClient *client, const char *name, GError **error)
{
    Subscription *subscription;
    listen_changed_msg message = {0};

    if (!subscriptions)
        subscriptions = g_ptr_array_new_with_free_func(subscription_free);
    if (subscriptions->len >= SUBSCRIPTIONS_MAX) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_OPERATION_FAILED,
                      "more than %d subscriptions to networks' addresses", SUBSCRIPTIONS_MAX);
        return 0;
    }
    subscription = g_new0(Subscription, 1);
    subscription->number = ++last_number;
    subscription->client = client;
    subscription->network = g_strdup(name);
    make_message(subscription, &message);
    subscription->last = message_bytes(&message);
    xdr_free((xdrproc_t)xdr_listen_changed_msg, &message);
    g_ptr_array_add(subscriptions, subscription);
    return subscription->number;
}

gboolean listen_unsubscribe(DaemonClient *client, int number, GError **error)
{
    for (guint i = 0; subscriptions && i < subscriptions->len; i++) {
        const Subscription *subscription = subscriptions->pdata[i];

        if (subscription->client == client && subscription->number == number) {
            g_ptr_array_remove_index_fast(subscriptions, i);
            return TRUE;
        }
    }
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_INVALID_ARG, "there is no subscription %d on this connection",
                  number);
    return FALSE;
}

void listen_client_closed(DaemonClient *client)
{
    for (guint i = subscriptions ? subscriptions->len : 0; i > 0; i--) {
        if (((const Subscription *)subscriptions->pdata[i - 1])->client == client)
            g_ptr_array_remove_index_fast(subscriptions, i - 1);
    }
}

static void subscription_refresh(Subscription *subscription)
{
    listen_changed_msg message = {0};
    GBytes *now;

    make_message(subscription, &message);
    now = message_bytes(&message);
    if (g_bytes_equal(now, subscription->last)) {
        g_bytes_unref(now);
    } else {
        g_bytes_unref(subscription->last);
        subscription->last = now;
        daemon_client_send_message(subscription->client, &rpc_program_listen, LISTEN_PROC_CHANGED, &message);
    }
    xdr_free((xdrproc_t)xdr_listen_changed_msg, &message);
}

void listen_refresh(void)
{
    for (guint i = subscriptions ? subscriptions->len : 0; i > 0; i--) {
        /* A client that cannot take the message may be gone afterwards, and its subscriptions with it. */
        if (i <= subscriptions->len)
            subscription_refresh(subscriptions->pdata[i - 1]);
    }
}
