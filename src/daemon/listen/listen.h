/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sockets a daemon listens on: made by itself, or handed over by systemd. */
#pragma once

#include "daemon/daemon.h"

/* How one unix socket is made. */
typedef struct {
    const char *path;
    mode_t mode;
    gid_t group; /* (gid_t)-1: leave it */
    int backlog;
} ListenUnix;

/* Makes a listening unix socket in place of whatever file has its name, unless somebody listens there. -1:
 * VIR_ERR_SYSTEM_ERROR, VIR_ERR_OPERATION_FAILED. */
int listen_unix(const ListenUnix *how, GError **error);

/* Makes listening TCP sockets: one for each of the addresses that address (NULL: all of the host's) and port stand for.
 * Array of int; the descriptors are the caller's. NULL: VIR_ERR_SYSTEM_ERROR, VIR_ERR_INVALID_ARG for names that say
 * nothing. Looking up a name may wait: for the start only. */
GArray *listen_tcp(const char *address, const char *port, int backlog, GError **error);

/* A socket that systemd has handed over. */
typedef struct {
    int fd;
    char *name; /* of its unit, or NULL */
    char *path; /* of a unix socket, or NULL */
} ListenActivated;

/* Takes what systemd has handed over, if anything; the descriptors become the caller's. Array of ListenActivated. */
GArray *listen_take_activated(void);
