/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/guest/qemu_events.h"

#include <signal.h>
#include <string.h>

#include "common/log.h"
#include "virtqemud/guest/events.h"
#include "virtqemud/guest/guest.h"
#include "virtqemud/plug/unplug.h"
#include "virtqemud/plug/vcpus.h"

/* ---- the guest's processors ---- */

static int suspended_detail(int pause_reason)
{
    switch (pause_reason) {
    case VIR_DOMAIN_PAUSED_IOERROR:
        return VIR_DOMAIN_EVENT_SUSPENDED_IOERROR;
    case VIR_DOMAIN_PAUSED_WATCHDOG:
        return VIR_DOMAIN_EVENT_SUSPENDED_WATCHDOG;
    default:
        return VIR_DOMAIN_EVENT_SUSPENDED_PAUSED;
    }
}

static void on_stop(Guest *guest, json_object *data)
{
    int reason = guest->pause_reason != VIR_DOMAIN_PAUSED_UNKNOWN ? guest->pause_reason : VIR_DOMAIN_PAUSED_USER;

    guest->pause_reason = VIR_DOMAIN_PAUSED_UNKNOWN;
    if (guest_move(guest, MOVE_STOP, reason, NULL))
        events_lifecycle(guest, VIR_DOMAIN_EVENT_SUSPENDED, suspended_detail(reason));
}

static void on_resume(Guest *guest, json_object *data)
{
    gboolean is_boot = guest->state == GUEST_PAUSED && guest->reason == VIR_DOMAIN_PAUSED_STARTING_UP;

    if (guest_move(guest, MOVE_RESUME, is_boot ? VIR_DOMAIN_RUNNING_BOOTED : VIR_DOMAIN_RUNNING_UNPAUSED, NULL))
        events_lifecycle(guest, VIR_DOMAIN_EVENT_RESUMED, VIR_DOMAIN_EVENT_RESUMED_UNPAUSED);
}

static void on_reset(Guest *guest, json_object *data)
{
    events_reboot(guest);
}

static void on_suspend(Guest *guest, json_object *data)
{
    if (!guest_move(guest, MOVE_SLEEP, VIR_DOMAIN_PMSUSPENDED_UNKNOWN, NULL))
        return;
    events_lifecycle(guest, VIR_DOMAIN_EVENT_PMSUSPENDED, VIR_DOMAIN_EVENT_PMSUSPENDED_MEMORY);
    events_pm_suspend(guest);
}

static void on_wakeup(Guest *guest, json_object *data)
{
    if (!guest_move(guest, MOVE_WAKE, VIR_DOMAIN_RUNNING_WAKEUP, NULL))
        return;
    events_lifecycle(guest, VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_WAKEUP);
    events_pm_wakeup(guest);
}

/* ---- its end ---- */

static void after_reset(QmpBatch *batch, const GError *error, gpointer data)
{
    g_autoptr(Guest) guest = data;

    if (error && guest_is_active(guest)) {
        log_warning("guest '%s' cannot be reset, so it is ended: %s", guest->name, error->message);
        guest_stop(guest, VIR_DOMAIN_SHUTOFF_FAILED, TRUE, NULL, NULL);
    }
}

/* Starts the guest anew in the QEMU that is there. */
static void reset_guest(Guest *guest)
{
    QmpBatch *batch = qmp_batch_new();

    qmp_batch_add(batch, "system_reset", NULL);
    qmp_batch_add(batch, "cont", NULL);
    qmp_ask(guest->qmp, batch, QMP_TIMEOUT_MS, after_reset, guest_ref(guest));
}

static void act_on_shutdown(Guest *guest, gboolean is_reset)
{
    LifecycleAction action = is_reset ? guest->live->on_reboot : guest->live->on_poweroff;

    if (guest->is_rebooting || action == LIFECYCLE_RESTART || action == LIFECYCLE_RENAME_RESTART) {
        guest->is_rebooting = FALSE;
        reset_guest(guest);
    } else if (action != LIFECYCLE_PRESERVE) {
        guest_stop(guest, VIR_DOMAIN_SHUTOFF_SHUTDOWN, TRUE, NULL, NULL);
    }
}

static void on_shutdown(Guest *guest, json_object *data)
{
    const char *reason = json_get_string(data, "reason");
    gboolean is_reset = g_strcmp0(reason, "guest-reset") == 0;
    int detail = json_get_bool(data, "guest") ? VIR_DOMAIN_EVENT_SHUTDOWN_GUEST : VIR_DOMAIN_EVENT_SHUTDOWN_HOST;

    /* Told to end, QEMU says this too. */
    if (guest->state == GUEST_STOPPING) {
        if (guest->is_published)
            events_lifecycle(guest, VIR_DOMAIN_EVENT_SHUTDOWN, VIR_DOMAIN_EVENT_SHUTDOWN_HOST);
        return;
    }
    if (!guest->is_rebooting) {
        if (!guest_move(guest, MOVE_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_UNKNOWN, NULL))
            return;
        events_lifecycle(guest, VIR_DOMAIN_EVENT_SHUTDOWN, detail);
    }
    act_on_shutdown(guest, is_reset);
}

static void on_panic(Guest *guest, json_object *data)
{
    if (!guest_move(guest, MOVE_PANIC, VIR_DOMAIN_CRASHED_PANICKED, NULL))
        return;
    events_lifecycle(guest, VIR_DOMAIN_EVENT_CRASHED, VIR_DOMAIN_EVENT_CRASHED_PANICKED);
    switch ((int)guest->live->on_crash) {
    case LIFECYCLE_RESTART:
    case LIFECYCLE_RENAME_RESTART:
        reset_guest(guest);
        break;
    case LIFECYCLE_PRESERVE:
        break;
    default:
        guest_stop(guest, VIR_DOMAIN_SHUTOFF_CRASHED, TRUE, NULL, NULL);
        break;
    }
}

/* ---- devices ---- */

static void on_rtc_change(Guest *guest, json_object *data)
{
    gint64 offset_s = json_get_int(data, "offset", 0);

    /* A clock that is kept over starts keeps what the guest has set. */
    if (guest->live->clock->offset == CLOCK_VARIABLE) {
        guest->live->clock->adjustment_s += offset_s;
        guest_changed(guest);
    }
    events_rtc_change(guest, offset_s);
}

static void on_watchdog(Guest *guest, json_object *data)
{
    static const struct {
        const char *name;
        int action;
    } actions[] = {
        {"reset", VIR_DOMAIN_EVENT_WATCHDOG_RESET},       {"poweroff", VIR_DOMAIN_EVENT_WATCHDOG_POWEROFF},
        {"shutdown", VIR_DOMAIN_EVENT_WATCHDOG_SHUTDOWN}, {"pause", VIR_DOMAIN_EVENT_WATCHDOG_PAUSE},
        {"debug", VIR_DOMAIN_EVENT_WATCHDOG_DEBUG},       {"inject-nmi", VIR_DOMAIN_EVENT_WATCHDOG_INJECTNMI},
    };
    const char *name = json_get_string(data, "action");
    int action = VIR_DOMAIN_EVENT_WATCHDOG_NONE;

    for (gsize i = 0; i < G_N_ELEMENTS(actions); i++)
        if (g_strcmp0(name, actions[i].name) == 0)
            action = actions[i].action;
    if (action == VIR_DOMAIN_EVENT_WATCHDOG_PAUSE)
        guest->pause_reason = VIR_DOMAIN_PAUSED_WATCHDOG;
    events_watchdog(guest, action);
}

/* The disk whose node or drive QEMU means. */
static const DiskDef *find_disk(Guest *guest, json_object *data)
{
    const char *node = json_get_string(data, "node-name");
    const char *device = json_get_string(data, "device");

    for (guint i = 0; i < guest->live->disks->len; i++) {
        const DiskDef *disk = g_ptr_array_index(guest->live->disks, i);
        g_autofree char *format = g_strdup_printf("libvirt-%u-format", disk->source.index);

        if (g_strcmp0(node, format) == 0 || g_strcmp0(device, disk->info.alias) == 0)
            return disk;
    }
    return NULL;
}

static void on_io_error(Guest *guest, json_object *data)
{
    const DiskDef *disk = find_disk(guest, data);
    const char *what = json_get_string(data, "action");
    int action = VIR_DOMAIN_EVENT_IO_ERROR_NONE;

    if (g_strcmp0(what, "stop") == 0) {
        action = VIR_DOMAIN_EVENT_IO_ERROR_PAUSE;
        guest->pause_reason = VIR_DOMAIN_PAUSED_IOERROR;
    } else if (g_strcmp0(what, "report") == 0) {
        action = VIR_DOMAIN_EVENT_IO_ERROR_REPORT;
    }
    events_io_error(guest, disk && disk->source.path ? disk->source.path : "",
                    disk && disk->info.alias ? disk->info.alias : "", action,
                    json_get_bool(data, "nospace") ? "enospc" : "");
}

static void on_tray_moved(Guest *guest, json_object *data)
{
    const char *id = json_get_string(data, "id");
    gboolean is_open = json_get_bool(data, "tray-open");

    for (guint i = 0; id && i < guest->live->disks->len; i++) {
        DiskDef *disk = g_ptr_array_index(guest->live->disks, i);

        if (g_strcmp0(disk->info.alias, id) != 0)
            continue;
        disk->tray = is_open ? DISK_TRAY_OPEN : DISK_TRAY_CLOSED;
        guest_changed(guest);
        events_tray_change(guest, id, is_open ? VIR_DOMAIN_EVENT_TRAY_CHANGE_OPEN : VIR_DOMAIN_EVENT_TRAY_CHANGE_CLOSE);
    }
}

static void on_device_deleted(Guest *guest, json_object *data)
{
    const char *alias = json_get_string(data, "device");

    /* Parts of a device have no name. */
    if (!alias)
        return;
    unplug_on_deleted(guest, alias);
    vcpus_on_deleted(guest, alias);
}

static void on_unplug_error(Guest *guest, json_object *data)
{
    const char *alias = json_get_string(data, "device");

    if (alias)
        unplug_on_rejected(guest, alias);
}

/* What a guest's ACPI says of a memory module that it was asked to eject: status 0 is success, 0x83 and 0x84 that it is
 * at it. (ACPI 6.3, 6.3.5.) */
static void on_acpi_answer(Guest *guest, json_object *data)
{
    json_object *info = json_get_object(data, "info");
    const char *alias = info ? json_get_string(info, "device") : NULL;
    gint64 source = info ? json_get_int(info, "source", 0) : 0;
    gint64 status = info ? json_get_int(info, "status", 0) : 0;

    if (alias && (source == 0x03 || source == 0x103) && status != 0 && status != 0x83 && status != 0x84)
        unplug_on_rejected(guest, alias);
}

static void on_balloon_change(Guest *guest, json_object *data)
{
    gint64 actual = json_get_int(data, "actual", -1);

    if (actual < 0)
        return;
    guest->live->current_memory_kib = (guint64)actual / 1024;
    guest_changed(guest);
    events_balloon_change(guest, (guint64)actual / 1024);
}

#define AGENT_PORT "org.qemu.guest_agent.0"

static void on_port_change(Guest *guest, json_object *data)
{
    const char *id = json_get_string(data, "id");
    gboolean is_open = json_get_bool(data, "open");

    for (guint i = 0; id && i < guest->live->channels->len; i++) {
        CharDef *channel = g_ptr_array_index(guest->live->channels, i);

        if (g_strcmp0(channel->info.alias, id) != 0)
            continue;
        channel->state = is_open ? CHANNEL_STATE_CONNECTED : CHANNEL_STATE_DISCONNECTED;
        guest_changed(guest);
        if (g_strcmp0(channel->name, AGENT_PORT) == 0)
            events_agent_lifecycle(guest,
                                   is_open ? VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED
                                           : VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_DISCONNECTED,
                                   VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_CHANNEL);
    }
}

/* ---- graphics ---- */

static GraphicsPeer read_peer(json_object *peer)
{
    const char *node = json_get_string(peer, "host");
    const char *service = json_get_string(peer, "service");

    /* SPICE calls the port so. */
    return (GraphicsPeer){json_get_string(peer, "family"), node, service ? service : json_get_string(peer, "port")};
}

static void tell_graphics(Guest *guest, json_object *data, int phase)
{
    json_object *client = json_get_object(data, "client");
    json_object *server = json_get_object(data, "server");
    GraphicsPeer local = read_peer(server), remote = read_peer(client);

    events_graphics(guest, phase, &local, &remote, json_get_string(server, "auth"),
                    json_get_string(client, "x509_dname"), json_get_string(client, "sasl_username"));
}

static void on_graphics_connected(Guest *guest, json_object *data)
{
    tell_graphics(guest, data, VIR_DOMAIN_EVENT_GRAPHICS_CONNECT);
}

static void on_graphics_initialized(Guest *guest, json_object *data)
{
    tell_graphics(guest, data, VIR_DOMAIN_EVENT_GRAPHICS_INITIALIZE);
}

static void on_graphics_disconnected(Guest *guest, json_object *data)
{
    tell_graphics(guest, data, VIR_DOMAIN_EVENT_GRAPHICS_DISCONNECT);
}

/* ---- the table ---- */

static const struct {
    const char *name;
    void (*handle)(Guest *guest, json_object *data);
} handlers[] = {
    {"STOP", on_stop},
    {"RESUME", on_resume},
    {"RESET", on_reset},
    {"SUSPEND", on_suspend},
    {"WAKEUP", on_wakeup},
    {"SHUTDOWN", on_shutdown},
    {"GUEST_PANICKED", on_panic},
    {"RTC_CHANGE", on_rtc_change},
    {"WATCHDOG", on_watchdog},
    {"BLOCK_IO_ERROR", on_io_error},
    {"DEVICE_TRAY_MOVED", on_tray_moved},
    {"DEVICE_DELETED", on_device_deleted},
    {"DEVICE_UNPLUG_GUEST_ERROR", on_unplug_error},
    {"MEM_UNPLUG_ERROR", on_unplug_error},
    {"ACPI_DEVICE_OST", on_acpi_answer},
    {"BALLOON_CHANGE", on_balloon_change},
    {"VSERPORT_CHANGE", on_port_change},
    {"VNC_CONNECTED", on_graphics_connected},
    {"VNC_INITIALIZED", on_graphics_initialized},
    {"VNC_DISCONNECTED", on_graphics_disconnected},
    {"SPICE_CONNECTED", on_graphics_connected},
    {"SPICE_INITIALIZED", on_graphics_initialized},
    {"SPICE_DISCONNECTED", on_graphics_disconnected},
};

static void on_event(const char *name, json_object *data, gint64 time_us, gpointer owner)
{
    Guest *guest = owner;

    /* Before the guest is published it is its start job's. */
    if (!guest->live)
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(handlers); i++)
        if (g_str_equal(name, handlers[i].name))
            handlers[i].handle(guest, data);
    events_monitor(guest, name, time_us, data);
}

static void on_closed(const GError *reason, gpointer owner)
{
    Guest *guest = owner;

    log_info("%s", reason->message);
    /* Usually the process is on its way out, and its end says the rest. */
    guest_reconnect_later(guest);
}

const QmpListener qemu_events_listener = {on_event, on_closed};
