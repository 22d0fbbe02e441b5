/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/guest/adopt.h"

#include "common/error.h"
#include "common/log.h"
#include "virtqemud/display/listen_watch.h"
#include "virtqemud/guest/chardevs.h"
#include "virtqemud/guest/events.h"
#include "virtqemud/guest/guest_end.h"
#include "virtqemud/guest/guest_list.h"
#include "virtqemud/guest/messages.h"
#include "virtqemud/guest/qemu_events.h"
#include "virtqemud/guest/state_dir.h"
#include "virtqemud/host/ownership.h"
#include "virtqemud/interface/network_watch.h"
#include "virtqemud/plug/disk_change.h"
#include "virtqemud/plug/unplug.h"
#include "virtqemud/plug/vcpus.h"
#include "virtqemud/stats/counters.h"

static GuestState internal_state(int state)
{
    for (GuestState s = GUEST_PAUSED; s < GUEST_STATE_LAST; s++)
        if (guest_state_public(s) == state)
            return s;
    return GUEST_PAUSED;
}

/* What QEMU says of itself, and the move that leads there from what we knew. */
static const struct {
    const char *status;
    GuestState state;
    GuestMove move;
    int reason;
    int event, detail; /* event -1: none */
} statuses[] = {
    {"running", GUEST_RUNNING, MOVE_RESUME, VIR_DOMAIN_RUNNING_UNPAUSED, VIR_DOMAIN_EVENT_RESUMED,
     VIR_DOMAIN_EVENT_RESUMED_UNPAUSED},
    {"paused", GUEST_PAUSED, MOVE_STOP, VIR_DOMAIN_PAUSED_UNKNOWN, VIR_DOMAIN_EVENT_SUSPENDED,
     VIR_DOMAIN_EVENT_SUSPENDED_PAUSED},
    {"prelaunch", GUEST_PAUSED, MOVE_STOP, VIR_DOMAIN_PAUSED_STARTING_UP, -1, 0},
    {"io-error", GUEST_PAUSED, MOVE_STOP, VIR_DOMAIN_PAUSED_IOERROR, VIR_DOMAIN_EVENT_SUSPENDED,
     VIR_DOMAIN_EVENT_SUSPENDED_IOERROR},
    {"watchdog", GUEST_PAUSED, MOVE_STOP, VIR_DOMAIN_PAUSED_WATCHDOG, VIR_DOMAIN_EVENT_SUSPENDED,
     VIR_DOMAIN_EVENT_SUSPENDED_WATCHDOG},
    {"suspended", GUEST_SLEEPING, MOVE_SLEEP, VIR_DOMAIN_PMSUSPENDED_UNKNOWN, VIR_DOMAIN_EVENT_PMSUSPENDED,
     VIR_DOMAIN_EVENT_PMSUSPENDED_MEMORY},
    {"guest-panicked", GUEST_CRASHED, MOVE_PANIC, VIR_DOMAIN_CRASHED_PANICKED, VIR_DOMAIN_EVENT_CRASHED,
     VIR_DOMAIN_EVENT_CRASHED_PANICKED},
};

static void apply_status(Guest *guest, const char *status)
{
    for (gsize i = 0; i < G_N_ELEMENTS(statuses); i++) {
        if (g_strcmp0(status, statuses[i].status) != 0 || guest->state == statuses[i].state)
            continue;
        if (guest_move(guest, statuses[i].move, statuses[i].reason, NULL) && statuses[i].event >= 0)
            events_lifecycle(guest, statuses[i].event, statuses[i].detail);
    }
    /* It shut down while no daemon was there to see it. */
    if (g_strcmp0(status, "shutdown") == 0 && guest->state != GUEST_STOPPING)
        qemu_events_listener.event("SHUTDOWN", NULL, g_get_real_time(), guest);
}

/* How much memory it has was told by events, of which some may have been missed. */
static void take_balloon(Guest *guest, json_object *balloon)
{
    gint64 actual = balloon ? json_get_int(balloon, "actual", -1) : -1;

    if (actual >= 0)
        guest->live->current_memory_kib = (guint64)actual / 1024;
}

/* What is asked, in this order. */
enum { ASK_STATUS, ASK_CHARDEVS, ASK_BALLOON, ASK_DEVICES, ASK_DRIVES, ASK_NODES, ASK_VCPUS };

static void take_answers(Guest *guest, QmpBatch *batch)
{
    chardevs_take(guest->live, qmp_batch_result(batch, ASK_CHARDEVS));
    take_balloon(guest, qmp_batch_result(batch, ASK_BALLOON));
    disk_change_adopt(guest->live, qmp_batch_result(batch, ASK_DRIVES));
    vcpus_adopt(guest, qmp_batch_result(batch, ASK_VCPUS));
    guest_changed(guest);
    if (guest->qmp)
        disk_change_sweep(guest, qmp_batch_result(batch, ASK_NODES));
    unplug_adopt(guest, qmp_batch_result(batch, ASK_DEVICES));
    apply_status(guest, json_get_string(qmp_batch_result(batch, ASK_STATUS), "status"));
}

static void on_status(QmpBatch *batch, const GError *error, gpointer data)
{
    g_autoptr(Guest) guest = data;

    if (!guest_is_active(guest))
        return;
    if (error) {
        log_warning("guest '%s' was found again, but its state is the last one known: %s", guest->name, error->message);
        return;
    }
    take_answers(guest, batch);
}

void adopt_ask_status(Guest *guest)
{
    QmpBatch *batch = qmp_batch_new();
    json_object *path = json_object_new_object();

    json_add_string(path, "path", "/machine/peripheral");
    qmp_batch_add(batch, "query-status", NULL);
    qmp_batch_add(batch, "query-chardev", NULL);
    qmp_batch_try(batch, "query-balloon", NULL);
    qmp_batch_try(batch, "qom-list", path);
    qmp_batch_try(batch, "query-block", NULL);
    qmp_batch_try(batch, "query-named-block-nodes", NULL);
    qmp_batch_try(batch, "query-hotpluggable-cpus", NULL);
    qmp_ask(guest->qmp, batch, QMP_TIMEOUT_MS, on_status, guest_ref(guest));
    counters_ask(guest, COUNTERS_ALL, NULL, NULL);
}

static Guest *find_or_add(StatusRecord *record)
{
    Guest *guest = guest_list_by_uuid(driver.guests, record->def->uuid);
    g_autoptr(Guest) added = NULL;

    if (guest)
        return guest;
    added = guest_new(record->def->name, record->def->uuid);
    guest_list_add(driver.guests, added);
    return added;
}

void adopt_guest(StatusRecord *record)
{
    g_autoptr(Guest) guest = guest_ref(find_or_add(record));
    Process *process = process_adopt(record->status.pid, record->start_time);

    guest->live = g_steal_pointer(&record->def);
    guest->dir = g_steal_pointer(&record->dir);
    guest->messages = record->messages;
    record->messages = (GuestMessages){0};
    guest->state = internal_state(record->status.state);
    guest->reason = record->status.reason;
    guest->stop_reason = record->stop_reason;
    guest->is_published = record->is_published;
    guest_list_set_id(driver.guests, guest, guest->live->id);
    driver.last_id = MAX(driver.last_id, guest->live->id);
    guest_changed(guest);
    if (!process) {
        if (guest->state == GUEST_SHUTDOWN && guest->stop_reason == VIR_DOMAIN_SHUTOFF_UNKNOWN)
            guest->stop_reason = VIR_DOMAIN_SHUTOFF_SHUTDOWN;
        guest_ended(guest, -1);
        return;
    }
    guest_take_process(guest, process);
    ownership_adopt(state_dir_run_name(guest->dir));
    /* A start that nobody has been told of, and an end that was under way, are brought to their end. */
    if (!record->is_published || guest->stop_reason != VIR_DOMAIN_SHUTOFF_UNKNOWN) {
        guest_stop(guest, VIR_DOMAIN_SHUTOFF_FAILED, TRUE, NULL, NULL);
        return;
    }
    listen_watch_guest(guest);
    network_watch_adopt(guest);
    guest_connect_soon(guest);
}
