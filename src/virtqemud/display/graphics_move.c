/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/display/graphics_move.h"

#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "virtqemud/display/graphics.h"
#include "virtqemud/guest/events.h"
#include "virtqemud/guest/state_dir.h"

typedef struct {
    Guest *guest;
    guint index;
    GraphicsDef *wanted; /* what is live, when nothing else was asked for */
    GraphicsMoved done;
    gpointer data;
    char *dir;
    GPtrArray *old;      /* addresses, owned */
    GArray *old_sockets; /* of them, or NULL */
    int old_port;
    GArray *fds; /* NULL: it listens there already */
    gboolean has_new_password;
    Qmp *qmp;
} Move;

static char *join(const GPtrArray *addresses)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < addresses->len; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "", (const char *)addresses->pdata[i]);
    return g_string_free(text, FALSE);
}

static GPtrArray *copy_addresses(const GraphicsDef *graphics)
{
    g_autoptr(GPtrArray) borrowed = graphics_addresses(graphics);
    GPtrArray *copies = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < borrowed->len; i++)
        g_ptr_array_add(copies, g_strdup(borrowed->pdata[i]));
    return copies;
}

static gboolean has_new_password(const GraphicsDef *live, const GraphicsDef *wanted)
{
    return wanted->password && (g_strcmp0(live->password, wanted->password) != 0 ||
                                g_strcmp0(live->password_valid_to, wanted->password_valid_to) != 0);
}

static gboolean begin(gpointer data, GError **error)
{
    Move *move = data;
    const GraphicsDef *live;

    move->qmp = guest_get_monitor(move->guest, error);
    if (!move->qmp)
        return FALSE;
    live = move->index < move->guest->live->graphics->len ? g_ptr_array_index(move->guest->live->graphics, move->index)
                                                          : NULL;
    if (!live || !graphics_has_port(live)) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_UNSUPPORTED,
                      "what does not listen on an address cannot come to do so while its guest runs");
        return FALSE;
    }
    if (!move->wanted)
        move->wanted = graphics_def_copy(live);
    move->has_new_password = has_new_password(live, move->wanted);
    move->dir = g_strdup(move->guest->dir);
    move->old = copy_addresses(live);
    move->old_port = live->port;
    if (move->guest->vnc_sockets && live->type == GRAPHICS_VNC)
        move->old_sockets = g_array_ref(move->guest->vnc_sockets);
    return TRUE;
}

static gboolean is_same(const GPtrArray *a, const GPtrArray *b)
{
    if (a->len != b->len)
        return FALSE;
    for (guint i = 0; i < a->len; i++)
        if (!g_str_equal(a->pdata[i], b->pdata[i]))
            return FALSE;
    return TRUE;
}

/* New sockets for where it shall listen, unless it does so already. */
static gboolean open_elsewhere(Move *move, GError **error)
{
    const ListenOld old = {move->old, move->old_sockets, move->old_port};
    g_autoptr(GPtrArray) addresses = NULL;

    if (!graphics_resolve(move->wanted, move->dir, error))
        return FALSE;
    addresses = graphics_addresses(move->wanted);
    if (is_same(addresses, move->old))
        return TRUE;
    if (move->wanted->websocket != 0) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_UNSUPPORTED,
                      "a VNC server with a websocket cannot come to listen elsewhere while its guest runs");
        return FALSE;
    }
    if (move->wanted->type == GRAPHICS_VNC) {
        move->fds = graphics_open_elsewhere(move->wanted, &old, error);
        return move->fds != NULL;
    }
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_UNSUPPORTED,
                  "a SPICE server cannot come to listen elsewhere while its guest runs");
    return FALSE;
}

static gboolean run(gpointer data, GError **error)
{
    Move *move = data;
    g_autoptr(QmpBatch) batch = qmp_batch_new();

    if (!open_elsewhere(move, error))
        return FALSE;
    if (move->fds)
        graphics_hand_over_sockets(batch, move->wanted, move->fds);
    if (move->has_new_password)
        graphics_set_password(batch, move->wanted);
    return (!move->fds && !move->has_new_password) || qmp_run(move->qmp, batch, QMP_TIMEOUT_MS, error);
}

/* ---- the end, on the loop ---- */

/* The live document is another one: that is what programs that know libvirt alone are told. */
static void tell_moved(Guest *guest, const GraphicsDef *graphics)
{
    g_autoptr(GPtrArray) addresses = graphics_addresses(graphics);
    g_autoptr(json_object) data = json_object_new_object();
    json_object *list = json_object_new_array();
    g_autofree char *text = join(addresses);

    for (guint i = 0; i < addresses->len; i++)
        json_object_array_add(list, json_object_new_string(addresses->pdata[i]));
    json_add_string(data, "type", graphics_types[graphics->type]);
    json_add_object(data, "addresses", list);
    json_add_int(data, "port", graphics->port);
    log_info("guest '%s': its screen is now at %s, port %d", guest->name, text, graphics->port);
    events_lifecycle(guest, VIR_DOMAIN_EVENT_DEFINED, VIR_DOMAIN_EVENT_DEFINED_UPDATED);
    events_monitor(guest, "MODVIRT_GRAPHICS_MOVED", g_get_real_time(), data);
}

static void publish(Move *move)
{
    GPtrArray *all = move->guest->live->graphics;

    graphics_def_free(all->pdata[move->index]);
    all->pdata[move->index] = g_steal_pointer(&move->wanted);
    guest_changed(move->guest);
    state_dir_save(move->guest);
    if (!move->fds)
        return;
    g_clear_pointer(&move->guest->vnc_sockets, g_array_unref);
    move->guest->vnc_sockets = g_steal_pointer(&move->fds);
    tell_moved(move->guest, all->pdata[move->index]);
}

static void move_free(Move *move)
{
    g_clear_pointer(&move->fds, g_array_unref);
    g_clear_pointer(&move->old, g_ptr_array_unref);
    g_clear_pointer(&move->old_sockets, g_array_unref);
    g_clear_pointer(&move->wanted, graphics_def_free);
    qmp_unref(move->qmp);
    guest_unref(move->guest);
    g_free(move->dir);
    g_free(move);
}

static void done(gpointer data, const GError *error)
{
    Move *move = data;

    if (!error && guest_is_active(move->guest))
        publish(move);
    if (move->done)
        move->done(move->guest, error, move->data);
    move_free(move);
}

static const JobKind move_kind = {"move graphics", begin, run, done};

void graphics_move(Guest *guest, guint index, GraphicsDef *wanted, GraphicsMoved on_done, gpointer data)
{
    Move *move = g_new0(Move, 1);

    *move = (Move){.guest = guest_ref(guest), .index = index, .wanted = wanted, .done = on_done, .data = data};
    job_queue_push(guest->jobs, &move_kind, move);
}
