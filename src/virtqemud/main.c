/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virtqemud: the QEMU driver's daemon. */
#include "common/error.h"
#include "common/file.h"
#include "rpc/lxc_calls.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/display/listen_watch.h"
#include "virtqemud/guest/autostart.h"
#include "virtqemud/guest/guest_list.h"
#include "virtqemud/guest/state_dir.h"
#include "virtqemud/guest/store.h"
#include "virtqemud/interface/interface_host.h"
#include "virtqemud/interface/network_peer.h"
#include "virtqemud/interface/network_watch.h"
#include "virtqemud/interface/station_watch.h"
#include "virtqemud/qemu_config.h"

static gboolean make_dirs(Daemon *daemon, GError **error)
{
    gboolean is_system = daemon_is_privileged(daemon);
    g_autofree char *caps_dir = g_build_filename(daemon_cache_dir(daemon), "qemu", "modvirt-capabilities", NULL);

    driver.is_privileged = is_system;
    driver.run_dir = g_strdup(daemon_run_dir(daemon));
    driver.config_dir = g_build_filename(daemon_config_dir(daemon), "qemu", NULL);
    driver.autostart_dir = g_build_filename(driver.config_dir, "autostart", NULL);
    driver.state_dir = g_build_filename(daemon_run_dir(daemon), "qemu", is_system ? NULL : "run", NULL);
    /* The sockets in it have paths of limited length, and a home directory may be on a network. */
    driver.lib_dir = is_system ? g_build_filename(daemon_lib_dir(daemon), "qemu", NULL) : g_strdup(driver.state_dir);
    driver.nvram_dir = g_build_filename(daemon_lib_dir(daemon), "qemu", "nvram", NULL);
    driver.tpm_dir = is_system ? g_build_filename(daemon_lib_dir(daemon), "swtpm", NULL)
                               : g_build_filename(daemon_lib_dir(daemon), "qemu", "swtpm", NULL);
    driver.log_dir = g_build_filename(daemon_log_dir(daemon), "qemu", is_system ? NULL : "log", NULL);
    driver.caps = caps_cache_new(caps_dir);
    return file_make_dir(driver.autostart_dir, 0700, VIR_FROM_QEMU, error) &&
           file_make_dir(driver.state_dir, 0755, VIR_FROM_QEMU, error) &&
           file_make_dir(driver.lib_dir, 0755, VIR_FROM_QEMU, error);
}

static gboolean start(Daemon *daemon, GError **error)
{
    driver.daemon = daemon;
    driver.guests = guest_list_new();
    if (!make_dirs(daemon, error) || !daemon_hold_state(daemon, driver.state_dir, error) || !config_load(error))
        return FALSE;
    listen_watch_init();
    network_watch_init();
    station_watch_init();
    store_load();
    state_dir_load();
    interface_host_sweep();
    if (store_is_first_start())
        autostart_all();
    return TRUE;
}

static void stop(Daemon *daemon)
{
    network_peer_close();
}

static void note_active(Guest *guest, gpointer data)
{
    if (guest->state != GUEST_SHUTOFF)
        *(gboolean *)data = TRUE;
}

static gboolean is_busy(Daemon *daemon)
{
    gboolean is_any_active = FALSE;

    guest_list_each(driver.guests, note_active, &is_any_active);
    return is_any_active || job_count() > 0;
}

static void client_closed(Daemon *daemon, DaemonClient *client)
{
    autostart_end_with_client(client);
}

/* Calls about containers are known, and are answered with that there are none. */
static const LxcHandlers no_containers;

static DaemonProgram programs[] = {{&rpc_program_qemu, NULL}, {&rpc_program_lxc, &no_containers}, {NULL, NULL}};

int main(int argc, char **argv)
{
    DaemonDriver description = {
        .name = "virtqemud",
        .type = "QEMU",
        .uri_scheme = "qemu",
        .object_kinds = 1u << RPC_OBJECT_DOMAIN,
        .remote = handlers_remote(),
        .programs = programs,
        .start = start,
        .stop = stop,
        .is_busy = is_busy,
        .client_closed = client_closed,
    };

    programs[0].handlers = handlers_qemu();
    return daemon_main(&description, argc, argv);
}
