/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/lldpad.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/error.h"

/* What lldpad writes is some 200 bytes. */
#define MESSAGE_MAX 8192

/* ---- where it is ---- */

static const char *pid_file = "/run/lldpad.pid";

void lldpad_set_pid_file(const char *path)
{
    pid_file = path;
}

gboolean lldpad_find(guint32 *peer, GError **error)
{
    g_autofree char *text = NULL;
    guint64 pid;

    if (g_file_get_contents(pid_file, &text, NULL, NULL) &&
        g_ascii_string_to_unsigned(g_strstrip(text), 10, 1, G_MAXINT32, &pid, NULL)) {
        *peer = (guint32)pid;
        return TRUE;
    }
    vir_error_set(error, VIR_FROM_NONE, VIR_ERR_CONFIG_UNSUPPORTED,
                  "802.1Qbg needs lldpad, which does not run: there is no process number in %s", pid_file);
    return FALSE;
}

/* ---- what it says unasked ---- */

static guint32 listener;

guint32 lldpad_listener(void)
{
    return listener;
}

/* The kernel chooses an address that nobody has. */
static gboolean bind_anywhere(int fd)
{
    struct sockaddr_nl address = {.nl_family = AF_NETLINK};
    socklen_t size = sizeof(address);

    if (bind(fd, (struct sockaddr *)&address, size) < 0 || getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        return FALSE;
    listener = address.nl_pid;
    return TRUE;
}

int lldpad_listen(GError **error)
{
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

    if (fd >= 0 && bind_anywhere(fd))
        return fd;
    vir_error_set(error, VIR_FROM_NONE, VIR_ERR_SYSTEM_ERROR, "cannot listen to lldpad: %s", g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Anybody who may change the network could write. */
static gboolean is_from_lldpad(const struct sockaddr_nl *from)
{
    guint32 address;

    return lldpad_find(&address, NULL) && from->nl_pid == address;
}

static gboolean is_taken_away(struct nlattr *port, guint8 instance_id[UUID_LEN])
{
    struct nlattr *request = nla_find(nla_data(port), nla_len(port), IFLA_PORT_REQUEST);
    struct nlattr *id = nla_find(nla_data(port), nla_len(port), IFLA_PORT_INSTANCE_UUID);

    if (!request || nla_len(request) < 1 || nla_get_u8(request) != PORT_REQUEST_DISASSOCIATE || !id ||
        nla_len(id) != UUID_LEN)
        return FALSE;
    memcpy(instance_id, nla_data(id), UUID_LEN);
    return TRUE;
}

static gboolean read_message(struct nlmsghdr *message, guint8 instance_id[UUID_LEN])
{
    struct nlattr *ports, *one;
    int left;

    if (message->nlmsg_type != RTM_SETLINK || !nlmsg_valid_hdr(message, sizeof(struct ifinfomsg)))
        return FALSE;
    ports = nlmsg_find_attr(message, sizeof(struct ifinfomsg), IFLA_VF_PORTS);
    if (!ports)
        return FALSE;
    nla_for_each_nested(one, ports, left)
    {
        if (nla_type(one) == IFLA_VF_PORT && is_taken_away(one, instance_id))
            return TRUE;
    }
    return FALSE;
}

gboolean lldpad_read(int fd, guint8 instance_id[UUID_LEN])
{
    for (;;) {
        union {
            struct nlmsghdr head;
            guint8 bytes[MESSAGE_MAX];
        } message;
        struct sockaddr_nl from = {0};
        socklen_t from_size = sizeof(from);
        ssize_t size = recvfrom(fd, &message, sizeof(message), 0, (struct sockaddr *)&from, &from_size);

        /* ENOBUFS: there was more than the kernel keeps, and it goes on with what it has. */
        if (size < 0 && errno != EINTR && errno != ENOBUFS)
            return FALSE;
        if (size > 0 && nlmsg_ok(&message.head, (int)size) && is_from_lldpad(&from) &&
            read_message(&message.head, instance_id))
            return TRUE;
    }
}
