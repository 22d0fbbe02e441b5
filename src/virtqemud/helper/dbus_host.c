/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/helper/dbus_host.h"

#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/file.h"
#include "virtqemud/driver.h"
#include "virtqemud/helper/run_helper.h"
#include "virtqemud/host/ownership.h"

#define RUN_PREFIX "domain-"

/* Who may connect is decided by the socket's directory: on the bus itself everybody may say everything. */
static const char config_template[] =
    "<!DOCTYPE busconfig PUBLIC '-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN'\n"
    " 'http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd'>\n"
    "<busconfig>\n"
    "  <type>org.libvirt.qemu</type>\n"
    "  <listen>unix:path=%s</listen>\n"
    "  <auth>EXTERNAL</auth>\n"
    "  <policy context='default'>\n"
    "    <allow own='*'/>\n"
    "    <allow send_destination='*' eavesdrop='true'/>\n"
    "    <allow eavesdrop='true'/>\n"
    "  </policy>\n"
    "</busconfig>\n";

/* A file of the run's bus: what is "sock" or "conf". */
static char *bus_file(const char *run, const char *what)
{
    const char *name = g_str_has_prefix(run, RUN_PREFIX) ? run + strlen(RUN_PREFIX) : run;

    return g_strdup_printf("%s/dbus/%s-dbus.%s", driver.state_dir, name, what);
}

static gboolean needs_bus(const GraphicsDef *graphics)
{
    return graphics->type == GRAPHICS_DBUS && graphics->is_p2p != XML_BOOL_YES &&
           (!graphics->dbus_address || graphics->is_dbus_address_auto);
}

static gboolean choose_addresses(DomainDef *def, const char *run)
{
    gboolean is_needed = FALSE;

    for (guint i = 0; i < def->graphics->len; i++) {
        GraphicsDef *graphics = g_ptr_array_index(def->graphics, i);
        g_autofree char *socket = NULL;

        if (!needs_bus(graphics))
            continue;
        is_needed = TRUE;
        socket = bus_file(run, "sock");
        g_free(graphics->dbus_address);
        graphics->dbus_address = g_strconcat("unix:path=", socket, NULL);
        graphics->is_dbus_address_auto = TRUE;
    }
    return is_needed;
}

void dbus_host_choose_addresses(DomainDef *def, const char *run)
{
    choose_addresses(def, run);
}

/* ---- the process ---- */

/* Where the socket is and the bus reads its configuration: QEMU's user's, and nobody else's. */
static gboolean write_config(const char *run, const char *socket, GError **error)
{
    g_autofree char *dir = g_build_filename(driver.state_dir, "dbus", NULL);
    g_autofree char *conf = bus_file(run, "conf");
    g_autofree char *quoted = g_markup_escape_text(socket, -1);
    g_autofree char *text = g_strdup_printf(config_template, quoted);

    return file_make_dir(dir, 0770, VIR_FROM_QEMU, error) && ownership_hand_over(dir, error) &&
           file_replace(conf, text, 0600, VIR_FROM_QEMU, error) && ownership_hand_over(conf, error);
}

static gboolean start_bus(const DomainDef *def, const char *run, const char *socket, GError **error)
{
    g_autofree char *program = g_find_program_in_path("dbus-daemon");
    g_autofree char *conf = bus_file(run, "conf");
    g_autoptr(Command) command = NULL;

    if (!program) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                      "graphics of type 'dbus' without an address: dbus-daemon is not installed");
        return FALSE;
    }
    if (!write_config(run, socket, error))
        return FALSE;
    command = command_new(program);
    command_add(command, "--nofork", NULL);
    command_add(command, "--config-file", conf);
    return run_helper_start(command, def->name, driver.qemu_user, run, "dbus", socket, error);
}

gboolean dbus_host_start(DomainDef *def, const char *run, GError **error)
{
    g_autofree char *socket = bus_file(run, "sock");

    return !choose_addresses(def, run) || run_helper_answers(socket) || start_bus(def, run, socket, error);
}

void dbus_host_remove(const char *run)
{
    g_autofree char *conf = bus_file(run, "conf");
    g_autofree char *socket = bus_file(run, "sock");

    if (unlink(conf) == 0)
        unlink(socket);
}
