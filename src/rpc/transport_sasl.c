/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SASL's security layer over another transport. */
#include <sasl/sasl.h>
#include <string.h>

#include "common/error.h"
#include "rpc/transport.h"
#include "rpc/transport_priv.h"

#define READ_ROOM 65536

typedef struct {
    RpcTransport base;
    RpcTransport *below;
    sasl_conn_t *sasl;
    int key_bits;
    guint max_plain; /* what one packet can carry */

    const char *plain; /* decoded and not yet read; SASL's */
    guint plain_left;

    const char *packet; /* encoded and not yet written; SASL's */
    guint packet_left;
    gsize packet_plain; /* how much plain text it is */
} SaslTransport;

static gboolean check(SaslTransport *sasl, int result, const char *what, GError **error)
{
    if (result != SASL_OK)
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "failed to %s SASL data: %d (%s)", what, result,
                      sasl_errdetail(sasl->sasl));
    return result == SASL_OK;
}

static gssize sasl_transport_read(RpcTransport *transport, void *data, gsize size, gboolean wait, GArray *fds,
                                  gboolean *at_end, GError **error)
{
    SaslTransport *sasl = (SaslTransport *)transport;
    char packet[READ_ROOM];
    gssize n;

    if (sasl->plain_left == 0) {
        n = rpc_transport_read(sasl->below, packet, sizeof(packet), FALSE, fds, at_end, error);
        if (n <= 0)
            return n;
        if (!check(sasl, sasl_decode(sasl->sasl, packet, n, &sasl->plain, &sasl->plain_left), "decode", error))
            return -1;
    }
    n = MIN(size, sasl->plain_left);
    if (n)
        memcpy(data, sasl->plain, n);
    sasl->plain += n;
    sasl->plain_left -= n;
    return n;
}

/* Says 0 until the whole packet is out, and then how much plain text it was: so the caller comes back with the same. */
static gssize sasl_transport_write(RpcTransport *transport, const void *data, gsize size, GError **error)
{
    SaslTransport *sasl = (SaslTransport *)transport;
    gssize n;

    if (sasl->packet_left == 0) {
        sasl->packet_plain = MIN(size, sasl->max_plain);
        if (!check(sasl, sasl_encode(sasl->sasl, data, sasl->packet_plain, &sasl->packet, &sasl->packet_left), "encode",
                   error))
            return -1;
    }
    while (sasl->packet_left) {
        n = rpc_transport_write(sasl->below, sasl->packet, sasl->packet_left, error);
        if (n <= 0)
            return n;
        sasl->packet += n;
        sasl->packet_left -= n;
    }
    return sasl->packet_plain;
}

static gboolean sasl_transport_has_pending(const RpcTransport *transport)
{
    const SaslTransport *sasl = (const SaslTransport *)transport;

    return sasl->plain_left > 0 || rpc_transport_has_pending(sasl->below);
}

static int sasl_transport_key_bits(const RpcTransport *transport)
{
    return ((const SaslTransport *)transport)->key_bits;
}

static void sasl_transport_free(RpcTransport *transport)
{
    SaslTransport *sasl = (SaslTransport *)transport;

    rpc_transport_free(sasl->below);
    sasl_dispose(&sasl->sasl);
    g_free(sasl);
}

static const RpcTransportKind sasl_kind = {.read = sasl_transport_read,
                                           .write = sasl_transport_write,
                                           .has_pending = sasl_transport_has_pending,
                                           .key_bits = sasl_transport_key_bits,
                                           .free = sasl_transport_free};

RpcTransport *rpc_transport_wrap_sasl(RpcTransport *below, gpointer conn)
{
    SaslTransport *sasl = g_new0(SaslTransport, 1);
    const void *value;

    sasl->base.kind = &sasl_kind;
    sasl->base.fd = rpc_transport_fd(below);
    sasl->below = below;
    sasl->sasl = conn;
    sasl->key_bits = sasl_getprop(conn, SASL_SSF, &value) == SASL_OK ? *(const int *)value : 0;
    sasl->max_plain = sasl_getprop(conn, SASL_MAXOUTBUF, &value) == SASL_OK ? *(const unsigned *)value : 0;
    if (sasl->max_plain == 0)
        sasl->max_plain = 8192;
    return &sasl->base;
}
