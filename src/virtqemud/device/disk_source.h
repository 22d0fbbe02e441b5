/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Protocol nodes: what is below a format. Used by disks and by firmware variables. */
#pragma once

#include "virtqemud/command/build.h"

/* One image. What it points to is borrowed. */
typedef struct {
    const DiskSource *source;
    const DiskAuth *auth;             /* NULL: none is asked for */
    const DiskEncryption *encryption; /* NULL: plain */
    const char *name;                 /* of its nodes, before "-storage" and "-format": "libvirt-1" */
    DiskCache cache;
    DiskIo io;
    gboolean is_floppy;
} DiskNode;

/* Adds -blockdev with the name "...-storage", and the -objects that it needs. FALSE: what QEMU cannot do, or
 * VIR_ERR_INTERNAL_ERROR or VIR_ERR_XML_ERROR for a source that says too much or too little. */
gboolean disk_node_add_storage(CommandBuild *build, const DiskNode *node, GError **error);

/* Adds the cache mode to a node. */
void disk_node_add_cache(json_object *object, DiskCache cache);

/* Adds "key-secret" for the image's encryption. */
void disk_node_add_key(json_object *object, const DiskNode *node);

/* Calls each for the values that QEMU must know of the image: id names QEMU's object, secret is where its value is to
 * be asked for, or cookies (DiskCookie) are the value. */
typedef void (*DiskSecretFunc)(const char *id, const DiskSecret *secret, const GPtrArray *cookies, gpointer data);
void disk_node_each_secret(const DiskNode *node, DiskSecretFunc each, gpointer data);

/* Whether a helper must manage the reservations of a SCSI device; it is to listen at "pr-helper0.sock" in the guest's
 * directory. */
gboolean disk_needs_pr_helper(const DomainDef *def);

/* The nodes of a disk and of what is below it, the top first: fills node, and name, which the caller frees, for the
 * level; FALSE when there is no such level, or nothing that QEMU has a node for. */
gboolean disk_node_init(const DiskDef *disk, guint level, DiskNode *node, DiskFormat *format, char **name);
