/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virStreamPtr: a stream handle, and the stream on the wire that a call gave it. */
#pragma once

#include <libvirt/libvirt.h>

#include "client/handle.h"
#include "rpc/rpc_client_stream.h"

extern const HandleType handle_type_stream;

/* Makes a wire stream for st, to be opened by a call. Borrowed; NULL when st has one already. */
RpcClientStream *stream_attach(virStreamPtr st, gboolean is_sparse);

/* The call failed: st may be used again. */
void stream_detach(virStreamPtr st);

/* Whether st was made with VIR_STREAM_NONBLOCK. */
gboolean stream_is_nonblock(virStreamPtr st);
