/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a guest's memory lies, on which of the host's CPUs its threads run, and how much of the host it may use. */
#pragma once

#include "conf/xml_table.h"

/* ---- memory.c: <memoryBacking>, <numatune>, <cpu><numa> ---- */
typedef enum {
    MEMORY_SOURCE_DEFAULT,
    MEMORY_SOURCE_ANONYMOUS,
    MEMORY_SOURCE_FILE,
    MEMORY_SOURCE_MEMFD,
    MEMORY_SOURCE_LAST
} MemorySource;
typedef enum { MEMORY_ACCESS_DEFAULT, MEMORY_ACCESS_SHARED, MEMORY_ACCESS_PRIVATE, MEMORY_ACCESS_LAST } MemoryAccess;
extern const char *const memory_accesses[MEMORY_ACCESS_LAST];
typedef enum {
    MEMORY_ALLOCATION_DEFAULT,
    MEMORY_ALLOCATION_IMMEDIATE,
    MEMORY_ALLOCATION_ONDEMAND,
    MEMORY_ALLOCATION_LAST
} MemoryAllocation;

typedef struct {
    unsigned long long size_kib;
    char *nodeset; /* NUMA cells of the guest; NULL: those that no other says something of */
} HugePage;

typedef struct {
    gboolean has_hugepages;
    GPtrArray *pages;     /* HugePage; may be NULL: the host's default size */
    gboolean is_unshared; /* not merged with other guests' */
    gboolean is_locked;
    MemorySource source;
    MemoryAccess access;
    MemoryAllocation allocation;
    guint allocation_threads; /* 0: QEMU's choice */
    gboolean is_discarded;    /* not written back at the end */
} MemoryBacking;
extern const XmlElement memory_backing_element;

typedef enum {
    NUMA_MODE_STRICT,
    NUMA_MODE_PREFERRED,
    NUMA_MODE_INTERLEAVE,
    NUMA_MODE_RESTRICTIVE,
    NUMA_MODE_LAST
} NumaMode;
extern const char *const numa_modes[NUMA_MODE_LAST];
typedef enum { NUMA_PLACEMENT_DEFAULT, NUMA_PLACEMENT_STATIC, NUMA_PLACEMENT_AUTO, NUMA_PLACEMENT_LAST } NumaPlacement;

/* Which nodes of the host memory comes from. */
typedef struct {
    guint cell; /* of the guest; <memnode> alone */
    NumaMode mode;
    char *nodeset; /* in its shortest form */
    NumaPlacement placement;
} NumaMemory;

typedef struct {
    NumaMemory *memory;  /* of cells that are not listed; may be NULL */
    GPtrArray *memnodes; /* NumaMemory; may be NULL */
} NumaTune;
extern const XmlElement numatune_element;

typedef struct {
    guint id, value;
} NumaDistance;

#define NUMA_CELL_UNSET (-1)

/* A node that the guest sees. */
typedef struct {
    int id;     /* NUMA_CELL_UNSET before it is completed */
    char *cpus; /* in its shortest form; NULL: none */
    unsigned long long memory_kib;
    MemoryAccess access;
    XmlBool discard;      /* yes, no */
    GPtrArray *distances; /* NumaDistance; may be NULL */
} NumaCell;
extern const XmlElement numa_cell_element;

/* ---- threads.c: <iothreads>, <iothreadids>, <defaultiothread>, <cputune> ---- */
#define POOL_UNSET (-1)

typedef struct {
    guint id;
    int pool_min, pool_max; /* POOL_UNSET */
    gboolean is_filled_in;  /* only counted by the document */
} IoThread;
extern const XmlElement iothreads_element; /* rows of a DomainDef */
IoThread *iothread_new(guint id);

typedef struct {
    int pool_min, pool_max; /* POOL_UNSET */
} DefaultIoThread;
extern const XmlElement default_iothread_element;

/* A thread's CPUs: of the virtual processor or I/O thread id; of the emulator, where it says nothing. */
typedef struct {
    guint id;
    char *cpuset; /* in its shortest form */
} CpuPin;

/* How much of a CPU threads may use: quota_us in each period_us. */
typedef struct {
    unsigned long long period_us; /* 0: not said */
    long long quota_us;           /* 0: not said; below: no limit */
} CpuBandwidth;

#define CPU_PERIOD_MIN 1000
#define CPU_PERIOD_MAX 1000000
#define CPU_QUOTA_MIN  1000
#define CPU_QUOTA_MAX  (G_MAXUINT64 / 1000)

typedef struct {
    unsigned long long shares; /* against other guests; 0: not said */
    CpuBandwidth vcpu;         /* each */
    CpuBandwidth global;       /* all threads together */
    CpuBandwidth emulator;     /* threads that are neither a vCPU nor an I/O thread, together */
    CpuBandwidth iothread;     /* each */
    GPtrArray *vcpu_pins;      /* CpuPin; may be NULL, as those below */
    CpuPin *emulator_pin;
    GPtrArray *iothread_pins;
} CpuTune;
extern const XmlElement cputune_element;

/* Whether the numbers are such as the kernel takes; period and quota are their names. FALSE: code, which is
 * VIR_ERR_CONFIG_UNSUPPORTED for a document's and VIR_ERR_INVALID_ARG for a caller's. */
gboolean cpu_bandwidth_check(const CpuBandwidth *bandwidth, const char *period, const char *quota, int code,
                             GError **error);

/* ---- resources.c: <memtune>, <blkiotune> ---- */

/* No limit, in what clients give and get. */
#define MEMORY_UNLIMITED_KIB G_GUINT64_CONSTANT(9007199254740991)

/* Limits of QEMU's own memory, in KiB; 0: not said. */
typedef struct {
    unsigned long long hard_kib, soft_kib;
    unsigned long long swap_hard_kib; /* memory and swap together */
} MemoryTune;
extern const XmlElement memory_tune_element;

/* Of one of the host's devices; 0: not said. */
typedef struct {
    char *path;
    guint weight;
    guint read_iops, write_iops;                /* a second */
    unsigned long long read_bytes, write_bytes; /* a second */
} BlkioDevice;
extern const XmlElement blkio_device_element;

typedef struct {
    guint weight;       /* against other guests; 0: not said */
    GPtrArray *devices; /* BlkioDevice; may be NULL */
} BlkioTune;
extern const XmlElement blkio_tune_element;

/* The settings of a device, or NULL. Borrowed. */
BlkioDevice *blkio_find_device(const BlkioTune *tune, const char *path);
/* The same; adds one that says nothing. */
BlkioDevice *blkio_get_device(BlkioTune *tune, const char *path);

/* The pin of a thread in the list, or NULL. Borrowed. list may be NULL. */
const CpuPin *cpu_pin_find(const GPtrArray *list, guint id);

/* Sets or (cpuset NULL) removes the pin of a thread. */
void cpu_pin_set(GPtrArray **list, guint id, const char *cpuset);
CpuPin *cpu_pin_new(guint id, const char *cpuset);
void cpu_pin_free(CpuPin *pin);
