/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/command/build.h"

#include <string.h>

#include "virtqemud/command/alias.h"

#define SANDBOX "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"

static void add_environment(CommandBuild *build)
{
    static const char *const homes[][2] = {{"HOME", ""},
                                           {"XDG_DATA_HOME", "/.local/share"},
                                           {"XDG_CACHE_HOME", "/.cache"},
                                           {"XDG_CONFIG_HOME", "/.config"}};
    const GPtrArray *own = build->def->qemu_env;

    command_add_env(build->command, "LC_ALL", "C");
    command_add_env(build->command, "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    for (gsize i = 0; i < G_N_ELEMENTS(homes); i++) {
        g_autofree char *dir = g_strconcat(build->guest_dir, homes[i][1], NULL);

        command_add_env(build->command, homes[i][0], dir);
    }
    for (guint i = 0; own && i < own->len; i++) {
        const QemuEnv *env = g_ptr_array_index(own, i);

        command_add_env(build->command, env->name, env->value ? env->value : "");
    }
}

static void add_identity(CommandBuild *build)
{
    g_autoptr(GString) options = g_string_new("guest=");

    option_append_value(options, build->def->name);
    g_string_append(options, ",debug-threads=on");
    command_add(build->command, "-name", options->str);
    command_add(build->command, "-S", NULL);
}

static void add_monitor(CommandBuild *build)
{
    if (build->purpose != BUILD_RUN) {
        g_autoptr(GString) options = g_string_new("socket,id=charmonitor");

        option_appendf(options, "path", "%s/monitor.sock", build->guest_dir);
        g_string_append(options, ",server=on,wait=off");
        command_add(build->command, "-chardev", options->str);
    } else {
        command_addf(build->command, "-chardev", "socket,id=charmonitor,fd=%d,server=on,wait=off", build->monitor_fd);
        command_pass_fd(build->command, build->monitor_fd);
    }
    command_add(build->command, "-mon", "chardev=charmonitor,id=monitor,mode=control");
}

static void add_power_management(CommandBuild *build)
{
    const DomainDef *def = build->def;
    const char *chip = domain_machine_kind(def) == MACHINE_Q35 ? "ICH9-LPC" : "PIIX4_PM";

    if (def->pm_suspend_to_mem != XML_BOOL_ABSENT)
        command_addf(build->command, "-global", "%s.disable_s3=%d", chip, def->pm_suspend_to_mem == XML_BOOL_NO);
    if (def->pm_suspend_to_disk != XML_BOOL_ABSENT)
        command_addf(build->command, "-global", "%s.disable_s4=%d", chip, def->pm_suspend_to_disk == XML_BOOL_NO);
}

static gboolean add_genid(CommandBuild *build, GError **error)
{
    json_object *object;
    char uuid[UUID_TEXT_LEN];

    if (!build->def->has_genid)
        return TRUE;
    object = device_new("vmgenid");
    uuid_format(build->def->genid, uuid);
    json_add_string(object, "guid", uuid);
    json_add_string(object, "id", "vmgenid0");
    return device_add(build, object, error);
}

static gboolean add_vmcoreinfo(CommandBuild *build, GError **error)
{
    if (build->def->features->vmcoreinfo != XML_BOOL_YES)
        return TRUE;
    return device_add(build, device_new("vmcoreinfo"), error);
}

static void add_own_arguments(CommandBuild *build)
{
    const GPtrArray *own = build->def->qemu_args;

    for (guint i = 0; own && i < own->len; i++)
        command_add(build->command, ((const QemuArg *)g_ptr_array_index(own, i))->value, NULL);
}

static gboolean check_general(CommandBuild *build, GError **error)
{
    const DomainOs *os = build->def->os;

    if (g_strcmp0(os->type, "hvm") != 0)
        return unsupported(error, "os type '%s'", os->type);
    if (os->smbios == SMBIOS_HOST)
        return unsupported(error, "smbios mode '%s'", smbios_modes[os->smbios]);
    if (build->def->on_crash == LIFECYCLE_COREDUMP_DESTROY || build->def->on_crash == LIFECYCLE_COREDUMP_RESTART)
        return unsupported(error, "on_crash '%s'", lifecycle_actions[build->def->on_crash]);
    return TRUE;
}

static void number_boot_devices(CommandBuild *build)
{
    const DomainOs *os = build->def->os;

    for (guint i = 0; i < os->n_boot; i++)
        build->boot_index[os->boot[i]] = i + 1;
}

/* One group of arguments; the order is the peer's, and QEMU needs some of it (a bus before what is plugged into it). */
typedef gboolean (*BuildStep)(CommandBuild *build, GError **error);

static const BuildStep device_steps[] = {
    add_genid,           build_iommus,      build_controllers, build_hubs,     build_memory_devices,
    build_disks,         build_filesystems, build_interfaces,  build_chardevs, build_tpms,
    build_inputs,        build_audios,      build_graphics,    build_videos,   build_sounds,
    build_small_devices, build_shmems,      add_vmcoreinfo,    build_vsocks,
};

gboolean command_build(CommandBuild *build, GError **error)
{
    Command *command = build->command;

    number_boot_devices(build);
    add_environment(build);
    add_identity(build);
    if (!check_general(build, error) || !build_firmware(build, error) || !build_machine(build, error) ||
        !build_smbios(build, error))
        return FALSE;
    if (build->def->graphics->len == 0)
        command_add(command, "-display", "none");
    command_add(command, "-no-user-config", NULL);
    command_add(command, "-nodefaults", NULL);
    add_monitor(build);
    build_clock(build);
    if (build->def->on_reboot == LIFECYCLE_DESTROY)
        command_add(command, "-no-reboot", NULL);
    command_add(command, "-no-shutdown", NULL);
    if (!build->def->features->acpi && domain_is_x86(build->def))
        command_add(command, "-no-acpi", NULL);
    add_power_management(build);
    build_boot(build);
    for (gsize i = 0; i < G_N_ELEMENTS(device_steps); i++)
        if (!device_steps[i](build, error))
            return FALSE;
    command_add(command, "-sandbox", SANDBOX);
    add_own_arguments(build);
    command_add(command, "-msg", "timestamp=on");
    command_finish(command);
    return TRUE;
}

static const char *run_name_of(const char *guest_dir)
{
    const char *name = strrchr(guest_dir, '/') + 1;

    return g_str_has_prefix(name, "domain-") ? name + strlen("domain-") : name;
}

Command *command_preview(const DomainDef *def, const EmulatorCaps *caps, const CommandSettings *settings,
                         const char *guest_dir, GError **error)
{
    g_autoptr(DomainDef) copy = domain_def_copy(def);
    g_autoptr(Command) command = command_new(def->emulator);
    CommandBuild build = {.def = copy,
                          .caps = caps,
                          .settings = settings,
                          .purpose = BUILD_PREVIEW,
                          .run_name = run_name_of(guest_dir),
                          .guest_dir = guest_dir,
                          .command = command};

    alias_assign(copy);
    alias_assign_paths(copy, guest_dir);
    if (!command_build(&build, error))
        return NULL;
    return g_steal_pointer(&command);
}

gboolean command_check(DomainDef *def, const EmulatorCaps *caps, const CommandSettings *settings, const char *guest_dir,
                       GError **error)
{
    g_autoptr(Command) command = command_new(def->emulator);
    GArray *lent = alias_lend(def, guest_dir);
    CommandBuild build = {.def = def,
                          .caps = caps,
                          .settings = settings,
                          .purpose = BUILD_CHECK,
                          .run_name = run_name_of(guest_dir),
                          .guest_dir = guest_dir,
                          .command = command};
    gboolean is_buildable;

    command->is_checked_only = TRUE;
    is_buildable = command_build(&build, error);
    alias_take_back(def, lent);
    return is_buildable;
}
