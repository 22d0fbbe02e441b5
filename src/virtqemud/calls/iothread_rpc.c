/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: I/O threads that come and go. */
#include "common/error.h"
#include "conf/cpuset.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/guest/affect.h"
#include "virtqemud/guest/change_job.h"
#include "virtqemud/host/host.h"
#include "virtqemud/host/pin.h"
#include "virtqemud/host/process.h"

static json_object *name_iothread(guint id)
{
    json_object *arguments = json_object_new_object();

    json_add_stringf(arguments, "id", "iothread%u", id);
    return arguments;
}

/* ---- adding ---- */

static gboolean check_new(const DomainDef *def, guint id, GError **error)
{
    if (!domain_find_iothread(def, id))
        return TRUE;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "an IOThread is already using iothread_id '%u'", id);
    return FALSE;
}

static gboolean change_add(DomainDef *def, CallJob *job, gboolean is_live, GError **error)
{
    if (!check_new(def, job->number, error))
        return FALSE;
    domain_add_iothread(def, job->number);
    return TRUE;
}

/* Where a thread may run that is not there yet: as its document says, or anywhere. */
static char *place_of(const DomainDef *def, guint id)
{
    const char *pin = pin_of(def, THREAD_IOTHREAD, id);
    guint n_cpus, n_online;
    g_autofree guint8 *online = host_cpu_map(&n_cpus, &n_online);

    return pin ? g_strdup(pin) : cpuset_from_bits(online, (n_cpus + 7) / 8);
}

static gboolean prepare_add(CallJob *job, GError **error)
{
    job->text = place_of(job->guest->live, job->number);
    job->size = (guint64)process_pid(job->guest->process);
    return check_new(job->guest->live, job->number, error);
}

static gboolean ask_add(CallJob *job, GError **error)
{
    json_object *arguments = name_iothread(job->number);
    g_autoptr(json_object) reply = NULL;

    json_add_string(arguments, "qom-type", "iothread");
    reply = qmp_call(job->qmp, "object-add", arguments, QMP_TIMEOUT_MS, error);
    if (!reply)
        return FALSE;
    /* The thread comes from the emulator's own and would stay where that is pinned. */
    if (pin_thread((pid_t)job->size, THREAD_IOTHREAD, job->number, job->text, error))
        return TRUE;
    g_clear_pointer(&reply, json_object_put);
    reply = qmp_call(job->qmp, "object-del", name_iothread(job->number), QMP_TIMEOUT_MS, NULL);
    return FALSE;
}

static const ChangeKind add_change = {
    .name = "add I/O thread", .change = change_add, .prepare = prepare_add, .ask = ask_add};

/* ---- removing ---- */

static gboolean check_unused(const DomainDef *def, guint id, GError **error)
{
    if (!domain_find_iothread(def, id)) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "cannot find IOThread '%u' in iothreadids list", id);
        return FALSE;
    }
    for (guint i = 0; i < def->disks->len; i++) {
        const DiskDef *disk = g_ptr_array_index(def->disks, i);

        if (disk->iothread != id)
            continue;
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG,
                      "cannot remove IOThread %u since it is being used by disk '%s'", id, disk->target);
        return FALSE;
    }
    for (guint i = 0; i < def->controllers->len; i++) {
        const ControllerDef *controller = g_ptr_array_index(def->controllers, i);

        if (controller->iothread != id)
            continue;
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG,
                      "cannot remove IOThread %u since it is being used by controller 'scsi%d'", id, controller->index);
        return FALSE;
    }
    return TRUE;
}

static gboolean change_remove(DomainDef *def, CallJob *job, gboolean is_live, GError **error)
{
    if (!check_unused(def, job->number, error))
        return FALSE;
    domain_remove_iothread(def, job->number);
    return TRUE;
}

static gboolean prepare_remove(CallJob *job, GError **error)
{
    return check_unused(job->guest->live, job->number, error);
}

static gboolean ask_remove(CallJob *job, GError **error)
{
    g_autoptr(json_object) reply = qmp_call(job->qmp, "object-del", name_iothread(job->number), QMP_TIMEOUT_MS, error);

    return reply != NULL;
}

static const ChangeKind remove_change = {
    .name = "remove I/O thread", .change = change_remove, .prepare = prepare_remove, .ask = ask_remove};

/* ---- calls ---- */

static gboolean change(RpcCall *call, const remote_nonnull_domain *dom, guint id, guint flags, const char *function,
                       const ChangeKind *kind, GError **error)
{
    Guest *guest = wire_find_guest(dom, error);
    CallJob *job;

    if (!guest || !check_flags(flags, AFFECT_FLAGS, function, error))
        return FALSE;
    if (id == 0) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "invalid value of 0 for iothread_id");
        return FALSE;
    }
    job = change_job_new(call, guest, flags, kind);
    job->number = id;
    change_job_push(job);
    return TRUE;
}

static gboolean add_iothread(RpcCall *call, const remote_domain_add_iothread_args *args, GError **error)
{
    return change(call, &args->dom, args->iothread_id, args->flags, "virDomainAddIOThread", &add_change, error);
}

static gboolean del_iothread(RpcCall *call, const remote_domain_del_iothread_args *args, GError **error)
{
    return change(call, &args->dom, args->iothread_id, args->flags, "virDomainDelIOThread", &remove_change, error);
}

void iothread_rpc_add(RemoteHandlers *handlers)
{
    handlers->domain_add_iothread = add_iothread;
    handlers->domain_del_iothread = del_iothread;
}
