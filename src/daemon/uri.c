/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/uri.h"

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

gboolean daemon_uri_check(const Daemon *daemon, const char *uri, GError **error)
{
    const char *scheme = daemon->driver->uri_scheme;
    g_autoptr(GUri) parsed = NULL;
    const char *host, *path;

    if (!*uri)
        return TRUE;
    parsed = g_uri_parse(uri, G_URI_FLAGS_NONE, NULL);
    host = parsed ? g_uri_get_host(parsed) : NULL;
    if (!parsed || strcmp(g_uri_get_scheme(parsed), scheme) != 0 || (host && *host)) {
        vir_error_set(error, VIR_FROM_NONE, VIR_ERR_NO_CONNECT, "'%s'", uri);
        return FALSE;
    }
    path = g_uri_get_path(parsed);
    /* Clients with an old configuration ask root's daemon for a session; they have always got this one. */
    if (strcmp(path, path_of(daemon)) == 0 || (daemon->is_privileged && strcmp(path, "/session") == 0))
        return TRUE;
    vir_error_set(error, VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR, "unexpected %s URI path '%s', try %s://%s", scheme,
                  path, scheme, path_of(daemon));
    return FALSE;
}
