/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes to pools, as jobs (job.h): nothing is answered before it is on disk.
 *
 * Each function takes over call, which is answered when the job has ended; NULL for a job of the daemon's own. For the
 * loop.
 */
#pragma once

#include "virtstoraged/job.h"

/* def becomes the job's. flags of create and start: virStoragePoolCreateFlags. */
void pool_job_define(PoolDef *def, RpcCall *call, StorageAnswer answer);
void pool_job_create(PoolDef *def, guint flags, RpcCall *call, StorageAnswer answer);

void pool_job_undefine(StoragePool *pool, RpcCall *call);
void pool_job_start(StoragePool *pool, guint flags, RpcCall *call);
void pool_job_stop(StoragePool *pool, RpcCall *call);
void pool_job_build(StoragePool *pool, RpcCall *call);
void pool_job_delete(StoragePool *pool, RpcCall *call);
void pool_job_refresh(StoragePool *pool, RpcCall *call);
void pool_job_set_autostart(StoragePool *pool, gboolean autostart, RpcCall *call);

/* After the daemon's start: looks for the volumes of a pool that is active. One that cannot be read is no longer. */
void pool_job_load(StoragePool *pool);
