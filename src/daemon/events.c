/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/events.h"

#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "daemon/access/access.h"
#include "daemon/remote/event_registry.h"

#define REGISTRATIONS_MAX 1024
/* What may wait in the queue of a client that does not read. */
#define EVENT_BACKLOG_MAX (8 * 1024 * 1024)
#define UUID_LENGTH       16

struct EventRegistration {
    int callback_id;
    EventWish wish;
    char *name;
    guint8 uuid[UUID_LENGTH];
};

static void registration_free(gpointer data)
{
    EventRegistration *registration = data;

    g_clear_pointer(&registration->wish.topic, g_regex_unref);
    g_free(registration->name);
    g_free(registration);
}

int event_registry_add(DaemonClient *client, const EventWish *wish, GError **error)
{
    EventRegistration *registration;

    if (!client->registrations)
        client->registrations = g_ptr_array_new_with_free_func(registration_free);
    if (client->registrations->len >= REGISTRATIONS_MAX) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_OPERATION_FAILED,
                      "a client cannot have more than %d event callbacks", REGISTRATIONS_MAX);
        return -1;
    }
    registration = g_new0(EventRegistration, 1);
    registration->wish = *wish;
    registration->callback_id = client->next_callback_id++;
    if (wish->name)
        registration->wish.name = registration->name = g_strdup(wish->name);
    if (wish->topic)
        g_regex_ref(wish->topic);
    if (wish->uuid)
        registration->wish.uuid = memcpy(registration->uuid, wish->uuid, UUID_LENGTH);
    g_ptr_array_add(client->registrations, registration);
    return registration->callback_id;
}

gboolean event_registry_remove(DaemonClient *client, RpcObjectKind kind, int id, gboolean is_legacy)
{
    for (guint i = 0; client->registrations && i < client->registrations->len; i++) {
        EventRegistration *registration = g_ptr_array_index(client->registrations, i);

        if (registration->wish.kind != kind || registration->wish.is_legacy != is_legacy ||
            id != (is_legacy ? registration->wish.event_id : registration->callback_id))
            continue;
        g_ptr_array_remove_index(client->registrations, i);
        return TRUE;
    }
    return FALSE;
}

void event_registry_clear(DaemonClient *client)
{
    g_clear_pointer(&client->registrations, g_ptr_array_unref);
}

void event_registry_send(DaemonClient *client, RpcFrame *frame)
{
    if (client->is_closed || wire_backlog(client->wire) + frame->size > EVENT_BACKLOG_MAX) {
        if (!client->is_closed)
            log_warning("%s: client %" G_GUINT64_FORMAT " does not read its events and is dropped",
                        client->server->name, client->id);
        rpc_frame_free(frame);
        daemon_client_close(client);
        return;
    }
    daemon_client_send(client, frame);
}

static gboolean is_wanted(const EventRegistration *registration, const DaemonEvent *event)
{
    const EventWish *wish = &registration->wish;

    if (wish->kind != event->kind || wish->event_id != event->id)
        return FALSE;
    if (wish->uuid && (!event->uuid || memcmp(wish->uuid, event->uuid, UUID_LENGTH) != 0))
        return FALSE;
    if (wish->topic && !g_regex_match(wish->topic, event->topic, 0, NULL))
        return FALSE;
    return !wish->name || g_strcmp0(wish->name, event->name) == 0;
}

/* The row of an event in one of its forms; NULL when it has no such form. */
static const RpcProcedure *find_row(const DaemonEvent *event, gboolean is_legacy)
{
    guint flag = is_legacy ? RPC_PROC_EVENT_LEGACY : RPC_PROC_EVENT_ANY;

    if (event->row)
        return event->row;
    for (guint i = 0; i < rpc_program_remote.n_procedures; i++) {
        const RpcProcedure *row = &rpc_program_remote.procedures[i];

        if (row->flags & flag && row->object == event->kind && row->event_id == event->id)
            return row;
    }
    return NULL;
}

/* The event's message in one of its forms; NULL when it cannot be written, which is logged. */
static RpcFrame *encode(const DaemonEvent *event, gboolean is_legacy, int callback_id)
{
    const RpcProgram *program = event->row ? event->program : &rpc_program_remote;
    const RpcProcedure *row = find_row(event, is_legacy);
    DaemonEventFill fill = is_legacy ? event->fill_legacy : event->fill;
    RpcHeader header = {.program = program->number, .version = program->version, .type = VIR_NET_MESSAGE, .serial = 1};
    g_autoptr(GError) error = NULL;
    g_autofree gpointer wire = NULL;
    RpcFrame *frame;

    if (!row || !fill)
        return NULL;
    header.procedure = row - program->procedures;
    wire = g_malloc0(row->args_size);
    fill(wire, callback_id, event->event);
    frame = rpc_frame_encode(&header, row->args, wire, NULL, 0, &error);
    xdr_free(row->args, wire);
    if (!frame)
        log_error("cannot send %s: %s", row->name, error->message);
    return frame;
}

static void send_to(DaemonClient *client, const DaemonEvent *event)
{
    daemon_client_ref(client);
    for (guint i = 0; client->registrations && i < client->registrations->len; i++) {
        EventRegistration *registration = g_ptr_array_index(client->registrations, i);
        RpcFrame *frame;

        if (!is_wanted(registration, event))
            continue;
        frame =
            encode(event, registration->wish.is_legacy, registration->wish.is_legacy ? -1 : registration->callback_id);
        if (frame)
            access_send_event(client, registration->wish.filter, event, frame);
    }
    daemon_client_unref(client);
}

void daemon_emit(Daemon *daemon, const DaemonEvent *event)
{
    for (GList *link = daemon->server->clients.head, *next; link; link = next) {
        next = link->next;
        send_to(link->data, event);
    }
}
