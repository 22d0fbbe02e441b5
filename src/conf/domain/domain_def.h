/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * <domain>: the description of a guest. What was asked for, and in a live copy what came of it.
 *
 * A document is made into a DomainDef in steps: it is read by the tables, completed (domain_defaults.h), its devices
 * get their places (domain_addresses.h) and the whole is checked (domain_check.h). domain_def_parse does them all; what
 * only the driver can know comes from a DomainDefaults that it fills. No process is run and nothing but the document is
 * read.
 *
 * Thread-safe as long as a DomainDef is used by one thread at a time; never blocks.
 */
#pragma once

#include "common/identifiers.h"
#include "conf/domain/device/controller.h"
#include "conf/domain/device/devices.h"
#include "conf/domain/device/disk.h"
#include "conf/domain/device/filesystem.h"
#include "conf/domain/device/graphics.h"
#include "conf/domain/device/interface.h"
#include "conf/domain/device/memory_device.h"
#include "conf/domain/device/shared_devices.h"
#include "conf/domain/machine/machine.h"
#include "conf/domain/machine/sysinfo.h"
#include "conf/domain/machine/tuning.h"

/* Bounds on what one document may ask for. */
#define DOMAIN_NAME_MAX      255  /* bytes; names become file names */
#define DOMAIN_DEVICES_MAX   1024 /* of all kinds together */
#define DOMAIN_VCPUS_MAX     4096
#define DOMAIN_PCI_BUSES_MAX 256

typedef enum {
    VIRT_NONE,
    VIRT_QEMU,
    VIRT_KQEMU,
    VIRT_KVM,
    VIRT_XEN,
    VIRT_LXC,
    VIRT_UML,
    VIRT_OPENVZ,
    VIRT_TEST,
    VIRT_VMWARE,
    VIRT_HYPERV,
    VIRT_VBOX,
    VIRT_PHYP,
    VIRT_PARALLELS,
    VIRT_BHYVE,
    VIRT_VZ,
    VIRT_HVF,
    VIRT_LAST,
} VirtType;
extern const char *const virt_types[VIRT_LAST];

typedef enum {
    LIFECYCLE_DESTROY,
    LIFECYCLE_RESTART,
    LIFECYCLE_RENAME_RESTART,
    LIFECYCLE_PRESERVE,
    LIFECYCLE_COREDUMP_DESTROY,
    LIFECYCLE_COREDUMP_RESTART,
    LIFECYCLE_LAST,
} LifecycleAction;
extern const char *const lifecycle_actions[LIFECYCLE_LAST];

typedef enum { VCPU_PLACEMENT_DEFAULT, VCPU_PLACEMENT_STATIC, VCPU_PLACEMENT_AUTO, VCPU_PLACEMENT_LAST } VcpuPlacement;
extern const char *const vcpu_placements[VCPU_PLACEMENT_LAST];

typedef enum { SECLABEL_DEFAULT, SECLABEL_NONE, SECLABEL_DYNAMIC, SECLABEL_STATIC, SECLABEL_LAST } SeclabelType;
extern const char *const seclabel_types[SECLABEL_LAST];

typedef struct {
    SeclabelType type;
    char *model;       /* "dac", "apparmor", ... */
    XmlBool relabel;   /* yes, no */
    char *label;       /* static; dynamic: live only */
    char *base_label;  /* dynamic */
    char *image_label; /* live only */
    XmlBool implied;   /* yes: made at the start, for this run alone */
} Seclabel;
extern const XmlElement seclabel_element;

/* Whose numbers a container's users are on the host: of no meaning to a virtual machine, and kept all the same. */
typedef struct {
    guint start, target, count;
} IdMapping;

typedef struct {
    char *value;
} QemuArg;

typedef struct {
    char *name, *value; /* value NULL: empty */
} QemuEnv;

#define DOMAIN_ID_NONE (-1)

typedef struct {
    VirtType virt_type;
    int id; /* live; DOMAIN_ID_NONE */
    char *name;
    gboolean has_uuid;
    guint8 uuid[UUID_LEN];
    gboolean has_genid;
    guint8 genid[UUID_LEN]; /* all zero: to be made */
    char *title, *description;
    char *metadata; /* the children of <metadata> as they stood, or NULL */
    unsigned long long memory_kib, current_memory_kib;
    unsigned long long max_memory_kib; /* 0: no memory can be plugged in */
    guint memory_slots;
    XmlBool dump_core; /* on, off */
    guint vcpus_max, vcpus;
    VcpuPlacement vcpu_placement;
    char *vcpu_cpuset; /* "0-3,^2" in its shortest form, or NULL */
    MemoryBacking memory_backing;
    NumaTune numatune;
    GPtrArray *iothreads;              /* IoThread; may be NULL */
    guint n_iothreads;                 /* as the document counts them; the list's length after defaults */
    DefaultIoThread *default_iothread; /* may be NULL */
    BlkioTune blkiotune;
    MemoryTune memtune;
    CpuTune cputune;
    char *resource_partition;
    GPtrArray *idmap_uids, *idmap_gids; /* IdMapping; may be NULL */
    DomainOs *os;                       /* never NULL, as what is marked so below */
    DomainFeatures *features;           /* never NULL */
    DomainCpu *cpu;                     /* may be NULL */
    DomainCpu *cpu_asked; /* live: what was asked for, where cpu says what the guest has instead; else NULL */
    DomainClock *clock;   /* never NULL */
    LifecycleAction on_poweroff, on_reboot, on_crash;
    XmlBool pm_suspend_to_mem, pm_suspend_to_disk; /* yes, no */
    /* Devices: arrays of pointers, never NULL, owned. */
    char *emulator;
    GPtrArray *disks;          /* DiskDef */
    GPtrArray *controllers;    /* ControllerDef, in order of index within a type */
    GPtrArray *interfaces;     /* InterfaceDef */
    GPtrArray *serials;        /* CharDef */
    GPtrArray *parallels;      /* CharDef */
    GPtrArray *consoles;       /* CharDef; the first mirrors the first serial port when its target is serial */
    GPtrArray *channels;       /* CharDef */
    GPtrArray *inputs;         /* InputDef */
    GPtrArray *tpms;           /* TpmDef */
    GPtrArray *graphics;       /* GraphicsDef */
    GPtrArray *sounds;         /* SoundDef */
    GPtrArray *audios;         /* AudioDef */
    GPtrArray *videos;         /* VideoDef; the primary one first */
    GPtrArray *hubs;           /* HubDef; also made when USB ports run short */
    GPtrArray *redirdevs;      /* RedirdevDef */
    RedirFilter *redirfilter;  /* may be NULL */
    GPtrArray *watchdogs;      /* WatchdogDef */
    GPtrArray *balloons;       /* BalloonDef; one after defaults */
    GPtrArray *rngs;           /* RngDef */
    GPtrArray *panics;         /* PanicDef */
    GPtrArray *iommus;         /* IommuDef; one at most */
    GPtrArray *filesystems;    /* FilesystemDef */
    GPtrArray *vsocks;         /* VsockDef; one at most */
    GPtrArray *shmems;         /* ShmemDef */
    GPtrArray *memory_devices; /* MemoryDeviceDef; part of memory_kib */
    GPtrArray *seclabels;      /* Seclabel; may be NULL */
    GPtrArray *sysinfos;       /* SysinfoDef; may be NULL */
    /* xmlns:qemu */
    gboolean has_qemu_namespace;
    GPtrArray *qemu_args; /* QemuArg; may be NULL */
    GPtrArray *qemu_env;  /* QemuEnv; may be NULL */
} DomainDef;

/* Whether an architecture is one that documents may name. */
gboolean domain_arch_is_known(const char *arch);

/* What the driver's capabilities say about a machine type. */
typedef struct {
    const char *canonical;   /* "pc-q35-7.2" */
    guint max_vcpus;         /* 0: not known */
    const char *default_cpu; /* "qemu64"; NULL: none */
} MachineFacts;

/*
 * What completes a document beyond what it says. Strings and what callbacks return are borrowed for the length of the
 * call. No callback may block.
 */
typedef struct {
    gpointer data;            /* given to each callback */
    const char *default_arch; /* for an <os><type> without one: "x86_64" */
    /* The emulator for a guest of this kind, or NULL when there is none. */
    const char *(*emulator)(gpointer data, VirtType virt_type, const char *os_type, const char *arch);
    /* Fills facts about a machine; machine NULL asks for the default one. FALSE when the emulator does not know it: its
     * name is then kept as it stands. */
    gboolean (*machine)(gpointer data, const char *emulator, VirtType virt_type, const char *arch, const char *machine,
                        MachineFacts *facts);
    /* Whether the emulator can run guests of this kind; *error says otherwise. NULL: no question is asked. */
    gboolean (*supports)(gpointer data, const char *emulator, VirtType virt_type, const char *os_type, const char *arch,
                         GError **error);
    /* Whether the emulator has a device ("qemu-xhci", "cirrus-vga", "tpm-crb"). NULL: it has all. */
    gboolean (*has_device)(gpointer data, const char *emulator, const char *name);
    /* Where variable stores go that have no name yet: "/var/lib/libvirt/qemu/nvram". NULL: they get none. */
    const char *nvram_dir;
    gboolean has_spice_tls; /* the driver is configured for it */
} DomainDefaults;

/*
 * Reads, completes, places and checks a document. mode: what of it is read, XML_MODE_*; XML_MODE_VALIDATE also refuses
 * what is not known. defaults NULL only reads: no step after the tables is done.
 * Returns a definition (free with domain_def_free) or NULL. Errors: libvirt's code and domain for each fault; not
 * well-formed is VIR_ERR_XML_DETAIL, what is known but not carried VIR_ERR_CONFIG_UNSUPPORTED.
 */
DomainDef *domain_def_parse(const char *xml, guint mode, const DomainDefaults *defaults, GError **error);

/*
 * The steps after reading: completes, places and checks. A definition that has been through this stays as it is; so one
 * from disk, which an editor may have been at, can be settled again. Errors as domain_def_parse().
 */
gboolean domain_def_settle(DomainDef *def, guint mode, const DomainDefaults *defaults, GError **error);

/* As domain_def_parse(), from an element that is already there, inside of a status or save document. */
DomainDef *domain_def_parse_node(xmlNode *node, guint mode, const DomainDefaults *defaults, GError **error);

/* The document in libvirt's layout. mode XML_MODE_*: LIVE for what runs, SECURE with passwords, MIGRATABLE for another
 * host: without what a peer of any version adds by itself (libvirt gives
 * it with passwords, so callers add SECURE). Caller frees. */
char *domain_def_format(const DomainDef *def, guint mode);

/* Writes <domain> into an open document. */
void domain_def_write(const DomainDef *def, XmlWriter *writer, guint mode);

/* A copy of everything, live values included. */
DomainDef *domain_def_copy(const DomainDef *def);

/* NULL is fine. */
void domain_def_free(DomainDef *def);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DomainDef, domain_def_free)

/* By its canonical machine and architecture. */
typedef enum { MACHINE_OTHER, MACHINE_I440FX, MACHINE_Q35 } MachineKind;
MachineKind domain_machine_kind(const DomainDef *def);
/* Of an x86 machine, by its canonical name or alias. */
MachineKind domain_machine_kind_of(const char *machine);
gboolean domain_is_x86(const DomainDef *def);

/* The first controller of a type and index, or NULL. */
ControllerDef *domain_find_controller(const DomainDef *def, ControllerType type, int index);
/* The disk with this target ("vda"), or NULL. */
DiskDef *domain_find_disk(const DomainDef *def, const char *target);
/* The disk that a caller names by its target or by the path of its source, or NULL. */
DiskDef *domain_find_disk_or_path(const DomainDef *def, const char *name);
/* The interface that a caller names by its link on the host or by its MAC, or NULL. */
InterfaceDef *domain_find_interface(const DomainDef *def, const char *name);

/* The I/O thread of that number, or NULL; a new one; and away with it and its pin. Borrowed. */
IoThread *domain_find_iothread(const DomainDef *def, guint id);
void domain_add_iothread(DomainDef *def, guint id);
void domain_remove_iothread(DomainDef *def, guint id);

/* What is plugged in beside what the cells have, with nvdimms or without. */
unsigned long long domain_plugged_memory_kib(const DomainDef *def, gboolean has_nvdimms);

/* Whether all of the guest's memory can be reached by another process. */
gboolean domain_has_shared_memory(const DomainDef *def);

/* Calls each for the info of all devices, in the order of the document; stops and returns FALSE when it does. what is
 * the element's name. */
typedef gboolean (*DomainDeviceFunc)(const char *what, gpointer device, DeviceInfo *info, gpointer data);
gboolean domain_each_device(DomainDef *def, DomainDeviceFunc each, gpointer data);
