/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Guests, called domains. Memory is in KiB unless it says otherwise. Functions that take an "impact" change or
 * read the running guest, its definition, or both: virDomainModificationImpact.
 */
#ifndef LIBVIRT_DOMAIN_H
#define LIBVIRT_DOMAIN_H

#ifndef LIBVIRT_LIBVIRT_H
#error "include <libvirt/libvirt.h>"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Handles ---- */

/* A guest, by its name and UUID. */
typedef struct _virDomain virDomain;
typedef virDomain *virDomainPtr;

/* Takes one more reference. 0 or -1. */
int virDomainRef(virDomainPtr domain);

/* Drops a reference; the guest itself is not touched. 0 or -1. */
int virDomainFree(virDomainPtr domain);

/* The connection, without a reference of its own. */
virConnectPtr virDomainGetConnect(virDomainPtr dom);

/* The guest's name. Borrowed from the handle. */
const char *virDomainGetName(virDomainPtr domain);

/* Writes the 16 bytes of the UUID to uuid. 0 or -1. */
int virDomainGetUUID(virDomainPtr domain, unsigned char *uuid);

/* Writes the UUID as text to buf (VIR_UUID_STRING_BUFLEN bytes). 0 or -1. */
int virDomainGetUUIDString(virDomainPtr domain, char *buf);

/*
 * The number of a running guest as this handle heard it last; all bits set when it does not run. Does not ask the
 * daemon.
 */
unsigned int virDomainGetID(virDomainPtr domain);

/* ---- Impact ---- */

/* What a call is about. LIVE and CONFIG may be combined where something is changed. */
typedef enum {
    VIR_DOMAIN_AFFECT_CURRENT = 0, /* the running guest if it runs, else the definition */
    VIR_DOMAIN_AFFECT_LIVE = 1,    /* the running guest */
    VIR_DOMAIN_AFFECT_CONFIG = 2,  /* the definition, for the next start */
} virDomainModificationImpact;

/* ---- Finding ---- */

/* Which guests to list, by several properties; none or all of a group: whichever. */
typedef enum {
    VIR_CONNECT_LIST_DOMAINS_ACTIVE = 1,
    VIR_CONNECT_LIST_DOMAINS_INACTIVE = 2,
    VIR_CONNECT_LIST_DOMAINS_PERSISTENT = 4,
    VIR_CONNECT_LIST_DOMAINS_TRANSIENT = 8,
    VIR_CONNECT_LIST_DOMAINS_RUNNING = 16,
    VIR_CONNECT_LIST_DOMAINS_PAUSED = 32,
    VIR_CONNECT_LIST_DOMAINS_SHUTOFF = 64,
    VIR_CONNECT_LIST_DOMAINS_OTHER = 128,          /* in another state than those three */
    VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE = 256,    /* with a managed save image */
    VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE = 512, /* without */
    VIR_CONNECT_LIST_DOMAINS_AUTOSTART = 1024,
    VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART = 2048,
    VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT = 4096,
    VIR_CONNECT_LIST_DOMAINS_NO_SNAPSHOT = 8192,
    VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT = 16384,
    VIR_CONNECT_LIST_DOMAINS_NO_CHECKPOINT = 32768,
} virConnectListAllDomainsFlags;

/* Lists guests. flags: virConnectListAllDomainsFlags. Returns their number. */
int virConnectListAllDomains(virConnectPtr conn, virDomainPtr **domains, unsigned int flags);

/* How many guests run. */
int virConnectNumOfDomains(virConnectPtr conn);

/* Numbers of at most maxids running guests. Returns how many. A race: prefer virConnectListAllDomains(). */
int virConnectListDomains(virConnectPtr conn, int *ids, int maxids);

/* How many guests are defined but do not run. */
int virConnectNumOfDefinedDomains(virConnectPtr conn);

/* Names of at most maxnames of them; free() each. Returns how many. */
int virConnectListDefinedDomains(virConnectPtr conn, char **const names, int maxnames);

/* The running guest with this number. VIR_ERR_NO_DOMAIN when there is none. */
virDomainPtr virDomainLookupByID(virConnectPtr conn, int id);

/* The guest of this name. VIR_ERR_NO_DOMAIN when there is none. */
virDomainPtr virDomainLookupByName(virConnectPtr conn, const char *name);

/* The guest with these 16 bytes as UUID. */
virDomainPtr virDomainLookupByUUID(virConnectPtr conn, const unsigned char *uuid);

/* The guest with this UUID as text. */
virDomainPtr virDomainLookupByUUIDString(virConnectPtr conn, const char *uuidstr);

/* ---- Definition ---- */

typedef enum {
    VIR_DOMAIN_DEFINE_VALIDATE = 1, /* refuse what the schema does not know */
} virDomainDefineFlags;

/*
 * Defines a guest that stays, or replaces the definition of the one with the same UUID; a running one is not
 * changed.
 */
virDomainPtr virDomainDefineXML(virConnectPtr conn, const char *xml);

/* The same with flags: virDomainDefineFlags. */
virDomainPtr virDomainDefineXMLFlags(virConnectPtr conn, const char *xml, unsigned int flags);

/* What to do with what belongs to the guest. Without the flag for something that is there, undefining fails. */
typedef enum {
    VIR_DOMAIN_UNDEFINE_MANAGED_SAVE = 1,          /* remove the managed save image */
    VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA = 2,    /* forget the snapshots */
    VIR_DOMAIN_UNDEFINE_NVRAM = 4,                 /* remove the firmware's variables */
    VIR_DOMAIN_UNDEFINE_KEEP_NVRAM = 8,            /* keep them */
    VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA = 16, /* forget the checkpoints */
    VIR_DOMAIN_UNDEFINE_TPM = 32,                  /* remove the virtual TPM's state */
    VIR_DOMAIN_UNDEFINE_KEEP_TPM = 64,             /* keep it */
} virDomainUndefineFlagsValues;

/* Removes the definition; a running guest becomes transient. 0 or -1. */
int virDomainUndefine(virDomainPtr domain);

/* The same with flags: virDomainUndefineFlagsValues. */
int virDomainUndefineFlags(virDomainPtr domain, unsigned int flags);

/* Gives a guest that does not run another name; the handle has it then, too. flags 0. 0 or -1. */
int virDomainRename(virDomainPtr dom, const char *new_name, unsigned int flags);

typedef enum {
    VIR_DOMAIN_XML_SECURE = 1,     /* with passwords */
    VIR_DOMAIN_XML_INACTIVE = 2,   /* the definition, not what is running */
    VIR_DOMAIN_XML_UPDATE_CPU = 4, /* with the CPU as the host would give it */
    VIR_DOMAIN_XML_MIGRATABLE = 8, /* as another host can take it */
} virDomainXMLFlags;

/* The guest as XML. flags: virDomainXMLFlags. */
char *virDomainGetXMLDesc(virDomainPtr domain, unsigned int flags);

/* A guest's XML from the hypervisor's own configuration. nativeFormat: "qemu-argv", "lxc-tools", ... flags 0. */
char *virConnectDomainXMLFromNative(virConnectPtr conn, const char *nativeFormat, const char *nativeConfig,
                                    unsigned int flags);

/* The other way round: the command line or file for a guest's XML. flags 0. */
char *virConnectDomainXMLToNative(virConnectPtr conn, const char *nativeFormat, const char *domainXml,
                                  unsigned int flags);

/*
 * What guests of one kind can have, as XML. emulatorbin, arch, machine and virttype may each be NULL for the
 * default. flags 0.
 */
char *virConnectGetDomainCapabilities(virConnectPtr conn, const char *emulatorbin, const char *arch,
                                      const char *machine, const char *virttype, unsigned int flags);

/* 1 when it runs, 0 when not. */
int virDomainIsActive(virDomainPtr dom);

/* 1 when it is defined, 0 when it is transient. */
int virDomainIsPersistent(virDomainPtr dom);

/* 1 when its definition has changed since it was started, 0 when not. */
int virDomainIsUpdated(virDomainPtr dom);

/* Sets *autostart to 1 when it starts with the host. 0 or -1. */
int virDomainGetAutostart(virDomainPtr domain, int *autostart);

/* Whether it starts with the host. 0 or -1. */
int virDomainSetAutostart(virDomainPtr domain, int autostart);

typedef enum {
    VIR_DOMAIN_METADATA_DESCRIPTION = 0, /* <description> */
    VIR_DOMAIN_METADATA_TITLE = 1,       /* <title>, one line */
    VIR_DOMAIN_METADATA_ELEMENT = 2,     /* an element of the application's in <metadata> */
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_METADATA_LAST = 3, /* end of the list; grows with it */
#endif
} virDomainMetadataType;

/*
 * A description, a title, or the element of namespace uri (else NULL) as XML. VIR_ERR_NO_DOMAIN_METADATA when
 * there is none. flags: impact.
 */
char *virDomainGetMetadata(virDomainPtr domain, int type, const char *uri, unsigned int flags);

/*
 * Sets or (metadata NULL) removes it. key and uri: prefix and namespace of an element, else NULL. flags: impact. 0
 * or -1.
 */
int virDomainSetMetadata(virDomainPtr domain, int type, const char *metadata, const char *key, const char *uri,
                         unsigned int flags);

/* ---- Starting ---- */

/* How to start. */
typedef enum {
    VIR_DOMAIN_NONE = 0,
    VIR_DOMAIN_START_PAUSED = 1,       /* do not run yet */
    VIR_DOMAIN_START_AUTODESTROY = 2,  /* stop it when this connection ends */
    VIR_DOMAIN_START_BYPASS_CACHE = 4, /* read a save image past the host's cache */
    VIR_DOMAIN_START_FORCE_BOOT = 8,   /* boot, and drop a managed save image */
    VIR_DOMAIN_START_VALIDATE = 16,    /* refuse what the schema does not know */
    VIR_DOMAIN_START_RESET_NVRAM = 32, /* with the firmware's variables as new */
} virDomainCreateFlags;

/* Defines and starts a guest that is gone when it ends. flags: virDomainCreateFlags. */
virDomainPtr virDomainCreateXML(virConnectPtr conn, const char *xmlDesc, unsigned int flags);

/* The same with nfiles descriptors for it to use (LXC init). They stay the caller's. */
virDomainPtr virDomainCreateXMLWithFiles(virConnectPtr conn, const char *xmlDesc, unsigned int nfiles, int *files,
                                         unsigned int flags);

/* virDomainCreateXML() by its first name. */
virDomainPtr virDomainCreateLinux(virConnectPtr conn, const char *xmlDesc, unsigned int flags);

/* Starts a defined guest, from its managed save image if it has one. 0 or -1. */
int virDomainCreate(virDomainPtr domain);

/* The same with flags: virDomainCreateFlags. */
int virDomainCreateWithFlags(virDomainPtr domain, unsigned int flags);

/* The same with nfiles descriptors for it to use. They stay the caller's. */
int virDomainCreateWithFiles(virDomainPtr domain, unsigned int nfiles, int *files, unsigned int flags);

/* ---- State ---- */

/* What a guest is doing. Which reason goes with which state is in the enum named after it. */
typedef enum {
    VIR_DOMAIN_NOSTATE = 0,
    VIR_DOMAIN_RUNNING = 1,
    VIR_DOMAIN_BLOCKED = 2, /* waits for a resource */
    VIR_DOMAIN_PAUSED = 3,
    VIR_DOMAIN_SHUTDOWN = 4, /* is shutting down */
    VIR_DOMAIN_SHUTOFF = 5,
    VIR_DOMAIN_CRASHED = 6,
    VIR_DOMAIN_PMSUSPENDED = 7, /* sleeps, by the guest's own wish */
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_LAST = 8, /* end of the list; grows with it */
#endif
} virDomainState;

/* Why a state is VIR_DOMAIN_NOSTATE. */
typedef enum {
    VIR_DOMAIN_NOSTATE_UNKNOWN = 0,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_NOSTATE_LAST = 1, /* end of the list; grows with it */
#endif
} virDomainNostateReason;

/* Why a guest is running. */
typedef enum {
    VIR_DOMAIN_RUNNING_UNKNOWN = 0,
    VIR_DOMAIN_RUNNING_BOOTED = 1,
    VIR_DOMAIN_RUNNING_MIGRATED = 2,
    VIR_DOMAIN_RUNNING_RESTORED = 3,
    VIR_DOMAIN_RUNNING_FROM_SNAPSHOT = 4,
    VIR_DOMAIN_RUNNING_UNPAUSED = 5,
    VIR_DOMAIN_RUNNING_MIGRATION_CANCELED = 6,
    VIR_DOMAIN_RUNNING_SAVE_CANCELED = 7,
    VIR_DOMAIN_RUNNING_WAKEUP = 8,           /* it was asleep */
    VIR_DOMAIN_RUNNING_CRASHED = 9,          /* it was paused after a crash */
    VIR_DOMAIN_RUNNING_POSTCOPY = 10,        /* the memory of an incoming migration follows */
    VIR_DOMAIN_RUNNING_POSTCOPY_FAILED = 11, /* and does not, for now */
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_RUNNING_LAST = 12, /* end of the list; grows with it */
#endif
} virDomainRunningReason;

/* Why a guest is blocked. */
typedef enum {
    VIR_DOMAIN_BLOCKED_UNKNOWN = 0,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_BLOCKED_LAST = 1, /* end of the list; grows with it */
#endif
} virDomainBlockedReason;

/* Why a guest is paused. */
typedef enum {
    VIR_DOMAIN_PAUSED_UNKNOWN = 0,
    VIR_DOMAIN_PAUSED_USER = 1,
    VIR_DOMAIN_PAUSED_MIGRATION = 2,
    VIR_DOMAIN_PAUSED_SAVE = 3,
    VIR_DOMAIN_PAUSED_DUMP = 4,    /* its core is being dumped */
    VIR_DOMAIN_PAUSED_IOERROR = 5, /* a disk failed */
    VIR_DOMAIN_PAUSED_WATCHDOG = 6,
    VIR_DOMAIN_PAUSED_FROM_SNAPSHOT = 7, /* the snapshot it was set back to was paused */
    VIR_DOMAIN_PAUSED_SHUTTING_DOWN = 8, /* it has shut down and is kept */
    VIR_DOMAIN_PAUSED_SNAPSHOT = 9,      /* a snapshot is being made */
    VIR_DOMAIN_PAUSED_CRASHED = 10,
    VIR_DOMAIN_PAUSED_STARTING_UP = 11,
    VIR_DOMAIN_PAUSED_POSTCOPY = 12,        /* its memory follows to the other host */
    VIR_DOMAIN_PAUSED_POSTCOPY_FAILED = 13, /* and does not, for now */
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_PAUSED_LAST = 14, /* end of the list; grows with it */
#endif
} virDomainPausedReason;

/* Why a guest is shutting down. */
typedef enum {
    VIR_DOMAIN_SHUTDOWN_UNKNOWN = 0,
    VIR_DOMAIN_SHUTDOWN_USER = 1,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_SHUTDOWN_LAST = 2, /* end of the list; grows with it */
#endif
} virDomainShutdownReason;

/* Why a guest does not run. */
typedef enum {
    VIR_DOMAIN_SHUTOFF_UNKNOWN = 0,
    VIR_DOMAIN_SHUTOFF_SHUTDOWN = 1,
    VIR_DOMAIN_SHUTOFF_DESTROYED = 2,
    VIR_DOMAIN_SHUTOFF_CRASHED = 3,
    VIR_DOMAIN_SHUTOFF_MIGRATED = 4,
    VIR_DOMAIN_SHUTOFF_SAVED = 5,
    VIR_DOMAIN_SHUTOFF_FAILED = 6,        /* it could not be started */
    VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT = 7, /* the snapshot it was set back to did not run */
    VIR_DOMAIN_SHUTOFF_DAEMON = 8,        /* the daemon lost it */
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_SHUTOFF_LAST = 9, /* end of the list; grows with it */
#endif
} virDomainShutoffReason;

/* Why a guest is called crashed. */
typedef enum {
    VIR_DOMAIN_CRASHED_UNKNOWN = 0,
    VIR_DOMAIN_CRASHED_PANICKED = 1,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_CRASHED_LAST = 2, /* end of the list; grows with it */
#endif
} virDomainCrashedReason;

/* Why a guest sleeps. */
typedef enum {
    VIR_DOMAIN_PMSUSPENDED_UNKNOWN = 0,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_PMSUSPENDED_LAST = 1, /* end of the list; grows with it */
#endif
} virDomainPMSuspendedReason;

/* Why a guest sleeps to disk. */
typedef enum {
    VIR_DOMAIN_PMSUSPENDED_DISK_UNKNOWN = 0,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_PMSUSPENDED_DISK_LAST = 1, /* end of the list; grows with it */
#endif
} virDomainPMSuspendedDiskReason;

/* Sets *state to a virDomainState and *reason (may be NULL) to its reason. flags 0. 0 or -1. */
int virDomainGetState(virDomainPtr domain, int *state, int *reason, unsigned int flags);

/* Whether the daemon can talk to the guest's hypervisor process. */
typedef enum {
    VIR_DOMAIN_CONTROL_OK = 0,
    VIR_DOMAIN_CONTROL_JOB = 1,      /* a job is running; calls that change something wait */
    VIR_DOMAIN_CONTROL_OCCUPIED = 2, /* it has been asked something */
    VIR_DOMAIN_CONTROL_ERROR = 3,    /* it cannot */
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_CONTROL_LAST = 4, /* end of the list; grows with it */
#endif
} virDomainControlState;

/* Why it cannot. */
typedef enum {
    VIR_DOMAIN_CONTROL_ERROR_REASON_NONE = 0,
    VIR_DOMAIN_CONTROL_ERROR_REASON_UNKNOWN = 1,
    VIR_DOMAIN_CONTROL_ERROR_REASON_MONITOR = 2,
    VIR_DOMAIN_CONTROL_ERROR_REASON_INTERNAL = 3,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_CONTROL_ERROR_REASON_LAST = 4, /* end of the list; grows with it */
#endif
} virDomainControlErrorReason;

/* The way to the hypervisor process. */
typedef struct _virDomainControlInfo virDomainControlInfo;
typedef virDomainControlInfo *virDomainControlInfoPtr;
struct _virDomainControlInfo {
    unsigned int state;           /* virDomainControlState */
    unsigned int details;         /* virDomainControlErrorReason with state ERROR, else 0 */
    unsigned long long stateTime; /* milliseconds since the state was entered */
};

/* Fills *info. flags 0. 0 or -1. */
int virDomainGetControlInfo(virDomainPtr domain, virDomainControlInfoPtr info, unsigned int flags);

/* A guest in short. */
typedef struct _virDomainInfo virDomainInfo;
typedef virDomainInfo *virDomainInfoPtr;
struct _virDomainInfo {
    unsigned char state;        /* virDomainState */
    unsigned long maxMem;       /* KiB that it may have */
    unsigned long memory;       /* KiB that it has */
    unsigned short nrVirtCpu;   /* virtual CPUs */
    unsigned long long cpuTime; /* nanoseconds of CPU used */
};

/* Fills *info. 0 or -1. */
int virDomainGetInfo(virDomainPtr domain, virDomainInfoPtr info);

/* Type of its operating system interface: "hvm", "exe", ... */
char *virDomainGetOSType(virDomainPtr domain);

/* What the guest calls itself. flags: virDomainGetHostnameFlags. */
char *virDomainGetHostname(virDomainPtr domain, unsigned int flags);

/* Whom to ask; 0: whoever the driver thinks best. */
typedef enum {
    VIR_DOMAIN_GET_HOSTNAME_LEASE = 1, /* the DHCP leases */
    VIR_DOMAIN_GET_HOSTNAME_AGENT = 2, /* the guest's agent */
} virDomainGetHostnameFlags;

typedef enum {
    VIR_DOMAIN_MESSAGE_DEPRECATION = 1, /* something in the definition is going away */
    VIR_DOMAIN_MESSAGE_TAINTING = 2,    /* something in it makes the guest hard to support */
} virDomainMessageType;

/*
 * What there is to say about the running guest's definition: *msgs is a new array of strings, free() both. flags:
 * virDomainMessageType. Returns their number.
 */
int virDomainGetMessages(virDomainPtr domain, char ***msgs, unsigned int flags);

/* ---- Stopping ---- */

/* Stops the guest's CPUs; it keeps its memory. 0 or -1. */
int virDomainSuspend(virDomainPtr domain);

/* Lets them run on. 0 or -1. */
int virDomainResume(virDomainPtr domain);

/* By which way to ask; 0: whichever works. */
typedef enum {
    VIR_DOMAIN_SHUTDOWN_DEFAULT = 0,
    VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN = 1,
    VIR_DOMAIN_SHUTDOWN_GUEST_AGENT = 2, /* by the agent in the guest */
    VIR_DOMAIN_SHUTDOWN_INITCTL = 4,     /* by the init of a container */
    VIR_DOMAIN_SHUTDOWN_SIGNAL = 8,      /* by a signal to a container */
    VIR_DOMAIN_SHUTDOWN_PARAVIRT = 16,   /* by the paravirtual interface */
} virDomainShutdownFlagValues;

/* Asks the guest to shut down, and does not wait until it does. 0 or -1. */
int virDomainShutdown(virDomainPtr domain);

/* The same with flags: virDomainShutdownFlagValues. */
int virDomainShutdownFlags(virDomainPtr domain, unsigned int flags);

/* By which way to ask; see virDomainShutdownFlagValues. */
typedef enum {
    VIR_DOMAIN_REBOOT_DEFAULT = 0,
    VIR_DOMAIN_REBOOT_ACPI_POWER_BTN = 1,
    VIR_DOMAIN_REBOOT_GUEST_AGENT = 2,
    VIR_DOMAIN_REBOOT_INITCTL = 4,
    VIR_DOMAIN_REBOOT_SIGNAL = 8,
    VIR_DOMAIN_REBOOT_PARAVIRT = 16,
} virDomainRebootFlagValues;

/* Asks the guest to restart, and does not wait until it does. flags: virDomainRebootFlagValues. 0 or -1. */
int virDomainReboot(virDomainPtr domain, unsigned int flags);

/* Resets the guest as by its button. flags 0. 0 or -1. */
int virDomainReset(virDomainPtr domain, unsigned int flags);

typedef enum {
    VIR_DOMAIN_DESTROY_DEFAULT = 0,
    VIR_DOMAIN_DESTROY_GRACEFUL = 1,    /* fail rather than kill a process that does not end by itself */
    VIR_DOMAIN_DESTROY_REMOVE_LOGS = 2, /* remove the guest's logs */
} virDomainDestroyFlagsValues;

/* Ends the guest at once, as by its plug. A transient one is gone then. 0 or -1. */
int virDomainDestroy(virDomainPtr domain);

/* The same with flags: virDomainDestroyFlagsValues. */
int virDomainDestroyFlags(virDomainPtr domain, unsigned int flags);

/* Asks the guest's agent to put it to sleep. target: virNodeSuspendTarget; duration 0. flags 0. 0 or -1. */
int virDomainPMSuspendForDuration(virDomainPtr dom, unsigned int target, unsigned long long duration,
                                  unsigned int flags);

/* Wakes a sleeping guest. flags 0. 0 or -1. */
int virDomainPMWakeup(virDomainPtr dom, unsigned int flags);

/* What a guest does by itself. */
typedef enum {
    VIR_DOMAIN_LIFECYCLE_POWEROFF = 0,
    VIR_DOMAIN_LIFECYCLE_REBOOT = 1,
    VIR_DOMAIN_LIFECYCLE_CRASH = 2,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_LIFECYCLE_LAST = 3, /* end of the list; grows with it */
#endif
} virDomainLifecycle;

/* What is done then. */
typedef enum {
    VIR_DOMAIN_LIFECYCLE_ACTION_DESTROY = 0,
    VIR_DOMAIN_LIFECYCLE_ACTION_RESTART = 1,
    VIR_DOMAIN_LIFECYCLE_ACTION_RESTART_RENAME = 2, /* restart under another name */
    VIR_DOMAIN_LIFECYCLE_ACTION_PRESERVE = 3,       /* keep it as it is, to be looked at */
    VIR_DOMAIN_LIFECYCLE_ACTION_COREDUMP_DESTROY = 4,
    VIR_DOMAIN_LIFECYCLE_ACTION_COREDUMP_RESTART = 5,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_LIFECYCLE_ACTION_LAST = 6, /* end of the list; grows with it */
#endif
} virDomainLifecycleAction;

/* Sets the virDomainLifecycleAction for a virDomainLifecycle. flags: impact. 0 or -1. */
int virDomainSetLifecycleAction(virDomainPtr domain, unsigned int type, unsigned int action, unsigned int flags);

/* ---- Saving and restoring ---- */

typedef enum {
    VIR_DOMAIN_SAVE_BYPASS_CACHE = 1, /* past the host's cache */
    VIR_DOMAIN_SAVE_RUNNING = 2,      /* run afterwards, whatever it did when saved */
    VIR_DOMAIN_SAVE_PAUSED = 4,       /* be paused afterwards */
    VIR_DOMAIN_SAVE_RESET_NVRAM = 8,  /* with the firmware's variables as new */
} virDomainSaveRestoreFlags;

#define VIR_DOMAIN_SAVE_PARAM_FILE "file" /* string: path of the save image. */

/* string: definition to use instead, with the same guest-visible hardware. */
#define VIR_DOMAIN_SAVE_PARAM_DXML "dxml"

/* Writes the guest's memory to the file to on the host and stops it. Takes as long as writing does. 0 or -1. */
int virDomainSave(virDomainPtr domain, const char *to);

/* The same with another definition (dxml, or NULL) and flags: virDomainSaveRestoreFlags. */
int virDomainSaveFlags(virDomainPtr domain, const char *to, const char *dxml, unsigned int flags);

/* The same with VIR_DOMAIN_SAVE_PARAM_*; without a file: to the managed save image. */
int virDomainSaveParams(virDomainPtr domain, virTypedParameterPtr params, int nparams, unsigned int flags);

/* Starts the guest that was saved in a file. 0 or -1. */
int virDomainRestore(virConnectPtr conn, const char *from);

/* The same with another definition (dxml, or NULL) and flags: virDomainSaveRestoreFlags. */
int virDomainRestoreFlags(virConnectPtr conn, const char *from, const char *dxml, unsigned int flags);

/* The same with VIR_DOMAIN_SAVE_PARAM_*. */
int virDomainRestoreParams(virConnectPtr conn, virTypedParameterPtr params, int nparams, unsigned int flags);

typedef enum {
    VIR_DOMAIN_SAVE_IMAGE_XML_SECURE = 1, /* with passwords */
} virDomainSaveImageXMLFlags;

/* The definition in a save image. flags: virDomainSaveImageXMLFlags. */
char *virDomainSaveImageGetXMLDesc(virConnectPtr conn, const char *file, unsigned int flags);

/* Replaces it. flags: VIR_DOMAIN_SAVE_RUNNING or _PAUSED. 0 or -1. */
int virDomainSaveImageDefineXML(virConnectPtr conn, const char *file, const char *dxml, unsigned int flags);

/* Saves the guest to a file that the daemon keeps and starts it from. flags: virDomainSaveRestoreFlags. 0 or -1. */
int virDomainManagedSave(virDomainPtr dom, unsigned int flags);

/* 1 when it has such a file, 0 when not. flags 0. */
int virDomainHasManagedSaveImage(virDomainPtr dom, unsigned int flags);

/* Removes the file. flags 0. 0 or -1. */
int virDomainManagedSaveRemove(virDomainPtr dom, unsigned int flags);

/* The definition in it. flags: virDomainSaveImageXMLFlags. */
char *virDomainManagedSaveGetXMLDesc(virDomainPtr domain, unsigned int flags);

/* Replaces it. flags: VIR_DOMAIN_SAVE_RUNNING or _PAUSED. 0 or -1. */
int virDomainManagedSaveDefineXML(virDomainPtr domain, const char *dxml, unsigned int flags);

typedef enum {
    VIR_DUMP_CRASH = 1,        /* the guest crashes afterwards */
    VIR_DUMP_LIVE = 2,         /* it runs on meanwhile */
    VIR_DUMP_BYPASS_CACHE = 4, /* past the host's cache */
    VIR_DUMP_RESET = 8,        /* reset it afterwards */
    VIR_DUMP_MEMORY_ONLY = 16, /* only its memory, as a core file */
} virDomainCoreDumpFlags;

/* Format of the memory. */
typedef enum {
    VIR_DOMAIN_CORE_DUMP_FORMAT_RAW = 0, /* as it is */
    VIR_DOMAIN_CORE_DUMP_FORMAT_KDUMP_ZLIB = 1,
    VIR_DOMAIN_CORE_DUMP_FORMAT_KDUMP_LZO = 2,
    VIR_DOMAIN_CORE_DUMP_FORMAT_KDUMP_SNAPPY = 3,
    VIR_DOMAIN_CORE_DUMP_FORMAT_WIN_DMP = 4, /* for Windows' tools */
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_CORE_DUMP_FORMAT_LAST = 5, /* end of the list; grows with it */
#endif
} virDomainCoreDumpFormat;

/* Writes the guest's core to a file on the host. flags: virDomainCoreDumpFlags. 0 or -1. */
int virDomainCoreDump(virDomainPtr domain, const char *to, unsigned int flags);

/* The same in a virDomainCoreDumpFormat. */
int virDomainCoreDumpWithFormat(virDomainPtr domain, const char *to, unsigned int dumpformat, unsigned int flags);

/*
 * Opens stream for reading a picture of the guest's screen number screen; returns the picture's MIME type. flags
 * 0.
 */
char *virDomainScreenshot(virDomainPtr domain, virStreamPtr stream, unsigned int screen, unsigned int flags);

/* ---- Virtual CPUs ---- */

/* What a virtual CPU is doing. */
typedef enum {
    VIR_VCPU_OFFLINE = 0,
    VIR_VCPU_RUNNING = 1,
    VIR_VCPU_BLOCKED = 2, /* waits for a resource */
#ifdef VIR_ENUM_SENTINELS
    VIR_VCPU_LAST = 3, /* end of the list; grows with it */
#endif
} virVcpuState;

/* In place of a host CPU's number. */
typedef enum {
    VIR_VCPU_INFO_CPU_UNAVAILABLE = -2,
    VIR_VCPU_INFO_CPU_OFFLINE = -1,
} virVcpuHostCpuState;

/* A virtual CPU. */
typedef struct _virVcpuInfo virVcpuInfo;
typedef virVcpuInfo *virVcpuInfoPtr;
struct _virVcpuInfo {
    unsigned int number;        /* its number */
    int state;                  /* virVcpuState */
    unsigned long long cpuTime; /* nanoseconds used */
    int cpu;                    /* host CPU it runs on, or virVcpuHostCpuState */
};

/* Bytes of a bitmap for this many CPUs: CPU n is bit n % 8 of byte n / 8. */
#define VIR_CPU_MAPLEN(cpu) (((cpu) + 7) / 8)

/* Sets a CPU's bit. */
#define VIR_USE_CPU(cpumap, cpu) ((cpumap)[(cpu) / 8] |= (1 << ((cpu) % 8)))

/* Clears it. */
#define VIR_UNUSE_CPU(cpumap, cpu) ((cpumap)[(cpu) / 8] &= ~(1 << ((cpu) % 8)))

/* Whether it is set. */
#define VIR_CPU_USED(cpumap, cpu) ((cpumap)[(cpu) / 8] & (1 << ((cpu) % 8)))

/* Whether it is set in the bitmap of one virtual CPU, of several bitmaps of maplen bytes. */
#define VIR_CPU_USABLE(cpumaps, maplen, vcpu, cpu) VIR_CPU_USED(VIR_GET_CPUMAP(cpumaps, maplen, vcpu), cpu)

/* Copies one of several bitmaps. */
#define VIR_COPY_CPUMAP(cpumaps, maplen, vcpu, cpumap) memcpy(cpumap, VIR_GET_CPUMAP(cpumaps, maplen, vcpu), maplen)

/* Where it is. */
#define VIR_GET_CPUMAP(cpumaps, maplen, vcpu) (&((cpumaps)[(vcpu) * (maplen)]))

typedef enum {
    VIR_DOMAIN_VCPU_CURRENT = 0,       /* as virDomainModificationImpact */
    VIR_DOMAIN_VCPU_LIVE = 1,          /* as virDomainModificationImpact */
    VIR_DOMAIN_VCPU_CONFIG = 2,        /* as virDomainModificationImpact */
    VIR_DOMAIN_VCPU_MAXIMUM = 4,       /* the maximum rather than the present number */
    VIR_DOMAIN_VCPU_GUEST = 8,         /* as the guest's agent sees them */
    VIR_DOMAIN_VCPU_HOTPLUGGABLE = 16, /* make added ones such that can be taken away */
} virDomainVcpuFlags;

/*
 * Fills info for at most maxinfo virtual CPUs, and cpumaps (may be NULL) with maxinfo bitmaps of maplen bytes:
 * where each may run. Returns how many were filled. Only of a running guest.
 */
int virDomainGetVcpus(virDomainPtr domain, virVcpuInfoPtr info, int maxinfo, unsigned char *cpumaps, int maplen);

/* How many virtual CPUs it has. flags: virDomainVcpuFlags. */
int virDomainGetVcpusFlags(virDomainPtr domain, unsigned int flags);

/* How many it can have while it runs. */
int virDomainGetMaxVcpus(virDomainPtr domain);

/* How many a running guest has. It may take its time. 0 or -1. */
int virDomainSetVcpus(virDomainPtr domain, unsigned int nvcpus);

/* The same with flags: virDomainVcpuFlags. */
int virDomainSetVcpusFlags(virDomainPtr domain, unsigned int nvcpus, unsigned int flags);

/* Turns virtual CPUs on (state 1) or off (0). vcpumap: "0-2,5". flags: impact. 0 or -1. */
int virDomainSetVcpu(virDomainPtr domain, const char *vcpumap, int state, unsigned int flags);

/*
 * Asks the agent for the virtual CPUs as the guest sees them: *params becomes a new array with the strings
 * "vcpus", "online", "offlinable". flags 0. 0 or -1.
 */
int virDomainGetGuestVcpus(virDomainPtr domain, virTypedParameterPtr *params, unsigned int *nparams,
                           unsigned int flags);

/* Lets the agent turn them on (state 1) or off (0) inside the guest. cpumap: "0-2,5". flags 0. 0 or -1. */
int virDomainSetGuestVcpus(virDomainPtr domain, const char *cpumap, int state, unsigned int flags);

/* Where a virtual CPU of a running guest may run: a bitmap of maplen bytes. 0 or -1. */
int virDomainPinVcpu(virDomainPtr domain, unsigned int vcpu, unsigned char *cpumap, int maplen);

/* The same with flags: impact. */
int virDomainPinVcpuFlags(virDomainPtr domain, unsigned int vcpu, unsigned char *cpumap, int maplen,
                          unsigned int flags);

/* Fills at most ncpumaps bitmaps of maplen bytes: where each may run. flags: impact. Returns how many. */
int virDomainGetVcpuPinInfo(virDomainPtr domain, int ncpumaps, unsigned char *cpumaps, int maplen, unsigned int flags);

/* Where the emulator's own threads may run. flags: impact. 0 or -1. */
int virDomainPinEmulator(virDomainPtr domain, unsigned char *cpumap, int maplen, unsigned int flags);

/* Fills a bitmap with that. flags: impact. 1; 0 when nothing is set; -1. */
int virDomainGetEmulatorPinInfo(virDomainPtr domain, unsigned char *cpumap, int maplen, unsigned int flags);

/* ---- I/O threads ---- */

/* An I/O thread. */
typedef struct _virDomainIOThreadInfo virDomainIOThreadInfo;
typedef virDomainIOThreadInfo *virDomainIOThreadInfoPtr;
struct _virDomainIOThreadInfo {
    unsigned int iothread_id; /* its number */
    unsigned char *cpumap;    /* where it may run */
    int cpumaplen;            /* bytes of cpumap */
};

/*
 * Lists I/O threads. Free each with virDomainIOThreadInfoFree(), then the array. flags: impact. Returns their
 * number.
 */
int virDomainGetIOThreadInfo(virDomainPtr dom, virDomainIOThreadInfoPtr **info, unsigned int flags);

/* Frees one. NULL is fine. */
void virDomainIOThreadInfoFree(virDomainIOThreadInfoPtr info);

/* Where an I/O thread may run. flags: impact. 0 or -1. */
int virDomainPinIOThread(virDomainPtr domain, unsigned int iothread_id, unsigned char *cpumap, int maplen,
                         unsigned int flags);

/* Adds one. flags: impact. 0 or -1. */
int virDomainAddIOThread(virDomainPtr domain, unsigned int iothread_id, unsigned int flags);

/* Takes one away that no disk uses. flags: impact. 0 or -1. */
int virDomainDelIOThread(virDomainPtr domain, unsigned int iothread_id, unsigned int flags);

#define VIR_DOMAIN_IOTHREAD_POLL_MAX_NS "poll_max_ns" /* ullong: nanoseconds to poll at most before sleeping. */

/* uint: factor by which the polling time grows; 0: the hypervisor's choice. */
#define VIR_DOMAIN_IOTHREAD_POLL_GROW "poll_grow"

/* uint: divisor by which it shrinks; 0: the hypervisor's choice. */
#define VIR_DOMAIN_IOTHREAD_POLL_SHRINK     "poll_shrink"
#define VIR_DOMAIN_IOTHREAD_THREAD_POOL_MIN "thread_pool_min" /* int: worker threads at least. */
#define VIR_DOMAIN_IOTHREAD_THREAD_POOL_MAX "thread_pool_max" /* int: worker threads at most. */

/* Changes VIR_DOMAIN_IOTHREAD_* of one. flags: impact. 0 or -1. */
int virDomainSetIOThreadParams(virDomainPtr domain, unsigned int iothread_id, virTypedParameterPtr params, int nparams,
                               unsigned int flags);

/* ---- Memory ---- */

typedef enum {
    VIR_DOMAIN_MEM_CURRENT = 0, /* as virDomainModificationImpact */
    VIR_DOMAIN_MEM_LIVE = 1,    /* as virDomainModificationImpact */
    VIR_DOMAIN_MEM_CONFIG = 2,  /* as virDomainModificationImpact */
    VIR_DOMAIN_MEM_MAXIMUM = 4, /* the maximum rather than the present size */
} virDomainMemoryModFlags;

/* KiB that it may have; 0 on failure. */
unsigned long virDomainGetMaxMemory(virDomainPtr domain);

/* Changes that. 0 or -1. */
int virDomainSetMaxMemory(virDomainPtr domain, unsigned long memory);

/* KiB that a running guest has: its balloon is told. 0 or -1. */
int virDomainSetMemory(virDomainPtr domain, unsigned long memory);

/* The same with flags: virDomainMemoryModFlags. */
int virDomainSetMemoryFlags(virDomainPtr domain, unsigned long memory, unsigned int flags);

/* What a statistic is. */
typedef enum {
    VIR_DOMAIN_MEMORY_STAT_SWAP_IN = 0,          /* KiB read from the guest's swap */
    VIR_DOMAIN_MEMORY_STAT_SWAP_OUT = 1,         /* KiB written to it */
    VIR_DOMAIN_MEMORY_STAT_MAJOR_FAULT = 2,      /* faults that read from a disk */
    VIR_DOMAIN_MEMORY_STAT_MINOR_FAULT = 3,      /* faults that did not */
    VIR_DOMAIN_MEMORY_STAT_UNUSED = 4,           /* KiB that the guest does not use at all */
    VIR_DOMAIN_MEMORY_STAT_AVAILABLE = 5,        /* KiB that the guest sees */
    VIR_DOMAIN_MEMORY_STAT_ACTUAL_BALLOON = 6,   /* KiB that the balloon leaves it */
    VIR_DOMAIN_MEMORY_STAT_RSS = 7,              /* KiB of the hypervisor process in the host's memory */
    VIR_DOMAIN_MEMORY_STAT_USABLE = 8,           /* KiB that programs in the guest could take without swapping */
    VIR_DOMAIN_MEMORY_STAT_LAST_UPDATE = 9,      /* when the guest reported, in seconds since 1970 */
    VIR_DOMAIN_MEMORY_STAT_DISK_CACHES = 10,     /* KiB that could be freed from caches */
    VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGALLOC = 11, /* huge pages given out in the guest */
    VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGFAIL = 12,  /* huge pages that could not be */
    VIR_DOMAIN_MEMORY_STAT_NR = 13,              /* how many there are */
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_MEMORY_STAT_LAST = 13, /* end of the list; grows with it */
#endif
} virDomainMemoryStatTags;

/* One statistic. */
typedef struct _virDomainMemoryStat virDomainMemoryStatStruct;
typedef virDomainMemoryStatStruct *virDomainMemoryStatPtr;
struct _virDomainMemoryStat {
    int tag; /* virDomainMemoryStatTags */
    unsigned long long val;
};

/* Fills at most nr_stats statistics. flags 0. Returns how many. */
int virDomainMemoryStats(virDomainPtr dom, virDomainMemoryStatPtr stats, unsigned int nr_stats, unsigned int flags);

/* How often the guest reports, in seconds; 0: not. flags: impact. 0 or -1. */
int virDomainSetMemoryStatsPeriod(virDomainPtr domain, int period, unsigned int flags);

/* How addresses are meant. */
typedef enum {
    VIR_MEMORY_VIRTUAL = 1,
    VIR_MEMORY_PHYSICAL = 2,
} virDomainMemoryFlags;

/* Reads size bytes of the guest's memory from start on. flags: one of virDomainMemoryFlags. 0 or -1. */
int virDomainMemoryPeek(virDomainPtr dom, unsigned long long start, size_t size, void *buffer, unsigned int flags);

/* ---- Scheduling and limits ---- */

/*
 * Getters fill params, which has room for *nparams, and set *nparams to how many; with *nparams 0 only to how many
 * there are. All these return 0 or -1.
 */

#define VIR_DOMAIN_SCHEDULER_CPU_SHARES "cpu_shares" /* ullong: weight relative to other guests. */

/* ullong: microseconds in which the whole guest may use its quota. */
#define VIR_DOMAIN_SCHEDULER_GLOBAL_PERIOD "global_period"

/* llong: microseconds of CPU in a period; negative: no limit, as for all below. */
#define VIR_DOMAIN_SCHEDULER_GLOBAL_QUOTA    "global_quota"
#define VIR_DOMAIN_SCHEDULER_VCPU_PERIOD     "vcpu_period"     /* ullong: the same for each virtual CPU. */
#define VIR_DOMAIN_SCHEDULER_VCPU_QUOTA      "vcpu_quota"      /* llong: the same for each virtual CPU. */
#define VIR_DOMAIN_SCHEDULER_EMULATOR_PERIOD "emulator_period" /* ullong: the same for the emulator's threads. */
#define VIR_DOMAIN_SCHEDULER_EMULATOR_QUOTA  "emulator_quota"  /* llong: the same for the emulator's threads. */
#define VIR_DOMAIN_SCHEDULER_IOTHREAD_PERIOD "iothread_period" /* ullong: the same for each I/O thread. */
#define VIR_DOMAIN_SCHEDULER_IOTHREAD_QUOTA  "iothread_quota"  /* llong: the same for each I/O thread. */
#define VIR_DOMAIN_SCHEDULER_WEIGHT          "weight"          /* uint: weight (Xen credit scheduler). */
#define VIR_DOMAIN_SCHEDULER_CAP             "cap"             /* uint: per cent of a CPU at most (Xen); 0: no limit. */
#define VIR_DOMAIN_SCHEDULER_RESERVATION     "reservation"     /* llong: MHz that are guaranteed (ESX). */
#define VIR_DOMAIN_SCHEDULER_LIMIT           "limit"           /* llong: MHz at most (ESX). */
#define VIR_DOMAIN_SCHEDULER_SHARES          "shares"          /* int: shares (ESX). */

/* Name of the scheduler; *nparams (may be NULL) becomes how many parameters it has. */
char *virDomainGetSchedulerType(virDomainPtr domain, int *nparams);

/* VIR_DOMAIN_SCHEDULER_* of the running guest. */
int virDomainGetSchedulerParameters(virDomainPtr domain, virTypedParameterPtr params, int *nparams);

/* The same with flags: impact. */
int virDomainGetSchedulerParametersFlags(virDomainPtr domain, virTypedParameterPtr params, int *nparams,
                                         unsigned int flags);

/* Changes them. */
int virDomainSetSchedulerParameters(virDomainPtr domain, virTypedParameterPtr params, int nparams);

/* The same with flags: impact. */
int virDomainSetSchedulerParametersFlags(virDomainPtr domain, virTypedParameterPtr params, int nparams,
                                         unsigned int flags);

/* A limit in KiB that is none. */
#define VIR_DOMAIN_MEMORY_PARAM_UNLIMITED 9007199254740991LL /* = INT64_MAX >> 10 */
#define VIR_DOMAIN_MEMORY_HARD_LIMIT      "hard_limit"       /* ullong: KiB of host memory at most. */
#define VIR_DOMAIN_MEMORY_SOFT_LIMIT      "soft_limit"       /* ullong: KiB to keep to when memory is short. */
#define VIR_DOMAIN_MEMORY_MIN_GUARANTEE   "min_guarantee"    /* ullong: KiB that are guaranteed. */
#define VIR_DOMAIN_MEMORY_SWAP_HARD_LIMIT "swap_hard_limit"  /* ullong: KiB of memory and swap together at most. */

/* VIR_DOMAIN_MEMORY_* limits. flags: impact. */
int virDomainGetMemoryParameters(virDomainPtr domain, virTypedParameterPtr params, int *nparams, unsigned int flags);

/* Changes them. */
int virDomainSetMemoryParameters(virDomainPtr domain, virTypedParameterPtr params, int nparams, unsigned int flags);

#define VIR_DOMAIN_BLKIO_WEIGHT "weight" /* uint: weight relative to other guests. */

/* string: "/dev/x,WEIGHT,/dev/y,WEIGHT" for host devices; the others below likewise. */
#define VIR_DOMAIN_BLKIO_DEVICE_WEIGHT     "device_weight"
#define VIR_DOMAIN_BLKIO_DEVICE_READ_IOPS  "device_read_iops_sec"   /* string: reads per second at most. */
#define VIR_DOMAIN_BLKIO_DEVICE_WRITE_IOPS "device_write_iops_sec"  /* string: writes per second at most. */
#define VIR_DOMAIN_BLKIO_DEVICE_READ_BPS   "device_read_bytes_sec"  /* string: bytes read per second at most. */
#define VIR_DOMAIN_BLKIO_DEVICE_WRITE_BPS  "device_write_bytes_sec" /* string: bytes written per second at most. */

/* VIR_DOMAIN_BLKIO_* of all disks together. flags: impact. */
int virDomainGetBlkioParameters(virDomainPtr domain, virTypedParameterPtr params, int *nparams, unsigned int flags);

/* Changes them. */
int virDomainSetBlkioParameters(virDomainPtr domain, virTypedParameterPtr params, int nparams, unsigned int flags);

/* How memory is placed. */
typedef enum {
    VIR_DOMAIN_NUMATUNE_MEM_STRICT = 0,      /* only there */
    VIR_DOMAIN_NUMATUNE_MEM_PREFERRED = 1,   /* there if possible */
    VIR_DOMAIN_NUMATUNE_MEM_INTERLEAVE = 2,  /* by turns */
    VIR_DOMAIN_NUMATUNE_MEM_RESTRICTIVE = 3, /* only there, and moved when that changes */
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_NUMATUNE_MEM_LAST = 4, /* end of the list; grows with it */
#endif
} virDomainNumatuneMemMode;

#define VIR_DOMAIN_NUMA_NODESET "numa_nodeset" /* string: host NUMA cells, "0-1,3". */
#define VIR_DOMAIN_NUMA_MODE    "numa_mode"    /* int: virDomainNumatuneMemMode. */

/* VIR_DOMAIN_NUMA_*. flags: impact. */
int virDomainGetNumaParameters(virDomainPtr domain, virTypedParameterPtr params, int *nparams, unsigned int flags);

/* Changes them. */
int virDomainSetNumaParameters(virDomainPtr domain, virTypedParameterPtr params, int nparams, unsigned int flags);

/* uint: KiB/s on average to the guest; 0: no limit, as for all below. */
#define VIR_DOMAIN_BANDWIDTH_IN_AVERAGE  "inbound.average"
#define VIR_DOMAIN_BANDWIDTH_IN_PEAK     "inbound.peak"     /* uint: KiB/s at most in a burst. */
#define VIR_DOMAIN_BANDWIDTH_IN_BURST    "inbound.burst"    /* uint: KiB at that speed. */
#define VIR_DOMAIN_BANDWIDTH_IN_FLOOR    "inbound.floor"    /* uint: KiB/s that are guaranteed. */
#define VIR_DOMAIN_BANDWIDTH_OUT_AVERAGE "outbound.average" /* uint: KiB/s on average from the guest. */
#define VIR_DOMAIN_BANDWIDTH_OUT_PEAK    "outbound.peak"    /* uint: KiB/s at most in a burst. */
#define VIR_DOMAIN_BANDWIDTH_OUT_BURST   "outbound.burst"   /* uint: KiB at that speed. */

/* VIR_DOMAIN_BANDWIDTH_* of an interface, named by MAC address or host device. flags: impact. */
int virDomainGetInterfaceParameters(virDomainPtr domain, const char *device, virTypedParameterPtr params, int *nparams,
                                    unsigned int flags);

/* Changes them. */
int virDomainSetInterfaceParameters(virDomainPtr domain, const char *device, virTypedParameterPtr params, int nparams,
                                    unsigned int flags);

/* virTypedParameterType by an earlier name. */
typedef enum {
    VIR_DOMAIN_SCHED_FIELD_INT = 1,
    VIR_DOMAIN_SCHED_FIELD_UINT = 2,
    VIR_DOMAIN_SCHED_FIELD_LLONG = 3,
    VIR_DOMAIN_SCHED_FIELD_ULLONG = 4,
    VIR_DOMAIN_SCHED_FIELD_DOUBLE = 5,
    VIR_DOMAIN_SCHED_FIELD_BOOLEAN = 6,
} virSchedParameterType;

/* virTypedParameterType by an earlier name. */
typedef enum {
    VIR_DOMAIN_MEMORY_PARAM_INT = 1,
    VIR_DOMAIN_MEMORY_PARAM_UINT = 2,
    VIR_DOMAIN_MEMORY_PARAM_LLONG = 3,
    VIR_DOMAIN_MEMORY_PARAM_ULLONG = 4,
    VIR_DOMAIN_MEMORY_PARAM_DOUBLE = 5,
    VIR_DOMAIN_MEMORY_PARAM_BOOLEAN = 6,
} virMemoryParameterType;

/* virTypedParameterType by an earlier name. */
typedef enum {
    VIR_DOMAIN_BLKIO_PARAM_INT = 1,
    VIR_DOMAIN_BLKIO_PARAM_UINT = 2,
    VIR_DOMAIN_BLKIO_PARAM_LLONG = 3,
    VIR_DOMAIN_BLKIO_PARAM_ULLONG = 4,
    VIR_DOMAIN_BLKIO_PARAM_DOUBLE = 5,
    VIR_DOMAIN_BLKIO_PARAM_BOOLEAN = 6,
} virBlkioParameterType;

/* VIR_TYPED_PARAM_FIELD_LENGTH by an earlier name. */
#define VIR_DOMAIN_SCHED_FIELD_LENGTH VIR_TYPED_PARAM_FIELD_LENGTH

/* VIR_TYPED_PARAM_FIELD_LENGTH by an earlier name. */
#define VIR_DOMAIN_MEMORY_FIELD_LENGTH VIR_TYPED_PARAM_FIELD_LENGTH

/* VIR_TYPED_PARAM_FIELD_LENGTH by an earlier name. */
#define VIR_DOMAIN_BLKIO_FIELD_LENGTH VIR_TYPED_PARAM_FIELD_LENGTH
#define _virSchedParameter            _virTypedParameter
#define _virMemoryParameter           _virTypedParameter
#define _virBlkioParameter            _virTypedParameter

typedef struct _virSchedParameter virSchedParameter;
typedef virSchedParameter *virSchedParameterPtr;

typedef struct _virMemoryParameter virMemoryParameter;
typedef virMemoryParameter *virMemoryParameterPtr;

typedef struct _virBlkioParameter virBlkioParameter;
typedef virBlkioParameter *virBlkioParameterPtr;

/* ---- Processor use ---- */

#define VIR_DOMAIN_CPU_STATS_CPUTIME    "cpu_time"    /* ullong: nanoseconds of CPU used. */
#define VIR_DOMAIN_CPU_STATS_USERTIME   "user_time"   /* ullong: of these, in programs of the host. */
#define VIR_DOMAIN_CPU_STATS_SYSTEMTIME "system_time" /* ullong: of these, in the host's kernel. */
#define VIR_DOMAIN_CPU_STATS_VCPUTIME   "vcpu_time"   /* ullong: of these, in virtual CPUs. */

/*
 * VIR_DOMAIN_CPU_STATS_* of ncpus host CPUs from start_cpu on; start_cpu -1 with ncpus 1: the sum. params has room
 * for nparams for each CPU, one CPU after the other. With params NULL: how many parameters there are (nparams 0),
 * or CPUs (ncpus 0). flags 0. Returns how many parameters each CPU has.
 */
int virDomainGetCPUStats(virDomainPtr domain, virTypedParameterPtr params, unsigned int nparams, int start_cpu,
                         unsigned int ncpus, unsigned int flags);

/* boolean: bytes of cache in use, as all below an event of the host's performance counters that is on or off. */
#define VIR_PERF_PARAM_CMT                 "cmt"
#define VIR_PERF_PARAM_MBMT                "mbmt"         /* boolean: bytes per second of memory in all. */
#define VIR_PERF_PARAM_MBML                "mbml"         /* boolean: bytes per second of memory of the same cell. */
#define VIR_PERF_PARAM_CACHE_MISSES        "cache_misses" /* boolean: cache misses. */
#define VIR_PERF_PARAM_CACHE_REFERENCES    "cache_references"    /* boolean: cache accesses. */
#define VIR_PERF_PARAM_INSTRUCTIONS        "instructions"        /* boolean: instructions. */
#define VIR_PERF_PARAM_CPU_CYCLES          "cpu_cycles"          /* boolean: cycles. */
#define VIR_PERF_PARAM_BRANCH_INSTRUCTIONS "branch_instructions" /* boolean: branches. */
#define VIR_PERF_PARAM_BRANCH_MISSES       "branch_misses"       /* boolean: branches predicted wrongly. */
#define VIR_PERF_PARAM_BUS_CYCLES          "bus_cycles"          /* boolean: bus cycles. */

/* boolean: cycles in which nothing was fetched. */
#define VIR_PERF_PARAM_STALLED_CYCLES_FRONTEND "stalled_cycles_frontend"

/* boolean: cycles in which nothing was completed. */
#define VIR_PERF_PARAM_STALLED_CYCLES_BACKEND "stalled_cycles_backend"
#define VIR_PERF_PARAM_REF_CPU_CYCLES         "ref_cpu_cycles"   /* boolean: cycles at the nominal frequency. */
#define VIR_PERF_PARAM_CPU_CLOCK              "cpu_clock"        /* boolean: nanoseconds of CPU clock. */
#define VIR_PERF_PARAM_TASK_CLOCK             "task_clock"       /* boolean: nanoseconds of the task's clock. */
#define VIR_PERF_PARAM_PAGE_FAULTS            "page_faults"      /* boolean: page faults. */
#define VIR_PERF_PARAM_CONTEXT_SWITCHES       "context_switches" /* boolean: context switches. */
#define VIR_PERF_PARAM_CPU_MIGRATIONS         "cpu_migrations"   /* boolean: moves to another CPU. */
#define VIR_PERF_PARAM_PAGE_FAULTS_MIN        "page_faults_min"  /* boolean: page faults that read nothing. */
#define VIR_PERF_PARAM_PAGE_FAULTS_MAJ        "page_faults_maj"  /* boolean: page faults that did. */
#define VIR_PERF_PARAM_ALIGNMENT_FAULTS       "alignment_faults" /* boolean: faults by alignment. */
#define VIR_PERF_PARAM_EMULATION_FAULTS       "emulation_faults" /* boolean: instructions that the kernel emulated. */

/* Sets *params to a new array of VIR_PERF_PARAM_*: which are on. flags: impact. 0 or -1. */
int virDomainGetPerfEvents(virDomainPtr domain, virTypedParameterPtr *params, int *nparams, unsigned int flags);

/* Turns them on and off. flags: impact. 0 or -1. */
int virDomainSetPerfEvents(virDomainPtr domain, virTypedParameterPtr params, int nparams, unsigned int flags);

/* ---- Statistics of many guests ---- */

/* Groups of statistics; none named: all that there are. */
typedef enum {
    VIR_DOMAIN_STATS_STATE = 1,       /* state and reason */
    VIR_DOMAIN_STATS_CPU_TOTAL = 2,   /* processor time of the guest */
    VIR_DOMAIN_STATS_BALLOON = 4,     /* memory */
    VIR_DOMAIN_STATS_VCPU = 8,        /* each virtual CPU */
    VIR_DOMAIN_STATS_INTERFACE = 16,  /* each network interface */
    VIR_DOMAIN_STATS_BLOCK = 32,      /* each disk */
    VIR_DOMAIN_STATS_PERF = 64,       /* performance events */
    VIR_DOMAIN_STATS_IOTHREAD = 128,  /* each I/O thread */
    VIR_DOMAIN_STATS_MEMORY = 256,    /* memory bandwidth */
    VIR_DOMAIN_STATS_DIRTYRATE = 512, /* rate at which memory changes */
    VIR_DOMAIN_STATS_VM = 1024,       /* what the hypervisor counts */
} virDomainStatsTypes;

/* Which guests, as virConnectListAllDomainsFlags, and how. */
typedef enum {
    VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE = 1,
    VIR_CONNECT_GET_ALL_DOMAINS_STATS_INACTIVE = 2,
    VIR_CONNECT_GET_ALL_DOMAINS_STATS_PERSISTENT = 4,
    VIR_CONNECT_GET_ALL_DOMAINS_STATS_TRANSIENT = 8,
    VIR_CONNECT_GET_ALL_DOMAINS_STATS_RUNNING = 16,
    VIR_CONNECT_GET_ALL_DOMAINS_STATS_PAUSED = 32,
    VIR_CONNECT_GET_ALL_DOMAINS_STATS_SHUTOFF = 64,
    VIR_CONNECT_GET_ALL_DOMAINS_STATS_OTHER = 128,          /* in another state than those three */
    VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT = 536870912,   /* leave out what would have to wait for a busy guest */
    VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING = 1073741824, /* with the backing files of disks */
    VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS = 2147483648, /* fail when a group is not known */
} virConnectGetAllDomainStatsFlags;

/* One guest's statistics. */
typedef struct _virDomainStatsRecord virDomainStatsRecord;
typedef virDomainStatsRecord *virDomainStatsRecordPtr;
struct _virDomainStatsRecord {
    virDomainPtr dom;            /* the guest */
    virTypedParameterPtr params; /* named "GROUP.NUMBER.WHAT" */
    int nparams;
};

/*
 * Sets *retStats to a list of records, for virDomainStatsRecordListFree(). stats: virDomainStatsTypes. flags:
 * virConnectGetAllDomainStatsFlags. Returns their number.
 */
int virConnectGetAllDomainStats(virConnectPtr conn, unsigned int stats, virDomainStatsRecordPtr **retStats,
                                unsigned int flags);

/* The same for a NULL-terminated list of guests of one connection. */
int virDomainListGetStats(virDomainPtr *doms, unsigned int stats, virDomainStatsRecordPtr **retStats,
                          unsigned int flags);

/* Frees a list of records. NULL is fine. */
void virDomainStatsRecordListFree(virDomainStatsRecordPtr *stats);

/* ---- Devices ---- */

typedef enum {
    VIR_DOMAIN_DEVICE_MODIFY_CURRENT = 0, /* as virDomainModificationImpact */
    VIR_DOMAIN_DEVICE_MODIFY_LIVE = 1,    /* as virDomainModificationImpact */
    VIR_DOMAIN_DEVICE_MODIFY_CONFIG = 2,  /* as virDomainModificationImpact */
    VIR_DOMAIN_DEVICE_MODIFY_FORCE = 4,   /* also when the guest does not agree, as with a locked tray */
} virDomainDeviceModifyFlags;

/* Gives a running guest a device, described in XML. 0 or -1. */
int virDomainAttachDevice(virDomainPtr domain, const char *xml);

/* The same with flags: virDomainDeviceModifyFlags. */
int virDomainAttachDeviceFlags(virDomainPtr domain, const char *xml, unsigned int flags);

/*
 * Takes a device from a running guest. It may be gone only when the guest agrees: see
 * VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED. 0 or -1.
 */
int virDomainDetachDevice(virDomainPtr domain, const char *xml);

/* The same with flags: virDomainDeviceModifyFlags. */
int virDomainDetachDeviceFlags(virDomainPtr domain, const char *xml, unsigned int flags);

/* The same for the device of this alias, without waiting for the guest. flags: impact. */
int virDomainDetachDeviceAlias(virDomainPtr domain, const char *alias, unsigned int flags);

/* Changes a device: a medium, a link, a graphics password. flags: virDomainDeviceModifyFlags. 0 or -1. */
int virDomainUpdateDeviceFlags(virDomainPtr domain, const char *xml, unsigned int flags);

typedef enum {
    VIR_DOMAIN_FD_ASSOCIATE_SECLABEL_RESTORE = 1,  /* put the labels back when the guest ends */
    VIR_DOMAIN_FD_ASSOCIATE_SECLABEL_WRITABLE = 2, /* label it for writing */
} virDomainFDAssociateFlags;

/*
 * Gives the guest descriptors under a name that its XML refers to, as long as this connection lasts. They stay the
 * caller's. flags: virDomainFDAssociateFlags. 0 or -1.
 */
int virDomainFDAssociate(virDomainPtr domain, const char *name, unsigned int nfds, int *fds, unsigned int flags);

/* ---- Disks ---- */

/* What a disk has done; -1 where it is not known. */
typedef struct _virDomainBlockStats virDomainBlockStatsStruct;
typedef virDomainBlockStatsStruct *virDomainBlockStatsPtr;
struct _virDomainBlockStats {
    long long rd_req;   /* reads */
    long long rd_bytes; /* bytes read */
    long long wr_req;   /* writes */
    long long wr_bytes; /* bytes written */
    long long errs;     /* errors */
};

/* Bytes of a statistic's name with its NUL. */
#define VIR_DOMAIN_BLOCK_STATS_FIELD_LENGTH      VIR_TYPED_PARAM_FIELD_LENGTH
#define VIR_DOMAIN_BLOCK_STATS_READ_BYTES        "rd_bytes"          /* llong: bytes read. */
#define VIR_DOMAIN_BLOCK_STATS_READ_REQ          "rd_operations"     /* llong: reads. */
#define VIR_DOMAIN_BLOCK_STATS_READ_TOTAL_TIMES  "rd_total_times"    /* llong: nanoseconds spent reading. */
#define VIR_DOMAIN_BLOCK_STATS_WRITE_BYTES       "wr_bytes"          /* llong: bytes written. */
#define VIR_DOMAIN_BLOCK_STATS_WRITE_REQ         "wr_operations"     /* llong: writes. */
#define VIR_DOMAIN_BLOCK_STATS_WRITE_TOTAL_TIMES "wr_total_times"    /* llong: nanoseconds spent writing. */
#define VIR_DOMAIN_BLOCK_STATS_FLUSH_REQ         "flush_operations"  /* llong: flushes. */
#define VIR_DOMAIN_BLOCK_STATS_FLUSH_TOTAL_TIMES "flush_total_times" /* llong: nanoseconds spent flushing. */
#define VIR_DOMAIN_BLOCK_STATS_ERRS              "errs"              /* llong: errors. */

/* Fills size bytes of *stats for a disk, named by target ("vda") or source; "" for all together. 0 or -1. */
int virDomainBlockStats(virDomainPtr dom, const char *disk, virDomainBlockStatsPtr stats, size_t size);

/* VIR_DOMAIN_BLOCK_STATS_* of a disk, as the getters of limits do. flags 0. 0 or -1. */
int virDomainBlockStatsFlags(virDomainPtr dom, const char *disk, virTypedParameterPtr params, int *nparams,
                             unsigned int flags);

/* A disk's sizes. */
typedef struct _virDomainBlockInfo virDomainBlockInfo;
typedef virDomainBlockInfo *virDomainBlockInfoPtr;
struct _virDomainBlockInfo {
    unsigned long long capacity;   /* bytes as the guest sees it */
    unsigned long long allocation; /* bytes written, as far as known */
    unsigned long long physical;   /* bytes of the file or device */
};

/* Fills *info for a disk. flags 0. 0 or -1. */
int virDomainGetBlockInfo(virDomainPtr domain, const char *disk, virDomainBlockInfoPtr info, unsigned int flags);

/* Reads size bytes of a disk from offset on. flags 0. 0 or -1. */
int virDomainBlockPeek(virDomainPtr dom, const char *disk, unsigned long long offset, size_t size, void *buffer,
                       unsigned int flags);

typedef enum {
    VIR_DOMAIN_BLOCK_RESIZE_BYTES = 1, /* size is in bytes, not KiB */
} virDomainBlockResizeFlags;

/* Changes a running guest's disk. flags: virDomainBlockResizeFlags. 0 or -1. */
int virDomainBlockResize(virDomainPtr dom, const char *disk, unsigned long long size, unsigned int flags);

/* Why a disk does not work. */
typedef enum {
    VIR_DOMAIN_DISK_ERROR_NONE = 0,
    VIR_DOMAIN_DISK_ERROR_UNSPEC = 1, /* whatever it is */
    VIR_DOMAIN_DISK_ERROR_NO_SPACE = 2,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_DISK_ERROR_LAST = 3, /* end of the list; grows with it */
#endif
} virDomainDiskErrorCode;

/* A disk that does not work. */
typedef struct _virDomainDiskError virDomainDiskError;
typedef virDomainDiskError *virDomainDiskErrorPtr;
struct _virDomainDiskError {
    char *disk; /* its target; free() it */
    int error;  /* virDomainDiskErrorCode */
};

/*
 * Fills errors for at most maxerrors disks; with errors NULL and maxerrors 0: how many disks there are. flags 0.
 * Returns how many.
 */
int virDomainGetDiskErrors(virDomainPtr dom, virDomainDiskErrorPtr errors, unsigned int maxerrors, unsigned int flags);

/* ullong: bytes per second, reading and writing; 0: no limit, as for all below. */
#define VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_BYTES_SEC     "total_bytes_sec"
#define VIR_DOMAIN_BLOCK_IOTUNE_READ_BYTES_SEC      "read_bytes_sec"      /* ullong: bytes read per second. */
#define VIR_DOMAIN_BLOCK_IOTUNE_WRITE_BYTES_SEC     "write_bytes_sec"     /* ullong: bytes written per second. */
#define VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_IOPS_SEC      "total_iops_sec"      /* ullong: requests per second. */
#define VIR_DOMAIN_BLOCK_IOTUNE_READ_IOPS_SEC       "read_iops_sec"       /* ullong: reads per second. */
#define VIR_DOMAIN_BLOCK_IOTUNE_WRITE_IOPS_SEC      "write_iops_sec"      /* ullong: writes per second. */
#define VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_BYTES_SEC_MAX "total_bytes_sec_max" /* ullong: bytes per second in a burst. */

/* ullong: bytes read per second in a burst. */
#define VIR_DOMAIN_BLOCK_IOTUNE_READ_BYTES_SEC_MAX "read_bytes_sec_max"

/* ullong: bytes written per second in a burst. */
#define VIR_DOMAIN_BLOCK_IOTUNE_WRITE_BYTES_SEC_MAX "write_bytes_sec_max"
#define VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_IOPS_SEC_MAX  "total_iops_sec_max" /* ullong: requests per second in a burst. */
#define VIR_DOMAIN_BLOCK_IOTUNE_READ_IOPS_SEC_MAX   "read_iops_sec_max"  /* ullong: reads per second in a burst. */
#define VIR_DOMAIN_BLOCK_IOTUNE_WRITE_IOPS_SEC_MAX  "write_iops_sec_max" /* ullong: writes per second in a burst. */

/* ullong: seconds that burst may last. */
#define VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_BYTES_SEC_MAX_LENGTH "total_bytes_sec_max_length"

/* ullong: seconds that burst may last. */
#define VIR_DOMAIN_BLOCK_IOTUNE_READ_BYTES_SEC_MAX_LENGTH "read_bytes_sec_max_length"

/* ullong: seconds that burst may last. */
#define VIR_DOMAIN_BLOCK_IOTUNE_WRITE_BYTES_SEC_MAX_LENGTH "write_bytes_sec_max_length"

/* ullong: seconds that burst may last. */
#define VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_IOPS_SEC_MAX_LENGTH "total_iops_sec_max_length"

/* ullong: seconds that burst may last. */
#define VIR_DOMAIN_BLOCK_IOTUNE_READ_IOPS_SEC_MAX_LENGTH "read_iops_sec_max_length"

/* ullong: seconds that burst may last. */
#define VIR_DOMAIN_BLOCK_IOTUNE_WRITE_IOPS_SEC_MAX_LENGTH "write_iops_sec_max_length"
#define VIR_DOMAIN_BLOCK_IOTUNE_SIZE_IOPS_SEC             "size_iops_sec" /* ullong: bytes that count as one request. */
#define VIR_DOMAIN_BLOCK_IOTUNE_GROUP_NAME                "group_name" /* string: disks of one name share their limits. */

/* VIR_DOMAIN_BLOCK_IOTUNE_* of a disk, as the getters of limits do. flags: impact. 0 or -1. */
int virDomainGetBlockIoTune(virDomainPtr dom, const char *disk, virTypedParameterPtr params, int *nparams,
                            unsigned int flags);

/* Changes them; what is not named keeps its value. flags: impact. 0 or -1. */
int virDomainSetBlockIoTune(virDomainPtr dom, const char *disk, virTypedParameterPtr params, int nparams,
                            unsigned int flags);

/*
 * Asks for one VIR_DOMAIN_EVENT_ID_BLOCK_THRESHOLD when a write to dev ("vda", "vda[1]") passes byte threshold.
 * flags 0. 0 or -1.
 */
int virDomainSetBlockThreshold(virDomainPtr domain, const char *dev, unsigned long long threshold, unsigned int flags);

/* ---- Block jobs ---- */

/*
 * Jobs on a disk of a running guest go on after the call that starts them: see VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2 and
 * virDomainGetBlockJobInfo(). Bandwidth is in MiB/s, 0 for no limit, unless the flag for bytes is set. All return
 * 0 or -1.
 */

/* What a job does. */
typedef enum {
    VIR_DOMAIN_BLOCK_JOB_TYPE_UNKNOWN = 0,
    VIR_DOMAIN_BLOCK_JOB_TYPE_PULL = 1,          /* copies from the backing chain into the disk */
    VIR_DOMAIN_BLOCK_JOB_TYPE_COPY = 2,          /* mirrors the disk elsewhere */
    VIR_DOMAIN_BLOCK_JOB_TYPE_COMMIT = 3,        /* merges an image below the disk into one further down */
    VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT = 4, /* merges the disk's own image */
    VIR_DOMAIN_BLOCK_JOB_TYPE_BACKUP = 5,        /* copies the disk as it was */
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_BLOCK_JOB_TYPE_LAST = 6, /* end of the list; grows with it */
#endif
} virDomainBlockJobType;

typedef enum {
    VIR_DOMAIN_BLOCK_JOB_INFO_BANDWIDTH_BYTES = 1, /* bandwidth is in bytes per second */
} virDomainBlockJobInfoFlags;

typedef enum {
    VIR_DOMAIN_BLOCK_JOB_SPEED_BANDWIDTH_BYTES = 1, /* bandwidth is in bytes per second */
} virDomainBlockJobSetSpeedFlags;

typedef enum {
    VIR_DOMAIN_BLOCK_PULL_BANDWIDTH_BYTES = 64, /* bandwidth is in bytes per second */
} virDomainBlockPullFlags;

typedef enum {
    VIR_DOMAIN_BLOCK_JOB_ABORT_ASYNC = 1, /* do not wait until it has ended */
    VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT = 2, /* end a copy or active commit by moving the guest to its result */
} virDomainBlockJobAbortFlags;

typedef enum {
    VIR_DOMAIN_BLOCK_REBASE_SHALLOW = 1,          /* with COPY: only the topmost image */
    VIR_DOMAIN_BLOCK_REBASE_REUSE_EXT = 2,        /* with COPY: the file is there already */
    VIR_DOMAIN_BLOCK_REBASE_COPY_RAW = 4,         /* with COPY: as a raw image */
    VIR_DOMAIN_BLOCK_REBASE_COPY = 8,             /* make a copy rather than pull */
    VIR_DOMAIN_BLOCK_REBASE_RELATIVE = 16,        /* keep backing files' names relative */
    VIR_DOMAIN_BLOCK_REBASE_COPY_DEV = 32,        /* with COPY: to a block device */
    VIR_DOMAIN_BLOCK_REBASE_BANDWIDTH_BYTES = 64, /* bandwidth is in bytes per second */
} virDomainBlockRebaseFlags;

typedef enum {
    VIR_DOMAIN_BLOCK_COPY_SHALLOW = 1,            /* only the topmost image */
    VIR_DOMAIN_BLOCK_COPY_REUSE_EXT = 2,          /* the file is there already */
    VIR_DOMAIN_BLOCK_COPY_TRANSIENT_JOB = 4,      /* forget the job should the guest end */
    VIR_DOMAIN_BLOCK_COPY_SYNCHRONOUS_WRITES = 8, /* the guest's writes wait for the copy */
} virDomainBlockCopyFlags;

typedef enum {
    VIR_DOMAIN_BLOCK_COMMIT_SHALLOW = 1,          /* one image only */
    VIR_DOMAIN_BLOCK_COMMIT_DELETE = 2,           /* remove what has been merged */
    VIR_DOMAIN_BLOCK_COMMIT_ACTIVE = 4,           /* the disk's own image may be merged */
    VIR_DOMAIN_BLOCK_COMMIT_RELATIVE = 8,         /* keep backing files' names relative */
    VIR_DOMAIN_BLOCK_COMMIT_BANDWIDTH_BYTES = 16, /* bandwidth is in bytes per second */
} virDomainBlockCommitFlags;

#define VIR_DOMAIN_BLOCK_COPY_BANDWIDTH   "bandwidth"   /* ullong: bytes per second. */
#define VIR_DOMAIN_BLOCK_COPY_GRANULARITY "granularity" /* uint: bytes that are tracked as one; a power of two. */
#define VIR_DOMAIN_BLOCK_COPY_BUF_SIZE    "buf-size"    /* ullong: bytes on the way at a time. */

/* Makes a disk independent of its backing chain. flags: virDomainBlockPullFlags. */
int virDomainBlockPull(virDomainPtr dom, const char *disk, unsigned long bandwidth, unsigned int flags);

/* The same down to base (NULL: all); or a copy to base. flags: virDomainBlockRebaseFlags. */
int virDomainBlockRebase(virDomainPtr dom, const char *disk, const char *base, unsigned long bandwidth,
                         unsigned int flags);

/* Mirrors a disk to what destxml (<disk>) describes, with VIR_DOMAIN_BLOCK_COPY_*. flags: virDomainBlockCopyFlags. */
int virDomainBlockCopy(virDomainPtr dom, const char *disk, const char *destxml, virTypedParameterPtr params,
                       int nparams, unsigned int flags);

/*
 * Merges the images from top (NULL: the disk's own) down to base (NULL: the last). flags:
 * virDomainBlockCommitFlags.
 */
int virDomainBlockCommit(virDomainPtr dom, const char *disk, const char *base, const char *top, unsigned long bandwidth,
                         unsigned int flags);

/* Changes a job's bandwidth. flags: virDomainBlockJobSetSpeedFlags. */
int virDomainBlockJobSetSpeed(virDomainPtr dom, const char *disk, unsigned long bandwidth, unsigned int flags);

/* Ends a job. flags: virDomainBlockJobAbortFlags. */
int virDomainBlockJobAbort(virDomainPtr dom, const char *disk, unsigned int flags);

typedef unsigned long long virDomainBlockJobCursor;

/* A job. */
typedef struct _virDomainBlockJobInfo virDomainBlockJobInfo;
typedef virDomainBlockJobInfo *virDomainBlockJobInfoPtr;
struct _virDomainBlockJobInfo {
    int type;                    /* virDomainBlockJobType */
    unsigned long bandwidth;     /* limit */
    virDomainBlockJobCursor cur; /* how far it is, in its own units */
    virDomainBlockJobCursor end; /* how far it has to go */
};

/* Fills *info for a disk's job. flags: virDomainBlockJobInfoFlags. 1; 0 when there is no job; -1. */
int virDomainGetBlockJobInfo(virDomainPtr dom, const char *disk, virDomainBlockJobInfoPtr info, unsigned int flags);

/* ---- Backups ---- */

typedef enum {
    VIR_DOMAIN_BACKUP_BEGIN_REUSE_EXTERNAL = 1, /* the files are there already */
} virDomainBackupBeginFlags;

/*
 * Begins a backup (a job) and, with checkpointXML, a checkpoint at the same moment. flags:
 * virDomainBackupBeginFlags. 0 or -1.
 */
int virDomainBackupBegin(virDomainPtr domain, const char *backupXML, const char *checkpointXML, unsigned int flags);

/* The running backup as XML. flags 0. */
char *virDomainBackupGetXMLDesc(virDomainPtr domain, unsigned int flags);

/* ---- Network interfaces ---- */

/* What an interface has done, as the guest sees it; -1 where it is not known. */
typedef struct _virDomainInterfaceStats virDomainInterfaceStatsStruct;
typedef virDomainInterfaceStatsStruct *virDomainInterfaceStatsPtr;
struct _virDomainInterfaceStats {
    long long rx_bytes;
    long long rx_packets;
    long long rx_errs;
    long long rx_drop;
    long long tx_bytes;
    long long tx_packets;
    long long tx_errs;
    long long tx_drop;
};

/* Fills size bytes of *stats for an interface, named by MAC address or host device. 0 or -1. */
int virDomainInterfaceStats(virDomainPtr dom, const char *device, virDomainInterfaceStatsPtr stats, size_t size);

/* Whom to ask. */
typedef enum {
    VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE = 0, /* the DHCP leases */
    VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT = 1, /* the guest's agent */
    VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP = 2,   /* the host's neighbour table */
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LAST = 3, /* end of the list; grows with it */
#endif
} virDomainInterfaceAddressesSource;

/* An address. */
typedef struct _virDomainInterfaceIPAddress virDomainIPAddress;
typedef virDomainIPAddress *virDomainIPAddressPtr;
struct _virDomainInterfaceIPAddress {
    int type;            /* virIPAddrType */
    char *addr;          /* as text */
    unsigned int prefix; /* length of its network's prefix in bits */
};

/* An interface of a guest. */
typedef struct _virDomainInterface virDomainInterface;
typedef virDomainInterface *virDomainInterfacePtr;
struct _virDomainInterface {
    char *name;          /* in the guest, or on the host */
    char *hwaddr;        /* MAC address, or NULL */
    unsigned int naddrs; /* how many addresses */
    virDomainIPAddressPtr addrs;
};

/*
 * Lists interfaces with their addresses, from a virDomainInterfaceAddressesSource. Free each with
 * virDomainInterfaceFree(), then the array. flags 0. Returns their number.
 */
int virDomainInterfaceAddresses(virDomainPtr dom, virDomainInterfacePtr **ifaces, unsigned int source,
                                unsigned int flags);

/* Frees one. NULL is fine. */
void virDomainInterfaceFree(virDomainInterfacePtr iface);

/* ---- Consoles, screens, keys ---- */

typedef enum {
    VIR_DOMAIN_CONSOLE_FORCE = 1, /* put out whoever is on it */
    VIR_DOMAIN_CONSOLE_SAFE = 2,  /* only where one user at a time can be kept to */
} virDomainConsoleFlags;

/* Opens st on a console or serial port, by its alias or (NULL) the first. flags: virDomainConsoleFlags. 0 or -1. */
int virDomainOpenConsole(virDomainPtr dom, const char *dev_name, virStreamPtr st, unsigned int flags);

typedef enum {
    VIR_DOMAIN_CHANNEL_FORCE = 1, /* put out whoever is on it */
} virDomainChannelFlags;

/* The same for a channel, by its alias or target name. flags: virDomainChannelFlags. */
int virDomainOpenChannel(virDomainPtr dom, const char *name, virStreamPtr st, unsigned int flags);

typedef enum {
    VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH = 1, /* without the display's own password */
} virDomainOpenGraphicsFlags;

/*
 * Gives the guest's display number idx one end of a socket pair as a client; it stays the caller's. flags:
 * virDomainOpenGraphicsFlags. 0 or -1.
 */
int virDomainOpenGraphics(virDomainPtr dom, unsigned int idx, int fd, unsigned int flags);

/* Makes the pair itself: a descriptor connected to the display, or -1. flags: virDomainOpenGraphicsFlags. */
int virDomainOpenGraphicsFD(virDomainPtr dom, unsigned int idx, unsigned int flags);

/* How keys are numbered. */
typedef enum {
    VIR_KEYCODE_SET_LINUX = 0,  /* Linux input events */
    VIR_KEYCODE_SET_XT = 1,     /* XT scan codes */
    VIR_KEYCODE_SET_ATSET1 = 2, /* AT scan codes, set 1 */
    VIR_KEYCODE_SET_ATSET2 = 3, /* set 2 */
    VIR_KEYCODE_SET_ATSET3 = 4, /* set 3 */
    VIR_KEYCODE_SET_OSX = 5,    /* macOS */
    VIR_KEYCODE_SET_XT_KBD = 6, /* XT as Linux' keyboards send */
    VIR_KEYCODE_SET_USB = 7,    /* USB HID */
    VIR_KEYCODE_SET_WIN32 = 8,  /* Windows */
    VIR_KEYCODE_SET_QNUM = 9,   /* XT with the high bit for extended codes, as RFB does */
#ifdef VIR_ENUM_SENTINELS
    VIR_KEYCODE_SET_LAST = 10, /* end of the list; grows with it */
#endif
} virKeycodeSet;

#define VIR_KEYCODE_SET_RFB          VIR_KEYCODE_SET_QNUM /* VIR_KEYCODE_SET_QNUM by an earlier name. */
#define VIR_DOMAIN_SEND_KEY_MAX_KEYS 16                   /* Keys of one call at most. */

/*
 * Presses nkeycodes keys together for holdtime milliseconds (0: the default). codeset: virKeycodeSet. flags 0. 0
 * or -1.
 */
int virDomainSendKey(virDomainPtr domain, unsigned int codeset, unsigned int holdtime, unsigned int *keycodes,
                     int nkeycodes, unsigned int flags);

/* Sends a non-maskable interrupt. flags 0. 0 or -1. */
int virDomainInjectNMI(virDomainPtr domain, unsigned int flags);

/* Signals, by their names; as Linux numbers them. */
typedef enum {
    VIR_DOMAIN_PROCESS_SIGNAL_NOP = 0,
    VIR_DOMAIN_PROCESS_SIGNAL_HUP = 1,
    VIR_DOMAIN_PROCESS_SIGNAL_INT = 2,
    VIR_DOMAIN_PROCESS_SIGNAL_QUIT = 3,
    VIR_DOMAIN_PROCESS_SIGNAL_ILL = 4,
    VIR_DOMAIN_PROCESS_SIGNAL_TRAP = 5,
    VIR_DOMAIN_PROCESS_SIGNAL_ABRT = 6,
    VIR_DOMAIN_PROCESS_SIGNAL_BUS = 7,
    VIR_DOMAIN_PROCESS_SIGNAL_FPE = 8,
    VIR_DOMAIN_PROCESS_SIGNAL_KILL = 9,
    VIR_DOMAIN_PROCESS_SIGNAL_USR1 = 10,
    VIR_DOMAIN_PROCESS_SIGNAL_SEGV = 11,
    VIR_DOMAIN_PROCESS_SIGNAL_USR2 = 12,
    VIR_DOMAIN_PROCESS_SIGNAL_PIPE = 13,
    VIR_DOMAIN_PROCESS_SIGNAL_ALRM = 14,
    VIR_DOMAIN_PROCESS_SIGNAL_TERM = 15,
    VIR_DOMAIN_PROCESS_SIGNAL_STKFLT = 16,
    VIR_DOMAIN_PROCESS_SIGNAL_CHLD = 17,
    VIR_DOMAIN_PROCESS_SIGNAL_CONT = 18,
    VIR_DOMAIN_PROCESS_SIGNAL_STOP = 19,
    VIR_DOMAIN_PROCESS_SIGNAL_TSTP = 20,
    VIR_DOMAIN_PROCESS_SIGNAL_TTIN = 21,
    VIR_DOMAIN_PROCESS_SIGNAL_TTOU = 22,
    VIR_DOMAIN_PROCESS_SIGNAL_URG = 23,
    VIR_DOMAIN_PROCESS_SIGNAL_XCPU = 24,
    VIR_DOMAIN_PROCESS_SIGNAL_XFSZ = 25,
    VIR_DOMAIN_PROCESS_SIGNAL_VTALRM = 26,
    VIR_DOMAIN_PROCESS_SIGNAL_PROF = 27,
    VIR_DOMAIN_PROCESS_SIGNAL_WINCH = 28,
    VIR_DOMAIN_PROCESS_SIGNAL_POLL = 29,
    VIR_DOMAIN_PROCESS_SIGNAL_PWR = 30,
    VIR_DOMAIN_PROCESS_SIGNAL_SYS = 31,
    VIR_DOMAIN_PROCESS_SIGNAL_RT0 = 32,
    VIR_DOMAIN_PROCESS_SIGNAL_RT1 = 33,
    VIR_DOMAIN_PROCESS_SIGNAL_RT2 = 34,
    VIR_DOMAIN_PROCESS_SIGNAL_RT3 = 35,
    VIR_DOMAIN_PROCESS_SIGNAL_RT4 = 36,
    VIR_DOMAIN_PROCESS_SIGNAL_RT5 = 37,
    VIR_DOMAIN_PROCESS_SIGNAL_RT6 = 38,
    VIR_DOMAIN_PROCESS_SIGNAL_RT7 = 39,
    VIR_DOMAIN_PROCESS_SIGNAL_RT8 = 40,
    VIR_DOMAIN_PROCESS_SIGNAL_RT9 = 41,
    VIR_DOMAIN_PROCESS_SIGNAL_RT10 = 42,
    VIR_DOMAIN_PROCESS_SIGNAL_RT11 = 43,
    VIR_DOMAIN_PROCESS_SIGNAL_RT12 = 44,
    VIR_DOMAIN_PROCESS_SIGNAL_RT13 = 45,
    VIR_DOMAIN_PROCESS_SIGNAL_RT14 = 46,
    VIR_DOMAIN_PROCESS_SIGNAL_RT15 = 47,
    VIR_DOMAIN_PROCESS_SIGNAL_RT16 = 48,
    VIR_DOMAIN_PROCESS_SIGNAL_RT17 = 49,
    VIR_DOMAIN_PROCESS_SIGNAL_RT18 = 50,
    VIR_DOMAIN_PROCESS_SIGNAL_RT19 = 51,
    VIR_DOMAIN_PROCESS_SIGNAL_RT20 = 52,
    VIR_DOMAIN_PROCESS_SIGNAL_RT21 = 53,
    VIR_DOMAIN_PROCESS_SIGNAL_RT22 = 54,
    VIR_DOMAIN_PROCESS_SIGNAL_RT23 = 55,
    VIR_DOMAIN_PROCESS_SIGNAL_RT24 = 56,
    VIR_DOMAIN_PROCESS_SIGNAL_RT25 = 57,
    VIR_DOMAIN_PROCESS_SIGNAL_RT26 = 58,
    VIR_DOMAIN_PROCESS_SIGNAL_RT27 = 59,
    VIR_DOMAIN_PROCESS_SIGNAL_RT28 = 60,
    VIR_DOMAIN_PROCESS_SIGNAL_RT29 = 61,
    VIR_DOMAIN_PROCESS_SIGNAL_RT30 = 62,
    VIR_DOMAIN_PROCESS_SIGNAL_RT31 = 63,
    VIR_DOMAIN_PROCESS_SIGNAL_RT32 = 64,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_PROCESS_SIGNAL_LAST = 65, /* end of the list; grows with it */
#endif
} virDomainProcessSignal;

/*
 * Sends a signal to a process of a container, by the container's own numbering. signum: virDomainProcessSignal.
 * flags 0. 0 or -1.
 */
int virDomainSendProcessSignal(virDomainPtr domain, long long pid_value, unsigned int signum, unsigned int flags);

/* ---- The guest's agent ---- */

/* How long to wait for the agent, beside a positive number of seconds. */
typedef enum {
    VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK = -2,   /* as long as it takes */
    VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_DEFAULT = -1, /* what the daemon thinks right */
    VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_NOWAIT = 0,   /* do not wait */
} virDomainAgentResponseTimeoutValues;

/* How long calls wait for this guest's agent: seconds, or virDomainAgentResponseTimeoutValues. flags 0. 0 or -1. */
int virDomainAgentSetResponseTimeout(virDomainPtr domain, int timeout, unsigned int flags);

/* Freezes file systems: nmountpoints of them, or (NULL, 0) all. flags 0. Returns how many. */
int virDomainFSFreeze(virDomainPtr dom, const char **mountpoints, unsigned int nmountpoints, unsigned int flags);

/* Thaws them. flags 0. Returns how many. */
int virDomainFSThaw(virDomainPtr dom, const char **mountpoints, unsigned int nmountpoints, unsigned int flags);

/*
 * Tells disks what is not used: on a file system or (NULL) all, pieces of at least minimum bytes. flags 0. 0 or
 * -1.
 */
int virDomainFSTrim(virDomainPtr dom, const char *mountPoint, unsigned long long minimum, unsigned int flags);

/* A file system. */
typedef struct _virDomainFSInfo virDomainFSInfo;
typedef virDomainFSInfo *virDomainFSInfoPtr;
struct _virDomainFSInfo {
    char *mountpoint; /* where it is mounted */
    char *name;       /* of its device in the guest */
    char *fstype;     /* its type */
    size_t ndevAlias; /* how many disks it is on */
    char **devAlias;  /* their targets */
};

/* Lists file systems. Free each with virDomainFSInfoFree(), then the array. flags 0. Returns their number. */
int virDomainGetFSInfo(virDomainPtr dom, virDomainFSInfoPtr **info, unsigned int flags);

/* Frees one. NULL is fine. */
void virDomainFSInfoFree(virDomainFSInfoPtr info);

/* What to ask for; none named: all. */
typedef enum {
    VIR_DOMAIN_GUEST_INFO_USERS = 1,
    VIR_DOMAIN_GUEST_INFO_OS = 2,
    VIR_DOMAIN_GUEST_INFO_TIMEZONE = 4,
    VIR_DOMAIN_GUEST_INFO_HOSTNAME = 8,
    VIR_DOMAIN_GUEST_INFO_FILESYSTEM = 16,
    VIR_DOMAIN_GUEST_INFO_DISKS = 32,
    VIR_DOMAIN_GUEST_INFO_INTERFACES = 64,
} virDomainGuestInfoTypes;

/*
 * Sets *params to a new array of what the agent knows, named "GROUP.NUMBER.WHAT". types: virDomainGuestInfoTypes.
 * flags 0. 0 or -1.
 */
int virDomainGetGuestInfo(virDomainPtr domain, unsigned int types, virTypedParameterPtr *params, int *nparams,
                          unsigned int flags);

/* The guest's clock: seconds and nanoseconds since 1970. flags 0. 0 or -1. */
int virDomainGetTime(virDomainPtr dom, long long *seconds, unsigned int *nseconds, unsigned int flags);

typedef enum {
    VIR_DOMAIN_TIME_SYNC = 1, /* from its hardware clock, whatever is given */
} virDomainSetTimeFlags;

/* Sets the guest's clock. flags: virDomainSetTimeFlags. 0 or -1. */
int virDomainSetTime(virDomainPtr dom, long long seconds, unsigned int nseconds, unsigned int flags);

typedef enum {
    VIR_DOMAIN_PASSWORD_ENCRYPTED = 1, /* password is hashed already */
} virDomainSetUserPasswordFlags;

/* Sets a user's password in the guest. flags: virDomainSetUserPasswordFlags. 0 or -1. */
int virDomainSetUserPassword(virDomainPtr dom, const char *user, const char *password, unsigned int flags);

/* A user's authorized SSH keys: *keys is a new array of strings, free() both. flags 0. Returns their number. */
int virDomainAuthorizedSSHKeysGet(virDomainPtr domain, const char *user, char ***keys, unsigned int flags);

/* Without these the keys given replace those there are. */
typedef enum {
    VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_APPEND = 1, /* add the keys */
    VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_REMOVE = 2, /* remove the keys */
} virDomainAuthorizedSSHKeysSetFlags;

/* Changes a user's authorized SSH keys. flags: virDomainAuthorizedSSHKeysSetFlags. 0 or -1. */
int virDomainAuthorizedSSHKeysSet(virDomainPtr domain, const char *user, const char **keys, unsigned int nkeys,
                                  unsigned int flags);

/* ---- Jobs ---- */

/* Whether a job's end can be told. */
typedef enum {
    VIR_DOMAIN_JOB_NONE = 0,
    VIR_DOMAIN_JOB_BOUNDED = 1,   /* it can */
    VIR_DOMAIN_JOB_UNBOUNDED = 2, /* it cannot */
    VIR_DOMAIN_JOB_COMPLETED = 3,
    VIR_DOMAIN_JOB_FAILED = 4,
    VIR_DOMAIN_JOB_CANCELLED = 5,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_JOB_LAST = 6, /* end of the list; grows with it */
#endif
} virDomainJobType;

/* What a job does. */
typedef enum {
    VIR_DOMAIN_JOB_OPERATION_UNKNOWN = 0,
    VIR_DOMAIN_JOB_OPERATION_START = 1,
    VIR_DOMAIN_JOB_OPERATION_SAVE = 2,
    VIR_DOMAIN_JOB_OPERATION_RESTORE = 3,
    VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN = 4,
    VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT = 5,
    VIR_DOMAIN_JOB_OPERATION_SNAPSHOT = 6,
    VIR_DOMAIN_JOB_OPERATION_SNAPSHOT_REVERT = 7,
    VIR_DOMAIN_JOB_OPERATION_DUMP = 8,
    VIR_DOMAIN_JOB_OPERATION_BACKUP = 9,
    VIR_DOMAIN_JOB_OPERATION_SNAPSHOT_DELETE = 10,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_JOB_OPERATION_LAST = 11, /* end of the list; grows with it */
#endif
} virDomainJobOperation;

/* A job that is running. */
typedef struct _virDomainJobInfo virDomainJobInfo;
typedef virDomainJobInfo *virDomainJobInfoPtr;
struct _virDomainJobInfo {
    int type;                         /* virDomainJobType */
    unsigned long long timeElapsed;   /* milliseconds */
    unsigned long long timeRemaining; /* milliseconds, with BOUNDED */
    unsigned long long dataTotal;     /* bytes: all that follows together */
    unsigned long long dataProcessed;
    unsigned long long dataRemaining;
    unsigned long long memTotal; /* bytes of memory */
    unsigned long long memProcessed;
    unsigned long long memRemaining;
    unsigned long long fileTotal; /* bytes of disks */
    unsigned long long fileProcessed;
    unsigned long long fileRemaining;
};

/* Fills *info. 0 or -1. */
int virDomainGetJobInfo(virDomainPtr domain, virDomainJobInfoPtr info);

typedef enum {
    VIR_DOMAIN_JOB_STATS_COMPLETED = 1,      /* of the last job that has ended, and forget it */
    VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED = 2, /* do not forget it */
} virDomainGetJobStatsFlags;

#define VIR_DOMAIN_JOB_OPERATION           "operation"        /* int: virDomainJobOperation. */
#define VIR_DOMAIN_JOB_TIME_ELAPSED        "time_elapsed"     /* ullong: milliseconds since it began. */
#define VIR_DOMAIN_JOB_TIME_ELAPSED_NET    "time_elapsed_net" /* ullong: the same without what two hosts' clocks add. */
#define VIR_DOMAIN_JOB_TIME_REMAINING      "time_remaining"   /* ullong: milliseconds it will take. */
#define VIR_DOMAIN_JOB_DOWNTIME            "downtime"     /* ullong: milliseconds the guest was, or will be, stopped. */
#define VIR_DOMAIN_JOB_DOWNTIME_NET        "downtime_net" /* ullong: the same without what two hosts' clocks add. */
#define VIR_DOMAIN_JOB_SETUP_TIME          "setup_time"   /* ullong: milliseconds before the first byte. */
#define VIR_DOMAIN_JOB_DATA_TOTAL          "data_total"   /* ullong: bytes in all. */
#define VIR_DOMAIN_JOB_DATA_PROCESSED      "data_processed"      /* ullong: bytes done. */
#define VIR_DOMAIN_JOB_DATA_REMAINING      "data_remaining"      /* ullong: bytes left. */
#define VIR_DOMAIN_JOB_MEMORY_TOTAL        "memory_total"        /* ullong: bytes of memory in all. */
#define VIR_DOMAIN_JOB_MEMORY_PROCESSED    "memory_processed"    /* ullong: bytes of memory done. */
#define VIR_DOMAIN_JOB_MEMORY_REMAINING    "memory_remaining"    /* ullong: bytes of memory left. */
#define VIR_DOMAIN_JOB_MEMORY_CONSTANT     "memory_constant"     /* ullong: pages of one repeated byte. */
#define VIR_DOMAIN_JOB_MEMORY_NORMAL       "memory_normal"       /* ullong: other pages sent. */
#define VIR_DOMAIN_JOB_MEMORY_NORMAL_BYTES "memory_normal_bytes" /* ullong: bytes of these. */
#define VIR_DOMAIN_JOB_MEMORY_BPS          "memory_bps"          /* ullong: bytes of memory per second. */
#define VIR_DOMAIN_JOB_MEMORY_DIRTY_RATE   "memory_dirty_rate"   /* ullong: pages that change per second. */
#define VIR_DOMAIN_JOB_MEMORY_PAGE_SIZE    "memory_page_size"    /* ullong: bytes of a page. */
#define VIR_DOMAIN_JOB_MEMORY_ITERATION    "memory_iteration"    /* ullong: passes over the memory. */

/* ullong: pages that the other host asked for. */
#define VIR_DOMAIN_JOB_MEMORY_POSTCOPY_REQS     "memory_postcopy_requests"
#define VIR_DOMAIN_JOB_DISK_TOTAL               "disk_total"               /* ullong: bytes of disks in all. */
#define VIR_DOMAIN_JOB_DISK_PROCESSED           "disk_processed"           /* ullong: bytes of disks done. */
#define VIR_DOMAIN_JOB_DISK_REMAINING           "disk_remaining"           /* ullong: bytes of disks left. */
#define VIR_DOMAIN_JOB_DISK_BPS                 "disk_bps"                 /* ullong: bytes of disks per second. */
#define VIR_DOMAIN_JOB_DISK_TEMP_USED           "disk_temp_used"           /* ullong: bytes in temporary files. */
#define VIR_DOMAIN_JOB_DISK_TEMP_TOTAL          "disk_temp_total"          /* ullong: bytes that these may take. */
#define VIR_DOMAIN_JOB_COMPRESSION_CACHE        "compression_cache"        /* ullong: bytes of XBZRLE's cache. */
#define VIR_DOMAIN_JOB_COMPRESSION_BYTES        "compression_bytes"        /* ullong: bytes compressed. */
#define VIR_DOMAIN_JOB_COMPRESSION_PAGES        "compression_pages"        /* ullong: pages compressed. */
#define VIR_DOMAIN_JOB_COMPRESSION_CACHE_MISSES "compression_cache_misses" /* ullong: pages not in the cache. */

/* ullong: pages that compression would have made larger. */
#define VIR_DOMAIN_JOB_COMPRESSION_OVERFLOW "compression_overflow"

/* int: per cent by which the guest is slowed. */
#define VIR_DOMAIN_JOB_AUTO_CONVERGE_THROTTLE "auto_converge_throttle"
#define VIR_DOMAIN_JOB_SUCCESS                "success" /* boolean: whether it succeeded, of a job that has ended. */
#define VIR_DOMAIN_JOB_ERRMSG                 "errmsg"  /* string: why it failed. */

/*
 * Sets *type to a virDomainJobType and *params to a new array of VIR_DOMAIN_JOB_*. flags:
 * virDomainGetJobStatsFlags. 0 or -1.
 */
int virDomainGetJobStats(virDomainPtr domain, int *type, virTypedParameterPtr *params, int *nparams,
                         unsigned int flags);

/* Ends the running job. 0 or -1. */
int virDomainAbortJob(virDomainPtr domain);

typedef enum {
    VIR_DOMAIN_ABORT_JOB_POSTCOPY = 1, /* also a migration in its post-copy phase, which pauses the guest */
} virDomainAbortJobFlagsValues;

/* The same with flags: virDomainAbortJobFlagsValues. */
int virDomainAbortJobFlags(virDomainPtr domain, unsigned int flags);

/* How far measuring is. */
typedef enum {
    VIR_DOMAIN_DIRTYRATE_UNSTARTED = 0,
    VIR_DOMAIN_DIRTYRATE_MEASURING = 1,
    VIR_DOMAIN_DIRTYRATE_MEASURED = 2,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_DIRTYRATE_LAST = 3, /* end of the list; grows with it */
#endif
} virDomainDirtyRateStatus;

/* How to measure. */
typedef enum {
    VIR_DOMAIN_DIRTYRATE_MODE_PAGE_SAMPLING = 0,
    VIR_DOMAIN_DIRTYRATE_MODE_DIRTY_BITMAP = 1,
    VIR_DOMAIN_DIRTYRATE_MODE_DIRTY_RING = 2,
} virDomainDirtyRateCalcFlags;

/*
 * Measures for some seconds (1 to 60) how fast the guest's memory changes; the result is among the statistics.
 * flags: virDomainDirtyRateCalcFlags. 0 or -1.
 */
int virDomainStartDirtyRateCalc(virDomainPtr domain, int seconds, unsigned int flags);

/* ---- Migration ---- */

/* How to migrate. */
typedef enum {
    VIR_MIGRATE_LIVE = 1,                               /* the guest runs meanwhile */
    VIR_MIGRATE_PEER2PEER = 2,                          /* the source's daemon leads, not this client */
    VIR_MIGRATE_TUNNELLED = 4,                          /* the data goes over the daemons' connection */
    VIR_MIGRATE_PERSIST_DEST = 8,                       /* define the guest at the destination */
    VIR_MIGRATE_UNDEFINE_SOURCE = 16,                   /* undefine it at the source */
    VIR_MIGRATE_PAUSED = 32,                            /* do not run it afterwards */
    VIR_MIGRATE_NON_SHARED_DISK = 64,                   /* copy its disks */
    VIR_MIGRATE_NON_SHARED_INC = 128,                   /* copy the topmost images of its disks */
    VIR_MIGRATE_CHANGE_PROTECTION = 256,                /* nobody may change it meanwhile */
    VIR_MIGRATE_UNSAFE = 512,                           /* also where a disk's cache mode makes it risky */
    VIR_MIGRATE_OFFLINE = 1024,                         /* only the definition */
    VIR_MIGRATE_COMPRESSED = 2048,                      /* compress memory */
    VIR_MIGRATE_ABORT_ON_ERROR = 4096,                  /* give up when a disk fails */
    VIR_MIGRATE_AUTO_CONVERGE = 8192,                   /* slow the guest down if it changes too fast */
    VIR_MIGRATE_RDMA_PIN_ALL = 16384,                   /* pin all memory for RDMA */
    VIR_MIGRATE_POSTCOPY = 32768,                       /* post-copy may be begun */
    VIR_MIGRATE_TLS = 65536,                            /* encrypt */
    VIR_MIGRATE_PARALLEL = 131072,                      /* several connections */
    VIR_MIGRATE_NON_SHARED_SYNCHRONOUS_WRITES = 262144, /* the guest's writes wait for the copy of its disks */
    VIR_MIGRATE_POSTCOPY_RESUME = 524288,               /* go on with a post-copy that broke off */
    VIR_MIGRATE_ZEROCOPY = 1048576,                     /* without copying memory on the host */
} virDomainMigrateFlags;

#define VIR_MIGRATE_PARAM_URI                "migrate_uri" /* string: where the destination takes the guest's data. */
#define VIR_MIGRATE_PARAM_DEST_NAME          "destination_name"   /* string: the guest's name there. */
#define VIR_MIGRATE_PARAM_DEST_XML           "destination_xml"    /* string: its definition there while it runs. */
#define VIR_MIGRATE_PARAM_PERSIST_XML        "persistent_xml"     /* string: its definition there that stays. */
#define VIR_MIGRATE_PARAM_BANDWIDTH          "bandwidth"          /* ullong: MiB/s at most. */
#define VIR_MIGRATE_PARAM_BANDWIDTH_POSTCOPY "bandwidth.postcopy" /* ullong: MiB/s at most in post-copy. */
#define VIR_MIGRATE_PARAM_GRAPHICS_URI       "graphics_uri"       /* string: where clients of its display shall go. */
#define VIR_MIGRATE_PARAM_LISTEN_ADDRESS     "listen_address"     /* string: address that the destination listens on. */

/* string, several: targets of disks to copy; else all that are not shared. */
#define VIR_MIGRATE_PARAM_MIGRATE_DISKS            "migrate_disks"
#define VIR_MIGRATE_PARAM_DISKS_PORT               "disks_port"  /* int: port for disks. */
#define VIR_MIGRATE_PARAM_DISKS_URI                "disks_uri"   /* string: where the destination takes disks. */
#define VIR_MIGRATE_PARAM_COMPRESSION              "compression" /* string, several: methods, "mt" and "xbzrle". */
#define VIR_MIGRATE_PARAM_COMPRESSION_MT_LEVEL     "compression.mt.level"     /* int: 0 (none) to 9 (most). */
#define VIR_MIGRATE_PARAM_COMPRESSION_MT_THREADS   "compression.mt.threads"   /* int: threads that compress. */
#define VIR_MIGRATE_PARAM_COMPRESSION_MT_DTHREADS  "compression.mt.dthreads"  /* int: threads that decompress. */
#define VIR_MIGRATE_PARAM_COMPRESSION_XBZRLE_CACHE "compression.xbzrle.cache" /* ullong: bytes of XBZRLE's cache. */

/* int: per cent by which the guest is slowed at first. */
#define VIR_MIGRATE_PARAM_AUTO_CONVERGE_INITIAL   "auto_converge.initial"
#define VIR_MIGRATE_PARAM_AUTO_CONVERGE_INCREMENT "auto_converge.increment" /* int: per cent that are added. */

/* int: connections with VIR_MIGRATE_PARALLEL. */
#define VIR_MIGRATE_PARAM_PARALLEL_CONNECTIONS "parallel.connections"

/* string: name that the destination's certificate must have. */
#define VIR_MIGRATE_PARAM_TLS_DESTINATION "tls.destination"

/*
 * Moves a running guest to dconn's host; the guest there, or NULL. flags: virDomainMigrateFlags. dname: its name
 * there, uri: where to send it, bandwidth in MiB/s; NULL and 0 for the defaults. Takes as long as sending the
 * memory does.
 */
virDomainPtr virDomainMigrate(virDomainPtr domain, virConnectPtr dconn, unsigned long flags, const char *dname,
                              const char *uri, unsigned long bandwidth);

/* The same with a definition for the destination (dxml, or NULL). */
virDomainPtr virDomainMigrate2(virDomainPtr domain, virConnectPtr dconn, const char *dxml, unsigned long flags,
                               const char *dname, const char *uri, unsigned long bandwidth);

/* The same with VIR_MIGRATE_PARAM_*. */
virDomainPtr virDomainMigrate3(virDomainPtr domain, virConnectPtr dconn, virTypedParameterPtr params,
                               unsigned int nparams, unsigned int flags);

/*
 * The source's daemon moves the guest (VIR_MIGRATE_PEER2PEER): duri is the URI of the other daemon, as the source
 * can reach it. 0 or -1.
 */
int virDomainMigrateToURI(virDomainPtr domain, const char *duri, unsigned long flags, const char *dname,
                          unsigned long bandwidth);

/* The same with miguri: where to send it, and a definition for the destination (dxml); each may be NULL. */
int virDomainMigrateToURI2(virDomainPtr domain, const char *dconnuri, const char *miguri, const char *dxml,
                           unsigned long flags, const char *dname, unsigned long bandwidth);

/* The same with VIR_MIGRATE_PARAM_*. */
int virDomainMigrateToURI3(virDomainPtr domain, const char *dconnuri, virTypedParameterPtr params, unsigned int nparams,
                           unsigned int flags);

/* Milliseconds that the guest may be stopped at the end. flags 0. 0 or -1. */
int virDomainMigrateGetMaxDowntime(virDomainPtr domain, unsigned long long *downtime, unsigned int flags);

/* Changes that. flags 0. 0 or -1. */
int virDomainMigrateSetMaxDowntime(virDomainPtr domain, unsigned long long downtime, unsigned int flags);

typedef enum {
    VIR_DOMAIN_MIGRATE_MAX_SPEED_POSTCOPY = 1, /* in post-copy */
} virDomainMigrateMaxSpeedFlags;

/* MiB/s at most. flags: virDomainMigrateMaxSpeedFlags. 0 or -1. */
int virDomainMigrateGetMaxSpeed(virDomainPtr domain, unsigned long *bandwidth, unsigned int flags);

/* Changes that. flags: virDomainMigrateMaxSpeedFlags. 0 or -1. */
int virDomainMigrateSetMaxSpeed(virDomainPtr domain, unsigned long bandwidth, unsigned int flags);

/* Bytes of XBZRLE's cache. flags 0. 0 or -1. */
int virDomainMigrateGetCompressionCache(virDomainPtr domain, unsigned long long *cacheSize, unsigned int flags);

/* Changes that. flags 0. 0 or -1. */
int virDomainMigrateSetCompressionCache(virDomainPtr domain, unsigned long long cacheSize, unsigned int flags);

/* Lets the guest run at the destination now; the rest of its memory follows. flags 0. 0 or -1. */
int virDomainMigrateStartPostCopy(virDomainPtr domain, unsigned int flags);

/* ---- Security ---- */

/* Fills *seclabel with the running guest's label. 0 or -1. */
int virDomainGetSecurityLabel(virDomainPtr domain, virSecurityLabelPtr seclabel);

/* Sets *seclabels to a new array of its labels by all models; free() it. Returns their number. */
int virDomainGetSecurityLabelList(virDomainPtr domain, virSecurityLabelPtr *seclabels);

#define VIR_DOMAIN_LAUNCH_SECURITY_SEV_MEASUREMENT   "sev-measurement"   /* string: measurement of the start, base64. */
#define VIR_DOMAIN_LAUNCH_SECURITY_SEV_API_MAJOR     "sev-api-major"     /* uint: version of the platform's API. */
#define VIR_DOMAIN_LAUNCH_SECURITY_SEV_API_MINOR     "sev-api-minor"     /* uint: version of the platform's API. */
#define VIR_DOMAIN_LAUNCH_SECURITY_SEV_BUILD_ID      "sev-build-id"      /* uint: build of the platform's firmware. */
#define VIR_DOMAIN_LAUNCH_SECURITY_SEV_POLICY        "sev-policy"        /* uint: the guest's policy. */
#define VIR_DOMAIN_LAUNCH_SECURITY_SEV_SECRET_HEADER "sev-secret-header" /* string: header of a secret, base64. */
#define VIR_DOMAIN_LAUNCH_SECURITY_SEV_SECRET        "sev-secret"        /* string: the secret, base64. */

/* ullong: where in the guest's memory to put it. */
#define VIR_DOMAIN_LAUNCH_SECURITY_SEV_SECRET_SET_ADDRESS "sev-secret-set-address"

/* Sets *params to a new array of what the platform says of a protected guest. flags 0. 0 or -1. */
int virDomainGetLaunchSecurityInfo(virDomainPtr domain, virTypedParameterPtr *params, int *nparams, unsigned int flags);

/* Puts a secret into a protected guest that has not run yet. flags 0. 0 or -1. */
int virDomainSetLaunchSecurityState(virDomainPtr domain, virTypedParameterPtr params, int nparams, unsigned int flags);

/* ---- Events ---- */

/*
 * A callback is called from the event loop. Its handles and strings are borrowed for the call; take a reference to
 * keep a handle. opaque is what was given when it was registered.
 */

/* Kinds of events, and the callback type of each. */
typedef enum {
    VIR_DOMAIN_EVENT_ID_LIFECYCLE = 0,              /* virConnectDomainEventCallback */
    VIR_DOMAIN_EVENT_ID_REBOOT = 1,                 /* virConnectDomainEventGenericCallback */
    VIR_DOMAIN_EVENT_ID_RTC_CHANGE = 2,             /* virConnectDomainEventRTCChangeCallback */
    VIR_DOMAIN_EVENT_ID_WATCHDOG = 3,               /* virConnectDomainEventWatchdogCallback */
    VIR_DOMAIN_EVENT_ID_IO_ERROR = 4,               /* virConnectDomainEventIOErrorCallback */
    VIR_DOMAIN_EVENT_ID_GRAPHICS = 5,               /* virConnectDomainEventGraphicsCallback */
    VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON = 6,        /* virConnectDomainEventIOErrorReasonCallback */
    VIR_DOMAIN_EVENT_ID_CONTROL_ERROR = 7,          /* virConnectDomainEventGenericCallback */
    VIR_DOMAIN_EVENT_ID_BLOCK_JOB = 8,              /* virConnectDomainEventBlockJobCallback, with the disk's source */
    VIR_DOMAIN_EVENT_ID_DISK_CHANGE = 9,            /* virConnectDomainEventDiskChangeCallback */
    VIR_DOMAIN_EVENT_ID_TRAY_CHANGE = 10,           /* virConnectDomainEventTrayChangeCallback */
    VIR_DOMAIN_EVENT_ID_PMWAKEUP = 11,              /* virConnectDomainEventPMWakeupCallback */
    VIR_DOMAIN_EVENT_ID_PMSUSPEND = 12,             /* virConnectDomainEventPMSuspendCallback */
    VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE = 13,        /* virConnectDomainEventBalloonChangeCallback */
    VIR_DOMAIN_EVENT_ID_PMSUSPEND_DISK = 14,        /* virConnectDomainEventPMSuspendDiskCallback */
    VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED = 15,        /* virConnectDomainEventDeviceRemovedCallback */
    VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2 = 16,           /* virConnectDomainEventBlockJobCallback, with the disk's target */
    VIR_DOMAIN_EVENT_ID_TUNABLE = 17,               /* virConnectDomainEventTunableCallback */
    VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE = 18,       /* virConnectDomainEventAgentLifecycleCallback */
    VIR_DOMAIN_EVENT_ID_DEVICE_ADDED = 19,          /* virConnectDomainEventDeviceAddedCallback */
    VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION = 20,   /* virConnectDomainEventMigrationIterationCallback */
    VIR_DOMAIN_EVENT_ID_JOB_COMPLETED = 21,         /* virConnectDomainEventJobCompletedCallback */
    VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED = 22, /* virConnectDomainEventDeviceRemovalFailedCallback */
    VIR_DOMAIN_EVENT_ID_METADATA_CHANGE = 23,       /* virConnectDomainEventMetadataChangeCallback */
    VIR_DOMAIN_EVENT_ID_BLOCK_THRESHOLD = 24,       /* virConnectDomainEventBlockThresholdCallback */
    VIR_DOMAIN_EVENT_ID_MEMORY_FAILURE = 25,        /* virConnectDomainEventMemoryFailureCallback */
    VIR_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE = 26, /* virConnectDomainEventMemoryDeviceSizeChangeCallback */
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_EVENT_ID_LAST = 27, /* end of the list; grows with it */
#endif
} virDomainEventID;

/* Something has happened of which there is no more to say. */
typedef void (*virConnectDomainEventGenericCallback)(virConnectPtr conn, virDomainPtr dom, void *opaque);

/* Casts a callback of the event's own type for virConnectDomainEventRegisterAny(). */
#define VIR_DOMAIN_EVENT_CALLBACK(cb) ((virConnectDomainEventGenericCallback)(cb))

/*
 * Calls cb for events of one kind, of one guest or (NULL) all. Needs an event loop. freecb (may be NULL) releases
 * opaque at the end. Returns a number for deregistering, or -1.
 */
int virConnectDomainEventRegisterAny(virConnectPtr conn, virDomainPtr dom, int eventID,
                                     virConnectDomainEventGenericCallback cb, void *opaque, virFreeCallback freecb);

/* Ends a registration; it may be called from the callback. 0 or -1. */
int virConnectDomainEventDeregisterAny(virConnectPtr conn, int callbackID);

/* What happened to a guest. What the detail means is in the enum named after it. */
typedef enum {
    VIR_DOMAIN_EVENT_DEFINED = 0,
    VIR_DOMAIN_EVENT_UNDEFINED = 1,
    VIR_DOMAIN_EVENT_STARTED = 2,
    VIR_DOMAIN_EVENT_SUSPENDED = 3,
    VIR_DOMAIN_EVENT_RESUMED = 4,
    VIR_DOMAIN_EVENT_STOPPED = 5,
    VIR_DOMAIN_EVENT_SHUTDOWN = 6,
    VIR_DOMAIN_EVENT_PMSUSPENDED = 7,
    VIR_DOMAIN_EVENT_CRASHED = 8,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_EVENT_LAST = 9, /* end of the list; grows with it */
#endif
} virDomainEventType;

/* Why it is defined. */
typedef enum {
    VIR_DOMAIN_EVENT_DEFINED_ADDED = 0,
    VIR_DOMAIN_EVENT_DEFINED_UPDATED = 1,
    VIR_DOMAIN_EVENT_DEFINED_RENAMED = 2,
    VIR_DOMAIN_EVENT_DEFINED_FROM_SNAPSHOT = 3,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_EVENT_DEFINED_LAST = 4, /* end of the list; grows with it */
#endif
} virDomainEventDefinedDetailType;

/* Why it is not defined any more. */
typedef enum {
    VIR_DOMAIN_EVENT_UNDEFINED_REMOVED = 0,
    VIR_DOMAIN_EVENT_UNDEFINED_RENAMED = 1,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_EVENT_UNDEFINED_LAST = 2, /* end of the list; grows with it */
#endif
} virDomainEventUndefinedDetailType;

/* Why it runs. */
typedef enum {
    VIR_DOMAIN_EVENT_STARTED_BOOTED = 0,
    VIR_DOMAIN_EVENT_STARTED_MIGRATED = 1,
    VIR_DOMAIN_EVENT_STARTED_RESTORED = 2,
    VIR_DOMAIN_EVENT_STARTED_FROM_SNAPSHOT = 3,
    VIR_DOMAIN_EVENT_STARTED_WAKEUP = 4,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_EVENT_STARTED_LAST = 5, /* end of the list; grows with it */
#endif
} virDomainEventStartedDetailType;

/* Why it is paused. */
typedef enum {
    VIR_DOMAIN_EVENT_SUSPENDED_PAUSED = 0,
    VIR_DOMAIN_EVENT_SUSPENDED_MIGRATED = 1,
    VIR_DOMAIN_EVENT_SUSPENDED_IOERROR = 2,
    VIR_DOMAIN_EVENT_SUSPENDED_WATCHDOG = 3,
    VIR_DOMAIN_EVENT_SUSPENDED_RESTORED = 4, /* it was restored that way */
    VIR_DOMAIN_EVENT_SUSPENDED_FROM_SNAPSHOT = 5,
    VIR_DOMAIN_EVENT_SUSPENDED_API_ERROR = 6, /* a call that failed left it so */
    VIR_DOMAIN_EVENT_SUSPENDED_POSTCOPY = 7,
    VIR_DOMAIN_EVENT_SUSPENDED_POSTCOPY_FAILED = 8,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_EVENT_SUSPENDED_LAST = 9, /* end of the list; grows with it */
#endif
} virDomainEventSuspendedDetailType;

/* Why it runs on. */
typedef enum {
    VIR_DOMAIN_EVENT_RESUMED_UNPAUSED = 0,
    VIR_DOMAIN_EVENT_RESUMED_MIGRATED = 1,
    VIR_DOMAIN_EVENT_RESUMED_FROM_SNAPSHOT = 2,
    VIR_DOMAIN_EVENT_RESUMED_POSTCOPY = 3,
    VIR_DOMAIN_EVENT_RESUMED_POSTCOPY_FAILED = 4,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_EVENT_RESUMED_LAST = 5, /* end of the list; grows with it */
#endif
} virDomainEventResumedDetailType;

/* Why it does not run any more. */
typedef enum {
    VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN = 0,
    VIR_DOMAIN_EVENT_STOPPED_DESTROYED = 1,
    VIR_DOMAIN_EVENT_STOPPED_CRASHED = 2,
    VIR_DOMAIN_EVENT_STOPPED_MIGRATED = 3,
    VIR_DOMAIN_EVENT_STOPPED_SAVED = 4,
    VIR_DOMAIN_EVENT_STOPPED_FAILED = 5,
    VIR_DOMAIN_EVENT_STOPPED_FROM_SNAPSHOT = 6,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_EVENT_STOPPED_LAST = 7, /* end of the list; grows with it */
#endif
} virDomainEventStoppedDetailType;

/* How its shutdown ended. */
typedef enum {
    VIR_DOMAIN_EVENT_SHUTDOWN_FINISHED = 0, /* it is not known who wanted it */
    VIR_DOMAIN_EVENT_SHUTDOWN_GUEST = 1,    /* by the guest's wish */
    VIR_DOMAIN_EVENT_SHUTDOWN_HOST = 2,     /* by the host's */
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_EVENT_SHUTDOWN_LAST = 3, /* end of the list; grows with it */
#endif
} virDomainEventShutdownDetailType;

/* How it sleeps. */
typedef enum {
    VIR_DOMAIN_EVENT_PMSUSPENDED_MEMORY = 0,
    VIR_DOMAIN_EVENT_PMSUSPENDED_DISK = 1,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_EVENT_PMSUSPENDED_LAST = 2, /* end of the list; grows with it */
#endif
} virDomainEventPMSuspendedDetailType;

/* How it crashed. */
typedef enum {
    VIR_DOMAIN_EVENT_CRASHED_PANICKED = 0,
    VIR_DOMAIN_EVENT_CRASHED_CRASHLOADED = 1, /* its own crash kernel took over */
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_EVENT_CRASHED_LAST = 2, /* end of the list; grows with it */
#endif
} virDomainEventCrashedDetailType;

/*
 * A guest's life has changed. event: virDomainEventType; detail: of the enum that goes with it. The return value
 * is ignored.
 */
typedef int (*virConnectDomainEventCallback)(virConnectPtr conn, virDomainPtr dom, int event, int detail, void *opaque);

/*
 * Registers for lifecycle events by the function alone, at most once for each. 0 or -1. Prefer
 * virConnectDomainEventRegisterAny().
 */
int virConnectDomainEventRegister(virConnectPtr conn, virConnectDomainEventCallback cb, void *opaque,
                                  virFreeCallback freecb);

/* Ends that. 0 or -1. */
int virConnectDomainEventDeregister(virConnectPtr conn, virConnectDomainEventCallback cb);

/* The guest has set its clock: utcoffset seconds from UTC. */
typedef void (*virConnectDomainEventRTCChangeCallback)(virConnectPtr conn, virDomainPtr dom, long long utcoffset,
                                                       void *opaque);

/* What was done. */
typedef enum {
    VIR_DOMAIN_EVENT_WATCHDOG_NONE = 0,
    VIR_DOMAIN_EVENT_WATCHDOG_PAUSE = 1,
    VIR_DOMAIN_EVENT_WATCHDOG_RESET = 2,
    VIR_DOMAIN_EVENT_WATCHDOG_POWEROFF = 3,
    VIR_DOMAIN_EVENT_WATCHDOG_SHUTDOWN = 4,
    VIR_DOMAIN_EVENT_WATCHDOG_DEBUG = 5,
    VIR_DOMAIN_EVENT_WATCHDOG_INJECTNMI = 6,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_EVENT_WATCHDOG_LAST = 7, /* end of the list; grows with it */
#endif
} virDomainEventWatchdogAction;

/* The guest's watchdog ran out. action: virDomainEventWatchdogAction. */
typedef void (*virConnectDomainEventWatchdogCallback)(virConnectPtr conn, virDomainPtr dom, int action, void *opaque);

/* What was done. */
typedef enum {
    VIR_DOMAIN_EVENT_IO_ERROR_NONE = 0,
    VIR_DOMAIN_EVENT_IO_ERROR_PAUSE = 1,
    VIR_DOMAIN_EVENT_IO_ERROR_REPORT = 2,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_EVENT_IO_ERROR_LAST = 3, /* end of the list; grows with it */
#endif
} virDomainEventIOErrorAction;

/* A disk failed. action: virDomainEventIOErrorAction. */
typedef void (*virConnectDomainEventIOErrorCallback)(virConnectPtr conn, virDomainPtr dom, const char *srcPath,
                                                     const char *devAlias, int action, void *opaque);

/* The same with a reason: "enospc", "eio", ... or "". */
typedef void (*virConnectDomainEventIOErrorReasonCallback)(virConnectPtr conn, virDomainPtr dom, const char *srcPath,
                                                           const char *devAlias, int action, const char *reason,
                                                           void *opaque);

typedef enum {
    VIR_DOMAIN_EVENT_GRAPHICS_CONNECT = 0,
    VIR_DOMAIN_EVENT_GRAPHICS_INITIALIZE = 1, /* it has proved who it is */
    VIR_DOMAIN_EVENT_GRAPHICS_DISCONNECT = 2,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_EVENT_GRAPHICS_LAST = 3, /* end of the list; grows with it */
#endif
} virDomainEventGraphicsPhase;

/* Kinds of addresses. */
typedef enum {
    VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV4 = 0,
    VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV6 = 1,
    VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_UNIX = 2,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_LAST = 3, /* end of the list; grows with it */
#endif
} virDomainEventGraphicsAddressType;

/* One end of a connection. */
typedef struct _virDomainEventGraphicsAddress virDomainEventGraphicsAddress;
typedef virDomainEventGraphicsAddress *virDomainEventGraphicsAddressPtr;
struct _virDomainEventGraphicsAddress {
    int family;    /* virDomainEventGraphicsAddressType */
    char *node;    /* address, or path */
    char *service; /* port, or "" */
};

/* Who somebody is, by one measure. */
typedef struct _virDomainEventGraphicsSubjectIdentity virDomainEventGraphicsSubjectIdentity;
typedef virDomainEventGraphicsSubjectIdentity *virDomainEventGraphicsSubjectIdentityPtr;
struct _virDomainEventGraphicsSubjectIdentity {
    char *type; /* "x509dname", "saslUsername", ... */
    char *name;
};

/* Who somebody is. */
typedef struct _virDomainEventGraphicsSubject virDomainEventGraphicsSubject;
typedef virDomainEventGraphicsSubject *virDomainEventGraphicsSubjectPtr;
struct _virDomainEventGraphicsSubject {
    int nidentity;
    virDomainEventGraphicsSubjectIdentityPtr identities;
};

/* A client of the guest's display came or went. phase: virDomainEventGraphicsPhase. */
typedef void (*virConnectDomainEventGraphicsCallback)(virConnectPtr conn, virDomainPtr dom, int phase,
                                                      const virDomainEventGraphicsAddress *local,
                                                      const virDomainEventGraphicsAddress *remote,
                                                      const char *authScheme,
                                                      const virDomainEventGraphicsSubject *subject, void *opaque);

/* How a block job stands. */
typedef enum {
    VIR_DOMAIN_BLOCK_JOB_COMPLETED = 0,
    VIR_DOMAIN_BLOCK_JOB_FAILED = 1,
    VIR_DOMAIN_BLOCK_JOB_CANCELED = 2,
    VIR_DOMAIN_BLOCK_JOB_READY = 3, /* the copy is complete and kept up to date */
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_BLOCK_JOB_LAST = 4, /* end of the list; grows with it */
#endif
} virConnectDomainEventBlockJobStatus;

/* A block job has ended or is ready. type: virDomainBlockJobType; status: virConnectDomainEventBlockJobStatus. */
typedef void (*virConnectDomainEventBlockJobCallback)(virConnectPtr conn, virDomainPtr dom, const char *disk, int type,
                                                      int status, void *opaque);

/* Why. */
typedef enum {
    VIR_DOMAIN_EVENT_DISK_CHANGE_MISSING_ON_START = 0, /* its file was not there: the medium was taken out */
    VIR_DOMAIN_EVENT_DISK_DROP_MISSING_ON_START = 1,   /* its file was not there: the disk was left out */
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_EVENT_DISK_CHANGE_LAST = 2, /* end of the list; grows with it */
#endif
} virConnectDomainEventDiskChangeReason;

/* A disk's source has changed by itself. reason: virConnectDomainEventDiskChangeReason. */
typedef void (*virConnectDomainEventDiskChangeCallback)(virConnectPtr conn, virDomainPtr dom, const char *oldSrcPath,
                                                        const char *newSrcPath, const char *devAlias, int reason,
                                                        void *opaque);

typedef enum {
    VIR_DOMAIN_EVENT_TRAY_CHANGE_OPEN = 0,  /* it was opened */
    VIR_DOMAIN_EVENT_TRAY_CHANGE_CLOSE = 1, /* it was closed */
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_EVENT_TRAY_CHANGE_LAST = 2, /* end of the list; grows with it */
#endif
} virDomainEventTrayChangeReason;

/* The guest moved a tray. reason: virDomainEventTrayChangeReason. */
typedef void (*virConnectDomainEventTrayChangeCallback)(virConnectPtr conn, virDomainPtr dom, const char *devAlias,
                                                        int reason, void *opaque);

/* The guest woke up. reason: 0. */
typedef void (*virConnectDomainEventPMWakeupCallback)(virConnectPtr conn, virDomainPtr dom, int reason, void *opaque);

/* The guest went to sleep, in memory. reason: 0. */
typedef void (*virConnectDomainEventPMSuspendCallback)(virConnectPtr conn, virDomainPtr dom, int reason, void *opaque);

/* The guest went to sleep, on disk. reason: 0. */
typedef void (*virConnectDomainEventPMSuspendDiskCallback)(virConnectPtr conn, virDomainPtr dom, int reason,
                                                           void *opaque);

/* The guest's memory has changed: KiB now. */
typedef void (*virConnectDomainEventBalloonChangeCallback)(virConnectPtr conn, virDomainPtr dom,
                                                           unsigned long long actual, void *opaque);

/* A device is gone, by its alias. */
typedef void (*virConnectDomainEventDeviceRemovedCallback)(virConnectPtr conn, virDomainPtr dom, const char *devAlias,
                                                           void *opaque);

/* A device is there, by its alias. */
typedef void (*virConnectDomainEventDeviceAddedCallback)(virConnectPtr conn, virDomainPtr dom, const char *devAlias,
                                                         void *opaque);

/* The guest did not let a device go. */
typedef void (*virConnectDomainEventDeviceRemovalFailedCallback)(virConnectPtr conn, virDomainPtr dom,
                                                                 const char *devAlias, void *opaque);

/* string: the bitmap's text, "%u" in the name is the virtual CPU. */
#define VIR_DOMAIN_TUNABLE_CPU_VCPUPIN     "cputune.vcpupin%u"
#define VIR_DOMAIN_TUNABLE_CPU_EMULATORPIN "cputune.emulatorpin" /* string: where the emulator's threads may run. */

/* string: where an I/O thread may run; "%u" in the name is its number. */
#define VIR_DOMAIN_TUNABLE_CPU_IOTHREADSPIN "cputune.iothreadpin%u"
#define VIR_DOMAIN_TUNABLE_CPU_CPU_SHARES   "cputune.cpu_shares" /* ullong: as VIR_DOMAIN_SCHEDULER_CPU_SHARES. */

/* ullong: as VIR_DOMAIN_SCHEDULER_GLOBAL_PERIOD. */
#define VIR_DOMAIN_TUNABLE_CPU_GLOBAL_PERIOD "cputune.global_period"
#define VIR_DOMAIN_TUNABLE_CPU_GLOBAL_QUOTA  "cputune.global_quota" /* llong: as VIR_DOMAIN_SCHEDULER_GLOBAL_QUOTA. */
#define VIR_DOMAIN_TUNABLE_CPU_VCPU_PERIOD   "cputune.vcpu_period"  /* ullong: as VIR_DOMAIN_SCHEDULER_VCPU_PERIOD. */
#define VIR_DOMAIN_TUNABLE_CPU_VCPU_QUOTA    "cputune.vcpu_quota"   /* llong: as VIR_DOMAIN_SCHEDULER_VCPU_QUOTA. */

/* ullong: as VIR_DOMAIN_SCHEDULER_EMULATOR_PERIOD. */
#define VIR_DOMAIN_TUNABLE_CPU_EMULATOR_PERIOD "cputune.emulator_period"

/* llong: as VIR_DOMAIN_SCHEDULER_EMULATOR_QUOTA. */
#define VIR_DOMAIN_TUNABLE_CPU_EMULATOR_QUOTA "cputune.emulator_quota"

/* ullong: as VIR_DOMAIN_SCHEDULER_IOTHREAD_PERIOD. */
#define VIR_DOMAIN_TUNABLE_CPU_IOTHREAD_PERIOD "cputune.iothread_period"

/* llong: as VIR_DOMAIN_SCHEDULER_IOTHREAD_QUOTA. */
#define VIR_DOMAIN_TUNABLE_CPU_IOTHREAD_QUOTA "cputune.iothread_quota"

/* string: target of the disk that the values below are of. */
#define VIR_DOMAIN_TUNABLE_BLKDEV_DISK "blkdeviotune.disk"

/* ullong: each of these as VIR_DOMAIN_BLOCK_IOTUNE_* of the same name. */
#define VIR_DOMAIN_TUNABLE_BLKDEV_TOTAL_BYTES_SEC            "blkdeviotune.total_bytes_sec"
#define VIR_DOMAIN_TUNABLE_BLKDEV_READ_BYTES_SEC             "blkdeviotune.read_bytes_sec"
#define VIR_DOMAIN_TUNABLE_BLKDEV_WRITE_BYTES_SEC            "blkdeviotune.write_bytes_sec"
#define VIR_DOMAIN_TUNABLE_BLKDEV_TOTAL_IOPS_SEC             "blkdeviotune.total_iops_sec"
#define VIR_DOMAIN_TUNABLE_BLKDEV_READ_IOPS_SEC              "blkdeviotune.read_iops_sec"
#define VIR_DOMAIN_TUNABLE_BLKDEV_WRITE_IOPS_SEC             "blkdeviotune.write_iops_sec"
#define VIR_DOMAIN_TUNABLE_BLKDEV_TOTAL_BYTES_SEC_MAX        "blkdeviotune.total_bytes_sec_max"
#define VIR_DOMAIN_TUNABLE_BLKDEV_READ_BYTES_SEC_MAX         "blkdeviotune.read_bytes_sec_max"
#define VIR_DOMAIN_TUNABLE_BLKDEV_WRITE_BYTES_SEC_MAX        "blkdeviotune.write_bytes_sec_max"
#define VIR_DOMAIN_TUNABLE_BLKDEV_TOTAL_IOPS_SEC_MAX         "blkdeviotune.total_iops_sec_max"
#define VIR_DOMAIN_TUNABLE_BLKDEV_READ_IOPS_SEC_MAX          "blkdeviotune.read_iops_sec_max"
#define VIR_DOMAIN_TUNABLE_BLKDEV_WRITE_IOPS_SEC_MAX         "blkdeviotune.write_iops_sec_max"
#define VIR_DOMAIN_TUNABLE_BLKDEV_SIZE_IOPS_SEC              "blkdeviotune.size_iops_sec"
#define VIR_DOMAIN_TUNABLE_BLKDEV_GROUP_NAME                 "blkdeviotune.group_name"
#define VIR_DOMAIN_TUNABLE_BLKDEV_TOTAL_BYTES_SEC_MAX_LENGTH "blkdeviotune.total_bytes_sec_max_length"
#define VIR_DOMAIN_TUNABLE_BLKDEV_READ_BYTES_SEC_MAX_LENGTH  "blkdeviotune.read_bytes_sec_max_length"
#define VIR_DOMAIN_TUNABLE_BLKDEV_WRITE_BYTES_SEC_MAX_LENGTH "blkdeviotune.write_bytes_sec_max_length"
#define VIR_DOMAIN_TUNABLE_BLKDEV_TOTAL_IOPS_SEC_MAX_LENGTH  "blkdeviotune.total_iops_sec_max_length"
#define VIR_DOMAIN_TUNABLE_BLKDEV_READ_IOPS_SEC_MAX_LENGTH   "blkdeviotune.read_iops_sec_max_length"
#define VIR_DOMAIN_TUNABLE_BLKDEV_WRITE_IOPS_SEC_MAX_LENGTH  "blkdeviotune.write_iops_sec_max_length"

/* A limit has changed: VIR_DOMAIN_TUNABLE_*. params is borrowed. */
typedef void (*virConnectDomainEventTunableCallback)(virConnectPtr conn, virDomainPtr dom, virTypedParameterPtr params,
                                                     int nparams, void *opaque);

/* Whether the agent answers. */
typedef enum {
    VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED = 1,
    VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_DISCONNECTED = 2,
#ifdef VIR_ENUM_SENTINELS
    VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_LAST = 3, /* end of the list; grows with it */
#endif
} virConnectDomainEventAgentLifecycleState;

/* Why it is told. */
typedef enum {
    VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_UNKNOWN = 0,
    VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_DOMAIN_STARTED = 1, /* the guest started */
    VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_CHANNEL = 2,        /* the agent opened or closed its channel */
#ifdef VIR_ENUM_SENTINELS
    VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_LAST = 3, /* end of the list; grows with it */
#endif
} virConnectDomainEventAgentLifecycleReason;

/* The guest's agent came or went. state and reason: of the enums above. */
typedef void (*virConnectDomainEventAgentLifecycleCallback)(virConnectPtr conn, virDomainPtr dom, int state, int reason,
                                                            void *opaque);

/* A migration begins another pass over the memory. */
typedef void (*virConnectDomainEventMigrationIterationCallback)(virConnectPtr conn, virDomainPtr dom, int iteration,
                                                                void *opaque);

/* A job has ended: VIR_DOMAIN_JOB_*. params is borrowed. */
typedef void (*virConnectDomainEventJobCompletedCallback)(virConnectPtr conn, virDomainPtr dom,
                                                          virTypedParameterPtr params, int nparams, void *opaque);

/* Metadata has changed. type: virDomainMetadataType; nsuri: the element's namespace, or NULL. */
typedef void (*virConnectDomainEventMetadataChangeCallback)(virConnectPtr conn, virDomainPtr dom, int type,
                                                            const char *nsuri, void *opaque);

/* A write to dev passed threshold by excess bytes; path: the file, or NULL. */
typedef void (*virConnectDomainEventBlockThresholdCallback)(virConnectPtr conn, virDomainPtr dom, const char *dev,
                                                            const char *path, unsigned long long threshold,
                                                            unsigned long long excess, void *opaque);

/* Whose memory it was. */
typedef enum {
    VIR_DOMAIN_EVENT_MEMORY_FAILURE_RECIPIENT_HYPERVISOR = 0,
    VIR_DOMAIN_EVENT_MEMORY_FAILURE_RECIPIENT_GUEST = 1,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_EVENT_MEMORY_FAILURE_RECIPIENT_LAST = 2, /* end of the list; grows with it */
#endif
} virDomainMemoryFailureRecipientType;

/* What was done. */
typedef enum {
    VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_IGNORE = 0,
    VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_INJECT = 1, /* the guest was told */
    VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_FATAL = 2,
    VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_RESET = 3,
#ifdef VIR_ENUM_SENTINELS
    VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_LAST = 4, /* end of the list; grows with it */
#endif
} virDomainMemoryFailureActionType;

typedef enum {
    VIR_DOMAIN_MEMORY_FAILURE_ACTION_REQUIRED = 1, /* it was being used */
    VIR_DOMAIN_MEMORY_FAILURE_RECURSIVE = 2,       /* it happened while another was handled */
} virDomainMemoryFailureFlags;

/* The host's memory failed. recipient, action and flags: of the enums above. */
typedef void (*virConnectDomainEventMemoryFailureCallback)(virConnectPtr conn, virDomainPtr dom, int recipient,
                                                           int action, unsigned int flags, void *opaque);

/* A memory device has changed: KiB now. */
typedef void (*virConnectDomainEventMemoryDeviceSizeChangeCallback)(virConnectPtr conn, virDomainPtr dom,
                                                                    const char *alias, unsigned long long size,
                                                                    void *opaque);

#ifdef __cplusplus
}
#endif

#endif
