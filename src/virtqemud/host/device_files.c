/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/host/device_files.h"

#include <errno.h>
#include <sys/stat.h>

#include "common/error.h"

/* What cannot be looked at may be open to QEMU nevertheless. */
static gboolean is_missing(const char *path)
{
    struct stat info;

    return stat(path, &info) < 0 && (errno == ENOENT || errno == ENOTDIR);
}

/* ---- the guest's alone ---- */

static void add(GPtrArray *paths, const char *path)
{
    if (path)
        g_ptr_array_add(paths, g_strdup(path));
}

/* A pipe for both ways, or one for each, which QEMU looks for first. */
static void add_pipe(GPtrArray *paths, const char *path)
{
    g_autofree char *in = g_strconcat(path, ".in", NULL);
    g_autofree char *out = g_strconcat(path, ".out", NULL);
    gboolean is_pair = !is_missing(in) && !is_missing(out);

    add(paths, is_pair ? in : path);
    if (is_pair)
        add(paths, out);
}

static void add_chars(GPtrArray *paths, const GPtrArray *chars)
{
    for (guint i = 0; i < chars->len; i++) {
        const CharSource *source = &((const CharDef *)g_ptr_array_index(chars, i))->source;

        if (source->type == CHAR_SOURCE_DEV)
            add(paths, source->path);
        else if (source->type == CHAR_SOURCE_PIPE && source->path)
            add_pipe(paths, source->path);
    }
}

GPtrArray *device_files_own(const DomainDef *def)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < def->inputs->len; i++)
        add(paths, ((const InputDef *)g_ptr_array_index(def->inputs, i))->evdev);
    for (guint i = 0; i < def->memory_devices->len; i++)
        add(paths, ((const MemoryDeviceDef *)g_ptr_array_index(def->memory_devices, i))->path);
    add_chars(paths, def->serials);
    add_chars(paths, def->parallels);
    add_chars(paths, def->channels);
    add_chars(paths, def->consoles);
    return paths;
}

/* ---- others may use them too ---- */

static void add_shared(GPtrArray *paths, const DomainDef *def)
{
    for (guint i = 0; i < def->graphics->len; i++)
        add(paths, ((const GraphicsDef *)g_ptr_array_index(def->graphics, i))->rendernode);
    for (guint i = 0; i < def->rngs->len; i++)
        add(paths, ((const RngDef *)g_ptr_array_index(def->rngs, i))->path);
    for (guint i = 0; i < def->filesystems->len; i++) {
        const FilesystemDef *filesystem = g_ptr_array_index(def->filesystems, i);

        /* Of those that virtiofsd serves its own start tells (virtiofs_host.h). */
        if (filesystem->driver != FILESYSTEM_DRIVER_VIRTIOFS)
            add(paths, filesystem->dir);
    }
}

gboolean device_files_check(const DomainDef *def, GError **error)
{
    g_autoptr(GPtrArray) paths = device_files_own(def);

    add_shared(paths, def);
    for (guint i = 0; i < paths->len; i++) {
        const char *path = g_ptr_array_index(paths, i);

        if (is_missing(path)) {
            vir_error_set_errno(error, VIR_FROM_SECURITY, errno, "unable to stat: %s", path);
            return FALSE;
        }
    }
    return TRUE;
}
