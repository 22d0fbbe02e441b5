/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Events to clients. A driver says what happened, once; who has asked for it, in which of the wire's two forms, and who
 * may see the object is decided here, from the call table's event rows. Each client's queue is bounded: one that does
 * not read loses its connection, not the others their events. For the loop's thread; never blocks.
 */
#pragma once

#include <glib.h>

#include "rpc/program.h"

typedef struct Daemon Daemon;

/* Writes one message; wire is zeroed, of the event's type, released afterwards with xdr_free(). callback_id is -1 in
 * the legacy form, which has no such field. */
typedef void (*DaemonEventFill)(gpointer wire, int callback_id, gconstpointer event);

/* What the driver knows of one event. */
typedef struct {
    RpcObjectKind kind;          /* whose event it is: DOMAIN, NETWORK, ... */
    int id;                      /* VIR_DOMAIN_EVENT_ID_LIFECYCLE, ... */
    const RpcProcedure *row;     /* its message, when it is none of the remote program's; or NULL, which looks it up */
    const RpcProgram *program;   /* of row */
    const char *topic;           /* what clients choose it by, when that is not its number (a monitor's); or NULL */
    const char *name;            /* of the object, for the access check */
    const guint8 *uuid;          /* of the object (16 bytes), for the client's filter and the access check */
    DaemonEventFill fill;        /* callback form */
    DaemonEventFill fill_legacy; /* legacy form, or NULL where the table has none */
    gconstpointer event;         /* passed to fill; borrowed for the call */
} DaemonEvent;

/* Sends the event to every client that asked for it. */
void daemon_emit(Daemon *daemon, const DaemonEvent *event);

/* Sends one message of any program to one client, outside the registration calls (the listen query's CHANGED). wire
 * stays the caller's. */
typedef struct DaemonClient DaemonClient;
void daemon_client_send_message(DaemonClient *client, const RpcProgram *program, gint32 procedure, gconstpointer wire);
