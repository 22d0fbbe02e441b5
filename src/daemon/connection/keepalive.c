/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/connection/keepalive.h"

#include "common/log.h"
#include "rpc/protocol/keepalive.h"

static void send_message(DaemonClient *client, gint32 procedure)
{
    RpcHeader header = {.program = KEEPALIVE_PROGRAM,
                        .version = KEEPALIVE_PROTOCOL_VERSION,
                        .procedure = procedure,
                        .type = VIR_NET_MESSAGE};

    daemon_client_send(client, rpc_frame_encode_bytes(&header, NULL, 0));
}

void keepalive_receive(DaemonClient *client, const RpcHeader *header)
{
    if (header->version == KEEPALIVE_PROTOCOL_VERSION && header->procedure == KEEPALIVE_PROC_PING)
        send_message(client, KEEPALIVE_PROC_PONG);
}

/* Pings one client if it is its time. A ping that is queued behind others would tell nothing new. */
static void check_client(DaemonClient *client, gint64 now)
{
    const DaemonLimits *limits = &client->server->limits;
    gint64 silent_s = (now - wire_last_heard(client->wire)) / G_USEC_PER_SEC;

    if (limits->keepalive_interval <= 0 || silent_s < (gint64)limits->keepalive_interval * (client->pings + 1))
        return;
    if (client->pings >= limits->keepalive_count) {
        log_warning("%s: client %" G_GUINT64_FORMAT " has not answered for %" G_GINT64_FORMAT " seconds",
                    client->server->name, client->id, silent_s);
        daemon_client_close(client);
        return;
    }
    client->pings++;
    send_message(client, KEEPALIVE_PROC_PING);
}

/* One timer for all clients: GLib looks at every timer in each turn of the loop. */
static gboolean on_second(gpointer data)
{
    Daemon *daemon = data;
    gint64 now = g_get_monotonic_time();
    gboolean is_needed = FALSE;

    for (GList *link = daemon->server->clients.head, *next; link; link = next) {
        DaemonClient *client = link->data;

        next = link->next;
        if (client->wants_keepalive) {
            is_needed = TRUE;
            check_client(client, now);
        }
    }
    if (!is_needed)
        daemon->keepalive_timer = 0;
    return is_needed;
}

void keepalive_start(DaemonClient *client)
{
    Daemon *daemon = client->daemon;

    client->wants_keepalive = TRUE;
    if (!daemon->keepalive_timer)
        daemon->keepalive_timer = g_timeout_add_seconds(1, on_second, daemon);
}
