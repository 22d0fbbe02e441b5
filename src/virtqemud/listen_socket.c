/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/listen_socket.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/error.h"

#define BACKLOG 16

static int open_one(const struct addrinfo *info, int *errnum)
{
    int fd = socket(info->ai_family, info->ai_socktype | SOCK_CLOEXEC, info->ai_protocol);
    int on = 1, off = 0;

    if (fd < 0) {
        *errnum = errno;
        return -1;
    }
    /* Connections that linger after an earlier guest are no obstacle; a socket that listens still is. */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (info->ai_family == AF_INET6) {
        gboolean is_any = IN6_IS_ADDR_UNSPECIFIED(&((struct sockaddr_in6 *)info->ai_addr)->sin6_addr);

        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, is_any ? &off : &on, sizeof(on));
    }
    /* Two sockets can be bound alike; only one of them can listen. */
    if (bind(fd, info->ai_addr, info->ai_addrlen) < 0 || listen(fd, BACKLOG) < 0) {
        *errnum = errno;
        close(fd);
        return -1;
    }
    return fd;
}

int listen_socket_open(const char *address, int port, int *errnum)
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
    fd = open_one(found, errnum);
    freeaddrinfo(found);
    return fd;
}

int listen_socket_open_any(const char *address, int min, int max, GHashTable *taken, const char *what, int *port,
                           GError **error)
{
    for (int p = min; p <= max; p++) {
        int errnum = 0;
        int fd;

        if (taken && g_hash_table_contains(taken, GINT_TO_POINTER(p)))
            continue;
        fd = listen_socket_open(address, p, &errnum);
        if (fd >= 0) {
            *port = p;
            return fd;
        }
        if (errnum != EADDRINUSE && errnum != EACCES) {
            vir_error_set_errno(error, VIR_FROM_QEMU, errnum, "%s cannot listen on address '%s'", what, address);
            return -1;
        }
    }
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "Unable to find an unused port in range '%s' (%d-%d)",
                  what, min, max);
    return -1;
}
