/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A storage <volume> document: what shall be made, or what was found. Values only; no process, no file. Follows
 * formatstorage's description and storagevol.rng.
 *
 * What only says how something was found (key, path, physical size, times) is written, and of no effect when it is
 * read. Volumes that shall be encrypted are refused: no secrets are at hand to do it with.
 */
#pragma once

#include <time.h>

#include "conf/storage/storage_parts.h"

/* Numbers of virStorageVolType. */
typedef enum {
    VOLUME_FILE,
    VOLUME_BLOCK,
    VOLUME_DIR,
    VOLUME_NETWORK,
    VOLUME_NETDIR,
    VOLUME_PLOOP,
    VOLUME_LAST
} VolumeType;

/* <target>, and <backingStore> which has some of it. */
typedef struct {
    char *path;
    ImageFormat format;
    StoragePermissions permissions;
    gboolean has_times;
    struct timespec atime, mtime, ctime;
    ImageEncryption encryption; /* found; to ask for it is refused */
    char *compat;               /* of qcow2: "0.10", "1.1"; or NULL */
    gboolean nocow;             /* asked for; not written */
    guint64 cluster_size;       /* bytes; 0: not said */
    gboolean has_features;
    gboolean lazy_refcounts, extended_l2;
} VolumeTarget;

typedef struct {
    VolumeType type;
    char *name;
    char *key;
    gboolean has_capacity;
    guint64 capacity; /* bytes as a guest sees it */
    gboolean has_allocation;
    guint64 allocation; /* bytes in use, or to be */
    guint64 physical;   /* bytes up to the file's end; 0 is not written */
    VolumeTarget target;
    VolumeTarget *backing; /* what lies under it; or NULL */
} VolumeDef;

/*
 * Reads a document. mode: XML_MODE_VALIDATE or 0. needs_capacity: one without is refused, unless there is a backing
 * store whose it may take. Caller frees. NULL: VIR_ERR_XML_ERROR, VIR_ERR_INVALID_ARG, VIR_ERR_CONFIG_UNSUPPORTED.
 */
VolumeDef *volume_def_parse(const char *xml, gboolean needs_capacity, guint mode, GError **error);

/* Empty; format raw. Free with volume_def_free. */
VolumeDef *volume_def_new(const char *name);
/* The same for what lies under a volume. Belongs to a VolumeDef. */
VolumeTarget *volume_target_new(void);

/* Caller frees. */
char *volume_def_format(const VolumeDef *def);

VolumeDef *volume_def_copy(const VolumeDef *def);
void volume_def_free(VolumeDef *def); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VolumeDef, volume_def_free)
