/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What devices leave open, and devices that come with a machine or with other devices. */
#include <string.h>

#include "conf/domain/address/domain_addresses.h"
#include "conf/domain/default/domain_defaults.h"

static gboolean has_device(const DomainDef *def, const DomainDefaults *defaults, const char *name)
{
    return !defaults->has_device || defaults->has_device(defaults->data, def->emulator, name);
}

ControllerDef *domain_add_controller(DomainDef *def, ControllerType type, int index, ControllerModel model)
{
    ControllerDef *controller = domain_find_controller(def, type, index);

    if (controller)
        return controller;
    controller = xml_struct_new(&controller_element);
    controller->type = type;
    controller->index = index;
    controller->model = model;
    g_ptr_array_add(def->controllers, controller);
    return controller;
}

/* ---- what the machine has ---- */

static void add_machine_controllers(DomainDef *def, const DomainDefaults *defaults)
{
    MachineKind kind = domain_machine_kind(def);
    gboolean is_q35 = kind == MACHINE_Q35;

    if (kind == MACHINE_OTHER)
        return;
    domain_add_controller(def, CONTROLLER_USB, 0,
                          is_q35 && has_device(def, defaults, "qemu-xhci") ? CONTROLLER_MODEL_USB_QEMU_XHCI
                                                                           : CONTROLLER_MODEL_USB_PIIX3_UHCI);
    if (is_q35)
        domain_add_controller(def, CONTROLLER_SATA, 0, CONTROLLER_MODEL_NONE);
    domain_add_controller(def, CONTROLLER_PCI, 0, is_q35 ? CONTROLLER_MODEL_PCIE_ROOT : CONTROLLER_MODEL_PCI_ROOT);
}

static void add_balloon(DomainDef *def)
{
    if (!def->balloons->len)
        g_ptr_array_add(def->balloons, xml_struct_new(&balloon_element));
}

static void add_ps2_input(DomainDef *def, InputType type)
{
    InputDef *input;

    for (guint i = 0; i < def->inputs->len; i++) {
        input = def->inputs->pdata[i];
        if (input->type == type && input->bus == INPUT_BUS_PS2)
            return;
    }
    input = xml_struct_new(&input_element);
    input->type = type;
    input->bus = INPUT_BUS_PS2;
    g_ptr_array_add(def->inputs, input);
}

static void add_video(DomainDef *def)
{
    if (def->graphics->len && !def->videos->len)
        g_ptr_array_add(def->videos, xml_struct_new(&video_element));
}

/* Where sound goes when nothing is said: to the SPICE client; nowhere for VNC and headless guests. Other displays leave
 * it to QEMU. */
static void add_audio(DomainDef *def)
{
    gboolean is_needed = !def->graphics->len;
    AudioType type = AUDIO_NONE;
    AudioDef *audio;

    for (guint i = 0; i < def->graphics->len; i++) {
        const GraphicsDef *graphics = def->graphics->pdata[i];

        if (graphics->type != GRAPHICS_VNC && graphics->type != GRAPHICS_SPICE)
            continue;
        is_needed = TRUE;
        type = graphics->type == GRAPHICS_SPICE ? AUDIO_SPICE : AUDIO_NONE;
    }
    if (!is_needed || def->audios->len)
        return;
    audio = xml_struct_new(&audio_element);
    audio->id = 1;
    audio->type = type;
    g_ptr_array_add(def->audios, audio);
}

/* ---- each device ---- */

static void complete_controller(const DomainDef *def, const DomainDefaults *defaults, ControllerDef *controller)
{
    gboolean is_virtio_scsi = has_device(def, defaults, "virtio-scsi-pci");

    if (controller->type == CONTROLLER_USB && !controller->model && domain_is_x86(def))
        controller->model = CONTROLLER_MODEL_USB_PIIX3_UHCI;
    if (controller->type == CONTROLLER_SCSI && (!controller->model || controller->model == CONTROLLER_MODEL_SCSI_AUTO))
        controller->model = has_device(def, defaults, "lsi") ? CONTROLLER_MODEL_SCSI_LSILOGIC
                            : is_virtio_scsi                 ? CONTROLLER_MODEL_SCSI_VIRTIO_SCSI
                                                             : controller->model;
}

static gboolean is_ich9_usb(const ControllerDef *controller)
{
    return controller->type == CONTROLLER_USB && controller->model >= CONTROLLER_MODEL_USB_ICH9_EHCI1 &&
           controller->model <= CONTROLLER_MODEL_USB_ICH9_UHCI3;
}

static gboolean has_model(const DomainDef *def, ControllerModel model, int index)
{
    for (guint i = 0; i < def->controllers->len; i++) {
        const ControllerDef *controller = def->controllers->pdata[i];

        if (controller->model == model && controller->index == index)
            return TRUE;
    }
    return FALSE;
}

/* The parts of one ICH9 chip share an index: a part belongs to the one before it, unless that chip has it already. */
static gboolean joins_previous(const DomainDef *def, guint i)
{
    const ControllerDef *controller = def->controllers->pdata[i];
    const ControllerDef *previous = i ? def->controllers->pdata[i - 1] : NULL;

    return previous && is_ich9_usb(controller) && is_ich9_usb(previous) && previous->index != CONTROLLER_IS_UNSET &&
           !has_model(def, controller->model, previous->index);
}

/* A controller that names no index gets the next of its type. */
static void number_controllers(DomainDef *def)
{
    int next[CONTROLLER_LAST] = {0};

    for (guint i = 0; i < def->controllers->len; i++) {
        const ControllerDef *controller = def->controllers->pdata[i];

        next[controller->type] = MAX(next[controller->type], controller->index + 1);
    }
    for (guint i = 0; i < def->controllers->len; i++) {
        ControllerDef *controller = def->controllers->pdata[i];

        if (controller->index != CONTROLLER_IS_UNSET)
            continue;
        if (joins_previous(def, i))
            controller->index = ((const ControllerDef *)def->controllers->pdata[i - 1])->index;
        else
            controller->index = next[controller->type]++;
    }
}

static void complete_interface(const DomainDef *def, const DomainDefaults *defaults, InterfaceDef *interface)
{
    static const guint8 unset[MAC_LEN];
    static const char *const models[] = {"rtl8139", "e1000", "virtio-net-pci"};

    if (memcmp(interface->mac, unset, MAC_LEN) == 0)
        mac_generate(interface->mac);
    if (interface->type == INTERFACE_DIRECT && !interface->mode)
        interface->mode = MACVTAP_MODE_VEPA;
    /* The ids are the guest's, which keeps them. */
    if (interface->virtual_port)
        virtual_port_fill(interface->virtual_port);
    if (interface->type == INTERFACE_HOSTDEV)
        return;
    for (gsize i = 0; !interface->model && i < G_N_ELEMENTS(models); i++) {
        if (has_device(def, defaults, models[i]))
            interface->model = g_strdup(i == 2 ? "virtio" : models[i]);
    }
}

static void complete_serial(CharDef *serial)
{
    static const CharTargetModel models[CHAR_TARGET_LAST] = {
        [CHAR_TARGET_ISA_SERIAL] = CHAR_MODEL_ISA_SERIAL,  [CHAR_TARGET_USB_SERIAL] = CHAR_MODEL_USB_SERIAL,
        [CHAR_TARGET_PCI_SERIAL] = CHAR_MODEL_PCI_SERIAL,  [CHAR_TARGET_SPAPR_VIO_SERIAL] = CHAR_MODEL_SPAPR_VTY,
        [CHAR_TARGET_SYSTEM_SERIAL] = CHAR_MODEL_PL011,    [CHAR_TARGET_SCLP_SERIAL] = CHAR_MODEL_SCLPCONSOLE,
        [CHAR_TARGET_ISA_DEBUG] = CHAR_MODEL_ISA_DEBUGCON,
    };

    if (!serial->target) {
        switch (serial->info.address_type) {
        case DEVICE_ADDRESS_USB:
            serial->target = CHAR_TARGET_USB_SERIAL;
            break;
        case DEVICE_ADDRESS_PCI:
            serial->target = CHAR_TARGET_PCI_SERIAL;
            break;
        default:
            serial->target = CHAR_TARGET_ISA_SERIAL;
        }
    }
    if (!serial->model)
        serial->model = models[serial->target];
}

/* Ports are numbered as they come, behind the highest that was given. */
static void number_ports(GPtrArray *devices)
{
    int next = 0;

    for (guint i = 0; i < devices->len; i++)
        next = MAX(next, ((CharDef *)devices->pdata[i])->port + 1);
    for (guint i = 0; i < devices->len; i++) {
        CharDef *device = devices->pdata[i];

        if (device->port == CHAR_PORT_UNSET)
            device->port = next++;
    }
}

static void complete_input(InputDef *input)
{
    if (input->bus)
        return;
    switch (input->type) {
    case INPUT_MOUSE:
    case INPUT_KEYBOARD:
        input->bus = INPUT_BUS_PS2;
        break;
    case INPUT_PASSTHROUGH:
        input->bus = INPUT_BUS_VIRTIO;
        break;
    case INPUT_EVDEV:
        input->bus = INPUT_BUS_NONE;
        break;
    default:
        input->bus = INPUT_BUS_USB;
    }
}

static void complete_tpm(TpmDef *tpm)
{
    if (!tpm->model)
        tpm->model = TPM_MODEL_TIS;
    if (tpm->backend == TPM_EMULATOR && !tpm->version)
        tpm->version = tpm->model == TPM_MODEL_TIS ? TPM_VERSION_1_2 : TPM_VERSION_2_0;
}

/* ---- video ---- */

static guint default_vram(VideoModel model)
{
    switch (model) {
    case VIDEO_VGA:
    case VIDEO_CIRRUS:
    case VIDEO_VMVGA:
    case VIDEO_BOCHS:
        return 16 * 1024;
    case VIDEO_QXL:
        return 64 * 1024;
    default:
        return 0;
    }
}

/* QEMU wants powers of two. */
static guint round_up(guint kib)
{
    guint rounded = 1;

    while (rounded < kib && rounded < 1u << 31)
        rounded <<= 1;
    return kib ? rounded : 0;
}

static void complete_video(const DomainDef *def, const DomainDefaults *defaults, VideoDef *video)
{
    if (video->model == VIDEO_DEFAULT)
        video->model = has_device(def, defaults, "cirrus-vga") ? VIDEO_CIRRUS : VIDEO_VGA;
    if (!video->vram_kib)
        video->vram_kib = default_vram(video->model);
    if (video->model == VIDEO_QXL) {
        if (!video->ram_kib)
            video->ram_kib = 64 * 1024;
        if (!video->vgamem_kib)
            video->vgamem_kib = 16 * 1024;
        video->ram_kib = round_up(video->ram_kib);
        video->vram64_kib = round_up(video->vram64_kib);
        video->vgamem_kib = round_up(video->vgamem_kib);
    }
    video->vram_kib = round_up(video->vram_kib);
    if (!video->heads && video->model != VIDEO_NONE)
        video->heads = 1;
}

static void choose_primary_video(DomainDef *def)
{
    VideoDef *first = def->videos->len ? def->videos->pdata[0] : NULL;

    for (guint i = 0; i < def->videos->len; i++) {
        if (((const VideoDef *)def->videos->pdata[i])->is_primary)
            return;
    }
    if (first && first->model != VIDEO_NONE)
        first->is_primary = TRUE;
}

/* ---- serial ports and consoles ---- */

static CharDef *char_new(const XmlElement *element, CharTargetType target, const CharSource *source)
{
    CharDef *device = xml_struct_new(element);

    device->target = target;
    char_source_copy(&device->source, source);
    return device;
}

/* A console that does not say what it is, is one. */
static gboolean is_serial(const CharDef *console)
{
    return console->target == CHAR_TARGET_SERIAL || console->target == CHAR_TARGET_NONE;
}

static gboolean only_first_is_serial(const DomainDef *def, GError **error)
{
    for (guint i = 1; i < def->consoles->len; i++) {
        if (is_serial(def->consoles->pdata[i])) {
            vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED,
                          "Only the first console can be a serial port");
            return FALSE;
        }
    }
    return TRUE;
}

/* A console that is a serial port needs one. */
static void add_serial_for_console(DomainDef *def)
{
    CharDef *console = def->consoles->pdata[0];

    console->target = CHAR_TARGET_SERIAL;
    if (!def->serials->len) {
        CharDef *serial = char_new(&serial_element, CHAR_TARGET_NONE, &console->source);

        serial->port = 0;
        g_ptr_array_add(def->serials, serial);
    }
}

/* The first serial port is a console as well, when it is one that firmware and kernels use for it. */
static void add_console_for_serial(DomainDef *def)
{
    const CharDef *serial = def->serials->pdata[0];
    CharDef *console;

    if (serial->target != CHAR_TARGET_NONE && serial->target != CHAR_TARGET_ISA_SERIAL)
        return;
    console = char_new(&console_element, CHAR_TARGET_SERIAL, &serial->source);
    console->port = serial->port == CHAR_PORT_UNSET ? 0 : serial->port;
    g_ptr_array_insert(def->consoles, 0, console);
}

static gboolean pair_console(DomainDef *def, GError **error)
{
    const CharDef *console = def->consoles->len ? def->consoles->pdata[0] : NULL;

    if (console && is_serial(console)) {
        if (!only_first_is_serial(def, error))
            return FALSE;
        add_serial_for_console(def);
        char_source_copy(&((CharDef *)def->consoles->pdata[0])->source, &((CharDef *)def->serials->pdata[0])->source);
    } else if (!console && def->serials->len) {
        add_console_for_serial(def);
    }
    return TRUE;
}

/* ---- what devices need ---- */

/* Gives devices that are plugged into controllers of this type those up to the highest index in use. */
static gboolean add_controllers_up_to(DomainDef *def, ControllerType type, guint highest, GError **error)
{
    if (highest >= DOMAIN_DEVICES_MAX) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED, "%s controller %u is beyond the limit of %d",
                      controller_types[type], highest, DOMAIN_DEVICES_MAX);
        return FALSE;
    }
    for (guint i = 0; i <= highest; i++)
        domain_add_controller(def, type, (int)i, CONTROLLER_MODEL_NONE);
    return TRUE;
}

static gboolean add_disk_controllers(DomainDef *def, ControllerType type, DiskBus bus, GError **error)
{
    guint highest = 0;
    gboolean is_used = FALSE;

    for (guint i = 0; i < def->disks->len; i++) {
        const DiskDef *disk = def->disks->pdata[i];

        if (disk->bus != bus || disk->info.address_type != DEVICE_ADDRESS_DRIVE)
            continue;
        is_used = TRUE;
        highest = MAX(highest, disk->info.drive.controller);
    }
    return !is_used || add_controllers_up_to(def, type, highest, error);
}

static gboolean add_virtio_serial_controllers(DomainDef *def, GError **error)
{
    GPtrArray *lists[] = {def->channels, def->consoles};
    guint highest = 0;
    gboolean is_used = FALSE;

    for (gsize list = 0; list < G_N_ELEMENTS(lists); list++) {
        for (guint i = 0; i < lists[list]->len; i++) {
            const CharDef *device = lists[list]->pdata[i];

            if (device->target != CHAR_TARGET_VIRTIO)
                continue;
            is_used = TRUE;
            if (device->info.address_type == DEVICE_ADDRESS_VIRTIO_SERIAL)
                highest = MAX(highest, device->info.virtio_serial.controller);
        }
    }
    return !is_used || add_controllers_up_to(def, CONTROLLER_VIRTIO_SERIAL, highest, error);
}

static gboolean add_needed_controllers(DomainDef *def, GError **error)
{
    static const struct {
        ControllerType type;
        DiskBus bus;
    } kinds[] = {
        {CONTROLLER_SCSI, DISK_BUS_SCSI},
        {CONTROLLER_FDC, DISK_BUS_FDC},
        {CONTROLLER_IDE, DISK_BUS_IDE},
        {CONTROLLER_SATA, DISK_BUS_SATA},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (!add_disk_controllers(def, kinds[i].type, kinds[i].bus, error))
            return FALSE;
    }
    return add_virtio_serial_controllers(def, error);
}

static void complete_rng(RngDef *rng)
{
    if (rng->backend != RNG_RANDOM || (rng->path && *rng->path))
        return;
    g_free(rng->path);
    rng->path = g_strdup("/dev/random");
}

/* ---- all ---- */

static void complete_each(DomainDef *def, const DomainDefaults *defaults)
{
    for (guint i = 0; i < def->disks->len; i++)
        disk_complete(def->disks->pdata[i]);
    for (guint i = 0; i < def->interfaces->len; i++)
        complete_interface(def, defaults, def->interfaces->pdata[i]);
    for (guint i = 0; i < def->inputs->len; i++)
        complete_input(def->inputs->pdata[i]);
    for (guint i = 0; i < def->tpms->len; i++)
        complete_tpm(def->tpms->pdata[i]);
    for (guint i = 0; i < def->videos->len; i++)
        complete_video(def, defaults, def->videos->pdata[i]);
    for (guint i = 0; i < def->rngs->len; i++)
        complete_rng(def->rngs->pdata[i]);
    for (guint i = 0; i < def->panics->len; i++) {
        PanicDef *panic = def->panics->pdata[i];

        if (!panic->model)
            panic->model = PANIC_ISA;
    }
}

gboolean domain_complete_devices(DomainDef *def, const DomainDefaults *defaults, GError **error)
{
    number_controllers(def);
    add_machine_controllers(def, defaults);
    add_balloon(def);
    add_video(def);
    add_audio(def);
    complete_each(def, defaults);
    choose_primary_video(def);
    if (!pair_console(def, error))
        return FALSE;
    number_ports(def->serials);
    number_ports(def->parallels);
    number_ports(def->consoles);
    for (guint i = 0; i < def->serials->len; i++)
        complete_serial(def->serials->pdata[i]);
    if (domain_is_x86(def)) {
        add_ps2_input(def, INPUT_MOUSE);
        add_ps2_input(def, INPUT_KEYBOARD);
    }
    if (!domain_place_drives(def, error) || !add_needed_controllers(def, error))
        return FALSE;
    for (guint i = 0; i < def->controllers->len; i++)
        complete_controller(def, defaults, def->controllers->pdata[i]);
    return TRUE;
}
