/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is done with volumes, as jobs (job.h): looking, making, changing, and opening for a stream. Other calls go on
 * meanwhile, also in the same pool; on a volume that is being made or changed only what looks at it.
 *
 * Each function takes over call, which is answered when the job has ended. For the loop.
 */
#pragma once

#include "virtstoraged/job.h"

/* Looks at its file; the answer is made from job->volume. */
void volume_job_look(StoragePool *pool, const char *name, RpcCall *call, StorageAnswer answer);

void volume_job_delete(StoragePool *pool, const char *name, RpcCall *call);
/* flags: virStorageVolResizeFlags. */
void volume_job_resize(StoragePool *pool, const char *name, guint64 capacity, guint flags, RpcCall *call);
void volume_job_wipe(StoragePool *pool, const char *name, RpcCall *call);

/* Opens length bytes (0: all) from offset on for the call's stream. After an upload the pool is looked at again. */
void volume_job_upload(StoragePool *pool, const char *name, guint64 offset, guint64 length, RpcCall *call);
void volume_job_download(StoragePool *pool, const char *name, guint64 offset, guint64 length, RpcCall *call);

/*
 * Makes a volume, which def becomes; the answer is made from job->volume. source_pool and source: the volume whose
 * content it gets, or NULL. flags: virStorageVolCreateFlags. (volume_make_job.c)
 */
void volume_job_make(StoragePool *pool, VolumeDef *def, StoragePool *source_pool, const char *source, guint flags,
                     RpcCall *call, StorageAnswer answer);

/* FALSE: VIR_ERR_OPERATION_INVALID, it is being made. */
gboolean volume_job_check_whole(const Volume *volume, GError **error);
