/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/notify.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <glib.h>

#include "common/log.h"

/* libsystemd has a function for this, but costs a daemon's start more than all of this file: it brings three
 * compression libraries and a cryptographic one. */
void notify_state(const char *state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = g_getenv("NOTIFY_SOCKET");
    g_autofree char *text = NULL;
    struct timespec now;
    socklen_t size;
    int fd;

    if (!path || !*path || strlen(path) >= sizeof(address.sun_path))
        return;
    memcpy(address.sun_path, path, strlen(path));
    if (path[0] == '@') /* a name without a file */
        address.sun_path[0] = '\0';
    size = offsetof(struct sockaddr_un, sun_path) + strlen(path);
    clock_gettime(CLOCK_MONOTONIC, &now);
    text = g_strdup_printf("%s\nMONOTONIC_USEC=%" G_GINT64_FORMAT "\n", state,
                           (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000);
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || sendto(fd, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&address, size) < 0)
        log_warning("cannot tell the service manager: %s", state);
    if (fd >= 0)
        close(fd);
}
