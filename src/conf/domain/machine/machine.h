/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a guest is before any device: how it boots, its features, its processor, its clock. */
#pragma once

#include "conf/domain/device/disk_source.h"

/* ---- os.c: <os> ---- */
typedef enum { BOOT_FD, BOOT_CDROM, BOOT_HD, BOOT_NETWORK, BOOT_LAST } BootDevice;
extern const char *const boot_devices[BOOT_LAST];
typedef enum {
    LOADER_TYPE_DEFAULT,
    LOADER_TYPE_ROM,
    LOADER_TYPE_PFLASH,
    LOADER_TYPE_NONE,
    LOADER_TYPE_LAST
} LoaderType;
extern const char *const loader_types[LOADER_TYPE_LAST];
typedef enum { FIRMWARE_NONE, FIRMWARE_BIOS, FIRMWARE_EFI, FIRMWARE_LAST } Firmware;
extern const char *const firmwares[FIRMWARE_LAST];
typedef enum { FIRMWARE_ENROLLED_KEYS, FIRMWARE_SECURE_BOOT, FIRMWARE_FEATURE_LAST } FirmwareFeature;
extern const char *const firmware_features[FIRMWARE_FEATURE_LAST];
typedef enum { SMBIOS_DEFAULT, SMBIOS_EMULATE, SMBIOS_HOST, SMBIOS_SYSINFO, SMBIOS_LAST } SmbiosMode;
extern const char *const smbios_modes[SMBIOS_LAST];

typedef enum { ACPI_TABLE_SLIC, ACPI_TABLE_LAST } AcpiTable;

/* Variables of a firmware that are not in a file of this host. */
typedef struct {
    DiskSource source; /* network or block */
} NvramStore;

#define BOOT_DEVICES_MAX     4
#define REBOOT_TIMEOUT_UNSET (-2)

typedef struct {
    char *type;    /* "hvm" */
    char *arch;    /* "x86_64" */
    char *machine; /* canonical after defaults: "pc-q35-7.2" */
    Firmware firmware;
    XmlBool firmware_enabled[FIRMWARE_FEATURE_LAST]; /* yes, no, or not asked for */
    /* <loader>, <nvram> */
    char *loader;
    XmlBool loader_readonly, loader_secure, loader_stateless; /* yes, no */
    LoaderType loader_type;
    char *nvram, *nvram_template;
    gboolean has_nvram_source; /* the file is written inside a <source> */
    NvramStore *nvram_store;   /* instead of nvram; may be NULL */
    char *kernel, *initrd, *cmdline, *dtb;
    BootDevice boot[BOOT_DEVICES_MAX];
    guint n_boot;            /* 0 when devices have an order of their own */
    XmlBool bootmenu;        /* yes, no */
    int bootmenu_timeout_ms; /* -1: unset */
    XmlBool bios_useserial;  /* yes, no */
    int reboot_timeout_ms;   /* REBOOT_TIMEOUT_UNSET; -1: never */
    SmbiosMode smbios;
    AcpiTable acpi_table;
    char *acpi_table_file; /* NULL: none */
} DomainOs;
extern const XmlElement os_element;

/* ---- features.c: <features> ---- */
typedef enum {
    HYPERV_RELAXED,
    HYPERV_VAPIC,
    HYPERV_SPINLOCKS,
    HYPERV_VPINDEX,
    HYPERV_RUNTIME,
    HYPERV_SYNIC,
    HYPERV_STIMER,
    HYPERV_RESET,
    HYPERV_VENDOR_ID,
    HYPERV_FREQUENCIES,
    HYPERV_REENLIGHTENMENT,
    HYPERV_TLBFLUSH,
    HYPERV_IPI,
    HYPERV_EVMCS,
    HYPERV_AVIC,
    HYPERV_LAST,
} HypervFeature;
extern const char *const hyperv_features[HYPERV_LAST]; /* the elements' names */

typedef enum { HYPERV_MODE_NONE, HYPERV_MODE_CUSTOM, HYPERV_MODE_PASSTHROUGH, HYPERV_MODE_LAST } HypervMode;
extern const char *const hyperv_modes[HYPERV_MODE_LAST];

typedef enum { IOAPIC_DEFAULT, IOAPIC_QEMU, IOAPIC_KVM, IOAPIC_LAST } IoapicDriver;
typedef enum { MSRS_DEFAULT, MSRS_IGNORE, MSRS_FAULT, MSRS_LAST } MsrsUnknown;

typedef struct {
    gboolean acpi, apic, pae;
    XmlBool apic_eoi;       /* on, off, as all below */
    HypervMode hyperv_mode; /* NONE: no <hyperv> */
    XmlBool hyperv[HYPERV_LAST];
    guint hyperv_spinlocks; /* retries */
    XmlBool hyperv_stimer_direct;
    char *hyperv_vendor_id;
    gboolean has_kvm; /* there is a <kvm> */
    XmlBool kvm_hidden, kvm_hint_dedicated, kvm_poll_control, kvm_pv_ipi, kvm_dirty_ring;
    guint kvm_dirty_ring_size;
    XmlBool pvspinlock, pmu, vmport, smm, vmcoreinfo;
    unsigned long long smm_tseg_bytes; /* 0: unset */
    IoapicDriver ioapic;
    MsrsUnknown msrs;
    unsigned long long tcg_tb_cache_kib; /* 0: unset */
} DomainFeatures;
extern const XmlElement features_element;

/* ---- cpu.c: <cpu> ---- */
typedef enum {
    CPU_MODE_CUSTOM,
    CPU_MODE_HOST_MODEL,
    CPU_MODE_HOST_PASSTHROUGH,
    CPU_MODE_MAXIMUM,
    CPU_MODE_LAST
} CpuMode;
extern const char *const cpu_modes[CPU_MODE_LAST];
typedef enum { CPU_MATCH_MINIMUM, CPU_MATCH_EXACT, CPU_MATCH_STRICT, CPU_MATCH_LAST } CpuMatch;
extern const char *const cpu_matches[CPU_MATCH_LAST];
typedef enum { CPU_CHECK_DEFAULT, CPU_CHECK_NONE, CPU_CHECK_PARTIAL, CPU_CHECK_FULL, CPU_CHECK_LAST } CpuCheck;
extern const char *const cpu_checks[CPU_CHECK_LAST];
typedef enum { CPU_FALLBACK_ALLOW, CPU_FALLBACK_FORBID, CPU_FALLBACK_LAST } CpuFallback;
typedef enum {
    CPU_FEATURE_FORCE,
    CPU_FEATURE_REQUIRE,
    CPU_FEATURE_OPTIONAL,
    CPU_FEATURE_DISABLE,
    CPU_FEATURE_FORBID,
    CPU_FEATURE_LAST
} CpuFeaturePolicy;
extern const char *const cpu_feature_policies[CPU_FEATURE_LAST];
typedef enum {
    CPU_CACHE_DEFAULT,
    CPU_CACHE_EMULATE,
    CPU_CACHE_PASSTHROUGH,
    CPU_CACHE_DISABLE,
    CPU_CACHE_LAST
} CpuCacheMode;
typedef enum {
    CPU_PHYSADDR_DEFAULT,
    CPU_PHYSADDR_EMULATE,
    CPU_PHYSADDR_PASSTHROUGH,
    CPU_PHYSADDR_LAST
} CpuPhysaddrMode;

typedef struct {
    char *name;
    CpuFeaturePolicy policy;
} CpuFeature;

#define CPU_CACHE_LEVEL_UNSET (-1)

typedef struct {
    CpuMode mode;
    gboolean has_mode; /* was given: <cpu> with a topology alone has none */
    CpuMatch match;
    CpuCheck check;
    XmlBool migratable; /* host-passthrough, maximum: on, off */
    char *model;        /* NULL: the machine's default; or the mode says it */
    CpuFallback fallback;
    char *vendor_id;
    char *vendor;
    guint sockets, dies, cores, threads; /* sockets 0: no topology given */
    CpuCacheMode cache_mode;             /* DEFAULT: none given */
    int cache_level;                     /* CPU_CACHE_LEVEL_UNSET */
    CpuPhysaddrMode physaddr_mode;       /* DEFAULT: none given */
    guint physaddr_bits;                 /* emulate */
    GPtrArray *features;                 /* CpuFeature; may be NULL */
    GPtrArray *cells;                    /* NumaCell; may be NULL */
} DomainCpu;
extern const XmlElement cpu_element;

/* The list of features: its entry, or NULL; sets the policy of one, adding it when it is not there; adds one that is
 * known not to be there; takes one or all out. */
CpuFeature *cpu_find_feature(const DomainCpu *cpu, const char *name);
void cpu_set_feature(DomainCpu *cpu, const char *name, CpuFeaturePolicy policy);
void cpu_add_feature(DomainCpu *cpu, const char *name, CpuFeaturePolicy policy);
void cpu_remove_feature(DomainCpu *cpu, const char *name);
void cpu_clear_features(DomainCpu *cpu);

/* ---- clock.c: <clock> ---- */
typedef enum { CLOCK_UTC, CLOCK_LOCALTIME, CLOCK_VARIABLE, CLOCK_TIMEZONE, CLOCK_ABSOLUTE, CLOCK_LAST } ClockOffset;
extern const char *const clock_offsets[CLOCK_LAST];
typedef enum { CLOCK_BASIS_UTC, CLOCK_BASIS_LOCALTIME, CLOCK_BASIS_LAST } ClockBasis;
typedef enum {
    TIMER_PLATFORM,
    TIMER_PIT,
    TIMER_RTC,
    TIMER_HPET,
    TIMER_TSC,
    TIMER_KVMCLOCK,
    TIMER_HYPERVCLOCK,
    TIMER_ARMVTIMER,
    TIMER_LAST,
} TimerName;
extern const char *const timer_names[TIMER_LAST];
typedef enum {
    TICKPOLICY_DEFAULT,
    TICKPOLICY_DELAY,
    TICKPOLICY_CATCHUP,
    TICKPOLICY_MERGE,
    TICKPOLICY_DISCARD,
    TICKPOLICY_LAST
} TickPolicy;
extern const char *const tick_policies[TICKPOLICY_LAST];
typedef enum {
    TIMER_TRACK_DEFAULT,
    TIMER_TRACK_BOOT,
    TIMER_TRACK_GUEST,
    TIMER_TRACK_WALL,
    TIMER_TRACK_REALTIME,
    TIMER_TRACK_LAST
} TimerTrack;
typedef enum {
    TIMER_MODE_DEFAULT,
    TIMER_MODE_AUTO,
    TIMER_MODE_NATIVE,
    TIMER_MODE_EMULATE,
    TIMER_MODE_PARAVIRT,
    TIMER_MODE_SMPSAFE,
    TIMER_MODE_LAST
} TimerMode;

typedef struct {
    TimerName name;
    XmlBool present; /* yes, no */
    TickPolicy tick_policy;
    TimerTrack track;
    unsigned long long frequency_hz;           /* tsc; 0: unset */
    TimerMode mode;                            /* tsc */
    unsigned long long threshold, slew, limit; /* catchup; 0: unset */
} ClockTimer;

typedef struct {
    ClockOffset offset;
    gboolean is_reset;          /* utc, localtime: adjustment='reset' */
    long long adjustment_s;     /* variable */
    ClockBasis basis;           /* variable */
    char *timezone;             /* timezone */
    unsigned long long start_s; /* absolute: since 1970 */
    GPtrArray *timers;          /* ClockTimer; may be NULL */
} DomainClock;
extern const XmlElement clock_element;
