/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/plug/disk_change.h"

#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "virtqemud/command/alias.h"
#include "virtqemud/guest/change_job.h"
#include "virtqemud/guest/state_dir.h"
#include "virtqemud/plug/plug_host.h"
#include "virtqemud/plug/plug_live.h"
#include "virtqemud/plug/plug_steps.h"
#include "virtqemud/storage/iotune.h"

/* How long a guest may take to open a drive that it holds closed, and how often that is looked at. */
#define TRAY_WAIT_MS 5000
#define TRAY_POLL_MS 250

typedef struct {
    Guest *guest;
    DiskDef *document;
    DomainDef *full;        /* what will run */
    DiskDef *before, *disk; /* as it was: a copy; and of full */
    gboolean is_medium;     /* the medium is another one */
    char *dir;
    PlugHost host;
    EmulatorCaps *caps;
    gboolean is_changed; /* QEMU has the new medium */
} Change;

static DomainDevice as_device(DiskDef *disk)
{
    return (DomainDevice){domain_device_kind("disk"), disk};
}

/* Files of a disk that has no drive any more, or never got one. */
static void release_files(Change *change, DiskDef *disk)
{
    DomainDevice device = as_device(disk);
    DomainDef *alone = domain_device_split(change->full, &device);

    plug_host_release(alone, state_dir_run_name(change->dir), FALSE);
}

static void change_free(gpointer data)
{
    Change *change = data;

    if (change->full && change->guest->plugging == change->full) {
        change->guest->plugging = NULL;
        if (guest_is_active(change->guest))
            state_dir_save(change->guest);
    }
    if (change->host.has_files && !change->is_changed)
        release_files(change, change->disk);
    plug_host_clear(&change->host);
    emulator_caps_unref(change->caps);
    disk_def_free(change->document);
    disk_def_free(change->before);
    domain_def_free(change->full);
    guest_unref(change->guest);
    g_free(change->dir);
    g_free(change);
}

/* ---- what it shall be, on the loop ---- */

static DiskDef *copy_of(DiskDef *disk)
{
    DomainDevice device = as_device(disk);

    return domain_device_copy(&device).def;
}

/* Puts a filled copy of the document in the place of def's disk, which is returned. */
static DiskDef *replace(DomainDef *def, DiskDef *present, DiskDef *with)
{
    guint index;

    g_ptr_array_find(def->disks, present, &index);
    def->disks->pdata[index] = with;
    return present;
}

static gboolean change_config(DomainDef *def, CallJob *job, gboolean is_live, GError **error)
{
    const Change *change = job->data;
    DiskDef *present = domain_find_disk(def, change->document->target), *wanted;

    if (!present)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "target %s doesn't exist.",
                              change->document->target);
    wanted = copy_of(change->document);
    disk_change_fill(wanted, present);
    disk_def_free(replace(def, present, wanted));
    return TRUE;
}

static gboolean check_live(const Change *change, const DiskDef *wanted, GError **error)
{
    g_autofree char *obstacle = disk_change_obstacle(wanted, change->before);

    if (change->is_medium && !disk_is_removable(change->before))
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                              "disk source can be changed only in removable drives");
    return !obstacle || vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_UNSUPPORTED,
                                       "cannot modify field '%s' of the disk", obstacle);
}

static gboolean prepare(CallJob *job, GError **error)
{
    Change *change = job->data;
    DiskDef *present = domain_find_disk(job->guest->live, change->document->target);
    g_autoptr(DiskDef) wanted = NULL;

    if (!present)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "disk '%s' not found",
                              change->document->target);
    change->before = copy_of(present);
    wanted = copy_of(change->document);
    disk_change_fill(wanted, present);
    change->is_medium = !disk_change_is_same_source(wanted, present);
    if (!check_live(change, wanted, error))
        return FALSE;
    change->dir = g_strdup(job->guest->dir);
    change->full = domain_def_copy(job->guest->live);
    change->disk = domain_find_disk(change->full, change->document->target);
    change->disk->source.startup_policy = wanted->source.startup_policy;
    change->disk->info.boot_order = wanted->info.boot_order;
    /* The drive stays; what is in it comes from the document. */
    if (change->is_medium)
        disk_swap_medium(change->disk, wanted);
    return TRUE;
}

/* ---- QEMU, on the thread ---- */

static json_object *drive_arguments(const Change *change)
{
    json_object *arguments = json_object_new_object();

    json_add_string(arguments, "id", change->disk->info.alias);
    return arguments;
}

static gboolean call(Qmp *qmp, const char *command, json_object *arguments, GError **error)
{
    g_autoptr(json_object) reply = qmp_call(qmp, command, arguments, QMP_TIMEOUT_DISK_MS, error);

    return reply != NULL;
}

/* Has the drive open, and then does command (with node, or NULL). One that its guest holds closed opens when the guest
 * has heard of it, or never; a guest that resets its devices just then closes it again. */
static gboolean do_open(const Change *change, Qmp *qmp, const char *command, const char *node, gboolean is_forced,
                        GError **error)
{
    g_autoptr(GError) problem = NULL;

    for (guint waited_ms = 0; waited_ms <= TRAY_WAIT_MS; waited_ms += TRAY_POLL_MS) {
        json_object *open = drive_arguments(change);
        json_object *arguments;

        if (is_forced)
            json_add_bool(open, "force", TRUE);
        if (!call(qmp, "blockdev-open-tray", open, error))
            return FALSE;
        arguments = drive_arguments(change);
        json_add_string(arguments, "node-name", node);
        g_clear_error(&problem);
        if (call(qmp, command, arguments, &problem))
            return TRUE;
        if (!strstr(problem->message, "is not open"))
            break;
        g_usleep(TRAY_POLL_MS * G_TIME_SPAN_MILLISECOND);
    }
    g_propagate_error(error, g_steal_pointer(&problem));
    return FALSE;
}

static gboolean take_out(const Change *change, Qmp *qmp, gboolean is_forced, GError **error)
{
    g_autoptr(GError) problem = NULL;

    return do_open(change, qmp, "blockdev-remove-medium", NULL, is_forced, &problem) ||
           vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_FAILED,
                          "the drive of disk '%s' cannot be emptied: %s", change->disk->target, problem->message);
}

/* The limits of the drive, also if it has none: those that were lifted while it was empty are QEMU's still. */
static gboolean limit(Qmp *qmp, const DiskDef *disk, GError **error)
{
    return call(qmp, "block_set_io_throttle", iotune_to_qmp(disk, &disk->iotune), error);
}

/* The guest finds the drive closed, and limited; when that cannot be, it is empty again. */
static gboolean insert(const Change *change, Qmp *qmp, const DiskDef *disk, const char *node, GError **error)
{
    if (!do_open(change, qmp, "blockdev-insert-medium", node, FALSE, error))
        return FALSE;
    if (limit(qmp, disk, error) && call(qmp, "blockdev-close-tray", drive_arguments(change), error))
        return TRUE;
    do_open(change, qmp, "blockdev-remove-medium", NULL, FALSE, NULL);
    return FALSE;
}

static PlugSteps *nodes_of(Change *change, const DiskDef *disk, char **drive, GError **error)
{
    CommandBuild build = {.def = change->full,
                          .caps = change->caps,
                          .settings = &driver.settings,
                          .purpose = BUILD_PLUG,
                          .run_name = state_dir_run_name(change->dir),
                          .guest_dir = change->dir,
                          .secrets = change->host.secrets};

    return plug_steps_new_nodes(&build, disk, drive, error);
}

/* The old medium's nodes are there until the new one is in, so that it can be put back. */
static gboolean swap(Change *change, Qmp *qmp, gboolean is_forced, GError **error)
{
    g_autofree char *old_drive = NULL;
    g_autofree char *new_drive = NULL;
    g_autoptr(PlugSteps) old = nodes_of(change, change->before, &old_drive, error);
    g_autoptr(PlugSteps) new = old ? nodes_of(change, change->disk, &new_drive, error) : NULL;

    if (!new || !plug_steps_do(new, qmp, error))
        return FALSE;
    if (!take_out(change, qmp, is_forced, error)) {
        plug_steps_undo(new, qmp);
        return FALSE;
    }
    if (new_drive && !insert(change, qmp, change->disk, new_drive, error)) {
        if (old_drive)
            insert(change, qmp, change->before, old_drive, NULL);
        plug_steps_undo(new, qmp);
        return FALSE;
    }
    plug_steps_undo(old, qmp);
    return new_drive || call(qmp, "blockdev-close-tray", drive_arguments(change), error);
}

static gboolean prepare_medium(Change *change, GError **error)
{
    DomainDevice device = as_device(change->disk);
    DomainDef view;
    gboolean ok;

    domain_device_view_init(&view, change->full, &device);
    ok = plug_host_look(&view, error);
    /* Numbers of the old one are in use until it is out. */
    if (ok) {
        change->disk->format = change->disk->format ? change->disk->format : DISK_FORMAT_RAW;
        alias_number_images(change->full, change->before, change->disk);
        ok = plug_host_prepare(&change->host, &view, state_dir_run_name(change->dir), error);
    }
    domain_device_view_clear(&view);
    return ok;
}

static gboolean change_medium(Change *change, Qmp *qmp, gboolean is_forced, GError **error)
{
    change->caps = caps_cache_get(driver.caps, change->full->emulator, error);
    if (!change->caps || !prepare_medium(change, error) || !plug_note(change->guest, change->full, error) ||
        !swap(change, qmp, is_forced, error))
        return FALSE;
    change->is_changed = TRUE;
    return TRUE;
}

static gboolean ask(CallJob *job, GError **error)
{
    Change *change = job->data;
    gboolean is_forced = (job->flags & VIR_DOMAIN_DEVICE_MODIFY_FORCE) != 0;

    const DeviceInfo *before = &change->before->info, *after = &change->disk->info;
    g_autoptr(GError) problem = NULL;

    if (!plug_set_boot_order(job->qmp, change->full, after, before->boot_order, error))
        return FALSE;
    if (!change->is_medium || change_medium(change, job->qmp, is_forced, error))
        return TRUE;
    if (!plug_set_boot_order(job->qmp, change->full, before, after->boot_order, &problem))
        log_error("guest '%s': disk '%s' is in another place of the boot order than it says: %s", change->full->name,
                  change->disk->target, problem->message);
    return FALSE;
}

/* ---- publishing, on the loop ---- */

static void publish(CallJob *job)
{
    Change *change = job->data;
    DomainDef *live = job->guest->live;
    DiskDef *present = domain_find_disk(live, change->document->target);

    job->guest->plugging = NULL;
    change->disk->tray = present->tray;
    replace(change->full, change->disk, present);
    replace(live, present, change->disk);
}

/* The old medium is given up when the state file does not name it any more. */
static void tell(CallJob *job)
{
    Change *change = job->data;

    if (change->is_changed && guest_is_active(job->guest))
        release_files(change, domain_find_disk(change->full, change->document->target));
}

static const ChangeKind disk_update = {.name = "change disk",
                                       .change = change_config,
                                       .prepare = prepare,
                                       .ask = ask,
                                       .publish = publish,
                                       .tell = tell,
                                       .is_of_devices = TRUE};

void disk_change(RpcCall *call_, Guest *guest, DiskDef *document, guint flags)
{
    CallJob *job = change_job_new(call_, guest, flags, &disk_update);
    Change *change = g_new0(Change, 1);

    change->guest = guest_ref(guest);
    change->document = document;
    job->data = change;
    job->data_free = change_free;
    change_job_push(job);
}

gboolean disk_change_is_medium(Guest *guest, const DomainDevice *device, guint flags)
{
    const DiskDef *disk = device->def;

    return domain_device_is(device, "disk") && disk_is_removable(disk) && guest_is_active(guest) &&
           !(flags & VIR_DOMAIN_AFFECT_CONFIG) && domain_find_disk(guest->live, disk->target);
}

/* ---- after a restart ---- */

/* The daemon was killed between the old medium and the new one. */
static void take_image(DiskDef *disk, json_object *inserted)
{
    const char *node = json_get_string(inserted, "node-name");
    json_object *image = json_get_object(inserted, "image");
    const char *path = image ? json_get_string(image, "filename") : NULL;
    const char *format = json_get_string(inserted, "drv");
    g_autofree char *expected = disk_format_node(disk);
    guint index = 0;

    if (!node || !path || g_str_equal(node, expected) || sscanf(node, "libvirt-%u-format", &index) != 1)
        return;
    disk_clear_medium(disk);
    disk->source.path = g_strdup(path);
    disk->source.index = index;
    disk->format = format && g_str_equal(format, "qcow2") ? DISK_FORMAT_QCOW2 : DISK_FORMAT_RAW;
}

void disk_change_adopt(DomainDef *live, json_object *answer)
{
    size_t n = json_length(answer);

    for (size_t i = 0; i < n; i++) {
        json_object *drive = json_object_array_get_idx(answer, i);
        json_object *inserted = json_get_object(drive, "inserted");
        const char *path = json_get_string(drive, "qdev");
        g_autofree char *alias = path ? g_path_get_basename(path) : NULL;
        DomainDevice found;

        if (!alias || !domain_device_find_alias(live, alias, &found) || !domain_device_is(&found, "disk") ||
            !disk_is_removable(found.def))
            continue;
        ((DiskDef *)found.def)->tray = json_get_bool(drive, "tray_open") ? DISK_TRAY_OPEN : DISK_TRAY_CLOSED;
        if (inserted)
            take_image(found.def, inserted);
        else if (disk_source_is_there(&((DiskDef *)found.def)->source))
            disk_clear_medium(found.def);
    }
}

static gboolean has_node(const DomainDef *live, guint number)
{
    for (guint i = 0; i < live->disks->len; i++) {
        const DiskDef *disk = live->disks->pdata[i];

        if (disk->source.index == number)
            return TRUE;
        for (const DiskBacking *backing = disk->backing; backing; backing = backing->backing)
            if (backing->source.index == number)
                return TRUE;
    }
    return FALSE;
}

static void add_removals(QmpBatch *batch, const DomainDef *live, json_object *nodes, gboolean of_formats)
{
    size_t n = json_length(nodes);

    for (size_t i = 0; i < n; i++) {
        const char *name = json_get_string(json_object_array_get_idx(nodes, i), "node-name");
        json_object *arguments;
        guint number;

        if (!name || sscanf(name, "libvirt-%u-", &number) != 1 || has_node(live, number) ||
            g_str_has_suffix(name, "-format") != of_formats)
            continue;
        arguments = json_object_new_object();
        json_add_string(arguments, "node-name", name);
        qmp_batch_try(batch, "blockdev-del", arguments);
    }
}

static void swept(QmpBatch *batch, const GError *error, gpointer data)
{
}

/* Formats are above the files that they are in. */
void disk_change_sweep(Guest *guest, json_object *nodes)
{
    QmpBatch *batch = qmp_batch_new();

    add_removals(batch, guest->live, nodes, TRUE);
    add_removals(batch, guest->live, nodes, FALSE);
    if (qmp_batch_size(batch) > 0)
        qmp_ask(guest->qmp, batch, QMP_TIMEOUT_MS, swept, NULL);
    else
        qmp_batch_free(batch);
}
