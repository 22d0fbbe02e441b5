/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/plug/attach.h"

#include <string.h>

#include "common/error.h"
#include "virtqemud/command/alias.h"
#include "virtqemud/guest/change_job.h"
#include "virtqemud/guest/chardevs.h"
#include "virtqemud/guest/events.h"
#include "virtqemud/guest/live_values.h"
#include "virtqemud/guest/state_dir.h"
#include "virtqemud/interface/interface_host.h"
#include "virtqemud/interface/network_watch.h"
#include "virtqemud/plug/plug_host.h"
#include "virtqemud/plug/plug_kinds.h"
#include "virtqemud/plug/plug_live.h"
#include "virtqemud/plug/plug_steps.h"
#include "virtqemud/storage/iotune.h"

typedef struct {
    Guest *guest;        /* the loop's */
    DomainDevice device; /* as the caller says it */
    DomainDef *full;     /* what will run: a copy of what runs, and the device */
    DomainDevice added;  /* in full */
    GPtrArray *needed;   /* DomainDevice: controllers of full that it needs and that are not there yet */
    DomainDef view;      /* of added */
    gboolean has_view;
    char *dir; /* of this run */
    PlugHost host;
    EmulatorCaps *caps;
    QmpBatch *after; /* what is set and asked when the device is there */
    guint chardevs, modules;
    guint n_needed; /* of needed that QEMU has */
    gboolean is_in; /* QEMU has the device */
} Attach;

static const char *run_name(const Attach *attach)
{
    return state_dir_run_name(attach->dir);
}

static void move_to_live(Attach *attach, const DomainDevice *device)
{
    g_ptr_array_remove(domain_device_list(attach->full, device->kind), device->def);
    domain_device_insert(attach->guest->live, device);
}

/* What has come of a try that failed: controllers stay, and so does a device that was told to go again, until the guest
 * lets it. */
static void publish_rest(Attach *attach)
{
    for (guint i = 0; i < attach->n_needed; i++)
        move_to_live(attach, attach->needed->pdata[i]);
    if (attach->is_in)
        move_to_live(attach, &attach->added);
    guest_changed(attach->guest);
    state_dir_save(attach->guest);
}

/* Of a device that did not get into the guest after all. */
static void give_up(Attach *attach)
{
    DomainDef *alone;

    if (!attach->host.has_files)
        return;
    alone = domain_device_split(attach->full, &attach->added);
    plug_host_release(alone, run_name(attach), attach->host.interfaces != NULL);
}

static void attach_free(gpointer data)
{
    Attach *attach = data;
    gboolean is_active = guest_is_active(attach->guest);

    if (attach->full && attach->guest->plugging == attach->full) {
        attach->guest->plugging = NULL;
        if (is_active)
            publish_rest(attach);
    }
    if (!(attach->is_in && is_active))
        give_up(attach);
    if (attach->has_view)
        domain_device_view_clear(&attach->view);
    g_clear_pointer(&attach->needed, g_ptr_array_unref);
    plug_host_clear(&attach->host);
    qmp_batch_free(attach->after);
    emulator_caps_unref(attach->caps);
    domain_def_free(attach->full);
    domain_device_clear(&attach->device);
    guest_unref(attach->guest);
    g_free(attach->dir);
    g_free(attach);
}

/* ---- what it shall be, on the loop ---- */

static DomainDevice add_copy(DomainDef *def, const DomainDevice *device)
{
    DomainDevice copy = domain_device_copy(device);

    domain_device_insert(def, &copy);
    return copy;
}

static gboolean change_config(DomainDef *def, CallJob *job, gboolean is_live, GError **error)
{
    const Attach *attach = job->data;

    if (!plug_can_attach(&attach->device, FALSE, error) || !domain_device_check_new(def, &attach->device, FALSE, error))
        return FALSE;
    add_copy(def, &attach->device);
    return TRUE;
}

static gboolean prepare(CallJob *job, GError **error)
{
    Attach *attach = job->data;
    Guest *guest = job->guest;

    if (!plug_can_attach(&attach->device, TRUE, error) ||
        !domain_device_check_new(guest->live, &attach->device, TRUE, error))
        return FALSE;
    attach->dir = g_strdup(guest->dir);
    attach->full = domain_def_copy(guest->live);
    attach->added = add_copy(attach->full, &attach->device);
    return TRUE;
}

/* ---- its place in what runs, on the thread ---- */

typedef struct {
    Attach *attach;
    GError **error;
} Collecting;

/* Controllers that were made up for the device: of those only SCSI's can be plugged in themselves. */
static gboolean collect(const char *what, gpointer device, DeviceInfo *info, gpointer data)
{
    Collecting *collecting = data;
    Attach *attach = collecting->attach;
    DomainDevice *needed;

    if (device == attach->added.def || info->alias ||
        (g_str_equal(what, "memballoon") && ((const BalloonDef *)device)->model == BALLOON_NONE))
        return TRUE;
    if (!g_str_equal(what, "controller"))
        return vir_error_fail(collecting->error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR,
                              "the device needs another of kind '%s', which the guest does not have", what);
    if (((const ControllerDef *)device)->type == CONTROLLER_PCI)
        return vir_error_fail(collecting->error, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR,
                              "No more available PCI slots");
    if (((const ControllerDef *)device)->type != CONTROLLER_SCSI)
        return vir_error_fail(collecting->error, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR,
                              "no %s controllers are available",
                              controller_types[((const ControllerDef *)device)->type]);
    needed = g_new(DomainDevice, 1);
    *needed = (DomainDevice){domain_device_kind(what), device};
    g_ptr_array_add(attach->needed, needed);
    return TRUE;
}

/* Adapters beside one that the guest has are like that one. */
static gboolean match_adapters(const Attach *attach, const ControllerDef *like)
{
    gboolean is_changed = FALSE;

    for (guint i = 0; i < attach->needed->len; i++) {
        ControllerDef *controller = ((const DomainDevice *)attach->needed->pdata[i])->def;

        if (controller->model == like->model)
            continue;
        controller->model = like->model;
        controller->info.address_type = DEVICE_ADDRESS_NONE;
        is_changed = TRUE;
    }
    return is_changed;
}

static gboolean settle(Attach *attach, GError **error)
{
    Collecting collecting = {attach, error};

    g_clear_pointer(&attach->needed, g_ptr_array_unref);
    attach->needed = g_ptr_array_new_with_free_func(g_free);
    return driver_settle_live(attach->full, error) && domain_each_device(attach->full, collect, &collecting);
}

static gboolean place(Attach *attach, GError **error)
{
    const ControllerDef *adapter = domain_find_controller(attach->full, CONTROLLER_SCSI, 0);

    return settle(attach, error) && (!adapter || !match_adapters(attach, adapter) || settle(attach, error));
}

/* ---- QEMU, on the thread ---- */

static PlugSteps *build_steps(Attach *attach, const DomainDevice *device, GError **error)
{
    CommandBuild build = {.def = attach->full,
                          .caps = attach->caps,
                          .settings = &driver.settings,
                          .purpose = BUILD_PLUG,
                          .run_name = run_name(attach),
                          .guest_dir = attach->dir,
                          .secrets = attach->host.secrets};
    g_autoptr(GPtrArray) interfaces = g_ptr_array_new();
    guint index;

    g_ptr_array_set_size(interfaces, (int)attach->full->interfaces->len);
    if (g_ptr_array_find(attach->full->interfaces, device->def, &index))
        interfaces->pdata[index] = attach->host.interfaces->pdata[0];
    build.interfaces = interfaces;
    return plug_steps_new(&build, device, error);
}

static gboolean plug_in(Attach *attach, const DomainDevice *device, Qmp *qmp, GError **error)
{
    g_autoptr(PlugSteps) steps = build_steps(attach, device, error);

    return steps && plug_steps_do(steps, qmp, error);
}

/* Limits, the cable, and what QEMU has chosen itself. */
static gboolean set_up(Attach *attach, Qmp *qmp, GError **error)
{
    attach->after = qmp_batch_new();
    if (domain_device_is(&attach->added, "disk"))
        iotune_add(attach->after, attach->added.def);
    if (domain_device_is(&attach->added, "interface") &&
        ((const InterfaceDef *)attach->added.def)->link == LINK_STATE_DOWN)
        interface_link_set(attach->after, attach->added.def, FALSE);
    attach->chardevs = qmp_batch_add(attach->after, "query-chardev", NULL);
    attach->modules = qmp_batch_add(attach->after, "query-memory-devices", NULL);
    return qmp_run(qmp, attach->after, QMP_TIMEOUT_MS, error);
}

/* What is behind it goes when it has gone (unplug.h). */
static void ask_to_go(const Attach *attach, Qmp *qmp)
{
    g_autoptr(QmpBatch) batch = qmp_batch_new();
    json_object *arguments = json_object_new_object();

    json_add_string(arguments, "id", domain_device_info(&attach->added)->alias);
    qmp_batch_try(batch, "device_del", arguments);
    qmp_run(qmp, batch, QMP_TIMEOUT_MS, NULL);
}

static gboolean tell_qemu(Attach *attach, Qmp *qmp, GError **error)
{
    gboolean ok = TRUE;

    for (guint i = 0; ok && i < attach->needed->len; i++)
        if ((ok = plug_in(attach, attach->needed->pdata[i], qmp, error)))
            attach->n_needed++;
    attach->is_in = ok && plug_in(attach, &attach->added, qmp, error);
    if (!attach->is_in || set_up(attach, qmp, error))
        return attach->is_in;
    ask_to_go(attach, qmp);
    return FALSE;
}

static gboolean ask(CallJob *job, GError **error)
{
    Attach *attach = job->data;

    attach->caps = caps_cache_get(driver.caps, attach->full->emulator, error);
    if (!attach->caps || !place(attach, error))
        return FALSE;
    domain_device_view_init(&attach->view, attach->full, &attach->added);
    attach->has_view = TRUE;
    if (!plug_host_look(&attach->view, error))
        return FALSE;
    alias_assign_added(attach->full);
    alias_assign_paths(attach->full, attach->dir);
    return plug_host_prepare(&attach->host, &attach->view, run_name(attach), error) &&
           plug_note(attach->guest, attach->full, error) && tell_qemu(attach, job->qmp, error);
}

/* ---- publishing, on the loop ---- */

static void publish(CallJob *job)
{
    Attach *attach = job->data;
    Guest *guest = attach->guest;
    DomainDef *live = guest->live;

    guest->plugging = NULL;
    for (guint i = 0; i < attach->needed->len; i++)
        move_to_live(attach, attach->needed->pdata[i]);
    move_to_live(attach, &attach->added);
    if (domain_device_is(&attach->added, "memory")) {
        live->memory_kib = attach->full->memory_kib;
        live->current_memory_kib += ((const MemoryDeviceDef *)attach->added.def)->size_kib;
        live_values_take_modules(live, qmp_batch_result(attach->after, attach->modules));
    }
    chardevs_take(live, qmp_batch_result(attach->after, attach->chardevs));
}

static void tell(CallJob *job)
{
    const Attach *attach = job->data;

    if (!attach->is_in || !guest_is_active(job->guest))
        return;
    if (domain_device_is(&attach->added, "interface"))
        network_watch_guest(job->guest);
    events_device_added(job->guest, domain_device_info(&attach->added)->alias);
}

static const ChangeKind attach_change = {.name = "attach device",
                                         .change = change_config,
                                         .prepare = prepare,
                                         .ask = ask,
                                         .publish = publish,
                                         .tell = tell,
                                         .is_of_devices = TRUE};

/* ---- the call ---- */

/* What the guest's two documents shall have alike, whoever chooses it. */
static void complete_identity(const DomainDevice *device)
{
    static const guint8 unset[MAC_LEN];
    InterfaceDef *interface = device->def;

    if (domain_device_is(device, "interface") && memcmp(interface->mac, unset, MAC_LEN) == 0)
        mac_generate(interface->mac);
}

void attach_device(RpcCall *call, Guest *guest, DomainDevice *device, guint flags)
{
    CallJob *job = change_job_new(call, guest, flags, &attach_change);
    Attach *attach = g_new0(Attach, 1);

    attach->guest = guest_ref(guest);
    attach->device = *device;
    *device = (DomainDevice){0};
    complete_identity(&attach->device);
    job->data = attach;
    job->data_free = attach_free;
    change_job_push(job);
}
