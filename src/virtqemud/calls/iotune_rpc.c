/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: the limits of a guest's drives. */
#include "common/error.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/guest/affect.h"
#include "virtqemud/guest/change_job.h"
#include "virtqemud/guest/events.h"
#include "virtqemud/storage/iotune.h"

/* The disk that a caller names. NULL: VIR_ERR_INVALID_ARG. Borrowed. */
static DiskDef *find_disk(const DomainDef *def, const char *name, GError **error)
{
    DiskDef *disk = domain_find_disk_or_path(def, name);

    if (disk && disk->source.type != DISK_SOURCE_VHOST_USER)
        return disk;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG,
                  disk ? "disk '%s' has no data that could be limited" : "disk '%s' was not found in the domain config",
                  name);
    return NULL;
}

/* ---- questions ---- */

static void answer_with(const DiskIoTune *tune, RpcCall *call, int room)
{
    remote_domain_get_block_io_tune_ret *ret = rpc_call_ret(call);
    g_autoptr(Params) params = params_new();

    iotune_to_params(tune, params);
    ret->nparams = params_answer(params, room, &ret->params.params_len, &ret->params.params_val);
}

static gboolean run_query(CallJob *job, GError **error)
{
    job->output = qmp_call(job->qmp, "query-block", NULL, QMP_TIMEOUT_MS, error);
    return job->output != NULL;
}

static gboolean finish_query(CallJob *job, GError **error)
{
    const DiskDef *disk = find_disk(job->guest->live, job->text, error);
    DiskIoTune tune = {0};

    if (!disk || !iotune_from_qmp(job->output, disk, &tune, error))
        return FALSE;
    answer_with(&tune, job->call, (int)job->number);
    g_free(tune.group_name);
    return TRUE;
}

static gboolean get_block_io_tune(RpcCall *call, const remote_domain_get_block_io_tune_args *args,
                                  remote_domain_get_block_io_tune_ret *ret, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);
    const DomainDef *def;
    const DiskDef *disk;
    CallJob *job;

    if (!guest || !check_flags(args->flags, AFFECT_PARAM_FLAGS, "virDomainGetBlockIoTune", error) ||
        !(def = affect_one(guest, args->flags, error)))
        return FALSE;
    /* Without a disk the question is how many there may be. */
    if (!args->disk) {
        answer_with(&(const DiskIoTune){0}, call, 0);
        return TRUE;
    }
    disk = find_disk(def, *args->disk, error);
    if (!disk)
        return FALSE;
    /* QEMU tells of media only. */
    if (def != guest->live || !disk_source_is_there(&disk->source)) {
        answer_with(&disk->iotune, call, args->nparams);
        return TRUE;
    }
    job = call_job_new(call, guest, TRUE);
    job->text = g_strdup(*args->disk);
    job->number = (guint)MAX(args->nparams, 0);
    job->run = run_query;
    job->finish = finish_query;
    call_job_push(job, "block limits");
    return TRUE;
}

/* ---- changes ---- */

static gboolean change_iotune(DomainDef *def, CallJob *job, gboolean is_live, GError **error)
{
    DiskDef *disk = find_disk(def, job->text, error);

    return disk && iotune_merge(job->input, &disk->iotune, error);
}

/* What the drive will have, for QEMU; what it has stays until that is done. QEMU limits media: an empty drive has its
 * limits in the document until there is one. */
static gboolean prepare_iotune(CallJob *job, GError **error)
{
    g_autoptr(DomainDef) live = domain_def_copy(job->guest->live);
    DiskDef *disk = find_disk(live, job->text, error);

    if (!disk || !iotune_merge(job->input, &disk->iotune, error))
        return FALSE;
    if (disk_source_is_there(&disk->source))
        job->output = iotune_to_qmp(disk, &disk->iotune);
    return TRUE;
}

static gboolean ask_iotune(CallJob *job, GError **error)
{
    g_autoptr(json_object) reply = NULL;

    if (!job->output)
        return TRUE;
    reply = qmp_call(job->qmp, "block_set_io_throttle", g_steal_pointer(&job->output), QMP_TIMEOUT_MS, error);
    return reply != NULL;
}

static void tell_iotune(CallJob *job)
{
    g_autoptr(Params) params = params_new();
    const DiskDef *disk = job->is_live ? domain_find_disk_or_path(job->guest->live, job->text) : NULL;

    if (!disk)
        return;
    params_add_string(params, VIR_DOMAIN_TUNABLE_BLKDEV_DISK, disk->target);
    iotune_to_event(job->input, params);
    events_tunable(job->guest, params);
}

static const ChangeKind iotune_change = {
    .name = "block limits",
    .change = change_iotune,
    .prepare = prepare_iotune,
    .ask = ask_iotune,
    .tell = tell_iotune,
};

static gboolean set_block_io_tune(RpcCall *call, const remote_domain_set_block_io_tune_args *args, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);
    json_object *given;
    CallJob *job;

    if (!guest || !check_flags(args->flags, AFFECT_FLAGS, "virDomainSetBlockIoTune", error))
        return FALSE;
    given = iotune_from_params(args->params.params_val, args->params.params_len, error);
    if (!given)
        return FALSE;
    job = change_job_new(call, guest, args->flags, &iotune_change);
    job->text = g_strdup(args->disk);
    job->input = given;
    change_job_push(job);
    return TRUE;
}

void iotune_rpc_add(RemoteHandlers *handlers)
{
    handlers->domain_get_block_io_tune = get_block_io_tune;
    handlers->domain_set_block_io_tune = set_block_io_tune;
}
