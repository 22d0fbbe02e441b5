/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/host/sysinfo.h"

#include "common/error.h"
#include "common/xml.h"

/* The kernel's file for each entry, in the order of the document. */
static const struct {
    const char *block, *entry, *file;
} entries[] = {
    {"bios", "vendor", "bios_vendor"},
    {"bios", "version", "bios_version"},
    {"bios", "date", "bios_date"},
    {"bios", "release", "bios_release"},
    {"system", "manufacturer", "sys_vendor"},
    {"system", "product", "product_name"},
    {"system", "version", "product_version"},
    {"system", "serial", "product_serial"},
    {"system", "uuid", "product_uuid"},
    {"system", "sku", "product_sku"},
    {"system", "family", "product_family"},
    {"baseBoard", "manufacturer", "board_vendor"},
    {"baseBoard", "product", "board_name"},
    {"baseBoard", "version", "board_version"},
    {"baseBoard", "serial", "board_serial"},
    {"baseBoard", "asset", "board_asset_tag"},
    {"chassis", "manufacturer", "chassis_vendor"},
    {"chassis", "version", "chassis_version"},
    {"chassis", "serial", "chassis_serial"},
    {"chassis", "asset", "chassis_asset_tag"},
};

/* Some files only root may read; what cannot be read is not told. */
static char *read_entry(const char *dir, const char *file)
{
    g_autofree char *path = g_build_filename(dir, file, NULL);
    g_autofree char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL) || !g_utf8_validate(text, -1, NULL) || !*g_strstrip(text))
        return NULL;
    return g_steal_pointer(&text);
}

static void write_entry(XmlWriter *writer, const char *name, const char *value)
{
    xml_open(writer, "entry");
    xml_write_attribute(writer, "name", name);
    xml_write_text(writer, value);
    xml_close(writer);
}

char *sysinfo_format(const char *dir, GError **error)
{
    g_autoptr(XmlWriter) writer = xml_writer_new();
    const char *open_block = NULL;

    xml_open(writer, "sysinfo");
    xml_write_attribute(writer, "type", "smbios");
    for (gsize i = 0; i < G_N_ELEMENTS(entries); i++) {
        g_autofree char *value = read_entry(dir, entries[i].file);

        if (!value)
            continue;
        if (g_strcmp0(open_block, entries[i].block) != 0) {
            if (open_block)
                xml_close(writer);
            open_block = entries[i].block;
            xml_open(writer, open_block);
        }
        write_entry(writer, entries[i].entry, value);
    }
    if (!open_block) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED, "Host SMBIOS information is not available");
        return NULL;
    }
    xml_close(writer);
    xml_close(writer);
    return xml_writer_take(writer);
}
