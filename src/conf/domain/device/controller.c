/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/domain/device/controller.h"

#include "conf/codecs.h"

/* clang-format off */
const char *const controller_types[CONTROLLER_LAST] = {
    "ide", "fdc", "scsi", "sata", "virtio-serial", "ccid", "usb", "pci", "xenbus", "isa",
};
const char *const controller_models[CONTROLLER_MODEL_LAST] = {
    NULL,
    "pci-root", "pcie-root", "pci-bridge", "dmi-to-pci-bridge", "pcie-to-pci-bridge", "pcie-root-port",
    "pcie-switch-upstream-port", "pcie-switch-downstream-port", "pci-expander-bus", "pcie-expander-bus",
    "auto", "buslogic", "lsilogic", "lsisas1068", "vmpvscsi", "ibmvscsi", "virtio-scsi", "lsisas1078",
    "virtio-transitional", "virtio-non-transitional", "ncr53c90", "dc390", "am53c974",
    "piix3-uhci", "piix4-uhci", "ehci", "ich9-ehci1", "ich9-uhci1", "ich9-uhci2", "ich9-uhci3", "vt82c686b-uhci",
    "pci-ohci", "nec-xhci", "qusb1", "qusb2", "qemu-xhci", "none",
    "piix3", "piix4", "ich6",
    "virtio", "virtio-transitional", "virtio-non-transitional",
};

static const struct {
    ControllerModel first, last;
} model_ranges[CONTROLLER_LAST] = {
    [CONTROLLER_PCI] = {CONTROLLER_MODEL_PCI_ROOT, CONTROLLER_MODEL_PCIE_EXPANDER_BUS},
    [CONTROLLER_SCSI] = {CONTROLLER_MODEL_SCSI_AUTO, CONTROLLER_MODEL_SCSI_AM53C974},
    [CONTROLLER_USB] = {CONTROLLER_MODEL_USB_PIIX3_UHCI, CONTROLLER_MODEL_USB_NONE},
    [CONTROLLER_IDE] = {CONTROLLER_MODEL_IDE_PIIX3, CONTROLLER_MODEL_IDE_ICH6},
    [CONTROLLER_VIRTIO_SERIAL] = {CONTROLLER_MODEL_VIRTIO_SERIAL_VIRTIO,
                                  CONTROLLER_MODEL_VIRTIO_SERIAL_NON_TRANSITIONAL},
};
/* clang-format on */

gboolean controller_model_range(ControllerType type, ControllerModel *first, ControllerModel *last)
{
    *first = model_ranges[type].first;
    *last = model_ranges[type].last;
    return *first != CONTROLLER_MODEL_NONE;
}

/* A model's name means another thing for another type. */
static gboolean model_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    ControllerDef *controller = self;
    g_autofree char *text = xml_attribute(node, "model");
    ControllerModel first, last;
    int found;

    if (!text)
        return TRUE;
    found = controller_model_range(controller->type, &first, &last)
                ? xml_enum_find(controller_models + first, last - first + 1, text)
                : -1;
    if (found < 0) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED, "Unknown model type '%s' (line %ld)", text,
                      xmlGetLineNo(node));
        return FALSE;
    }
    controller->model = first + (guint)found;
    return TRUE;
}

static void model_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    xml_write_attribute(writer, "model", controller_models[((const ControllerDef *)self)->model]);
}

static gboolean index_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    ControllerDef *controller = self;
    g_autofree char *text = xml_attribute(node, "index");
    guint64 value;

    if (!text)
        return TRUE;
    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT, &value, NULL)) {
        xml_set_invalid(error, node, "@index", text, "Expected non-negative value");
        return FALSE;
    }
    controller->index = (int)value;
    return TRUE;
}

static void index_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    const ControllerDef *controller = self;

    if (controller->index != CONTROLLER_IS_UNSET)
        xml_write_attributef(writer, "index", "%d", controller->index);
}

#define SCSI    XML_WHEN(CONTROLLER_SCSI)
#define VSERIAL XML_WHEN(CONTROLLER_VIRTIO_SERIAL)
#define USB     XML_WHEN(CONTROLLER_USB)
#define PCI     XML_WHEN(CONTROLLER_PCI)
#define UNSET   .absent = CONTROLLER_IS_UNSET

static gboolean target_port_parse(const char *text, gpointer member, GError **error)
{
    guint value;

    if (!xml_codec_hex.parse(text, &value, error) || value > 255)
        return FALSE;
    *(int *)member = (int)value;
    return TRUE;
}

static char *target_port_format(gconstpointer member)
{
    int port = *(const int *)member;

    return port == CONTROLLER_IS_UNSET ? NULL : xml_codec_hex.format(&port);
}

static const XmlCodec target_port_codec = {.parse = target_port_parse, .format = target_port_format};

/* clang-format off */
static const XmlField driver_fields[] = {
    XML_UINT(ControllerDef, queues, "@queues"),
    XML_UINT(ControllerDef, cmd_per_lun, "@cmd_per_lun"),
    XML_UINT(ControllerDef, max_sectors, "@max_sectors"),
    XML_ONOFF(ControllerDef, ioeventfd, "@ioeventfd"),
    XML_UINT(ControllerDef, iothread, "@iothread", .nonzero = TRUE),
    XML_INCLUDE(ControllerDef, virtio, &virtio_options_element),
    XML_END,
};
static const XmlElement driver_element = {.fields = driver_fields};

static const XmlField target_fields[] = {
    XML_INT(ControllerDef, chassis_nr, "@chassisNr", UNSET),
    XML_INT(ControllerDef, chassis, "@chassis", UNSET),
    XML_CODEC(ControllerDef, port, "@port", &target_port_codec),
    XML_INT(ControllerDef, bus_nr, "@busNr", UNSET),
    XML_TAKEN("@index"), /* of pseries alone */
    XML_ONOFF(ControllerDef, hotplug, "@hotplug"),
    XML_INT(ControllerDef, numa_node, "node", UNSET),
    XML_END,
};
static const XmlElement target_element = {.fields = target_fields};

static const XmlField controller_fields[] = {
    XML_ENUM(ControllerDef, type, "@type", controller_types, .required = TRUE, .always = TRUE),
    XML_CUSTOM("@index", .parse = index_parse, .format = index_format),
    XML_CUSTOM("@model", .parse = model_parse, .format = model_format),
    XML_INT(ControllerDef, ports, "@ports", UNSET, .when = VSERIAL | USB),
    XML_INT(ControllerDef, vectors, "@vectors", UNSET, .when = VSERIAL),
    XML_TAKEN("@maxGrantFrames"), XML_TAKEN("@maxEventChannels"), /* of xenbus alone */
    XML_INSIDE("driver", &driver_element),
    XML_STRING(ControllerDef, model_name, "model/@name", .when = PCI),
    XML_INSIDE("target", &target_element, .when = PCI),
    XML_INCLUDE(ControllerDef, info, &device_info_element),
    XML_SIZE(ControllerDef, pcihole64_kib, "pcihole64", .when = PCI),
    XML_END,
};
/* clang-format on */

/* What has no row of a number kind, whose absent value would be set by it. */
static void controller_init(gpointer self)
{
    ControllerDef *controller = self;

    controller->index = CONTROLLER_IS_UNSET;
    controller->port = CONTROLLER_IS_UNSET;
}

const XmlElement controller_element = {
    .size = sizeof(ControllerDef),
    .fields = controller_fields,
    .init = controller_init,
    .variant = offsetof(ControllerDef, type),
};

void controller_def_free(ControllerDef *controller)
{
    xml_struct_free(&controller_element, controller);
}
