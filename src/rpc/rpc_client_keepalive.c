/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signs of life: answering the daemon's questions always, asking our own when told to. */
#include "common/error.h"
#include "rpc/protocol/keepalive.h"
#include "rpc/rpc_client_priv.h"

#define SECOND_US G_USEC_PER_SEC

static void send_message(RpcClient *client, int procedure)
{
    RpcHeader header = {.program = KEEPALIVE_PROGRAM,
                        .version = KEEPALIVE_PROTOCOL_VERSION,
                        .procedure = procedure,
                        .type = VIR_NET_MESSAGE,
                        .status = VIR_NET_OK};

    rpc_client_queue(client, rpc_frame_encode_bytes(&header, NULL, 0));
}

gboolean rpc_keepalive_heard(RpcClient *client, const RpcHeader *header)
{
    client->keepalive.quiet_since_us = client->keepalive.interval_s ? g_get_monotonic_time() : 0;
    client->keepalive.unanswered = 0;
    if (header->program != KEEPALIVE_PROGRAM || header->version != KEEPALIVE_PROTOCOL_VERSION)
        return FALSE;
    /* While something waits to be written, a daemon that asks but does not read gets no further answers queued. */
    if (header->procedure == KEEPALIVE_PROC_PING && client->out.length == 0)
        send_message(client, KEEPALIVE_PROC_PONG);
    return TRUE;
}

static void give_up(RpcClient *client)
{
    GError *error = NULL;

    vir_error_set(&error, VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "%s", "connection closed due to keepalive timeout");
    rpc_client_fail(client, VIR_CONNECT_CLOSE_REASON_KEEPALIVE, error);
}

gint64 rpc_keepalive_run(RpcClient *client)
{
    RpcKeepalive *keepalive = &client->keepalive;
    gint64 now;

    if (keepalive->interval_s == 0 || client->is_closed)
        return -1;
    now = g_get_monotonic_time();
    if (now >= keepalive->quiet_since_us + keepalive->interval_s * SECOND_US) {
        if (keepalive->unanswered >= keepalive->count) {
            give_up(client);
            return -1;
        }
        keepalive->unanswered++;
        keepalive->quiet_since_us = now;
        send_message(client, KEEPALIVE_PROC_PING);
    }
    return keepalive->quiet_since_us + keepalive->interval_s * SECOND_US;
}

/* The timer is set to the next due time, not to an interval: what was heard meanwhile moves it. */
static void arm_timer(RpcClient *client)
{
    gint64 due = rpc_keepalive_run(client);

    if (due >= 0 && client->keepalive.timer >= 0)
        client->loop->update_timeout(client->keepalive.timer, (int)MAX((due - g_get_monotonic_time() + 999) / 1000, 1));
}

static void on_timer(int timer, void *opaque)
{
    RpcClient *client = opaque;

    (void)timer;
    g_mutex_lock(&client->lock);
    arm_timer(client);
    g_mutex_unlock(&client->lock);
}

static void drop_timer(void *opaque)
{
    rpc_client_unref(opaque);
}

void rpc_keepalive_stop(RpcClient *client)
{
    client->keepalive.interval_s = 0;
    if (client->keepalive.timer < 0)
        return;
    client->loop->remove_timeout(client->keepalive.timer);
    client->keepalive.timer = -1;
}

static gboolean keepalive_start(RpcClient *client, int interval_s, guint count, GError **error)
{
    RpcKeepalive *keepalive = &client->keepalive;

    if (!client->loop || client->is_closed) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "%s",
                      client->is_closed
                          ? "client socket is closed"
                          : "the caller doesn't support keepalive protocol; perhaps it's missing event loop "
                            "implementation");
        return FALSE;
    }
    keepalive->timer = client->loop->add_timeout(interval_s * 1000, on_timer, rpc_client_ref(client), drop_timer);
    if (keepalive->timer < 0) {
        rpc_client_unref(client);
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "%s", "the event loop takes no timer");
        return FALSE;
    }
    keepalive->interval_s = interval_s;
    keepalive->count = count;
    keepalive->unanswered = 0;
    keepalive->quiet_since_us = g_get_monotonic_time();
    return TRUE;
}

gboolean rpc_client_set_keepalive(RpcClient *client, int interval_s, guint count, GError **error)
{
    gboolean ok = TRUE;

    g_mutex_lock(&client->lock);
    rpc_keepalive_stop(client);
    if (interval_s > 0)
        ok = keepalive_start(client, interval_s, count, error);
    g_mutex_unlock(&client->lock);
    return ok;
}
