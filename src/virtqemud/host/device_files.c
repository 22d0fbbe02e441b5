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

gboolean device_files_check(const DomainDef *def, GError **error)
{
    for (guint i = 0; i < def->inputs->len; i++)
        if (!check(((const InputDef *)g_ptr_array_index(def->inputs, i))->evdev, error))
            return FALSE;
    for (guint i = 0; i < def->memory_devices->len; i++)
        if (!check(((const MemoryDeviceDef *)g_ptr_array_index(def->memory_devices, i))->path, error))
            return FALSE;
    for (guint i = 0; i < def->graphics->len; i++)
        if (!check(((const GraphicsDef *)g_ptr_array_index(def->graphics, i))->rendernode, error))
            return FALSE;
    return check_chars(def->serials, error) && check_chars(def->parallels, error) &&
           check_chars(def->channels, error) && check_chars(def->consoles, error);
}
