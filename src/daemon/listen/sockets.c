/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/listen/sockets.h"

#include <grp.h>
#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "daemon/listen/listen.h"

typedef enum { SOCKET_RW, SOCKET_RO, SOCKET_ADMIN, SOCKET_TCP, SOCKET_TLS, SOCKET_KINDS } SocketKind;

/* What is behind the prefix in the name of a kind's file, and behind the daemon's name in that of its unit. */
static const struct {
    const char *file;
    const char *unit;
} names[SOCKET_KINDS] = {
    [SOCKET_RW] = {"-sock", ".socket"},
    [SOCKET_RO] = {"-sock-ro", "-ro.socket"},
    [SOCKET_ADMIN] = {"-admin-sock", "-admin.socket"},
    [SOCKET_TCP] = {NULL, "-tcp.socket"},
    [SOCKET_TLS] = {NULL, "-tls.socket"},
};

static char *path_of(const Daemon *daemon, SocketKind kind)
{
    const char *folder = daemon->settings.unix_dir ? daemon->settings.unix_dir : daemon->run_dir;
    const char *prefix = daemon->driver->socket_prefix ? daemon->driver->socket_prefix : daemon->driver->name;

    return g_strdup_printf("%s/%s%s", folder, prefix, names[kind].file);
}

static void add_service(Daemon *daemon, SocketKind kind, int fd, const char *path)
{
    const DaemonSettings *settings = &daemon->settings;
    DaemonTransport transport = kind == SOCKET_TCP ? DAEMON_TRANSPORT_TCP : DAEMON_TRANSPORT_UNIX;
    DaemonAuth auth = kind == SOCKET_RW ? settings->auth_rw : kind == SOCKET_RO ? settings->auth_ro : DAEMON_AUTH_NONE;

    daemon_server_add_service(kind == SOCKET_ADMIN ? daemon->admin : daemon->server, fd, path, transport, auth,
                              kind == SOCKET_RO);
}

static gboolean find_group(const char *name, gid_t *id, GError **error)
{
    struct group *group;

    *id = (gid_t)-1;
    if (!name || !*name)
        return TRUE;
    group = getgrnam(name);
    if (!group) {
        vir_error_set(error, VIR_FROM_CONF, VIR_ERR_CONF_SYNTAX, "unix_sock_group: there is no group '%s'", name);
        return FALSE;
    }
    *id = group->gr_gid;
    return TRUE;
}

static gboolean make_unix(Daemon *daemon, SocketKind kind, mode_t mode, int backlog, GError **error)
{
    g_autofree char *path = path_of(daemon, kind);
    ListenUnix how = {.path = path, .mode = mode, .backlog = backlog};
    int fd;

    if (!find_group(kind == SOCKET_ADMIN ? NULL : daemon->settings.unix_group, &how.group, error))
        return FALSE;
    fd = listen_unix(&how, error);
    if (fd < 0)
        return FALSE;
    add_service(daemon, kind, fd, path);
    return TRUE;
}

static gboolean make_tcp(Daemon *daemon, GError **error)
{
    const DaemonSettings *settings = &daemon->settings;
    g_autoptr(GArray) fds = listen_tcp(settings->listen_addr, settings->tcp_port, settings->backlog, error);

    for (guint i = 0; fds && i < fds->len; i++)
        add_service(daemon, SOCKET_TCP, g_array_index(fds, int, i), NULL);
    return fds != NULL;
}

static gboolean make_own(Daemon *daemon, GError **error)
{
    const DaemonSettings *settings = &daemon->settings;

    return make_unix(daemon, SOCKET_RW, settings->rw_mode, settings->backlog, error) &&
           (!daemon->is_privileged || make_unix(daemon, SOCKET_RO, settings->ro_mode, settings->backlog, error)) &&
           make_unix(daemon, SOCKET_ADMIN, settings->admin_mode, settings->admin_backlog, error) &&
           (!settings->listen_tcp || make_tcp(daemon, error));
}

/* By the name of its unit; failing that by its path. SOCKET_KINDS when it is none of ours. */
static SocketKind kind_of(const Daemon *daemon, const ListenActivated *activated)
{
    for (int kind = 0; kind < SOCKET_KINDS; kind++) {
        g_autofree char *unit = g_strconcat(daemon->driver->name, names[kind].unit, NULL);
        g_autofree char *path = names[kind].file ? path_of(daemon, kind) : NULL;

        if (g_strcmp0(activated->name, unit) == 0 || (path && g_strcmp0(activated->path, path) == 0))
            return kind;
    }
    return activated->path ? SOCKET_KINDS : daemon->driver->has_tcp ? SOCKET_TCP : SOCKET_KINDS;
}

static gboolean take_activated(Daemon *daemon, GArray *sockets, GError **error)
{
    for (guint i = 0; i < sockets->len; i++) {
        ListenActivated *activated = &g_array_index(sockets, ListenActivated, i);
        SocketKind kind = kind_of(daemon, activated);
        const char *name = activated->name ? activated->name : activated->path ? activated->path : "a socket";

        if (kind == SOCKET_TLS || kind == SOCKET_KINDS) {
            vir_error_set(error, VIR_FROM_CONF, VIR_ERR_CONFIG_UNSUPPORTED, "%s from systemd is not one for %s", name,
                          daemon->driver->name);
            return FALSE;
        }
        if (kind == SOCKET_TCP && !settings_check_tcp(&daemon->settings, error))
            return FALSE;
        /* A file that systemd made stays: the next connection starts this daemon again. */
        add_service(daemon, kind, activated->fd, NULL);
    }
    return TRUE;
}

gboolean sockets_make(Daemon *daemon, GError **error)
{
    g_autoptr(GArray) activated = listen_take_activated();

    return activated->len > 0 ? take_activated(daemon, activated, error) : make_own(daemon, error);
}
