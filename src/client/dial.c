/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/dial.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/client_config.h"
#include "common/error.h"
#include "config.h"

#define TCP_PORT "16509"
#define TLS_PORT "16514"

/* A daemon that was started is asked again and again, at first often. */
#define START_TRIES      500
#define START_FIRST_US   1000
#define START_LONGEST_US 50000

/* ---- unix ---- */

/* Drivers whose daemons are tried when no URI says which, in this order. */
static const char *const probed_drivers[] = {"qemu", "lxc", "xen", "vbox"};

static char *socket_path(const char *dir, const char *daemon, gboolean is_read_only)
{
    return g_strdup_printf("%s/%s-sock%s", dir, daemon, is_read_only ? "-ro" : "");
}

static gboolean exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* The daemon to connect to, "virtqemud" or "libvirt" for the one for all drivers. Its socket need not be there. */
static char *choose_daemon(const ConnectUri *uri, const char *dir, gboolean is_read_only, const char **probed_driver)
{
    g_autofree char *own = uri->driver ? g_strdup_printf("virt%sd", uri->driver) : NULL;
    g_autofree char *own_path = own ? socket_path(dir, own, is_read_only) : NULL;
    g_autofree char *all_path = socket_path(dir, "libvirt", is_read_only);

    if (uri->mode == MODE_LEGACY || (uri->mode == MODE_AUTO && exists(all_path) && !(own_path && exists(own_path))))
        return g_strdup("libvirt");
    for (gsize i = 0; !own && i < G_N_ELEMENTS(probed_drivers); i++) {
        g_autofree char *daemon = g_strdup_printf("virt%sd", probed_drivers[i]);
        g_autofree char *path = socket_path(dir, daemon, is_read_only);
        g_autofree char *program = g_build_filename(SBINDIR, daemon, NULL);
        if (exists(path) || (geteuid() != 0 && exists(program))) {
            own = g_steal_pointer(&daemon);
            *probed_driver = probed_drivers[i];
        }
    }
    return own ? g_steal_pointer(&own) : g_strdup("libvirt");
}

/* The program that serves daemon's sockets: the environment's VIRTQEMUD_PATH or the installed one. */
static char *daemon_program(const char *daemon)
{
    const char *program = strcmp(daemon, "libvirt") == 0 ? "virtproxyd" : daemon;
    g_autofree char *upper = g_ascii_strup(strcmp(daemon, "libvirt") == 0 ? "libvirtd" : daemon, -1);
    g_autofree char *variable = g_strconcat(upper, "_PATH", NULL);
    const char *from_env = g_getenv(variable);

    return from_env ? g_strdup(from_env) : g_build_filename(SBINDIR, program, NULL);
}

static void lead_session(gpointer data)
{
    setsid();
}

static gboolean start_daemon(const char *program, GError **error)
{
    const char *argv[] = {program, "--timeout=120", NULL};
    g_autoptr(GError) cause = NULL;

    /* Without G_SPAWN_DO_NOT_REAP_CHILD GLib puts a process in between: the daemon is not the application's child. */
    if (g_spawn_async("/", (char **)argv, NULL,
                      G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, lead_session, NULL,
                      NULL, &cause))
        return TRUE;
    vir_error_set(error, VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "cannot start %s: %s", program, cause->message);
    return FALSE;
}

static gboolean nobody_listens(int errnum)
{
    return errnum == ENOENT || errnum == ECONNREFUSED;
}

RpcTransport *dial_unix_autostart(const char *path, const char *daemon, GError **error)
{
    RpcTransport *transport = rpc_transport_connect_unix(path, NULL);
    gint64 pause_us = START_FIRST_US;

    if (transport || !nobody_listens(errno))
        return transport ? transport : rpc_transport_connect_unix(path, error);
    if (!start_daemon(daemon, error))
        return NULL;
    for (int i = 0; i < START_TRIES; i++) {
        g_usleep(pause_us);
        pause_us = MIN(pause_us * 2, START_LONGEST_US);
        transport = rpc_transport_connect_unix(path, NULL);
        if (transport || !nobody_listens(errno))
            break;
    }
    return transport ? transport : rpc_transport_connect_unix(path, error);
}

static RpcTransport *dial_unix(const ConnectUri *uri, gboolean is_read_only, char **probed, GError **error)
{
    gboolean is_session = connect_uri_is_session(uri);
    g_autofree char *dir = client_socket_dir(is_session);
    const char *probed_driver = NULL;
    g_autofree char *daemon = NULL;
    g_autofree char *path = NULL;
    g_autofree char *program = NULL;

    if (uri->socket)
        return rpc_transport_connect_unix(uri->socket, error);
    if (uri->mode == MODE_DIRECT && !uri->driver) {
        vir_error_set(error, VIR_FROM_REMOTE, VIR_ERR_INVALID_ARG, "%s",
                      "Cannot use direct socket mode if no URI is set");
        return NULL;
    }
    is_read_only = is_read_only && !is_session; /* a session's daemon has no socket for that */
    daemon = choose_daemon(uri, dir, is_read_only, &probed_driver);
    path = socket_path(dir, daemon, is_read_only);
    if (probed_driver)
        *probed = g_strdup_printf("%s:///%s", probed_driver, is_session ? "session" : "system");
    if (!is_session || g_strcmp0(g_getenv("LIBVIRT_AUTOSTART"), "0") == 0)
        return rpc_transport_connect_unix(path, error);
    program = daemon_program(daemon);
    return dial_unix_autostart(path, program, error);
}

/* ---- ssh ---- */

/* What the shell at the other end runs: a program there that passes bytes on to the daemon's socket. */
static char *ssh_remote_command(const ConnectUri *uri, gboolean is_read_only)
{
    g_autofree char *for_daemon = g_shell_quote(uri->for_daemon);
    g_autofree char *helper = g_strdup_printf("virt-ssh-helper%s %s", is_read_only ? " -r" : "", for_daemon);
    g_autofree char *netcat = g_shell_quote(uri->netcat ? uri->netcat : "nc");
    g_autofree char *path = uri->socket ? g_shell_quote(uri->socket)
                                        : g_strdup_printf("/var/run/libvirt/libvirt-sock%s", is_read_only ? "-ro" : "");
    g_autofree char *relay = NULL;

    /* Some netcats stay on after the end of their input unless -q0 is given, others do not know it. */
    relay = g_strdup_printf("if %s -q 2>&1 | grep 'requires an argument' >/dev/null 2>&1; then exec %s -q0 -U %s; "
                            "else exec %s -U %s; fi",
                            netcat, netcat, path, netcat, path);
    if (uri->proxy == PROXY_NATIVE)
        return g_steal_pointer(&helper);
    if (uri->proxy == PROXY_NETCAT || uri->netcat || uri->socket)
        return g_steal_pointer(&relay);
    return g_strdup_printf("if command -v virt-ssh-helper >/dev/null 2>&1; then exec %s; else %s; fi", helper, relay);
}

/* Appends copies of the strings up to a NULL. */
static G_GNUC_NULL_TERMINATED void add_arguments(GPtrArray *argv, ...)
{
    const char *argument;
    va_list arguments;

    va_start(arguments, argv);
    while ((argument = va_arg(arguments, const char *)))
        g_ptr_array_add(argv, g_strdup(argument));
    va_end(arguments);
}

static GPtrArray *ssh_command(const ConnectUri *uri, gboolean is_read_only)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *remote = ssh_remote_command(uri, is_read_only);
    g_autofree char *quoted = g_shell_quote(remote);
    g_autofree char *shell = g_strdup_printf("sh -c %s", quoted);
    g_autofree char *port = g_strdup_printf("%d", uri->port);

    add_arguments(argv, uri->command ? uri->command : "ssh", NULL);
    if (uri->port)
        add_arguments(argv, "-p", port, NULL);
    if (uri->user)
        add_arguments(argv, "-l", uri->user, NULL);
    if (uri->keyfile)
        add_arguments(argv, "-i", uri->keyfile, NULL);
    add_arguments(argv, "-T", "-e", "none", NULL);
    if (uri->no_tty)
        add_arguments(argv, "-o", "BatchMode=yes", NULL);
    if (uri->no_verify)
        add_arguments(argv, "-o", "StrictHostKeyChecking=no", NULL);
    add_arguments(argv, "--", uri->host, shell, NULL);
    g_ptr_array_add(argv, NULL);
    return argv;
}

static RpcTransport *dial_ssh(const ConnectUri *uri, gboolean is_read_only, GError **error)
{
    g_autoptr(GPtrArray) argv = NULL;

    if (uri->mode == MODE_DIRECT) {
        vir_error_set(error, VIR_FROM_REMOTE, VIR_ERR_OPERATION_UNSUPPORTED, "%s",
                      "Cannot use direct socket mode for ssh transport");
        return NULL;
    }
    if (!uri->host) {
        vir_error_set(error, VIR_FROM_REMOTE, VIR_ERR_INVALID_ARG, "%s",
                      "remote_open: for 'ssh' transport, host is required");
        return NULL;
    }
    argv = ssh_command(uri, is_read_only);
    return rpc_transport_spawn((const char *const *)argv->pdata, error);
}

static RpcTransport *dial_ext(const ConnectUri *uri, GError **error)
{
    const char *argv[] = {uri->command, NULL};

    if (uri->command)
        return rpc_transport_spawn(argv, error);
    vir_error_set(error, VIR_FROM_REMOTE, VIR_ERR_INVALID_ARG, "%s",
                  "remote_open: for 'ext' transport, command is required");
    return NULL;
}

/* ---- TCP and TLS ---- */

static RpcTransport *dial_tcp(const ConnectUri *uri, const char *default_port, GError **error)
{
    g_autofree char *port = uri->port ? g_strdup_printf("%d", uri->port) : g_strdup(default_port);

    return rpc_transport_connect_tcp(uri->host ? uri->host : "localhost", port, error);
}

/* A file of the TLS set-up: in pkipath, else the user's own where that is complete, else the system's. */
static char *pki_file(const ConnectUri *uri, const char *flat, const char *system, gboolean is_user)
{
    if (uri->pkipath)
        return g_build_filename(uri->pkipath, flat, NULL);
    if (is_user)
        return g_build_filename(g_get_home_dir(), ".pki", "libvirt", flat, NULL);
    return g_build_filename(SYSCONFDIR, "pki", system, NULL);
}

static RpcTransport *dial_tls(const ConnectUri *uri, GError **error)
{
    g_autofree char *user_ca = g_build_filename(g_get_home_dir(), ".pki", "libvirt", "cacert.pem", NULL);
    g_autofree char *user_key = g_build_filename(g_get_home_dir(), ".pki", "libvirt", "clientkey.pem", NULL);
    gboolean is_root = geteuid() == 0;
    g_autofree char *ca = pki_file(uri, "cacert.pem", "CA/cacert.pem", !is_root && exists(user_ca));
    g_autofree char *cert = pki_file(uri, "clientcert.pem", "libvirt/clientcert.pem", !is_root && exists(user_key));
    g_autofree char *key =
        pki_file(uri, "clientkey.pem", "libvirt/private/clientkey.pem", !is_root && exists(user_key));
    gboolean has_cert = exists(cert) && exists(key);
    RpcTlsOptions options = {.host = uri->host ? uri->host : "localhost",
                             .ca_file = ca,
                             .cert_file = has_cert ? cert : NULL,
                             .key_file = has_cert ? key : NULL,
                             .priority = uri->tls_priority,
                             .verify = !uri->no_verify};
    RpcTransport *transport;

    if (access(ca, R_OK) < 0) {
        vir_error_set_errno(error, VIR_FROM_RPC, errno, "Cannot read CA certificate '%s'", ca);
        return NULL;
    }
    transport = dial_tcp(uri, TLS_PORT, error);
    return transport ? rpc_transport_wrap_tls(transport, &options, error) : NULL;
}

RpcTransport *dial(const ConnectUri *uri, gboolean is_read_only, char **probed, GError **error)
{
    *probed = NULL;
    switch (uri->transport) {
    case TRANSPORT_UNIX:
        return dial_unix(uri, is_read_only, probed, error);
    case TRANSPORT_TCP:
        return dial_tcp(uri, TCP_PORT, error);
    case TRANSPORT_TLS:
        return dial_tls(uri, error);
    case TRANSPORT_SSH:
        return dial_ssh(uri, is_read_only, error);
    case TRANSPORT_EXT:
        return dial_ext(uri, error);
    case TRANSPORT_LIBSSH:
    case TRANSPORT_LIBSSH2:
        break;
    }
    vir_error_set(error, VIR_FROM_REMOTE, VIR_ERR_ARGUMENT_UNSUPPORTED, "%s",
                  "the transports libssh and libssh2 are not built in; use ssh");
    return NULL;
}
