/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections, and the host at the other end: its processors, memory, capabilities. */
#ifndef LIBVIRT_HOST_H
#define LIBVIRT_HOST_H

#ifndef LIBVIRT_LIBVIRT_H
#error "include <libvirt/libvirt.h>"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Handles and buffers ---- */

/* A connection to a daemon. It is held by every handle that was got over it. */
typedef struct _virConnect virConnect;
typedef virConnect *virConnectPtr;

/* Bytes that a call carries beside itself; see libvirt-stream.h. */
typedef struct _virStream virStream;
typedef virStream *virStreamPtr;

#define VIR_UUID_BUFLEN        (16)     /* Bytes of a UUID. */
#define VIR_UUID_STRING_BUFLEN (36 + 1) /* Bytes of a UUID as text, with its NUL. */

/* ---- The library ---- */

/* Does nothing: the library sets itself up. 0. */
int virInitialize(void);

/*
 * Sets *libVer to the library's version, as LIBVIR_VERSION_NUMBER, and *typeVer (may be NULL) to that of the
 * driver type, which is part of the library. 0 or -1.
 */
int virGetVersion(unsigned long *libVer, const char *type, unsigned long *typeVer);

/* ---- Credentials ---- */

/* What an application may be asked for. */
typedef enum {
    VIR_CRED_USERNAME = 1,     /* whom to act as */
    VIR_CRED_AUTHNAME = 2,     /* who is asking */
    VIR_CRED_LANGUAGE = 3,     /* languages as in RFC 1766, separated by commas */
    VIR_CRED_CNONCE = 4,       /* a value for the client's side of a challenge */
    VIR_CRED_PASSPHRASE = 5,   /* a password */
    VIR_CRED_ECHOPROMPT = 6,   /* an answer to a challenge that may be shown */
    VIR_CRED_NOECHOPROMPT = 7, /* an answer to a challenge that must not be shown */
    VIR_CRED_REALM = 8,        /* where the name is valid */
    VIR_CRED_EXTERNAL = 9,     /* something outside this program that the prompt names */
#ifdef VIR_ENUM_SENTINELS
    VIR_CRED_LAST = 10, /* end of the list; grows with it */
#endif
} virConnectCredentialType;

/* One question, and its answer. */
typedef struct _virConnectCredential virConnectCredential;
typedef virConnectCredential *virConnectCredentialPtr;
struct _virConnectCredential {
    int type;               /* virConnectCredentialType */
    const char *prompt;     /* what to ask */
    const char *challenge;  /* more to show, or NULL */
    const char *defresult;  /* the usual answer, or NULL */
    char *result;           /* the answer, set by the application with malloc(); the library frees it */
    unsigned int resultlen; /* its bytes without a NUL */
};

/* Answers ncred questions. 0, or -1 to give up. */
typedef int (*virConnectAuthCallbackPtr)(virConnectCredentialPtr cred, unsigned int ncred, void *cbdata);

/* How an application answers questions. */
typedef struct _virConnectAuth virConnectAuth;
typedef virConnectAuth *virConnectAuthPtr;
struct _virConnectAuth {
    int *credtype;                /* the types that it can answer */
    unsigned int ncredtype;       /* how many */
    virConnectAuthCallbackPtr cb; /* called when something is asked; credentials that auth.conf has are not */
    void *cbdata;                 /* passed to cb */
};

/* Asks the user on the terminal. */
extern virConnectAuthPtr virConnectAuthPtrDefault;

/* ---- Opening and closing ---- */

typedef enum {
    VIR_CONNECT_RO = 1,         /* only calls that change nothing */
    VIR_CONNECT_NO_ALIASES = 2, /* take the URI as it is, whatever libvirt.conf's aliases say */
} virConnectFlags;

/*
 * Connects to the daemon that a URI means: driver[+transport]://[user@][host][:port]/[path][?parameters]. NULL:
 * LIBVIRT_DEFAULT_URI, else uri_default of libvirt.conf, else the local daemon of this user. Starts a session's
 * daemon when it does not run. Blocks on the network.
 */
virConnectPtr virConnectOpen(const char *name);

/* The same with VIR_CONNECT_RO. */
virConnectPtr virConnectOpenReadOnly(const char *name);

/* The same with credentials from auth (NULL: none) and flags: virConnectFlags. */
virConnectPtr virConnectOpenAuth(const char *name, virConnectAuthPtr auth, unsigned int flags);

/* Drops a reference; with the last one the connection ends. 0 when it was the last, 1 when not, or -1. */
int virConnectClose(virConnectPtr conn);

/* Takes one more reference. 0 or -1. */
int virConnectRef(virConnectPtr conn);

/* ---- The connection's state ---- */

/* The URI that was opened; when none was named, the daemon's. */
char *virConnectGetURI(virConnectPtr conn);

/* The driver's name: "QEMU", "network", ... Borrowed from the connection. */
const char *virConnectGetType(virConnectPtr conn);

/* 1 while the connection is up, 0 when it has ended. Does not ask the daemon. */
int virConnectIsAlive(virConnectPtr conn);

/* 1 when what goes over the network is encrypted, 0 when not. */
int virConnectIsEncrypted(virConnectPtr conn);

/*
 * 1 when nobody can read along: it is encrypted or does not leave the machine, and so is the daemon's own way to
 * the hypervisor. 0 when not.
 */
int virConnectIsSecure(virConnectPtr conn);

/*
 * Asks the daemon for a sign of life after each interval seconds of silence; count questions without answer end
 * the connection. interval 0 or less turns it off. Needs an event loop. 0; 1 when the daemon cannot; -1.
 */
int virConnectSetKeepAlive(virConnectPtr conn, int interval, unsigned int count);

/*
 * The connection has ended. reason: virConnectCloseReason. Called from the event loop, or from a call that noticed
 * it.
 */
typedef void (*virConnectCloseFunc)(virConnectPtr conn, int reason, void *opaque);

/*
 * Calls cb when the connection ends by itself, or the daemon's own to its hypervisor does. At most one; the
 * connection is held while it is registered. freecb (may be NULL) releases opaque. 0 or -1.
 */
int virConnectRegisterCloseCallback(virConnectPtr conn, virConnectCloseFunc cb, void *opaque, virFreeCallback freecb);

/* Removes the callback, which must be the one registered. 0 or -1. */
int virConnectUnregisterCloseCallback(virConnectPtr conn, virConnectCloseFunc cb);

/* ---- Acting for somebody else ---- */

#define VIR_CONNECT_IDENTITY_USER_NAME     "user-name"     /* string: name of the user. */
#define VIR_CONNECT_IDENTITY_UNIX_USER_ID  "unix-user-id"  /* ullong: number of the user. */
#define VIR_CONNECT_IDENTITY_GROUP_NAME    "group-name"    /* string: name of the group. */
#define VIR_CONNECT_IDENTITY_UNIX_GROUP_ID "unix-group-id" /* ullong: number of the group. */
#define VIR_CONNECT_IDENTITY_PROCESS_ID    "process-id"    /* llong: process ID. */

/* ullong: when the process started, in clock ticks after the system did. */
#define VIR_CONNECT_IDENTITY_PROCESS_TIME   "process-time"
#define VIR_CONNECT_IDENTITY_SASL_USER_NAME "sasl-user-name" /* string: name by SASL. */

/* string: name in the TLS certificate. */
#define VIR_CONNECT_IDENTITY_X509_DISTINGUISHED_NAME "x509-distinguished-name"
#define VIR_CONNECT_IDENTITY_SELINUX_CONTEXT         "selinux-context" /* string: SELinux context. */

/*
 * Lets the daemon check access as if this identity had called: nparams of VIR_CONNECT_IDENTITY_*. Only a trusted
 * client may. flags 0. 0 or -1.
 */
int virConnectSetIdentity(virConnectPtr conn, virTypedParameterPtr params, int nparams, unsigned int flags);

/* ---- What the host can do ---- */

/* Sets *hvVer to the hypervisor's version: major * 1000000 + minor * 1000 + release; 0 when it has none. 0 or -1. */
int virConnectGetVersion(virConnectPtr conn, unsigned long *hvVer);

/* Sets *libVer to the daemon's version. 0 or -1. */
int virConnectGetLibVersion(virConnectPtr conn, unsigned long *libVer);

/* The host's name. */
char *virConnectGetHostname(virConnectPtr conn);

/* The host's capabilities as XML: processor, topology, which guests it can run. */
char *virConnectGetCapabilities(virConnectPtr conn);

/* How many virtual CPUs a guest can have at most. type: "kvm", "qemu", ..., or NULL for the driver's default. */
int virConnectGetMaxVcpus(virConnectPtr conn, const char *type);

/* What the firmware tells of the host (SMBIOS), as XML. flags 0. */
char *virConnectGetSysinfo(virConnectPtr conn, unsigned int flags);

/*
 * Names of the CPU models that are known for an architecture; free() each and the array. models may be NULL.
 * Returns their number. flags 0.
 */
int virConnectGetCPUModelNames(virConnectPtr conn, const char *arch, char ***models, unsigned int flags);

/* How the host's CPU stands to the one described. */
typedef enum {
    VIR_CPU_COMPARE_ERROR = -1,       /* could not be compared */
    VIR_CPU_COMPARE_INCOMPATIBLE = 0, /* the host lacks something */
    VIR_CPU_COMPARE_IDENTICAL = 1,    /* they are the same */
    VIR_CPU_COMPARE_SUPERSET = 2,     /* the host has more */
#ifdef VIR_ENUM_SENTINELS
    VIR_CPU_COMPARE_LAST = 3, /* end of the list; grows with it */
#endif
} virCPUCompareResult;

typedef enum {
    VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE =
        1, /* an incompatible CPU is an error that says why (VIR_ERR_CPU_INCOMPATIBLE) */
    VIR_CONNECT_COMPARE_CPU_VALIDATE_XML = 2, /* refuse what the schema does not know */
} virConnectCompareCPUFlags;

/* Compares the host's CPU with one described in XML. flags: virConnectCompareCPUFlags. A virCPUCompareResult. */
int virConnectCompareCPU(virConnectPtr conn, const char *xmlDesc, unsigned int flags);

/*
 * The same for the CPU that the hypervisor can give a guest; emulator, arch, machine and virttype say which and
 * may each be NULL for the default.
 */
int virConnectCompareHypervisorCPU(virConnectPtr conn, const char *emulator, const char *arch, const char *machine,
                                   const char *virttype, const char *xmlCPU, unsigned int flags);

typedef enum {
    VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES = 1, /* list all features, not only those beside the model's */
    VIR_CONNECT_BASELINE_CPU_MIGRATABLE = 2,      /* leave out features that prevent migration */
} virConnectBaselineCPUFlags;

/*
 * A CPU, as XML, that all ncpus hosts' CPUs have, so that a guest with it can move between them. xmlCPUs:
 * descriptions as in capabilities. flags: virConnectBaselineCPUFlags.
 */
char *virConnectBaselineCPU(virConnectPtr conn, const char **xmlCPUs, unsigned int ncpus, unsigned int flags);

/*
 * The same from what hypervisors can give (domain capabilities); the other arguments as for
 * virConnectCompareHypervisorCPU().
 */
char *virConnectBaselineHypervisorCPU(virConnectPtr conn, const char *emulator, const char *arch, const char *machine,
                                      const char *virttype, const char **xmlCPUs, unsigned int ncpus,
                                      unsigned int flags);

/* ---- Processors and memory ---- */

/* The host in short. */
typedef struct _virNodeInfo virNodeInfo;
typedef virNodeInfo *virNodeInfoPtr;
struct _virNodeInfo {
    char model[32];       /* the processor's architecture, "x86_64" */
    unsigned long memory; /* KiB */
    unsigned int cpus;    /* that are online */
    unsigned int mhz;     /* as the processor says; 0: unknown */
    unsigned int nodes;   /* NUMA cells */
    unsigned int sockets; /* per cell */
    unsigned int cores;   /* per socket */
    unsigned int threads; /* per core */
};

/* How many CPUs there can be, online or not: of a virNodeInfo. */
#define VIR_NODEINFO_MAXCPUS(nodeinfo) ((nodeinfo).nodes * (nodeinfo).sockets * (nodeinfo).cores * (nodeinfo).threads)

/* Fills *info. 0 or -1. */
int virNodeGetInfo(virConnectPtr conn, virNodeInfoPtr info);

/*
 * Which CPUs are online: *cpumap becomes a new bitmap, CPU n in bit n % 8 of byte n / 8 (free() it), *online their
 * number; either may be NULL. Returns how many CPUs there are. flags 0.
 */
int virNodeGetCPUMap(virConnectPtr conn, unsigned char **cpumap, unsigned int *online, unsigned int flags);

typedef enum {
    VIR_NODE_CPU_STATS_ALL_CPUS = -1, /* instead of one CPU's number: all together */
} virNodeGetCPUStatsAllCPUs;

#define VIR_NODE_CPU_STATS_FIELD_LENGTH 80            /* Bytes of a statistic's name with its NUL. */
#define VIR_NODE_CPU_STATS_KERNEL       "kernel"      /* Nanoseconds in the kernel. */
#define VIR_NODE_CPU_STATS_USER         "user"        /* Nanoseconds in programs. */
#define VIR_NODE_CPU_STATS_IDLE         "idle"        /* Nanoseconds without work. */
#define VIR_NODE_CPU_STATS_IOWAIT       "iowait"      /* Nanoseconds waiting for input and output. */
#define VIR_NODE_CPU_STATS_INTR         "intr"        /* Nanoseconds handling interrupts. */
#define VIR_NODE_CPU_STATS_UTILIZATION  "utilization" /* Per cent of time in use. */

/* One statistic. */
typedef struct _virNodeCPUStats virNodeCPUStats;
typedef virNodeCPUStats *virNodeCPUStatsPtr;
struct _virNodeCPUStats {
    char field[VIR_NODE_CPU_STATS_FIELD_LENGTH]; /* VIR_NODE_CPU_STATS_* */
    unsigned long long value;                    /* since the host started */
};

/*
 * Fills params (room for *nparams) for CPU cpuNum or VIR_NODE_CPU_STATS_ALL_CPUS and sets *nparams to how many;
 * with *nparams 0 only to how many there are. flags 0. 0 or -1.
 */
int virNodeGetCPUStats(virConnectPtr conn, int cpuNum, virNodeCPUStatsPtr params, int *nparams, unsigned int flags);

typedef enum {
    VIR_NODE_MEMORY_STATS_ALL_CELLS = -1, /* instead of one NUMA cell's number: all together */
} virNodeGetMemoryStatsAllCells;

#define VIR_NODE_MEMORY_STATS_FIELD_LENGTH 80        /* Bytes of a statistic's name with its NUL. */
#define VIR_NODE_MEMORY_STATS_TOTAL        "total"   /* KiB in all. */
#define VIR_NODE_MEMORY_STATS_FREE         "free"    /* KiB free. */
#define VIR_NODE_MEMORY_STATS_BUFFERS      "buffers" /* KiB of buffers. */
#define VIR_NODE_MEMORY_STATS_CACHED       "cached"  /* KiB of file cache. */

/* One statistic. */
typedef struct _virNodeMemoryStats virNodeMemoryStats;
typedef virNodeMemoryStats *virNodeMemoryStatsPtr;
struct _virNodeMemoryStats {
    char field[VIR_NODE_MEMORY_STATS_FIELD_LENGTH]; /* VIR_NODE_MEMORY_STATS_* */
    unsigned long long value;                       /* KiB */
};

/* As virNodeGetCPUStats(), for the memory of NUMA cell cellNum or VIR_NODE_MEMORY_STATS_ALL_CELLS. */
int virNodeGetMemoryStats(virConnectPtr conn, int cellNum, virNodeMemoryStatsPtr params, int *nparams,
                          unsigned int flags);

/* Free memory in bytes; 0 on failure. */
unsigned long long virNodeGetFreeMemory(virConnectPtr conn);

/* Free memory in bytes of at most maxCells NUMA cells from startCell on. Returns how many were filled. */
int virNodeGetCellsFreeMemory(virConnectPtr conn, unsigned long long *freeMems, int startCell, int maxCells);

/*
 * How many pages of npages sizes (in KiB) are free, for cellCount cells from startCell on (-1: the whole host):
 * counts has room for npages * cellCount, one cell after the other. Returns how many were filled. flags 0.
 */
int virNodeGetFreePages(virConnectPtr conn, unsigned int npages, unsigned int *pages, int startCell,
                        unsigned int cellCount, unsigned long long *counts, unsigned int flags);

typedef enum {
    VIR_NODE_ALLOC_PAGES_ADD = 0, /* add to the pool */
    VIR_NODE_ALLOC_PAGES_SET = 1, /* make the pool as large */
} virNodeAllocPagesFlags;

/*
 * Reserves huge pages: pageCounts[i] pages of pageSizes[i] KiB in each of cellCount cells from startCell on (-1:
 * wherever). Returns how many cells and sizes succeeded. flags: virNodeAllocPagesFlags.
 */
int virNodeAllocPages(virConnectPtr conn, unsigned int npages, unsigned int *pageSizes, unsigned long long *pageCounts,
                      int startCell, unsigned int cellCount, unsigned int flags);

#define VIR_NODE_MEMORY_SHARED_PAGES_TO_SCAN   "shm_pages_to_scan"   /* uint: pages to scan before sleeping (KSM). */
#define VIR_NODE_MEMORY_SHARED_SLEEP_MILLISECS "shm_sleep_millisecs" /* uint: milliseconds to sleep between scans. */

/* uint: 1 when pages of different NUMA cells may be merged. */
#define VIR_NODE_MEMORY_SHARED_MERGE_ACROSS_NODES "shm_merge_across_nodes"

/* ullong: shared pages in use. Read only, as all below. */
#define VIR_NODE_MEMORY_SHARED_PAGES_SHARED "shm_pages_shared"

/* ullong: places that use them: how much is saved. */
#define VIR_NODE_MEMORY_SHARED_PAGES_SHARING "shm_pages_sharing"

/* ullong: pages without a twin, scanned again and again. */
#define VIR_NODE_MEMORY_SHARED_PAGES_UNSHARED "shm_pages_unshared"
#define VIR_NODE_MEMORY_SHARED_PAGES_VOLATILE "shm_pages_volatile" /* ullong: pages that change too fast. */
#define VIR_NODE_MEMORY_SHARED_FULL_SCANS     "shm_full_scans"     /* ullong: how often all was scanned. */

/*
 * Fills params (room for *nparams) with VIR_NODE_MEMORY_* and sets *nparams to how many; with *nparams 0 only to
 * how many there are. flags 0. 0 or -1.
 */
int virNodeGetMemoryParameters(virConnectPtr conn, virTypedParameterPtr params, int *nparams, unsigned int flags);

/* Changes those that can be changed. flags 0. 0 or -1. */
int virNodeSetMemoryParameters(virConnectPtr conn, virTypedParameterPtr params, int nparams, unsigned int flags);

/* ---- Security ---- */

#define VIR_SECURITY_LABEL_BUFLEN (4096 + 1) /* Bytes of a label with its NUL. */
#define VIR_SECURITY_MODEL_BUFLEN (256 + 1)  /* Bytes of a model's name with its NUL. */
#define VIR_SECURITY_DOI_BUFLEN   (256 + 1)  /* Bytes of a domain of interpretation with its NUL. */

/* A guest's label. */
typedef struct _virSecurityLabel virSecurityLabel;
typedef virSecurityLabel *virSecurityLabelPtr;
struct _virSecurityLabel {
    char label[VIR_SECURITY_LABEL_BUFLEN];
    int enforcing; /* 1 when the host enforces labels */
};

/* The host's model of labels. */
typedef struct _virSecurityModel virSecurityModel;
typedef virSecurityModel *virSecurityModelPtr;
struct _virSecurityModel {
    char model[VIR_SECURITY_MODEL_BUFLEN]; /* "selinux", "apparmor", "none", ... */
    char doi[VIR_SECURITY_DOI_BUFLEN];     /* domain of interpretation */
};

/* Fills *secmodel. 0 or -1. */
int virNodeGetSecurityModel(virConnectPtr conn, virSecurityModelPtr secmodel);

#define VIR_NODE_SEV_PDH               "pdh"               /* string: the platform's Diffie-Hellman key, base64. */
#define VIR_NODE_SEV_CERT_CHAIN        "cert-chain"        /* string: its certificates, base64. */
#define VIR_NODE_SEV_CPU0_ID           "cpu0-id"           /* string: ID of the first CPU, base64. */
#define VIR_NODE_SEV_CBITPOS           "cbitpos"           /* uint: position of the bit that marks encrypted pages. */
#define VIR_NODE_SEV_REDUCED_PHYS_BITS "reduced-phys-bits" /* uint: address bits that encryption takes. */
#define VIR_NODE_SEV_MAX_GUESTS        "max-guests"        /* uint: SEV guests at most. */
#define VIR_NODE_SEV_MAX_ES_GUESTS     "max-es-guests"     /* uint: SEV-ES guests at most. */

/* Sets *params to a new array of VIR_NODE_SEV_* and *nparams to its length. flags 0. 0 or -1. */
int virNodeGetSEVInfo(virConnectPtr conn, virTypedParameterPtr *params, int *nparams, unsigned int flags);

/* ---- Sleep ---- */

typedef enum {
    VIR_NODE_SUSPEND_TARGET_MEM = 0,    /* to memory (S3) */
    VIR_NODE_SUSPEND_TARGET_DISK = 1,   /* to disk (S4) */
    VIR_NODE_SUSPEND_TARGET_HYBRID = 2, /* to both */
#ifdef VIR_ENUM_SENTINELS
    VIR_NODE_SUSPEND_TARGET_LAST = 3, /* end of the list; grows with it */
#endif
} virNodeSuspendTarget;

/*
 * Puts the host to sleep, soon after the call has returned, for duration seconds (60 at least). target:
 * virNodeSuspendTarget. flags 0. 0 or -1.
 */
int virNodeSuspendForDuration(virConnectPtr conn, unsigned int target, unsigned long long duration, unsigned int flags);

#ifdef __cplusplus
}
#endif

#endif
