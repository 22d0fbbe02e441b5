/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/guest/guest_end.h"

#include <sys/wait.h>

#include "common/error.h"
#include "common/log.h"
#include "virtqemud/guest/console.h"
#include "virtqemud/guest/events.h"
#include "virtqemud/guest/guest_list.h"
#include "virtqemud/guest/messages.h"
#include "virtqemud/guest/state_dir.h"
#include "virtqemud/host/log_file.h"
#include "virtqemud/interface/interface_host.h"
#include "virtqemud/plug/unplug.h"
#include "virtqemud/stats/counters.h"
#include "virtqemud/storage/transient.h"

/* Why a guest ended, for its reason and for the event. */
typedef struct {
    int shutoff; /* VIR_DOMAIN_SHUTOFF_* */
    int stopped; /* VIR_DOMAIN_EVENT_STOPPED_* */
    const char *text;
} Ending;

static const Ending endings[] = {
    {VIR_DOMAIN_SHUTOFF_SHUTDOWN, VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN, "shutdown"},
    {VIR_DOMAIN_SHUTOFF_DESTROYED, VIR_DOMAIN_EVENT_STOPPED_DESTROYED, "destroyed"},
    {VIR_DOMAIN_SHUTOFF_CRASHED, VIR_DOMAIN_EVENT_STOPPED_CRASHED, "crashed"},
    {VIR_DOMAIN_SHUTOFF_FAILED, VIR_DOMAIN_EVENT_STOPPED_FAILED, "failed"},
    /* QEMU went without a word. */
    {VIR_DOMAIN_SHUTOFF_UNKNOWN, VIR_DOMAIN_EVENT_STOPPED_FAILED, "crashed"},
};

static const Ending *find_ending(int reason)
{
    for (gsize i = 0; i < G_N_ELEMENTS(endings); i++)
        if (endings[i].shutoff == reason)
            return &endings[i];
    return &endings[G_N_ELEMENTS(endings) - 1];
}

void guest_drop_if_unseen(Guest *guest)
{
    if (!guest->is_persistent && guest->state == GUEST_SHUTOFF && guest->n_starts == 0 &&
        guest_list_by_uuid(driver.guests, guest->uuid) == guest)
        guest_list_remove(driver.guests, guest);
}

/* Lets go of monitor and process; the guest itself stays as it is. */
static void release_process(Guest *guest)
{
    g_autoptr(GError) reason = NULL;

    guest->is_monitor_due = FALSE;
    g_clear_handle_id(&guest->monitor_timer, g_source_remove);
    if (guest->qmp) {
        vir_error_set(&reason, VIR_FROM_QEMU, VIR_ERR_OPERATION_FAILED, "QEMU of guest '%s' has ended", guest->name);
        qmp_close(guest->qmp, reason);
        qmp_unref(g_steal_pointer(&guest->qmp));
    }
    if (guest->process)
        process_unwatch(guest->process);
    process_unref(g_steal_pointer(&guest->process));
}

/* Lets go of all that the run had. */
static void release_run(Guest *guest)
{
    release_process(guest);
    console_end_all(guest);
    counters_clear(guest);
    unplug_on_end(guest);
    messages_clear(&guest->messages);
    g_clear_pointer(&guest->vnc_sockets, g_array_unref);
    transient_remove(guest->live);
    state_dir_remove(guest);
    g_clear_pointer(&guest->dir, g_free);
    if (guest->live)
        interface_host_release(g_steal_pointer(&guest->live));
    guest->autodestroy = NULL;
    guest->is_published = FALSE;
    guest->is_cancelled = FALSE;
    guest->is_rebooting = FALSE;
    guest->pause_reason = VIR_DOMAIN_PAUSED_UNKNOWN;
    guest_list_set_id(driver.guests, guest, DOMAIN_ID_NONE);
    guest_changed(guest);
}

void guest_ended(Guest *guest, int status)
{
    g_autoptr(Guest) keep = guest_ref(guest);
    const Ending *ending = find_ending(guest->stop_reason);
    gboolean was_published = guest->is_published;

    if (guest->state == GUEST_STARTING) {
        release_process(guest);
        return;
    }
    log_info("guest '%s': QEMU has ended (status %d), %s", guest->name, status, ending->text);
    log_file_note(guest->name, "shutting down, reason=%s", ending->text);
    guest_move(guest, MOVE_EXIT,
               ending->shutoff == VIR_DOMAIN_SHUTOFF_UNKNOWN ? VIR_DOMAIN_SHUTOFF_CRASHED : ending->shutoff, NULL);
    guest->stop_reason = VIR_DOMAIN_SHUTOFF_UNKNOWN;
    release_run(guest);
    if (was_published)
        events_lifecycle(guest, VIR_DOMAIN_EVENT_STOPPED, ending->stopped);
    guest_tell_stopped(guest);
    guest_drop_if_unseen(guest);
}

void guest_abandon_start(Guest *guest)
{
    g_autoptr(Guest) keep = guest_ref(guest);

    guest_move(guest, MOVE_EXIT, VIR_DOMAIN_SHUTOFF_FAILED, NULL);
    guest->stop_reason = VIR_DOMAIN_SHUTOFF_UNKNOWN;
    release_run(guest);
    guest_tell_stopped(guest);
    guest_drop_if_unseen(guest);
}
