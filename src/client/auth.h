/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Proving who we are to a daemon, before CONNECT_OPEN. */
#pragma once

#include <libvirt/libvirt.h>

#include "client/uri.h"
#include "rpc/rpc_client.h"

/* Does what the daemon asks for: nothing, polkit, or SASL. auth may be NULL. Blocks; SASL may ask the user, by auth's
 * callback. FALSE: VIR_ERR_AUTH_FAILED, VIR_ERR_AUTH_CANCELLED, or the daemon's error. */
gboolean auth_run(RpcClient *client, const ConnectUri *uri, virConnectAuthPtr auth, GError **error);

/*
 * What auth.conf says for service at host: a value ("username", "password") or NULL when it says nothing. path NULL:
 * the default files. *failed is set on VIR_ERR_CONF_SYNTAX. Caller frees.
 */
char *auth_file_lookup(const char *path, const char *service, const char *host, const char *key, gboolean *failed,
                       GError **error);
