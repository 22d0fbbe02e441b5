/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guest's side of character devices: serial and parallel ports, consoles, channels. */
#include "conf/domain/device/chardev.h"

/* clang-format off */
#define SERIAL_TARGETS                                                                                                 \
    [CHAR_TARGET_ISA_SERIAL] = "isa-serial", [CHAR_TARGET_USB_SERIAL] = "usb-serial",                                  \
    [CHAR_TARGET_PCI_SERIAL] = "pci-serial", [CHAR_TARGET_SPAPR_VIO_SERIAL] = "spapr-vio-serial",                      \
    [CHAR_TARGET_SYSTEM_SERIAL] = "system-serial", [CHAR_TARGET_SCLP_SERIAL] = "sclp-serial",                          \
    [CHAR_TARGET_ISA_DEBUG] = "isa-debug"
#define CONSOLE_TARGETS                                                                                                \
    [CHAR_TARGET_SERIAL] = "serial", [CHAR_TARGET_XEN] = "xen", [CHAR_TARGET_UML] = "uml",                             \
    [CHAR_TARGET_VIRTIO] = "virtio", [CHAR_TARGET_LXC] = "lxc", [CHAR_TARGET_OPENVZ] = "openvz",                       \
    [CHAR_TARGET_SCLP] = "sclp", [CHAR_TARGET_SCLPLM] = "sclplm"

const char *const char_target_types[CHAR_TARGET_LAST] = {
    SERIAL_TARGETS, CONSOLE_TARGETS, [CHAR_TARGET_GUESTFWD] = "guestfwd",
};
static const char *const serial_targets[CHAR_TARGET_LAST] = {SERIAL_TARGETS};
static const char *const console_targets[CHAR_TARGET_LAST] = {CONSOLE_TARGETS};
static const char *const channel_targets[CHAR_TARGET_LAST] = {
    [CHAR_TARGET_GUESTFWD] = "guestfwd", [CHAR_TARGET_VIRTIO] = "virtio", [CHAR_TARGET_XEN] = "xen",
};
const char *const char_target_models[CHAR_MODEL_LAST] = {
    NULL, "isa-serial", "usb-serial", "pci-serial", "spapr-vty", "pl011", "sclpconsole", "sclplmconsole", "16550a",
    "isa-debugcon",
};
static const char *const channel_states[CHANNEL_STATE_LAST] = {NULL, "connected", "disconnected"};

#define UNKNOWN_TARGET XML_UNSUPPORTED("unknown target type '%s' specified for character device")
#define UNKNOWN_SOURCE XML_UNSUPPORTED("unknown type presented to host for character device: %s")
#define HOST_TYPE                                                                                                      \
    XML_ENUM(CharDef, source.type, "@type", char_source_types, .absent = CHAR_SOURCE_PTY, .always = TRUE,              \
             .invalid = UNKNOWN_SOURCE)
#define PORT                                                                                                           \
    XML_INT(CharDef, port, "@port", .absent = CHAR_PORT_UNSET,                                                         \
            .invalid = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "Invalid port number: %s"))

/* ---- serial and parallel ports ---- */

static const XmlField serial_target_fields[] = {
    XML_ENUM(CharDef, target, "@type", serial_targets, .invalid = UNKNOWN_TARGET),
    PORT,
    XML_ENUM(CharDef, model, "model/@name", char_target_models,
             .invalid = XML_UNSUPPORTED("unknown target model '%s' specified for character device")),
    XML_END,
};
static const XmlElement serial_target = {.fields = serial_target_fields};
static const XmlField serial_fields[] = {
    HOST_TYPE,
    XML_TAKEN("@tty"), /* old: the source's path */
    XML_INCLUDE(CharDef, source, &char_source_element),
    XML_INSIDE("target", &serial_target),
    XML_INCLUDE(CharDef, info, &device_info_element),
    XML_END,
};
const XmlElement serial_element = {.size = sizeof(CharDef), .fields = serial_fields};

static const XmlField parallel_target_fields[] = {PORT, XML_TAKEN("@type"), XML_END};
static const XmlElement parallel_target = {.fields = parallel_target_fields};
static const XmlField parallel_fields[] = {
    HOST_TYPE,
    XML_TAKEN("@tty"),
    XML_INCLUDE(CharDef, source, &char_source_element),
    XML_INSIDE("target", &parallel_target),
    XML_INCLUDE(CharDef, info, &device_info_element),
    XML_END,
};

static void parallel_init(gpointer self)
{
    ((CharDef *)self)->kind = CHAR_PARALLEL;
}

const XmlElement parallel_element = {.size = sizeof(CharDef), .fields = parallel_fields, .init = parallel_init};

/* ---- consoles ---- */

/* The first console's pseudo terminal once more, for readers that knew it before there was <source>. */
static void tty_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    const CharDef *console = self;

    if (console->source.type == CHAR_SOURCE_PTY && console->port == 0)
        xml_write_attribute(writer, "tty", console->source.path);
}

static const XmlField console_target_fields[] = {
    XML_ENUM(CharDef, target, "@type", console_targets, .invalid = UNKNOWN_TARGET),
    PORT,
    XML_END,
};
static const XmlElement console_target = {.fields = console_target_fields};
static const XmlField console_fields[] = {
    HOST_TYPE,
    XML_CUSTOM("@tty", .format = tty_format, .only = XML_MODE_LIVE),
    XML_INCLUDE(CharDef, source, &char_source_element),
    XML_INSIDE("target", &console_target),
    XML_INCLUDE(CharDef, info, &device_info_element),
    XML_END,
};

static void console_init(gpointer self)
{
    ((CharDef *)self)->kind = CHAR_CONSOLE;
}

const XmlElement console_element = {.size = sizeof(CharDef), .fields = console_fields, .init = console_init};

/* ---- channels ---- */

#define VIRTIO   (XML_WHEN(CHAR_TARGET_VIRTIO) | XML_WHEN(CHAR_TARGET_XEN))
#define GUESTFWD XML_WHEN(CHAR_TARGET_GUESTFWD)

static const XmlField channel_target_fields[] = {
    XML_ENUM(CharDef, target, "@type", channel_targets, .required = TRUE, .invalid = UNKNOWN_TARGET,
             .missing = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                                      "target type must be specified for channel device")),
    XML_STRING(CharDef, name, "@name", .when = VIRTIO),
    XML_ENUM(CharDef, state, "@state", channel_states, .when = VIRTIO, .only = XML_MODE_LIVE),
    XML_TAKEN("@state"),
    XML_STRING(CharDef, address, "@address", .when = GUESTFWD, .required = TRUE,
               .missing = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                                        "guestfwd channel does not define a target address")),
    XML_INT(CharDef, port, "@port", .absent = CHAR_PORT_UNSET, .when = GUESTFWD, .required = TRUE,
            .missing = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                                     "guestfwd channel does not define a target port")),
    XML_END,
};
static const XmlElement channel_target = {
    .fields = channel_target_fields, .variant = offsetof(CharDef, target),
};
static const XmlField channel_fields[] = {
    HOST_TYPE,
    XML_INCLUDE(CharDef, source, &char_source_element),
    XML_INSIDE("target", &channel_target, .required = TRUE,
               .missing = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                                        "target type must be specified for channel device")),
    XML_INCLUDE(CharDef, info, &device_info_element),
    XML_END,
};
/* clang-format on */

static void channel_init(gpointer self)
{
    ((CharDef *)self)->kind = CHAR_CHANNEL;
}

const XmlElement channel_element = {.size = sizeof(CharDef), .fields = channel_fields, .init = channel_init};

void char_def_free(CharDef *def)
{
    static const XmlElement *const elements[] = {
        [CHAR_SERIAL] = &serial_element,
        [CHAR_PARALLEL] = &parallel_element,
        [CHAR_CONSOLE] = &console_element,
        [CHAR_CHANNEL] = &channel_element,
    };

    if (def)
        xml_struct_free(elements[def->kind], def);
}
