/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/remote/uri.h"

#include <string.h>

#include "common/error.h"

static const char *path_of(const Daemon *daemon)
{
    return daemon->is_privileged ? "/system" : "/session";
}

char *daemon_uri(const Daemon *daemon)
{
    return g_strdup_printf("%s://%s", daemon->driver->uri_scheme, path_of(daemon));
}

static gboolean no_connect(const char *uri, GError **error)
{
    vir_error_set(error, VIR_FROM_NONE, VIR_ERR_NO_CONNECT, "%s", uri);
    return FALSE;
}

gboolean daemon_uri_check(const Daemon *daemon, const char *uri, GError **error)
{
    const char *scheme = daemon->driver->uri_scheme;
    g_autoptr(GUri) parsed = NULL;
    const char *path;

    if (!*uri)
        return TRUE;
    parsed = g_uri_parse(uri, G_URI_FLAGS_NONE, NULL);
    /* GUri writes schemes in lower case, the peers tell them apart. */
    if (!parsed || !g_str_has_prefix(uri, scheme) || uri[strlen(scheme)] != ':' ||
        (g_uri_get_host(parsed) && *g_uri_get_host(parsed)))
        return no_connect(uri, error);
    path = g_uri_get_path(parsed);
    /* Clients with an old configuration ask root's hypervisor for a session; they have always got this one. */
    if (strcmp(path, path_of(daemon)) == 0 || (daemon->is_privileged && strcmp(path, "/session") == 0 &&
                                               daemon->driver->object_kinds & 1u << RPC_OBJECT_DOMAIN))
        return TRUE;
    vir_error_set(error, VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR, "unexpected %s URI path '%s', try %s://%s", scheme,
                  path, scheme, path_of(daemon));
    return FALSE;
}
