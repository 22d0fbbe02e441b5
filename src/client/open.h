/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening connections. */
#pragma once

#include "client/connection.h"

/* Opens a connection as virConnectOpenAuth() does; flags are virConnectFlags. Blocks. NULL: see dial(), auth_run() and
 * CONNECT_OPEN. */
virConnectPtr open_connection(const char *name, virConnectAuthPtr auth, unsigned int flags, GError **error);

/* Opens a connection to a daemon's admin socket. Blocks. */
virAdmConnectPtr open_admin_connection(const char *name, unsigned int flags, GError **error);
