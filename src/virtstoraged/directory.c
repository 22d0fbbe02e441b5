/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtstoraged/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/error.h"
#include "common/file.h"
#include "virtstoraged/new_file.h"
#include "virtstoraged/volume_file.h"

#define MODE_DEFAULT 0711

static gboolean fail(GError **error, const char *what, const char *path)
{
    g_autofree char *message = g_strdup_printf(what, path);

    vir_error_set_errno(error, VIR_FROM_STORAGE, errno, "%s", message);
    return FALSE;
}

/* ---- making ---- */

static gboolean set_cow(const PoolDef *def, GError **error)
{
    struct statfs info;
    int attributes = 0;
    int fd = open(def->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    gboolean ok;

    if (fd < 0)
        return fail(error, "cannot open directory '%s'", def->path);
    if (fstatfs(fd, &info) == 0 && info.f_type != BTRFS_SUPER_MAGIC) {
        vir_error_set_errno(error, VIR_FROM_NONE, ENOSYS, "unable to control COW flag on '%s', not btrfs", def->path);
        close(fd);
        return FALSE;
    }
    ok = ioctl(fd, FS_IOC_GETFLAGS, &attributes) == 0;
    attributes = def->cow == XML_BOOL_NO ? attributes | FS_NOCOW_FL : attributes & ~FS_NOCOW_FL;
    ok = ok && ioctl(fd, FS_IOC_SETFLAGS, &attributes) == 0;
    close(fd);
    return ok || fail(error, "unable to set COW flag on '%s'", def->path);
}

gboolean directory_build(const PoolDef *def, GError **error)
{
    const StoragePermissions *permissions = &def->permissions;
    g_autofree char *parent = g_path_get_dirname(def->path);
    int mode = permissions->mode;

    if (!file_make_dir(parent, 0777, VIR_FROM_STORAGE, error))
        return FALSE;
    if (mkdir(def->path, MODE_DEFAULT) == 0)
        mode = mode < 0 ? MODE_DEFAULT : mode;
    else if (errno != EEXIST || !g_file_test(def->path, G_FILE_TEST_IS_DIR))
        return fail(error, "failed to create directory '%s'", def->path);
    if ((permissions->owner >= 0 || permissions->group >= 0) &&
        chown(def->path, (uid_t)permissions->owner, (gid_t)permissions->group) < 0)
        return fail(error, "cannot chown '%s'", def->path);
    if (mode >= 0 && chmod(def->path, (mode_t)mode) < 0)
        return fail(error, "cannot set mode of '%s'", def->path);
    return def->cow == XML_BOOL_ABSENT || set_cow(def, error);
}

gboolean directory_delete(const PoolDef *def, GError **error)
{
    return rmdir(def->path) == 0 || fail(error, "failed to remove pool '%s'", def->path);
}

/* ---- looking ---- */

static gboolean measure(const char *path, guint64 *capacity, guint64 *allocation, guint64 *available)
{
    struct statvfs info;

    if (statvfs(path, &info) < 0)
        return FALSE;
    *capacity = (guint64)info.f_frsize * info.f_blocks;
    *available = (guint64)info.f_frsize * info.f_bavail;
    *allocation = *capacity - *available;
    return TRUE;
}

void directory_measure(PoolDef *def)
{
    measure(def->path, &def->capacity, &def->allocation, &def->available);
}

/* A name with a line's end in it could be given to nobody. */
static gboolean is_presentable(const char *name)
{
    for (const char *c = name; *c; c++) {
        if (g_ascii_iscntrl(*c))
            return FALSE;
    }
    return g_utf8_validate(name, -1, NULL);
}

static GPtrArray *find_volumes(const char *path, GError **error)
{
    g_autoptr(GPtrArray) volumes = g_ptr_array_new_with_free_func((GDestroyNotify)volume_def_free);
    g_autoptr(GDir) entries = NULL;
    const char *name;

    errno = 0;
    entries = g_dir_open(path, 0, NULL);
    if (!entries) {
        fail(error, "cannot open directory '%s'", path);
        return NULL;
    }
    while ((name = g_dir_read_name(entries))) {
        VolumeDef *def = NULL;

        if (new_file_is_name(name))
            new_file_sweep(path, name);
        else if (is_presentable(name))
            def = volume_file_find(path, name);
        if (def)
            g_ptr_array_add(volumes, def);
    }
    return g_steal_pointer(&volumes);
}

DirectoryScan *directory_scan(const PoolDef *def, GError **error)
{
    DirectoryScan *scan = g_new0(DirectoryScan, 1);
    struct stat info;

    scan->volumes = find_volumes(def->path, error);
    if (scan->volumes && measure(def->path, &scan->capacity, &scan->allocation, &scan->available) &&
        stat(def->path, &info) == 0) {
        volume_file_permissions(&scan->permissions, def->path, &info);
        return scan;
    }
    if (scan->volumes)
        fail(error, "cannot look at '%s'", def->path);
    directory_scan_free(scan);
    return NULL;
}

void directory_scan_free(DirectoryScan *scan)
{
    if (!scan)
        return;
    g_clear_pointer(&scan->volumes, g_ptr_array_unref);
    g_free(scan->permissions.label);
    g_free(scan);
}
