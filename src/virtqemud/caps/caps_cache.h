/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the emulators can do: asked of each at most once, when first needed, and kept in memory and on disk for as long
 * as the binary (path, time, size) and the host's KVM stay as they were. One thread asks an emulator; others who want
 * the same wait for it. Thread-safe.
 */
#pragma once

#include "conf/domain/domain_def.h"
#include "virtqemud/caps/emulator_caps.h"

typedef struct CapsCache CapsCache;

/* dir: where answers are kept on disk; made when needed. */
CapsCache *caps_cache_new(const char *dir);

/* The capabilities of the emulator at path; release with emulator_caps_unref. Blocks while it is asked; not for the
 * loop. NULL: VIR_ERR_SYSTEM_ERROR "Cannot check QEMU binary ..." when there is none, or as from probe_emulator(). */
EmulatorCaps *caps_cache_get(CapsCache *cache, const char *path, GError **error);

/* The same for guests of one kind: what an emulator says of its processors with KVM differs from what it says without.
 */
EmulatorCaps *caps_cache_get_for(CapsCache *cache, const char *path, VirtType virt_type, GError **error);

/* The last answer when one is in memory, else NULL; asks nobody and looks at no file. For any thread. */
EmulatorCaps *caps_cache_peek(CapsCache *cache, const char *path);

/* The answer when one is in memory and still holds, else NULL; asks nobody. For any thread, the loop's too: it looks at
 * a file only when an emulator has been found there before, and not again within 20 ms. */
EmulatorCaps *caps_cache_find(CapsCache *cache, const char *path);

/* The usual emulator of an architecture: "/usr/bin/qemu-system-x86_64"; NULL when it is not installed. Static. */
const char *caps_default_emulator(const char *arch);

/* Whether /dev/kvm can be used by this process, and how many virtual processors a guest of it can have (0: no KVM). */
gboolean caps_host_has_kvm(void);
int caps_host_max_vcpus(void);
