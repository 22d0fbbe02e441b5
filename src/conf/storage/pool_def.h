/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A storage <pool> document: what was asked for, or what is active. Values only; no process, no file. Follows
 * formatstorage's description and storagepool.rng as far as directories go; pools of other types are refused, by name.
 */
#pragma once

#include "common/identifiers.h"
#include "conf/storage/storage_parts.h"

typedef enum {
    POOL_DIR,
    POOL_FS,
    POOL_NETFS,
    POOL_LOGICAL,
    POOL_DISK,
    POOL_ISCSI,
    POOL_ISCSI_DIRECT,
    POOL_SCSI,
    POOL_MPATH,
    POOL_RBD,
    POOL_SHEEPDOG,
    POOL_GLUSTER,
    POOL_ZFS,
    POOL_VSTORAGE,
    POOL_LAST
} PoolType;

extern const char *const pool_types[POOL_LAST];

typedef struct {
    PoolType type;
    char *name;
    guint8 uuid[UUID_LEN];
    guint64 capacity, allocation, available; /* bytes; written only, as it was when the pool was last looked at */
    XmlBool cow;                             /* of files made in it, where the file system knows */
    char *path;                              /* of the directory */
    StoragePermissions permissions;          /* of the directory */
} PoolDef;

/*
 * Reads a document. mode: XML_MODE_VALIDATE or 0. Caller frees. NULL: VIR_ERR_XML_ERROR and the like; for a type other
 * than dir VIR_ERR_CONFIG_UNSUPPORTED.
 */
PoolDef *pool_def_parse(const char *xml, guint mode, GError **error);
PoolDef *pool_def_parse_node(xmlNode *node, guint mode, GError **error);
PoolDef *pool_def_parse_file(const char *path, GError **error);

/* Caller frees. */
char *pool_def_format(const PoolDef *def);
/* The same into an open element. */
void pool_def_write(const PoolDef *def, XmlWriter *writer);

PoolDef *pool_def_copy(const PoolDef *def);
void pool_def_free(PoolDef *def); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PoolDef, pool_def_free)
