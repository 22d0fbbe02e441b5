/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Storage pools and the volumes in them: what is defined, what is active, and the rules between them. A pool's states
 * are
 *
 *             define            start
 *   (nothing) ------> defined  <-----> defined and active      create: (nothing) -> active, not defined (transient)
 *             <------           stop
 *             undefine
 *
 * Volumes are what was found in an active pool when it was last looked at, and what was made since. Changes are jobs
 * (pool_job.h, volume_job.h); all here is for the loop and in memory.
 */
#pragma once

#include <glib.h>

#include "conf/storage/pool_def.h"
#include "conf/storage/volume_def.h"
#include "daemon/driver.h"

typedef struct StorageJob StorageJob;

typedef struct {
    VolumeDef *def;
    char *made_at; /* the file it is while it is being made; NULL: it is whole */
    guint in_use;  /* jobs that read or change what is in it */
} Volume;

typedef struct {
    guint ref_count;
    char *name;
    guint8 uuid[UUID_LEN];
    PoolDef *def;        /* the persistent definition; NULL: transient */
    PoolDef *live;       /* what is active; NULL: inactive */
    GHashTable *volumes; /* name -> Volume, owned; empty when inactive */
    gboolean autostart;
    gboolean is_starting; /* a start, or the first look after the daemon's start, is under way */
    gboolean is_building; /* its directory is being made */
    GQueue waiting;       /* StorageJob, that have not begun */
    StorageJob *alone;    /* the job that works alone, or NULL */
    guint n_short;        /* jobs at work that look at a volume */
    guint n_long;         /* jobs at work that make or change one */
    guint n_lent;         /* jobs of other pools that read one */
} StoragePool;

typedef struct {
    Daemon *daemon;
    GHashTable *by_name; /* name -> StoragePool, owned */
    char *config_dir;    /* definitions */
    char *run_dir;       /* what is active */
    guint n_jobs;        /* of all pools, waiting or at work */
} StorageDriver;

/* The one driver of this process. */
extern StorageDriver storage_driver;

/* ---- pools ---- */

/* A pool that is defined or active. Borrowed. NULL: VIR_ERR_NO_STORAGE_POOL. */
StoragePool *pool_find(const char *name, GError **error);
StoragePool *pool_find_uuid(const guint8 *uuid, GError **error);
/* An active one whose directory that is. */
StoragePool *pool_find_path(const char *path, GError **error);

/* The pool of that name, made as an empty place when there is none: where a job that defines or creates runs.
 * Borrowed; pool_settle() takes it away again when it stayed empty. */
StoragePool *pool_claim(const PoolDef *def);

/* Forgets a pool that is neither defined nor active and has no job. */
void pool_settle(StoragePool *pool);

StoragePool *pool_ref(StoragePool *pool);
void pool_unref(StoragePool *pool);

static inline gboolean pool_is_active(const StoragePool *pool)
{
    return pool->live != NULL;
}

static inline gboolean pool_is_known(const StoragePool *pool)
{
    return pool->def || pool->live;
}

/* What an answer about the pool is made from: the active document, or the definition when is_inactive is asked for or
 * it is not active. Borrowed. */
const PoolDef *pool_def_for(const StoragePool *pool, gboolean is_inactive);

/* virStoragePoolState. */
int pool_state(const StoragePool *pool);

/* Whether a document may take its name, uuid and directory. FALSE: VIR_ERR_OPERATION_FAILED naming the other pool. */
gboolean pool_check_identity(const PoolDef *def, GError **error);

/* The sizes that def, a copy of the active document, was measured to have. */
void pool_take_sizes(StoragePool *pool, const PoolDef *def);

/* Whether its volumes are known. FALSE: VIR_ERR_OPERATION_INVALID. */
gboolean pool_check_active(const StoragePool *pool, GError **error);

/* Sends VIR_STORAGE_POOL_EVENT_ID_LIFECYCLE. event: VIR_STORAGE_POOL_EVENT_*. */
void pool_emit_lifecycle(const StoragePool *pool, int event);
/* Sends VIR_STORAGE_POOL_EVENT_ID_REFRESH. */
void pool_emit_refresh(const StoragePool *pool);

/* ---- volumes ---- */

/* A volume of an active pool. Borrowed until the loop goes on. NULL: VIR_ERR_NO_STORAGE_VOL. */
Volume *pool_find_volume(const StoragePool *pool, const char *name, GError **error);

/* Adds one, or replaces what has its name. def becomes the pool's. */
Volume *pool_put_volume(StoragePool *pool, VolumeDef *def);
void pool_remove_volume(StoragePool *pool, const char *name);

/* The pool's volumes by name: borrowed elements. Free with g_ptr_array_unref. */
GPtrArray *pool_list_volumes(const StoragePool *pool);
