/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The wire form of errors: GError to and from virNetMessageError. The only place that knows it. */
#pragma once

#include <glib.h>

#include "rpc/protocol/message.h"

/* Fills wire, which the caller zeroed, as the peer does: message with the code's text, str1 its format, str2 the
 * detail. Release with xdr_free(). */
void rpc_error_encode(const GError *error, virNetMessageError *wire);

/* The error a peer sent, code and domain kept; the detail is str2 when str1 is a format, else the whole message. */
GError *rpc_error_decode(const virNetMessageError *wire);
