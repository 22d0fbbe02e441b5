/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtstoraged/image_tool.h"

#include <string.h>

#include "common/command.h"
#include "common/error.h"

/* What is not said is what every QEMU reads. */
#define COMPAT_DEFAULT "0.10"
#define NO_TIMEOUT     G_MAXINT
#define SECTOR         512

/* ---- what a format can have ---- */

static const char *compat_of(const VolumeTarget *target)
{
    return target->compat ? target->compat : COMPAT_DEFAULT;
}

static gboolean check_options(const VolumeDef *def, guint flags, GError **error)
{
    const VolumeTarget *target = &def->target;
    gboolean is_old = strcmp(compat_of(target), COMPAT_DEFAULT) == 0;

    if ((flags & VIR_STORAGE_VOL_CREATE_PREALLOC_METADATA) && target->format != IMAGE_FORMAT_QCOW2)
        return vir_error_fail(error, VIR_FROM_STORAGE, VIR_ERR_CONFIG_UNSUPPORTED,
                              "metadata preallocation only available with qcow2");
    if ((flags & VIR_STORAGE_VOL_CREATE_PREALLOC_METADATA) && def->backing)
        return vir_error_fail(error, VIR_FROM_STORAGE, VIR_ERR_CONFIG_UNSUPPORTED,
                              "metadata preallocation conflicts with backing store");
    if (target->lazy_refcounts && is_old)
        return vir_error_fail(error, VIR_FROM_STORAGE, VIR_ERR_CONFIG_UNSUPPORTED,
                              "lazy_refcounts not supported with compat level %s", COMPAT_DEFAULT);
    if (target->extended_l2 && is_old)
        return vir_error_fail(error, VIR_FROM_STORAGE, VIR_ERR_CONFIG_UNSUPPORTED,
                              "extended_l2 not supported with compat level %s", COMPAT_DEFAULT);
    return TRUE;
}

static void add(GString *options, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void add(GString *options, const char *format, ...)
{
    va_list args;

    if (options->len)
        g_string_append_c(options, ',');
    va_start(args, format);
    g_string_append_vprintf(options, format, args);
    va_end(args);
}

/* What -o takes; empty for a format that has no options. */
static GString *options_of(const VolumeDef *def, guint flags)
{
    const VolumeTarget *target = &def->target;
    GString *options = g_string_new(NULL);

    if (def->backing)
        add(options, "backing_fmt=%s", image_formats[def->backing->format]);
    if (flags & VIR_STORAGE_VOL_CREATE_PREALLOC_METADATA)
        add(options, "preallocation=%s", def->capacity > def->allocation ? "metadata" : "falloc");
    if (target->nocow)
        add(options, "nocow=on");
    if (target->format == IMAGE_FORMAT_QCOW2)
        add(options, "compat=%s", compat_of(target));
    if (target->cluster_size)
        add(options, "cluster_size=%" G_GUINT64_FORMAT, target->cluster_size);
    if (target->lazy_refcounts)
        add(options, "lazy_refcounts=on");
    if (target->extended_l2)
        add(options, "extended_l2=on");
    return options;
}

/* ---- running it ---- */

static const char *driver_of(ImageFormat format)
{
    return image_formats[format == IMAGE_FORMAT_ISO ? IMAGE_FORMAT_RAW : format];
}

/* argv: the arguments, without the program, which is looked up so that errors name it in full. Released here. */
static gboolean run(GPtrArray *argv, GError **error)
{
    char *program = g_find_program_in_path("qemu-img");
    gboolean ok;

    g_ptr_array_insert(argv, 0, program ? program : g_strdup("qemu-img"));
    g_ptr_array_add(argv, NULL);
    ok = command_run_bound((const char *const *)argv->pdata, NO_TIMEOUT, VIR_FROM_NONE, error);
    g_ptr_array_unref(argv);
    return ok;
}

static GPtrArray *arguments(const char *first, ...) G_GNUC_NULL_TERMINATED;

static GPtrArray *arguments(const char *first, ...)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
    va_list args;

    va_start(args, first);
    for (const char *word = first; word; word = va_arg(args, const char *))
        g_ptr_array_add(argv, g_strdup(word));
    va_end(args);
    return argv;
}

static void append(GPtrArray *argv, const char *option, const char *value)
{
    g_ptr_array_add(argv, g_strdup(option));
    g_ptr_array_add(argv, g_strdup(value));
}

gboolean image_tool_create(const VolumeDef *def, const char *path, guint flags, GError **error)
{
    g_autoptr(GString) options = options_of(def, flags);
    GPtrArray *argv;

    if (!check_options(def, flags, error))
        return FALSE;
    argv = arguments("create", "-f", driver_of(def->target.format), NULL);
    if (def->backing)
        append(argv, "-b", def->backing->path);
    if (options->len)
        append(argv, "-o", options->str);
    g_ptr_array_add(argv, g_strdup(path));
    /* One that has none takes that of what lies under it. */
    if (def->has_capacity)
        g_ptr_array_add(argv,
                        g_strdup_printf("%" G_GUINT64_FORMAT "K", def->capacity / 1024 + !!(def->capacity % 1024)));
    return run(argv, error);
}

gboolean image_tool_resize(const VolumeDef *def, guint64 capacity, guint flags, GError **error)
{
    GPtrArray *argv = arguments("resize", "-f", driver_of(def->target.format), NULL);

    if (flags & VIR_STORAGE_VOL_RESIZE_SHRINK)
        g_ptr_array_add(argv, g_strdup("--shrink"));
    if (flags & VIR_STORAGE_VOL_RESIZE_ALLOCATE)
        g_ptr_array_add(argv, g_strdup("--preallocation=falloc"));
    g_ptr_array_add(argv, g_strdup(def->target.path));
    g_ptr_array_add(argv, g_strdup_printf("%" G_GUINT64_FORMAT, (capacity + SECTOR - 1) / SECTOR * SECTOR));
    return run(argv, error);
}

/* A copy is as large as its source; the rest is added behind it. */
static gboolean grow(const VolumeDef *def, const VolumeDef *source, const char *path, GError **error)
{
    VolumeDef made = *def;

    if (def->capacity <= source->capacity)
        return TRUE;
    made.target.path = (char *)path;
    return image_tool_resize(&made, def->capacity, 0, error);
}

gboolean image_tool_convert(const VolumeDef *def, const VolumeDef *source, const char *path, guint flags,
                            GError **error)
{
    g_autoptr(GString) options = options_of(def, flags);
    GPtrArray *argv;

    if (!check_options(def, flags, error))
        return FALSE;
    argv = arguments("convert", "-f", driver_of(source->target.format), "-O", driver_of(def->target.format), NULL);
    if (options->len)
        append(argv, "-o", options->str);
    if (def->backing)
        append(argv, "-B", def->backing->path);
    g_ptr_array_add(argv, g_strdup(source->target.path));
    g_ptr_array_add(argv, g_strdup(path));
    return run(argv, error) && grow(def, source, path, error);
}
