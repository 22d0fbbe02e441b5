/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/bell.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

void bell_init(Bell *bell)
{
    if (pipe2(bell->fds, O_CLOEXEC | O_NONBLOCK) < 0)
        g_error("cannot make a pipe: %s", g_strerror(errno));
}

gboolean bell_is_there(const Bell *bell)
{
    return bell->fds[0] != bell->fds[1];
}

void bell_ring(Bell *bell)
{
    /* A full pipe rings already. */
    while (write(bell->fds[1], "", 1) < 0 && errno == EINTR)
        continue;
}

int bell_fd(const Bell *bell)
{
    return bell->fds[0];
}

void bell_hush(Bell *bell)
{
    char rings[64];

    while (read(bell->fds[0], rings, sizeof(rings)) == (ssize_t)sizeof(rings))
        continue;
}

gboolean bell_wait(Bell *bell, gint64 until_us)
{
    struct pollfd waited = {.fd = bell->fds[0], .events = POLLIN};
    gint64 left_us;

    while ((left_us = until_us - g_get_monotonic_time()) > 0) {
        if (poll(&waited, 1, (int)(left_us / 1000) + 1) > 0) {
            bell_hush(bell);
            return TRUE;
        }
    }
    return FALSE;
}
