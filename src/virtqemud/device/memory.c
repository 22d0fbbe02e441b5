/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory modules: what each is made of (-object) and its place in the guest (-device). */
#include <unistd.h>

#include "virtqemud/command/build.h"

static const char *const drivers[MEMORY_DEVICE_LAST] = {
    [MEMORY_DEVICE_DIMM] = "pc-dimm", [MEMORY_DEVICE_NVDIMM] = "nvdimm"};

static gboolean is_huge(const MemoryDeviceDef *device)
{
    return device->page_kib > 0 && device->page_kib * 1024 != (unsigned long long)sysconf(_SC_PAGESIZE);
}

gboolean memory_device_is_file(const MemoryDeviceDef *device, const MemoryBacking *backing)
{
    return device->model == MEMORY_DEVICE_DIMM && !is_huge(device) && backing->source != MEMORY_SOURCE_MEMFD &&
           (device->access || backing->access == MEMORY_ACCESS_SHARED || backing->source == MEMORY_SOURCE_FILE);
}

gboolean memory_device_is_huge_file(const MemoryDeviceDef *device)
{
    return is_huge(device);
}

/* The file that it is, or NULL for memory without one. FALSE: there are no such pages here. */
static gboolean find_path(CommandBuild *build, const MemoryDeviceDef *device, char **path, GError **error)
{
    if (device->model == MEMORY_DEVICE_NVDIMM)
        *path = g_strdup(device->path);
    else if (is_huge(device))
        *path = memory_huge_dir(build->settings, device->page_kib, build->run_name);
    else if (memory_device_is_file(device, &build->def->memory_backing))
        *path = g_strdup_printf("%s/%s/%s", build->settings->memory_dir, build->run_name, device->info.alias);
    if (*path || !is_huge(device) || build->purpose == BUILD_CHECK)
        return TRUE;
    return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR,
                          "hugetlbfs filesystem is not mounted or disabled by administrator config");
}

/* A sparse file that fills up while the guest writes would take it down when its disk is full. */
static gboolean is_written_file(const MemoryDeviceDef *device)
{
    return device->model == MEMORY_DEVICE_NVDIMM && !device->is_pmem && !device->is_readonly;
}

static gboolean add_backend(CommandBuild *build, const MemoryDeviceDef *device, GError **error)
{
    const MemoryBacking *backing = &build->def->memory_backing;
    MemoryAccess access = device->access ? device->access : backing->access;
    g_autofree char *path = NULL;
    json_object *object;

    if (!find_path(build, device, &path, error))
        return FALSE;
    object = json_object_new_object();
    json_add_string(object, "qom-type",
                    path                                     ? "memory-backend-file"
                    : backing->source == MEMORY_SOURCE_MEMFD ? "memory-backend-memfd"
                                                             : "memory-backend-ram");
    json_add_stringf(object, "id", "mem%s", device->info.alias);
    json_add_string(object, "mem-path", path);
    if (path && device->discard == XML_BOOL_YES)
        json_add_bool(object, "discard-data", TRUE);
    if (access != MEMORY_ACCESS_DEFAULT)
        json_add_bool(object, "share", access == MEMORY_ACCESS_SHARED);
    if (is_huge(device) || backing->allocation == MEMORY_ALLOCATION_IMMEDIATE || is_written_file(device))
        json_add_bool(object, "prealloc", TRUE);
    json_object_object_add(object, "size", json_object_new_uint64(device->size_kib * 1024));
    if (device->align_kib > 0)
        json_object_object_add(object, "align", json_object_new_uint64(device->align_kib * 1024));
    if (device->is_pmem)
        json_add_bool(object, "pmem", TRUE);
    if (device->nodemask)
        memory_add_host_nodes(object, device->nodemask, "bind");
    command_add_json(build->command, "-object", object);
    return TRUE;
}

static gboolean add_module(CommandBuild *build, const MemoryDeviceDef *device, GError **error)
{
    json_object *object = device_new(drivers[device->model]);

    json_add_int(object, "node", device->node);
    if (device->label_kib > 0)
        json_object_object_add(object, "label-size", json_object_new_uint64(device->label_kib * 1024));
    if (device->is_readonly)
        json_add_bool(object, "unarmed", TRUE);
    json_add_stringf(object, "memdev", "mem%s", device->info.alias);
    json_add_string(object, "id", device->info.alias);
    json_add_int(object, "slot", device->info.dimm.slot);
    if (device->info.dimm.base > 0)
        json_object_object_add(object, "addr", json_object_new_uint64(device->info.dimm.base));
    return device_add(build, object, error);
}

gboolean build_memory_device(CommandBuild *build, gconstpointer device, GError **error)
{
    return add_backend(build, device, error) && add_module(build, device, error);
}

gboolean build_memory_devices(CommandBuild *build, GError **error)
{
    for (guint i = 0; i < build->def->memory_devices->len; i++)
        if (!build_memory_device(build, g_ptr_array_index(build->def->memory_devices, i), error))
            return FALSE;
    return TRUE;
}
