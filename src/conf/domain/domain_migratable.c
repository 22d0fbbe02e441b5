/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/domain/domain_migratable.h"

#include "conf/domain/default/domain_defaults.h"

static ControllerDef *only_controller(const DomainDef *def, ControllerType type)
{
    ControllerDef *found = NULL;

    for (guint i = 0; i < def->controllers->len; i++) {
        ControllerDef *controller = def->controllers->pdata[i];

        if (controller->type != type)
            continue;
        if (found)
            return NULL;
        found = controller;
    }
    return found;
}

static void drop_controller(DomainDef *def, ControllerDef *controller)
{
    g_ptr_array_remove(def->controllers, controller);
    controller_def_free(controller);
}

static void drop_machine_controllers(DomainDef *def)
{
    ControllerDef *usb = only_controller(def, CONTROLLER_USB);
    ControllerDef *pci = only_controller(def, CONTROLLER_PCI);

    if (usb && usb->index == 0 && usb->model == CONTROLLER_MODEL_USB_PIIX3_UHCI &&
        domain_machine_kind(def) == MACHINE_I440FX && !device_has_user_alias(&usb->info))
        drop_controller(def, usb);
    if (pci && pci->index == 0 && pci->model == CONTROLLER_MODEL_PCI_ROOT && !pci->pcihole64_kib &&
        !device_has_user_alias(&pci->info))
        drop_controller(def, pci);
}

static void drop_keyboard(DomainDef *def)
{
    for (guint i = 0; i < def->inputs->len; i++) {
        InputDef *input = def->inputs->pdata[i];

        if (input->type != INPUT_KEYBOARD || input->bus != INPUT_BUS_PS2 || device_has_user_alias(&input->info))
            continue;
        g_ptr_array_remove_index(def->inputs, i);
        input_def_free(input);
        return;
    }
}

static void drop_audio(DomainDef *def)
{
    AudioDef *audio = def->audios->len == 1 ? def->audios->pdata[0] : NULL;

    if (!audio || audio->id != 1 || audio->timer_period_us || (audio->type != AUDIO_NONE && audio->type != AUDIO_SPICE))
        return;
    g_ptr_array_set_size(def->audios, 0);
    audio_def_free(audio);
}

/* A drive that is empty while its guest runs has no format, but its document says what it will be read as. */
static void name_formats(DomainDef *def)
{
    for (guint i = 0; i < def->disks->len; i++) {
        DiskDef *disk = def->disks->pdata[i];

        if (disk->format == DISK_FORMAT_NONE)
            disk->format = DISK_FORMAT_RAW;
    }
}

void domain_def_trim(DomainDef *def)
{
    name_formats(def);
    drop_machine_controllers(def);
    drop_keyboard(def);
    drop_audio(def);
    domain_order_devices(def);
}
