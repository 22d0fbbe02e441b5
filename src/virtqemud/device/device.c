/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all kinds of devices have in common: driver, place on a bus, boot order, virtio options. */
#include "common/error.h"
#include "virtqemud/command/build.h"

json_object *device_new(const char *driver)
{
    json_object *object = json_object_new_object();

    json_add_string(object, "driver", driver);
    return object;
}

gboolean device_add(CommandBuild *build, json_object *object, GError **error)
{
    const char *driver = json_get_string(object, "driver");

    if (!emulator_caps_has_device(build->caps, driver)) {
        unsupported(error, "this QEMU does not support '%s' device", driver);
        json_object_put(object);
        return FALSE;
    }
    command_add_json(build->command, "-device", object);
    return TRUE;
}

/* What can be built by itself. */
static const struct {
    const char *kind;
    DeviceBuilder build;
} builders[] = {
    {"disk", build_disk},         {"interface", build_interface}, {"controller", build_controller},
    {"serial", build_serial},     {"parallel", build_parallel},   {"channel", build_channel},
    {"console", build_console},   {"input", build_input},         {"rng", build_rng},
    {"redirdev", build_redirdev}, {"watchdog", build_watchdog},   {"memory", build_memory_device},
    {"shmem", build_shmem},
};

gboolean build_device(CommandBuild *build, const char *kind, gconstpointer device, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(builders); i++)
        if (g_str_equal(builders[i].kind, kind))
            return builders[i].build(build, device, error);
    return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_UNSUPPORTED,
                          "a device of kind '%s' is there from the start of a guest to its end", kind);
}

char *device_pass_fd(CommandBuild *build, int fd)
{
    command_pass_fd(build->command, fd);
    return g_strdup_printf(build->purpose == BUILD_PLUG ? DEVICE_PLUG_FD : "%d", fd);
}

const char *device_controller_alias(CommandBuild *build, ControllerType type, guint index)
{
    const ControllerDef *controller = domain_find_controller(build->def, type, (int)index);

    return controller && controller->info.alias ? controller->info.alias : "";
}

static void add_pci(CommandBuild *build, json_object *object, const PciAddress *pci)
{
    json_add_string(object, "bus", device_controller_alias(build, CONTROLLER_PCI, pci->bus));
    if (pci->multifunction != XML_BOOL_ABSENT)
        json_add_bool(object, "multifunction", pci->multifunction == XML_BOOL_YES);
    if (pci->function != 0)
        json_add_stringf(object, "addr", "0x%x.0x%x", pci->slot, pci->function);
    else
        json_add_stringf(object, "addr", "0x%x", pci->slot);
}

void device_add_address(CommandBuild *build, json_object *object, const DeviceInfo *info)
{
    g_autofree char *port = NULL;

    switch ((int)info->address_type) {
    case DEVICE_ADDRESS_PCI:
        add_pci(build, object, &info->pci);
        if (info->acpi_index > 0)
            json_add_int(object, "acpi-index", info->acpi_index);
        break;
    case DEVICE_ADDRESS_USB:
        port = usb_port_format(&info->usb);
        json_add_stringf(object, "bus", "%s.0", device_controller_alias(build, CONTROLLER_USB, info->usb.bus));
        json_add_string(object, "port", *port ? port : NULL);
        break;
    case DEVICE_ADDRESS_ISA:
        json_add_int(object, "iobase", info->isa.iobase);
        json_add_int(object, "irq", info->isa.irq);
        break;
    default:
        break;
    }
}

void device_add_switch(json_object *object, const char *key, XmlBool value)
{
    if (value != XML_BOOL_ABSENT)
        json_add_bool(object, key, value == XML_BOOL_YES);
}

void device_add_iothread(json_object *object, guint id)
{
    if (id)
        json_add_stringf(object, "iothread", "iothread%u", id);
}

void device_add_virtio_options(json_object *object, const VirtioOptions *options)
{
    device_add_switch(object, "iommu_platform", options->iommu);
    device_add_switch(object, "ats", options->ats);
    device_add_switch(object, "packed", options->packed);
    device_add_switch(object, "page-per-vq", options->page_per_vq);
}

void device_add_boot_index(CommandBuild *build, json_object *object, const DeviceInfo *info, BootDevice kind)
{
    guint index = info->boot_order;

    if (index == 0) {
        index = build->boot_index[kind];
        build->boot_index[kind] = 0;
    }
    if (index > 0)
        json_add_int(object, "bootindex", index);
}

void device_add_rom(json_object *object, const DeviceInfo *info)
{
    if (info->rom_enabled == XML_BOOL_NO) {
        json_add_string(object, "romfile", "");
        return;
    }
    if (info->rom_bar != XML_BOOL_ABSENT)
        json_add_int(object, "rombar", info->rom_bar == XML_BOOL_YES);
    json_add_string(object, "romfile", info->rom_file);
}

char *device_virtio_driver(const char *base, VirtioModel model)
{
    switch ((int)model) {
    case VIRTIO_MODEL_TRANSITIONAL:
        return g_strdup_printf("%s-transitional", base);
    case VIRTIO_MODEL_NON_TRANSITIONAL:
        return g_strdup_printf("%s-non-transitional", base);
    default:
        return g_strdup(base);
    }
}
