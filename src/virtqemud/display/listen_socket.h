/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Listening TCP sockets on addresses of this host. Any thread; resolving a host name may block.
 *
 * Several addresses share one port. The sockets are in arrays of int that close them when they are released.
 */
#pragma once

#include <glib.h>

/* What a QEMU listens on, and is about to give up for new sockets. */
typedef struct {
    const GPtrArray *addresses; /* char * */
    const GArray *sockets;      /* int, one for each of the addresses; NULL: an earlier daemon had them */
    int port;
} ListenOld;

/*
 * Binds and listens on all the addresses (char *; numeric or host names): from here on the port is taken. Where old (or
 * NULL) listens already its socket goes on to be used, so that no connection gets lost; without its sockets, new ones
 * share the port with them for a moment. NULL: *errnum (EADDRINUSE, EADDRNOTAVAIL, ...) and *failed, the address at
 * fault, borrowed.
 */
GArray *listen_sockets_open(const GPtrArray *addresses, int port, const ListenOld *old, int *errnum,
                            const char **failed);

/* The first port of [min, max] that is free on all the addresses and not among taken (a set of ports as pointers; may
 * be NULL); *port is set. NULL: VIR_ERR_INTERNAL_ERROR "Unable to find an unused port ...", or VIR_ERR_SYSTEM_ERROR
 * when an address is not usable. what: "VNC". */
GArray *listen_sockets_open_any(const GPtrArray *addresses, int min, int max, GHashTable *taken, const char *what,
                                int *port, GError **error);

/* The same for one given port, with the error "VNC server cannot listen on address ...". old may be NULL. */
GArray *listen_sockets_open_port(const GPtrArray *addresses, int port, const ListenOld *old, const char *what,
                                 GError **error);
