/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Firmware, boot menu, direct kernel boot. */
#include "virtqemud/command/build.h"
#include "virtqemud/device/disk_source.h"

/* Flash whose data is in source. */
static gboolean add_pflash(CommandBuild *build, const DiskSource *source, guint number, gboolean is_read_only,
                           GError **error)
{
    g_autofree char *name = g_strdup_printf("libvirt-pflash%u", number);
    const DiskNode node = {.source = source, .name = name};
    json_object *format;

    if (!disk_node_add_storage(build, &node, error))
        return FALSE;
    format = json_object_new_object();
    json_add_stringf(format, "node-name", "%s-format", name);
    json_add_bool(format, "read-only", is_read_only);
    json_add_string(format, "driver", "raw");
    json_add_stringf(format, "file", "%s-storage", name);
    command_add_json(build->command, "-blockdev", format);
    return TRUE;
}

static gboolean add_pflash_file(CommandBuild *build, char *path, guint number, gboolean is_read_only, GError **error)
{
    const DiskSource source = {.type = DISK_SOURCE_FILE, .path = path};

    return add_pflash(build, &source, number, is_read_only, error);
}

gboolean build_firmware(CommandBuild *build, GError **error)
{
    const DomainOs *os = build->def->os;

    if (os->dtb)
        return unsupported(error, "dtb");
    /* One that is chosen by what it can do is chosen at the start. */
    if (!os->loader)
        return TRUE;
    if (os->loader_type != LOADER_TYPE_PFLASH) {
        command_add(build->command, "-bios", os->loader);
        return TRUE;
    }
    if (!add_pflash_file(build, os->loader, 0, os->loader_readonly != XML_BOOL_NO, error))
        return FALSE;
    if (os->nvram_store)
        return add_pflash(build, &os->nvram_store->source, 1, FALSE, error);
    return !os->nvram || add_pflash_file(build, os->nvram, 1, FALSE, error);
}

static void add_boot_options(CommandBuild *build)
{
    const DomainOs *os = build->def->os;
    g_autoptr(GString) options = g_string_new(NULL);

    if (os->bootmenu != XML_BOOL_ABSENT) {
        option_append_switch(options, "menu", os->bootmenu);
        if (os->bootmenu == XML_BOOL_YES && os->bootmenu_timeout_ms > 0)
            option_appendf(options, "splash-time", "%d", os->bootmenu_timeout_ms);
    }
    if (os->reboot_timeout_ms != REBOOT_TIMEOUT_UNSET)
        option_appendf(options, "reboot-timeout", "%d", os->reboot_timeout_ms);
    g_string_append(options, ",strict=on");
    command_add(build->command, "-boot", options->str + 1);
}

void build_boot(CommandBuild *build)
{
    const DomainOs *os = build->def->os;

    add_boot_options(build);
    if (os->acpi_table_file) {
        g_autoptr(GString) table = g_string_new("sig=SLIC");

        option_append(table, "file", os->acpi_table_file);
        command_add(build->command, "-acpitable", table->str);
    }
    if (os->kernel)
        command_add(build->command, "-kernel", os->kernel);
    if (os->initrd)
        command_add(build->command, "-initrd", os->initrd);
    if (os->cmdline)
        command_add(build->command, "-append", os->cmdline);
    if (os->loader && os->loader_secure == XML_BOOL_YES)
        command_add(build->command, "-global", "driver=cfi.pflash01,property=secure,value=on");
}
