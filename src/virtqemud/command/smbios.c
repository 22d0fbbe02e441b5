/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the firmware says of the machine: UUID, SMBIOS tables, files by fw_cfg. */
#include "virtqemud/command/build.h"

/* QEMU calls the entries as the document does. */
static void add_table(CommandBuild *build, guint type, const GPtrArray *entries)
{
    g_autoptr(GString) options = g_string_new(NULL);

    if (!entries || entries->len == 0)
        return;
    g_string_printf(options, "type=%u", type);
    for (guint i = 0; i < entries->len; i++) {
        const SysinfoEntry *entry = g_ptr_array_index(entries, i);

        option_append(options, entry->name, entry->value);
    }
    command_add(build->command, "-smbios", options->str);
}

static void add_strings(CommandBuild *build, const GPtrArray *strings)
{
    g_autoptr(GString) options = g_string_new("type=11");

    if (!strings || strings->len == 0)
        return;
    for (guint i = 0; i < strings->len; i++)
        option_append(options, "value", g_ptr_array_index(strings, i));
    command_add(build->command, "-smbios", options->str);
}

static void add_tables(CommandBuild *build, const SysinfoDef *sysinfo)
{
    add_table(build, 0, sysinfo->bios);
    add_table(build, 1, sysinfo->system);
    for (guint i = 0; sysinfo->boards && i < sysinfo->boards->len; i++)
        add_table(build, 2, ((const SysinfoBoard *)g_ptr_array_index(sysinfo->boards, i))->entries);
    add_table(build, 3, sysinfo->chassis);
    add_strings(build, sysinfo->oem);
}

static void add_files(CommandBuild *build, const SysinfoDef *sysinfo)
{
    for (guint i = 0; sysinfo->files && i < sysinfo->files->len; i++) {
        const SysinfoEntry *entry = g_ptr_array_index(sysinfo->files, i);
        g_autoptr(GString) options = g_string_new(NULL);

        option_append(options, "name", entry->name);
        if (entry->file)
            option_append(options, "file", entry->file);
        else
            option_append(options, "string", entry->value);
        command_add(build->command, "-fw_cfg", options->str + 1);
    }
}

gboolean build_smbios(CommandBuild *build, GError **error)
{
    const DomainDef *def = build->def;
    gboolean has_tables = FALSE;
    char uuid[UUID_TEXT_LEN];

    uuid_format(def->uuid, uuid);
    command_add(build->command, "-uuid", uuid);
    for (guint i = 0; def->sysinfos && i < def->sysinfos->len; i++) {
        const SysinfoDef *sysinfo = g_ptr_array_index(def->sysinfos, i);

        if (sysinfo->type == SYSINFO_FWCFG) {
            add_files(build, sysinfo);
        } else if (def->os->smbios == SMBIOS_SYSINFO) {
            add_tables(build, sysinfo);
            has_tables = TRUE;
        }
    }
    if (def->os->smbios != SMBIOS_SYSINFO || has_tables)
        return TRUE;
    return unsupported(error, "smbios mode 'sysinfo' without a <sysinfo>");
}
