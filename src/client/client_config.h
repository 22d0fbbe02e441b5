/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The client's own configuration: libvirt.conf (or libvirt-admin.conf), the system's for root and the user's for
 * others. */
#pragma once

#include "client/uri.h"
#include "common/config_file.h"

/* The directory of configuration files: /etc/libvirt, or the user's. Caller frees. */
char *client_config_dir(void);

/* The directory of sockets: the system's, or the user's. Caller frees. */
char *client_socket_dir(gboolean is_session);

/* Loads a file of that directory; one that is not there is empty. */
ConfigFile *client_config_load(const char *name, GError **error);

/* What name means by the file's uri_aliases; name itself when it is none. NULL: VIR_ERR_CONF_SYNTAX. Caller frees. */
char *client_config_resolve(ConfigFile *config, const char *name, GError **error);

/* remote_mode and remote_proxy, for what the URI itself does not say. FALSE: VIR_ERR_CONF_SYNTAX, VIR_ERR_INVALID_ARG.
 */
gboolean client_config_complete(ConfigFile *config, ConnectUri *uri, GError **error);
