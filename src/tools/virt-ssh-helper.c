/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * virt-ssh-helper: the far end of a connection over ssh. Connects to the daemon that a URI means, by the rules that
 * local clients have, and carries bytes between it and standard input and output until either side ends.
 */
#include <errno.h>
#include <glib-unix.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "client/client_config.h"
#include "client/dial.h"
#include "common/error.h"
#include "config.h"

/* One direction: read from one descriptor, written to another. */
typedef struct {
    int from, to;
    gsize start, end;
    gboolean at_end; /* nothing more to read */
    guint8 bytes[64 * 1024];
} Lane;

static gboolean is_later(void)
{
    return errno == EAGAIN || errno == EINTR;
}

/* Reads into the empty lane, or writes what is in it. FALSE when a side is gone. */
static gboolean lane_move(Lane *lane, gboolean can_read, gboolean can_write)
{
    ssize_t n;

    if (can_read && lane->start == lane->end) {
        n = read(lane->from, lane->bytes, sizeof(lane->bytes));
        if (n == 0)
            lane->at_end = TRUE;
        if (n < 0)
            return is_later();
        lane->start = 0;
        lane->end = n;
        can_write = TRUE; /* most likely, and if not it is only tried */
    }
    if (can_write && lane->start < lane->end) {
        n = write(lane->to, lane->bytes + lane->start, lane->end - lane->start);
        if (n < 0)
            return is_later();
        lane->start += n;
    }
    return TRUE;
}

/* Either side's end is the end, once what came before it has been passed on. */
static void relay(int socket_fd)
{
    static Lane up = {.from = STDIN_FILENO}, down = {.to = STDOUT_FILENO};
    Lane *lanes[] = {&up, &down};

    up.to = down.from = socket_fd;
    for (;;) {
        struct pollfd fds[4] = {{.fd = up.from}, {.fd = up.to}, {.fd = down.from}, {.fd = down.to}};

        for (gsize i = 0; i < G_N_ELEMENTS(lanes); i++) {
            gboolean is_empty = lanes[i]->start == lanes[i]->end;
            if (is_empty && lanes[i]->at_end)
                return;
            fds[2 * i].fd = is_empty ? lanes[i]->from : -1;
            fds[2 * i].events = POLLIN;
            fds[2 * i + 1].fd = is_empty ? -1 : lanes[i]->to;
            fds[2 * i + 1].events = POLLOUT;
        }
        if (poll(fds, G_N_ELEMENTS(fds), -1) < 0 && errno != EINTR)
            return;
        for (gsize i = 0; i < G_N_ELEMENTS(lanes); i++) {
            if (!lane_move(lanes[i], fds[2 * i].revents != 0, fds[2 * i + 1].revents != 0))
                return;
        }
    }
}

static RpcTransport *connect_to(const char *text, gboolean is_read_only, GError **error)
{
    g_autoptr(ConfigFile) config = client_config_load("libvirt.conf", error);
    g_autoptr(ConnectUri) uri = config ? connect_uri_parse(text, error) : NULL;
    g_autofree char *probed = NULL;

    if (!uri || !client_config_complete(config, uri, error))
        return NULL;
    if (uri->transport != TRANSPORT_UNIX) {
        vir_error_set(error, VIR_FROM_REMOTE, VIR_ERR_INVALID_ARG, "%s", "only local daemons can be connected to");
        return NULL;
    }
    return dial(uri, is_read_only, &probed, error);
}

int main(int argc, char **argv)
{
    gboolean is_read_only = FALSE, show_version = FALSE;
    g_auto(GStrv) uris = NULL;
    const GOptionEntry entries[] = {
        {"readonly", 'r', 0, G_OPTION_ARG_NONE, &is_read_only, "Connect to the read-only socket", NULL},
        {"version", 'V', 0, G_OPTION_ARG_NONE, &show_version, "Show the version", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &uris, NULL, "URI"},
        {NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(RpcTransport) transport = NULL;
    g_autoptr(GError) error = NULL;

    setlocale(LC_ALL, "");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "%s: %s\n", argv[0], error->message);
        return 1;
    }
    if (show_version) {
        printf("virt-ssh-helper (modvirt %s) %s\n", MODVIRT_VERSION, API_VERSION);
        return 0;
    }
    if (!uris || uris[1]) {
        fprintf(stderr, "%s: one URI is needed\n", argv[0]);
        return 1;
    }
    transport = connect_to(uris[0], is_read_only, &error);
    if (!transport) {
        fprintf(stderr, "%s: cannot connect to '%s': %s\n", argv[0], uris[0], error->message);
        return 1;
    }
    g_unix_set_fd_nonblocking(rpc_transport_fd(transport), TRUE, NULL);
    relay(rpc_transport_fd(transport));
    return 0;
}
