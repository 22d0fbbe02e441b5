/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: what a guest's disks are. */
#include <string.h>

#include "common/error.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/guest/call_job.h"
#include "virtqemud/stats/counters.h"
#include "virtqemud/storage/image_query.h"

/* ---- sizes ---- */

/* A disk that hangs, NFS say, is not waited for longer. */
#define IMAGE_WAIT_MS 30000

typedef struct {
    RpcCall *call;
    char *path;
    guint64 capacity; /* as QEMU says, 0: it does not run */
    ImageQuery *query;
} SizeTask;

static void answer_sizes(gpointer data)
{
    SizeTask *task = data;
    remote_domain_get_block_info_ret *ret = rpc_call_ret(task->call);
    GError *error = NULL;
    const ImageSizes *sizes = image_query_sizes(task->query, task->path, &error);

    if (sizes) {
        ret->capacity = task->capacity ? task->capacity : sizes->capacity;
        ret->allocation = sizes->allocation;
        ret->physical = sizes->physical;
        rpc_call_reply(task->call);
    } else {
        rpc_call_fail(task->call, error);
    }
    image_query_free(task->query);
    g_free(task->path);
    g_free(task);
}

/* ---- sizes of what is not on this host ---- */

static gboolean run_remote_sizes(CallJob *job, GError **error)
{
    json_object *arguments = json_object_new_object();

    json_add_bool(arguments, "flat", TRUE);
    job->output = qmp_call(job->qmp, "query-named-block-nodes", arguments, QMP_TIMEOUT_MS, error);
    return job->output != NULL;
}

static gboolean answer_remote_sizes(CallJob *job, GError **error)
{
    remote_domain_get_block_info_ret *ret = rpc_call_ret(job->call);
    ImageStats stats = {0};

    if (!image_stats_read(job->output, job->number, &stats)) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "QEMU does not tell the size of disk '%s'",
                      job->text);
        return FALSE;
    }
    ret->capacity = stats.capacity;
    ret->allocation = ret->physical = stats.physical;
    return TRUE;
}

/* Only QEMU can ask for these. */
static gboolean ask_remote_sizes(RpcCall *call, Guest *guest, const DiskDef *disk, GError **error)
{
    CallJob *job;

    if (!guest_is_active(guest)) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID,
                      "the data of disk '%s' is not on this host, and no QEMU runs that knows its size", disk->target);
        return FALSE;
    }
    job = call_job_new(call, guest, TRUE);
    job->number = disk->source.index;
    job->text = g_strdup(disk->target);
    job->run = run_remote_sizes;
    job->finish = answer_remote_sizes;
    call_job_push(job, "block info");
    return TRUE;
}

/* No job: the file is asked, and QEMU only for what its header does not say. */
static gboolean get_block_info(RpcCall *call, const remote_domain_get_block_info_args *args,
                               remote_domain_get_block_info_ret *ret, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);
    const DiskCounters *counters;
    const DiskDef *disk;
    SizeTask *task;

    if (!guest || !check_flags(args->flags, 0, "virDomainGetBlockInfo", error))
        return FALSE;
    disk = domain_find_disk_or_path(guest_current_def(guest), args->path);
    if (!disk || !disk_source_is_there(&disk->source)) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG,
                      disk ? "disk '%s' does not currently have a source assigned"
                           : "invalid path %s not assigned to domain",
                      args->path);
        return FALSE;
    }
    counters = counters_disk(guest, disk->info.alias);
    if (!disk_source_local_path(&disk->source) || (guest_is_active(guest) && !image_file_tells_capacity(disk)))
        return ask_remote_sizes(call, guest, disk, error);
    task = g_new0(SizeTask, 1);
    *task = (SizeTask){.call = call,
                       .path = g_strdup(disk_source_local_path(&disk->source)),
                       .capacity = counters && counters->has_image ? counters->image.capacity : 0,
                       .query = image_query_new()};
    image_query_add(task->query, task->path, disk->format);
    rpc_call_defer(call);
    image_query_run(task->query, IMAGE_WAIT_MS, answer_sizes, task);
    return TRUE;
}

/* ---- errors ---- */

static gboolean run_disk_errors(CallJob *job, GError **error)
{
    job->output = qmp_call(job->qmp, "query-block", NULL, QMP_TIMEOUT_MS, error);
    return job->output != NULL;
}

/* The drive's last error; VIR_DOMAIN_DISK_ERROR_NONE when it is well, or QEMU does not watch it. */
static int find_disk_error(json_object *drives, const char *alias)
{
    size_t n = json_length(drives);

    for (size_t i = 0; i < n; i++) {
        json_object *drive = json_object_array_get_idx(drives, i);
        const char *status = json_get_string(drive, "io-status");

        if (!block_stats_is_about(drive, alias) || !status || g_str_equal(status, "ok"))
            continue;
        return g_str_equal(status, "nospace") ? VIR_DOMAIN_DISK_ERROR_NO_SPACE : VIR_DOMAIN_DISK_ERROR_UNSPEC;
    }
    return VIR_DOMAIN_DISK_ERROR_NONE;
}

static gboolean answer_disk_errors(CallJob *job, GError **error)
{
    remote_domain_get_disk_errors_ret *ret = rpc_call_ret(job->call);
    const DomainDef *def = guest_current_def(job->guest);

    /* A client that asks for none wants to know how many there may be. */
    ret->nerrors = (int)def->disks->len;
    if (job->number == 0)
        return TRUE;
    ret->nerrors = 0;
    ret->errors.errors_val = g_new0(remote_domain_disk_error, MIN(job->number, def->disks->len));
    for (guint i = 0; i < def->disks->len && ret->errors.errors_len < job->number; i++) {
        const DiskDef *disk = g_ptr_array_index(def->disks, i);
        int code = find_disk_error(job->output, disk->info.alias);

        if (code != VIR_DOMAIN_DISK_ERROR_NONE)
            ret->errors.errors_val[ret->errors.errors_len++] = (remote_domain_disk_error){g_strdup(disk->target), code};
    }
    ret->nerrors = (int)ret->errors.errors_len;
    return TRUE;
}

static gboolean get_disk_errors(RpcCall *call, const remote_domain_get_disk_errors_args *args,
                                remote_domain_get_disk_errors_ret *ret, GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);
    CallJob *job;

    if (!guest || !check_flags(args->flags, 0, "virDomainGetDiskErrors", error))
        return FALSE;
    job = call_job_new(call, guest, TRUE);
    job->number = MIN(args->maxerrors, REMOTE_DOMAIN_DISK_ERRORS_MAX);
    job->run = run_disk_errors;
    job->finish = answer_disk_errors;
    call_job_push(job, "disk errors");
    return TRUE;
}

void block_rpc_add(RemoteHandlers *handlers)
{
    handlers->domain_get_block_info = get_block_info;
    handlers->domain_get_disk_errors = get_disk_errors;
}
