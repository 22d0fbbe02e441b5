/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sockets between guest and host, and memory that guests share. */
#include "virtqemud/command/build.h"

#define MIB (G_GUINT64_CONSTANT(1) << 20)

#define SHMEM_DIR          "/dev/shm"
#define SHMEM_SERVER       "/var/lib/libvirt/shmem-%s-sock"
#define SHMEM_DEFAULT_SIZE (4 * MIB)

static gboolean add_vsock(CommandBuild *build, const VsockDef *vsock, GError **error)
{
    g_autofree char *driver = device_virtio_driver("vhost-vsock-pci", vsock->model);
    json_object *object = device_new(driver);

    json_add_string(object, "id", vsock->info.alias);
    json_add_int(object, "guest-cid", vsock->cid);
    json_add_stringf(object, "vhostfd", "%d", build->purpose == BUILD_RUN ? build->vsock_fd : -1);
    if (build->purpose == BUILD_RUN)
        command_pass_fd(build->command, build->vsock_fd);
    device_add_virtio_options(object, &vsock->virtio);
    device_add_address(build, object, &vsock->info);
    return device_add(build, object, error);
}

gboolean build_vsocks(CommandBuild *build, GError **error)
{
    for (guint i = 0; i < build->def->vsocks->len; i++)
        if (!add_vsock(build, g_ptr_array_index(build->def->vsocks, i), error))
            return FALSE;
    return TRUE;
}

static gboolean add_memory(CommandBuild *build, const ShmemDef *shmem, GError **error)
{
    guint64 size = shmem->size_bytes ? shmem->size_bytes : SHMEM_DEFAULT_SIZE;
    json_object *object;

    if (size & (size - 1))
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_XML_ERROR, "shmem size must be a power of two");
    if (size < MIB)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_XML_ERROR, "shmem size must be at least 1 MiB (1024 KiB)");
    object = json_object_new_object();
    json_add_string(object, "qom-type", "memory-backend-file");
    json_add_stringf(object, "id", "shmmem-%s", shmem->info.alias);
    json_add_stringf(object, "mem-path", "%s/%s", SHMEM_DIR, shmem->name);
    json_add_int(object, "size", (gint64)size);
    json_add_bool(object, "share", TRUE);
    command_add_json(build->command, "-object", object);
    return TRUE;
}

static void add_server(CommandBuild *build, const ShmemDef *shmem)
{
    g_autofree char *path =
        shmem->server_path ? g_strdup(shmem->server_path) : g_strdup_printf(SHMEM_SERVER, shmem->name);
    const CharSource server = {.type = CHAR_SOURCE_UNIX, .path = path};

    build_char_source(build, shmem->info.alias, &server, NULL);
}

gboolean build_shmem(CommandBuild *build, gconstpointer device, GError **error)
{
    const ShmemDef *shmem = device;
    json_object *object;

    if (shmem->model == SHMEM_PLAIN && !add_memory(build, shmem, error))
        return FALSE;
    if (shmem->model == SHMEM_DOORBELL)
        add_server(build, shmem);
    object = device_new(shmem_models[shmem->model]);
    json_add_string(object, "id", shmem->info.alias);
    if (shmem->model == SHMEM_PLAIN)
        json_add_stringf(object, "memdev", "shmmem-%s", shmem->info.alias);
    else
        json_add_stringf(object, "chardev", "char%s", shmem->info.alias);
    if (shmem->msi_vectors > 0)
        json_add_int(object, "vectors", shmem->msi_vectors);
    device_add_switch(object, "ioeventfd", shmem->msi_ioeventfd);
    if (shmem->role)
        json_add_string(object, "master", shmem->role == SHMEM_ROLE_MASTER ? "on" : "off");
    device_add_address(build, object, &shmem->info);
    return device_add(build, object, error);
}

gboolean build_shmems(CommandBuild *build, GError **error)
{
    for (guint i = 0; i < build->def->shmems->len; i++)
        if (!build_shmem(build, g_ptr_array_index(build->def->shmems, i), error))
            return FALSE;
    return TRUE;
}
