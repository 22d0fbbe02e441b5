/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/guest/messages.h"

#include <unistd.h>

#include "virtqemud/host/log_file.h"

/* The peer's words: in files and logs, and for people. */
static const struct {
    const char *flag, *text;
} taints[TAINT_LAST] = {
    [TAINT_CUSTOM_ARGV] = {"custom-argv", "custom configuration parameters specified"},
    [TAINT_CUSTOM_MONITOR] = {"custom-monitor", "custom monitor control commands issued"},
    [TAINT_HIGH_PRIVILEGES] = {"high-privileges", "running with undesirable elevated privileges"},
    [TAINT_SHELL_SCRIPTS] = {"shell-scripts", "network configuration using opaque shell scripts"},
    [TAINT_HOST_CPU] = {"host-cpu", "potentially unsafe use of host CPU passthrough"},
    [TAINT_CDROM_PASSTHROUGH] = {"cdrom-passthrough", "use of host cdrom passthrough"},
    [TAINT_DEPRECATED_CONFIG] = {"deprecated-config", "use of deprecated configuration settings"},
};

gboolean messages_taint(Guest *guest, Taint taint)
{
    if (guest->messages.taints & (1u << taint))
        return FALSE;
    guest->messages.taints |= 1u << taint;
    log_file_note(guest->name, "Domain id=%d is tainted: %s", guest->id, taints[taint].flag);
    return TRUE;
}

static void add_deprecation(GuestMessages *messages, char *text)
{
    if (!messages->deprecations)
        messages->deprecations = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(messages->deprecations, text);
}

static void deprecate(Guest *guest, const char *what, const char *name)
{
    add_deprecation(&guest->messages, g_strdup_printf("%s '%s'", what, name));
    log_file_note(guest->name, "deprecated configuration: %s '%s'", what, name);
    messages_taint(guest, TAINT_DEPRECATED_CONFIG);
}

/* ---- what runs ---- */

static gboolean has_privileges(void)
{
    return geteuid() == 0 && (!driver.qemu_user || driver.qemu_user->uid == 0 || driver.qemu_user->gid == 0);
}

static void look_at_devices(Guest *guest)
{
    for (guint i = 0; i < guest->live->disks->len; i++) {
        const DiskDef *disk = g_ptr_array_index(guest->live->disks, i);

        if (disk->device == DISK_DEVICE_CDROM && disk->source.type == DISK_SOURCE_BLOCK && disk->source.path)
            messages_taint(guest, TAINT_CDROM_PASSTHROUGH);
    }
    for (guint i = 0; i < guest->live->interfaces->len; i++)
        if (((const InterfaceDef *)g_ptr_array_index(guest->live->interfaces, i))->script)
            messages_taint(guest, TAINT_SHELL_SCRIPTS);
}

static void look_for_deprecated(Guest *guest, const EmulatorCaps *caps)
{
    const DomainCpu *cpu = guest->live->cpu;
    const EmulatorMachine *machine = emulator_caps_machine(caps, guest->live->os->machine);
    const EmulatorCpu *model = cpu && cpu->model ? emulator_caps_cpu(caps, cpu->model) : NULL;

    if (machine && machine->is_deprecated)
        deprecate(guest, "machine type", guest->live->os->machine);
    if (model && model->is_deprecated)
        deprecate(guest, "CPU model", cpu->model);
}

void messages_look(Guest *guest, const EmulatorCaps *caps)
{
    const DomainDef *def = guest->live;

    if (has_privileges())
        messages_taint(guest, TAINT_HIGH_PRIVILEGES);
    if (def->qemu_args && def->qemu_args->len > 0)
        messages_taint(guest, TAINT_CUSTOM_ARGV);
    if (def->cpu && def->cpu->mode == CPU_MODE_HOST_PASSTHROUGH)
        messages_taint(guest, TAINT_HOST_CPU);
    look_at_devices(guest);
    look_for_deprecated(guest, caps);
}

void messages_clear(GuestMessages *messages)
{
    messages->taints = 0;
    g_clear_pointer(&messages->deprecations, g_ptr_array_unref);
}

/* ---- telling ---- */

char **messages_list(const GuestMessages *messages, guint kinds)
{
    GPtrArray *texts = g_ptr_array_new();

    if (!kinds || kinds & VIR_DOMAIN_MESSAGE_DEPRECATION)
        for (guint i = 0; messages->deprecations && i < messages->deprecations->len; i++)
            g_ptr_array_add(
                texts, g_strdup_printf("deprecated configuration: %s", (const char *)messages->deprecations->pdata[i]));
    if (!kinds || kinds & VIR_DOMAIN_MESSAGE_TAINTING)
        for (guint i = 0; i < TAINT_LAST; i++)
            if (messages->taints & (1u << i))
                g_ptr_array_add(texts, g_strdup_printf("tainted: %s", taints[i].text));
    g_ptr_array_add(texts, NULL);
    return (char **)g_ptr_array_free(texts, FALSE);
}

void messages_write(XmlWriter *writer, const GuestMessages *messages)
{
    for (guint i = 0; i < TAINT_LAST; i++) {
        if (!(messages->taints & (1u << i)))
            continue;
        xml_open(writer, "taint");
        xml_write_attribute(writer, "flag", taints[i].flag);
        xml_close(writer);
    }
    for (guint i = 0; messages->deprecations && i < messages->deprecations->len; i++)
        xml_write_element(writer, "deprecation", messages->deprecations->pdata[i]);
}

static void read_taint(xmlNode *node, GuestMessages *messages)
{
    g_autofree char *flag = xml_attribute(node, "flag");

    for (guint i = 0; i < TAINT_LAST; i++)
        if (g_strcmp0(flag, taints[i].flag) == 0)
            messages->taints |= 1u << i;
}

void messages_read(xmlNode *status, GuestMessages *messages)
{
    for (xmlNode *node = xml_first_element(status); node; node = xml_next_element(node)) {
        if (xml_is(node, "taint"))
            read_taint(node, messages);
        else if (xml_is(node, "deprecation"))
            add_deprecation(messages, xml_text(node));
    }
}
