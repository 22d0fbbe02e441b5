/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/routing/routes.h"

#include <string.h>

#include "rpc/protocol/listen.h"
#include "rpc/protocol/netcheck.h"

/* clang-format off */
const Route routes_of_hypervisors[] = {
    {"virtqemud", "qemu"},
    {"virtlxcd",  "lxc"},
    {"virtxend",  "xen"},
    {"virtvboxd", "vbox"},
    {"virtchd",   "ch"},
    {"virttestd", "test"},
    {NULL, NULL},
};

/* Those of the secondary drivers, in the order of RpcObjectKind where that has them. */
static const Route network =   {"virtnetworkd",   "network"};
static const Route storage =   {"virtstoraged",   "storage"};
static const Route interface = {"virtinterfaced", "interface"};
static const Route nodedev =   {"virtnodedevd",   "nodedev"};
static const Route secret =    {"virtsecretd",    "secret"};
static const Route nwfilter =  {"virtnwfilterd",  "nwfilter"};

static const Route *const by_kind[] = {
    [RPC_OBJECT_NETWORK]          = &network,
    [RPC_OBJECT_NETWORK_PORT]     = &network,
    [RPC_OBJECT_INTERFACE]        = &interface,
    [RPC_OBJECT_STORAGE_POOL]     = &storage,
    [RPC_OBJECT_STORAGE_VOL]      = &storage,
    [RPC_OBJECT_NODE_DEVICE]      = &nodedev,
    [RPC_OBJECT_SECRET]           = &secret,
    [RPC_OBJECT_NWFILTER]         = &nwfilter,
    [RPC_OBJECT_NWFILTER_BINDING] = &nwfilter,
};
/* clang-format on */

const Route *route_for_kind(RpcObjectKind kind)
{
    return (gsize)kind < G_N_ELEMENTS(by_kind) ? by_kind[kind] : NULL;
}

const Route *route_for_scheme(const char *scheme)
{
    for (const Route *route = routes_of_hypervisors; route->daemon; route++)
        if (strcmp(route->scheme, scheme) == 0)
            return route;
    for (gsize i = 0; i < G_N_ELEMENTS(by_kind); i++)
        if (by_kind[i] && strcmp(by_kind[i]->scheme, scheme) == 0)
            return by_kind[i];
    return NULL;
}

const Route *route_for_program(guint32 number)
{
    return number == LISTEN_PROGRAM || number == NETCHECK_PROGRAM ? &network : NULL;
}
