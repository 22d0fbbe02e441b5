/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keyboards, mice, tablets. */
#include "virtqemud/command/build.h"

static const char *const usb_drivers[INPUT_LAST] = {
    [INPUT_MOUSE] = "usb-mouse", [INPUT_TABLET] = "usb-tablet", [INPUT_KEYBOARD] = "usb-kbd"};

static const char *const virtio_drivers[INPUT_LAST] = {[INPUT_MOUSE] = "virtio-mouse-pci",
                                                       [INPUT_TABLET] = "virtio-tablet-pci",
                                                       [INPUT_KEYBOARD] = "virtio-keyboard-pci",
                                                       [INPUT_PASSTHROUGH] = "virtio-input-host-pci"};

static gboolean add_usb(CommandBuild *build, const InputDef *input, GError **error)
{
    json_object *object;

    if (!usb_drivers[input->type])
        return unsupported(error, "input of type '%s' on the usb bus", input_types[input->type]);
    object = device_new(usb_drivers[input->type]);
    json_add_string(object, "id", input->info.alias);
    device_add_address(build, object, &input->info);
    return device_add(build, object, error);
}

static gboolean add_virtio(CommandBuild *build, const InputDef *input, GError **error)
{
    g_autofree char *driver = NULL;
    json_object *object;

    if (!virtio_drivers[input->type])
        return unsupported(error, "input of type '%s' on the virtio bus", input_types[input->type]);
    driver = device_virtio_driver(virtio_drivers[input->type], input->model);
    object = device_new(driver);
    device_add_virtio_options(object, &input->virtio);
    json_add_string(object, "id", input->info.alias);
    if (input->type == INPUT_PASSTHROUGH)
        json_add_string(object, "evdev", input->evdev);
    device_add_address(build, object, &input->info);
    return device_add(build, object, error);
}

static gboolean add_evdev(CommandBuild *build, const InputDef *input)
{
    json_object *object = json_object_new_object();

    json_add_string(object, "qom-type", "input-linux");
    json_add_string(object, "id", input->info.alias);
    json_add_string(object, "evdev", input->evdev);
    device_add_switch(object, "repeat", input->repeat);
    if (input->grab_all == XML_BOOL_YES)
        json_add_bool(object, "grab_all", TRUE);
    if (input->grab_toggle > 0)
        json_add_string(object, "grab-toggle", input_grab_toggles[input->grab_toggle]);
    command_add_json(build->command, "-object", object);
    return TRUE;
}

gboolean build_input(CommandBuild *build, gconstpointer device, GError **error)
{
    const InputDef *input = device;

    if (input->type == INPUT_EVDEV)
        return add_evdev(build, input);
    switch ((int)input->bus) {
    case INPUT_BUS_PS2: /* the machine has them */
        return TRUE;
    case INPUT_BUS_USB:
        return add_usb(build, input, error);
    case INPUT_BUS_VIRTIO:
        return add_virtio(build, input, error);
    default:
        return unsupported(error, "input bus '%s'", input_buses[input->bus]);
    }
}

gboolean build_inputs(CommandBuild *build, GError **error)
{
    for (guint i = 0; i < build->def->inputs->len; i++)
        if (!build_input(build, g_ptr_array_index(build->def->inputs, i), error))
            return FALSE;
    return TRUE;
}
