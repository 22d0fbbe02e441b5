/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Events: which callbacks an application has registered, for which the daemon is asked only once each, and what has
 * come and is to be delivered by the event loop.
 */
#pragma once

#include <libvirt/libvirt-qemu.h>
#include <libvirt/libvirt.h>

#include "client/call.h"
#include "rpc/frame.h"

/* A callback of any type; it is called as what the event makes it. */
typedef void (*ClientEventFunc)(void);

/* An event of the wire, and how to hand it over. Rows for the remote program are generated (remote_events.c). */
typedef struct {
    const RpcProgram *program;
    gint32 procedure;
    RpcObjectKind kind; /* whose events they are; with id it says which registration they belong to */
    int id;
    gsize size; /* bytes of the message; its first member is the int callbackID */
    xdrproc_t xdr;
    /* A new handle of the object that the message names; takes its strings. */
    void *(*object)(Connection *connection, void *message);
    /* Calls callback, whose type goes with the event. All are borrowed. */
    void (*deliver)(virConnectPtr conn, void *object, void *message, ClientEventFunc callback, void *opaque);
} ClientEvent;

extern const ClientEvent client_remote_events[];
extern const guint client_n_remote_events;

/* What an application asks for. */
typedef struct {
    RpcObjectKind kind;
    int id;
    const char *filter; /* what else tells registrations apart: an object's name or UUID, a monitor event; NULL: none */
    ClientEventFunc callback; /* of the event's own type */
    void *opaque;
    virFreeCallback free;
    const RpcProgram *program; /* the calls that ask and take back */
    gint32 register_procedure;
    gint32 deregister_procedure;
    gconstpointer register_args; /* their ret and args are an int callbackID */
} ClientEventRequest;

ClientEvents *client_events_new(virConnectPtr conn);
void client_events_free(ClientEvents *events);

/* Makes further events known, of a program whose calls are in another library. */
void client_events_add_rows(const ClientEvent *rows, guint n);

/* A message came. For any thread; puts it aside for the loop. */
void client_events_receive(ClientEvents *events, const RpcHeader *header, const guint8 *body, gsize size);

/* Registers; asks the daemon when nobody had asked for the same. Returns the number for the application, or -1:
 * reported. */
int client_events_register(ClientCall *call, const ClientEventRequest *request);

/* Takes back what has this number and kind. Returns 0 or -1: reported. */
int client_events_deregister(ClientCall *call, RpcObjectKind kind, int number);

/* The number of the registration with this callback, or -1. */
int client_events_find(ClientEvents *events, RpcObjectKind kind, int id, ClientEventFunc callback);
