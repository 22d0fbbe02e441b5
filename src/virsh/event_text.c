/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virsh/event_text.h"

#include <libvirt/libvirt.h>
#include <string.h>

typedef struct {
    const char *const *texts;
    int n;
} Texts;

#define TEXTS(...)                                                                                                     \
    {                                                                                                                  \
        (const char *const[]){__VA_ARGS__}, G_N_ELEMENTS(((const char *const[]){__VA_ARGS__}))                         \
    }

static const char *text_of(const Texts *texts, int number)
{
    return number >= 0 && number < texts->n && texts->texts[number] ? texts->texts[number] : "unknown";
}

/* ---- events ---- */

static const Texts event_names =
    TEXTS("lifecycle", "reboot", "rtc-change", "watchdog", "io-error", "graphics", "io-error-reason", "control-error",
          "block-job", "disk-change", "tray-change", "pm-wakeup", "pm-suspend", "balloon-change", "pm-suspend-disk",
          "device-removed", "block-job-2", "tunable", "agent-lifecycle", "device-added", "migration-iteration",
          "job-completed", "device-removal-failed", "metadata-change", "block-threshold", "memory-failure",
          "memory-device-size-change");

const char *event_name(int id)
{
    return text_of(&event_names, id);
}

int event_find(const char *name)
{
    for (int i = 0; i < event_names.n; i++) {
        if (strcmp(event_names.texts[i], name) == 0)
            return i;
    }
    return -1;
}

const char *const event_network_names[] = {"lifecycle", "metadata-change", NULL};
const char *const event_pool_names[] = {"lifecycle", "refresh", NULL};

static const Texts metadata_types = TEXTS("description", "title", "element");

const char *event_metadata_text(int type)
{
    return text_of(&metadata_types, type);
}

static const Texts lifecycle =
    TEXTS("Defined", "Undefined", "Started", "Suspended", "Resumed", "Stopped", "Shutdown", "PMSuspended", "Crashed");

const char *event_lifecycle_text(int event)
{
    return text_of(&lifecycle, event);
}

static const Texts lifecycle_details[] = {
    [VIR_DOMAIN_EVENT_DEFINED] = TEXTS("Added", "Updated", "Renamed", "Snapshot"),
    [VIR_DOMAIN_EVENT_UNDEFINED] = TEXTS("Removed", "Renamed"),
    [VIR_DOMAIN_EVENT_STARTED] = TEXTS("Booted", "Migrated", "Restored", "Snapshot", "Event wakeup"),
    [VIR_DOMAIN_EVENT_SUSPENDED] = TEXTS("Paused", "Migrated", "I/O Error", "Watchdog", "Restored", "Snapshot",
                                         "API error", "Post-copy", "Post-copy Error"),
    [VIR_DOMAIN_EVENT_RESUMED] = TEXTS("Unpaused", "Migrated", "Snapshot", "Post-copy", "Post-copy Error"),
    [VIR_DOMAIN_EVENT_STOPPED] = TEXTS("Shutdown", "Destroyed", "Crashed", "Migrated", "Saved", "Failed", "Snapshot"),
    [VIR_DOMAIN_EVENT_SHUTDOWN] = TEXTS("Finished", "Finished after guest request", "Finished after host request"),
    [VIR_DOMAIN_EVENT_PMSUSPENDED] = TEXTS("Memory", "Disk"),
    [VIR_DOMAIN_EVENT_CRASHED] = TEXTS("Panicked", "Crashloaded"),
};

const char *event_lifecycle_detail_text(int event, int detail)
{
    return event >= 0 && event < (int)G_N_ELEMENTS(lifecycle_details) ? text_of(&lifecycle_details[event], detail)
                                                                      : "unknown";
}

static const Texts network_events = TEXTS("Defined", "Undefined", "Started", "Stopped");

const char *event_network_text(int event)
{
    return text_of(&network_events, event);
}

static const Texts pool_events = TEXTS("Defined", "Undefined", "Started", "Stopped", "Created", "Deleted");

const char *event_pool_text(int event)
{
    return text_of(&pool_events, event);
}

/* ---- states ---- */

static const Texts pool_states = TEXTS("inactive", "building", "running", "degraded", "inaccessible");

const char *pool_state_text(int state)
{
    return text_of(&pool_states, state);
}

static const Texts states =
    TEXTS("no state", "running", "idle", "paused", "in shutdown", "shut off", "crashed", "pmsuspended");

const char *domain_state_text(int state)
{
    return text_of(&states, state);
}

static const Texts reasons[] = {
    [VIR_DOMAIN_NOSTATE] = TEXTS("unknown"),
    [VIR_DOMAIN_RUNNING] =
        TEXTS("unknown", "booted", "migrated", "restored", "from snapshot", "unpaused", "migration canceled",
              "save canceled", "event wakeup", "crashed", "post-copy", "post-copy failed"),
    [VIR_DOMAIN_BLOCKED] = TEXTS("unknown"),
    [VIR_DOMAIN_PAUSED] = TEXTS("unknown", "user", "migrating", "saving", "dumping", "I/O error", "watchdog",
                                "from snapshot", "shutting down", "creating snapshot", "crashed", "starting up",
                                "post-copy", "post-copy failed", "api error"),
    [VIR_DOMAIN_SHUTDOWN] = TEXTS("unknown", "user"),
    [VIR_DOMAIN_SHUTOFF] =
        TEXTS("unknown", "shutdown", "destroyed", "crashed", "migrated", "saved", "failed", "from snapshot", "daemon"),
    [VIR_DOMAIN_CRASHED] = TEXTS("unknown", "panicked"),
    [VIR_DOMAIN_PMSUSPENDED] = TEXTS("unknown"),
};

const char *domain_reason_text(int state, int reason)
{
    return state >= 0 && state < (int)G_N_ELEMENTS(reasons) ? text_of(&reasons[state], reason) : "unknown";
}
