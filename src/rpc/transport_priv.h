/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a kind of transport fills in. */
#pragma once

#include "rpc/transport.h"

typedef struct {
    /* All as in transport.h; NULL where the kind has nothing of its own to do. */
    gssize (*read)(RpcTransport *transport, void *data, gsize size, gboolean wait, GArray *fds, gboolean *at_end,
                   GError **error);
    gssize (*write)(RpcTransport *transport, const void *data, gsize size, GError **error);
    gboolean (*has_pending)(const RpcTransport *transport);
    int (*key_bits)(const RpcTransport *transport);
    void (*free)(RpcTransport *transport);
} RpcTransportKind;

struct RpcTransport {
    const RpcTransportKind *kind;
    int fd;
    gboolean is_local;
    gboolean passes_fds;
    gboolean can_wait;
};

/* Sets the error of a connection that the other side has ended. */
void rpc_transport_set_end(GError **error);
