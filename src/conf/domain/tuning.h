/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a guest's memory lies and on which of the host's CPUs its threads run. */
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

typedef struct {
    GPtrArray *vcpu_pins; /* CpuPin; may be NULL, as those below */
    CpuPin *emulator_pin;
    GPtrArray *iothread_pins;
} CpuTune;
extern const XmlElement cputune_element;

/* The pin of a thread in the list, or NULL. Borrowed. list may be NULL. */
const CpuPin *cpu_pin_find(const GPtrArray *list, guint id);

/* Sets or (cpuset NULL) removes the pin of a thread. */
void cpu_pin_set(GPtrArray **list, guint id, const char *cpuset);
CpuPin *cpu_pin_new(guint id, const char *cpuset);
void cpu_pin_free(CpuPin *pin);
