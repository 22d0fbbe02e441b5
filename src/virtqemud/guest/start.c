/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The order matters: addresses are asked for and sockets bound before QEMU runs; QEMU's pid is in the state file before
 * it becomes QEMU; it stands still until it has its sockets and passwords; clients see it when it can be worked with.
 */
#include "virtqemud/guest/start.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/error.h"
#include "config.h"
#include "daemon/loop_post.h"
#include "virtqemud/cgroup/guest_cgroup.h"
#include "virtqemud/command/alias.h"
#include "virtqemud/display/graphics.h"
#include "virtqemud/display/listen_watch.h"
#include "virtqemud/guest/chardevs.h"
#include "virtqemud/guest/events.h"
#include "virtqemud/guest/guest_cpu.h"
#include "virtqemud/guest/guest_end.h"
#include "virtqemud/guest/guest_list.h"
#include "virtqemud/guest/live_values.h"
#include "virtqemud/guest/messages.h"
#include "virtqemud/guest/state_dir.h"
#include "virtqemud/helper/dbus_host.h"
#include "virtqemud/helper/pr_host.h"
#include "virtqemud/helper/tpm_host.h"
#include "virtqemud/helper/virtiofs_host.h"
#include "virtqemud/host/device_files.h"
#include "virtqemud/host/firmware.h"
#include "virtqemud/host/log_file.h"
#include "virtqemud/host/memory_host.h"
#include "virtqemud/host/ownership.h"
#include "virtqemud/host/pin.h"
#include "virtqemud/host/seclabel.h"
#include "virtqemud/host/secret_host.h"
#include "virtqemud/host/vsock_host.h"
#include "virtqemud/interface/interface_host.h"
#include "virtqemud/interface/network_watch.h"
#include "virtqemud/stats/counters.h"
#include "virtqemud/storage/image_chain.h"
#include "virtqemud/storage/iotune.h"
#include "virtqemud/storage/storage.h"
#include "virtqemud/storage/transient.h"
#include "virtqemud/storage/volume_peer.h"

#define ATTEMPTS_MAX     3
#define UP_TIMEOUT_MS    (60 * 1000)
#define MONITOR_BACKLOG  16
#define SHORT_NAME_CHARS 20

typedef struct {
    Guest *guest;
    guint flags;
    DaemonClient *client;
    StartDone done;
    gpointer data;

    DomainDef *def;     /* what will run: the job's own; the guest gets a copy */
    gboolean has_begun; /* the guest is in state STARTING because of this job */
    gboolean is_up;     /* published */
    gboolean has_cards; /* what def's cards have on the host is still this job's to give up */
    char *dir;
    EmulatorCaps *caps;
    GHashTable *secrets; /* secret_host.h */
    GPtrArray *missing;  /* MissingImage: optional ones */

    /* Of one attempt. */
    GraphicsHost *graphics;
    GPtrArray *interfaces;
    Command *command;
    int monitor_fd, log_fd, tpm_fd, vsock_fd;
    gint64 log_start;
    Process *process;
    Qmp *qmp;
    QmpBatch *batch;
    guint chardevs; /* index in batch, as below */
    guint modules;
    guint cpu;
    GError *error; /* of what was done on the loop */
} StartJob;

static void clear_attempt(StartJob *job)
{
    g_clear_pointer(&job->graphics, graphics_host_free);
    g_clear_pointer(&job->interfaces, g_ptr_array_unref);
    g_clear_pointer(&job->command, command_free);
    g_clear_pointer(&job->process, process_unref);
    g_clear_pointer(&job->qmp, qmp_unref);
    g_clear_pointer(&job->batch, qmp_batch_free);
    if (job->monitor_fd >= 0)
        close(job->monitor_fd);
    if (job->log_fd >= 0)
        close(job->log_fd);
    if (job->tpm_fd >= 0)
        close(job->tpm_fd);
    if (job->vsock_fd >= 0)
        close(job->vsock_fd);
    job->monitor_fd = job->log_fd = job->tpm_fd = job->vsock_fd = -1;
}

/* Runs func on the loop; FALSE with *error when it has set job->error. */
static gboolean on_loop(StartJob *job, LoopFunc func, GError **error)
{
    loop_call(func, job);
    if (!job->error)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&job->error));
    return FALSE;
}

/* ---- on the loop ---- */

static gboolean begin(gpointer data, GError **error)
{
    StartJob *job = data;
    Guest *guest = job->guest;

    if (guest->state != GUEST_SHUTOFF) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "domain is already running");
        return FALSE;
    }
    if (!job->def && !guest->def) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_NO_DOMAIN, "no domain with matching name '%s'", guest->name);
        return FALSE;
    }
    if (!job->def)
        job->def = domain_def_copy(guest->def);
    guest_move(guest, MOVE_START, VIR_DOMAIN_SHUTOFF_UNKNOWN, NULL);
    job->has_begun = TRUE;
    guest_list_set_id(driver.guests, guest, ++driver.last_id);
    job->def->id = guest->id;
    return TRUE;
}

static void take_process(gpointer data)
{
    StartJob *job = data;
    Guest *guest = job->guest;

    if (guest->is_cancelled) {
        vir_error_set(&job->error, VIR_FROM_QEMU, VIR_ERR_OPERATION_ABORTED, "guest '%s' was destroyed while starting",
                      guest->name);
        return;
    }
    g_free(guest->dir);
    guest->dir = g_strdup(job->dir);
    domain_def_free(guest->live);
    guest->live = domain_def_copy(job->def);
    live_values_settle(guest->live);
    job->has_cards = FALSE;
    guest_take_process(guest, process_ref(job->process));
    state_dir_write(guest, &job->error);
}

static void connect_monitor(gpointer data)
{
    StartJob *job = data;

    if (!job->guest->process)
        vir_error_set(&job->error, VIR_FROM_QEMU, VIR_ERR_OPERATION_FAILED, "QEMU has ended");
    else if (guest_connect_monitor(job->guest, &job->error))
        job->qmp = qmp_ref(job->guest->qmp);
}

static void publish(gpointer data)
{
    StartJob *job = data;
    Guest *guest = job->guest;

    if (!guest->process || guest->is_cancelled) {
        vir_error_set(&job->error, VIR_FROM_QEMU, VIR_ERR_OPERATION_ABORTED, "guest '%s' was destroyed while starting",
                      guest->name);
        return;
    }
    chardevs_take(guest->live, qmp_batch_result(job->batch, job->chardevs));
    if (guest->live->memory_devices->len > 0)
        live_values_take_modules(guest->live, qmp_batch_result(job->batch, job->modules));
    if (!guest_cpu_take(guest->live, job->batch, job->cpu, &job->error))
        return;
    if (job->flags & VIR_DOMAIN_START_AUTODESTROY)
        guest->autodestroy = job->client;
    guest_changed(guest);
    job->is_up = guest_move(guest, MOVE_UP, VIR_DOMAIN_PAUSED_STARTING_UP, &job->error);
}

/* ---- on the job's thread ---- */

char *start_run_dir(const DomainDef *def)
{
    g_autofree char *name = g_utf8_substring(def->name, 0, MIN(g_utf8_strlen(def->name, -1), SHORT_NAME_CHARS));

    return g_strdup_printf("%s/domain-%d-%s", driver.lib_dir, def->id, name);
}

static gboolean make_dir(StartJob *job, GError **error)
{
    job->dir = start_run_dir(job->def);
    if (mkdir(job->dir, 0700) == 0 || errno == EEXIST)
        return TRUE;
    vir_error_set_errno(error, VIR_FROM_QEMU, errno, "Cannot create directory '%s'", job->dir);
    return FALSE;
}

static gboolean listen_monitor(StartJob *job, GError **error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int n = g_snprintf(address.sun_path, sizeof(address.sun_path), "%s/monitor.sock", job->dir);

    if (n >= (int)sizeof(address.sun_path)) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "UNIX socket path '%s/monitor.sock' too long",
                      job->dir);
        return FALSE;
    }
    unlink(address.sun_path);
    job->monitor_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (job->monitor_fd < 0 || bind(job->monitor_fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
        chmod(address.sun_path, 0600) < 0 || listen(job->monitor_fd, MONITOR_BACKLOG) < 0) {
        vir_error_set_errno(error, VIR_FROM_QEMU, errno, "Unable to listen on monitor socket '%s'", address.sun_path);
        return FALSE;
    }
    return TRUE;
}

static gboolean prepare_guest(StartJob *job, GError **error)
{
    g_autoptr(GPtrArray) firmware = NULL;

    /* A file that an editor has been at may lack what is filled in when a guest is defined. */
    if (!driver_settle(job->def, error) || !memory_host_check_nodes(job->def, error))
        return FALSE;
    firmware = firmware_load_here(driver.is_privileged);
    job->caps = caps_cache_get(driver.caps, job->def->emulator, error);
    if (!job->caps || !guest_cpu_settle(job->def, job->caps, error) ||
        !firmware_choose(job->def, firmware, driver.nvram_dir, error) || !volume_peer_resolve(job->def, error) ||
        !storage_prepare(job->def, (job->flags & VIR_DOMAIN_START_RESET_NVRAM) != 0, &job->missing, error) ||
        !device_files_check(job->def, error) || !transient_prepare(job->def, error) ||
        !image_chain_complete(job->def, error) || !make_dir(job, error))
        return FALSE;
    if (driver.is_privileged)
        guest_cgroup_choose_partition(job->def);
    alias_assign(job->def);
    alias_assign_paths(job->def, job->dir);
    job->secrets = secret_host_prepare(job->def, error);
    if (!job->secrets)
        return FALSE;
    if (!dbus_host_start(job->def, state_dir_run_name(job->dir), error) ||
        !memory_host_prepare(job->def, state_dir_run_name(job->dir), error) ||
        !pr_host_start(job->def, job->dir, error) || !virtiofs_host_start(job->def, job->dir, error))
        return FALSE;
    return seclabel_prepare(job->def, error) && ownership_hand_over(job->dir, error) &&
           ownership_take(job->def, state_dir_run_name(job->dir), error);
}

/* Everything on the host that this attempt needs. */
static gboolean prepare_host(StartJob *job, GError **error)
{
    job->graphics = graphics_prepare(job->def, job->dir, error);
    if (!job->graphics)
        return FALSE;
    job->interfaces = interface_host_prepare(job->def, error);
    job->has_cards = job->interfaces != NULL;
    if (!job->interfaces || !tpm_host_start(job->def, &job->tpm_fd, error) ||
        !vsock_host_prepare(job->def, &job->vsock_fd, error) || !listen_monitor(job, error))
        return FALSE;
    job->log_fd = log_file_open(job->def->name, &job->log_start, error);
    return job->log_fd >= 0;
}

static gboolean build_command(StartJob *job, GError **error)
{
    CommandBuild build = {.def = job->def,
                          .caps = job->caps,
                          .settings = &driver.settings,
                          .purpose = BUILD_RUN,
                          .guest_dir = job->dir,
                          .run_name = memory_host_run_name(state_dir_run_name(job->dir)),
                          .monitor_fd = job->monitor_fd,
                          .tpm_fd = job->tpm_fd,
                          .vsock_fd = job->vsock_fd,
                          .secrets = job->secrets,
                          .interfaces = job->interfaces};

    job->command = command_new(job->def->emulator);
    build.command = job->command;
    return command_build(&build, error);
}

static void build_batch(StartJob *job)
{
    job->batch = qmp_batch_new();
    graphics_hand_over(job->graphics, job->def, job->batch);
    live_values_ask_balloon(job->def, job->batch);
    for (guint i = 0; i < job->def->disks->len; i++)
        iotune_add(job->batch, g_ptr_array_index(job->def->disks, i));
    for (guint i = 0; i < job->def->balloons->len; i++) {
        const BalloonDef *balloon = g_ptr_array_index(job->def->balloons, i);

        if (balloon->model != BALLOON_NONE && balloon->stats_period_s > 0)
            counters_set_period(job->batch, balloon->info.alias, balloon->stats_period_s);
    }
    for (guint i = 0; i < job->def->interfaces->len; i++) {
        const InterfaceDef *interface = g_ptr_array_index(job->def->interfaces, i);

        if (interface->link == LINK_STATE_DOWN)
            interface_link_set(job->batch, interface, FALSE);
    }
    job->chardevs = qmp_batch_add(job->batch, "query-chardev", NULL);
    job->cpu = guest_cpu_ask(job->def, job->batch);
    if (job->def->memory_devices->len > 0)
        job->modules = qmp_batch_add(job->batch, "query-memory-devices", NULL);
}

static gboolean needs_rawio(const DomainDef *def)
{
    for (guint i = 0; i < def->disks->len; i++)
        if (((const DiskDef *)g_ptr_array_index(def->disks, i))->rawio == XML_BOOL_YES)
            return TRUE;
    return FALSE;
}

/* Memory that is locked counts against a limit, which is the daemon's own unless it is raised. */
static gboolean raise_limits(StartJob *job, GError **error)
{
    const struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};

    if (!job->def->memory_backing.is_locked || prlimit(process_pid(job->process), RLIMIT_MEMLOCK, &none, NULL) == 0)
        return TRUE;
    vir_error_set_errno(error, VIR_FROM_QEMU, errno, "cannot limit locked memory of process %d",
                        (int)process_pid(job->process));
    return FALSE;
}

static gboolean spawn(StartJob *job, GError **error)
{
    g_autofree char *line = command_to_shell(job->command);

    log_file_note(job->def->name, "starting up modvirt version %s, qemu version %u.%u.%u", MODVIRT_VERSION,
                  job->caps->version / 1000000, job->caps->version / 1000 % 1000, job->caps->version % 1000);
    log_file_note(job->def->name, "%s", line);
    job->log_start = lseek(job->log_fd, 0, SEEK_END);
    job->command->keeps_rawio = needs_rawio(job->def);
    job->process = process_prepare_command(job->command, job->log_fd, driver.qemu_user, PROCESS_OUTLIVES, error);
    return job->process && raise_limits(job, error) &&
           guest_cgroup_enter(job->def, state_dir_run_name(job->dir), process_pid(job->process), error);
}

/* What QEMU said before it ended tells more than the end of its connection. */
static void explain_end(StartJob *job, GError **error)
{
    g_autofree char *output = log_file_tail(job->def->name, job->log_start);

    if (!output || !vir_error_is(*error, VIR_ERR_OPERATION_FAILED))
        return;
    g_clear_error(error);
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "process exited while connecting to monitor: %s",
                  output);
}

/* From the forked child to a QEMU that answers and has all its sockets. */
static gboolean bring_up(StartJob *job, GError **error)
{
    if (!on_loop(job, take_process, error))
        return FALSE;
    graphics_let_go(job->graphics);
    if (!process_go(job->process, error))
        return FALSE;
    if (!on_loop(job, connect_monitor, error) || !qmp_run(job->qmp, job->batch, UP_TIMEOUT_MS, error)) {
        explain_end(job, error);
        return FALSE;
    }
    return pin_all(job->def, process_pid(job->process), error) &&
           guest_cgroup_limit_threads(job->def, process_pid(job->process), error);
}

static gboolean attempt(StartJob *job, GError **error)
{
    if (!prepare_host(job, error) || !build_command(job, error))
        return FALSE;
    build_batch(job);
    return spawn(job, error) && bring_up(job, error);
}

/* What the guest took over of this attempt is the job's again. */
static void end_attempt(gpointer data)
{
    StartJob *job = data;

    if (job->guest->process)
        process_signal(job->guest->process, SIGKILL);
    job->has_cards = job->has_cards || job->guest->live;
    g_clear_pointer(&job->guest->live, domain_def_free);
}

static void give_up_cards(StartJob *job)
{
    if (job->has_cards)
        interface_host_undo(job->def);
    job->has_cards = FALSE;
}

/* A few attempts, when a port of SPICE was taken by somebody else in the moment it was let go. */
static gboolean attempt_until_up(StartJob *job, GError **error)
{
    for (guint i = 1;; i++) {
        g_autoptr(GError) problem = NULL;

        if (attempt(job, &problem))
            return TRUE;
        if (i == ATTEMPTS_MAX || !graphics_may_retry(job->def, problem->message)) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return FALSE;
        }
        loop_call(end_attempt, job);
        clear_attempt(job);
        give_up_cards(job);
    }
}

static gboolean run(gpointer data, GError **error)
{
    StartJob *job = data;
    g_autoptr(json_object) reply = NULL;

    if (!prepare_guest(job, error) || !attempt_until_up(job, error) || !on_loop(job, publish, error)) {
        give_up_cards(job);
        return FALSE;
    }
    if (job->flags & VIR_DOMAIN_START_PAUSED)
        return TRUE;
    reply = qmp_call(job->qmp, "cont", NULL, QMP_TIMEOUT_MS, error);
    return reply != NULL;
}

/* ---- the end, on the loop ---- */

static void job_free(StartJob *job)
{
    clear_attempt(job);
    domain_def_free(job->def);
    emulator_caps_unref(job->caps);
    g_clear_pointer(&job->secrets, g_hash_table_unref);
    g_clear_pointer(&job->missing, g_ptr_array_unref);
    g_free(job->dir);
    job->guest->n_starts--;
    guest_drop_if_unseen(job->guest);
    guest_unref(job->guest);
    g_free(job);
}

static void tell_missing(StartJob *job)
{
    for (guint i = 0; i < job->missing->len; i++) {
        const MissingImage *image = job->missing->pdata[i];

        log_file_note(job->guest->name, "the image '%s' of disk '%s' is not there, and is left out",
                      image->path ? image->path : "", image->alias);
        events_disk_change(job->guest, image->path, NULL, image->alias,
                           image->is_dropped ? VIR_DOMAIN_EVENT_DISK_DROP_MISSING_ON_START
                                             : VIR_DOMAIN_EVENT_DISK_CHANGE_MISSING_ON_START);
    }
}

static void tell_started(StartJob *job)
{
    Guest *guest = job->guest;

    guest->is_published = TRUE;
    guest->vnc_sockets = graphics_host_take_sockets(job->graphics);
    if (job->flags & VIR_DOMAIN_START_PAUSED)
        guest->reason = VIR_DOMAIN_PAUSED_USER;
    messages_look(guest, job->caps);
    state_dir_save(guest);
    listen_watch_guest(guest);
    network_watch_guest(guest);
    counters_ask(guest, COUNTERS_ALL, NULL, NULL);
    tell_missing(job);
    events_lifecycle(guest, VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_BOOTED);
    if (job->flags & VIR_DOMAIN_START_PAUSED)
        events_lifecycle(guest, VIR_DOMAIN_EVENT_SUSPENDED, VIR_DOMAIN_EVENT_SUSPENDED_PAUSED);
}

typedef struct {
    StartJob *job;
    GError *error;
} Failure;

/* QEMU is gone, or would not go; the caller hears what was wrong with the start. */
static void on_failed_gone(Guest *guest, const GError *stop_error, gpointer data)
{
    Failure *failure = data;

    failure->job->done(guest, failure->error, failure->job->data);
    g_error_free(failure->error);
    job_free(failure->job);
    g_free(failure);
}

static void fail(StartJob *job, const GError *error)
{
    Guest *guest = job->guest;
    gboolean is_here = job->has_begun && guest->state != GUEST_SHUTOFF;

    if (is_here && guest->process) {
        Failure *failure = g_new(Failure, 1);

        *failure = (Failure){job, g_error_copy(error)};
        guest_stop(guest, VIR_DOMAIN_SHUTOFF_FAILED, TRUE, on_failed_gone, failure);
        return;
    }
    if (job->has_begun)
        transient_remove(job->def);
    if (is_here)
        guest_abandon_start(guest);
    /* The child that waits to become QEMU is in the run's control group. */
    clear_attempt(job);
    if (job->dir)
        state_dir_remove_run(job->dir, job->def->resource_partition);
    job->done(guest, error, job->data);
    job_free(job);
}

static void done(gpointer data, const GError *error)
{
    StartJob *job = data;

    if (error) {
        fail(job, error);
        return;
    }
    /* It may have ended in the very moment it was up. */
    if (guest_is_active(job->guest))
        tell_started(job);
    job->done(job->guest, NULL, job->data);
    job_free(job);
}

static const JobKind start_kind = {"start", begin, run, done};

void start_guest(Guest *guest, DomainDef *def, guint flags, DaemonClient *client, StartDone on_done, gpointer data)
{
    StartJob *job = g_new0(StartJob, 1);

    guest->n_starts++;
    *job = (StartJob){.guest = guest_ref(guest),
                      .def = def,
                      .flags = flags,
                      .client = client,
                      .done = on_done,
                      .data = data,
                      .monitor_fd = -1,
                      .log_fd = -1,
                      .tpm_fd = -1,
                      .vsock_fd = -1};
    job_queue_push(guest->jobs, &start_kind, job);
}
