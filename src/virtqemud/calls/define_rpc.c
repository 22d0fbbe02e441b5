/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: definitions and what is kept on disk of them. */
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/file.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/guest/call_job.h"
#include "virtqemud/guest/define.h"
#include "virtqemud/guest/events.h"
#include "virtqemud/guest/guest_list.h"
#include "virtqemud/guest/state_dir.h"
#include "virtqemud/guest/store.h"
#include "virtqemud/helper/tpm_host.h"
#include "virtqemud/host/firmware.h"

/* ---- define ---- */

static gboolean write_definition(CallJob *job, GError **error)
{
    return store_write(job->def, error);
}

static gboolean publish_definition(CallJob *job, GError **error)
{
    Guest *guest = job->guest;
    int detail = guest->is_persistent ? VIR_DOMAIN_EVENT_DEFINED_UPDATED : VIR_DOMAIN_EVENT_DEFINED_ADDED;
    remote_domain_define_xml_flags_ret *ret = rpc_call_ret(job->call);

    guest->is_persistent = TRUE;
    guest_set_def(guest, g_steal_pointer(&job->def));
    if (guest_is_active(guest))
        state_dir_save(guest);
    events_lifecycle(guest, VIR_DOMAIN_EVENT_DEFINED, detail);
    wire_domain(guest, &ret->dom);
    return TRUE;
}

static void define_next(RpcCall *call, Guest *guest, DomainDef *def, guint flags)
{
    CallJob *job = call_job_new(call, guest, FALSE);

    job->def = def;
    job->run = write_definition;
    job->finish = publish_definition;
    call_job_push(job, "define");
}

static gboolean define_xml_flags(RpcCall *call, const remote_domain_define_xml_flags_args *args,
                                 remote_domain_define_xml_flags_ret *ret, GError **error)
{
    if (!check_flags(args->flags, VIR_DOMAIN_DEFINE_VALIDATE, "virDomainDefineXMLFlags", error))
        return FALSE;
    return define_from_xml(call, args->xml, args->flags & VIR_DOMAIN_DEFINE_VALIDATE ? XML_MODE_VALIDATE : 0,
                           DEFINE_PERSISTENT, 0, define_next, error);
}

G_STATIC_ASSERT(sizeof(remote_domain_define_xml_ret) == sizeof(remote_domain_define_xml_flags_ret));

static gboolean define_xml(RpcCall *call, const remote_domain_define_xml_args *args, remote_domain_define_xml_ret *ret,
                           GError **error)
{
    return define_from_xml(call, args->xml, 0, DEFINE_PERSISTENT, 0, define_next, error);
}

/* ---- undefine ---- */

#define UNDEFINE_FLAGS                                                                                                 \
    (VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |                                       \
     VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA | VIR_DOMAIN_UNDEFINE_NVRAM | VIR_DOMAIN_UNDEFINE_KEEP_NVRAM |           \
     VIR_DOMAIN_UNDEFINE_TPM | VIR_DOMAIN_UNDEFINE_KEEP_TPM)

/* What a TPM knows goes with its guest, unless it shall stay. Caller frees. */
static char *tpm_to_remove(const DomainDef *def, guint flags)
{
    const TpmDef *tpm = def->tpms->len > 0 ? g_ptr_array_index(def->tpms, 0) : NULL;
    gboolean stays = (flags & VIR_DOMAIN_UNDEFINE_KEEP_TPM) ||
                     (tpm && tpm->persistent_state == XML_BOOL_YES && !(flags & VIR_DOMAIN_UNDEFINE_TPM));

    return stays ? NULL : tpm_host_state_dir(def);
}

static gboolean check_undefine(CallJob *job, GError **error)
{
    Guest *guest = job->guest;

    if (!guest->is_persistent) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "cannot undefine transient domain");
        return FALSE;
    }
    job->text = g_strdup(guest->name);
    job->path = firmware_nvram(guest->def, driver.nvram_dir);
    /* One that is in use is not taken away from its guest. */
    job->key = guest_is_active(guest) ? NULL : tpm_to_remove(guest->def, job->flags);
    return TRUE;
}

static gboolean remove_definition(CallJob *job, GError **error)
{
    if (job->path && access(job->path, F_OK) == 0) {
        if (job->flags & VIR_DOMAIN_UNDEFINE_NVRAM) {
            if (!file_remove(job->path, VIR_FROM_QEMU, error))
                return FALSE;
        } else if (!(job->flags & VIR_DOMAIN_UNDEFINE_KEEP_NVRAM)) {
            vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "cannot undefine domain with nvram");
            return FALSE;
        }
    }
    return store_remove(job->text, error) && (!job->key || tpm_host_remove_state(job->key, error));
}

static gboolean publish_undefined(CallJob *job, GError **error)
{
    Guest *guest = job->guest;

    guest->is_persistent = FALSE;
    guest->is_autostart = FALSE;
    guest_set_def(guest, NULL);
    if (guest_is_active(guest))
        state_dir_save(guest);
    events_lifecycle(guest, VIR_DOMAIN_EVENT_UNDEFINED, VIR_DOMAIN_EVENT_UNDEFINED_REMOVED);
    return TRUE;
}

static gboolean undefine_with(RpcCall *call, const remote_nonnull_domain *dom, guint flags, GError **error)
{
    Guest *guest = wire_find_guest(dom, error);
    CallJob *job;

    if (!guest || !check_flags(flags, UNDEFINE_FLAGS, "virDomainUndefineFlags", error))
        return FALSE;
    job = call_job_new(call, guest, FALSE);
    job->flags = flags;
    job->begin = check_undefine;
    job->run = remove_definition;
    job->finish = publish_undefined;
    call_job_push(job, "undefine");
    return TRUE;
}

static gboolean undefine(RpcCall *call, const remote_domain_undefine_args *args, GError **error)
{
    return undefine_with(call, &args->dom, 0, error);
}

static gboolean undefine_flags(RpcCall *call, const remote_domain_undefine_flags_args *args, GError **error)
{
    return undefine_with(call, &args->dom, args->flags, error);
}

/* ---- rename ---- */

static gboolean check_rename(CallJob *job, GError **error)
{
    Guest *guest = job->guest;

    if (guest->state != GUEST_SHUTOFF)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "cannot rename active domain");
    if (!guest->is_persistent)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "cannot rename a transient domain");
    if (g_str_equal(guest->name, job->text))
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "Can't rename domain to itself");
    if (guest_list_by_name(driver.guests, job->text)) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "domain with name '%s' already exists",
                      job->text);
        return FALSE;
    }
    job->def = domain_def_copy(guest->def);
    job->path = g_strdup(guest->name);
    job->number = guest->is_autostart;
    g_free(job->def->name);
    job->def->name = g_strdup(job->text);
    /* From here on the new name is this guest's, so that nobody else takes it while the files change. */
    events_lifecycle(guest, VIR_DOMAIN_EVENT_UNDEFINED, VIR_DOMAIN_EVENT_UNDEFINED_RENAMED);
    guest_list_rename(driver.guests, guest, job->text);
    return TRUE;
}

static gboolean rename_files(CallJob *job, GError **error)
{
    return store_rename(job->def, job->path, job->number != 0, error);
}

static gboolean publish_renamed(CallJob *job, GError **error)
{
    g_autofree char *subject = guest_subject(job->guest);

    job_queue_set_subject(job->guest->jobs, subject);
    guest_set_def(job->guest, g_steal_pointer(&job->def));
    events_lifecycle(job->guest, VIR_DOMAIN_EVENT_DEFINED, VIR_DOMAIN_EVENT_DEFINED_RENAMED);
    ((remote_domain_rename_ret *)rpc_call_ret(job->call))->retcode = 0;
    return TRUE;
}

static gboolean is_file_name(const char *name, GError **error)
{
    if (*name && !strchr(name, '/') && !strchr(name, '\n') && !g_str_equal(name, ".") && !g_str_equal(name, "..") &&
        strlen(name) <= DOMAIN_NAME_MAX)
        return TRUE;
    vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "'%s' cannot be the name of a domain", name);
    return FALSE;
}

static gboolean rename_domain(RpcCall *call, const remote_domain_rename_args *args, remote_domain_rename_ret *ret,
                              GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);
    CallJob *job;

    if (!guest || !check_flags(args->flags, 0, "virDomainRename", error))
        return FALSE;
    if (!args->new_name || !is_file_name(*args->new_name, error))
        return FALSE;
    job = call_job_new(call, guest, FALSE);
    job->text = g_strdup(*args->new_name);
    job->begin = check_rename;
    job->run = rename_files;
    job->finish = publish_renamed;
    call_job_push(job, "rename");
    return TRUE;
}

/* ---- autostart ---- */

static gboolean get_autostart(RpcCall *call, const remote_domain_get_autostart_args *args,
                              remote_domain_get_autostart_ret *ret, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);

    if (!guest)
        return FALSE;
    ret->autostart = guest->is_autostart;
    return TRUE;
}

static gboolean check_autostart(CallJob *job, GError **error)
{
    if (!job->guest->is_persistent) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "cannot set autostart for transient domain");
        return FALSE;
    }
    job->text = g_strdup(job->guest->name);
    return TRUE;
}

static gboolean write_autostart(CallJob *job, GError **error)
{
    return store_set_autostart(job->text, job->number != 0, error);
}

static gboolean publish_autostart(CallJob *job, GError **error)
{
    job->guest->is_autostart = job->number != 0;
    return TRUE;
}

static gboolean set_autostart(RpcCall *call, const remote_domain_set_autostart_args *args, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);
    CallJob *job;

    if (!guest)
        return FALSE;
    job = call_job_new(call, guest, FALSE);
    job->number = args->autostart != 0;
    job->begin = check_autostart;
    job->run = write_autostart;
    job->finish = publish_autostart;
    call_job_push(job, "autostart");
    return TRUE;
}

void define_rpc_add(RemoteHandlers *handlers)
{
    handlers->domain_define_xml = define_xml;
    handlers->domain_define_xml_flags = define_xml_flags;
    handlers->domain_undefine = undefine;
    handlers->domain_undefine_flags = undefine_flags;
    handlers->domain_rename = rename_domain;
    handlers->domain_get_autostart = get_autostart;
    handlers->domain_set_autostart = set_autostart;
}
