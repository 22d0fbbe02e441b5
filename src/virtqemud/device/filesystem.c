/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Directories of the host: by QEMU itself (9p), or by a process that serves them (virtiofs). */
#include "virtqemud/command/build.h"

static const char *const security_models[FILESYSTEM_ACCESS_LAST] = {[FILESYSTEM_ACCESS_PASSTHROUGH] = "passthrough",
                                                                    [FILESYSTEM_ACCESS_MAPPED] = "mapped",
                                                                    [FILESYSTEM_ACCESS_SQUASH] = "none"};

char *filesystem_socket_path(const FilesystemDef *filesystem, const char *guest_dir)
{
    if (filesystem->socket)
        return g_strdup(filesystem->socket);
    return g_strdup_printf("%s/%s-fs.sock", guest_dir, filesystem->info.alias);
}

static gboolean add_virtiofs(CommandBuild *build, const FilesystemDef *filesystem, GError **error)
{
    g_autofree char *path = filesystem_socket_path(filesystem, build->guest_dir);
    g_autoptr(GString) chardev = g_string_new("socket");
    json_object *object = device_new("vhost-user-fs-pci");

    g_string_append_printf(chardev, ",id=chr-vu-%s", filesystem->info.alias);
    option_append(chardev, "path", path);
    command_add(build->command, "-chardev", chardev->str);
    json_add_string(object, "id", filesystem->info.alias);
    json_add_stringf(object, "chardev", "chr-vu-%s", filesystem->info.alias);
    if (filesystem->queue_size > 0)
        json_add_int(object, "queue-size", filesystem->queue_size);
    json_add_string(object, "tag", filesystem->target);
    if (filesystem->info.boot_order > 0)
        json_add_int(object, "bootindex", filesystem->info.boot_order);
    device_add_virtio_options(object, &filesystem->virtio);
    device_add_address(build, object, &filesystem->info);
    return device_add(build, object, error);
}

static gboolean add_9p(CommandBuild *build, const FilesystemDef *filesystem, GError **error)
{
    g_autofree char *driver = device_virtio_driver("virtio-9p-pci", filesystem->model);
    g_autoptr(GString) options = g_string_new("local");
    json_object *object;

    option_append(options, "security_model", security_models[filesystem->access]);
    if (filesystem->multidevs)
        option_append(options, "multidevs", filesystem_multidevs[filesystem->multidevs]);
    if (filesystem->file_mode)
        option_appendf(options, "fmode", "%04o", filesystem->file_mode);
    if (filesystem->dir_mode)
        option_appendf(options, "dmode", "%04o", filesystem->dir_mode);
    if (filesystem->write_policy)
        option_append(options, "writeout", "immediate");
    g_string_append_printf(options, ",id=fsdev-%s", filesystem->info.alias);
    option_append(options, "path", filesystem->dir);
    if (filesystem->is_readonly)
        g_string_append(options, ",readonly=on");
    command_add(build->command, "-fsdev", options->str);
    object = device_new(driver);
    device_add_virtio_options(object, &filesystem->virtio);
    json_add_string(object, "id", filesystem->info.alias);
    json_add_stringf(object, "fsdev", "fsdev-%s", filesystem->info.alias);
    json_add_string(object, "mount_tag", filesystem->target);
    device_add_address(build, object, &filesystem->info);
    return device_add(build, object, error);
}

gboolean build_filesystems(CommandBuild *build, GError **error)
{
    for (guint i = 0; i < build->def->filesystems->len; i++) {
        const FilesystemDef *filesystem = g_ptr_array_index(build->def->filesystems, i);
        gboolean is_virtiofs = filesystem->driver == FILESYSTEM_DRIVER_VIRTIOFS;

        if (!(is_virtiofs ? add_virtiofs : add_9p)(build, filesystem, error))
            return FALSE;
    }
    return TRUE;
}
