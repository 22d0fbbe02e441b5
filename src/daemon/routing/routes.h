/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which daemon answers what: the one table that virtproxyd, and any daemon asked for what is not its own, goes by. */
#pragma once

#include "rpc/program.h"

typedef struct {
    const char *daemon; /* "virtnetworkd": its sockets are named after it */
    const char *scheme; /* of the URI to open there: "network" */
} Route;

/* The daemon of a secondary driver, by the kind of object; NULL for the kinds that belong to a hypervisor. */
const Route *route_for_kind(RpcObjectKind kind);

/* The daemon that a URI of this scheme means; NULL when there is none. */
const Route *route_for_scheme(const char *scheme);

/* The hypervisors that an empty URI may mean, in the order in which they are tried; the last one's daemon is NULL. */
extern const Route routes_of_hypervisors[];

/* The daemon that serves a program other than the remote program, whatever the connection's hypervisor is; NULL when it
 * goes with the hypervisor. */
const Route *route_for_program(guint32 number);
