/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/listen/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/error.h"

#define ACTIVATED_FD_FIRST 3

/* Whether who began to listen lives. A child of one that was killed may hold its socket until it is another program. */
static gboolean is_listener_alive(int fd)
{
    struct ucred listener = {0};
    socklen_t size = sizeof(listener);

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &listener, &size) < 0 || listener.pid <= 0)
        return TRUE;
    return kill(listener.pid, 0) == 0 || errno != ESRCH;
}

/* Somebody who listens there keeps it; what one that ended has left is in nobody's way. */
static gboolean take_path(const char *path, const struct sockaddr_un *address, GError **error)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    gboolean is_taken = FALSE;

    if (fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0)
        is_taken = is_listener_alive(fd);
    else
        is_taken = fd >= 0 && errno == EAGAIN; /* a long queue */
    if (fd >= 0)
        close(fd);
    if (is_taken) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_OPERATION_FAILED, "another daemon listens on '%s'", path);
        return FALSE;
    }
    if (unlink(path) < 0 && errno != ENOENT) {
        vir_error_set_errno(error, VIR_FROM_RPC, errno, "cannot remove the old socket '%s'", path);
        return FALSE;
    }
    return TRUE;
}

static gboolean bind_path(int fd, const ListenUnix *how, GError **error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    mode_t old_mask;
    int result;

    if (strlen(how->path) >= sizeof(address.sun_path)) {
        vir_error_set_errno(error, VIR_FROM_RPC, ENAMETOOLONG, "cannot listen on '%s'", how->path);
        return FALSE;
    }
    g_strlcpy(address.sun_path, how->path, sizeof(address.sun_path));
    if (!take_path(how->path, &address, error))
        return FALSE;
    /* Nobody gets in before mode and group are what they shall be. */
    old_mask = umask(0177);
    result = bind(fd, (struct sockaddr *)&address, sizeof(address));
    umask(old_mask);
    if (result < 0) {
        vir_error_set_errno(error, VIR_FROM_RPC, errno, "cannot bind socket '%s'", how->path);
        return FALSE;
    }
    return TRUE;
}

static gboolean open_up(int fd, const ListenUnix *how, GError **error)
{
    if (how->group != (gid_t)-1 && chown(how->path, (uid_t)-1, how->group) < 0) {
        vir_error_set_errno(error, VIR_FROM_RPC, errno, "cannot give socket '%s' to group %u", how->path,
                            (guint)how->group);
        return FALSE;
    }
    if (chmod(how->path, how->mode) < 0) {
        vir_error_set_errno(error, VIR_FROM_RPC, errno, "cannot set the mode of socket '%s'", how->path);
        return FALSE;
    }
    if (listen(fd, how->backlog) < 0) {
        vir_error_set_errno(error, VIR_FROM_RPC, errno, "cannot listen on '%s'", how->path);
        return FALSE;
    }
    return TRUE;
}

int listen_unix(const ListenUnix *how, GError **error)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0) {
        vir_error_set_errno(error, VIR_FROM_RPC, errno, "%s", "cannot make a unix socket");
        return -1;
    }
    if (bind_path(fd, how, error)) {
        if (open_up(fd, how, error))
            return fd;
        unlink(how->path);
    }
    close(fd);
    return -1;
}

static int listen_address(const struct addrinfo *info, int backlog)
{
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1;

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (info->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, backlog) == 0)
        return fd;
    close(fd);
    return -1;
}

GArray *listen_tcp(const char *address, const char *port, int backlog, GError **error)
{
    struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_ADDRCONFIG, .ai_socktype = SOCK_STREAM};
    g_autoptr(GArray) fds = g_array_new(FALSE, FALSE, sizeof(int));
    struct addrinfo *list;
    int result = getaddrinfo(address, port, &hints, &list);
    int why = 0;

    if (result != 0) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_INVALID_ARG, "cannot listen on '%s' port '%s': %s",
                      address ? address : "*", port, gai_strerror(result));
        return NULL;
    }
    for (struct addrinfo *info = list; info && !why; info = info->ai_next) {
        int fd = listen_address(info, backlog);

        if (fd >= 0)
            g_array_append_val(fds, fd);
        else if (errno != EAFNOSUPPORT)
            why = errno;
    }
    freeaddrinfo(list);
    if (!why && fds->len > 0)
        return g_steal_pointer(&fds);
    for (guint i = 0; i < fds->len; i++)
        close(g_array_index(fds, int, i));
    vir_error_set_errno(error, VIR_FROM_RPC, why ? why : EAFNOSUPPORT, "cannot listen on '%s' port '%s'",
                        address ? address : "*", port);
    return NULL;
}

static char *path_of(int fd)
{
    struct sockaddr_un address;
    socklen_t size = sizeof(address);

    if (getsockname(fd, (struct sockaddr *)&address, &size) < 0 || address.sun_family != AF_UNIX ||
        size <= offsetof(struct sockaddr_un, sun_path) || !address.sun_path[0])
        return NULL;
    return g_strndup(address.sun_path, size - offsetof(struct sockaddr_un, sun_path));
}

static void activated_clear(gpointer data)
{
    ListenActivated *activated = data;

    g_free(activated->name);
    g_free(activated->path);
}

GArray *listen_take_activated(void)
{
    GArray *sockets = g_array_new(FALSE, TRUE, sizeof(ListenActivated));
    const char *pid = g_getenv("LISTEN_PID");
    const char *count = g_getenv("LISTEN_FDS");
    g_auto(GStrv) names = g_strsplit(g_getenv("LISTEN_FDNAMES") ? g_getenv("LISTEN_FDNAMES") : "", ":", -1);
    guint n_names = g_strv_length(names);
    guint64 n = 0;

    g_array_set_clear_func(sockets, activated_clear);
    if (pid && count && g_ascii_strtoull(pid, NULL, 10) == (guint64)getpid())
        g_ascii_string_to_unsigned(count, 10, 0, 64, &n, NULL);
    for (guint64 i = 0; i < n; i++) {
        ListenActivated activated = {.fd = ACTIVATED_FD_FIRST + (int)i};

        fcntl(activated.fd, F_SETFD, FD_CLOEXEC);
        fcntl(activated.fd, F_SETFL, fcntl(activated.fd, F_GETFL) | O_NONBLOCK);
        activated.name = i < n_names ? g_strdup(names[i]) : NULL;
        activated.path = path_of(activated.fd);
        g_array_append_val(sockets, activated);
    }
    /* What the daemon starts is not what these sockets are for. */
    g_unsetenv("LISTEN_PID");
    g_unsetenv("LISTEN_FDS");
    g_unsetenv("LISTEN_FDNAMES");
    return sockets;
}
