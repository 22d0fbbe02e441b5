/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/storage/transient.h"

#include <unistd.h>

#include "common/command.h"
#include "common/error.h"
#include "virtqemud/driver.h"

#define CREATE_TIMEOUT_MS (30 * 1000)

/* The overlay of a disk that has one already, or is to get it. */
static char *overlay_path(const DomainDef *def, const DiskDef *disk)
{
    g_autofree char *suffix = g_strconcat(".TRANSIENT-", def->name, NULL);

    return g_str_has_suffix(disk->source.path, suffix) ? g_strdup(disk->source.path)
                                                       : g_strconcat(disk->source.path, suffix, NULL);
}

static gboolean check_disk(const DiskDef *disk, GError **error)
{
    if (disk->source.type == DISK_SOURCE_FILE && !disk_encryption(disk))
        return TRUE;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                  "transient disk '%s' is not a plain file of this host", disk->target);
    return FALSE;
}

static gboolean create(const DiskDef *disk, const char *overlay, GError **error)
{
    const char *const argv[] = {"qemu-img", "create",          "-q",    "-f", "qcow2", "-F", disk_formats[disk->format],
                                "-b",       disk->source.path, overlay, NULL};

    /* Of a run that ended with its host. */
    unlink(overlay);
    return command_run(argv, NULL, CREATE_TIMEOUT_MS, VIR_FROM_QEMU, error);
}

/* What was the disk is what is below it. */
static void push(DiskDef *disk, char *overlay)
{
    DiskBacking *below = disk_backing_new();

    below->source = disk->source;
    below->source.is_below = TRUE;
    below->format = disk->format;
    below->backing = disk->backing;
    disk->source = (DiskSource){.type = DISK_SOURCE_FILE, .path = overlay};
    disk->format = DISK_FORMAT_QCOW2;
    disk->backing = below;
}

gboolean transient_prepare(DomainDef *def, GError **error)
{
    for (guint i = 0; i < def->disks->len; i++) {
        DiskDef *disk = g_ptr_array_index(def->disks, i);
        g_autofree char *overlay = NULL;

        if (!disk->is_transient || !disk_source_is_there(&disk->source))
            continue;
        if (!check_disk(disk, error))
            return FALSE;
        overlay = overlay_path(def, disk);
        if (!create(disk, overlay, error))
            return FALSE;
        push(disk, g_steal_pointer(&overlay));
    }
    return TRUE;
}

static void remove_file(gpointer path)
{
    unlink(path);
}

void transient_remove(const DomainDef *def)
{
    for (guint i = 0; def && i < def->disks->len; i++) {
        const DiskDef *disk = g_ptr_array_index(def->disks, i);

        if (disk->is_transient && disk->source.type == DISK_SOURCE_FILE && disk->source.path)
            daemon_run_worker(driver.daemon, remove_file, g_free, overlay_path(def, disk));
    }
}
