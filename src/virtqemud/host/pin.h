/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * On which of the host's CPUs the threads of a QEMU run. Threads are told apart by the names that QEMU gives them, so
 * nobody has to be asked; only /proc and the scheduler are.
 */
#pragma once

#include <sys/types.h>

#include "conf/domain/domain_def.h"

typedef enum {
    THREAD_EMULATOR, /* what is none of the others */
    THREAD_VCPU,
    THREAD_IOTHREAD,
} ThreadKind;

/* What a thread is, by its name: "CPU 3/KVM", "IO iothread2"; *id is its number, 0 of the emulator's. */
ThreadKind pin_thread_kind(const char *name, guint *id);

/* Calls each for the threads of that kind and number (of the emulator: all) until it returns FALSE, and returns that.
 */
typedef gboolean (*PinFunc)(pid_t tid, gpointer data);
gboolean pin_each_thread(pid_t pid, ThreadKind kind, guint id, PinFunc each, gpointer data);

/* The thread of that number; of the emulator the first. 0: there is none. */
pid_t pin_find_thread(pid_t pid, ThreadKind kind, guint id);

/* The set ("0-3") that the document gives to such a thread, or NULL: all CPUs. Borrowed. */
const char *pin_of(const DomainDef *def, ThreadKind kind, guint id);

/* Has such a thread run on the CPUs of the set only; of the emulator all. FALSE: VIR_ERR_SYSTEM_ERROR;
 * VIR_ERR_OPERATION_INVALID, there is no such thread. */
gboolean pin_thread(pid_t pid, ThreadKind kind, guint id, const char *cpuset, GError **error);

/* Does what the document says for all threads of a QEMU that has just come up. FALSE: as above. */
gboolean pin_all(const DomainDef *def, pid_t pid, GError **error);
