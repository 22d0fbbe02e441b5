/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/guest/events.h"

#include <libvirt/libvirt.h>
#include <string.h>

#include "rpc/qemu_calls.h"

/* All that an event can carry; each kind uses its part. */
typedef struct {
    Guest *guest;
    int type, detail;
    gint64 number;
    const char *path, *alias, *text;
    const GraphicsPeer *local, *remote;
    const char *x509_name, *sasl_name;
    const Params *params;
} Event;

/* Each kind of event has a message that is the whole of its legacy form and the part "msg" of its callback form. */
#define EVENT_FORMS(kind)                                                                                              \
    static void callback_##kind(gpointer wire, int callback_id, gconstpointer event)                                   \
    {                                                                                                                  \
        remote_domain_event_callback_##kind##_msg *message = wire;                                                     \
        message->callbackID = callback_id;                                                                             \
        fill_##kind(&message->msg, event);                                                                             \
    }                                                                                                                  \
    static void legacy_##kind(gpointer wire, int callback_id, gconstpointer event)                                     \
    {                                                                                                                  \
        fill_##kind(wire, event);                                                                                      \
    }

static void emit(const Event *event, int id, DaemonEventFill callback, DaemonEventFill legacy)
{
    DaemonEvent what = {.kind = RPC_OBJECT_DOMAIN,
                        .id = id,
                        .name = event->guest->name,
                        .uuid = event->guest->uuid,
                        .fill = callback,
                        .fill_legacy = legacy,
                        .event = event};

    daemon_emit(driver.daemon, &what);
}

static void fill_lifecycle(remote_domain_event_lifecycle_msg *wire, const Event *event)
{
    wire_domain(event->guest, &wire->dom);
    wire->event = event->type;
    wire->detail = event->detail;
}
EVENT_FORMS(lifecycle)

static void fill_reboot(remote_domain_event_reboot_msg *wire, const Event *event)
{
    wire_domain(event->guest, &wire->dom);
}
EVENT_FORMS(reboot)

static void fill_rtc_change(remote_domain_event_rtc_change_msg *wire, const Event *event)
{
    wire_domain(event->guest, &wire->dom);
    wire->offset = event->number;
}
EVENT_FORMS(rtc_change)

static void fill_watchdog(remote_domain_event_watchdog_msg *wire, const Event *event)
{
    wire_domain(event->guest, &wire->dom);
    wire->action = event->type;
}
EVENT_FORMS(watchdog)

static void fill_io_error(remote_domain_event_io_error_msg *wire, const Event *event)
{
    wire_domain(event->guest, &wire->dom);
    wire->srcPath = g_strdup(event->path);
    wire->devAlias = g_strdup(event->alias);
    wire->action = event->type;
}
EVENT_FORMS(io_error)

static void fill_io_error_reason(remote_domain_event_io_error_reason_msg *wire, const Event *event)
{
    wire_domain(event->guest, &wire->dom);
    wire->srcPath = g_strdup(event->path);
    wire->devAlias = g_strdup(event->alias);
    wire->action = event->type;
    wire->reason = g_strdup(event->text);
}
EVENT_FORMS(io_error_reason)

static void fill_disk_change(remote_domain_event_disk_change_msg *wire, const Event *event)
{
    wire_domain(event->guest, &wire->dom);
    wire->oldSrcPath = wire_string(event->path);
    wire->newSrcPath = wire_string(event->text);
    wire->devAlias = g_strdup(event->alias);
    wire->reason = event->type;
}
EVENT_FORMS(disk_change)

static void fill_tray_change(remote_domain_event_tray_change_msg *wire, const Event *event)
{
    wire_domain(event->guest, &wire->dom);
    wire->devAlias = g_strdup(event->alias);
    wire->reason = event->type;
}
EVENT_FORMS(tray_change)

static void fill_pmsuspend(remote_domain_event_pmsuspend_msg *wire, const Event *event)
{
    wire_domain(event->guest, &wire->dom);
}
EVENT_FORMS(pmsuspend)

static void fill_pmwakeup(remote_domain_event_pmwakeup_msg *wire, const Event *event)
{
    wire_domain(event->guest, &wire->dom);
}
EVENT_FORMS(pmwakeup)

static void fill_balloon_change(remote_domain_event_balloon_change_msg *wire, const Event *event)
{
    wire_domain(event->guest, &wire->dom);
    wire->actual = (guint64)event->number;
}
EVENT_FORMS(balloon_change)

static int graphics_family(const char *family)
{
    if (g_strcmp0(family, "ipv6") == 0)
        return VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV6;
    if (g_strcmp0(family, "unix") == 0)
        return VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_UNIX;
    return VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV4;
}

static void fill_graphics_address(remote_domain_event_graphics_address *wire, const GraphicsPeer *peer)
{
    wire->family = graphics_family(peer->family);
    wire->node = g_strdup(peer->node ? peer->node : "");
    wire->service = g_strdup(peer->service ? peer->service : "");
}

static void fill_graphics(remote_domain_event_graphics_msg *wire, const Event *event)
{
    const char *const subjects[][2] = {{"x509dname", event->x509_name}, {"saslUsername", event->sasl_name}};

    wire_domain(event->guest, &wire->dom);
    wire->phase = event->type;
    fill_graphics_address(&wire->local, event->local);
    fill_graphics_address(&wire->remote, event->remote);
    wire->authScheme = g_strdup(event->text ? event->text : "");
    wire->subject.subject_val = g_new0(remote_domain_event_graphics_identity, G_N_ELEMENTS(subjects));
    for (gsize i = 0; i < G_N_ELEMENTS(subjects); i++) {
        remote_domain_event_graphics_identity *subject;

        if (!subjects[i][1])
            continue;
        subject = &wire->subject.subject_val[wire->subject.subject_len++];
        subject->type = g_strdup(subjects[i][0]);
        subject->name = g_strdup(subjects[i][1]);
    }
}
EVENT_FORMS(graphics)

static void fill_device_removed(remote_domain_event_device_removed_msg *wire, const Event *event)
{
    wire_domain(event->guest, &wire->dom);
    wire->devAlias = g_strdup(event->alias);
}
EVENT_FORMS(device_removed)

/* These came after the legacy form was given up. */
static void callback_device_added(gpointer wire, int callback_id, gconstpointer data)
{
    remote_domain_event_callback_device_added_msg *message = wire;
    const Event *event = data;

    message->callbackID = callback_id;
    wire_domain(event->guest, &message->dom);
    message->devAlias = g_strdup(event->alias);
}

static void callback_device_removal_failed(gpointer wire, int callback_id, gconstpointer data)
{
    remote_domain_event_callback_device_removal_failed_msg *message = wire;
    const Event *event = data;

    message->callbackID = callback_id;
    wire_domain(event->guest, &message->dom);
    message->devAlias = g_strdup(event->alias);
}

static void callback_tunable(gpointer wire, int callback_id, gconstpointer data)
{
    remote_domain_event_callback_tunable_msg *message = wire;
    const Event *event = data;

    message->callbackID = callback_id;
    wire_domain(event->guest, &message->dom);
    message->params.params_len = params_copy(event->params, &message->params.params_val);
}

static void callback_metadata_change(gpointer wire, int callback_id, gconstpointer data)
{
    remote_domain_event_callback_metadata_change_msg *message = wire;
    const Event *event = data;

    message->callbackID = callback_id;
    wire_domain(event->guest, &message->dom);
    message->type = event->type;
    message->nsuri = wire_string(event->text);
}

static void callback_agent_lifecycle(gpointer wire, int callback_id, gconstpointer data)
{
    remote_domain_event_callback_agent_lifecycle_msg *message = wire;
    const Event *event = data;

    message->callbackID = callback_id;
    wire_domain(event->guest, &message->dom);
    message->state = event->type;
    message->reason = event->detail;
}

#define EMIT(id, kind, ...)                                                                                            \
    do {                                                                                                               \
        Event event_ = {__VA_ARGS__};                                                                                  \
        emit(&event_, VIR_DOMAIN_EVENT_ID_##id, callback_##kind, legacy_##kind);                                       \
    } while (0)

void events_lifecycle(Guest *guest, int type, int detail)
{
    EMIT(LIFECYCLE, lifecycle, .guest = guest, .type = type, .detail = detail);
}

void events_reboot(Guest *guest)
{
    EMIT(REBOOT, reboot, .guest = guest);
}

void events_rtc_change(Guest *guest, gint64 offset_s)
{
    EMIT(RTC_CHANGE, rtc_change, .guest = guest, .number = offset_s);
}

void events_watchdog(Guest *guest, int action)
{
    EMIT(WATCHDOG, watchdog, .guest = guest, .type = action);
}

void events_io_error(Guest *guest, const char *path, const char *alias, int action, const char *reason)
{
    EMIT(IO_ERROR, io_error, .guest = guest, .path = path, .alias = alias, .type = action);
    EMIT(IO_ERROR_REASON, io_error_reason, .guest = guest, .path = path, .alias = alias, .type = action,
         .text = reason);
}

void events_disk_change(Guest *guest, const char *old_path, const char *new_path, const char *alias, int reason)
{
    EMIT(DISK_CHANGE, disk_change, .guest = guest, .path = old_path, .text = new_path, .alias = alias, .type = reason);
}

void events_tray_change(Guest *guest, const char *alias, int reason)
{
    EMIT(TRAY_CHANGE, tray_change, .guest = guest, .alias = alias, .type = reason);
}

void events_device_added(Guest *guest, const char *alias)
{
    Event event = {.guest = guest, .alias = alias};

    emit(&event, VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, callback_device_added, NULL);
}

void events_device_removed(Guest *guest, const char *alias)
{
    EMIT(DEVICE_REMOVED, device_removed, .guest = guest, .alias = alias);
}

void events_device_removal_failed(Guest *guest, const char *alias)
{
    Event event = {.guest = guest, .alias = alias};

    emit(&event, VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED, callback_device_removal_failed, NULL);
}

void events_pm_suspend(Guest *guest)
{
    EMIT(PMSUSPEND, pmsuspend, .guest = guest);
}

void events_pm_wakeup(Guest *guest)
{
    EMIT(PMWAKEUP, pmwakeup, .guest = guest);
}

void events_balloon_change(Guest *guest, guint64 actual_kib)
{
    EMIT(BALLOON_CHANGE, balloon_change, .guest = guest, .number = (gint64)actual_kib);
}

void events_graphics(Guest *guest, int phase, const GraphicsPeer *local, const GraphicsPeer *remote, const char *auth,
                     const char *x509_name, const char *sasl_name)
{
    EMIT(GRAPHICS, graphics, .guest = guest, .type = phase, .local = local, .remote = remote, .text = auth,
         .x509_name = x509_name, .sasl_name = sasl_name);
}

void events_tunable(Guest *guest, const Params *params)
{
    Event event = {.guest = guest, .params = params};

    emit(&event, VIR_DOMAIN_EVENT_ID_TUNABLE, callback_tunable, NULL);
}

void events_metadata_change(Guest *guest, int type, const char *uri)
{
    Event event = {.guest = guest, .type = type, .text = uri};

    emit(&event, VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, callback_metadata_change, NULL);
}

void events_agent_lifecycle(Guest *guest, int state, int reason)
{
    Event event = {.guest = guest, .type = state, .detail = reason};

    emit(&event, VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE, callback_agent_lifecycle, NULL);
}

/* ---- the monitor's own ---- */

typedef struct {
    Guest *guest;
    const char *name, *details;
    gint64 time_us;
} MonitorEvent;

static void fill_monitor(gpointer wire, int callback_id, gconstpointer data)
{
    qemu_domain_monitor_event_msg *message = wire;
    const MonitorEvent *event = data;

    message->callbackID = callback_id;
    wire_domain(event->guest, &message->dom);
    message->event = g_strdup(event->name);
    message->seconds = event->time_us / G_USEC_PER_SEC;
    message->micros = event->time_us % G_USEC_PER_SEC;
    message->details = wire_string(event->details);
}

void events_monitor(Guest *guest, const char *name, gint64 time_us, json_object *data)
{
    MonitorEvent event = {guest, name, data ? json_text(data) : NULL, time_us};
    DaemonEvent what = {.kind = RPC_OBJECT_NONE,
                        .name = guest->name,
                        .uuid = guest->uuid,
                        .row = rpc_program_find(&rpc_program_qemu, QEMU_PROC_DOMAIN_MONITOR_EVENT),
                        .program = &rpc_program_qemu,
                        .topic = name,
                        .fill = fill_monitor,
                        .event = &event};

    daemon_emit(driver.daemon, &what);
}
