/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checkpoints: points in time from which on a guest's disks remember what changes, for incremental backups. */
#ifndef LIBVIRT_DOMAIN_CHECKPOINT_H
#define LIBVIRT_DOMAIN_CHECKPOINT_H

#ifndef LIBVIRT_LIBVIRT_H
#error "include <libvirt/libvirt.h>"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Handles ---- */

/* A checkpoint of a domain, by its name. */
typedef struct _virDomainCheckpoint virDomainCheckpoint;
typedef virDomainCheckpoint *virDomainCheckpointPtr;

/* Takes one more reference. 0 or -1. */
int virDomainCheckpointRef(virDomainCheckpointPtr checkpoint);

/* Drops a reference. 0 or -1. */
int virDomainCheckpointFree(virDomainCheckpointPtr checkpoint);

/* The checkpoint's name. Borrowed from the handle. */
const char *virDomainCheckpointGetName(virDomainCheckpointPtr checkpoint);

/* Its domain, without a reference of its own. */
virDomainPtr virDomainCheckpointGetDomain(virDomainCheckpointPtr checkpoint);

/* The connection, without a reference of its own. */
virConnectPtr virDomainCheckpointGetConnect(virDomainCheckpointPtr checkpoint);

/* ---- Making and removing ---- */

typedef enum {
    VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE =
        1, /* note a checkpoint that the disks have already, as virDomainCheckpointGetXMLDesc() described it */
    VIR_DOMAIN_CHECKPOINT_CREATE_QUIESCE = 2, /* let the guest's agent freeze its file systems for the moment */
    VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE_VALIDATE = 4, /* check that the disks have it */
} virDomainCheckpointCreateFlags;

/* Makes a checkpoint. flags: virDomainCheckpointCreateFlags. */
virDomainCheckpointPtr virDomainCheckpointCreateXML(virDomainPtr domain, const char *xmlDesc, unsigned int flags);

typedef enum {
    VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN = 1,      /* with all that descend from it */
    VIR_DOMAIN_CHECKPOINT_DELETE_METADATA_ONLY = 2, /* forget it, leave the disks alone */
    VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN_ONLY = 4, /* only those that descend from it */
} virDomainCheckpointDeleteFlags;

/* Removes a checkpoint; what it remembered becomes its parent's. flags: virDomainCheckpointDeleteFlags. 0 or -1. */
int virDomainCheckpointDelete(virDomainCheckpointPtr checkpoint, unsigned int flags);

typedef enum {
    VIR_DOMAIN_CHECKPOINT_XML_SECURE = 1,    /* with what read-only connections may not see */
    VIR_DOMAIN_CHECKPOINT_XML_NO_DOMAIN = 2, /* without the domain as it was */
    VIR_DOMAIN_CHECKPOINT_XML_SIZE = 4,      /* with how much has changed since */
} virDomainCheckpointXMLFlags;

/* The checkpoint as XML. flags: virDomainCheckpointXMLFlags. */
char *virDomainCheckpointGetXMLDesc(virDomainCheckpointPtr checkpoint, unsigned int flags);

/* ---- Finding ---- */

/* Which checkpoints to list. */
typedef enum {
    VIR_DOMAIN_CHECKPOINT_LIST_DESCENDANTS = 1, /* of a checkpoint: all generations */
    VIR_DOMAIN_CHECKPOINT_LIST_ROOTS = 1,       /* of a domain: those without parent */
    VIR_DOMAIN_CHECKPOINT_LIST_TOPOLOGICAL = 2, /* parents before children */
    VIR_DOMAIN_CHECKPOINT_LIST_LEAVES = 4,      /* without children */
    VIR_DOMAIN_CHECKPOINT_LIST_NO_LEAVES = 8,   /* with children */
} virDomainCheckpointListFlags;

/* Lists a domain's checkpoints. flags: virDomainCheckpointListFlags. Returns their number. */
int virDomainListAllCheckpoints(virDomainPtr domain, virDomainCheckpointPtr **checkpoints, unsigned int flags);

/* Lists a checkpoint's children. flags: virDomainCheckpointListFlags. Returns their number. */
int virDomainCheckpointListAllChildren(virDomainCheckpointPtr checkpoint, virDomainCheckpointPtr **children,
                                       unsigned int flags);

/* The checkpoint of this name. VIR_ERR_NO_DOMAIN_CHECKPOINT when there is none. flags 0. */
virDomainCheckpointPtr virDomainCheckpointLookupByName(virDomainPtr domain, const char *name, unsigned int flags);

/* The checkpoint before it; VIR_ERR_NO_DOMAIN_CHECKPOINT when it is the first. flags 0. */
virDomainCheckpointPtr virDomainCheckpointGetParent(virDomainCheckpointPtr checkpoint, unsigned int flags);

#ifdef __cplusplus
}
#endif

#endif
