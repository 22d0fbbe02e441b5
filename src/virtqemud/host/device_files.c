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

static gboolean check(const char *path, GError **error)
{
    if (!path || !is_missing(path))
        return TRUE;
    vir_error_set_errno(error, VIR_FROM_SECURITY, errno, "unable to stat: %s", path);
    return FALSE;
}

/* A pipe is one for both ways, or one for each. */
static gboolean is_pair(const char *path)
{
    g_autofree char *in = g_strconcat(path, ".in", NULL);
    g_autofree char *out = g_strconcat(path, ".out", NULL);

    return !is_missing(in) && !is_missing(out);
}

static gboolean check_source(const CharSource *source, GError **error)
{
    gboolean is_pipe = source->type == CHAR_SOURCE_PIPE;

    if ((source->type != CHAR_SOURCE_DEV && !is_pipe) || (is_pipe && source->path && is_pair(source->path)))
        return TRUE;
    return check(source->path, error);
}

static gboolean check_chars(const GPtrArray *chars, GError **error)
{
    for (guint i = 0; i < chars->len; i++)
        if (!check_source(&((const CharDef *)g_ptr_array_index(chars, i))->source, error))
            return FALSE;
    return TRUE;
}

/* Lists of devices, and their members that are paths. */
static const struct {
    gsize list, path;
} files[] = {
    {offsetof(DomainDef, inputs), offsetof(InputDef, evdev)},
    {offsetof(DomainDef, memory_devices), offsetof(MemoryDeviceDef, path)},
    {offsetof(DomainDef, graphics), offsetof(GraphicsDef, rendernode)},
    {offsetof(DomainDef, rngs), offsetof(RngDef, path)},
};

static gboolean check_list(const GPtrArray *devices, gsize offset, GError **error)
{
    for (guint i = 0; i < devices->len; i++)
        if (!check(*(char *const *)((const char *)g_ptr_array_index(devices, i) + offset), error))
            return FALSE;
    return TRUE;
}

/* Of those that virtiofsd serves its own start tells (virtiofs_host.h). */
static gboolean check_filesystems(const GPtrArray *filesystems, GError **error)
{
    for (guint i = 0; i < filesystems->len; i++) {
        const FilesystemDef *filesystem = g_ptr_array_index(filesystems, i);

        if (filesystem->driver != FILESYSTEM_DRIVER_VIRTIOFS && !check(filesystem->dir, error))
            return FALSE;
    }
    return TRUE;
}

gboolean device_files_check(const DomainDef *def, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++)
        if (!check_list(*(GPtrArray *const *)((const char *)def + files[i].list), files[i].path, error))
            return FALSE;
    return check_filesystems(def->filesystems, error) && check_chars(def->serials, error) &&
           check_chars(def->parallels, error) && check_chars(def->channels, error) && check_chars(def->consoles, error);
}
