/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/domain/device/device_info.h"

#include <string.h>

#include "conf/codecs.h"

const char *const device_address_types[DEVICE_ADDRESS_LAST] = {
    NULL,          "pci", "drive",       "virtio-serial", "ccid", "usb",        "spapr-vio",
    "virtio-s390", "ccw", "virtio-mmio", "isa",           "dimm", "unassigned",
};

/* Characters that an alias of the user's may have. */
#define ALIAS_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

/* ---- PCI ---- */

char *pci_address_format(const PciAddress *address)
{
    return g_strdup_printf("%04x:%02x:%02x.%x", address->domain, address->bus, address->slot, address->function);
}

gboolean pci_address_equal(const PciAddress *a, const PciAddress *b)
{
    return a->domain == b->domain && a->bus == b->bus && a->slot == b->slot && a->function == b->function;
}

static gboolean check_pci(const PciAddress *pci, xmlNode *node, GError **error)
{
    const struct {
        const char *name, *max_text;
        guint value, max;
    } parts[] = {
        {"domain", "0xFFFF", pci->domain, 0xffff},
        {"bus", "0xFF", pci->bus, 0xff},
        {"slot", "0x1F", pci->slot, 0x1f},
        {"function", "7", pci->function, 7},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (parts[i].value > parts[i].max) {
            vir_error_set(error, VIR_FROM_NONE, VIR_ERR_XML_ERROR,
                          "Invalid PCI address %s='0x%x', must be <= %s (line %ld)", parts[i].name, parts[i].value,
                          parts[i].max_text, xmlGetLineNo(node));
            return FALSE;
        }
    }
    return TRUE;
}

/* ---- USB ports ---- */

char *usb_port_format(const UsbAddress *address)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < USB_PORT_DEPTH && address->port[i]; i++)
        g_string_append_printf(text, i ? ".%u" : "%u", address->port[i]);
    return g_string_free(text, FALSE);
}

static char *format_usb_port(gconstpointer member)
{
    const UsbAddress *address = (gconstpointer)((const char *)member - offsetof(UsbAddress, port));
    char *text = usb_port_format(address);

    if (!*text)
        g_clear_pointer(&text, g_free);
    return text;
}

static gboolean parse_usb_port(const char *text, gpointer member, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, ".", -1);
    guint *port = member;

    if (g_strv_length(parts) > USB_PORT_DEPTH)
        return FALSE;
    memset(port, 0, USB_PORT_DEPTH * sizeof(*port));
    for (guint i = 0; parts[i]; i++) {
        guint64 value;

        if (!g_ascii_string_to_unsigned(parts[i], 10, 0, 255, &value, NULL))
            return FALSE;
        port[i] = (guint)value;
    }
    return TRUE;
}

static const XmlCodec usb_port_codec = {.parse = parse_usb_port, .format = format_usb_port};

/* ---- <address> ---- */

static gboolean parse_nonzero(const char *text, gpointer member, GError **error)
{
    return xml_codec_hex.parse(text, member, error);
}

static char *format_nonzero(gconstpointer member)
{
    return *(const guint *)member ? xml_codec_hex.format(member) : NULL;
}

static gboolean parse_base(const char *text, gpointer member, GError **error)
{
    guint64 value;

    if (!g_ascii_string_to_unsigned(g_str_has_prefix(text, "0x") ? text + 2 : text, 16, 0, G_MAXUINT64, &value, NULL))
        return FALSE;
    *(unsigned long long *)member = value;
    return TRUE;
}

static char *format_base(gconstpointer member)
{
    unsigned long long base = *(const unsigned long long *)member;

    return base ? g_strdup_printf("0x%llx", base) : NULL;
}

static const XmlCodec base_codec = {.parse = parse_base, .format = format_base};

static const XmlCodec nonzero_codec = {.parse = parse_nonzero, .format = format_nonzero};

#define PCI     XML_WHEN(DEVICE_ADDRESS_PCI)
#define DRIVE   XML_WHEN(DEVICE_ADDRESS_DRIVE)
#define VSERIAL XML_WHEN(DEVICE_ADDRESS_VIRTIO_SERIAL)
#define USB     XML_WHEN(DEVICE_ADDRESS_USB)
#define ISA     XML_WHEN(DEVICE_ADDRESS_ISA)
#define DIMM    XML_WHEN(DEVICE_ADDRESS_DIMM)

/* clang-format off */
static const XmlField address_fields[] = {
    XML_ENUM(DeviceInfo, address_type, "@type", device_address_types, .required = TRUE,
             .invalid = XML_UNSUPPORTED("unknown address type '%s'")),
    XML_CODEC(DeviceInfo, pci.domain, "@domain", &xml_codec_hex4, .when = PCI),
    XML_CODEC(DeviceInfo, pci.bus, "@bus", &xml_codec_hex2, .when = PCI),
    XML_CODEC(DeviceInfo, pci.slot, "@slot", &xml_codec_hex2, .when = PCI),
    XML_CODEC(DeviceInfo, pci.function, "@function", &xml_codec_hex, .when = PCI),
    XML_ONOFF(DeviceInfo, pci.multifunction, "@multifunction", .when = PCI),
    XML_UINT(DeviceInfo, drive.controller, "@controller", .when = DRIVE, .always = TRUE),
    XML_UINT(DeviceInfo, drive.bus, "@bus", .when = DRIVE, .always = TRUE),
    XML_UINT(DeviceInfo, drive.target, "@target", .when = DRIVE, .always = TRUE),
    XML_UINT(DeviceInfo, drive.unit, "@unit", .when = DRIVE, .always = TRUE),
    XML_UINT(DeviceInfo, dimm.slot, "@slot", .when = DIMM, .always = TRUE),
    XML_CODEC(DeviceInfo, dimm.base, "@base", &base_codec, .when = DIMM),
    XML_UINT(DeviceInfo, virtio_serial.controller, "@controller", .when = VSERIAL, .always = TRUE),
    XML_UINT(DeviceInfo, virtio_serial.bus, "@bus", .when = VSERIAL, .always = TRUE),
    XML_UINT(DeviceInfo, virtio_serial.port, "@port", .when = VSERIAL, .always = TRUE),
    XML_UINT(DeviceInfo, usb.bus, "@bus", .when = USB, .always = TRUE),
    XML_CODEC(DeviceInfo, usb.port, "@port", &usb_port_codec, .when = USB),
    XML_CODEC(DeviceInfo, isa.iobase, "@iobase", &nonzero_codec, .when = ISA),
    XML_CODEC(DeviceInfo, isa.irq, "@irq", &nonzero_codec, .when = ISA),
    /* Of the address types of other architectures, which the check refuses. */
    XML_TAKEN("@reg"), XML_TAKEN("@cssid"), XML_TAKEN("@ssid"), XML_TAKEN("@devno"), XML_TAKEN("@base"),
    XML_REFUSE("zpci"),
    XML_END,
};
/* clang-format on */

static gboolean address_parsed(xmlNode *node, gpointer self, GError **error)
{
    DeviceInfo *info = self;

    return info->address_type != DEVICE_ADDRESS_PCI || check_pci(&info->pci, node, error);
}

static const XmlElement address_element = {
    .fields = address_fields,
    .parsed = address_parsed,
    .variant = offsetof(DeviceInfo, address_type),
};

/* ---- <alias> ---- */

gboolean device_has_user_alias(const DeviceInfo *info)
{
    return info->alias && g_str_has_prefix(info->alias, DEVICE_USER_ALIAS) &&
           info->alias[strspn(info->alias, ALIAS_CHARACTERS)] == '\0';
}

static gboolean alias_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    DeviceInfo *info = self;

    if (info->alias)
        return TRUE;
    info->alias = xml_attribute(node, "name");
    /* Ours are made at each start; what an inactive document has of them is left over from a live one. */
    if (!(mode & XML_MODE_LIVE) && !device_has_user_alias(info))
        g_clear_pointer(&info->alias, g_free);
    return TRUE;
}

static void alias_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    const DeviceInfo *info = self;

    if (!info->alias || (!(mode & XML_MODE_LIVE) && !device_has_user_alias(info)))
        return;
    xml_open(writer, "alias");
    xml_write_attribute(writer, "name", info->alias);
    xml_close(writer);
}

static void alias_clear(gpointer self)
{
    g_clear_pointer(&((DeviceInfo *)self)->alias, g_free);
}

static void alias_own(gpointer self)
{
    ((DeviceInfo *)self)->alias = g_strdup(((DeviceInfo *)self)->alias);
}

/* ---- what stands in the device's own element ---- */

static gboolean master_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    g_autofree char *port = xml_attribute(node, "startport");
    DeviceInfo *info = self;
    guint64 value = 0;

    if (port && !g_ascii_string_to_unsigned(port, 10, 0, 255, &value, NULL)) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "Cannot parse <master> 'startport' attribute");
        return FALSE;
    }
    info->is_companion = TRUE;
    info->master_port = (guint)value;
    return TRUE;
}

static void master_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    const DeviceInfo *info = self;

    if (!info->is_companion)
        return;
    xml_open(writer, "master");
    xml_write_attributef(writer, "startport", "%u", info->master_port);
    xml_close(writer);
}

/* clang-format off */
static const XmlField info_fields[] = {
    XML_UINT(DeviceInfo, boot_order, "boot/@order", .nonzero = TRUE),
    XML_STRING(DeviceInfo, loadparm, "boot/@loadparm"),
    XML_CUSTOM("alias", .parse = alias_parse, .format = alias_format, .clear = alias_clear, .own = alias_own),
    XML_CUSTOM("master", .parse = master_parse, .format = master_format),
    XML_YESNO(DeviceInfo, rom_enabled, "rom/@enabled"),
    XML_ONOFF(DeviceInfo, rom_bar, "rom/@bar"),
    XML_STRING(DeviceInfo, rom_file, "rom/@file"),
    XML_UINT(DeviceInfo, acpi_index, "acpi/@index"),
    XML_INSIDE("address", &address_element),
    XML_END,
};
const XmlElement device_info_element = {.fields = info_fields};

static const XmlField virtio_options_fields[] = {
    XML_ONOFF(VirtioOptions, iommu, "@iommu"),
    XML_ONOFF(VirtioOptions, ats, "@ats"),
    XML_ONOFF(VirtioOptions, packed, "@packed"),
    XML_ONOFF(VirtioOptions, page_per_vq, "@page_per_vq"),
    XML_END,
};
const XmlElement virtio_options_element = {.fields = virtio_options_fields};
/* clang-format on */
