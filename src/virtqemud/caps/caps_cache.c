/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/caps/caps_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "common/file.h"
#include "common/log.h"
#include "virtqemud/caps/probe.h"
#include "virtqemud/host/host_cpu.h"

#define CACHE_FILE_MAX (4 * 1024 * 1024)
#define CACHE_DEPTH    16
/* How long an emulator that was looked at is taken for what it was, where guests are defined one after the other. */
#define TRUST_US (20 * 1000)

/* What an answer hangs on. */
typedef struct {
    gint64 mtime_ns;
    gint64 size;
    gboolean has_kvm;
    const char *host; /* static */
} Stamp;

typedef struct {
    EmulatorCaps *caps;
    Stamp stamp;
    gboolean is_asked; /* a thread is at it */
    gint64 seen_us;    /* when the stamp held last; 0: never */
} Slot;

struct CapsCache {
    char *dir;
    GMutex lock;
    GCond answered;
    GHashTable *slots; /* path -> Slot */
};

static void slot_free(gpointer data)
{
    Slot *slot = data;

    emulator_caps_unref(slot->caps);
    g_free(slot);
}

CapsCache *caps_cache_new(const char *dir)
{
    CapsCache *cache = g_new0(CapsCache, 1);

    cache->dir = g_strdup(dir);
    g_mutex_init(&cache->lock);
    g_cond_init(&cache->answered);
    cache->slots = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, slot_free);
    return cache;
}

static gboolean open_kvm(void)
{
    int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    gboolean works;

    if (fd < 0)
        return FALSE;
    works = ioctl(fd, KVM_GET_API_VERSION, 0) == KVM_API_VERSION;
    close(fd);
    return works;
}

/* Asked at each definition, and the kernel takes its time to open the device. A node that worked works for as long as
 * it is the same with the same mode; one that did not may at any time, when the module is loaded. */
gboolean caps_host_has_kvm(void)
{
    static GMutex lock;
    static gint64 worked_ns;
    static ino_t worked_ino;
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&lock);
    struct stat node;
    gint64 changed_ns;

    if (stat("/dev/kvm", &node) < 0)
        return FALSE;
    changed_ns = (gint64)node.st_ctim.tv_sec * 1000000000 + node.st_ctim.tv_nsec;
    if (worked_ino == node.st_ino && worked_ns == changed_ns)
        return TRUE;
    if (!open_kvm())
        return FALSE;
    worked_ino = node.st_ino;
    worked_ns = changed_ns;
    return TRUE;
}

int caps_host_max_vcpus(void)
{
    int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    int max;

    if (fd < 0)
        return 0;
    max = ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS);
    close(fd);
    return max;
}

const char *caps_default_emulator(const char *arch)
{
    static const char *const known[][3] = {
        {"x86_64", "/usr/bin/qemu-system-x86_64", "/usr/libexec/qemu-kvm"},
        {"i686", "/usr/bin/qemu-system-i386", "/usr/bin/qemu-system-x86_64"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
        for (gsize j = 1; g_str_equal(known[i][0], arch) && j < 3; j++)
            if (access(known[i][j], X_OK) == 0)
                return known[i][j];
    return NULL;
}

static gboolean read_stamp(const char *path, gboolean with_kvm, Stamp *stamp, GError **error)
{
    struct stat info;

    if (stat(path, &info) < 0) {
        vir_error_set_errno(error, VIR_FROM_QEMU, errno, "Cannot check QEMU binary %s", path);
        return FALSE;
    }
    if (!S_ISREG(info.st_mode) || access(path, X_OK) < 0) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "QEMU binary %s is not executable", path);
        return FALSE;
    }
    stamp->mtime_ns = (gint64)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec;
    stamp->size = info.st_size;
    stamp->has_kvm = with_kvm && caps_host_has_kvm();
    stamp->host = host_cpu_stamp();
    return TRUE;
}

static gboolean stamp_equal(const Stamp *a, const Stamp *b)
{
    return a->mtime_ns == b->mtime_ns && a->size == b->size && a->has_kvm == b->has_kvm &&
           g_strcmp0(a->host, b->host) == 0;
}

/* By what an answer is found: an emulator with and without KVM is as two. */
static char *slot_name(const char *path, gboolean with_kvm)
{
    return g_strconcat(path, with_kvm ? "" : " without KVM", NULL);
}

static char *cache_file(const CapsCache *cache, const char *path, gboolean with_kvm)
{
    g_autofree char *name = slot_name(path, with_kvm);
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);

    return g_strdup_printf("%s/%s.json", cache->dir, digest);
}

/* What an earlier daemon kept, if it still holds. */
static EmulatorCaps *load(const CapsCache *cache, const char *path, gboolean with_kvm, const Stamp *stamp)
{
    g_autofree char *file = cache_file(cache, path, with_kvm);
    g_autofree char *text = NULL;
    g_autoptr(json_object) document = NULL;
    g_autoptr(EmulatorCaps) caps = NULL;
    Stamp kept;
    gsize size;

    if (!g_file_get_contents(file, &text, &size, NULL) || size > CACHE_FILE_MAX)
        return NULL;
    document = json_parse(text, size, CACHE_DEPTH, VIR_FROM_QEMU, NULL);
    kept = (Stamp){.mtime_ns = json_get_int(document, "mtime", 0),
                   .size = json_get_int(document, "size", -1),
                   .has_kvm = json_get_bool(document, "host-kvm"),
                   .host = json_get_string(document, "host-cpu")};
    if (!stamp_equal(&kept, stamp))
        return NULL;
    caps = emulator_caps_from_json(document);
    return caps && g_str_equal(caps->path, path) ? g_steal_pointer(&caps) : NULL;
}

static void save(const CapsCache *cache, const EmulatorCaps *caps, gboolean with_kvm, const Stamp *stamp)
{
    g_autofree char *file = cache_file(cache, caps->path, with_kvm);
    g_autoptr(json_object) document = emulator_caps_to_json(caps);
    g_autoptr(GError) error = NULL;

    json_add_int(document, "mtime", stamp->mtime_ns);
    json_add_int(document, "size", stamp->size);
    json_add_bool(document, "host-kvm", stamp->has_kvm);
    json_add_string(document, "host-cpu", stamp->host);
    /* Without the file the next daemon asks again; that is all that is lost. */
    if (!file_make_dir(cache->dir, 0755, VIR_FROM_QEMU, &error) ||
        !file_write_atomic(file, json_text(document), 0644, VIR_FROM_QEMU, &error))
        log_warning("cannot keep the capabilities of %s: %s", caps->path, error->message);
}

static Slot *get_slot(CapsCache *cache, const char *path, gboolean with_kvm)
{
    g_autofree char *name = slot_name(path, with_kvm);
    Slot *slot = g_hash_table_lookup(cache->slots, name);

    if (!slot) {
        slot = g_new0(Slot, 1);
        g_hash_table_insert(cache->slots, g_steal_pointer(&name), slot);
    }
    return slot;
}

/* What is in memory; is_sure: whether it was confirmed a moment ago. A reference, or NULL. */
static EmulatorCaps *peek(CapsCache *cache, const char *path, gboolean *is_sure)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&cache->lock);
    Slot *slot = g_hash_table_lookup(cache->slots, path);

    *is_sure = slot && slot->seen_us && g_get_monotonic_time() - slot->seen_us < TRUST_US;
    return slot && slot->caps ? emulator_caps_ref(slot->caps) : NULL;
}

/* Whether this is what the cache has for the emulator as it is now. */
static gboolean confirm(CapsCache *cache, const char *path, const EmulatorCaps *caps, const Stamp *now)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&cache->lock);
    Slot *slot = g_hash_table_lookup(cache->slots, path);

    if (slot->caps != caps || !stamp_equal(&slot->stamp, now))
        return FALSE;
    slot->seen_us = g_get_monotonic_time();
    return TRUE;
}

EmulatorCaps *caps_cache_peek(CapsCache *cache, const char *path)
{
    gboolean is_sure;

    return peek(cache, path, &is_sure);
}

EmulatorCaps *caps_cache_find(CapsCache *cache, const char *path)
{
    gboolean is_sure;
    g_autoptr(EmulatorCaps) caps = peek(cache, path, &is_sure);
    Stamp stamp;

    if (!caps)
        return NULL;
    if (!is_sure && (!read_stamp(path, TRUE, &stamp, NULL) || !confirm(cache, path, caps, &stamp)))
        return NULL;
    return g_steal_pointer(&caps);
}

static EmulatorCaps *get(CapsCache *cache, const char *path, gboolean with_kvm, GError **error)
{
    g_autoptr(EmulatorCaps) caps = NULL;
    Stamp stamp;
    Slot *slot;

    if (!read_stamp(path, with_kvm, &stamp, error))
        return NULL;
    g_mutex_lock(&cache->lock);
    slot = get_slot(cache, path, with_kvm);
    while (slot->is_asked)
        g_cond_wait(&cache->answered, &cache->lock);
    if (slot->caps && stamp_equal(&slot->stamp, &stamp)) {
        caps = emulator_caps_ref(slot->caps);
        g_mutex_unlock(&cache->lock);
        return g_steal_pointer(&caps);
    }
    slot->is_asked = TRUE;
    g_mutex_unlock(&cache->lock);

    caps = load(cache, path, with_kvm, &stamp);
    if (!caps) {
        caps = probe_emulator(path, stamp.has_kvm, error);
        if (caps)
            save(cache, caps, with_kvm, &stamp);
    }

    g_mutex_lock(&cache->lock);
    slot->is_asked = FALSE;
    if (caps) {
        emulator_caps_unref(slot->caps);
        slot->caps = emulator_caps_ref(caps);
        slot->stamp = stamp;
        slot->seen_us = 0;
    }
    g_cond_broadcast(&cache->answered);
    g_mutex_unlock(&cache->lock);
    return g_steal_pointer(&caps);
}

EmulatorCaps *caps_cache_get(CapsCache *cache, const char *path, GError **error)
{
    return get(cache, path, TRUE, error);
}

EmulatorCaps *caps_cache_get_for(CapsCache *cache, const char *path, VirtType virt_type, GError **error)
{
    /* Without KVM on the host there is one answer only. */
    return get(cache, path, virt_type == VIRT_KVM || !caps_host_has_kvm(), error);
}
