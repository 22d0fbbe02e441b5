/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/host/pin.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/error.h"
#include "conf/cpuset.h"

static const char *const kind_names[] = {"emulator", "vcpu", "iothread"};

ThreadKind pin_thread_kind(const char *name, guint *id)
{
    *id = 0;
    if (sscanf(name, "CPU %u/", id) == 1)
        return THREAD_VCPU;
    return sscanf(name, "IO iothread%u", id) == 1 ? THREAD_IOTHREAD : THREAD_EMULATOR;
}

static ThreadKind read_kind(const char *path, guint *id)
{
    g_autofree char *file = g_strdup_printf("%s/comm", path);
    g_autofree char *name = NULL;

    return pin_thread_kind(g_file_get_contents(file, &name, NULL, NULL) ? name : "", id);
}

gboolean pin_each_thread(pid_t pid, ThreadKind kind, guint id, PinFunc each, gpointer data)
{
    g_autofree char *tasks = g_strdup_printf("/proc/%d/task", (int)pid);
    g_autoptr(GDir) dir = g_dir_open(tasks, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(tasks, name, NULL);
        guint number;

        if (read_kind(path, &number) == kind && (kind == THREAD_EMULATOR || number == id) && !each(atoi(name), data))
            return FALSE;
    }
    return TRUE;
}

static gboolean take_first(pid_t tid, gpointer data)
{
    *(pid_t *)data = tid;
    return FALSE;
}

pid_t pin_find_thread(pid_t pid, ThreadKind kind, guint id)
{
    pid_t tid = 0;

    pin_each_thread(pid, kind, id, take_first, &tid);
    return tid;
}

const char *pin_of(const DomainDef *def, ThreadKind kind, guint id)
{
    const CpuPin *pin =
        kind == THREAD_EMULATOR
            ? def->cputune.emulator_pin
            : cpu_pin_find(kind == THREAD_VCPU ? def->cputune.vcpu_pins : def->cputune.iothread_pins, id);

    return pin ? pin->cpuset : def->vcpu_cpuset;
}

/* ---- setting ---- */

typedef struct {
    cpu_set_t set;
    guint n_threads;
    int errnum;
} Setting;

/* A thread that has ended meanwhile needs no place. */
static gboolean set_one(pid_t tid, gpointer data)
{
    Setting *setting = data;

    setting->n_threads++;
    if (sched_setaffinity(tid, sizeof(setting->set), &setting->set) < 0 && errno != ESRCH)
        setting->errnum = errno;
    return !setting->errnum;
}

static void fill_set(const char *cpuset, cpu_set_t *set)
{
    guint8 bits[CPU_SETSIZE / 8];

    cpuset_to_bits(cpuset, bits, sizeof(bits));
    CPU_ZERO(set);
    for (int i = 0; i < CPU_SETSIZE; i++)
        if (bits[i / 8] >> (i % 8) & 1)
            CPU_SET(i, set);
}

gboolean pin_thread(pid_t pid, ThreadKind kind, guint id, const char *cpuset, GError **error)
{
    Setting setting = {.n_threads = 0};

    fill_set(cpuset, &setting.set);
    pin_each_thread(pid, kind, id, set_one, &setting);
    if (setting.errnum)
        vir_error_set_errno(error, VIR_FROM_QEMU, setting.errnum,
                            "cannot set CPU affinity on %s %u of process %d to %s", kind_names[kind], id, (int)pid,
                            cpuset);
    else if (setting.n_threads == 0)
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "QEMU (pid %d) has no thread of %s %u", (int)pid,
                      kind_names[kind], id);
    else
        return TRUE;
    return FALSE;
}

static gboolean pin_one(const DomainDef *def, pid_t pid, ThreadKind kind, guint id, GError **error)
{
    const char *cpuset = pin_of(def, kind, id);

    return !cpuset || pin_thread(pid, kind, id, cpuset, error);
}

gboolean pin_all(const DomainDef *def, pid_t pid, GError **error)
{
    if (!pin_one(def, pid, THREAD_EMULATOR, 0, error))
        return FALSE;
    for (guint i = 0; i < def->vcpus; i++)
        if (!pin_one(def, pid, THREAD_VCPU, i, error))
            return FALSE;
    for (guint i = 0; def->iothreads && i < def->iothreads->len; i++)
        if (!pin_one(def, pid, THREAD_IOTHREAD, ((const IoThread *)def->iothreads->pdata[i])->id, error))
            return FALSE;
    return TRUE;
}
