/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <input>: keyboards, mice, tablets, and the host's own passed through. */
#include "conf/domain/device/devices.h"

/* clang-format off */
const char *const input_types[INPUT_LAST] = {"mouse", "tablet", "keyboard", "passthrough", "evdev"};
const char *const input_buses[INPUT_BUS_LAST] = {NULL, "ps2", "usb", "xen", "parallels", "virtio", "none"};
const char *const input_grab_toggles[7] = {
    NULL, "ctrl-ctrl", "alt-alt", "shift-shift", "meta-meta", "scrolllock", "ctrl-scrolllock",
};
static const char *const grabs[] = {NULL, "all"};

#define PASSTHROUGH XML_WHEN(INPUT_PASSTHROUGH)
#define EVDEV       XML_WHEN(INPUT_EVDEV)

static const XmlField source_fields[] = {
    XML_STRING(InputDef, evdev, "@evdev", .when = PASSTHROUGH, .required = TRUE,
               .missing = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                                        "Missing evdev path for input device passthrough")),
    XML_STRING(InputDef, evdev, "@dev", .when = EVDEV, .required = TRUE,
               .missing = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                                        "Missing evdev path for input device passthrough")),
    XML_ENUM(InputDef, grab_all, "@grab", grabs, .when = EVDEV),
    XML_ENUM(InputDef, grab_toggle, "@grabToggle", input_grab_toggles, .when = EVDEV),
    XML_ONOFF(InputDef, repeat, "@repeat", .when = EVDEV),
    XML_TAKEN("@evdev"), XML_TAKEN("@dev"),
    XML_END,
};
static const XmlElement source_element = {.fields = source_fields, .variant = offsetof(InputDef, type)};
static const XmlField driver_fields[] = {XML_INCLUDE(InputDef, virtio, &virtio_options_element), XML_END};
static const XmlElement driver_element = {.fields = driver_fields};

/* An event device of the host is on no bus of the guest's. */
static gboolean has_no_bus(gconstpointer self, guint mode)
{
    return ((const InputDef *)self)->type == INPUT_EVDEV;
}

static const XmlField input_fields[] = {
    XML_ENUM(InputDef, type, "@type", input_types, .required = TRUE, .always = TRUE,
             .missing = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "missing input device type"),
             .invalid = XML_UNSUPPORTED("unknown input device type '%s'")),
    XML_ENUM(InputDef, bus, "@bus", input_buses, .skip = has_no_bus,
             .invalid = XML_UNSUPPORTED("unknown input bus type '%s'")),
    XML_ENUM(InputDef, model, "@model", virtio_models),
    XML_INSIDE("driver", &driver_element),
    XML_INSIDE("source", &source_element),
    XML_INCLUDE(InputDef, info, &device_info_element),
    XML_END,
};
/* clang-format on */

const XmlElement input_element = {
    .size = sizeof(InputDef),
    .fields = input_fields,
    .variant = offsetof(InputDef, type),
};

void input_def_free(InputDef *input)
{
    xml_struct_free(&input_element, input);
}
