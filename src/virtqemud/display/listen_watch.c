/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/display/listen_watch.h"

#include "common/error.h"
#include "common/log.h"
#include "rpc/listen_calls.h"
#include "virtqemud/display/graphics_move.h"
#include "virtqemud/display/listen_client.h"
#include "virtqemud/guest/events.h"
#include "virtqemud/guest/guest_list.h"
#include "virtqemud/interface/network_peer.h"

/* Networks that the peer tells us about, or is being asked to: a set of names. */
static GHashTable *watched;

/* ---- whom it concerns ---- */

static gboolean listens_on(const GraphicsDef *graphics, const char *network)
{
    for (guint i = 0; graphics->listens && i < graphics->listens->len; i++) {
        const GraphicsListen *listen = g_ptr_array_index(graphics->listens, i);

        if (listen->type == GRAPHICS_LISTEN_NETWORK && g_strcmp0(listen->network, network) == 0)
            return TRUE;
    }
    return FALSE;
}

/* ---- moving a server ---- */

typedef struct {
    const char *network;
    const char *reason; /* why it has no address any more; NULL: it has */
    gboolean has_listener;
} News;

static void stays(Guest *guest, const char *reason)
{
    g_autoptr(json_object) data = json_object_new_object();

    json_add_string(data, "reason", reason);
    events_monitor(guest, "MODVIRT_GRAPHICS_STAYS", g_get_real_time(), data);
    log_warning("guest '%s': its screen stays where it was: %s", guest->name, reason);
}

static void on_moved(Guest *guest, const GError *error, gpointer data)
{
    if (error && guest_is_active(guest))
        stays(guest, error->message);
}

static void tell_guest(Guest *guest, gpointer data)
{
    News *news = data;

    for (guint i = 0; guest_is_active(guest) && i < guest->live->graphics->len; i++) {
        const GraphicsDef *graphics = g_ptr_array_index(guest->live->graphics, i);

        if (!listens_on(graphics, news->network))
            continue;
        news->has_listener = TRUE;
        if (news->reason)
            stays(guest, news->reason);
        else
            graphics_move(guest, i, NULL, on_moved, NULL);
    }
}

/* ---- asking to be told ---- */

typedef struct {
    char *network;
    gboolean is_subscribed;
    GError *error;
} Watch;

static void subscribe(gpointer data)
{
    Watch *watch = data;
    listen_subscribe_args args = {.network = watch->network};
    listen_subscribe_ret answer = {0};

    watch->is_subscribed = network_peer_call(&rpc_program_listen, LISTEN_PROC_SUBSCRIBE, &args, &answer, &watch->error);
}

static void on_subscribed(gpointer data)
{
    Watch *watch = data;
    News news = {watch->network, NULL, FALSE};

    /* What changed before we were listening is looked for. */
    if (watch->is_subscribed)
        guest_list_each(driver.guests, tell_guest, &news);
    /* A stock peer has no such program and stays on the list of those not to be asked again. */
    if (!watch->is_subscribed && !listen_client_is_unknown_program(watch->error)) {
        log_debug("cannot watch network '%s': %s", watch->network, watch->error->message);
        g_hash_table_remove(watched, watch->network);
        network_peer_retry_later();
    }
    g_clear_error(&watch->error);
    g_free(watch->network);
    g_free(watch);
}

/* FALSE: it is watched already. */
static gboolean watch_network(const char *network)
{
    Watch *watch;

    if (!g_hash_table_add(watched, g_strdup(network)))
        return FALSE;
    watch = g_new0(Watch, 1);
    watch->network = g_strdup(network);
    daemon_run_worker(driver.daemon, subscribe, on_subscribed, watch);
    return TRUE;
}

static void watch_graphics(Guest *guest, guint index)
{
    const GraphicsDef *graphics = g_ptr_array_index(guest->live->graphics, index);

    for (guint i = 0; graphics->listens && i < graphics->listens->len; i++) {
        const GraphicsListen *listen = g_ptr_array_index(graphics->listens, i);

        /* What changed while the guest was not to be seen yet is looked for. */
        if (listen->type == GRAPHICS_LISTEN_NETWORK && listen->network && !watch_network(listen->network))
            graphics_move(guest, index, NULL, on_moved, NULL);
    }
}

void listen_watch_guest(Guest *guest)
{
    for (guint i = 0; i < guest->live->graphics->len; i++)
        watch_graphics(guest, i);
}

static void watch_if_active(Guest *guest, gpointer data)
{
    if (guest_is_active(guest))
        listen_watch_guest(guest);
}

static void watch_all(void)
{
    guest_list_each(driver.guests, watch_if_active, NULL);
}

/* ---- being told ---- */

typedef struct {
    char *network;
    int subscription;
} Forget;

static void unsubscribe(gpointer data)
{
    const Forget *forget = data;
    listen_unsubscribe_args args = {.subscription = forget->subscription};

    /* If the peer does not hear it, it tells us once more than needed. */
    network_peer_call(&rpc_program_listen, LISTEN_PROC_UNSUBSCRIBE, &args, NULL, NULL);
}

/* Until here a guest that started meanwhile has taken the network for watched. */
static void on_unsubscribed(gpointer data)
{
    Forget *forget = data;

    g_hash_table_remove(watched, forget->network);
    watch_all();
    g_free(forget->network);
    g_free(forget);
}

/* A subscription outlives the guest it was made for, until news come that concern nobody. */
static void forget_network(const listen_changed_msg *message)
{
    Forget *forget = g_new0(Forget, 1);

    *forget = (Forget){g_strdup(message->network), message->subscription};
    daemon_run_worker(driver.daemon, unsubscribe, on_unsubscribed, forget);
}

static void on_changed(const listen_changed_msg *message)
{
    News news = {message->network, NULL, FALSE};

    if (message->addresses.addresses_len == 0)
        news.reason = message->reason ? *message->reason : "its network has lost its address";
    guest_list_each(driver.guests, tell_guest, &news);
    if (!news.has_listener)
        forget_network(message);
}

static void on_peer_closed(void)
{
    g_hash_table_remove_all(watched);
}

void listen_watch_init(void)
{
    static const NetworkPeerListener peer_listener = {
        .changed = on_changed, .closed = on_peer_closed, .retry = watch_all};

    watched = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    network_peer_add_listener(&peer_listener);
}
