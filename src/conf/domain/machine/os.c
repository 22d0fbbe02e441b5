/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <os>: how a guest boots. */
#include "conf/domain/machine/machine.h"

/* clang-format off */
const char *const boot_devices[BOOT_LAST] = {"fd", "cdrom", "hd", "network"};
const char *const loader_types[LOADER_TYPE_LAST] = {NULL, "rom", "pflash", "none"};
const char *const firmwares[FIRMWARE_LAST] = {NULL, "bios", "efi"};
const char *const firmware_features[FIRMWARE_FEATURE_LAST] = {"enrolled-keys", "secure-boot"};
const char *const smbios_modes[SMBIOS_LAST] = {NULL, "emulate", "host", "sysinfo"};
/* clang-format on */

#define TIMEOUT_MAX_MS 65535

/* ---- <firmware> ---- */

static gboolean feature_read(xmlNode *node, DomainOs *os, GError **error)
{
    g_autofree char *name = xml_attribute(node, "name");
    g_autofree char *enabled = xml_attribute(node, "enabled");
    int feature = name ? xml_enum_find(firmware_features, FIRMWARE_FEATURE_LAST, name) : -1;
    int value = enabled ? xml_enum_find(xml_yes_no, XML_BOOL_LAST, enabled) : -1;

    if (!name)
        xml_set_missing(error, node, "@name");
    else if (feature < 0)
        xml_set_invalid(error, node, "@name", name, NULL);
    else if (!enabled)
        xml_set_missing(error, node, "@enabled");
    else if (value < 0)
        xml_set_invalid(error, node, "@enabled", enabled, NULL);
    if (feature < 0 || value < 0)
        return FALSE;
    os->firmware_enabled[feature] = (XmlBool)value;
    return TRUE;
}

static gboolean firmware_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    for (xmlNode *child = xml_first_element(node); child; child = xml_next_element(child)) {
        if (xml_is(child, "feature") && !feature_read(child, self, error))
            return FALSE;
    }
    return TRUE;
}

static void firmware_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    const DomainOs *os = self;

    xml_open(writer, "firmware");
    for (int i = 0; i < FIRMWARE_FEATURE_LAST; i++) {
        if (os->firmware_enabled[i] == XML_BOOL_ABSENT)
            continue;
        xml_open(writer, "feature");
        xml_write_attribute(writer, "enabled", xml_yes_no[os->firmware_enabled[i]]);
        xml_write_attribute(writer, "name", firmware_features[i]);
        xml_close(writer);
    }
    xml_close_unless_empty(writer);
}

/* ---- <boot> ---- */

static gboolean boot_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    DomainOs *os = self;
    g_autofree char *device = xml_attribute(node, "dev");
    int found = device ? xml_enum_find(boot_devices, BOOT_LAST, device) : -1;

    if (!device)
        xml_set_missing(error, node, "@dev");
    else if (found < 0)
        xml_set_invalid(error, node, "@dev", device, NULL);
    if (found < 0)
        return FALSE;
    /* What is named twice is tried twice; further ones libvirt passes over as well. */
    if (os->n_boot < BOOT_DEVICES_MAX)
        os->boot[os->n_boot++] = (BootDevice)found;
    return TRUE;
}

static void boot_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    const DomainOs *os = self;

    for (guint i = 0; i < os->n_boot; i++) {
        xml_open(writer, "boot");
        xml_write_attribute(writer, "dev", boot_devices[os->boot[i]]);
        xml_close(writer);
    }
}

/* ---- <nvram> ---- */

/* clang-format off */
static const XmlField nvram_store_fields[] = {
    XML_TAKEN("@template"),
    XML_ENUM(NvramStore, source.type, "@type", disk_source_types, .required = TRUE, .always = TRUE),
    XML_PART(NvramStore, source, "source", &disk_source_element),
    XML_END,
};
static const XmlElement nvram_store_element = {.size = sizeof(NvramStore), .fields = nvram_store_fields};
/* clang-format on */

/* Elsewhere than in a file of this host. */
static gboolean nvram_store_parse(xmlNode *node, DomainOs *os, const char *type, guint mode, GError **error)
{
    if (!g_str_equal(type, "network") && !g_str_equal(type, "block")) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED, "nvram of type '%s' (line %ld)", type,
                      xmlGetLineNo(node));
        return FALSE;
    }
    os->nvram_store = xml_struct_parse(&nvram_store_element, node, mode, error);
    return os->nvram_store != NULL;
}

/* New documents name the file inside a <source>. */
static gboolean nvram_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    DomainOs *os = self;
    g_autofree char *type = xml_attribute(node, "type");
    xmlNode *source = xml_child(node, "source");

    if (type && !g_str_equal(type, "file"))
        return nvram_store_parse(node, os, type, mode, error);
    os->nvram_template = xml_attribute(node, "template");
    os->nvram = type && source ? xml_attribute(source, "file") : xml_text(node);
    os->has_nvram_source = type != NULL;
    if (os->nvram && !*g_strstrip(os->nvram))
        g_clear_pointer(&os->nvram, g_free);
    return TRUE;
}

static void nvram_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    const DomainOs *os = self;

    xml_struct_write(&nvram_store_element, writer, "nvram", os->nvram_store, mode);
    if (os->nvram_store || (!os->nvram && !os->nvram_template))
        return;
    xml_open(writer, "nvram");
    xml_write_attribute(writer, "template", os->nvram_template);
    if (os->nvram && os->has_nvram_source) {
        xml_write_attribute(writer, "type", "file");
        xml_open(writer, "source");
        xml_write_attribute(writer, "file", os->nvram);
        xml_close(writer);
    } else if (os->nvram) {
        xml_write_text(writer, os->nvram);
    }
    xml_close(writer);
}

static void nvram_clear(gpointer self)
{
    DomainOs *os = self;

    g_clear_pointer(&os->nvram, g_free);
    g_clear_pointer(&os->nvram_template, g_free);
    xml_struct_free(&nvram_store_element, g_steal_pointer(&os->nvram_store));
}

static void nvram_own(gpointer self)
{
    DomainOs *os = self;

    os->nvram = g_strdup(os->nvram);
    os->nvram_template = g_strdup(os->nvram_template);
    os->nvram_store = xml_struct_copy(&nvram_store_element, os->nvram_store);
}

/* ---- <os> ---- */

/* ---- <acpi> ---- */

static const char *const acpi_tables[ACPI_TABLE_LAST] = {"slic"};

static gboolean has_no_acpi_table(gconstpointer self, guint mode)
{
    return !((const DomainOs *)self)->acpi_table_file;
}

/* clang-format off */
static const XmlField acpi_table_fields[] = {
    XML_ENUM(DomainOs, acpi_table, "@type", acpi_tables, .required = TRUE, .always = TRUE),
    XML_STRING(DomainOs, acpi_table_file, "."),
    XML_END,
};
static const XmlElement acpi_table_element = {.fields = acpi_table_fields};

static const XmlField acpi_fields[] = {
    XML_INSIDE("table", &acpi_table_element),
    XML_END,
};
static const XmlElement acpi_element = {.fields = acpi_fields};

static const XmlField type_fields[] = {
    XML_STRING(DomainOs, arch, "@arch"),
    XML_STRING(DomainOs, machine, "@machine"),
    XML_STRING(DomainOs, type, "."),
    XML_END,
};
static const XmlElement type_element = {.fields = type_fields};

static const XmlField loader_fields[] = {
    XML_YESNO(DomainOs, loader_readonly, "@readonly"),
    XML_YESNO(DomainOs, loader_secure, "@secure"),
    XML_ENUM(DomainOs, loader_type, "@type", loader_types),
    XML_YESNO(DomainOs, loader_stateless, "@stateless"),
    XML_STRING(DomainOs, loader, "."),
    XML_END,
};
static const XmlElement loader_element = {.fields = loader_fields};

static const XmlField bootmenu_fields[] = {
    XML_YESNO(DomainOs, bootmenu, "@enable"),
    XML_INT(DomainOs, bootmenu_timeout_ms, "@timeout", .absent = -1,
            .invalid = XML_UNSUPPORTED("invalid value for boot menu timeout, must be in range [0,65535]")),
    XML_END,
};
static const XmlField bios_fields[] = {
    XML_YESNO(DomainOs, bios_useserial, "@useserial"),
    XML_INT(DomainOs, reboot_timeout_ms, "@rebootTimeout", .absent = REBOOT_TIMEOUT_UNSET,
            .invalid = XML_UNSUPPORTED("invalid value for rebootTimeout, must be in range [-1,65535]")),
    XML_END,
};
/* clang-format on */

static gboolean bootmenu_parsed(xmlNode *node, gpointer self, GError **error)
{
    DomainOs *os = self;

    if (os->bootmenu_timeout_ms >= -1 && os->bootmenu_timeout_ms <= TIMEOUT_MAX_MS)
        return TRUE;
    vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED,
                  "invalid value for boot menu timeout, must be in range [0,65535] (line %ld)", xmlGetLineNo(node));
    return FALSE;
}

static gboolean bios_parsed(xmlNode *node, gpointer self, GError **error)
{
    DomainOs *os = self;

    if (os->reboot_timeout_ms >= REBOOT_TIMEOUT_UNSET && os->reboot_timeout_ms <= TIMEOUT_MAX_MS)
        return TRUE;
    vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED,
                  "invalid value for rebootTimeout, must be in range [-1,65535] (line %ld)", xmlGetLineNo(node));
    return FALSE;
}

static const XmlElement bootmenu_element = {.fields = bootmenu_fields, .parsed = bootmenu_parsed};
static const XmlElement bios_element = {.fields = bios_fields, .parsed = bios_parsed};

/* clang-format off */
static const XmlField os_fields[] = {
    XML_ENUM(DomainOs, firmware, "@firmware", firmwares),
    XML_INSIDE("type", &type_element),
    XML_CUSTOM("firmware", .parse = firmware_parse, .format = firmware_format),
    XML_REFUSE("init"), XML_REFUSE("initarg"), XML_REFUSE("initenv"), XML_REFUSE("initdir"), XML_REFUSE("inituser"),
    XML_REFUSE("initgroup"), XML_TAKEN("root"),
    XML_INSIDE("loader", &loader_element),
    XML_CUSTOM("nvram", .parse = nvram_parse, .format = nvram_format, .clear = nvram_clear, .own = nvram_own),
    XML_STRING(DomainOs, kernel, "kernel"),
    XML_STRING(DomainOs, initrd, "initrd"),
    XML_STRING(DomainOs, cmdline, "cmdline"),
    XML_STRING(DomainOs, dtb, "dtb"),
    XML_INSIDE("acpi", &acpi_element, .skip = has_no_acpi_table),
    XML_CUSTOM("boot", .parse = boot_parse, .format = boot_format),
    XML_INSIDE("bootmenu", &bootmenu_element),
    XML_INSIDE("bios", &bios_element),
    XML_ENUM(DomainOs, smbios, "smbios/@mode", smbios_modes),
    XML_END,
};
/* clang-format on */

/* An element that is there but empty says as much as none. */
static void drop_if_empty(char **text)
{
    if (*text && !*g_strstrip(*text))
        g_clear_pointer(text, g_free);
}

static gboolean os_parsed(xmlNode *node, gpointer self, GError **error)
{
    DomainOs *os = self;

    drop_if_empty(&os->type);
    drop_if_empty(&os->loader);
    drop_if_empty(&os->kernel);
    drop_if_empty(&os->initrd);
    drop_if_empty(&os->dtb);
    drop_if_empty(&os->acpi_table_file);
    return TRUE;
}

const XmlElement os_element = {.size = sizeof(DomainOs), .fields = os_fields, .parsed = os_parsed};
