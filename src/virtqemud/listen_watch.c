/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/listen_watch.h"

#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "rpc/listen_calls.h"
#include "virtqemud/graphics.h"
#include "virtqemud/guest_list.h"
#include "virtqemud/listen_client.h"
#include "virtqemud/listen_socket.h"
#include "virtqemud/network_peer.h"
#include "virtqemud/state_dir.h"

/* After the peer went away, how often to look for it while guests listen on its networks. */
#define RETRY_MS 2000

/* Networks that the peer tells us about, or is being asked to: a set of names. */
static GHashTable *watched;
static guint retry_timer;

/* ---- moving a server ---- */

typedef struct {
    Guest *guest;
    char *address;
    guint index; /* of the <graphics> */
    int port;
    gboolean may_change_port;
    int fd;
    Qmp *qmp;
} Move;

static GraphicsListen *network_listen(const GraphicsDef *graphics)
{
    GraphicsListen *listen = graphics_first_listen(graphics);

    return listen && listen->type == GRAPHICS_LISTEN_NETWORK ? listen : NULL;
}

static gboolean begin_move(gpointer data, GError **error)
{
    Move *move = data;

    move->qmp = guest_get_monitor(move->guest, error);
    return move->qmp != NULL;
}

static gboolean run_move(gpointer data, GError **error)
{
    Move *move = data;
    g_autoptr(QmpBatch) batch = qmp_batch_new();
    int errnum = 0;

    move->fd = listen_socket_open(move->address, move->port, &errnum);
    if (move->fd < 0 && move->may_change_port)
        move->fd =
            listen_socket_open_any(move->address, driver.port_min, driver.port_max, NULL, "VNC", &move->port, error);
    else if (move->fd < 0)
        vir_error_set_errno(error, VIR_FROM_QEMU, errnum, "VNC server cannot listen on address '%s', port %d",
                            move->address, move->port);
    if (move->fd < 0)
        return FALSE;
    graphics_hand_over_socket(batch, move->fd);
    return qmp_run(move->qmp, batch, QMP_TIMEOUT_MS, error);
}

static void publish_move(Move *move)
{
    GraphicsDef *graphics = g_ptr_array_index(move->guest->live->graphics, move->index);
    GraphicsListen *listen = network_listen(graphics);

    log_info("guest '%s': its screen is now at %s, port %d", move->guest->name, move->address, move->port);
    g_free(listen->address);
    listen->address = g_strdup(move->address);
    graphics->port = move->port;
    guest_changed(move->guest);
    state_dir_save(move->guest);
}

static void done_move(gpointer data, const GError *error)
{
    Move *move = data;

    if (error)
        log_warning("guest '%s': its screen stays where it was: %s", move->guest->name, error->message);
    else if (guest_is_active(move->guest))
        publish_move(move);
    if (move->fd >= 0)
        close(move->fd);
    qmp_unref(move->qmp);
    guest_unref(move->guest);
    g_free(move->address);
    g_free(move);
}

static const JobKind move_kind = {"move graphics", begin_move, run_move, done_move};

static void move_graphics(Guest *guest, guint index, const char *address)
{
    const GraphicsDef *graphics = g_ptr_array_index(guest->live->graphics, index);
    Move *move = g_new0(Move, 1);

    *move = (Move){.guest = guest_ref(guest),
                   .address = g_strdup(address),
                   .index = index,
                   .port = graphics->port,
                   .may_change_port = graphics->is_autoport,
                   .fd = -1};
    job_queue_push(guest->jobs, &move_kind, move);
}

static gboolean guest_listens_on(const Guest *guest, const char *network)
{
    for (guint i = 0; guest_is_active(guest) && i < guest->live->graphics->len; i++) {
        const GraphicsListen *listen = network_listen(g_ptr_array_index(guest->live->graphics, i));

        if (listen && g_strcmp0(listen->network, network) == 0)
            return TRUE;
    }
    return FALSE;
}

typedef struct {
    const char *network, *address;
    gboolean has_listener;
} Change;

static void follow(Guest *guest, gpointer data)
{
    Change *change = data;

    if (!guest_listens_on(guest, change->network))
        return;
    change->has_listener = TRUE;
    for (guint i = 0; i < guest->live->graphics->len; i++) {
        const GraphicsDef *graphics = g_ptr_array_index(guest->live->graphics, i);
        const GraphicsListen *listen = network_listen(graphics);

        if (!listen || g_strcmp0(listen->network, change->network) != 0 ||
            g_strcmp0(listen->address, change->address) == 0)
            continue;
        if (graphics->type == GRAPHICS_VNC)
            move_graphics(guest, i, change->address);
        else
            log_warning("guest '%s': network '%s' has a new address, but %s cannot be moved", guest->name,
                        change->network, graphics_types[graphics->type]);
    }
}

/* ---- asking to be told ---- */

typedef struct {
    char *network;
    char *address;
    gboolean is_subscribed;
    GError *error;
} Watch;

static void subscribe(gpointer data)
{
    Watch *watch = data;
    listen_subscribe_args args = {.network = watch->network};
    listen_subscribe_ret answer = {0};

    watch->is_subscribed = network_peer_call(&rpc_program_listen, LISTEN_PROC_SUBSCRIBE, &args, &answer, &watch->error);
    /* What changed before we were listening is asked for. */
    if (watch->is_subscribed)
        watch->address = listen_client_query(watch->network, NULL);
}

static gboolean on_retry(gpointer data);

static void on_subscribed(gpointer data)
{
    Watch *watch = data;

    if (watch->address) {
        Change change = {watch->network, watch->address, FALSE};

        guest_list_each(driver.guests, follow, &change);
    }
    /* A stock peer has no such program and stays on the list of those not to be asked again. */
    if (!watch->is_subscribed && !listen_client_is_unknown_program(watch->error)) {
        log_debug("cannot watch network '%s': %s", watch->network, watch->error->message);
        g_hash_table_remove(watched, watch->network);
        if (!retry_timer)
            retry_timer = g_timeout_add(RETRY_MS, on_retry, NULL);
    }
    g_clear_error(&watch->error);
    g_free(watch->network);
    g_free(watch->address);
    g_free(watch);
}

void listen_watch_guest(Guest *guest)
{
    for (guint i = 0; i < guest->live->graphics->len; i++) {
        const GraphicsListen *listen = network_listen(g_ptr_array_index(guest->live->graphics, i));
        Watch *watch;

        if (!listen || !listen->network || !g_hash_table_add(watched, g_strdup(listen->network)))
            continue;
        watch = g_new0(Watch, 1);
        watch->network = g_strdup(listen->network);
        daemon_run_worker(driver.daemon, subscribe, on_subscribed, watch);
    }
}

static void watch_if_active(Guest *guest, gpointer data)
{
    if (guest_is_active(guest))
        listen_watch_guest(guest);
}

static gboolean on_retry(gpointer data)
{
    retry_timer = 0;
    guest_list_each(driver.guests, watch_if_active, NULL);
    return G_SOURCE_REMOVE;
}

/* ---- being told ---- */

typedef struct {
    const char *network, *reason;
    gboolean has_listener;
} Loss;

static void report_loss(Guest *guest, gpointer data)
{
    Loss *loss = data;

    if (!guest_listens_on(guest, loss->network))
        return;
    loss->has_listener = TRUE;
    log_warning("guest '%s': its screen stays where it was, though network '%s' has lost its address: %s", guest->name,
                loss->network, loss->reason);
}

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
    guest_list_each(driver.guests, watch_if_active, NULL);
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
    Loss loss = {message->network, message->reason ? *message->reason : "", FALSE};
    Change change = {message->network, NULL, FALSE};
    g_autofree char *address = NULL;

    if (message->addresses.addresses_len > 0) {
        change.address = address = listen_client_address_text(&message->addresses.addresses_val[0]);
        guest_list_each(driver.guests, follow, &change);
    } else {
        guest_list_each(driver.guests, report_loss, &loss);
    }
    if (!change.has_listener && !loss.has_listener)
        forget_network(message);
}

static void on_peer_closed(void)
{
    g_hash_table_remove_all(watched);
    if (!retry_timer)
        retry_timer = g_timeout_add(RETRY_MS, on_retry, NULL);
}

void listen_watch_init(void)
{
    static const NetworkPeerListener peer_listener = {on_changed, on_peer_closed};

    watched = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    network_peer_set_listener(&peer_listener);
}
