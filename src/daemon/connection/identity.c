/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/connection/identity.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define START_TIME_FIELD 22

DaemonIdentity *daemon_identity_new(void)
{
    DaemonIdentity *identity = g_new0(DaemonIdentity, 1);

    identity->ref_count = 1;
    return identity;
}

guint64 daemon_identity_process_start_time(gint64 pid)
{
    char path[64];
    char text[1024];
    const char *at;
    gssize n;
    int fd;

    g_snprintf(path, sizeof(path), "/proc/%" G_GINT64_FORMAT "/stat", pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    n = read(fd, text, sizeof(text) - 1);
    close(fd);
    if (n <= 0)
        return 0;
    text[n] = '\0';
    /* The second field is the command in parentheses and may hold anything; fields are counted from its end. */
    at = strrchr(text, ')');
    for (int field = 2; at && field < START_TIME_FIELD; field++)
        at = strchr(at + 1, ' ');
    return at ? g_ascii_strtoull(at + 1, NULL, 10) : 0;
}

DaemonIdentity *daemon_identity_new_from_socket(int fd)
{
    DaemonIdentity *identity = daemon_identity_new();
    struct ucred peer;
    socklen_t size = sizeof(peer);

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 || peer.uid == (uid_t)-1)
        return identity;
    identity->has_process = TRUE;
    identity->pid = peer.pid;
    identity->uid = peer.uid;
    identity->gid = peer.gid;
    identity->start_time = daemon_identity_process_start_time(peer.pid);
    return identity;
}

DaemonIdentity *daemon_identity_ref(const DaemonIdentity *identity)
{
    DaemonIdentity *own = (DaemonIdentity *)identity;

    g_atomic_int_inc(&own->ref_count);
    return own;
}

void daemon_identity_unref(DaemonIdentity *identity)
{
    if (!identity || !g_atomic_int_dec_and_test(&identity->ref_count))
        return;
    g_free(identity->user_name);
    g_free(identity->group_name);
    g_free(identity->sasl_user_name);
    g_free(identity->x509_name);
    g_free(identity->selinux_context);
    g_free(identity);
}
