/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/host/bridge_helper.h"

#include <errno.h>
#include <gio/gio.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/error.h"

static const char *find_helper(void)
{
    static const char *const places[] = {"/usr/libexec/qemu-bridge-helper", "/usr/lib/qemu/qemu-bridge-helper",
                                         "/usr/lib/qemu-bridge-helper"};

    for (gsize i = 0; i < G_N_ELEMENTS(places); i++)
        if (access(places[i], X_OK) == 0)
            return places[i];
    return NULL;
}

/* The descriptor that the helper sends over its socket, or -1. */
static int receive_fd(int socket_fd)
{
    char byte;
    struct iovec iov = {&byte, 1};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct msghdr message = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
    struct cmsghdr *header;
    int fd = -1;

    if (recvmsg(socket_fd, &message, MSG_CMSG_CLOEXEC) <= 0)
        return -1;
    header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_type == SCM_RIGHTS && header->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(&fd, CMSG_DATA(header), sizeof(fd));
    return fd;
}

int bridge_helper_run(const char *bridge, GError **error)
{
    const char *helper = find_helper();
    g_autofree char *bridge_option = g_strdup_printf("--br=%s", bridge);
    g_autofree char *fd_option = NULL;
    g_autofree char *words = NULL;
    g_autoptr(GSubprocessLauncher) launcher = NULL;
    g_autoptr(GSubprocess) process = NULL;
    g_autoptr(GError) problem = NULL;
    int pair[2];
    int fd = -1;

    if (!helper) {
        vir_error_set(
            error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
            "an unprivileged daemon plugs into bridge '%s' by qemu-bridge-helper only, which is not installed", bridge);
        return -1;
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        vir_error_set_errno(error, VIR_FROM_QEMU, errno, "cannot create a socket pair");
        return -1;
    }
    launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDERR_PIPE);
    fd_option = g_strdup_printf("--fd=%d", 3);
    g_subprocess_launcher_take_fd(launcher, pair[1], 3);
    process = g_subprocess_launcher_spawn(launcher, &problem, helper, "--use-vnet", bridge_option, fd_option, NULL);
    g_subprocess_launcher_close(launcher);
    if (process) {
        fd = receive_fd(pair[0]);
        g_subprocess_communicate_utf8(process, NULL, NULL, NULL, &words, NULL);
    }
    close(pair[0]);
    if (fd < 0)
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "%s gave no tap for bridge '%s': %s", helper,
                      bridge, problem ? problem->message : g_strstrip(words ? words : (char[]){""}));
    return fd;
}

char *bridge_helper_tap_name(int fd)
{
    struct ifreq request = {0};

    return ioctl(fd, TUNGETIFF, &request) == 0 ? g_strdup(request.ifr_name) : NULL;
}
