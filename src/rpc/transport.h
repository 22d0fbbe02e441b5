/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Transports: a connected stream of bytes to a daemon, however it is carried. Layers (TLS) stand on another transport.
 *
 * One thread may read while another writes; the caller sees to it that there are not two of either. Descriptors are
 * non-blocking from the caller's view: only rpc_transport_read() with wait set, and the functions that connect, block.
 */
#pragma once

#include <glib.h>

typedef struct RpcTransport RpcTransport;

/* Connects to the unix socket at path. NULL: VIR_ERR_SYSTEM_ERROR with "Failed to connect socket to '<path>'", and
 * errno says why. */
RpcTransport *rpc_transport_connect_unix(const char *path, GError **error);

/* Connects by TCP; tries each address of host in turn. service is a port or its name. Blocks on name look-up and
 * connect. */
RpcTransport *rpc_transport_connect_tcp(const char *host, const char *service, GError **error);

/*
 * Starts argv with its standard input and output as the connection. What it writes to its standard error is kept (up to
 * 1 KiB) and becomes part of the error when the connection ends. The program is ended with the transport.
 */
RpcTransport *rpc_transport_spawn(const char *const *argv, GError **error);

/* Takes fd, a connected stream socket. */
RpcTransport *rpc_transport_new_fd(int fd);

/* What a TLS client needs. The strings are borrowed for the call. */
typedef struct {
    const char *host;      /* whom the certificate must name */
    const char *ca_file;   /* PEM; never NULL */
    const char *cert_file; /* PEM, or NULL to offer none */
    const char *key_file;
    const char *priority; /* GnuTLS priority string, or NULL for the default */
    gboolean verify;      /* check chain and name of the server's certificate */
} RpcTlsOptions;

/*
 * Runs the TLS handshake over below, which becomes the new transport's (and is freed on failure), and waits for the
 * byte with which the daemon accepts the client's certificate. Blocks. NULL: VIR_ERR_GNUTLS_ERROR, VIR_ERR_RPC.
 */
RpcTransport *rpc_transport_wrap_tls(RpcTransport *below, const RpcTlsOptions *options, GError **error);

/* Puts the security layer that SASL agreed on over below (taken). sasl is a sasl_conn_t, taken too. */
RpcTransport *rpc_transport_wrap_sasl(RpcTransport *below, gpointer sasl);

/* Ends the connection and frees the transport. NULL is fine. */
void rpc_transport_free(RpcTransport *transport);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RpcTransport, rpc_transport_free)

/* The descriptor to poll. Bytes may be there to read without it being readable: see rpc_transport_has_pending(). */
int rpc_transport_fd(const RpcTransport *transport);

/* Whether a layer holds bytes that a read would return without touching the descriptor. */
gboolean rpc_transport_has_pending(const RpcTransport *transport);

/* Whether rpc_transport_read() can be told to wait. */
gboolean rpc_transport_can_wait(const RpcTransport *transport);

/* Whether descriptors can be passed; both ends are then on this machine. */
gboolean rpc_transport_passes_fds(const RpcTransport *transport);

/* Whether nobody on the way can read along: by encryption, or because the connection never leaves the machine. */
gboolean rpc_transport_is_secure(const RpcTransport *transport);
gboolean rpc_transport_is_encrypted(const RpcTransport *transport);

/* Strength of the encryption in bits, 0 when there is none. */
int rpc_transport_key_bits(const RpcTransport *transport);

/*
 * Reads at most size bytes. Descriptors that come along are appended to fds (an array of int, owned by the caller).
 * Returns the number of bytes, or 0 when nothing is there and wait is not set, or -1: VIR_ERR_SYSTEM_ERROR, also at the
 * end of the connection ("End of file while reading data"); then *at_end says that it was this.
 */
gssize rpc_transport_read(RpcTransport *transport, void *data, gsize size, gboolean wait, GArray *fds, gboolean *at_end,
                          GError **error);

/* Writes what goes without waiting. Returns the number of bytes, 0 for none, or -1: VIR_ERR_SYSTEM_ERROR. */
gssize rpc_transport_write(RpcTransport *transport, const void *data, gsize size, GError **error);

/* Sends one descriptor behind a zero byte. Returns 1, 0 when it has to be tried again later, or -1:
 * VIR_ERR_SYSTEM_ERROR. */
int rpc_transport_write_fd(RpcTransport *transport, int fd, GError **error);

/* Ends the connection both ways but keeps the descriptor; wakes a thread that waits in a read. For any thread. */
void rpc_transport_shutdown(RpcTransport *transport);
