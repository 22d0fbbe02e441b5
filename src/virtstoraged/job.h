/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The queue behind pool_job.h and volume_job.h: a pool's calls, in order. For the loop.
 *
 * A kind of job has three steps: check on the loop, work on a thread of its own, publish on the loop. Only what stands
 * in the job itself may be touched by work. A disk that hangs keeps its own pool's jobs, and nobody else's.
 */
#pragma once

#include "virtstoraged/directory.h"
#include "virtstoraged/pool.h"

/* How the answer to a call is written: into rpc_call_ret(call). */
typedef void (*StorageAnswer)(RpcCall *call, StorageJob *job);

typedef enum {
    JOB_ALONE, /* nothing of the queue begins while it works */
    JOB_SHORT, /* looks at a volume: beside others, as many as JOB_SHORT_MAX */
    JOB_LONG,  /* makes or changes a volume, which may take hours: beside others, as many as JOB_LONG_MAX */
} StorageJobWay;

/* Of one pool, at once. */
#define JOB_SHORT_MAX 4
#define JOB_LONG_MAX  16

typedef struct {
    StorageJobWay way;
    gboolean is_refused_while_starting; /* rather than that it waits for the start's end */
    /* On the loop: may it be done, and with which copies? */
    gboolean (*check)(StorageJob *job, GError **error);
    /* On a thread: does it. NULL: there is nothing to wait for. */
    gboolean (*work)(StorageJob *job, GError **error);
    /* On the loop: publishes what work did. NULL: nothing. */
    void (*publish)(StorageJob *job);
    /* On the loop, after a check that was passed, however the work ended: takes back what check marked. May be NULL. */
    void (*end)(StorageJob *job);
} StorageJobKind;

struct StorageJob {
    const StorageJobKind *kind;
    StoragePool *pool; /* referenced */
    RpcCall *call;     /* or NULL */
    StorageAnswer answer;
    const char *name; /* of the pool, for the thread; the pool outlives the job */
    GError *error;
    guint flags; /* of the call */

    /* What the work is about, each owned or unset. */
    PoolDef *def;
    DirectoryScan *scan;
    gboolean autostart;
    VolumeDef *volume;        /* the one to make; or a copy of the one it is about */
    char *volume_name;        /* of the latter */
    char *made_at;            /* where the one that is being made is */
    StoragePool *source_pool; /* of the volume to clone; referenced */
    char *source_name;
    VolumeDef *source; /* a copy of it */
    guint64 offset, size;
    int fd; /* to carry a stream's bytes with, or -1 */
};

/* call: answered when the job has ended; NULL for a job of the daemon's own. */
StorageJob *job_new(const StorageJobKind *kind, StoragePool *pool, RpcCall *call);

/* Runs the job when its turn comes, and frees it. */
void job_queue(StorageJob *job);

/* What several kinds check. FALSE: VIR_ERR_INTERNAL_ERROR, volumes are being made or changed. */
gboolean job_check_no_long(const StorageJob *job, GError **error);
