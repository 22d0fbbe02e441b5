/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SASL: asking the application for credentials and taking the steps of a mechanism, by Cyrus SASL. */
#pragma once

#include "client/auth.h"

/* Authenticates by SASL; afterwards the client speaks through SASL's security layer where one was agreed on. Blocks.
 * FALSE: VIR_ERR_AUTH_FAILED, VIR_ERR_AUTH_CANCELLED, or the daemon's error. */
gboolean auth_sasl(RpcClient *client, const ConnectUri *uri, virConnectAuthPtr auth, GError **error);
