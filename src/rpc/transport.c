/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sockets: unix, TCP, and those whose other end is a program that we started. */
#include "rpc/transport.h"

#include <errno.h>
#include <glib-unix.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/error.h"
#include "rpc/frame.h"
#include "rpc/transport_priv.h"

#define TOLD_MAX 1024

typedef struct {
    RpcTransport base;
    GPid child;    /* the program at the other end, or 0 */
    int stderr_fd; /* its standard error, or -1 */
} SocketTransport;

/* What the program said before it went; NULL when there is no program. Newlines become blanks: it is part of a
 * sentence. */
static char *socket_told(SocketTransport *socket)
{
    char text[TOLD_MAX + 1];
    ssize_t n;

    if (socket->stderr_fd < 0)
        return NULL;
    n = read(socket->stderr_fd, text, TOLD_MAX);
    text[MAX(n, 0)] = '\0';
    return g_strdup(g_strstrip(g_strdelimit(text, "\r\n", ' ')));
}

void rpc_transport_set_end(GError **error)
{
    vir_error_set_errno(error, VIR_FROM_RPC, EIO, "End of file while reading data");
}

/* Why reading or writing failed. What a program at the other end said tells more than how its socket broke. */
static void socket_set_error(SocketTransport *socket, const char *what, int errnum, GError **error)
{
    g_autofree char *told = socket_told(socket);

    if (told)
        vir_error_set_errno(error, VIR_FROM_RPC, ECONNRESET, "Cannot recv data: %s", told);
    else if (errnum)
        vir_error_set_errno(error, VIR_FROM_RPC, errnum, "%s", what);
    else
        rpc_transport_set_end(error);
}

static gssize socket_receive(SocketTransport *socket, void *data, gsize size, int flags, GArray *fds)
{
    union {
        struct cmsghdr align;
        char data[CMSG_SPACE(sizeof(int) * RPC_FDS_MAX)];
    } control;
    struct iovec iov = {.iov_base = data, .iov_len = size};
    struct msghdr message = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
    ssize_t n;

    do
        n = recvmsg(socket->base.fd, &message, flags | MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return n;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_RIGHTS)
            g_array_append_vals(fds, CMSG_DATA(part), (part->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    }
    return n;
}

static gssize socket_read(RpcTransport *transport, void *data, gsize size, gboolean wait, GArray *fds, gboolean *at_end,
                          GError **error)
{
    SocketTransport *socket = (SocketTransport *)transport;
    int flags = wait ? 0 : MSG_DONTWAIT;
    gssize n;

    if (transport->passes_fds) {
        n = socket_receive(socket, data, size, flags, fds);
    } else {
        do
            n = recv(transport->fd, data, size, flags);
        while (n < 0 && errno == EINTR);
    }
    if (n > 0)
        return n;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return 0;
    *at_end = n == 0;
    socket_set_error(socket, "Cannot recv data", n == 0 ? 0 : errno, error);
    return -1;
}

static gssize socket_write(RpcTransport *transport, const void *data, gsize size, GError **error)
{
    ssize_t n;

    do
        n = send(transport->fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    if (n >= 0)
        return n;
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return 0;
    socket_set_error((SocketTransport *)transport, "Cannot write data", errno, error);
    return -1;
}

static void socket_free(RpcTransport *transport)
{
    SocketTransport *socket = (SocketTransport *)transport;

    close(transport->fd);
    if (socket->stderr_fd >= 0)
        close(socket->stderr_fd);
    if (socket->child) {
        kill(socket->child, SIGTERM);
        while (waitpid(socket->child, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    g_free(socket);
}

static const RpcTransportKind socket_kind = {.read = socket_read, .write = socket_write, .free = socket_free};

static SocketTransport *socket_new(int fd)
{
    SocketTransport *transport = g_new0(SocketTransport, 1);
    struct sockaddr_storage address;
    socklen_t length = sizeof(address);

    transport->base.kind = &socket_kind;
    transport->base.fd = fd;
    transport->base.can_wait = TRUE;
    transport->stderr_fd = -1;
    if (getsockname(fd, (struct sockaddr *)&address, &length) == 0 && address.ss_family == AF_UNIX)
        transport->base.is_local = transport->base.passes_fds = TRUE;
    return transport;
}

RpcTransport *rpc_transport_new_fd(int fd)
{
    return &socket_new(fd)->base;
}

RpcTransport *rpc_transport_connect_unix(const char *path, GError **error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd, saved;

    if (strlen(path) >= sizeof(address.sun_path)) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_SYSTEM_ERROR, "Path %s too long for unix socket", path);
        errno = ENAMETOOLONG;
        return NULL;
    }
    strcpy(address.sun_path, path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        vir_error_set_errno(error, VIR_FROM_RPC, errno, "Failed to create socket");
        return NULL;
    }
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
        saved = errno;
        vir_error_set_errno(error, VIR_FROM_RPC, saved, "Failed to connect socket to '%s'", path);
        close(fd);
        errno = saved;
        return NULL;
    }
    return rpc_transport_new_fd(fd);
}

/* A connected socket, or -1 with errno set. */
static int tcp_try(const struct addrinfo *address)
{
    int fd = socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC, address->ai_protocol);
    int on = 1, saved;

    if (fd < 0)
        return -1;
    if (connect(fd, address->ai_addr, address->ai_addrlen) == 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)); /* calls are small and each waits for its answer */
        return fd;
    }
    saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

RpcTransport *rpc_transport_connect_tcp(const char *host, const char *service, GError **error)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG | AI_V4MAPPED};
    struct addrinfo *addresses = NULL;
    int saved, failure = getaddrinfo(host, service, &hints, &addresses);
    int fd = -1;

    if (failure) { /* on a host that has loopback only, AI_ADDRCONFIG hides even that */
        hints.ai_flags = 0;
        failure = getaddrinfo(host, service, &hints, &addresses);
    }
    if (failure) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_SYSTEM_ERROR, "unable to resolve '%s' service '%s': %s", host,
                      service, gai_strerror(failure));
        return NULL;
    }
    for (const struct addrinfo *address = addresses; address && fd < 0; address = address->ai_next)
        fd = tcp_try(address);
    saved = errno;
    freeaddrinfo(addresses);
    if (fd < 0) {
        vir_error_set_errno(error, VIR_FROM_RPC, saved, "unable to connect to server at '%s:%s'", host, service);
        return NULL;
    }
    return rpc_transport_new_fd(fd);
}

RpcTransport *rpc_transport_spawn(const char *const *argv, GError **error)
{
    g_autoptr(GError) cause = NULL;
    SocketTransport *transport;
    int pair[2], stderr_fd = -1;
    gboolean ok;
    GPid child;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        vir_error_set_errno(error, VIR_FROM_RPC, errno, "unable to create socket pair");
        return NULL;
    }
    ok = g_spawn_async_with_pipes_and_fds(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                                          pair[1], pair[1], -1, NULL, NULL, 0, &child, NULL, NULL, &stderr_fd, &cause);
    close(pair[1]);
    if (!ok) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "Cannot start %s: %s", argv[0], cause->message);
        close(pair[0]);
        return NULL;
    }
    transport = socket_new(pair[0]);
    transport->base.is_local = transport->base.passes_fds = FALSE; /* the program carries bytes, to wherever */
    transport->child = child;
    transport->stderr_fd = stderr_fd;
    g_unix_set_fd_nonblocking(stderr_fd, TRUE, NULL);
    return &transport->base;
}

void rpc_transport_free(RpcTransport *transport)
{
    if (transport)
        transport->kind->free(transport);
}

int rpc_transport_fd(const RpcTransport *transport)
{
    return transport->fd;
}

gboolean rpc_transport_has_pending(const RpcTransport *transport)
{
    return transport->kind->has_pending && transport->kind->has_pending(transport);
}

gboolean rpc_transport_can_wait(const RpcTransport *transport)
{
    return transport->can_wait;
}

gboolean rpc_transport_passes_fds(const RpcTransport *transport)
{
    return transport->passes_fds;
}

gboolean rpc_transport_is_secure(const RpcTransport *transport)
{
    return transport->is_local || rpc_transport_is_encrypted(transport);
}

gboolean rpc_transport_is_encrypted(const RpcTransport *transport)
{
    return rpc_transport_key_bits(transport) > 0;
}

int rpc_transport_key_bits(const RpcTransport *transport)
{
    return transport->kind->key_bits ? transport->kind->key_bits(transport) : 0;
}

gssize rpc_transport_read(RpcTransport *transport, void *data, gsize size, gboolean wait, GArray *fds, gboolean *at_end,
                          GError **error)
{
    return transport->kind->read(transport, data, size, wait, fds, at_end, error);
}

gssize rpc_transport_write(RpcTransport *transport, const void *data, gsize size, GError **error)
{
    return transport->kind->write(transport, data, size, error);
}

int rpc_transport_write_fd(RpcTransport *transport, int fd, GError **error)
{
    union {
        struct cmsghdr align;
        char data[CMSG_SPACE(sizeof(int))];
    } control = {0};
    char byte = 0;
    struct iovec iov = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
    struct cmsghdr *part = CMSG_FIRSTHDR(&message);
    ssize_t n;

    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(part), &fd, sizeof(int));
    do
        n = sendmsg(transport->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    if (n == 1)
        return 1;
    if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
        vir_error_set_errno(error, VIR_FROM_RPC, errno, "Failed to send file descriptor %d", fd);
        return -1;
    }
    return 0;
}

void rpc_transport_shutdown(RpcTransport *transport)
{
    shutdown(transport->fd, SHUT_RDWR);
}
