/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What QEMU counts for a running guest: asked for on the loop, without a job or a thread, and kept. A QEMU that does
 * not answer soon costs nobody more than COUNTERS_WAIT_MS: what it said last stands then. For the loop; nothing here
 * blocks.
 */
#pragma once

#include "virtqemud/guest/guest.h"
#include "virtqemud/stats/block_stats.h"
#include "virtqemud/stats/kvm_stats.h"

/* How long an answer is waited for. A QEMU that owes one for longer is not asked. */
#define COUNTERS_WAIT_MS 250

/* Each is one QMP command's answer; they are asked for by bits 1 << kind. */
typedef enum {
    COUNTERS_DISKS,
    COUNTERS_IMAGES,
    COUNTERS_BALLOON,
    COUNTERS_DIRTY_RATE,
    COUNTERS_IOTHREADS,
    COUNTERS_KVM_KINDS, /* before what they are kinds of */
    COUNTERS_KVM_VM,
    COUNTERS_KVM_CPUS, /* before what they are the places of */
    COUNTERS_KVM_VCPUS,
    COUNTERS_LAST,
} CountersKind;
#define COUNTERS_ALL ((1u << COUNTERS_LAST) - 1)

/* Told once; error (borrowed) when there is no fresh answer. What is kept is good nevertheless. */
typedef void (*CountersDone)(Guest *guest, const GError *error, gpointer data);

/* Asks for the kinds in one batch. done (or NULL) is called always, maybe before this returns. */
void counters_ask(Guest *guest, guint kinds, CountersDone done, gpointer data);

/* To be told before somebody else's command goes to QEMU: from then on nothing is taken for known that a command could
 * have changed. */
void counters_share_monitor(Guest *guest);

/* Forgets everything, when the run has ended. */
void counters_clear(Guest *guest);

/* A disk, by its alias; NULL: nothing has been heard of it. Borrowed until the loop's next turn. */
typedef struct {
    BlockStats io;
    ImageStats image;
    gboolean has_io, has_image;
} DiskCounters;
const DiskCounters *counters_disk(const Guest *guest, const char *alias);

/* A number of the balloon's, by VIR_DOMAIN_MEMORY_STAT_*: pages, seconds or KiB as there. FALSE: the guest does not
 * tell. */
gboolean counters_memory(const Guest *guest, int tag, guint64 *value);

/* The last measurement of the rate at which memory changes. FALSE: nothing has been heard. */
typedef struct {
    int status;               /* VIR_DOMAIN_DIRTYRATE_* */
    gint64 start_s, period_s; /* when the measurement began, how long it takes or took */
    gint64 mib_per_s;         /* -1: not measured */
    const char *mode;         /* "page-sampling" */
} DirtyRate;
gboolean counters_dirty_rate(const Guest *guest, DirtyRate *rate);

/* How an I/O thread waits for work, in nanoseconds and factors. NULL: nothing has been heard of it. Borrowed as above.
 */
typedef struct {
    guint64 poll_max_ns;
    guint poll_grow, poll_shrink;
} IoThreadPolling;
const IoThreadPolling *counters_iothread(const Guest *guest, guint id);

/* What KVM counts; NULL: nothing has been heard, or it is not KVM's. Borrowed as above. */
const KvmStats *counters_kvm(const Guest *guest);

/* The balloon that can be asked, or NULL. Borrowed from what runs. */
const BalloonDef *counters_balloon(const Guest *guest);

/* Has the balloon with this alias ask the guest for its numbers every period_s seconds; 0: no more. */
void counters_set_period(QmpBatch *batch, const char *alias, guint period_s);
