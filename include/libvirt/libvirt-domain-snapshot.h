/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots: states of a guest to which it can be set back. */
#ifndef LIBVIRT_DOMAIN_SNAPSHOT_H
#define LIBVIRT_DOMAIN_SNAPSHOT_H

#ifndef LIBVIRT_LIBVIRT_H
#error "include <libvirt/libvirt.h>"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Handles ---- */

/* A snapshot of a domain, by its name. */
typedef struct _virDomainSnapshot virDomainSnapshot;
typedef virDomainSnapshot *virDomainSnapshotPtr;

/* Takes one more reference. 0 or -1. */
int virDomainSnapshotRef(virDomainSnapshotPtr snapshot);

/* Drops a reference. 0 or -1. */
int virDomainSnapshotFree(virDomainSnapshotPtr snapshot);

/* The snapshot's name. Borrowed from the handle. */
const char *virDomainSnapshotGetName(virDomainSnapshotPtr snapshot);

/* Its domain, without a reference of its own. */
virDomainPtr virDomainSnapshotGetDomain(virDomainSnapshotPtr snapshot);

/* The connection, without a reference of its own. */
virConnectPtr virDomainSnapshotGetConnect(virDomainSnapshotPtr snapshot);

/* ---- Making and removing ---- */

typedef enum {
    VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE =
        1, /* note a snapshot that is there already, as virDomainSnapshotGetXMLDesc() described it */
    VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT = 2,     /* with REDEFINE: it is the one the guest runs on */
    VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA = 4, /* make it and forget it */
    VIR_DOMAIN_SNAPSHOT_CREATE_HALT = 8,        /* stop the guest afterwards */
    VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY = 16,  /* without memory */
    VIR_DOMAIN_SNAPSHOT_CREATE_REUSE_EXT = 32,  /* files for external snapshots are there already */
    VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE = 64,    /* let the guest's agent freeze its file systems for the moment */
    VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC = 128,    /* all disks or none */
    VIR_DOMAIN_SNAPSHOT_CREATE_LIVE = 256,      /* let the guest run on while its memory is saved */
    VIR_DOMAIN_SNAPSHOT_CREATE_VALIDATE = 512,  /* refuse what the schema does not know */
} virDomainSnapshotCreateFlags;

/*
 * Makes a snapshot of the guest as it is. flags: virDomainSnapshotCreateFlags. May take as long as writing the
 * memory does.
 */
virDomainSnapshotPtr virDomainSnapshotCreateXML(virDomainPtr domain, const char *xmlDesc, unsigned int flags);

typedef enum {
    VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN = 1,      /* with all that descend from it */
    VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY = 2, /* forget it, leave the disks alone */
    VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY = 4, /* only those that descend from it */
} virDomainSnapshotDeleteFlags;

/*
 * Removes a snapshot; the guest and other snapshots stay as they are. flags: virDomainSnapshotDeleteFlags. 0 or
 * -1.
 */
int virDomainSnapshotDelete(virDomainSnapshotPtr snapshot, unsigned int flags);

typedef enum {
    VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING = 1,     /* run afterwards, whatever the snapshot's state */
    VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED = 2,      /* be paused afterwards */
    VIR_DOMAIN_SNAPSHOT_REVERT_FORCE = 4,       /* also when it is risky (VIR_ERR_SNAPSHOT_REVERT_RISKY) */
    VIR_DOMAIN_SNAPSHOT_REVERT_RESET_NVRAM = 8, /* with the firmware's variables as new */
} virDomainSnapshotRevertFlags;

/* Sets the guest back to a snapshot; what has changed since is lost. flags: virDomainSnapshotRevertFlags. 0 or -1. */
int virDomainRevertToSnapshot(virDomainSnapshotPtr snapshot, unsigned int flags);

typedef enum {
    VIR_DOMAIN_SNAPSHOT_XML_SECURE = 1, /* with what read-only connections may not see */
} virDomainSnapshotXMLFlags;

/* The snapshot as XML. flags: virDomainSnapshotXMLFlags. */
char *virDomainSnapshotGetXMLDesc(virDomainSnapshotPtr snapshot, unsigned int flags);

/* 1 when the daemon keeps something about it that undefining the domain must remove, 0 when not. flags 0. */
int virDomainSnapshotHasMetadata(virDomainSnapshotPtr snapshot, unsigned int flags);

/* ---- Finding ---- */

/* Which snapshots to list; of groups that exclude each other, none or all: whichever. */
typedef enum {
    VIR_DOMAIN_SNAPSHOT_LIST_DESCENDANTS = 1,    /* of a snapshot: all generations */
    VIR_DOMAIN_SNAPSHOT_LIST_ROOTS = 1,          /* of a domain: those without parent */
    VIR_DOMAIN_SNAPSHOT_LIST_METADATA = 2,       /* with metadata */
    VIR_DOMAIN_SNAPSHOT_LIST_LEAVES = 4,         /* without children */
    VIR_DOMAIN_SNAPSHOT_LIST_NO_LEAVES = 8,      /* with children */
    VIR_DOMAIN_SNAPSHOT_LIST_NO_METADATA = 16,   /* without metadata */
    VIR_DOMAIN_SNAPSHOT_LIST_INACTIVE = 32,      /* of a guest that did not run */
    VIR_DOMAIN_SNAPSHOT_LIST_ACTIVE = 64,        /* of a guest that ran, with memory */
    VIR_DOMAIN_SNAPSHOT_LIST_DISK_ONLY = 128,    /* of a guest that ran, without memory */
    VIR_DOMAIN_SNAPSHOT_LIST_INTERNAL = 256,     /* inside the disk images */
    VIR_DOMAIN_SNAPSHOT_LIST_EXTERNAL = 512,     /* in files beside them */
    VIR_DOMAIN_SNAPSHOT_LIST_TOPOLOGICAL = 1024, /* parents before children */
} virDomainSnapshotListFlags;

/* Lists a domain's snapshots. flags: virDomainSnapshotListFlags. Returns their number. */
int virDomainListAllSnapshots(virDomainPtr domain, virDomainSnapshotPtr **snaps, unsigned int flags);

/* Lists a snapshot's children. flags: virDomainSnapshotListFlags. Returns their number. */
int virDomainSnapshotListAllChildren(virDomainSnapshotPtr snapshot, virDomainSnapshotPtr **snaps, unsigned int flags);

/* How many snapshots a domain has. flags: virDomainSnapshotListFlags. */
int virDomainSnapshotNum(virDomainPtr domain, unsigned int flags);

/*
 * Names of at most nameslen of them; free() each. Returns their number. A race: prefer
 * virDomainListAllSnapshots().
 */
int virDomainSnapshotListNames(virDomainPtr domain, char **names, int nameslen, unsigned int flags);

/* How many children a snapshot has. flags: virDomainSnapshotListFlags. */
int virDomainSnapshotNumChildren(virDomainSnapshotPtr snapshot, unsigned int flags);

/* The same for their names. */
int virDomainSnapshotListChildrenNames(virDomainSnapshotPtr snapshot, char **names, int nameslen, unsigned int flags);

/* The snapshot of this name. VIR_ERR_NO_DOMAIN_SNAPSHOT when there is none. flags 0. */
virDomainSnapshotPtr virDomainSnapshotLookupByName(virDomainPtr domain, const char *name, unsigned int flags);

/* 1 when the domain has a current snapshot, 0 when not. flags 0. */
int virDomainHasCurrentSnapshot(virDomainPtr domain, unsigned int flags);

/* The snapshot that the domain was made to or set back to last. flags 0. */
virDomainSnapshotPtr virDomainSnapshotCurrent(virDomainPtr domain, unsigned int flags);

/* 1 when it is that one, 0 when not. flags 0. */
int virDomainSnapshotIsCurrent(virDomainSnapshotPtr snapshot, unsigned int flags);

/* The snapshot before it; VIR_ERR_NO_DOMAIN_SNAPSHOT when it is the first. flags 0. */
virDomainSnapshotPtr virDomainSnapshotGetParent(virDomainSnapshotPtr snapshot, unsigned int flags);

#ifdef __cplusplus
}
#endif

#endif
