/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Connections: what virConnectPtr and virAdmConnectPtr have in common, and the two themselves. How one is opened is in
 * client/open.h, events in client/events.h.
 */
#pragma once

#include <libvirt/libvirt-admin.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "client/handle.h"
#include "rpc/rpc_client.h"

typedef struct ClientEvents ClientEvents;

/* Who wants to know that the connection has ended. */
typedef struct {
    void (*func)(void); /* virConnectCloseFunc or virAdmConnectCloseFunc; NULL: nobody */
    void *opaque;
    virFreeCallback free;
} CloseCallback;

struct Connection {
    Handle base;
    RpcClient *client; /* NULL until it is open; does not change afterwards */
    char *uri;         /* canonical, as asked for; the same */
    gboolean is_read_only;
    gboolean is_remote_secure; /* the way there is secure though the transport does not know: ssh */

    GMutex lock; /* guards the rest */
    virError last_error;
    virErrorFunc error_func;
    void *error_data;
    CloseCallback close;
    int closed_reason;       /* not told yet; -1: nothing to tell */
    int close_timer;         /* of the event loop, or -1 */
    gboolean is_daemon_told; /* CONNECT_REGISTER_CLOSE_CALLBACK was called */
};

struct _virConnect {
    Connection connection;
    char *type;       /* atomic pointer; asked for once, then kept */
    int features[32]; /* atomic; by number of the feature: 0 not asked yet, 1 no, 2 yes */
    ClientEvents *events;
};

struct _virAdmConnect {
    Connection connection;
};

extern const HandleType handle_type_connect;
extern const HandleType handle_type_adm_connect;

/* A connection not open yet. Release with handle_unref(). */
Connection *connection_new(const HandleType *type);

/* The virConnectPtr of an ordinary connection. */
static inline virConnectPtr connection_public(Connection *connection)
{
    return (virConnectPtr)connection;
}

/* Makes connection speak over client (taken): handlers, event loop where there is one. */
void connection_set_client(Connection *connection, RpcClient *client);

/* Ends the connection: says goodbye within bounded time when the daemon is there. */
void connection_hang_up(Connection *connection);

/* Sets or removes who hears of the end; func NULL removes, only names whom. FALSE: reported. A reference on the
 * connection is held while somebody is set. */
gboolean connection_set_close_callback(Connection *connection, const char *function, const CloseCallback *callback);
gboolean connection_unset_close_callback(Connection *connection, const char *function, void (*func)(void));

/* The connection, or the daemon's own to its hypervisor, has ended: will be told on the loop. For any thread. */
void connection_note_closed(Connection *connection, int reason);

/* Tells what connection_note_closed() noted, if anything, now. */
void connection_tell_closed(Connection *connection);

/* Whether the daemon's driver has a feature (CONNECT_SUPPORTS_FEATURE). Asked once per connection; errors count as no
 * and are not reported. Blocks. */
gboolean connection_has_feature(virConnectPtr conn, int feature);

/* Numbers of the features that the client asks for. */
enum {
    FEATURE_MIGRATION_V3 = 6,
    FEATURE_FD_PASSING = 8,
    FEATURE_TYPED_PARAM_STRING = 9,
    FEATURE_KEEPALIVE = 10,
    FEATURE_MIGRATION_OFFLINE = 12,
    FEATURE_MIGRATION_PARAMS = 13,
    FEATURE_EVENT_CALLBACK = 14,
    FEATURE_CLOSE_CALLBACK = 15,
    FEATURE_NETWORK_UPDATE_ORDER = 16,
};
