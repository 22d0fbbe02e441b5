/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which client has asked for which events. For the loop's thread; never blocks. */
#pragma once

#include "daemon/connection/client.h"

typedef struct {
    RpcObjectKind kind;
    int event_id;
    gboolean is_legacy;
    const char *name;        /* only events of this object, by name; or NULL */
    const guint8 *uuid;      /* only events of this object, by UUID (16 bytes); or NULL */
    GRegex *topic;           /* only events with a topic that matches; or NULL. Ours by reference */
    AccessPermission filter; /* the client gets events of objects it has this permission on */
} EventWish;

/* Adds a registration and returns its callback id, or -1: VIR_ERR_OPERATION_FAILED when the client has too many. wish
 * is copied. */
int event_registry_add(DaemonClient *client, const EventWish *wish, GError **error);

/* Removes the registration with this callback id and kind, or for the legacy form (is_legacy) with this event id. FALSE
 * when there is none. */
gboolean event_registry_remove(DaemonClient *client, RpcObjectKind kind, int id, gboolean is_legacy);

/* Removes all of the client's. */
void event_registry_clear(DaemonClient *client);

/* Sends an event's frame, which becomes the wire's; a client that does not read its events loses its connection. */
void event_registry_send(DaemonClient *client, RpcFrame *frame);
