/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/cgroup/guest_cgroup.h"

#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "virtqemud/cgroup/cgroup_tune.h"
#include "virtqemud/cgroup/machine_host.h"
#include "virtqemud/driver.h"
#include "virtqemud/host/pin.h"

#define DEFAULT_PARTITION "/machine"
#define GROUP_SUFFIX      ".libvirt-qemu"
#define EMULATOR_GROUP    "emulator"
/* Inside a group that systemd has made and may write itself. */
#define INNER_GROUP "libvirt"
/* Groups that end while ours is made take their common parents along. */
#define TRIES_MAX 5

static CgroupHost *host;

void guest_cgroup_init(const char *const *controllers)
{
    cgroup_host_free(host);
    host = cgroup_host_new("/proc", controllers);
}

void guest_cgroup_choose_partition(DomainDef *def)
{
    if (!def->resource_partition)
        def->resource_partition = g_strdup(DEFAULT_PARTITION);
}

/* ---- names ---- */

/* Partitions other than the usual get a name that no controller's files have. */
static char *group_path(const char *partition, const char *run)
{
    g_autofree char *machine = machine_host_name(run);
    g_auto(GStrv) names = g_strsplit(partition ? partition : DEFAULT_PARTITION, "/", -1);
    GString *path = g_string_new(NULL);

    for (char **name = names; *name; name++)
        if (**name)
            g_string_append_printf(path, "%s%s/", *name, g_str_equal(*name, "machine") ? "" : ".partition");
    g_string_append_printf(path, "%s" GROUP_SUFFIX, machine);
    return g_string_free(path, FALSE);
}

/* "/a/b" is "a-b.slice". */
static char *slice_name(const DomainDef *def)
{
    g_autofree char *name = g_strdup(def->resource_partition ? def->resource_partition : DEFAULT_PARTITION);
    char *first = name;

    g_strdelimit(name, "/", '-');
    while (*first == '-')
        first++;
    return g_strdup_printf("%s.slice", first);
}

/* A QEMU that could be given no group of its own is in the daemon's. */
static gboolean is_of_guest(const char *dir)
{
    g_autofree char *around = g_path_get_dirname(dir);

    return g_str_has_suffix(dir, GROUP_SUFFIX) ||
           (g_str_has_suffix(dir, "/" INNER_GROUP) && g_str_has_suffix(around, ".scope"));
}

Cgroup *guest_cgroup_find(pid_t pid, CgroupController controller, GError **error)
{
    g_autoptr(Cgroup) group = driver.is_privileged ? cgroup_of(host, pid, EMULATOR_GROUP) : NULL;

    if (cgroup_has(group, controller) && !is_of_guest(group->dirs[controller]))
        g_clear_pointer(&group, cgroup_free);
    return cgroup_check_has(group, controller, error) ? g_steal_pointer(&group) : NULL;
}

void guest_cgroup_end(const char *partition, const char *run)
{
    g_autofree char *path = group_path(partition, run);

    if (driver.is_privileged)
        cgroup_remove(host, path);
}

/* ---- making ---- */

/* Where version 2 is, systemd looks after the groups. */
static gboolean register_machine(const DomainDef *def, const char *run, pid_t pid)
{
    g_autofree char *name = machine_host_name(run);
    g_autofree char *slice = slice_name(def);

    return cgroup_host_is_v2(host) && machine_host_register(name, def->uuid, pid, slice);
}

static gboolean enter_path(const DomainDef *def, const char *run, pid_t pid, GError **error)
{
    g_autofree char *path = group_path(def->resource_partition, run);

    for (guint i = 1;; i++) {
        g_autoptr(Cgroup) group = cgroup_make(host, path);
        g_autoptr(GError) problem = NULL;

        if (cgroup_take_process(group, pid, &problem))
            return TRUE;
        if (i == TRIES_MAX) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return FALSE;
        }
    }
}

static gboolean needs_quota(const DomainDef *def)
{
    const CpuTune *tune = &def->cputune;
    const CpuBandwidth *all[] = {&tune->vcpu, &tune->global, &tune->emulator, &tune->iothread};

    for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
        if (all[i]->period_us || all[i]->quota_us)
            return TRUE;
    return FALSE;
}

static gboolean check_quota(const DomainDef *def, const Cgroup *group, GError **error)
{
    return cgroup_has(group, CGROUP_CPU) || !needs_quota(def) ||
           vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                          "cgroup cpu is required for scheduler tuning");
}

/* Whether something that is asked for can be held to; if not, that is logged. */
static gboolean is_possible(const DomainDef *def, const Cgroup *group, CgroupController controller, gboolean is_asked,
                            const char *element)
{
    if (is_asked && !cgroup_has(group, controller))
        log_warning("guest '%s': <%s> has no effect, as there is no such controller of control groups here", def->name,
                    element);
    return is_asked && cgroup_has(group, controller);
}

static gboolean apply_blkio(const Cgroup *group, const BlkioTune *tune, GError **error)
{
    if (tune->weight && !cgroup_set_blkio_weight(group, tune->weight, error))
        return FALSE;
    for (guint i = 0; tune->devices && i < tune->devices->len; i++)
        if (!cgroup_set_blkio_device(group, tune->devices->pdata[i], error))
            return FALSE;
    return TRUE;
}

static gboolean apply(const DomainDef *def, const Cgroup *group, GError **error)
{
    const CpuTune *cpu = &def->cputune;
    const MemoryTune *memory = &def->memtune;
    const BlkioTune *blkio = &def->blkiotune;
    gboolean has_memory = memory->hard_kib || memory->soft_kib || memory->swap_hard_kib;
    gboolean has_blkio = blkio->weight || (blkio->devices && blkio->devices->len > 0);

    return check_quota(def, group, error) &&
           (!is_possible(def, group, CGROUP_CPU, cpu->shares != 0, "shares") ||
            cgroup_set_shares(group, cpu->shares, error)) &&
           cgroup_set_bandwidth(group, &cpu->global, error) &&
           (!is_possible(def, group, CGROUP_MEMORY, has_memory, "memtune") ||
            cgroup_set_memory(group, memory, error)) &&
           (!is_possible(def, group, CGROUP_BLKIO, has_blkio, "blkiotune") || apply_blkio(group, blkio, error));
}

gboolean guest_cgroup_enter(const DomainDef *def, const char *run, pid_t pid, GError **error)
{
    g_autoptr(Cgroup) group = NULL;

    if (!driver.is_privileged || !cgroup_host_is_there(host))
        return apply(def, NULL, error);
    if (!register_machine(def, run, pid)) {
        if (!enter_path(def, run, pid, error))
            return FALSE;
    } else if (!cgroup_move_inside(host, pid, INNER_GROUP, error)) {
        return FALSE;
    }
    group = cgroup_of(host, pid, NULL);
    return apply(def, group, error);
}

/* ---- threads ---- */

typedef struct {
    const Cgroup *group;
    GError **error;
} Taking;

static gboolean take_thread(pid_t tid, gpointer data)
{
    Taking *taking = data;

    return cgroup_take_thread(taking->group, tid, taking->error);
}

static gboolean limit_thread(const Cgroup *group, pid_t pid, ThreadKind kind, guint id, const char *name,
                             const CpuBandwidth *bandwidth, GError **error)
{
    g_autoptr(Cgroup) child = NULL;
    Taking taking = {.error = error};

    if (!bandwidth->period_us && !bandwidth->quota_us)
        return TRUE;
    child = cgroup_make_for_threads(group, name);
    taking.group = child;
    return pin_each_thread(pid, kind, id, take_thread, &taking) && cgroup_set_bandwidth(child, bandwidth, error);
}

/* What tune says of each thread, of which def knows. */
static gboolean limit_threads(const DomainDef *def, const CpuTune *tune, const Cgroup *group, pid_t pid, GError **error)
{
    if (!limit_thread(group, pid, THREAD_EMULATOR, 0, EMULATOR_GROUP, &tune->emulator, error))
        return FALSE;
    for (guint i = 0; i < def->vcpus; i++) {
        g_autofree char *name = g_strdup_printf("vcpu%u", i);

        if (!limit_thread(group, pid, THREAD_VCPU, i, name, &tune->vcpu, error))
            return FALSE;
    }
    for (guint i = 0; def->iothreads && i < def->iothreads->len; i++) {
        guint id = ((const IoThread *)def->iothreads->pdata[i])->id;
        g_autofree char *name = g_strdup_printf("iothread%u", id);

        if (!limit_thread(group, pid, THREAD_IOTHREAD, id, name, &tune->iothread, error))
            return FALSE;
    }
    return TRUE;
}

gboolean guest_cgroup_limit_threads(const DomainDef *def, pid_t pid, GError **error)
{
    g_autoptr(Cgroup) group = NULL;

    if (!needs_quota(def))
        return TRUE;
    group = guest_cgroup_find(pid, CGROUP_CPU, error);
    return group && limit_threads(def, &def->cputune, group, pid, error);
}

/* ---- changes ---- */

gboolean guest_cgroup_change_cpu(const DomainDef *def, const CpuTune *given, pid_t pid, GError **error)
{
    g_autoptr(Cgroup) group = guest_cgroup_find(pid, CGROUP_CPU, error);

    return group && (!given->shares || cgroup_set_shares(group, given->shares, error)) &&
           cgroup_set_bandwidth(group, &given->global, error) && limit_threads(def, given, group, pid, error);
}

gboolean guest_cgroup_change_memory(const MemoryTune *given, pid_t pid, GError **error)
{
    g_autoptr(Cgroup) group = guest_cgroup_find(pid, CGROUP_MEMORY, error);

    return group && cgroup_set_memory(group, given, error);
}

gboolean guest_cgroup_change_blkio(const BlkioTune *tune, pid_t pid, GError **error)
{
    g_autoptr(Cgroup) group = guest_cgroup_find(pid, CGROUP_BLKIO, error);

    return group && apply_blkio(group, tune, error);
}
