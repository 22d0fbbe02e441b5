/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/uri.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"

static const char *const transport_names[] = {
    [TRANSPORT_TLS] = "tls",         [TRANSPORT_UNIX] = "unix", [TRANSPORT_SSH] = "ssh", [TRANSPORT_LIBSSH] = "libssh",
    [TRANSPORT_LIBSSH2] = "libssh2", [TRANSPORT_TCP] = "tcp",   [TRANSPORT_EXT] = "ext",
};
static const char *const mode_names[] = {[MODE_AUTO] = "auto", [MODE_DIRECT] = "direct", [MODE_LEGACY] = "legacy"};
static const char *const proxy_names[] = {[PROXY_AUTO] = "auto", [PROXY_NATIVE] = "native", [PROXY_NETCAT] = "netcat"};

/* Index of text among names, or -1. */
static int name_find(const char *const *names, gsize n, const char *text)
{
    for (gsize i = 0; i < n; i++) {
        if (g_ascii_strcasecmp(names[i], text) == 0)
            return (int)i;
    }
    return -1;
}

gboolean connect_mode_parse(const char *text, ConnectMode *mode, GError **error)
{
    int found = name_find(mode_names, G_N_ELEMENTS(mode_names), text);

    if (found < 0)
        vir_error_set(error, VIR_FROM_REMOTE, VIR_ERR_INVALID_ARG, "Unknown remote mode '%s'", text);
    else
        *mode = found;
    return found >= 0;
}

gboolean connect_proxy_parse(const char *text, ConnectProxy *proxy, GError **error)
{
    int found = name_find(proxy_names, G_N_ELEMENTS(proxy_names), text);

    if (found < 0)
        vir_error_set(error, VIR_FROM_REMOTE, VIR_ERR_INVALID_ARG, "Unknown remote proxy '%s'", text);
    else
        *proxy = found;
    return found >= 0;
}

/* ---- parameters ---- */

typedef enum { TEXT, FLAG, MODE, PROXY, IGNORED, NAME } ParamKind;

/* The parameters that are the client's business; all others go on to the daemon. */
static const struct {
    const char *name;
    ParamKind kind;
    gsize offset;
} client_params[] = {
    {"name", NAME, 0},
    {"socket", TEXT, offsetof(ConnectUri, socket)},
    {"netcat", TEXT, offsetof(ConnectUri, netcat)},
    {"command", TEXT, offsetof(ConnectUri, command)},
    {"keyfile", TEXT, offsetof(ConnectUri, keyfile)},
    {"pkipath", TEXT, offsetof(ConnectUri, pkipath)},
    {"tls_priority", TEXT, offsetof(ConnectUri, tls_priority)},
    {"authfile", TEXT, offsetof(ConnectUri, authfile)},
    {"no_verify", FLAG, offsetof(ConnectUri, no_verify)},
    {"no_tty", FLAG, offsetof(ConnectUri, no_tty)},
    {"mode", MODE, 0},
    {"proxy", PROXY, 0},
    /* For the transports libssh and libssh2, and for TLS's check of our own certificate, which GnuTLS makes anyway. */
    {"sshauth", IGNORED, 0},
    {"known_hosts", IGNORED, 0},
    {"known_hosts_verify", IGNORED, 0},
    {"no_sanity", IGNORED, 0},
};

static gboolean take_param(ConnectUri *uri, gsize index, const char *value, GError **error)
{
    char *member = (char *)uri + client_params[index].offset;

    switch (client_params[index].kind) {
    case TEXT:
        g_free(*(char **)member);
        *(char **)member = g_strdup(value);
        return TRUE;
    case FLAG:
        *(gboolean *)member = atoi(value) != 0;
        return TRUE;
    case MODE:
        uri->has_mode = TRUE;
        return connect_mode_parse(value, &uri->mode, error);
    case PROXY:
        uri->has_proxy = TRUE;
        return connect_proxy_parse(value, &uri->proxy, error);
    case NAME:
        uri->has_name = TRUE;
        g_free(uri->for_daemon);
        uri->for_daemon = g_strdup(value);
        return TRUE;
    case IGNORED:
        break;
    }
    return TRUE;
}

/* Takes the client's parameters out of query; the others are collected in rest, as they were written. */
static gboolean take_query(ConnectUri *uri, const char *query, GString *rest, GError **error)
{
    g_auto(GStrv) parts = g_strsplit_set(query, "&;", -1);

    for (char **part = parts; *part; part++) {
        const char *equals = strchr(*part, '=');
        g_autofree char *key = g_uri_unescape_segment(*part, equals, NULL);
        g_autofree char *value = g_uri_unescape_string(equals ? equals + 1 : "", NULL);
        gsize i = 0;

        if (!**part)
            continue;
        if (!key || !value) {
            vir_error_set(error, VIR_FROM_URI, VIR_ERR_INTERNAL_ERROR, "Unable to parse URI %s", uri->text);
            return FALSE;
        }
        while (i < G_N_ELEMENTS(client_params) && g_ascii_strcasecmp(client_params[i].name, key) != 0)
            i++;
        if (i == G_N_ELEMENTS(client_params))
            g_string_append_printf(rest, "%c%s", rest->len ? '&' : '?', *part);
        else if (!take_param(uri, i, value, error))
            return FALSE;
    }
    return TRUE;
}

/* ---- the whole ---- */

static gboolean take_scheme(ConnectUri *uri, const char *scheme, GError **error)
{
    const char *plus = strchr(scheme, '+');
    int found = plus ? name_find(transport_names, G_N_ELEMENTS(transport_names), plus + 1) : 0;

    uri->driver = plus ? g_strndup(scheme, plus - scheme) : g_strdup(scheme);
    uri->has_transport = plus != NULL;
    if (found < 0) {
        vir_error_set(error, VIR_FROM_REMOTE, VIR_ERR_INVALID_ARG, "%s",
                      "remote_open: transport in URL not recognised (should be tls|unix|ssh|ext|tcp|libssh2|libssh)");
        return FALSE;
    }
    uri->transport = plus ? (ConnectTransport)found : uri->host ? TRANSPORT_TLS : TRANSPORT_UNIX;
    if (uri->transport == TRANSPORT_UNIX && uri->host) {
        vir_error_set(error, VIR_FROM_REMOTE, VIR_ERR_INVALID_ARG,
                      "using unix socket and remote server '%s' is not supported.", uri->host);
        return FALSE;
    }
    return TRUE;
}

/* Whether the first part of a path without a scheme has a colon in it, which no URI may have. */
static gboolean has_stray_colon(const char *path)
{
    return strcspn(path, ":") < strcspn(path, "/");
}

/* What is left without transport and host. */
static char *make_for_daemon(const ConnectUri *uri, const char *query)
{
    g_autofree char *path = g_uri_escape_string(uri->path, G_URI_RESERVED_CHARS_ALLOWED_IN_PATH, TRUE);
    const char *authority = *path && *path != '/' ? "" : "//";

    return g_strconcat(uri->driver, ":", authority, path, query, NULL);
}

static gboolean uri_fill(ConnectUri *uri, GError **error)
{
    g_autofree char *scheme = NULL, *query = NULL, *userinfo = NULL;
    g_autoptr(GString) rest = g_string_new(NULL);
    g_autoptr(GError) cause = NULL;

    if (!g_utf8_validate(uri->text, -1, NULL) ||
        !g_uri_split(uri->text, G_URI_FLAGS_ENCODED_QUERY | G_URI_FLAGS_PARSE_RELAXED, &scheme, &userinfo, &uri->host,
                     &uri->port, &uri->path, &query, NULL, &cause) ||
        (!scheme && has_stray_colon(uri->path))) {
        vir_error_set(error, VIR_FROM_URI, VIR_ERR_INTERNAL_ERROR, "Unable to parse URI %s", uri->text);
        return FALSE;
    }
    if (!scheme) {
        vir_error_set(error, VIR_FROM_NONE, VIR_ERR_NO_CONNECT, "URI '%s' does not include a driver name", uri->text);
        return FALSE;
    }
    uri->user = g_steal_pointer(&userinfo);
    uri->port = MAX(uri->port, 0);
    if (uri->host && !*uri->host)
        g_clear_pointer(&uri->host, g_free);
    if (!take_scheme(uri, scheme, error) || (query && !take_query(uri, query, rest, error)))
        return FALSE;
    if (!uri->for_daemon)
        uri->for_daemon = make_for_daemon(uri, rest->str);
    return TRUE;
}

ConnectUri *connect_uri_parse(const char *text, GError **error)
{
    g_autoptr(ConnectUri) uri = g_new0(ConnectUri, 1);

    uri->text = g_strdup(text ? text : "");
    uri->transport = TRANSPORT_UNIX;
    if (*uri->text) {
        if (!uri_fill(uri, error))
            return NULL;
    } else {
        uri->for_daemon = g_strdup("");
        uri->path = g_strdup("");
    }
    return g_steal_pointer(&uri);
}

void connect_uri_free(ConnectUri *uri)
{
    if (!uri)
        return;
    g_free(uri->text);
    g_free(uri->driver);
    g_free(uri->user);
    g_free(uri->host);
    g_free(uri->path);
    g_free(uri->for_daemon);
    for (gsize i = 0; i < G_N_ELEMENTS(client_params); i++) {
        if (client_params[i].kind == TEXT)
            g_free(*(char **)((char *)uri + client_params[i].offset));
    }
    g_free(uri);
}

gboolean connect_uri_is_session(const ConnectUri *uri)
{
    if (geteuid() == 0)
        return FALSE;
    if (!uri->driver)
        return TRUE;
    return strcmp(uri->path, "/session") == 0 || (strcmp(uri->driver, "test") == 0 && uri->has_transport);
}
