/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a program of calls is made of. The rows are generated from protocol/NAME.x and calls/NAME.calls into
 * NAME_calls.c; nothing here knows a daemon or a client.
 */
#pragma once

#include <glib.h>
#include <rpc/rpc.h>

#include "rpc/access_permissions.h"

/* A call being served. The daemon room defines it (daemon/call.h); handlers pass it through. */
typedef struct RpcCall RpcCall;

typedef enum {
    RPC_PROC_NO_AUTH = 1 << 0,       /* served before authentication */
    RPC_PROC_READ_ONLY = 1 << 1,     /* read-only connections may call it although a permission says otherwise */
    RPC_PROC_READ_WRITE = 1 << 2,    /* read-only connections may not, although the permissions would let them */
    RPC_PROC_EVENT = 1 << 3,         /* a message from daemon to client; never called */
    RPC_PROC_WAITS = 1 << 4,         /* may be answered later; without it the loop answers at once */
    RPC_PROC_STREAM_READ = 1 << 5,   /* opens a stream that the client reads */
    RPC_PROC_STREAM_WRITE = 1 << 6,  /* opens a stream that the client writes */
    RPC_PROC_FDS_CALL = 1 << 7,      /* descriptors come with the call */
    RPC_PROC_FDS_REPLY = 1 << 8,     /* descriptors go with the reply */
    RPC_PROC_EVENT_ANY = 1 << 9,     /* an event that clients register for by kind and event_id; its first word is the
                                        callback id */
    RPC_PROC_EVENT_LEGACY = 1 << 10, /* the same, in the form without a callback id */
    RPC_PROC_ID_ADD = 1 << 11,       /* the first word of the answer is the id of a new callback */
    RPC_PROC_ID_DROP = 1 << 12,      /* the first word of the arguments is the id of one that ends */
    RPC_PROC_ID_EVENT = 1 << 13,     /* the first word of the message is the id it is meant for */
} RpcProcedureFlags;

typedef enum {
    RPC_RULE_ALWAYS,
    RPC_RULE_FLAG,    /* when any bit of value is set in the unsigned argument at offset */
    RPC_RULE_NO_FLAG, /* when none is */
    RPC_RULE_EQUALS,  /* when the unsigned argument at offset equals value */
} RpcRuleCondition;

/* One permission a call needs. Lists end with permission ACCESS_NOTHING. */
typedef struct {
    AccessPermission permission;
    RpcRuleCondition condition;
    gsize offset;
    guint32 value;
} RpcAccessRule;

/* The kind of object a call's arguments name first. A snapshot or checkpoint counts as its domain. */
typedef enum {
    RPC_OBJECT_NONE,
    RPC_OBJECT_DOMAIN,
    RPC_OBJECT_NETWORK,
    RPC_OBJECT_NETWORK_PORT,
    RPC_OBJECT_INTERFACE,
    RPC_OBJECT_STORAGE_POOL,
    RPC_OBJECT_STORAGE_VOL,
    RPC_OBJECT_NODE_DEVICE,
    RPC_OBJECT_SECRET,
    RPC_OBJECT_NWFILTER,
    RPC_OBJECT_NWFILTER_BINDING,
} RpcObjectKind;

/* Calls the handler in a table of the program's typed handlers (RemoteHandlers, ...). */
typedef gboolean (*RpcInvoke)(const void *handlers, RpcCall *call, const void *args, void *ret, GError **error);

typedef struct {
    const char *name;     /* without prefix: "DOMAIN_CREATE"; NULL in a gap of the numbering */
    const char *function; /* public function: "virDomainCreate", or NULL */
    xdrproc_t args;       /* NULL when there are none */
    gsize args_size;      /* bytes */
    xdrproc_t ret;
    gsize ret_size;
    RpcInvoke invoke;           /* NULL for events */
    gsize handler;              /* offset of the handler's pointer in the program's handler table */
    const RpcAccessRule *rules; /* NULL when nothing is needed */
    AccessPermission filter;    /* objects the caller lacks this for are left out, or ACCESS_NOTHING */
    guint32 sparse_flag;        /* bit of the unsigned at flags_offset that turns holes on, or 0 */
    gsize flags_offset;
    guint flags;          /* RpcProcedureFlags */
    RpcObjectKind owner;  /* whose daemon answers the call; NONE: the connection's hypervisor */
    RpcObjectKind object; /* of an event: the kind it is registered for */
    gsize object_offset;  /* in the arguments */
    int event_id;         /* VIR_DOMAIN_EVENT_ID_*, VIR_NETWORK_EVENT_ID_*, ... of an event */
} RpcProcedure;

typedef struct {
    const char *name;
    guint32 number;
    guint32 version;
    const RpcProcedure *procedures; /* indexed by procedure number */
    guint n_procedures;
} RpcProgram;

/* The row of a procedure, or NULL for a number that the program does not have. */
static inline const RpcProcedure *rpc_program_find(const RpcProgram *program, gint32 procedure)
{
    if (procedure < 0 || (guint32)procedure >= program->n_procedures || !program->procedures[procedure].name)
        return NULL;
    return &program->procedures[procedure];
}
