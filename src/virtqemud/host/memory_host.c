/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/host/memory_host.h"

#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "common/error.h"
#include "common/file.h"
#include "virtqemud/driver.h"
#include "virtqemud/host/host_file.h"
#include "virtqemud/host/host_node.h"
#include "virtqemud/host/ownership.h"

#define RUN_PREFIX "domain-"

const char *memory_host_run_name(const char *run)
{
    return g_str_has_prefix(run, RUN_PREFIX) ? run + strlen(RUN_PREFIX) : run;
}

/* ---- where the host has large pages ---- */

static void add_mount(const char *path)
{
    struct statfs info;
    HugeMount *mount;

    if (statfs(path, &info) < 0)
        return;
    mount = g_new0(HugeMount, 1);
    mount->size_kib = (guint64)info.f_bsize / 1024;
    mount->path = g_strdup(path);
    g_ptr_array_add(driver.settings.huge_mounts, mount);
}

static void add_all_mounts(void)
{
    FILE *mounts = setmntent("/proc/self/mounts", "r");
    char buffer[4096];
    struct mntent entry;

    while (mounts && getmntent_r(mounts, &entry, buffer, sizeof(buffer)))
        if (g_str_equal(entry.mnt_type, "hugetlbfs"))
            add_mount(entry.mnt_dir);
    if (mounts)
        endmntent(mounts);
}

static guint64 default_size(void)
{
    g_autofree char *text = NULL;
    const char *line;
    guint64 size = 0;

    if (g_file_get_contents("/proc/meminfo", &text, NULL, NULL) && (line = strstr(text, "\nHugepagesize:")))
        size = g_ascii_strtoull(line + strlen("\nHugepagesize:"), NULL, 10);
    return size;
}

void memory_host_load(char *const *mounts)
{
    driver.settings.huge_mounts = g_ptr_array_new();
    driver.settings.huge_default_kib = default_size();
    for (guint i = 0; mounts && mounts[i]; i++)
        if (*mounts[i])
            add_mount(mounts[i]);
    if (!mounts)
        add_all_mounts();
}

/* ---- directories ---- */

typedef gboolean (*DirFunc)(const char *dir, GError **error);

static gboolean each_dir(const char *run, gboolean is_plain, gboolean is_huge, DirFunc each, GError **error)
{
    const char *name = memory_host_run_name(run);
    const GPtrArray *mounts = driver.settings.huge_mounts;
    g_autofree char *plain = g_build_filename(driver.settings.memory_dir, name, NULL);

    if (is_plain && !each(plain, error))
        return FALSE;
    for (guint i = 0; is_huge && i < mounts->len; i++) {
        g_autofree char *dir = memory_huge_dir(&driver.settings, ((const HugeMount *)mounts->pdata[i])->size_kib, name);

        if (!each(dir, error))
            return FALSE;
    }
    return TRUE;
}

/* Those above it are to be passed through by QEMU's user on the way to its own. */
static gboolean make_dir(const char *dir, GError **error)
{
    g_autofree char *above = g_path_get_dirname(dir);

    return file_make_dir(above, 0711, VIR_FROM_QEMU, error) && file_make_dir(dir, 0700, VIR_FROM_QEMU, error) &&
           ownership_hand_over(dir, error);
}

static gboolean remove_dir(const char *path, GError **error)
{
    g_autoptr(GDir) entries = g_dir_open(path, 0, NULL);
    const char *name;

    while (entries && (name = g_dir_read_name(entries))) {
        g_autofree char *file = g_build_filename(path, name, NULL);

        unlink(file);
    }
    rmdir(path);
    return TRUE;
}

/* ---- memory nodes ---- */

static void look_for_node(guint node, gpointer data)
{
    GError **error = data;
    guint64 kib;

    if (!*error && !host_node_total_kib(node, &kib))
        vir_error_set(error, VIR_FROM_NONE, VIR_ERR_CONFIG_UNSUPPORTED, "NUMA node %u is unavailable", node);
}

gboolean memory_host_check_nodes(const DomainDef *def, GError **error)
{
    const NumaTune *tune = &def->numatune;
    GError *missing = NULL;

    if (tune->memory)
        host_each_number(tune->memory->nodeset, look_for_node, &missing);
    for (guint i = 0; tune->memnodes && i < tune->memnodes->len; i++)
        host_each_number(((const NumaMemory *)tune->memnodes->pdata[i])->nodeset, look_for_node, &missing);
    for (guint i = 0; i < def->memory_devices->len; i++)
        host_each_number(((const MemoryDeviceDef *)def->memory_devices->pdata[i])->nodemask, look_for_node, &missing);
    if (!missing)
        return TRUE;
    g_propagate_error(error, missing);
    return FALSE;
}

gboolean memory_host_prepare(const DomainDef *def, const char *run, GError **error)
{
    return each_dir(run, memory_is_file(def), memory_is_huge_file(def), make_dir, error);
}

static void work_end(gpointer run)
{
    each_dir(run, TRUE, TRUE, remove_dir, NULL);
}

/* The file system gives back a guest's memory, which may take a while. */
void memory_host_end(const char *run)
{
    daemon_run_worker(driver.daemon, work_end, g_free, g_strdup(run));
}
