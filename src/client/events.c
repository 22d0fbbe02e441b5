/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/events.h"

#include <string.h>

#include "client/event_loop.h"
#include "client/report.h"
#include "common/error.h"
#include "rpc/remote_calls.h"

/* An application whose loop does not run loses events beyond this many, and is told so. */
#define PENDING_MAX 65536

typedef struct {
    int number;    /* for the application */
    int remote_id; /* callbackID of the daemon */
    RpcObjectKind kind;
    int id;
    char *filter;
    ClientEventFunc callback;
    void *opaque;
    virFreeCallback free;
    const RpcProgram *program;
    gint32 deregister_procedure;
} Registration;

typedef struct {
    const ClientEvent *row;
    gpointer message; /* of the row's type; its first member is the callbackID */
} Pending;

struct ClientEvents {
    virConnectPtr conn; /* borrowed: it owns this */
    GMutex lock;
    GPtrArray *registrations; /* Registration */
    GQueue pending;           /* Pending */
    gboolean is_delivering;   /* the loop is calling callbacks: what is taken out meanwhile is freed when it has done */
    GQueue removed;           /* Registration, to be freed then */
    guint n_lost;
    int n_asking; /* calls that register are under way: an event may be theirs */
    int next_number;
    int timer; /* of the event loop, or -1 */
};

/* ---- rows ---- */

#define FURTHER_MAX 4
static struct {
    const ClientEvent *rows;
    guint n;
} further[FURTHER_MAX];
static int n_further; /* atomic */

void client_events_add_rows(const ClientEvent *rows, guint n)
{
    int index = g_atomic_int_get(&n_further);

    g_assert(index < FURTHER_MAX);
    further[index].rows = rows;
    further[index].n = n;
    g_atomic_int_inc(&n_further);
}

static const ClientEvent *find_in(const ClientEvent *rows, guint n, const RpcHeader *header)
{
    for (guint i = 0; i < n; i++) {
        if (rows[i].program->number == header->program && rows[i].procedure == header->procedure)
            return &rows[i];
    }
    return NULL;
}

static const ClientEvent *row_find(const RpcHeader *header)
{
    const ClientEvent *row = find_in(client_remote_events, client_n_remote_events, header);

    for (int i = 0; !row && i < g_atomic_int_get(&n_further); i++)
        row = find_in(further[i].rows, further[i].n, header);
    return row;
}

/* ---- life ---- */

/* Each registration had a reference on the connection. */
static void registration_free(ClientEvents *events, Registration *registration)
{
    virConnectPtr conn = events->conn;

    if (registration->free)
        registration->free(registration->opaque);
    g_free(registration->filter);
    g_free(registration);
    handle_unref(conn);
}

static void pending_free(Pending *pending)
{
    xdr_free(pending->row->xdr, pending->message);
    g_free(pending->message);
    g_free(pending);
}

ClientEvents *client_events_new(virConnectPtr conn)
{
    ClientEvents *events = g_new0(ClientEvents, 1);

    events->conn = conn;
    events->timer = -1;
    events->registrations = g_ptr_array_new();
    g_mutex_init(&events->lock);
    g_queue_init(&events->pending);
    g_queue_init(&events->removed);
    return events;
}

void client_events_free(ClientEvents *events)
{
    g_queue_clear_full(&events->pending, (GDestroyNotify)pending_free);
    g_ptr_array_unref(events->registrations); /* empty: each had a reference on the connection */
    g_mutex_clear(&events->lock);
    g_free(events);
}

/* ---- delivery ---- */

static Registration *find_number(ClientEvents *events, RpcObjectKind kind, int number)
{
    for (guint i = 0; i < events->registrations->len; i++) {
        Registration *registration = g_ptr_array_index(events->registrations, i);
        if (registration->number == number && registration->kind == kind)
            return registration;
    }
    return NULL;
}

/* Numbers of those who want this event, in the order in which they asked. */
static GArray *find_takers(ClientEvents *events, const Pending *pending)
{
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(int));
    int remote_id = *(int *)pending->message;

    for (guint i = 0; i < events->registrations->len; i++) {
        Registration *registration = g_ptr_array_index(events->registrations, i);
        if (registration->kind == pending->row->kind && registration->id == pending->row->id &&
            registration->remote_id == remote_id)
            g_array_append_val(numbers, registration->number);
    }
    return numbers;
}

static void deliver_to(ClientEvents *events, const Pending *pending, void *object, int number)
{
    ClientEventFunc callback = NULL;
    Registration *registration;
    void *opaque = NULL;

    g_mutex_lock(&events->lock);
    registration = find_number(events, pending->row->kind, number);
    if (registration) {
        callback = registration->callback;
        opaque = registration->opaque;
    }
    g_mutex_unlock(&events->lock);
    if (callback)
        pending->row->deliver(events->conn, object, pending->message, callback, opaque);
}

static void deliver(ClientEvents *events, Pending *pending, const GArray *takers)
{
    void *object = pending->row->object(&events->conn->connection, pending->message);

    for (guint i = 0; i < takers->len; i++)
        deliver_to(events, pending, object, g_array_index(takers, int, i));
    handle_unref(object);
    pending_free(pending);
}

static Pending *next_pending(ClientEvents *events, GArray **takers, guint *n_lost)
{
    Pending *pending = NULL;

    g_mutex_lock(&events->lock);
    *n_lost = events->n_lost;
    events->n_lost = 0;
    if (events->n_asking == 0) /* else wait until it is known whose events are whose */
        pending = g_queue_pop_head(&events->pending);
    events->is_delivering = pending != NULL;
    if (pending)
        *takers = find_takers(events, pending);
    else if (events->timer >= 0)
        event_loop()->update_timeout(events->timer, -1);
    g_mutex_unlock(&events->lock);
    return pending;
}

static void free_removed(ClientEvents *events)
{
    Registration *registration;

    for (;;) {
        g_mutex_lock(&events->lock);
        registration = g_queue_pop_head(&events->removed);
        g_mutex_unlock(&events->lock);
        if (!registration)
            return;
        registration_free(events, registration);
    }
}

static void on_timer(int timer, void *opaque)
{
    ClientEvents *events = ((virConnectPtr)opaque)->events;
    Pending *pending;
    GArray *takers;
    guint n_lost;

    handle_ref(opaque); /* a callback may end the last registration, and with it the connection */
    while ((pending = next_pending(events, &takers, &n_lost))) {
        if (n_lost)
            g_warning("%u events were lost because the event loop did not run", n_lost);
        deliver(events, pending, takers);
        g_array_unref(takers);
    }
    free_removed(events);
    handle_unref(opaque);
}

static void arm_timer(ClientEvents *events)
{
    if (events->timer >= 0 && events->n_asking == 0 && events->pending.length)
        event_loop()->update_timeout(events->timer, 0);
}

static void enqueue(ClientEvents *events, Pending *pending)
{
    g_mutex_lock(&events->lock);
    if (events->pending.length < PENDING_MAX && events->registrations->len + events->n_asking > 0) {
        g_queue_push_tail(&events->pending, pending);
        pending = NULL;
    } else if (events->pending.length >= PENDING_MAX) {
        events->n_lost++;
    }
    arm_timer(events);
    g_mutex_unlock(&events->lock);
    if (pending)
        pending_free(pending);
}

static void receive_closed(ClientEvents *events, const guint8 *body, gsize size)
{
    remote_connect_event_connection_closed_msg message = {0};

    if (rpc_body_decode(body, size, (xdrproc_t)xdr_remote_connect_event_connection_closed_msg, &message, NULL))
        connection_note_closed(&events->conn->connection, message.reason);
}

void client_events_receive(ClientEvents *events, const RpcHeader *header, const guint8 *body, gsize size)
{
    const ClientEvent *row = row_find(header);
    g_autoptr(GError) error = NULL;
    Pending *pending;

    if (header->program == REMOTE_PROGRAM && header->procedure == REMOTE_PROC_CONNECT_EVENT_CONNECTION_CLOSED) {
        receive_closed(events, body, size);
        return;
    }
    if (!row) /* one of a later version, which nobody here can have asked for */
        return;
    pending = g_new0(Pending, 1);
    pending->row = row;
    pending->message = g_malloc0(row->size);
    if (rpc_body_decode(body, size, row->xdr, pending->message, &error)) {
        enqueue(events, pending);
        return;
    }
    g_warning("an event that cannot be decoded was dropped: %s", error->message);
    g_free(pending->message);
    g_free(pending);
}

/* ---- registering ---- */

static Registration *registration_new(ClientEvents *events, const ClientEventRequest *request, int remote_id)
{
    Registration *registration = g_new0(Registration, 1);

    registration->number = events->next_number++;
    registration->remote_id = remote_id;
    registration->kind = request->kind;
    registration->id = request->id;
    registration->filter = g_strdup(request->filter);
    registration->callback = request->callback;
    registration->opaque = request->opaque;
    registration->free = request->free;
    registration->program = request->program;
    registration->deregister_procedure = request->deregister_procedure;
    return registration;
}

/* The daemon's number for the same wish of somebody else, or -1. */
static int find_remote_id(ClientEvents *events, const ClientEventRequest *request)
{
    for (guint i = 0; i < events->registrations->len; i++) {
        Registration *registration = g_ptr_array_index(events->registrations, i);
        if (registration->kind == request->kind && registration->id == request->id &&
            registration->program == request->program && g_strcmp0(registration->filter, request->filter) == 0)
            return registration->remote_id;
    }
    return -1;
}

static void release_conn(void *opaque)
{
    handle_unref(opaque);
}

/* With the first registration comes the timer that delivers. With the lock held. */
static gboolean ensure_timer(ClientEvents *events, GError **error)
{
    const RpcLoop *loop = event_loop();

    if (events->timer >= 0)
        return TRUE;
    if (loop) {
        events->timer = loop->add_timeout(-1, on_timer, handle_ref(events->conn), release_conn);
        if (events->timer >= 0)
            return TRUE;
        g_atomic_int_add(&events->conn->connection.base.refs, -1);
    }
    vir_error_set(error, VIR_FROM_EVENT, VIR_ERR_INTERNAL_ERROR, "%s",
                  "events need an event loop: register one before opening the connection");
    return FALSE;
}

static void drop_timer_if_unused(ClientEvents *events)
{
    if (events->registrations->len || events->n_asking || events->timer < 0)
        return;
    event_loop()->remove_timeout(events->timer);
    events->timer = -1;
    g_queue_clear_full(&events->pending, (GDestroyNotify)pending_free);
}

static gboolean ask_daemon(ClientCall *call, const ClientEventRequest *request, int *remote_id)
{
    return call_run(call, request->program, request->register_procedure, request->register_args, remote_id);
}

int client_events_register(ClientCall *call, const ClientEventRequest *request)
{
    ClientEvents *events = connection_public(call->connection)->events;
    g_autoptr(GError) error = NULL;
    int remote_id = -1, number = -1;

    g_mutex_lock(&events->lock);
    if (!ensure_timer(events, &error)) {
        g_mutex_unlock(&events->lock);
        report_gerror(call->connection, error);
        return -1;
    }
    events->n_asking++;
    remote_id = find_remote_id(events, request);
    g_mutex_unlock(&events->lock);

    if (remote_id < 0 && !ask_daemon(call, request, &remote_id))
        remote_id = -1;

    g_mutex_lock(&events->lock);
    events->n_asking--;
    if (remote_id >= 0) {
        Registration *registration = registration_new(events, request, remote_id);
        g_ptr_array_add(events->registrations, registration);
        number = registration->number;
        handle_ref(events->conn);
    }
    drop_timer_if_unused(events);
    arm_timer(events);
    g_mutex_unlock(&events->lock);
    return number;
}

/* Takes the registration out; *is_last says whether the daemon is to be told. */
static Registration *take_registration(ClientEvents *events, RpcObjectKind kind, int number, gboolean *is_last)
{
    Registration *registration;

    g_mutex_lock(&events->lock);
    registration = find_number(events, kind, number);
    *is_last = registration != NULL;
    if (registration)
        g_ptr_array_remove(events->registrations, registration);
    for (guint i = 0; registration && i < events->registrations->len; i++) {
        Registration *other = g_ptr_array_index(events->registrations, i);
        if (other->kind == kind && other->program == registration->program && other->id == registration->id &&
            other->remote_id == registration->remote_id)
            *is_last = FALSE;
    }
    drop_timer_if_unused(events);
    g_mutex_unlock(&events->lock);
    return registration;
}

/* Frees it now, or, while a callback may be using it, later. */
static void registration_discard(ClientEvents *events, Registration *registration)
{
    g_mutex_lock(&events->lock);
    if (events->is_delivering) {
        g_queue_push_tail(&events->removed, registration);
        registration = NULL;
    }
    g_mutex_unlock(&events->lock);
    if (registration)
        registration_free(events, registration);
}

int client_events_deregister(ClientCall *call, RpcObjectKind kind, int number)
{
    ClientEvents *events = connection_public(call->connection)->events;
    gboolean is_last;
    Registration *registration = take_registration(events, kind, number, &is_last);
    int result = 0;

    if (!registration) {
        call_fail(call, call->domain, VIR_ERR_INVALID_ARG, "event callback id %d not registered", number);
        return -1;
    }
    if (is_last &&
        !call_run(call, registration->program, registration->deregister_procedure, &registration->remote_id, NULL))
        result = -1;
    registration_discard(events, registration);
    return result;
}

int client_events_find(ClientEvents *events, RpcObjectKind kind, int id, ClientEventFunc callback)
{
    int number = -1;

    g_mutex_lock(&events->lock);
    for (guint i = 0; i < events->registrations->len && number < 0; i++) {
        Registration *registration = g_ptr_array_index(events->registrations, i);
        if (registration->kind == kind && registration->id == id && registration->callback == callback)
            number = registration->number;
    }
    g_mutex_unlock(&events->lock);
    return number;
}
