/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/cgroup/cgroup_tune.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"

/* Of weights of version 2. */
#define WEIGHT_MAX 10000

static gboolean is_v2(const Cgroup *group, CgroupController controller)
{
    return group && group->is_v2[controller];
}

static gboolean write_number(const Cgroup *group, CgroupController controller, const char *file, gint64 value,
                             GError **error)
{
    char text[32];

    g_snprintf(text, sizeof(text), "%" G_GINT64_FORMAT, value);
    return cgroup_write(group, controller, file, text, error);
}

static gboolean read_number(const Cgroup *group, CgroupController controller, const char *file, gint64 *value,
                            GError **error)
{
    g_autofree char *text = cgroup_read(group, controller, file, error);

    if (!text)
        return FALSE;
    *value = g_ascii_strtoll(text, NULL, 10);
    return TRUE;
}

/* ---- CPU ---- */

gboolean cgroup_set_shares(const Cgroup *group, guint64 shares, GError **error)
{
    if (!is_v2(group, CGROUP_CPU))
        return write_number(group, CGROUP_CPU, "cpu.shares", (gint64)MIN(shares, G_MAXINT64), error);
    if (shares > WEIGHT_MAX)
        log_warning("%" G_GUINT64_FORMAT " shares of the CPU count as %d, the most that control groups of version 2 "
                    "have",
                    shares, WEIGHT_MAX);
    return write_number(group, CGROUP_CPU, "cpu.weight", (gint64)MIN(shares, WEIGHT_MAX), error);
}

gboolean cgroup_get_shares(const Cgroup *group, unsigned long long *shares, GError **error)
{
    gint64 value;

    if (!read_number(group, CGROUP_CPU, is_v2(group, CGROUP_CPU) ? "cpu.weight" : "cpu.shares", &value, error))
        return FALSE;
    *shares = (unsigned long long)value;
    return TRUE;
}

/* "QUOTA PERIOD", the quota "max" without limit. */
static gboolean get_bandwidth_v2(const Cgroup *group, CpuBandwidth *bandwidth, GError **error)
{
    g_autofree char *text = cgroup_read(group, CGROUP_CPU, "cpu.max", error);
    const char *period = text ? strchr(text, ' ') : NULL;

    if (!text)
        return FALSE;
    bandwidth->quota_us = g_str_has_prefix(text, "max") ? -1 : g_ascii_strtoll(text, NULL, 10);
    bandwidth->period_us = period ? g_ascii_strtoull(period, NULL, 10) : 0;
    return TRUE;
}

static gboolean set_bandwidth_v2(const Cgroup *group, const CpuBandwidth *bandwidth, GError **error)
{
    CpuBandwidth now;
    char text[64];

    if (!get_bandwidth_v2(group, &now, error))
        return FALSE;
    if (bandwidth->period_us)
        now.period_us = bandwidth->period_us;
    if (bandwidth->quota_us)
        now.quota_us = bandwidth->quota_us;
    if (now.quota_us < 0)
        g_snprintf(text, sizeof(text), "max %llu", now.period_us);
    else
        g_snprintf(text, sizeof(text), "%lld %llu", now.quota_us, now.period_us);
    return cgroup_write(group, CGROUP_CPU, "cpu.max", text, error);
}

gboolean cgroup_set_bandwidth(const Cgroup *group, const CpuBandwidth *bandwidth, GError **error)
{
    if (!bandwidth->period_us && !bandwidth->quota_us)
        return TRUE;
    if (is_v2(group, CGROUP_CPU))
        return set_bandwidth_v2(group, bandwidth, error);
    return (!bandwidth->period_us ||
            write_number(group, CGROUP_CPU, "cpu.cfs_period_us", (gint64)bandwidth->period_us, error)) &&
           (!bandwidth->quota_us ||
            write_number(group, CGROUP_CPU, "cpu.cfs_quota_us", MAX(bandwidth->quota_us, -1), error));
}

gboolean cgroup_get_bandwidth(const Cgroup *group, CpuBandwidth *bandwidth, GError **error)
{
    gint64 period, quota;

    if (is_v2(group, CGROUP_CPU))
        return get_bandwidth_v2(group, bandwidth, error);
    if (!read_number(group, CGROUP_CPU, "cpu.cfs_period_us", &period, error) ||
        !read_number(group, CGROUP_CPU, "cpu.cfs_quota_us", &quota, error))
        return FALSE;
    *bandwidth = (CpuBandwidth){(unsigned long long)period, quota};
    return TRUE;
}

/* ---- memory ---- */

static gboolean write_limit(const Cgroup *group, const char *file, guint64 kib, GError **error)
{
    if (kib >= MEMORY_UNLIMITED_KIB)
        return cgroup_write(group, CGROUP_MEMORY, file, is_v2(group, CGROUP_MEMORY) ? "max" : "-1", error);
    return write_number(group, CGROUP_MEMORY, file, (gint64)(kib * 1024), error);
}

static gboolean read_limit(const Cgroup *group, const char *file, unsigned long long *kib, GError **error)
{
    g_autofree char *text = cgroup_read(group, CGROUP_MEMORY, file, error);

    if (!text)
        return FALSE;
    *kib = g_str_equal(text, "max") ? MEMORY_UNLIMITED_KIB
                                    : MIN(g_ascii_strtoull(text, NULL, 10) / 1024, MEMORY_UNLIMITED_KIB);
    /* The kernel rounds "none" of version 1 to pages. */
    if (*kib >= G_MAXINT64 / 1024 - 64)
        *kib = MEMORY_UNLIMITED_KIB;
    return TRUE;
}

/* Of version 1 the limit with swap cannot be below the one without: which is written first depends on the way. */
static gboolean set_hard_v1(const Cgroup *group, const MemoryTune *tune, GError **error)
{
    static const char hard[] = "memory.limit_in_bytes", with_swap[] = "memory.memsw.limit_in_bytes";

    if (!tune->swap_hard_kib)
        return !tune->hard_kib || write_limit(group, hard, tune->hard_kib, error);
    if (!tune->hard_kib)
        return write_limit(group, with_swap, tune->swap_hard_kib, error);
    if (write_limit(group, hard, tune->hard_kib, NULL))
        return write_limit(group, with_swap, tune->swap_hard_kib, error);
    return write_limit(group, with_swap, tune->swap_hard_kib, error) && write_limit(group, hard, tune->hard_kib, error);
}

/* Version 2 counts swap by itself. */
static gboolean set_hard_v2(const Cgroup *group, const MemoryTune *tune, GError **error)
{
    unsigned long long hard_kib = tune->hard_kib, swap_kib = tune->swap_hard_kib;

    if (hard_kib && !write_limit(group, "memory.max", hard_kib, error))
        return FALSE;
    if (!swap_kib)
        return TRUE;
    if (!hard_kib && !read_limit(group, "memory.max", &hard_kib, error))
        return FALSE;
    if (swap_kib < MEMORY_UNLIMITED_KIB)
        swap_kib = hard_kib < swap_kib ? swap_kib - hard_kib : 0;
    return write_limit(group, "memory.swap.max", swap_kib, error);
}

gboolean cgroup_set_memory(const Cgroup *group, const MemoryTune *tune, GError **error)
{
    gboolean is_2 = is_v2(group, CGROUP_MEMORY);

    return (is_2 ? set_hard_v2(group, tune, error) : set_hard_v1(group, tune, error)) &&
           (!tune->soft_kib ||
            write_limit(group, is_2 ? "memory.high" : "memory.soft_limit_in_bytes", tune->soft_kib, error));
}

static gboolean get_memory_v2(const Cgroup *group, MemoryTune *tune, GError **error)
{
    if (!read_limit(group, "memory.max", &tune->hard_kib, error) ||
        !read_limit(group, "memory.high", &tune->soft_kib, error))
        return FALSE;
    tune->swap_hard_kib = MEMORY_UNLIMITED_KIB;
    if (!cgroup_has_file(group, CGROUP_MEMORY, "memory.swap.max"))
        return TRUE;
    if (!read_limit(group, "memory.swap.max", &tune->swap_hard_kib, error))
        return FALSE;
    if (tune->swap_hard_kib < MEMORY_UNLIMITED_KIB)
        tune->swap_hard_kib = MIN(tune->hard_kib + tune->swap_hard_kib, MEMORY_UNLIMITED_KIB);
    return TRUE;
}

gboolean cgroup_get_memory(const Cgroup *group, MemoryTune *tune, GError **error)
{
    if (is_v2(group, CGROUP_MEMORY))
        return get_memory_v2(group, tune, error);
    tune->swap_hard_kib = MEMORY_UNLIMITED_KIB;
    return read_limit(group, "memory.limit_in_bytes", &tune->hard_kib, error) &&
           read_limit(group, "memory.soft_limit_in_bytes", &tune->soft_kib, error) &&
           (!cgroup_has_file(group, CGROUP_MEMORY, "memory.memsw.limit_in_bytes") ||
            read_limit(group, "memory.memsw.limit_in_bytes", &tune->swap_hard_kib, error));
}

/* ---- block devices ---- */

/* Where kernels have the weight, by the scheduler that follows it. */
static const char *weight_file(const Cgroup *group)
{
    static const char *const files[][3] = {{"blkio.bfq.weight", "blkio.weight", NULL},
                                           {"io.bfq.weight", "io.weight", NULL}};

    for (const char *const *file = files[is_v2(group, CGROUP_BLKIO)]; *file; file++)
        if (cgroup_has_file(group, CGROUP_BLKIO, *file))
            return *file;
    return NULL;
}

static gboolean refuse_weight(const Cgroup *group, GError **error)
{
    g_autofree char *text = NULL;

    if (!cgroup_has(group, CGROUP_BLKIO))
        text = cgroup_read(group, CGROUP_BLKIO, "", error);
    else
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_UNSUPPORTED,
                      "this kernel has no weights of block devices in control groups");
    return FALSE;
}

gboolean cgroup_set_blkio_weight(const Cgroup *group, guint weight, GError **error)
{
    const char *file = weight_file(group);

    return file ? write_number(group, CGROUP_BLKIO, file, weight, error) : refuse_weight(group, error);
}

gboolean cgroup_get_blkio_weight(const Cgroup *group, guint *weight, GError **error)
{
    const char *file = weight_file(group);
    g_autofree char *text = file ? cgroup_read(group, CGROUP_BLKIO, file, error) : NULL;

    return text && (sscanf(text, "default %u", weight) == 1 || sscanf(text, "%u", weight) == 1);
}

static gboolean device_number(const char *path, char *text, gsize size, GError **error)
{
    struct stat info;

    if (stat(path, &info) < 0) {
        vir_error_set_errno(error, VIR_FROM_CGROUP, errno, "Path '%s' is not accessible", path);
        return FALSE;
    }
    if (!S_ISBLK(info.st_mode))
        return vir_error_fail(error, VIR_FROM_CGROUP, VIR_ERR_INVALID_ARG, "Path '%s' must be a block device", path);
    g_snprintf(text, size, "%u:%u", major(info.st_rdev), minor(info.st_rdev));
    return TRUE;
}

static gboolean set_device_weight(const Cgroup *group, const char *number, guint weight, GError **error)
{
    const char *file = weight_file(group);
    g_autofree char *name = NULL;
    char text[64];

    if (!weight)
        return TRUE;
    if (!file)
        return refuse_weight(group, error);
    name = is_v2(group, CGROUP_BLKIO) ? g_strdup(file) : g_strdup_printf("%s_device", file);
    g_snprintf(text, sizeof(text), "%s %u", number, weight);
    return cgroup_write(group, CGROUP_BLKIO, name, text, error);
}

/* The limits of a device under their names in each version. */
static const struct {
    const char *v1, *v2;
    gsize offset;
    gboolean is_long;
} throttles[] = {
    {"blkio.throttle.read_bps_device", "rbps", offsetof(BlkioDevice, read_bytes), TRUE},
    {"blkio.throttle.write_bps_device", "wbps", offsetof(BlkioDevice, write_bytes), TRUE},
    {"blkio.throttle.read_iops_device", "riops", offsetof(BlkioDevice, read_iops), FALSE},
    {"blkio.throttle.write_iops_device", "wiops", offsetof(BlkioDevice, write_iops), FALSE},
};

static guint64 throttle_value(const BlkioDevice *device, gsize i)
{
    const char *member = (const char *)device + throttles[i].offset;

    return throttles[i].is_long ? *(const unsigned long long *)member : *(const guint *)member;
}

static gboolean set_throttles_v1(const Cgroup *group, const char *number, const BlkioDevice *device, GError **error)
{
    char text[64];

    for (gsize i = 0; i < G_N_ELEMENTS(throttles); i++) {
        g_snprintf(text, sizeof(text), "%s %" G_GUINT64_FORMAT, number, throttle_value(device, i));
        if (!cgroup_write(group, CGROUP_BLKIO, throttles[i].v1, text, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean set_throttles_v2(const Cgroup *group, const char *number, const BlkioDevice *device, GError **error)
{
    g_autoptr(GString) text = g_string_new(number);

    for (gsize i = 0; i < G_N_ELEMENTS(throttles); i++) {
        guint64 value = throttle_value(device, i);

        if (value)
            g_string_append_printf(text, " %s=%" G_GUINT64_FORMAT, throttles[i].v2, value);
        else
            g_string_append_printf(text, " %s=max", throttles[i].v2);
    }
    return cgroup_write(group, CGROUP_BLKIO, "io.max", text->str, error);
}

gboolean cgroup_set_blkio_device(const Cgroup *group, const BlkioDevice *device, GError **error)
{
    char number[32];

    return device_number(device->path, number, sizeof(number), error) &&
           set_device_weight(group, number, device->weight, error) &&
           (is_v2(group, CGROUP_BLKIO) ? set_throttles_v2(group, number, device, error)
                                       : set_throttles_v1(group, number, device, error));
}

/* ---- use ---- */

/* The number behind a name in lines of "NAME NUMBER". */
static guint64 find_number(const char *text, const char *name)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    gsize len = strlen(name);

    for (char **line = lines; *line; line++)
        if (strncmp(*line, name, len) == 0 && (*line)[len] == ' ')
            return g_ascii_strtoull(*line + len, NULL, 10);
    return 0;
}

static gboolean get_usage_v1(const Cgroup *group, CgroupUsage *usage, GError **error)
{
    g_autofree char *stat = cgroup_read(group, CGROUP_CPUACCT, "cpuacct.stat", error);
    guint64 tick_ns = G_GUINT64_CONSTANT(1000000000) / (guint64)sysconf(_SC_CLK_TCK);
    gint64 total;

    if (!stat || !read_number(group, CGROUP_CPUACCT, "cpuacct.usage", &total, error))
        return FALSE;
    *usage = (CgroupUsage){(guint64)total, find_number(stat, "user") * tick_ns, find_number(stat, "system") * tick_ns};
    return TRUE;
}

gboolean cgroup_get_usage(const Cgroup *group, CgroupUsage *usage, GError **error)
{
    g_autofree char *stat = NULL;

    if (!is_v2(group, CGROUP_CPUACCT))
        return get_usage_v1(group, usage, error);
    stat = cgroup_read(group, CGROUP_CPUACCT, "cpu.stat", error);
    if (!stat)
        return FALSE;
    *usage = (CgroupUsage){find_number(stat, "usage_usec") * 1000, find_number(stat, "user_usec") * 1000,
                           find_number(stat, "system_usec") * 1000};
    return TRUE;
}

GArray *cgroup_get_usage_by_cpu(const Cgroup *group, GError **error)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) words = NULL;
    GArray *usage;

    if (is_v2(group, CGROUP_CPUACCT)) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_UNSUPPORTED,
                      "control groups of version 2 do not tell the CPUs apart");
        return NULL;
    }
    text = cgroup_read(group, CGROUP_CPUACCT, "cpuacct.usage_percpu", error);
    if (!text)
        return NULL;
    words = g_strsplit(text, " ", -1);
    usage = g_array_new(FALSE, FALSE, sizeof(guint64));
    for (char **word = words; *word; word++) {
        guint64 ns = g_ascii_strtoull(*word, NULL, 10);

        if (**word)
            g_array_append_val(usage, ns);
    }
    return usage;
}
