/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/storage/storage.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "common/file.h"
#include "virtqemud/command/alias.h"

static gboolean check_file(const char *path, GError **error)
{
    if (access(path, F_OK) == 0)
        return TRUE;
    vir_error_set_errno(error, VIR_FROM_STORAGE, errno, "Cannot access storage file '%s'", path);
    return FALSE;
}

static gboolean is_missing(const DiskDef *disk)
{
    const char *path = disk_source_local_path(&disk->source);

    return disk->source.type == DISK_SOURCE_VOLUME ? !path : path && access(path, F_OK) < 0;
}

static void make_empty(DiskSource *source)
{
    g_clear_pointer(&source->path, g_free);
    g_clear_pointer(&source->pool, g_free);
    g_clear_pointer(&source->volume, g_free);
    source->startup_policy = DISK_STARTUP_DEFAULT;
}

static void missing_free(gpointer data)
{
    MissingImage *image = data;

    g_free(image->path);
    g_free(image->alias);
    g_free(image);
}

static MissingImage *missing_new(const DomainDef *def, const DiskDef *disk)
{
    MissingImage *image = g_new(MissingImage, 1);

    *image = (MissingImage){g_strdup(disk->source.path),
                            disk->info.alias ? g_strdup(disk->info.alias) : alias_of_disk(def, disk),
                            !disk_is_removable(disk)};
    return image;
}

/* An optional disc that is not there is an empty drive, an optional disk is none. */
static GPtrArray *leave_out_missing(DomainDef *def)
{
    GPtrArray *missing = g_ptr_array_new_with_free_func(missing_free);

    for (guint i = def->disks->len; i-- > 0;) {
        DiskDef *disk = g_ptr_array_index(def->disks, i);

        if (disk->source.startup_policy != DISK_STARTUP_OPTIONAL || !is_missing(disk))
            continue;
        g_ptr_array_add(missing, missing_new(def, disk));
        if (disk_is_removable(disk))
            make_empty(&disk->source);
        else
            disk_def_free(g_ptr_array_remove_index(def->disks, i));
    }
    return missing;
}

static gboolean check_disk(const DiskDef *disk, GError **error)
{
    const char *path = disk_source_local_path(&disk->source);

    if (path && !check_file(path, error))
        return FALSE;
    for (const DiskBacking *backing = disk->backing; backing && backing->source.type != DISK_SOURCE_NONE;
         backing = backing->backing) {
        path = disk_source_local_path(&backing->source);
        if (path && !check_file(path, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean copy_bytes(int from, int to)
{
    struct stat info;
    off_t left;

    if (fstat(from, &info) < 0)
        return FALSE;
    for (left = info.st_size; left > 0;) {
        gssize n = sendfile(to, from, NULL, (size_t)left);

        if (n <= 0)
            return FALSE;
        left -= n;
    }
    return fsync(to) == 0;
}

static gboolean copy_file(const char *from, const char *to, GError **error)
{
    g_autofree char *temporary = g_strdup_printf("%s.new", to);
    g_autofree char *dir = g_path_get_dirname(to);
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = -1;
    gboolean ok = FALSE;

    if (in >= 0 && file_make_dir(dir, 0711, VIR_FROM_QEMU, NULL))
        out = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out >= 0)
        ok = copy_bytes(in, out) && rename(temporary, to) == 0;
    if (!ok)
        vir_error_set_errno(error, VIR_FROM_QEMU, errno, "Failed to copy '%s' to '%s'", from, to);
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return ok;
}

static gboolean prepare_nvram(const DomainOs *os, gboolean reset, GError **error)
{
    if (!os->nvram || (!reset && access(os->nvram, F_OK) == 0))
        return TRUE;
    if (!os->nvram_template) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_FAILED,
                      "unable to find any master var store for loader: %s", os->loader);
        return FALSE;
    }
    return copy_file(os->nvram_template, os->nvram, error);
}

gboolean storage_prepare(DomainDef *def, gboolean reset_nvram, GPtrArray **missing, GError **error)
{
    const DomainOs *os = def->os;
    const char *const files[] = {os->kernel, os->initrd, os->loader, os->acpi_table_file};

    for (gsize i = 0; i < G_N_ELEMENTS(files); i++)
        if (files[i] && !check_file(files[i], error))
            return FALSE;
    if (missing)
        *missing = leave_out_missing(def);
    for (guint i = 0; i < def->disks->len; i++)
        if (!check_disk(g_ptr_array_index(def->disks, i), error))
            return FALSE;
    return prepare_nvram(os, reset_nvram, error);
}
