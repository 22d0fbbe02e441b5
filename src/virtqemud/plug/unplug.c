/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/plug/unplug.h"

#include "common/error.h"
#include "common/log.h"
#include "virtqemud/guest/events.h"
#include "virtqemud/guest/guest_end.h"
#include "virtqemud/guest/state_dir.h"
#include "virtqemud/plug/plug_host.h"
#include "virtqemud/plug/plug_kinds.h"
#include "virtqemud/plug/plug_steps.h"

struct Unplug {
    Guest *guest;
    char *alias;
    gboolean is_cleared; /* of the thread, then the loop's: what was behind it is gone too */
    GMutex lock;
    GCond changed;
    UnplugState state; /* lock */
};

/* ---- what was behind it ---- */

/* Objects, nodes and the like that QEMU keeps when a device is gone. */
static void clear_backends(const DomainDef *def, const char *alias, Qmp *qmp)
{
    g_autoptr(EmulatorCaps) caps = caps_cache_get(driver.caps, def->emulator, NULL);
    CommandBuild build = {.def = def, .caps = caps, .settings = &driver.settings, .purpose = BUILD_PLUG};
    g_autoptr(PlugSteps) steps = NULL;
    g_autoptr(GError) error = NULL;
    DomainDevice device;

    build.guest_dir = build.run_name = "";
    if (!caps || !domain_device_find_alias(def, alias, &device))
        return;
    steps = plug_steps_new(&build, &device, &error);
    if (steps)
        plug_steps_undo(steps, qmp);
    else
        log_warning("guest '%s': what was behind '%s' is left in QEMU: %s", def->name, alias, error->message);
}

static void forget_memory(DomainDef *live, const MemoryDeviceDef *memory)
{
    live->memory_kib -= MIN(live->memory_kib, memory->size_kib);
    live->current_memory_kib = MIN(live->current_memory_kib, live->memory_kib);
}

/* Takes it out of the live document, and gives up what it had on the host. */
static void publish_gone(Guest *guest, const char *alias)
{
    DomainDevice device;
    DomainDef *alone;

    if (!guest_is_active(guest) || !domain_device_find_alias(guest->live, alias, &device))
        return;
    if (domain_device_is(&device, "memory"))
        forget_memory(guest->live, device.def);
    alone = domain_device_split(guest->live, &device);
    guest_changed(guest);
    state_dir_save(guest);
    plug_host_release(alone, state_dir_run_name(guest->dir), TRUE);
    log_info("guest '%s': device '%s' is gone", guest->name, alias);
    events_device_removed(guest, alias);
}

/* ---- a job of its own, when nobody waits ---- */

typedef struct {
    Guest *guest;
    char *alias;
    DomainDef *def;
    Qmp *qmp;
} Removal;

static gboolean begin_removal(gpointer data, GError **error)
{
    Removal *removal = data;
    DomainDevice device;

    removal->qmp = guest_get_monitor(removal->guest, error);
    if (!removal->qmp)
        return FALSE;
    if (!domain_device_find_alias(removal->guest->live, removal->alias, &device))
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_DEVICE_MISSING, "device '%s' was removed already",
                              removal->alias);
    removal->def = domain_def_copy(removal->guest->live);
    return TRUE;
}

static gboolean run_removal(gpointer data, GError **error)
{
    const Removal *removal = data;

    clear_backends(removal->def, removal->alias, removal->qmp);
    return TRUE;
}

static void removal_done(gpointer data, const GError *error)
{
    Removal *removal = data;

    if (!error)
        publish_gone(removal->guest, removal->alias);
    else if (!vir_error_is(error, VIR_ERR_DEVICE_MISSING))
        log_info("guest '%s': device '%s' stays in its document: %s", removal->guest->name, removal->alias,
                 error->message);
    guest_drop_if_unseen(removal->guest);
    qmp_unref(removal->qmp);
    domain_def_free(removal->def);
    guest_unref(removal->guest);
    g_free(removal->alias);
    g_free(removal);
}

static const JobKind removal_kind = {"remove device", begin_removal, run_removal, removal_done};

static void push_removal(Guest *guest, const char *alias)
{
    Removal *removal = g_new0(Removal, 1);

    *removal = (Removal){.guest = guest_ref(guest), .alias = g_strdup(alias)};
    job_queue_push(guest->jobs, &removal_kind, removal);
}

/* ---- for the job that asks ---- */

Unplug *unplug_new(Guest *guest, const char *alias)
{
    Unplug *unplug = g_new0(Unplug, 1);

    unplug->guest = guest_ref(guest);
    unplug->alias = g_strdup(alias);
    g_mutex_init(&unplug->lock);
    g_cond_init(&unplug->changed);
    guest->unplugs = g_slist_prepend(guest->unplugs, unplug);
    return unplug;
}

void unplug_free(Unplug *unplug)
{
    if (!unplug)
        return;
    unplug->guest->unplugs = g_slist_remove(unplug->guest->unplugs, unplug);
    if (unplug->state == UNPLUG_GONE)
        push_removal(unplug->guest, unplug->alias);
    guest_unref(unplug->guest);
    g_free(unplug->alias);
    g_mutex_clear(&unplug->lock);
    g_cond_clear(&unplug->changed);
    g_free(unplug);
}

static void set_state(Unplug *unplug, UnplugState state)
{
    g_mutex_lock(&unplug->lock);
    unplug->state = state;
    g_cond_signal(&unplug->changed);
    g_mutex_unlock(&unplug->lock);
}

static UnplugState wait_for_guest(Unplug *unplug, guint wait_ms)
{
    gint64 until = g_get_monotonic_time() + (gint64)wait_ms * G_TIME_SPAN_MILLISECOND;
    UnplugState state;

    g_mutex_lock(&unplug->lock);
    while (unplug->state == UNPLUG_PENDING && g_cond_wait_until(&unplug->changed, &unplug->lock, until))
        ;
    state = unplug->state;
    g_mutex_unlock(&unplug->lock);
    return state;
}

/* One that QEMU does not have is as good as gone: its event was missed. */
static gboolean tell(Unplug *unplug, Qmp *qmp, GError **error)
{
    g_autoptr(QmpBatch) batch = qmp_batch_new();
    json_object *arguments = json_object_new_object();
    json_object *failure;

    json_add_string(arguments, "id", unplug->alias);
    qmp_batch_add(batch, "device_del", arguments);
    if (qmp_run(qmp, batch, QMP_TIMEOUT_MS, error))
        return TRUE;
    failure = qmp_batch_command(batch, 0)->failure;
    if (!failure || g_strcmp0(json_get_string(failure, "class"), "DeviceNotFound") != 0)
        return FALSE;
    g_clear_error(error);
    set_state(unplug, UNPLUG_GONE);
    return TRUE;
}

gboolean unplug_run(Unplug *unplug, const DomainDef *def, Qmp *qmp, guint wait_ms, GError **error)
{
    UnplugState state;

    if (!tell(unplug, qmp, error))
        return FALSE;
    state = wait_for_guest(unplug, wait_ms);
    if (state == UNPLUG_REJECTED)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_FAILED,
                              "unplug of device was rejected by the guest");
    if (state == UNPLUG_ENDED)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_FAILED, "domain is no longer running");
    if (state == UNPLUG_GONE) {
        clear_backends(def, unplug->alias, qmp);
        unplug->is_cleared = TRUE;
    }
    return TRUE;
}

const char *unplug_alias(const Unplug *unplug)
{
    return unplug->alias;
}

gboolean unplug_is_over(const Unplug *unplug)
{
    return unplug->is_cleared;
}

void unplug_publish(Unplug *unplug)
{
    if (!unplug->is_cleared)
        return;
    set_state(unplug, UNPLUG_PENDING);
    publish_gone(unplug->guest, unplug->alias);
}

/* ---- what QEMU says ---- */

/* NULL: nobody waits for it. */
static Unplug *find_awaited(const Guest *guest, const char *alias)
{
    for (const GSList *node = guest->unplugs; node; node = node->next)
        if (g_str_equal(((const Unplug *)node->data)->alias, alias))
            return node->data;
    return NULL;
}

void unplug_on_deleted(Guest *guest, const char *alias)
{
    Unplug *awaited = find_awaited(guest, alias);
    DomainDevice device;

    if (awaited)
        set_state(awaited, UNPLUG_GONE);
    else if (domain_device_find_alias(guest->live, alias, &device))
        push_removal(guest, alias);
}

void unplug_on_rejected(Guest *guest, const char *alias)
{
    Unplug *awaited = find_awaited(guest, alias);

    if (awaited)
        set_state(awaited, UNPLUG_REJECTED);
    events_device_removal_failed(guest, alias);
}

void unplug_on_end(Guest *guest)
{
    for (GSList *node = guest->unplugs; node; node = node->next)
        set_state(node->data, UNPLUG_ENDED);
}

/* ---- after a restart ---- */

static gboolean has_name(json_object *names, const char *name)
{
    size_t n = json_length(names);

    for (size_t i = 0; i < n; i++)
        if (g_strcmp0(json_get_string(json_object_array_get_idx(names, i), "name"), name) == 0)
            return TRUE;
    return FALSE;
}

void unplug_adopt(Guest *guest, json_object *names)
{
    if (!names)
        return;
    for (const DomainDeviceKind *kind = domain_device_kinds; kind->name; kind++) {
        const GPtrArray *list = domain_device_list(guest->live, kind);

        for (guint i = 0; i < list->len; i++) {
            DomainDevice device = {kind, list->pdata[i]};

            if (plug_has_qdev(guest->live, &device) && !has_name(names, domain_device_info(&device)->alias))
                push_removal(guest, domain_device_info(&device)->alias);
        }
    }
}
