/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks of devices, alone and among each other. */
#include <string.h>

#include "conf/domain/check/disk_check.h"
#include "conf/domain/check/domain_check.h"

static gboolean has_device(const DomainDef *def, const DomainDefaults *defaults, const char *name)
{
    return !defaults->has_device || defaults->has_device(defaults->data, def->emulator, name);
}

/* ---- what every device has ---- */

typedef struct {
    GHashTable *aliases;
    GError **error;
} Infos;

static gboolean check_info(const char *what, gpointer device, DeviceInfo *info, gpointer data)
{
    Infos *infos = data;

    switch (info->address_type) {
    case DEVICE_ADDRESS_NONE:
    case DEVICE_ADDRESS_PCI:
    case DEVICE_ADDRESS_DRIVE:
    case DEVICE_ADDRESS_VIRTIO_SERIAL:
    case DEVICE_ADDRESS_USB:
    case DEVICE_ADDRESS_ISA:
    case DEVICE_ADDRESS_DIMM:
        break;
    default:
        return domain_refuse(infos->error, VIR_FROM_DOMAIN, "address type '%s' of device '%s'",
                             device_address_types[info->address_type], what);
    }
    if (info->alias && device_has_user_alias(info) && !g_hash_table_add(infos->aliases, info->alias))
        return domain_refuse(infos->error, VIR_FROM_DOMAIN, "non unique alias detected: %s", info->alias);
    return TRUE;
}

static gboolean check_infos(const DomainDef *def, GError **error)
{
    g_autoptr(GHashTable) aliases = g_hash_table_new(g_str_hash, g_str_equal);
    Infos infos = {.aliases = aliases, .error = error};

    return domain_each_device((DomainDef *)def, check_info, &infos);
}

static gboolean check_counts(const DomainDef *def, GError **error)
{
    if (def->tpms->len > 1)
        return domain_refuse(error, VIR_FROM_QEMU, "only a single TPM non-proxy device is supported");
    return TRUE;
}

/* ---- controllers ---- */

#define XHCI_PORTS_MAX 15

static gboolean check_controller(const DomainDef *def, const ControllerDef *controller, GError **error)
{
    MachineKind machine = domain_machine_kind(def);

    switch (controller->type) {
    case CONTROLLER_IDE:
        if (controller->index > 0 && machine == MACHINE_I440FX)
            return domain_refuse(error, VIR_FROM_QEMU,
                                 "Only a single IDE controller is supported for this machine type");
        if (machine != MACHINE_I440FX)
            return domain_refuse(error, VIR_FROM_QEMU,
                                 "IDE controllers are unsupported for this QEMU binary or machine type");
        return TRUE;
    case CONTROLLER_USB:
        if ((controller->model == CONTROLLER_MODEL_USB_QEMU_XHCI ||
             controller->model == CONTROLLER_MODEL_USB_NEC_XHCI) &&
            controller->ports > XHCI_PORTS_MAX)
            return domain_refuse(error, VIR_FROM_QEMU, "'%s' controller only supports up to '%d' ports",
                                 controller_models[controller->model], XHCI_PORTS_MAX);
        return TRUE;
    case CONTROLLER_CCID:
    case CONTROLLER_XENBUS:
    case CONTROLLER_ISA:
        return domain_refuse(error, VIR_FROM_DOMAIN, "controller type '%s'", controller_types[controller->type]);
    default:
        return TRUE;
    }
}

static gboolean check_pci_controller(const DomainDef *def, const ControllerDef *controller, GError **error)
{
    gboolean is_root =
        controller->model == CONTROLLER_MODEL_PCI_ROOT || controller->model == CONTROLLER_MODEL_PCIE_ROOT;

    if (controller->type != CONTROLLER_PCI || domain_machine_kind(def) == MACHINE_OTHER)
        return TRUE;
    if (is_root && controller->index > 0)
        return domain_refuse(error, VIR_FROM_QEMU, "Index for '%s' controllers must be 0",
                             controller_models[controller->model]);
    if (controller->hotplug && controller->model != CONTROLLER_MODEL_PCIE_ROOT_PORT &&
        controller->model != CONTROLLER_MODEL_PCIE_SWITCH_DOWNSTREAM_PORT)
        return domain_refuse(
            error, VIR_FROM_QEMU,
            "Option 'hotplug' is not valid for PCI controller with index '%d', model '%s' and modelName '%s'",
            controller->index, controller_models[controller->model],
            controller->model_name ? controller->model_name : "none");
    return TRUE;
}

static gboolean check_controllers(const DomainDef *def, GError **error)
{
    for (guint i = 0; i < def->controllers->len; i++) {
        const ControllerDef *controller = def->controllers->pdata[i];

        for (guint j = 0; j < i; j++) {
            const ControllerDef *other = def->controllers->pdata[j];

            /* USB companions share their master's index. */
            if (other->type == controller->type && other->index == controller->index &&
                !(controller->type == CONTROLLER_USB && (controller->info.is_companion || other->info.is_companion))) {
                vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "Multiple '%s' controllers with index '%d'",
                              controller_types[controller->type], controller->index);
                return FALSE;
            }
        }
        if (!check_controller(def, controller, error) || !check_pci_controller(def, controller, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean check_root(const ControllerDef *controller, ControllerModel root, GError **error)
{
    if (controller->type != CONTROLLER_PCI || controller->index != 0 || !controller->model || controller->model == root)
        return TRUE;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_XML_ERROR,
                  "The PCI controller with index='0' must be model='%s' for this machine type, but model='%s' was "
                  "found instead",
                  controller_models[root], controller_models[controller->model]);
    return FALSE;
}

gboolean domain_check_machine(const DomainDef *def, GError **error)
{
    MachineKind machine = domain_machine_kind(def);
    ControllerModel root = machine == MACHINE_Q35 ? CONTROLLER_MODEL_PCIE_ROOT : CONTROLLER_MODEL_PCI_ROOT;

    for (guint i = 0; i < def->controllers->len; i++) {
        const ControllerDef *controller = def->controllers->pdata[i];

        if (machine != MACHINE_OTHER && !check_root(controller, root, error))
            return FALSE;
        if (controller->model == CONTROLLER_MODEL_SCSI_NCR53C90)
            return domain_refuse(error, VIR_FROM_QEMU, "%s SCSI controller is not a built-in for this machine",
                                 controller_models[controller->model]);
        if (controller->model == CONTROLLER_MODEL_SCSI_BUSLOGIC || controller->model == CONTROLLER_MODEL_SCSI_IBMVSCSI)
            return domain_refuse(error, VIR_FROM_QEMU, "Unsupported controller model: %s",
                                 controller_models[controller->model]);
    }
    return TRUE;
}

/* ---- character devices ---- */

static gboolean missing(GError **error, const char *what)
{
    vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "Missing source %s attribute for char device", what);
    return FALSE;
}

static gboolean check_char_source(const DomainDef *def, const CharSource *source, gboolean may_choose_path,
                                  GError **error)
{
    switch (source->type) {
    case CHAR_SOURCE_FILE:
    case CHAR_SOURCE_DEV:
    case CHAR_SOURCE_PIPE:
        return source->path || missing(error, "path");
    case CHAR_SOURCE_UNIX:
        return source->path || may_choose_path || missing(error, "path");
    case CHAR_SOURCE_TCP:
        return (source->host || missing(error, "host")) && (source->service || missing(error, "service"));
    case CHAR_SOURCE_UDP:
        return source->service || missing(error, "service");
    case CHAR_SOURCE_SPICEPORT:
    case CHAR_SOURCE_DBUS:
        return source->channel || missing(error, "channel");
    case CHAR_SOURCE_NMDM:
        return domain_refuse(error, VIR_FROM_DOMAIN, "character device of type '%s'", char_source_types[source->type]);
    default:
        return TRUE;
    }
}

static gboolean has_spice(const DomainDef *def)
{
    for (guint i = 0; i < def->graphics->len; i++) {
        if (((const GraphicsDef *)def->graphics->pdata[i])->type == GRAPHICS_SPICE)
            return TRUE;
    }
    return FALSE;
}

static gboolean check_spice_source(const DomainDef *def, const CharSource *source, GError **error)
{
    if ((source->type == CHAR_SOURCE_SPICEVMC || source->type == CHAR_SOURCE_SPICEPORT) && !has_spice(def))
        return domain_refuse(error, VIR_FROM_QEMU, "chardev '%s' not supported without spice graphics",
                             char_source_types[source->type]);
    return TRUE;
}

static gboolean check_serial_target(const CharDef *device, GError **error)
{
    static const CharTargetModel models[CHAR_TARGET_LAST] = {
        [CHAR_TARGET_ISA_SERIAL] = CHAR_MODEL_ISA_SERIAL,
        [CHAR_TARGET_USB_SERIAL] = CHAR_MODEL_USB_SERIAL,
        [CHAR_TARGET_PCI_SERIAL] = CHAR_MODEL_PCI_SERIAL,
        [CHAR_TARGET_ISA_DEBUG] = CHAR_MODEL_ISA_DEBUGCON,
    };

    if (models[device->target] == CHAR_MODEL_NONE)
        return domain_refuse(error, VIR_FROM_QEMU,
                             "Serial device with target type '%s' and target model '%s' not compatible with guest "
                             "architecture or machine type",
                             char_target_types[device->target],
                             device->model ? char_target_models[device->model] : "none");
    if (models[device->target] != device->model)
        return domain_refuse(error, VIR_FROM_QEMU, "Target model '%s' not compatible with target type '%s'",
                             char_target_models[device->model], char_target_types[device->target]);
    return TRUE;
}

static gboolean check_console_target(const CharDef *device, GError **error)
{
    if (device->target == CHAR_TARGET_SCLP || device->target == CHAR_TARGET_SCLPLM)
        return domain_refuse(error, VIR_FROM_QEMU, "sclpconsole is not supported in this QEMU binary");
    if (device->target != CHAR_TARGET_SERIAL && device->target != CHAR_TARGET_VIRTIO &&
        device->target != CHAR_TARGET_NONE)
        return domain_refuse(error, VIR_FROM_QEMU, "unsupported console target type %s",
                             char_target_types[device->target]);
    return TRUE;
}

static gboolean check_char(const DomainDef *def, const CharDef *device, GError **error)
{
    gboolean is_virtio = device->kind == CHAR_CHANNEL && device->target == CHAR_TARGET_VIRTIO;

    if (device->source.type == CHAR_SOURCE_SPICEVMC && !is_virtio)
        return domain_refuse(error, VIR_FROM_DOMAIN, "spicevmc device type only supports virtio");
    if (!check_char_source(def, &device->source, is_virtio, error) || !check_spice_source(def, &device->source, error))
        return FALSE;
    switch (device->kind) {
    case CHAR_SERIAL:
        return check_serial_target(device, error);
    case CHAR_CONSOLE:
        return check_console_target(device, error);
    case CHAR_CHANNEL:
        if (device->target == CHAR_TARGET_XEN)
            return domain_refuse(error, VIR_FROM_DOMAIN, "channel target type 'xen'");
        return TRUE;
    default:
        return TRUE;
    }
}

/* ---- input, TPM, sound ---- */

static gboolean has_usb(const DomainDef *def)
{
    for (guint i = 0; i < def->controllers->len; i++) {
        const ControllerDef *controller = def->controllers->pdata[i];

        if (controller->type == CONTROLLER_USB && controller->model != CONTROLLER_MODEL_USB_NONE)
            return TRUE;
    }
    return FALSE;
}

static gboolean check_input(const DomainDef *def, const InputDef *input, GError **error)
{
    if (input->bus == INPUT_BUS_PS2 && input->type != INPUT_MOUSE && input->type != INPUT_KEYBOARD) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "ps2 bus does not support %s input device",
                      input_types[input->type]);
        return FALSE;
    }
    if (input->bus == INPUT_BUS_XEN || input->bus == INPUT_BUS_PARALLELS) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "unsupported input bus %s",
                      input_buses[input->bus]);
        return FALSE;
    }
    if (input->bus == INPUT_BUS_USB && !has_usb(def))
        return domain_refuse(error, VIR_FROM_DOMAIN, "Can't add USB input device. USB bus is disabled");
    if (input->model && input->model != VIRTIO_MODEL_VIRTIO && input->type != INPUT_PASSTHROUGH)
        return domain_refuse(error, VIR_FROM_QEMU,
                             "virtio (non-)transitional models are not supported for input type=%s",
                             input_types[input->type]);
    return TRUE;
}

static gboolean check_tpm(const DomainDef *def, const DomainDefaults *defaults, const TpmDef *tpm, GError **error)
{
    if (tpm->backend == TPM_EXTERNAL)
        return domain_refuse(error, VIR_FROM_DOMAIN, "TPM backend of type 'external'");
    if (tpm->model == TPM_MODEL_SPAPR || tpm->model == TPM_MODEL_SPAPR_PROXY ||
        !has_device(def, defaults, tpm_models[tpm->model]))
        return domain_refuse(error, VIR_FROM_QEMU, "The QEMU executable %s does not support TPM model %s",
                             def->emulator, tpm_models[tpm->model]);
    if (tpm->version == TPM_VERSION_1_2 && tpm->model == TPM_MODEL_CRB)
        return domain_refuse(error, VIR_FROM_QEMU, "unsupported TPM version 1.2 for model tpm-crb");
    return TRUE;
}

static gboolean has_audio(const DomainDef *def, guint id)
{
    for (guint i = 0; i < def->audios->len; i++) {
        if (((const AudioDef *)def->audios->pdata[i])->id == id)
            return TRUE;
    }
    return FALSE;
}

static gboolean check_audio_id(const DomainDef *def, guint id, GError **error)
{
    if (!id || has_audio(def, id))
        return TRUE;
    vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "no audio device with ID %u", id);
    return FALSE;
}

static gboolean check_audio(const DomainDef *def, const AudioDef *audio, GError **error)
{
    if (audio->type == AUDIO_SPICE && !has_spice(def))
        return domain_refuse(error, VIR_FROM_QEMU, "Spice audio is not supported without spice graphics");
    return TRUE;
}

/* ---- graphics, video ---- */

#define VNC_PASSWORD_MAX 8

static gboolean check_graphics(const DomainDef *def, const DomainDefaults *defaults, const GraphicsDef *graphics,
                               GError **error)
{
    if (graphics->type == GRAPHICS_RDP || graphics->type == GRAPHICS_DESKTOP)
        return domain_refuse(error, VIR_FROM_QEMU, "%s graphics are not supported with this QEMU",
                             graphics_types[graphics->type]);
    if (graphics->type == GRAPHICS_VNC && graphics->password && strlen(graphics->password) > VNC_PASSWORD_MAX)
        return domain_refuse(error, VIR_FROM_QEMU, "VNC password is %zu characters long, only %d permitted",
                             strlen(graphics->password), VNC_PASSWORD_MAX);
    if (graphics->type == GRAPHICS_SPICE && graphics->tls_port > 0 && !defaults->has_spice_tls)
        return domain_refuse(error, VIR_FROM_QEMU,
                             "spice TLS port set in XML configuration, but TLS is disabled in qemu.conf");
    return check_audio_id(def, graphics->audio_id, error);
}

/* The cards but QXL have one memory. */
static gboolean check_video_memory(const VideoDef *video, GError **error)
{
    const struct {
        const char *name;
        guint kib;
    } memories[] = {{"ram", video->ram_kib}, {"vram64", video->vram64_kib}, {"vgamem", video->vgamem_kib}};

    for (gsize i = 0; video->model != VIDEO_QXL && i < G_N_ELEMENTS(memories); i++)
        if (memories[i].kib)
            return domain_refuse(error, VIR_FROM_DOMAIN, "%s attribute only supported for video type qxl",
                                 memories[i].name);
    return TRUE;
}

static gboolean check_video(const DomainDef *def, const VideoDef *video, gboolean is_first, GError **error)
{
    if (!check_video_memory(video, error))
        return FALSE;
    switch (video->model) {
    case VIDEO_XEN:
    case VIDEO_VBOX:
    case VIDEO_PARALLELS:
    case VIDEO_GOP:
        return domain_refuse(error, VIR_FROM_QEMU, "domain configuration does not support video model '%s'",
                             video_models[video->model]);
    case VIDEO_NONE:
        if (def->videos->len > 1)
            return domain_refuse(error, VIR_FROM_DOMAIN,
                                 "a 'none' video type must be the only video device defined for the domain");
        return TRUE;
    case VIDEO_QXL:
    case VIDEO_VIRTIO:
    case VIDEO_BOCHS:
    case VIDEO_RAMFB:
        break;
    default:
        if (!is_first)
            return domain_refuse(error, VIR_FROM_QEMU, "video type '%s' is only valid as primary video device",
                                 video_models[video->model]);
    }
    if (video->is_primary && !is_first)
        return domain_refuse(error, VIR_FROM_DOMAIN, "Only one primary video device is supported");
    return TRUE;
}

/* ---- the rest ---- */

static gboolean check_panics(const DomainDef *def, GError **error)
{
    gboolean is_seen[PANIC_LAST] = {FALSE};

    for (guint i = 0; i < def->panics->len; i++) {
        const PanicDef *panic = def->panics->pdata[i];

        if (panic->model == PANIC_PSERIES)
            return domain_refuse(error, VIR_FROM_QEMU, "only pSeries guests support panic device of model 'pseries'");
        if (panic->model == PANIC_S390)
            return domain_refuse(error, VIR_FROM_QEMU, "only S390 guests support panic device of model 's390'");
        if (is_seen[panic->model])
            return domain_refuse(error, VIR_FROM_QEMU, "Multiple panic devices with model '%s'",
                                 panic_models[panic->model]);
        is_seen[panic->model] = TRUE;
    }
    return TRUE;
}

static gboolean check_iommu(const DomainDef *def, const IommuDef *iommu, GError **error)
{
    if (iommu->model == IOMMU_SMMUV3)
        return domain_refuse(error, VIR_FROM_QEMU, "IOMMU device: '%s' is only supported with ARM Virt machines",
                             iommu_models[iommu->model]);
    if (domain_machine_kind(def) != MACHINE_Q35)
        return domain_refuse(error, VIR_FROM_QEMU, "IOMMU device: '%s' is only supported with Q35 machines",
                             iommu_models[iommu->model]);
    if (iommu->intremap == XML_BOOL_YES && def->features->ioapic != IOAPIC_QEMU)
        return domain_refuse(error, VIR_FROM_DOMAIN,
                             "IOMMU interrupt remapping requires split I/O APIC (ioapic driver='qemu')");
    if (iommu->eim == XML_BOOL_YES && iommu->intremap != XML_BOOL_YES)
        return domain_refuse(error, VIR_FROM_DOMAIN, "IOMMU eim requires interrupt remapping to be enabled");
    return TRUE;
}

static gboolean check_small_devices(const DomainDef *def, GError **error)
{
    for (guint i = 0; i < def->watchdogs->len; i++) {
        if (((const WatchdogDef *)def->watchdogs->pdata[i])->model == WATCHDOG_DIAG288)
            return domain_refuse(error, VIR_FROM_QEMU, "diag288 model of watchdog is allowed for s390 and s390x only");
    }
    for (guint i = 0; i < def->iommus->len; i++) {
        if (!check_iommu(def, def->iommus->pdata[i], error))
            return FALSE;
    }
    for (guint i = 0; i < def->rngs->len; i++) {
        const RngDef *rng = def->rngs->pdata[i];

        if (rng->backend == RNG_EGD && !check_char_source(def, &rng->source, FALSE, error))
            return FALSE;
    }
    for (guint i = 0; i < def->redirdevs->len; i++) {
        const CharSource *source = &((const RedirdevDef *)def->redirdevs->pdata[i])->source;

        if (!check_char_source(def, source, FALSE, error) || !check_spice_source(def, source, error))
            return FALSE;
    }
    return check_panics(def, error);
}

static gboolean check_chars(const DomainDef *def, const GPtrArray *devices, GError **error)
{
    for (guint i = 0; i < devices->len; i++) {
        if (!check_char(def, devices->pdata[i], error))
            return FALSE;
    }
    return TRUE;
}

/* The port says which of the machine's addresses an ISA port has. */
static gboolean check_serial_ports(const DomainDef *def, GError **error)
{
    for (guint i = 0; i < def->serials->len; i++) {
        const CharDef *serial = def->serials->pdata[i];

        for (guint j = 0; j < i; j++) {
            const CharDef *other = def->serials->pdata[j];

            if (serial->target == CHAR_TARGET_ISA_SERIAL && other->target == CHAR_TARGET_ISA_SERIAL &&
                serial->port == other->port)
                return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR,
                                      "target port '%d' already allocated", serial->port);
        }
    }
    return TRUE;
}

static gboolean check_displays(const DomainDef *def, const DomainDefaults *defaults, GError **error)
{
    for (guint i = 0; i < def->graphics->len; i++) {
        if (!check_graphics(def, defaults, def->graphics->pdata[i], error))
            return FALSE;
    }
    for (guint i = 0; i < def->videos->len; i++) {
        if (!check_video(def, def->videos->pdata[i], i == 0, error))
            return FALSE;
    }
    for (guint i = 0; i < def->sounds->len; i++) {
        if (!check_audio_id(def, ((const SoundDef *)def->sounds->pdata[i])->audio_id, error))
            return FALSE;
    }
    for (guint i = 0; i < def->audios->len; i++) {
        if (!check_audio(def, def->audios->pdata[i], error))
            return FALSE;
    }
    return TRUE;
}

static gboolean check_shared(const DomainDef *def, GError **error)
{
    for (guint i = 0; i < def->filesystems->len; i++) {
        if (!filesystem_check(def, def->filesystems->pdata[i], error))
            return FALSE;
    }
    for (guint i = 0; i < def->vsocks->len; i++) {
        if (!vsock_check(def->vsocks->pdata[i], error))
            return FALSE;
    }
    for (guint i = 0; i < def->shmems->len; i++) {
        if (!shmem_check(def->shmems->pdata[i], error))
            return FALSE;
    }
    return TRUE;
}

gboolean domain_check_devices(const DomainDef *def, const DomainDefaults *defaults, GError **error)
{
    if (!check_counts(def, error) || !check_infos(def, error) || !check_controllers(def, error) ||
        !domain_check_disks(def, error))
        return FALSE;
    for (guint i = 0; i < def->interfaces->len; i++) {
        if (!interface_check(def->interfaces->pdata[i], error))
            return FALSE;
    }
    if (!check_serial_ports(def, error) || !check_chars(def, def->serials, error) ||
        !check_chars(def, def->parallels, error) || !check_chars(def, def->consoles, error) ||
        !check_chars(def, def->channels, error))
        return FALSE;
    for (guint i = 0; i < def->inputs->len; i++) {
        if (!check_input(def, def->inputs->pdata[i], error))
            return FALSE;
    }
    for (guint i = 0; i < def->tpms->len; i++) {
        if (!check_tpm(def, defaults, def->tpms->pdata[i], error))
            return FALSE;
    }
    return check_displays(def, defaults, error) && check_small_devices(def, error) && check_shared(def, error);
}
