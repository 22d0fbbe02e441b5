/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TLS over another transport, by GnuTLS. */
#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <poll.h>
#include <string.h>

#include "common/error.h"
#include "rpc/transport.h"
#include "rpc/transport_priv.h"

typedef struct {
    RpcTransport base;
    RpcTransport *below;
    gnutls_certificate_credentials_t credentials;
    gnutls_session_t session;
    GArray *fds;     /* a transport below that passes descriptors is not what TLS is for; kept to satisfy its reads */
    gboolean at_end; /* below has ended */
    GError *failure; /* why below failed */
} TlsTransport;

/* ---- GnuTLS's way to the transport below ---- */

static ssize_t pull(gnutls_transport_ptr_t data, void *buffer, size_t size)
{
    TlsTransport *tls = data;
    gssize n = rpc_transport_read(tls->below, buffer, size, FALSE, tls->fds, &tls->at_end,
                                  tls->failure ? NULL : &tls->failure);

    if (n > 0 || tls->at_end)
        return MAX(n, 0);
    gnutls_transport_set_errno(tls->session, n == 0 ? EAGAIN : EIO);
    return -1;
}

static ssize_t push(gnutls_transport_ptr_t data, const void *buffer, size_t size)
{
    TlsTransport *tls = data;
    gssize n = rpc_transport_write(tls->below, buffer, size, tls->failure ? NULL : &tls->failure);

    if (n > 0)
        return n;
    gnutls_transport_set_errno(tls->session, n == 0 ? EAGAIN : EIO);
    return -1;
}

/* ---- the transport ---- */

static void set_error(TlsTransport *tls, int result, const char *what, GError **error)
{
    if (tls->failure)
        g_propagate_error(error, g_error_copy(tls->failure));
    else
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_GNUTLS_ERROR, "%s: %s", what, gnutls_strerror(result));
}

static gboolean is_later(ssize_t result)
{
    return result == GNUTLS_E_AGAIN || result == GNUTLS_E_INTERRUPTED;
}

static gssize tls_read(RpcTransport *transport, void *data, gsize size, gboolean wait, GArray *fds, gboolean *at_end,
                       GError **error)
{
    TlsTransport *tls = (TlsTransport *)transport;
    ssize_t n = gnutls_record_recv(tls->session, data, size);

    if (n > 0 || is_later(n))
        return MAX(n, 0);
    *at_end = n == 0 || n == GNUTLS_E_PREMATURE_TERMINATION || tls->at_end;
    if (*at_end)
        rpc_transport_set_end(error);
    else
        set_error(tls, (int)n, "Cannot recv data", error);
    return -1;
}

static gssize tls_write(RpcTransport *transport, const void *data, gsize size, GError **error)
{
    TlsTransport *tls = (TlsTransport *)transport;
    ssize_t n = gnutls_record_send(tls->session, data, size);

    if (n >= 0 || is_later(n))
        return MAX(n, 0);
    set_error(tls, (int)n, "Cannot write data", error);
    return -1;
}

static gboolean tls_has_pending(const RpcTransport *transport)
{
    return gnutls_record_check_pending(((const TlsTransport *)transport)->session) > 0;
}

static int tls_key_bits(const RpcTransport *transport)
{
    return (int)gnutls_cipher_get_key_size(gnutls_cipher_get(((const TlsTransport *)transport)->session)) * 8;
}

static void tls_free(RpcTransport *transport)
{
    TlsTransport *tls = (TlsTransport *)transport;

    if (tls->session)
        gnutls_deinit(tls->session);
    if (tls->credentials)
        gnutls_certificate_free_credentials(tls->credentials);
    g_clear_error(&tls->failure);
    g_array_unref(tls->fds);
    rpc_transport_free(tls->below);
    g_free(tls);
}

static const RpcTransportKind tls_kind = {
    .read = tls_read, .write = tls_write, .has_pending = tls_has_pending, .key_bits = tls_key_bits, .free = tls_free};

/* ---- connecting ---- */

static gboolean tls_check(TlsTransport *tls, int result, const char *what, GError **error)
{
    if (result < 0)
        set_error(tls, result, what, error);
    return result >= 0;
}

static gboolean load_credentials(TlsTransport *tls, const RpcTlsOptions *options, GError **error)
{
    if (!tls_check(tls, gnutls_certificate_allocate_credentials(&tls->credentials),
                   "Unable to allocate x509 credentials", error) ||
        !tls_check(tls, gnutls_certificate_set_x509_trust_file(tls->credentials, options->ca_file, GNUTLS_X509_FMT_PEM),
                   "Unable to set x509 CA certificate", error))
        return FALSE;
    return !options->cert_file ||
           tls_check(tls,
                     gnutls_certificate_set_x509_key_file(tls->credentials, options->cert_file, options->key_file,
                                                          GNUTLS_X509_FMT_PEM),
                     "Unable to set x509 key and certificate", error);
}

static gboolean set_up_session(TlsTransport *tls, const RpcTlsOptions *options, GError **error)
{
    if (!tls_check(tls, gnutls_init(&tls->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK), "Failed to initialize TLS session",
                   error) ||
        !tls_check(tls,
                   gnutls_priority_set_direct(tls->session, options->priority ? options->priority : "NORMAL", NULL),
                   "Failed to set TLS session priority", error) ||
        !tls_check(tls, gnutls_credentials_set(tls->session, GNUTLS_CRD_CERTIFICATE, tls->credentials),
                   "Failed set TLS x509 credentials", error))
        return FALSE;
    gnutls_server_name_set(tls->session, GNUTLS_NAME_DNS, options->host, strlen(options->host));
    if (options->verify)
        gnutls_session_set_verify_cert(tls->session, options->host, 0);
    gnutls_transport_set_ptr(tls->session, tls);
    gnutls_transport_set_pull_function(tls->session, pull);
    gnutls_transport_set_push_function(tls->session, push);
    return TRUE;
}

static void wait_ready(TlsTransport *tls)
{
    struct pollfd poll_fd = {.fd = rpc_transport_fd(tls->below),
                             .events = gnutls_record_get_direction(tls->session) ? POLLOUT : POLLIN};

    poll(&poll_fd, 1, -1);
}

static gboolean shake_hands(TlsTransport *tls, GError **error)
{
    gnutls_datum_t why = {0};
    int result;

    while (is_later(result = gnutls_handshake(tls->session)))
        wait_ready(tls);
    if (result == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR &&
        gnutls_certificate_verification_status_print(gnutls_session_get_verify_cert_status(tls->session),
                                                     GNUTLS_CRT_X509, &why, 0) == 0) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_RPC, "the server's certificate was refused: %s", why.data);
        gnutls_free(why.data);
        return FALSE;
    }
    return tls_check(tls, result, "TLS handshake failed", error);
}

/* The daemon says that it has accepted our certificate by one byte of its own. */
static gboolean await_acceptance(TlsTransport *tls, GError **error)
{
    guint8 byte = 0;
    ssize_t n;

    while (is_later(n = gnutls_record_recv(tls->session, &byte, 1)))
        wait_ready(tls);
    if (n == 1 && byte == 1)
        return TRUE;
    vir_error_set(error, VIR_FROM_RPC, VIR_ERR_RPC, "%s",
                  "server verification (of our certificate or IP address) failed");
    return FALSE;
}

RpcTransport *rpc_transport_wrap_tls(RpcTransport *below, const RpcTlsOptions *options, GError **error)
{
    TlsTransport *tls = g_new0(TlsTransport, 1);

    tls->base.kind = &tls_kind;
    tls->base.fd = rpc_transport_fd(below);
    tls->below = below;
    tls->fds = g_array_new(FALSE, FALSE, sizeof(int));
    if (load_credentials(tls, options, error) && set_up_session(tls, options, error) && shake_hands(tls, error) &&
        await_acceptance(tls, error))
        return &tls->base;
    tls_free(&tls->base);
    return NULL;
}
