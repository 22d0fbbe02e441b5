/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Firmware, boot menu, direct kernel boot. */
#include "virtqemud/command/build.h"

static void add_pflash(CommandBuild *build, const char *path, guint number, gboolean is_read_only)
{
    json_object *storage = json_object_new_object();
    json_object *format = json_object_new_object();

    json_add_string(storage, "driver", "file");
    json_add_string(storage, "filename", path);
    json_add_stringf(storage, "node-name", "libvirt-pflash%u-storage", number);
    json_add_bool(storage, "auto-read-only", TRUE);
    json_add_string(storage, "discard", "unmap");
    command_add_json(build->command, "-blockdev", storage);
    json_add_stringf(format, "node-name", "libvirt-pflash%u-format", number);
    json_add_bool(format, "read-only", is_read_only);
    json_add_string(format, "driver", "raw");
    json_add_stringf(format, "file", "libvirt-pflash%u-storage", number);
    command_add_json(build->command, "-blockdev", format);
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
    add_pflash(build, os->loader, 0, os->loader_readonly != XML_BOOL_NO);
    if (os->nvram)
        add_pflash(build, os->nvram, 1, FALSE);
    return TRUE;
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
    if (os->kernel)
        command_add(build->command, "-kernel", os->kernel);
    if (os->initrd)
        command_add(build->command, "-initrd", os->initrd);
    if (os->cmdline)
        command_add(build->command, "-append", os->cmdline);
    if (os->loader && os->loader_secure == XML_BOOL_YES)
        command_add(build->command, "-global", "driver=cfi.pflash01,property=secure,value=on");
}
