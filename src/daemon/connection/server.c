/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/connection/server.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/log.h"
#include "daemon/connection/client.h"

/* Connections taken in one turn, so that a flood of them leaves turns to others. */
#define ACCEPTS_PER_TURN 16
#define ACCEPT_RETRY_MS  1000

DaemonServer *daemon_server_new(Daemon *daemon, const char *name, const DaemonLimits *limits)
{
    DaemonServer *server = g_new0(DaemonServer, 1);

    server->daemon = daemon;
    server->name = g_strdup(name);
    server->limits = *limits;
    server->programs = g_array_new(FALSE, FALSE, sizeof(DaemonProgram));
    server->services = g_ptr_array_new();
    g_queue_init(&server->clients);
    return server;
}

static void service_free(DaemonService *service)
{
    poll_remove(service->item);
    close(service->fd);
    if (service->path)
        unlink(service->path);
    g_free(service->path);
    g_free(service);
}

void daemon_server_free(DaemonServer *server)
{
    if (!server)
        return;
    g_clear_handle_id(&server->retry_timer, g_source_remove);
    for (guint i = 0; i < server->services->len; i++)
        service_free(g_ptr_array_index(server->services, i));
    g_ptr_array_set_size(server->services, 0);
    while (server->clients.head)
        daemon_client_close(server->clients.head->data);
    g_ptr_array_unref(server->services);
    g_array_unref(server->programs);
    g_free(server->name);
    g_free(server);
}

void daemon_server_add_program(DaemonServer *server, const RpcProgram *program, const void *handlers)
{
    DaemonProgram entry = {program, handlers};

    g_array_append_val(server->programs, entry);
}

const DaemonProgram *daemon_server_find_program(const DaemonServer *server, guint32 number, guint32 version)
{
    for (guint i = 0; i < server->programs->len; i++) {
        const DaemonProgram *entry = &g_array_index(server->programs, DaemonProgram, i);

        if (entry->program->number == number && entry->program->version == version)
            return entry;
    }
    return NULL;
}

/* The socket's mode says so already; but systemd or an administrator may have set another one. */
static gboolean may_administrate(const DaemonIdentity *peer)
{
    return peer->has_process && (peer->uid == 0 || peer->uid == geteuid());
}

static gboolean on_retry(gpointer data)
{
    DaemonServer *server = data;

    server->retry_timer = 0;
    daemon_server_update(server);
    return G_SOURCE_REMOVE;
}

/* Mostly there are no descriptors left. The connection stays where it is and would wake the loop again and again. */
static void accept_failed(DaemonServer *server, int errnum)
{
    log_error("%s: cannot accept a connection: %s", server->name, g_strerror(errnum));
    if (!server->retry_timer)
        server->retry_timer = g_timeout_add(ACCEPT_RETRY_MS, on_retry, server);
    daemon_server_update(server);
}

/* FALSE when there is nothing more to take now. */
static gboolean accept_one(DaemonService *service)
{
    int fd = accept4(service->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    DaemonClient *client;
    int on = 1;

    if (fd < 0) {
        if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
            accept_failed(service->server, errno);
        return FALSE;
    }
    if (service->transport != DAEMON_TRANSPORT_UNIX)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    client = daemon_client_new(service, fd);
    if (service->server == service->server->daemon->admin && !may_administrate(client->peer)) {
        log_warning("user %u may not administrate this daemon", client->peer->uid);
        daemon_client_close(client);
    }
    return TRUE;
}

static void on_connection(guint32 events, gpointer data)
{
    DaemonService *service = data;

    for (int i = 0; i < ACCEPTS_PER_TURN && !service->server->is_full && accept_one(service); i++)
        ;
}

DaemonService *daemon_server_add_service(DaemonServer *server, int fd, const char *path, DaemonTransport transport,
                                         DaemonAuth auth, gboolean is_read_only)
{
    DaemonService *service = g_new0(DaemonService, 1);

    *service = (DaemonService){.server = server,
                               .fd = fd,
                               .path = g_strdup(path),
                               .auth = auth,
                               .transport = transport,
                               .is_read_only = is_read_only};
    service->item = poll_add(server->daemon->poll, fd, 0, on_connection, service);
    g_ptr_array_add(server->services, service);
    return service;
}

static gboolean limits_reached(const DaemonServer *server)
{
    const DaemonLimits *limits = &server->limits;

    return server->retry_timer || server->clients.length >= limits->max_clients ||
           (limits->max_anonymous && server->n_anonymous >= limits->max_anonymous);
}

void daemon_server_update(DaemonServer *server)
{
    gboolean is_full = limits_reached(server);

    if (is_full != server->is_full)
        log_info("%s: %u clients, %u of them not authenticated; %s", server->name, server->clients.length,
                 server->n_anonymous, is_full ? "no more are taken" : "more are taken again");
    server->is_full = is_full;
    for (guint i = 0; i < server->services->len; i++) {
        DaemonService *service = g_ptr_array_index(server->services, i);

        poll_change(service->item, server->is_accepting && !is_full ? EPOLLIN : 0);
    }
}

void daemon_server_start(DaemonServer *server)
{
    server->is_accepting = TRUE;
    daemon_server_update(server);
}

DaemonClient *daemon_server_find_client(DaemonServer *server, guint64 id)
{
    for (GList *link = server->clients.head; link; link = link->next) {
        DaemonClient *client = link->data;

        if (client->id == id)
            return client;
    }
    return NULL;
}
