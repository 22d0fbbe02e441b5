/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Storage pools, and the volumes in them. */
#ifndef LIBVIRT_STORAGE_H
#define LIBVIRT_STORAGE_H

#ifndef LIBVIRT_LIBVIRT_H
#error "include <libvirt/libvirt.h>"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Handles ---- */

/* A storage pool, by its name and UUID. */
typedef struct _virStoragePool virStoragePool;
typedef virStoragePool *virStoragePoolPtr;

/* A volume, by its pool, name and key. */
typedef struct _virStorageVol virStorageVol;
typedef virStorageVol *virStorageVolPtr;

/* Takes one more reference. 0 or -1. */
int virStoragePoolRef(virStoragePoolPtr pool);

/* Drops a reference. 0 or -1. */
int virStoragePoolFree(virStoragePoolPtr pool);

/* The connection, without a reference of its own. */
virConnectPtr virStoragePoolGetConnect(virStoragePoolPtr pool);

/* The pool's name. Borrowed from the handle. */
const char *virStoragePoolGetName(virStoragePoolPtr pool);

/* Writes the 16 bytes of the UUID to uuid. 0 or -1. */
int virStoragePoolGetUUID(virStoragePoolPtr pool, unsigned char *uuid);

/* Writes the UUID as text to buf (VIR_UUID_STRING_BUFLEN bytes). 0 or -1. */
int virStoragePoolGetUUIDString(virStoragePoolPtr pool, char *buf);

/* Takes one more reference. 0 or -1. */
int virStorageVolRef(virStorageVolPtr vol);

/* Drops a reference. 0 or -1. */
int virStorageVolFree(virStorageVolPtr vol);

/* The connection, without a reference of its own. */
virConnectPtr virStorageVolGetConnect(virStorageVolPtr vol);

/* The volume's name, unique in its pool. Borrowed from the handle. */
const char *virStorageVolGetName(virStorageVolPtr vol);

/* The volume's key, unique on the host. Borrowed from the handle. */
const char *virStorageVolGetKey(virStorageVolPtr vol);

/* ---- Finding pools ---- */

/* Which pools to list: by three properties (none or both of a pair: whichever) and by type (none named: any). */
typedef enum {
    VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE = 1,
    VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE = 2,
    VIR_CONNECT_LIST_STORAGE_POOLS_PERSISTENT = 4,
    VIR_CONNECT_LIST_STORAGE_POOLS_TRANSIENT = 8,
    VIR_CONNECT_LIST_STORAGE_POOLS_AUTOSTART = 16,
    VIR_CONNECT_LIST_STORAGE_POOLS_NO_AUTOSTART = 32,
    VIR_CONNECT_LIST_STORAGE_POOLS_DIR = 64,
    VIR_CONNECT_LIST_STORAGE_POOLS_FS = 128,
    VIR_CONNECT_LIST_STORAGE_POOLS_NETFS = 256,
    VIR_CONNECT_LIST_STORAGE_POOLS_LOGICAL = 512,
    VIR_CONNECT_LIST_STORAGE_POOLS_DISK = 1024,
    VIR_CONNECT_LIST_STORAGE_POOLS_ISCSI = 2048,
    VIR_CONNECT_LIST_STORAGE_POOLS_SCSI = 4096,
    VIR_CONNECT_LIST_STORAGE_POOLS_MPATH = 8192,
    VIR_CONNECT_LIST_STORAGE_POOLS_RBD = 16384,
    VIR_CONNECT_LIST_STORAGE_POOLS_SHEEPDOG = 32768,
    VIR_CONNECT_LIST_STORAGE_POOLS_GLUSTER = 65536,
    VIR_CONNECT_LIST_STORAGE_POOLS_ZFS = 131072,
    VIR_CONNECT_LIST_STORAGE_POOLS_VSTORAGE = 262144,
    VIR_CONNECT_LIST_STORAGE_POOLS_ISCSI_DIRECT = 524288,
} virConnectListAllStoragePoolsFlags;

/* Lists pools. flags: virConnectListAllStoragePoolsFlags. Returns their number. */
int virConnectListAllStoragePools(virConnectPtr conn, virStoragePoolPtr **pools, unsigned int flags);

/* How many pools are active. */
int virConnectNumOfStoragePools(virConnectPtr conn);

/*
 * Names of at most maxnames active pools; free() each. Returns their number. A race: prefer
 * virConnectListAllStoragePools().
 */
int virConnectListStoragePools(virConnectPtr conn, char **const names, int maxnames);

/* How many pools are defined but not active. */
int virConnectNumOfDefinedStoragePools(virConnectPtr conn);

/* The same for their names. */
int virConnectListDefinedStoragePools(virConnectPtr conn, char **const names, int maxnames);

/* The pool of this name. VIR_ERR_NO_STORAGE_POOL when there is none. */
virStoragePoolPtr virStoragePoolLookupByName(virConnectPtr conn, const char *name);

/* The pool with these 16 bytes as UUID. */
virStoragePoolPtr virStoragePoolLookupByUUID(virConnectPtr conn, const unsigned char *uuid);

/* The pool with this UUID as text. */
virStoragePoolPtr virStoragePoolLookupByUUIDString(virConnectPtr conn, const char *uuidstr);

/* The pool that a volume is in. */
virStoragePoolPtr virStoragePoolLookupByVolume(virStorageVolPtr vol);

/* The pool whose target is this path. */
virStoragePoolPtr virStoragePoolLookupByTargetPath(virConnectPtr conn, const char *path);

/*
 * Sources from which pools of a type ("netfs", "logical", ...) could be made, as XML. srcSpec: where to look, as
 * XML, or NULL. flags 0.
 */
char *virConnectFindStoragePoolSources(virConnectPtr conn, const char *type, const char *srcSpec, unsigned int flags);

/* Which types of pools there are and what they know, as XML. flags 0. */
char *virConnectGetStoragePoolCapabilities(virConnectPtr conn, unsigned int flags);

/* ---- Pools ---- */

typedef enum {
    VIR_STORAGE_POOL_DEFINE_VALIDATE = 1, /* refuse what the schema does not know */
} virStoragePoolDefineFlags;

/*
 * Defines a pool that stays, or replaces the definition of the one with the same UUID. flags:
 * virStoragePoolDefineFlags.
 */
virStoragePoolPtr virStoragePoolDefineXML(virConnectPtr conn, const char *xml, unsigned int flags);

/* Removes the definition of a pool that is not active; what is stored stays. 0 or -1. */
int virStoragePoolUndefine(virStoragePoolPtr pool);

typedef enum {
    VIR_STORAGE_XML_INACTIVE = 1, /* the definition, not what is active */
} virStorageXMLFlags;

/* The pool as XML. flags: virStorageXMLFlags. */
char *virStoragePoolGetXMLDesc(virStoragePoolPtr pool, unsigned int flags);

/* Whether to build the pool's target before it is started. */
typedef enum {
    VIR_STORAGE_POOL_CREATE_NORMAL = 0,                  /* do not build */
    VIR_STORAGE_POOL_CREATE_WITH_BUILD = 1,              /* build */
    VIR_STORAGE_POOL_CREATE_WITH_BUILD_OVERWRITE = 2,    /* build over whatever is there */
    VIR_STORAGE_POOL_CREATE_WITH_BUILD_NO_OVERWRITE = 4, /* build only where nothing is */
} virStoragePoolCreateFlags;

/* Defines and starts a pool that is forgotten when it is stopped. flags: virStoragePoolCreateFlags. */
virStoragePoolPtr virStoragePoolCreateXML(virConnectPtr conn, const char *xmlDesc, unsigned int flags);

/* Starts a defined pool. flags: virStoragePoolCreateFlags. 0 or -1. */
int virStoragePoolCreate(virStoragePoolPtr pool, unsigned int flags);

typedef enum {
    VIR_STORAGE_POOL_BUILD_NEW = 0,          /* from nothing */
    VIR_STORAGE_POOL_BUILD_REPAIR = 1,       /* repair what is there */
    VIR_STORAGE_POOL_BUILD_RESIZE = 2,       /* extend what is there */
    VIR_STORAGE_POOL_BUILD_NO_OVERWRITE = 4, /* fail when something is there */
    VIR_STORAGE_POOL_BUILD_OVERWRITE = 8,    /* whatever is there */
} virStoragePoolBuildFlags;

/* Makes the pool's target: a directory, a file system, a volume group. flags: virStoragePoolBuildFlags. 0 or -1. */
int virStoragePoolBuild(virStoragePoolPtr pool, unsigned int flags);

/* Stops a pool; what is stored stays. 0 or -1. */
int virStoragePoolDestroy(virStoragePoolPtr pool);

typedef enum {
    VIR_STORAGE_POOL_DELETE_NORMAL = 0, /* quickly */
    VIR_STORAGE_POOL_DELETE_ZEROED = 1, /* overwrite the data */
} virStoragePoolDeleteFlags;

/* Removes the target of a pool that is not active, and all in it. flags: virStoragePoolDeleteFlags. 0 or -1. */
int virStoragePoolDelete(virStoragePoolPtr pool, unsigned int flags);

/* Looks anew which volumes there are. flags 0. 0 or -1. */
int virStoragePoolRefresh(virStoragePoolPtr pool, unsigned int flags);

/* A pool's state. */
typedef enum {
    VIR_STORAGE_POOL_INACTIVE = 0,
    VIR_STORAGE_POOL_BUILDING = 1, /* is being made */
    VIR_STORAGE_POOL_RUNNING = 2,
    VIR_STORAGE_POOL_DEGRADED = 3,     /* runs, not as it should */
    VIR_STORAGE_POOL_INACCESSIBLE = 4, /* runs, cannot be reached */
#ifdef VIR_ENUM_SENTINELS
    VIR_STORAGE_POOL_STATE_LAST = 5, /* end of the list; grows with it */
#endif
} virStoragePoolState;

/* A pool in numbers. */
typedef struct _virStoragePoolInfo virStoragePoolInfo;
typedef virStoragePoolInfo *virStoragePoolInfoPtr;
struct _virStoragePoolInfo {
    int state;                     /* virStoragePoolState */
    unsigned long long capacity;   /* bytes in all */
    unsigned long long allocation; /* bytes in use */
    unsigned long long available;  /* bytes free */
};

/* Fills *info. 0 or -1. */
int virStoragePoolGetInfo(virStoragePoolPtr pool, virStoragePoolInfoPtr info);

/* 1 when it is active, 0 when not. */
int virStoragePoolIsActive(virStoragePoolPtr pool);

/* 1 when it is defined, 0 when it is transient. */
int virStoragePoolIsPersistent(virStoragePoolPtr pool);

/* Sets *autostart to 1 when it starts with the host. 0 or -1. */
int virStoragePoolGetAutostart(virStoragePoolPtr pool, int *autostart);

/* Whether it starts with the host. 0 or -1. */
int virStoragePoolSetAutostart(virStoragePoolPtr pool, int autostart);

/* ---- Finding volumes ---- */

/* Lists the volumes of an active pool. flags 0. Returns their number. */
int virStoragePoolListAllVolumes(virStoragePoolPtr pool, virStorageVolPtr **vols, unsigned int flags);

/* How many volumes a pool has. */
int virStoragePoolNumOfVolumes(virStoragePoolPtr pool);

/* Names of at most maxnames of them; free() each. Returns their number. */
int virStoragePoolListVolumes(virStoragePoolPtr pool, char **const names, int maxnames);

/* The volume of this name in a pool. VIR_ERR_NO_STORAGE_VOL when there is none. */
virStorageVolPtr virStorageVolLookupByName(virStoragePoolPtr pool, const char *name);

/* The volume with this key, in whichever pool. */
virStorageVolPtr virStorageVolLookupByKey(virConnectPtr conn, const char *key);

/* The volume at this path, in whichever pool. */
virStorageVolPtr virStorageVolLookupByPath(virConnectPtr conn, const char *path);

/* ---- Volumes ---- */

typedef enum {
    VIR_STORAGE_VOL_CREATE_PREALLOC_METADATA = 1, /* lay out an image's tables beforehand */
    VIR_STORAGE_VOL_CREATE_REFLINK = 2,           /* share blocks with the original where the file system can */
    VIR_STORAGE_VOL_CREATE_VALIDATE = 4,          /* refuse what the schema does not know */
} virStorageVolCreateFlags;

/* Makes a volume. flags: virStorageVolCreateFlags. */
virStorageVolPtr virStorageVolCreateXML(virStoragePoolPtr pool, const char *xmlDesc, unsigned int flags);

/* Makes a volume with the content of clonevol. flags: virStorageVolCreateFlags. Takes as long as copying does. */
virStorageVolPtr virStorageVolCreateXMLFrom(virStoragePoolPtr pool, const char *xmlDesc, virStorageVolPtr clonevol,
                                            unsigned int flags);

/* The volume as XML. flags 0. */
char *virStorageVolGetXMLDesc(virStorageVolPtr vol, unsigned int flags);

/* Where the volume is on the host. */
char *virStorageVolGetPath(virStorageVolPtr vol);

/* What a volume is. */
typedef enum {
    VIR_STORAGE_VOL_FILE = 0,    /* a file */
    VIR_STORAGE_VOL_BLOCK = 1,   /* a block device */
    VIR_STORAGE_VOL_DIR = 2,     /* a directory */
    VIR_STORAGE_VOL_NETWORK = 3, /* something that is reached over the network */
    VIR_STORAGE_VOL_NETDIR = 4,  /* a directory that is */
    VIR_STORAGE_VOL_PLOOP = 5,   /* a ploop image */
#ifdef VIR_ENUM_SENTINELS
    VIR_STORAGE_VOL_LAST = 6, /* end of the list; grows with it */
#endif
} virStorageVolType;

/* A volume in numbers. */
typedef struct _virStorageVolInfo virStorageVolInfo;
typedef virStorageVolInfo *virStorageVolInfoPtr;
struct _virStorageVolInfo {
    int type;                      /* virStorageVolType */
    unsigned long long capacity;   /* bytes as a guest sees it */
    unsigned long long allocation; /* bytes in use on the host */
};

typedef enum {
    VIR_STORAGE_VOL_USE_ALLOCATION = 0, /* allocation is what is in use */
    VIR_STORAGE_VOL_GET_PHYSICAL = 1,   /* allocation is the size of the file instead */
} virStorageVolInfoFlags;

/* Fills *info. 0 or -1. */
int virStorageVolGetInfo(virStorageVolPtr vol, virStorageVolInfoPtr info);

/* The same with flags: virStorageVolInfoFlags. */
int virStorageVolGetInfoFlags(virStorageVolPtr vol, virStorageVolInfoPtr info, unsigned int flags);

typedef enum {
    VIR_STORAGE_VOL_RESIZE_ALLOCATE = 1, /* allocate the added space at once */
    VIR_STORAGE_VOL_RESIZE_DELTA = 2,    /* capacity is what to add (or take away) */
    VIR_STORAGE_VOL_RESIZE_SHRINK = 4,   /* the volume may become smaller */
} virStorageVolResizeFlags;

/* Changes a volume's capacity, in bytes. flags: virStorageVolResizeFlags. 0 or -1. */
int virStorageVolResize(virStorageVolPtr vol, unsigned long long capacity, unsigned int flags);

typedef enum {
    VIR_STORAGE_VOL_DELETE_NORMAL = 0,         /* quickly */
    VIR_STORAGE_VOL_DELETE_ZEROED = 1,         /* overwrite the data */
    VIR_STORAGE_VOL_DELETE_WITH_SNAPSHOTS = 2, /* with the snapshots it has */
} virStorageVolDeleteFlags;

/* Removes a volume. flags: virStorageVolDeleteFlags. 0 or -1. */
int virStorageVolDelete(virStorageVolPtr vol, unsigned int flags);

/* How to overwrite a volume. */
typedef enum {
    VIR_STORAGE_VOL_WIPE_ALG_ZERO = 0,       /* once with zeros */
    VIR_STORAGE_VOL_WIPE_ALG_NNSA = 1,       /* 4 passes, NNSA NAP-14.1-C */
    VIR_STORAGE_VOL_WIPE_ALG_DOD = 2,        /* 4 passes, DoD 5220.22-M */
    VIR_STORAGE_VOL_WIPE_ALG_BSI = 3,        /* 9 passes, BSI VSITR */
    VIR_STORAGE_VOL_WIPE_ALG_GUTMANN = 4,    /* 35 passes */
    VIR_STORAGE_VOL_WIPE_ALG_SCHNEIER = 5,   /* 7 passes */
    VIR_STORAGE_VOL_WIPE_ALG_PFITZNER7 = 6,  /* 7 random passes */
    VIR_STORAGE_VOL_WIPE_ALG_PFITZNER33 = 7, /* 33 random passes */
    VIR_STORAGE_VOL_WIPE_ALG_RANDOM = 8,     /* 1 random pass */
    VIR_STORAGE_VOL_WIPE_ALG_TRIM = 9,       /* tell the storage that nothing is needed */
#ifdef VIR_ENUM_SENTINELS
    VIR_STORAGE_VOL_WIPE_ALG_LAST = 10, /* end of the list; grows with it */
#endif
} virStorageVolWipeAlgorithm;

/* Overwrites a volume with zeros. flags 0. 0 or -1. */
int virStorageVolWipe(virStorageVolPtr vol, unsigned int flags);

/* Overwrites a volume by a virStorageVolWipeAlgorithm. flags 0. 0 or -1. */
int virStorageVolWipePattern(virStorageVolPtr vol, unsigned int algorithm, unsigned int flags);

typedef enum {
    VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM = 1, /* zeros may be sent as holes */
} virStorageVolUploadFlags;

/*
 * Opens stream for writing the volume from byte offset on, at most length bytes (0: to its end). flags:
 * virStorageVolUploadFlags. 0 or -1.
 */
int virStorageVolUpload(virStorageVolPtr vol, virStreamPtr stream, unsigned long long offset, unsigned long long length,
                        unsigned int flags);

typedef enum {
    VIR_STORAGE_VOL_DOWNLOAD_SPARSE_STREAM = 1, /* zeros may come as holes */
} virStorageVolDownloadFlags;

/*
 * Opens stream for reading the volume from byte offset on, at most length bytes (0: to its end). flags:
 * virStorageVolDownloadFlags. 0 or -1.
 */
int virStorageVolDownload(virStorageVolPtr vol, virStreamPtr stream, unsigned long long offset,
                          unsigned long long length, unsigned int flags);

/* ---- Events ---- */

/* Kinds of events, and the callback type of each. */
typedef enum {
    VIR_STORAGE_POOL_EVENT_ID_LIFECYCLE = 0, /* virConnectStoragePoolEventLifecycleCallback */
    VIR_STORAGE_POOL_EVENT_ID_REFRESH = 1,   /* virConnectStoragePoolEventGenericCallback */
#ifdef VIR_ENUM_SENTINELS
    VIR_STORAGE_POOL_EVENT_ID_LAST = 2, /* end of the list; grows with it */
#endif
} virStoragePoolEventID;

/* What happened to a pool. */
typedef enum {
    VIR_STORAGE_POOL_EVENT_DEFINED = 0,
    VIR_STORAGE_POOL_EVENT_UNDEFINED = 1,
    VIR_STORAGE_POOL_EVENT_STARTED = 2,
    VIR_STORAGE_POOL_EVENT_STOPPED = 3,
    VIR_STORAGE_POOL_EVENT_CREATED = 4, /* its target was built */
    VIR_STORAGE_POOL_EVENT_DELETED = 5, /* its target was removed */
#ifdef VIR_ENUM_SENTINELS
    VIR_STORAGE_POOL_EVENT_LAST = 6, /* end of the list; grows with it */
#endif
} virStoragePoolEventLifecycleType;

/* Something about a pool has happened. pool is borrowed for the call. */
typedef void (*virConnectStoragePoolEventGenericCallback)(virConnectPtr conn, virStoragePoolPtr pool, void *opaque);

/* A pool was defined, started and so on. event: virStoragePoolEventLifecycleType; detail: 0. */
typedef void (*virConnectStoragePoolEventLifecycleCallback)(virConnectPtr conn, virStoragePoolPtr pool, int event,
                                                            int detail, void *opaque);

/* Casts a callback of the event's own type for virConnectStoragePoolEventRegisterAny(). */
#define VIR_STORAGE_POOL_EVENT_CALLBACK(cb) ((virConnectStoragePoolEventGenericCallback)(cb))

/*
 * Calls cb for events of one kind, of one pool or (NULL) all. Needs an event loop. freecb (may be NULL) releases
 * opaque at the end. Returns a number for deregistering, or -1.
 */
int virConnectStoragePoolEventRegisterAny(virConnectPtr conn, virStoragePoolPtr pool, int eventID,
                                          virConnectStoragePoolEventGenericCallback cb, void *opaque,
                                          virFreeCallback freecb);

/* Ends a registration. 0 or -1. */
int virConnectStoragePoolEventDeregisterAny(virConnectPtr conn, int callbackID);

#ifdef __cplusplus
}
#endif

#endif
