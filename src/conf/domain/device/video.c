/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <video>: graphics cards. */
#include "conf/domain/device/devices.h"

/* clang-format off */
const char *const video_models[VIDEO_LAST] = {
    NULL, "vga", "cirrus", "vmvga", "xen", "vbox", "qxl", "parallels", "virtio", "gop", "none", "bochs", "ramfb",
};
static const char *const vgaconfs[VGACONF_LAST] = {NULL, "io", "on", "off"};
/* clang-format on */

static gboolean primary_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    g_autofree char *text = xml_attribute(node, "primary");
    int value = text ? xml_enum_find(xml_yes_no, XML_BOOL_LAST, text) : XML_BOOL_ABSENT;

    if (value < 0) {
        xml_set_invalid(error, node, "@primary", text, NULL);
        return FALSE;
    }
    ((VideoDef *)self)->is_primary = value == XML_BOOL_YES;
    return TRUE;
}

static void primary_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    if (((const VideoDef *)self)->is_primary)
        xml_write_attribute(writer, "primary", "yes");
}

/* clang-format off */
#define NOT_A_NUMBER(what) XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "cannot parse video " what " '%s'")

static const XmlField acceleration_fields[] = {
    XML_YESNO(VideoDef, accel3d, "@accel3d"),
    XML_YESNO(VideoDef, accel2d, "@accel2d"),
    XML_STRING(VideoDef, rendernode, "@rendernode"),
    XML_END,
};
static const XmlElement acceleration_element = {.fields = acceleration_fields};

static const XmlField model_fields[] = {
    XML_ENUM(VideoDef, model, "@type", video_models, .invalid = XML_UNSUPPORTED("unknown video model '%s'")),
    XML_UINT(VideoDef, ram_kib, "@ram", .invalid = NOT_A_NUMBER("ram")),
    XML_UINT(VideoDef, vram_kib, "@vram", .invalid = NOT_A_NUMBER("vram")),
    XML_UINT(VideoDef, vram64_kib, "@vram64", .invalid = NOT_A_NUMBER("vram64")),
    XML_UINT(VideoDef, vgamem_kib, "@vgamem", .invalid = NOT_A_NUMBER("vgamem")),
    XML_UINT(VideoDef, heads, "@heads", .invalid = NOT_A_NUMBER("heads")),
    XML_CUSTOM("@primary", .parse = primary_parse, .format = primary_format),
    XML_INSIDE("acceleration", &acceleration_element),
    XML_UINT(VideoDef, width, "resolution/@x"),
    XML_UINT(VideoDef, height, "resolution/@y"),
    XML_END,
};
static const XmlElement model_element = {.fields = model_fields, .variant = offsetof(VideoDef, model)};

static const XmlField driver_fields[] = {
    XML_REFUSE("@name"),
    XML_ENUM(VideoDef, vgaconf, "@vgaconf", vgaconfs),
    XML_INCLUDE(VideoDef, virtio, &virtio_options_element),
    XML_END,
};
static const XmlElement driver_element = {.fields = driver_fields};

static const XmlField video_fields[] = {
    XML_INSIDE("driver", &driver_element),
    XML_INSIDE("model", &model_element),
    XML_INCLUDE(VideoDef, info, &device_info_element),
    XML_END,
};
/* clang-format on */

const XmlElement video_element = {.size = sizeof(VideoDef), .fields = video_fields};

void video_def_free(VideoDef *video)
{
    xml_struct_free(&video_element, video);
}
