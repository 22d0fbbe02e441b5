/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/process/background.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <glib-unix.h>

static int ready_fd = -1;

/* The child says one byte when it is ready; an end without it is a failure. */
static void wait_for_child(int fd)
{
    char byte;
    gssize n;

    do
        n = read(fd, &byte, 1);
    while (n < 0 && errno == EINTR);
    _exit(n == 1 ? EXIT_SUCCESS : EXIT_FAILURE);
}

void background_enter(void)
{
    int fds[2];

    if (!g_unix_open_pipe(fds, FD_CLOEXEC, NULL))
        g_error("cannot make a pipe: %s", g_strerror(errno));
    switch (fork()) {
    case -1:
        g_error("cannot fork: %s", g_strerror(errno));
    case 0:
        close(fds[0]);
        ready_fd = fds[1];
        setsid();
        if (chdir("/") < 0)
            g_error("cannot change to the root directory: %s", g_strerror(errno));
        break;
    default:
        close(fds[1]);
        wait_for_child(fds[0]);
    }
}

void background_ready(void)
{
    int null;

    if (ready_fd < 0)
        return;
    /* Errors of the start were still shown; from here on they go to the log's outputs. */
    null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; null >= 0 && fd <= 2; fd++)
        dup2(null, fd);
    if (null > 2)
        close(null);
    if (write(ready_fd, "", 1) != 1)
        g_warning("nobody waits for this daemon to be ready");
    close(ready_fd);
    ready_fd = -1;
}
