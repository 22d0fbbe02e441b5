/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/display/listen_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/error.h"

#define BACKLOG 16

/*
 * Whoever takes over has to share the port for a moment with the socket that is still QEMU's. Both sides must allow
 * that; it is allowed after a socket has been bound, so that nothing else is let in unawares, and to the same user
 * only.
 */
static void allow_sharing(int fd)
{
    int on = 1;

    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
}

static void set_options(int fd, const struct addrinfo *info)
{
    int on = 1, off = 0;

    /* Connections that linger after an earlier guest are no obstacle; a socket that listens still is. */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (info->ai_family == AF_INET6) {
        gboolean is_any = IN6_IS_ADDR_UNSPECIFIED(&((struct sockaddr_in6 *)info->ai_addr)->sin6_addr);

        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, is_any ? &off : &on, sizeof(on));
    }
}

static int open_one(const struct addrinfo *info, gboolean takes_over, int *errnum)
{
    int fd = socket(info->ai_family, info->ai_socktype | SOCK_CLOEXEC, info->ai_protocol);

    if (fd < 0) {
        *errnum = errno;
        return -1;
    }
    set_options(fd, info);
    if (takes_over)
        allow_sharing(fd);
    /* Two sockets can be bound alike; only one of them can listen. */
    if (bind(fd, info->ai_addr, info->ai_addrlen) < 0 || listen(fd, BACKLOG) < 0) {
        *errnum = errno;
        close(fd);
        return -1;
    }
    allow_sharing(fd);
    return fd;
}

static int open_address(const char *address, int port, gboolean takes_over, int *errnum)
{
    const struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    char service[16];
    int fd = -1;

    g_snprintf(service, sizeof(service), "%d", port);
    if (getaddrinfo(address, service, &hints, &found) != 0) {
        *errnum = EADDRNOTAVAIL;
        return -1;
    }
    fd = open_one(found, takes_over, errnum);
    freeaddrinfo(found);
    return fd;
}

static void close_socket(gpointer data)
{
    close(*(int *)data);
}

/* A socket for the address, by what old has of it. */
static int open_beside(const char *address, int port, const ListenOld *old, int *errnum)
{
    guint index;
    int fd;

    if (!old || old->port != port ||
        !g_ptr_array_find_with_equal_func((GPtrArray *)old->addresses, address, g_str_equal, &index))
        return open_address(address, port, FALSE, errnum);
    if (!old->sockets)
        return open_address(address, port, TRUE, errnum);
    fd = fcntl(g_array_index(old->sockets, int, index), F_DUPFD_CLOEXEC, 3);
    if (fd < 0)
        *errnum = errno;
    return fd;
}

GArray *listen_sockets_open(const GPtrArray *addresses, int port, const ListenOld *old, int *errnum,
                            const char **failed)
{
    g_autoptr(GArray) fds = g_array_new(FALSE, FALSE, sizeof(int));

    g_array_set_clear_func(fds, close_socket);
    for (guint i = 0; i < addresses->len; i++) {
        const char *address = addresses->pdata[i];
        int fd = open_beside(address, port, old, errnum);

        if (fd < 0) {
            *failed = address;
            return NULL;
        }
        g_array_append_val(fds, fd);
    }
    return g_steal_pointer(&fds);
}

GArray *listen_sockets_open_any(const GPtrArray *addresses, int min, int max, GHashTable *taken, const char *what,
                                int *port, GError **error)
{
    for (int p = min; p <= max; p++) {
        const char *failed = NULL;
        int errnum = 0;
        GArray *fds;

        if (taken && g_hash_table_contains(taken, GINT_TO_POINTER(p)))
            continue;
        fds = listen_sockets_open(addresses, p, NULL, &errnum, &failed);
        if (fds) {
            *port = p;
            return fds;
        }
        if (errnum != EADDRINUSE && errnum != EACCES) {
            vir_error_set_errno(error, VIR_FROM_QEMU, errnum, "%s cannot listen on address '%s'", what, failed);
            return NULL;
        }
    }
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "Unable to find an unused port in range '%s' (%d-%d)",
                  what, min, max);
    return NULL;
}

GArray *listen_sockets_open_port(const GPtrArray *addresses, int port, const ListenOld *old, const char *what,
                                 GError **error)
{
    const char *failed = NULL;
    int errnum = 0;
    GArray *fds = listen_sockets_open(addresses, port, old, &errnum, &failed);

    if (!fds)
        vir_error_set_errno(error, VIR_FROM_QEMU, errnum, "%s server cannot listen on address '%s', port %d", what,
                            failed, port);
    return fds;
}
