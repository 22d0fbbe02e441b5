/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Listening TCP sockets on one address of this host. Any thread; resolving a host name may block. */
#pragma once

#include <glib.h>

/* Binds and listens: from here on the port is taken. address is numeric or a host name. Returns the descriptor, or -1 with
 * *errnum (EADDRINUSE, EADDRNOTAVAIL, ...). */
int listen_socket_open(const char *address, int port, int *errnum);

/* The first port of [min, max] that is free on address and not among taken (a set of ports as pointers; may be NULL);
 * *port is set. -1: VIR_ERR_INTERNAL_ERROR "Unable to find an unused port ...", or VIR_ERR_SYSTEM_ERROR when the address is
 * not usable. what: "VNC". */
int listen_socket_open_any(const char *address, int min, int max, GHashTable *taken, const char *what, int *port,
                           GError **error);
