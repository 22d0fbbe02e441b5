/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Adapter: questions about what no guest of this driver has: saved states, snapshots, checkpoints, and jobs that
 * clients may watch. The truthful answer is none, as of a guest that has made none yet.
 */
#include "common/error.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/wire.h"

/* ---- saved states ---- */

static gboolean has_managed_save(RpcCall *call, const remote_domain_has_managed_save_image_args *args,
                                 remote_domain_has_managed_save_image_ret *ret, GError **error)
{
    return wire_find_guest(&args->dom, error) && check_flags(args->flags, 0, "virDomainHasManagedSaveImage", error);
}

/* Where there is none, none is left. */
static gboolean managed_save_remove(RpcCall *call, const remote_domain_managed_save_remove_args *args, GError **error)
{
    return wire_find_guest(&args->dom, error) && check_flags(args->flags, 0, "virDomainManagedSaveRemove", error);
}

/* ---- snapshots and checkpoints ---- */

static gboolean snapshot_num(RpcCall *call, const remote_domain_snapshot_num_args *args,
                             remote_domain_snapshot_num_ret *ret, GError **error)
{
    return wire_find_guest(&args->dom, error) != NULL;
}

static gboolean snapshot_list_names(RpcCall *call, const remote_domain_snapshot_list_names_args *args,
                                    remote_domain_snapshot_list_names_ret *ret, GError **error)
{
    return wire_find_guest(&args->dom, error) != NULL;
}

static gboolean list_all_snapshots(RpcCall *call, const remote_domain_list_all_snapshots_args *args,
                                   remote_domain_list_all_snapshots_ret *ret, GError **error)
{
    return wire_find_guest(&args->dom, error) != NULL;
}

static gboolean has_current_snapshot(RpcCall *call, const remote_domain_has_current_snapshot_args *args,
                                     remote_domain_has_current_snapshot_ret *ret, GError **error)
{
    return wire_find_guest(&args->dom, error) && check_flags(args->flags, 0, "virDomainHasCurrentSnapshot", error);
}

static gboolean snapshot_current(RpcCall *call, const remote_domain_snapshot_current_args *args,
                                 remote_domain_snapshot_current_ret *ret, GError **error)
{
    return wire_find_guest(&args->dom, error) && check_flags(args->flags, 0, "virDomainSnapshotCurrent", error) &&
           vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_NO_DOMAIN_SNAPSHOT, "%s",
                          "the domain does not have a current snapshot");
}

static gboolean snapshot_lookup(RpcCall *call, const remote_domain_snapshot_lookup_by_name_args *args,
                                remote_domain_snapshot_lookup_by_name_ret *ret, GError **error)
{
    return wire_find_guest(&args->dom, error) && check_flags(args->flags, 0, "virDomainSnapshotLookupByName", error) &&
           vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_NO_DOMAIN_SNAPSHOT,
                          "no domain snapshot with matching name '%s'", args->name);
}

static gboolean list_all_checkpoints(RpcCall *call, const remote_domain_list_all_checkpoints_args *args,
                                     remote_domain_list_all_checkpoints_ret *ret, GError **error)
{
    return wire_find_guest(&args->dom, error) != NULL;
}

static gboolean checkpoint_lookup(RpcCall *call, const remote_domain_checkpoint_lookup_by_name_args *args,
                                  remote_domain_checkpoint_lookup_by_name_ret *ret, GError **error)
{
    return wire_find_guest(&args->dom, error) &&
           check_flags(args->flags, 0, "virDomainCheckpointLookupByName", error) &&
           vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_NO_DOMAIN_CHECKPOINT,
                          "no domain checkpoint with matching name '%s'", args->name);
}

/* ---- jobs that clients may watch: save, dump, migration. ---- */

static gboolean get_job_info(RpcCall *call, const remote_domain_get_job_info_args *args,
                             remote_domain_get_job_info_ret *ret, GError **error)
{
    ret->type = VIR_DOMAIN_JOB_NONE;
    return wire_find_active_guest(&args->dom, error) != NULL;
}

static gboolean get_job_stats(RpcCall *call, const remote_domain_get_job_stats_args *args,
                              remote_domain_get_job_stats_ret *ret, GError **error)
{
    gboolean is_past = args->flags & VIR_DOMAIN_JOB_STATS_COMPLETED;

    ret->type = VIR_DOMAIN_JOB_NONE;
    return (is_past ? wire_find_guest(&args->dom, error) : wire_find_active_guest(&args->dom, error)) &&
           check_flags(args->flags, VIR_DOMAIN_JOB_STATS_COMPLETED | VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED,
                       "virDomainGetJobStats", error);
}

static gboolean abort_job(RpcCall *call, const remote_domain_abort_job_args *args, GError **error)
{
    if (wire_find_active_guest(&args->dom, error))
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "no job is active on the domain");
    return FALSE;
}

void absent_rpc_add(RemoteHandlers *handlers)
{
    handlers->domain_has_managed_save_image = has_managed_save;
    handlers->domain_managed_save_remove = managed_save_remove;
    handlers->domain_snapshot_num = snapshot_num;
    handlers->domain_snapshot_list_names = snapshot_list_names;
    handlers->domain_list_all_snapshots = list_all_snapshots;
    handlers->domain_has_current_snapshot = has_current_snapshot;
    handlers->domain_snapshot_current = snapshot_current;
    handlers->domain_snapshot_lookup_by_name = snapshot_lookup;
    handlers->domain_list_all_checkpoints = list_all_checkpoints;
    handlers->domain_checkpoint_lookup_by_name = checkpoint_lookup;
    handlers->domain_get_job_info = get_job_info;
    handlers->domain_get_job_stats = get_job_stats;
    handlers->domain_abort_job = abort_job;
}
