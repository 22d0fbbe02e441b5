/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ports on networks, asked for: how a guest's interface is plugged in is the word of the networks' daemon, and what a
 * pool has only once goes to one guest only. Calls block, for jobs and workers. Errors: the peer's own, naming the
 * network; VIR_ERR_SYSTEM_ERROR when it cannot be reached.
 *
 * A port's UUID tells whose it is: its first bytes are made from the guest's UUID and the interface's MAC, so that a
 * daemon that was killed at any moment recognises the ports that it asked for and never wrote down.
 */
#pragma once

#include "conf/domain/domain_def.h"

/* Asks def's interface's network for a port, and keeps the answer in interface->port. */
gboolean port_client_create(const DomainDef *def, InterfaceDef *interface, GError **error);

/*
 * Makes sure that the network still has interface's port: after the networks' daemon or the network itself was started
 * again. A port that is gone is claimed again where it was; where the network has changed it is a new one, in
 * interface->port.
 */
gboolean port_client_restore(const DomainDef *def, InterfaceDef *interface, GError **error);

/* Changes the limits of interface's port (NULL: none), and keeps what came of it in interface->port. */
gboolean port_client_limit(InterfaceDef *interface, const Bandwidth *bandwidth, GError **error);

/* Gives a port up. One that is gone is no error; others are logged. */
void port_client_delete(const char *network, const guint8 uuid[UUID_LEN]);

/* While what guests had is given up, nobody makes new things of the kind: _begin is for the loop, _end for the worker
 * that has done it, _wait for jobs: it may be just that device, or a link of that name, that is wanted. */
void port_client_begin_release(void);
void port_client_end_release(void);
void port_client_wait(void);

/* Whether a port's UUID says that a guest of this driver asked for it. */
gboolean port_is_ours(const NetworkPort *port);

typedef struct {
    char *network;
    NetworkPort *port;
} FoundPort;
void found_port_free(FoundPort *found);

/* All ports of ours on the networks that are active: FoundPort. Caller unrefs. NULL: the peer does not answer. */
GPtrArray *port_client_list(GError **error);
