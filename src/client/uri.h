/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Connection URIs: driver[+transport]://[user@][host][:port]/[path][?parameters]. What the client needs of one, and
 * what the daemon is sent. Thread-safe; only the functions that look at the host's files can block.
 */
#pragma once

#include <glib.h>

typedef enum {
    TRANSPORT_TLS,
    TRANSPORT_UNIX,
    TRANSPORT_SSH,
    TRANSPORT_LIBSSH,
    TRANSPORT_LIBSSH2,
    TRANSPORT_TCP,
    TRANSPORT_EXT,
} ConnectTransport;

typedef enum {
    MODE_AUTO,   /* the driver's own daemon where its socket is there, else the one for all drivers */
    MODE_DIRECT, /* the driver's own daemon */
    MODE_LEGACY, /* the one for all drivers */
} ConnectMode;

typedef enum {
    PROXY_AUTO,   /* virt-ssh-helper where it is installed, else netcat */
    PROXY_NATIVE, /* virt-ssh-helper */
    PROXY_NETCAT,
} ConnectProxy;

typedef struct {
    char *text;   /* as given; "" when no URI was */
    char *driver; /* "qemu"; NULL when no URI was given */
    ConnectTransport transport;
    gboolean has_transport; /* it was named, not concluded */
    char *user;
    char *host; /* without brackets; NULL: none */
    int port;   /* 0: none */
    char *path;
    char *for_daemon;  /* the URI of CONNECT_OPEN */
    gboolean has_name; /* for_daemon is what the user said ("name=..."), whatever that is */

    /* Parameters; NULL or FALSE when not there. */
    char *socket, *netcat, *command, *keyfile, *pkipath, *tls_priority, *authfile;
    gboolean no_verify, no_tty;
    gboolean has_mode, has_proxy;
    ConnectMode mode;
    ConnectProxy proxy;
} ConnectUri;

/* text NULL or "": no URI, which is a local connection to whichever daemon there is. NULL: VIR_ERR_INTERNAL_ERROR for
 * what is no URI, VIR_ERR_NO_CONNECT, VIR_ERR_INVALID_ARG for an unknown transport or mode, or a host with "unix". */
ConnectUri *connect_uri_parse(const char *text, GError **error);

void connect_uri_free(ConnectUri *uri);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ConnectUri, connect_uri_free)

/* Whether the user's own daemons are meant, not the system's. Only users other than root have such. */
gboolean connect_uri_is_session(const ConnectUri *uri);

/* The mode and proxy that a name stands for. FALSE: VIR_ERR_INVALID_ARG. */
gboolean connect_mode_parse(const char *text, ConnectMode *mode, GError **error);
gboolean connect_proxy_parse(const char *text, ConnectProxy *proxy, GError **error);
