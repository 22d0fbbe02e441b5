/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The queue behind network_job.h, port_job.h: a network's changes, one after the other. For the loop.
 *
 * A kind of change has three steps: check on the loop, work on a worker, publish on the loop. Only what stands in the
 * job itself may be touched by work.
 */
#pragma once

#include "conf/metadata.h"
#include "conf/network/network_port.h"
#include "conf/network/network_update.h"
#include "virtnetworkd/network.h"

typedef struct NetworkJob NetworkJob;

/* How the answer to a call is written: into rpc_call_ret(call). */
typedef void (*NetworkAnswer)(RpcCall *call, const Network *network);

typedef struct {
    /* On the loop: may it be done, and with which copies? */
    gboolean (*check)(NetworkJob *job, GError **error);
    /* On a worker: does it. NULL: there is nothing to wait for. */
    gboolean (*work)(NetworkJob *job, GError **error);
    /* On the loop: publishes what work did. */
    void (*publish)(NetworkJob *job);
    /* On the loop: what follows when work has failed, or NULL. */
    void (*fail)(NetworkJob *job);
} NetworkJobKind;

struct NetworkJob {
    const NetworkJobKind *kind;
    Network *network; /* referenced */
    RpcCall *call;    /* or NULL */
    NetworkAnswer answer;
    const char *name; /* of the network, for the worker; the network outlives the job */
    GError *error;

    /* What the work is about, each owned or unset. */
    NetworkDef *def;    /* the document that runs or shall run */
    NetworkDef *config; /* the definition */
    NetworkPort *port, *old_port;
    GPtrArray *ports;        /* of NetworkPort */
    guint8 uuid[UUID_LEN];   /* of a port */
    guint64 floor_sum;       /* what the other ports are promised */
    NetworkUpdate update;    /* its xml is the call's */
    MetadataChange metadata; /* its texts are the call's */
    guint flags;
    gboolean autostart;
    gboolean has_lost_bridge; /* which somebody took away */
    gboolean ends_leases;     /* the network is no more afterwards */
    pid_t dnsmasq;

    /* Of a start with the host: */
    gboolean is_autostart;
    GPtrArray *after; /* of Network, whose own such starts are waited for; or NULL */
};

/* call: answered when the job has ended; NULL for a job of the daemon's own. */
NetworkJob *job_new(const NetworkJobKind *kind, Network *network, RpcCall *call);

/* Runs the job when those before it have ended, and frees it. */
void job_queue(NetworkJob *job);

/* What several kinds check first. FALSE: VIR_ERR_OPERATION_INVALID. */
gboolean job_check_active(const NetworkJob *job, GError **error);

/* Which documents job->flags (VIR_NETWORK_UPDATE_AFFECT_*) are about: both may be asked for; none means the one that an
 * answer about the network is made from. FALSE: VIR_ERR_OPERATION_INVALID. */
gboolean job_check_affected(const NetworkJob *job, gboolean *live, gboolean *config, GError **error);
