/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/guest/guest.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "daemon/poll.h"
#include "virtqemud/guest/adopt.h"
#include "virtqemud/guest/events.h"
#include "virtqemud/guest/guest_end.h"
#include "virtqemud/guest/guest_list.h"
#include "virtqemud/guest/messages.h"
#include "virtqemud/guest/qemu_events.h"
#include "virtqemud/guest/state_dir.h"
#include "virtqemud/stats/counters.h"

/* How long QEMU may take to close its images after SIGTERM before it is killed, and how long the kernel may take then.
 */
#define KILL_AFTER_MS    1500
#define GIVE_UP_AFTER_MS 10000
#define FIRST_NUDGE_MS   20 /* a QEMU that has little to close is gone by then */
#define RECONNECT_MS     2000
#define CONNECT_STEP_MS  1 /* between the guests that were found again */

enum { XML_CACHE_INACTIVE, XML_CACHE_LIVE };

Guest *guest_new(const char *name, const guint8 uuid[UUID_LEN])
{
    Guest *guest = g_new0(Guest, 1);
    g_autofree char *subject = g_strdup_printf("guest '%s'", name);

    guest->refs = 1;
    guest->name = g_strdup(name);
    memcpy(guest->uuid, uuid, UUID_LEN);
    guest->id = DOMAIN_ID_NONE;
    guest->jobs = job_queue_new(subject);
    guest->state = GUEST_SHUTOFF;
    guest->reason = VIR_DOMAIN_SHUTOFF_UNKNOWN;
    guest->changed_us = g_get_real_time();
    return guest;
}

Guest *guest_ref(Guest *guest)
{
    g_atomic_int_inc(&guest->refs);
    return guest;
}

void guest_unref(Guest *guest)
{
    if (!guest || !g_atomic_int_dec_and_test(&guest->refs))
        return;
    guest_changed(guest);
    counters_clear(guest);
    job_queue_free(guest->jobs);
    domain_def_free(guest->def);
    domain_def_free(guest->live);
    process_unref(guest->process);
    qmp_unref(guest->qmp);
    g_clear_pointer(&guest->vcpu_threads, g_array_unref);
    messages_clear(&guest->messages);
    g_free(guest->dir);
    g_free(guest->name);
    g_free(guest);
}

char *guest_subject(const Guest *guest)
{
    return g_strdup_printf("guest '%s'", guest->name);
}

gboolean guest_is_active(const Guest *guest)
{
    return guest->live && guest->state != GUEST_SHUTOFF && guest->state != GUEST_STARTING;
}

gboolean guest_is_visible(const Guest *guest)
{
    return guest->is_persistent || guest_is_active(guest);
}

const DomainDef *guest_current_def(const Guest *guest)
{
    return guest_is_active(guest) ? guest->live : guest->def;
}

/* ---- XML ---- */

void guest_changed(Guest *guest)
{
    for (gsize i = 0; i < G_N_ELEMENTS(guest->xml_cache); i++)
        g_clear_pointer(&guest->xml_cache[i], g_free);
}

void guest_set_def(Guest *guest, DomainDef *def)
{
    domain_def_free(guest->def);
    guest->def = def;
    guest_changed(guest);
}

char *guest_format_xml(Guest *guest, guint flags)
{
    gboolean is_live = guest_is_active(guest) && !(flags & VIR_DOMAIN_XML_INACTIVE);
    const DomainDef *def = is_live || !guest->def ? guest->live : guest->def;
    guint mode = is_live ? XML_MODE_LIVE : XML_MODE_INACTIVE;
    char **cache = &guest->xml_cache[is_live ? XML_CACHE_LIVE : XML_CACHE_INACTIVE];

    if (flags & VIR_DOMAIN_XML_MIGRATABLE)
        return domain_def_format(def, XML_MODE_MIGRATABLE | XML_MODE_SECURE);
    if (flags & VIR_DOMAIN_XML_SECURE)
        return domain_def_format(def, mode | XML_MODE_SECURE);
    if (!*cache)
        *cache = domain_def_format(def, mode);
    return g_strdup(*cache);
}

/* ---- moves ---- */

gboolean guest_check_active(const Guest *guest, GError **error)
{
    if (guest_is_active(guest) && guest->state != GUEST_STOPPING)
        return TRUE;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "domain is not running");
    return FALSE;
}

gboolean guest_move(Guest *guest, GuestMove move, int reason, GError **error)
{
    GuestState to;

    if (!guest_move_find(guest->state, move, &to)) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "domain is %s, which allows no %s",
                      guest_state_name(guest->state), guest_move_name(move));
        return FALSE;
    }
    log_debug("guest '%s': %s by %s", guest->name, guest_state_name(to), guest_move_name(move));
    guest->state = to;
    guest->reason = reason;
    guest->changed_us = g_get_real_time();
    if (guest->process && to != GUEST_SHUTOFF)
        state_dir_save(guest);
    return TRUE;
}

/* ---- QEMU ---- */

static void on_process_end(int status, gpointer data)
{
    guest_ended(data, status);
}

void guest_take_process(Guest *guest, Process *process)
{
    guest->process = process;
    process_watch(process, poll_set_get(), on_process_end, guest);
}

gboolean guest_connect_monitor(Guest *guest, GError **error)
{
    g_autofree char *peer =
        g_strdup_printf("QEMU of guest '%s' (pid %d)", guest->name, (int)process_pid(guest->process));
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    g_snprintf(address.sun_path, sizeof(address.sun_path), "%s/monitor.sock", guest->dir);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
        vir_error_set_errno(error, VIR_FROM_QEMU, errno, "failed to connect to monitor socket '%s'", address.sun_path);
        if (fd >= 0)
            close(fd);
        return FALSE;
    }
    guest->qmp = qmp_new(poll_set_get(), fd, peer, &qemu_events_listener, guest);
    return TRUE;
}

static gboolean on_reconnect(gpointer data)
{
    Guest *guest = data;
    g_autoptr(GError) error = NULL;

    if (!guest_connect_monitor(guest, &error)) {
        log_debug("guest '%s': %s", guest->name, error->message);
        return G_SOURCE_CONTINUE;
    }
    guest->monitor_timer = 0;
    adopt_ask_status(guest);
    return G_SOURCE_REMOVE;
}

void guest_reconnect_later(Guest *guest)
{
    qmp_unref(g_steal_pointer(&guest->qmp));
    if (!guest->monitor_timer)
        guest->monitor_timer = g_timeout_add(RECONNECT_MS, on_reconnect, guest);
}

/* ---- the monitor of a guest that was found again ---- */

static void connect_due(Guest *guest)
{
    g_autoptr(GError) error = NULL;

    guest->is_monitor_due = FALSE;
    if (guest_connect_monitor(guest, &error)) {
        adopt_ask_status(guest);
    } else {
        log_error("guest '%s': %s", guest->name, error->message);
        guest_reconnect_later(guest);
    }
}

static gboolean on_monitor_due(gpointer data)
{
    Guest *guest = data;

    guest->monitor_timer = 0;
    connect_due(guest);
    return G_SOURCE_REMOVE;
}

void guest_connect_soon(Guest *guest)
{
    static guint n_connected;

    guest->is_monitor_due = TRUE;
    guest->monitor_timer = g_timeout_add(CONNECT_STEP_MS * ++n_connected, on_monitor_due, guest);
}

Qmp *guest_find_monitor(Guest *guest)
{
    if (guest->is_monitor_due && guest->monitor_timer) {
        g_clear_handle_id(&guest->monitor_timer, g_source_remove);
        connect_due(guest);
    }
    return guest->qmp;
}

Qmp *guest_get_monitor(Guest *guest, GError **error)
{
    if (!guest_check_active(guest, error))
        return NULL;
    if (guest_find_monitor(guest))
        return qmp_ref(guest->qmp);
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_FAILED, "QEMU of guest '%s' takes no monitor connection",
                  guest->name);
    return NULL;
}

/* ---- the forced end ---- */

static void tell_waiters(Guest *guest, const GError *error)
{
    GSList *waiters = g_steal_pointer(&guest->stop_waiters);

    for (GSList *l = waiters; l; l = l->next) {
        GuestWaiter *waiter = l->data;

        waiter->stopped(guest, error, waiter->data);
        g_free(waiter);
    }
    g_slist_free(waiters);
}

void guest_tell_stopped(Guest *guest)
{
    g_clear_handle_id(&guest->kill_timer, g_source_remove);
    tell_waiters(guest, NULL);
}

static gboolean on_still_there(gpointer data);

static void wait_for_end(Guest *guest, guint ms)
{
    guest->kill_step_ms = ms;
    guest->kill_timer = g_timeout_add(ms, on_still_there, guest);
}

static void end_by(Guest *guest, int signal_number, guint deadline_ms)
{
    g_clear_handle_id(&guest->kill_timer, g_source_remove);
    guest->kill_signal = signal_number;
    guest->kill_deadline_us = g_get_monotonic_time() + (gint64)deadline_ms * 1000;
    process_signal(guest->process, signal_number);
    wait_for_end(guest, FIRST_NUDGE_MS);
}

/* QEMU 7.2 may wait on its way out for a part of its monitor that has been told to end, and never hear that it has,
 * until some signal interrupts the wait; so it is sent again, first soon and then less and less often. */
static void nudge(Guest *guest)
{
    gint64 left_ms = (guest->kill_deadline_us - g_get_monotonic_time()) / 1000;

    process_signal(guest->process, guest->kill_signal);
    wait_for_end(guest, (guint)CLAMP(left_ms, 1, guest->kill_step_ms * 2));
}

static gboolean on_still_there(gpointer data)
{
    g_autoptr(Guest) guest = guest_ref(data);
    g_autoptr(GError) error = NULL;

    guest->kill_timer = 0;
    if (g_get_monotonic_time() < guest->kill_deadline_us) {
        nudge(guest);
    } else if (guest->is_kill_forced && guest->kill_signal == SIGTERM) {
        end_by(guest, SIGKILL, GIVE_UP_AFTER_MS);
    } else {
        vir_error_set(&error, VIR_FROM_QEMU, VIR_ERR_OPERATION_FAILED,
                      "Failed to terminate process %d with %s: Device or resource busy",
                      (int)process_pid(guest->process), guest->kill_signal == SIGTERM ? "SIGTERM" : "SIGKILL");
        tell_waiters(guest, error);
    }
    return G_SOURCE_REMOVE;
}

void guest_stop(Guest *guest, int reason, gboolean force, GuestStopped stopped, gpointer data)
{
    if (stopped) {
        GuestWaiter *waiter = g_new(GuestWaiter, 1);

        *waiter = (GuestWaiter){stopped, data};
        guest->stop_waiters = g_slist_append(guest->stop_waiters, waiter);
    }
    if (guest->stop_reason == VIR_DOMAIN_SHUTOFF_UNKNOWN)
        guest->stop_reason = reason;
    guest->is_cancelled = TRUE;
    if (!guest->process)
        return; /* the start job sees that it is cancelled, and ends it */
    guest_move(guest, MOVE_DESTROY, VIR_DOMAIN_SHUTDOWN_USER, NULL);
    guest->is_kill_forced = force;
    end_by(guest, SIGTERM, force ? KILL_AFTER_MS : GIVE_UP_AFTER_MS);
}
