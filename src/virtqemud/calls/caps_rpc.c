/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: capabilities, versions, and what a definition looks like to QEMU. Emulators are asked on a worker. */
#include <string.h>

#include "common/error.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/caps/caps_xml.h"
#include "virtqemud/command/build.h"
#include "virtqemud/guest/define.h"
#include "virtqemud/guest/start.h"
#include "virtqemud/guest/state_dir.h"
#include "virtqemud/helper/dbus_host.h"
#include "virtqemud/host/firmware.h"
#include "virtqemud/storage/volume_peer.h"
#include "virtqemud/wire.h"

typedef struct CapsTask CapsTask;

struct CapsTask {
    RpcCall *call;
    char *path, *arch, *machine, *virt_type, *xml;
    char *text;       /* the answer */
    guint64 version;  /* or this */
    GPtrArray *names; /* or these */
    gboolean with_names;
    GError *error;
    void (*work)(CapsTask *task);
    void (*answer)(CapsTask *task);
};

static void run(gpointer data)
{
    CapsTask *task = data;

    task->work(task);
}

static void done(gpointer data)
{
    CapsTask *task = data;

    if (task->error) {
        rpc_call_fail(task->call, task->error);
    } else {
        task->answer(task);
        rpc_call_reply(task->call);
    }
    g_free(task->path);
    g_free(task->arch);
    g_free(task->machine);
    g_free(task->virt_type);
    g_free(task->xml);
    g_free(task->text);
    g_clear_pointer(&task->names, g_ptr_array_unref);
    g_free(task);
}

static CapsTask *task_new(RpcCall *call, void (*work)(CapsTask *), void (*answer)(CapsTask *))
{
    CapsTask *task = g_new0(CapsTask, 1);

    *task = (CapsTask){.call = call, .work = work, .answer = answer};
    rpc_call_defer(call);
    return task;
}

static void task_push(CapsTask *task)
{
    daemon_run_worker(driver.daemon, run, done, task);
}

static char *copy_optional(char *const *text)
{
    return text ? g_strdup(*text) : NULL;
}

/* ---- <capabilities> ---- */

/* One emulator that cannot be asked does not take the host's others from the answer. */
static void work_capabilities(CapsTask *task)
{
    static const char *const archs[] = {"i686", "x86_64"};
    g_autoptr(GArray) guests = g_array_new(FALSE, FALSE, sizeof(CapsGuest));

    for (gsize i = 0; i < G_N_ELEMENTS(archs); i++) {
        const char *path = caps_default_emulator(archs[i]);
        CapsGuest guest = {archs[i], path ? caps_cache_get(driver.caps, path, NULL) : NULL};

        if (guest.caps)
            g_array_append_val(guests, guest);
    }
    task->text = caps_xml_host((const CapsGuest *)guests->data, guests->len);
    for (guint i = 0; i < guests->len; i++)
        emulator_caps_unref(g_array_index(guests, CapsGuest, i).caps);
}

static void answer_capabilities(CapsTask *task)
{
    ((remote_connect_get_capabilities_ret *)rpc_call_ret(task->call))->capabilities = g_steal_pointer(&task->text);
}

static gboolean get_capabilities(RpcCall *call, remote_connect_get_capabilities_ret *ret, GError **error)
{
    task_push(task_new(call, work_capabilities, answer_capabilities));
    return TRUE;
}

/* ---- <domainCapabilities> ---- */

static EmulatorCaps *find_emulator(CapsTask *task)
{
    const char *arch = task->arch ? task->arch : "x86_64";
    const char *path = task->path ? task->path : caps_default_emulator(arch);
    EmulatorCaps *caps;

    if (!path) {
        vir_error_set(&task->error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG,
                      "unable to find any emulator to serve '%s' architecture", arch);
        return NULL;
    }
    caps = caps_cache_get(driver.caps, path, &task->error);
    if (caps && !emulator_caps_runs_arch(caps, arch)) {
        vir_error_set(&task->error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG,
                      "architecture from emulator '%s' doesn't match given architecture '%s'", caps->arch, arch);
        g_clear_pointer(&caps, emulator_caps_unref);
    }
    return caps;
}

static void work_domain_capabilities(CapsTask *task)
{
    g_autoptr(EmulatorCaps) caps = find_emulator(task);
    const EmulatorMachine *machine = caps ? emulator_caps_machine(caps, task->machine) : NULL;
    const char *type = task->virt_type;
    g_autoptr(GPtrArray) firmware = firmware_load_here(driver.is_privileged);

    if (!caps)
        return;
    if (!type)
        type = caps->has_kvm ? "kvm" : "qemu";
    if (!g_str_equal(type, "qemu") && !(g_str_equal(type, "kvm") && caps->has_kvm))
        vir_error_set(&task->error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG,
                      "the accelerator '%s' is not supported by '%s' on this host", type, caps->path);
    else if (!machine)
        vir_error_set(&task->error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG,
                      "the machine '%s' is not supported by emulator '%s'", task->machine, caps->path);
    else
        task->text = caps_xml_domain(caps, machine, task->arch ? task->arch : caps->arch, type, firmware);
}

static void answer_domain_capabilities(CapsTask *task)
{
    ((remote_connect_get_domain_capabilities_ret *)rpc_call_ret(task->call))->capabilities =
        g_steal_pointer(&task->text);
}

static gboolean get_domain_capabilities(RpcCall *call, const remote_connect_get_domain_capabilities_args *args,
                                        remote_connect_get_domain_capabilities_ret *ret, GError **error)
{
    CapsTask *task;

    if (!check_flags(args->flags, 0, "virConnectGetDomainCapabilities", error))
        return FALSE;
    task = task_new(call, work_domain_capabilities, answer_domain_capabilities);
    task->path = copy_optional(args->emulatorbin);
    task->arch = copy_optional(args->arch);
    task->machine = copy_optional(args->machine);
    task->virt_type = copy_optional(args->virttype);
    task_push(task);
    return TRUE;
}

/* ---- version ---- */

static void work_version(CapsTask *task)
{
    g_autoptr(EmulatorCaps) caps = find_emulator(task);

    if (caps)
        task->version = caps->version;
}

static void answer_version(CapsTask *task)
{
    ((remote_connect_get_version_ret *)rpc_call_ret(task->call))->hv_ver = task->version;
}

static gboolean get_version(RpcCall *call, remote_connect_get_version_ret *ret, GError **error)
{
    task_push(task_new(call, work_version, answer_version));
    return TRUE;
}

/* ---- models of processors ---- */

/* QEMU's "qemu64-v1" is what stands behind its "qemu64". */
static gboolean is_version(const char *name)
{
    const char *version = strrchr(name, '-');

    return version && version[1] == 'v' && g_ascii_isdigit(version[2]);
}

static void work_cpu_models(CapsTask *task)
{
    g_autoptr(EmulatorCaps) caps = find_emulator(task);

    task->names = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; caps && i < caps->cpus->len; i++) {
        const EmulatorCpu *cpu = g_ptr_array_index(caps->cpus, i);

        /* What is made from the host's own processor is a mode, no model. */
        if (!g_str_equal(cpu->name, "host") && !g_str_equal(cpu->name, "max") && !g_str_equal(cpu->name, "base") &&
            !is_version(cpu->name))
            g_ptr_array_add(task->names, g_strdup(cpu->name));
    }
}

static void answer_cpu_models(CapsTask *task)
{
    remote_connect_get_cpu_model_names_ret *ret = rpc_call_ret(task->call);

    ret->ret = (int)task->names->len;
    if (!task->with_names)
        return;
    ret->models.models_len = task->names->len;
    ret->models.models_val = g_new0(char *, task->names->len);
    for (guint i = 0; i < task->names->len; i++)
        ret->models.models_val[i] = g_strdup(g_ptr_array_index(task->names, i));
}

static gboolean get_cpu_model_names(RpcCall *call, const remote_connect_get_cpu_model_names_args *args,
                                    remote_connect_get_cpu_model_names_ret *ret, GError **error)
{
    CapsTask *task;

    if (!check_flags(args->flags, 0, "virConnectGetCPUModelNames", error))
        return FALSE;
    task = task_new(call, work_cpu_models, answer_cpu_models);
    task->arch = g_strdup(args->arch);
    task->with_names = args->need_results != 0;
    task_push(task);
    return TRUE;
}

/* ---- the command line ---- */

static void work_native(CapsTask *task)
{
    g_autoptr(GPtrArray) firmware = firmware_load_here(driver.is_privileged);
    g_autoptr(EmulatorCaps) caps = NULL;
    g_autoptr(DomainDef) def = define_parse(task->xml, 0, &caps, &task->error);
    g_autoptr(Command) command = NULL;
    g_autofree char *dir = NULL;
    g_autofree char *line = NULL;

    if (!def || !firmware_choose(def, firmware, driver.nvram_dir, &task->error))
        return;
    dir = start_run_dir(def);
    if (!volume_peer_resolve(def, &task->error))
        return;
    dbus_host_choose_addresses(def, state_dir_run_name(dir));
    command = command_preview(def, caps, &driver.settings, dir, &task->error);
    if (!command)
        return;
    line = command_to_shell(command);
    task->text = g_strdup_printf("%s\n", line);
}

static void answer_native(CapsTask *task)
{
    ((remote_connect_domain_xml_to_native_ret *)rpc_call_ret(task->call))->nativeConfig = g_steal_pointer(&task->text);
}

static gboolean xml_to_native(RpcCall *call, const remote_connect_domain_xml_to_native_args *args,
                              remote_connect_domain_xml_to_native_ret *ret, GError **error)
{
    CapsTask *task;

    if (!check_flags(args->flags, 0, "virConnectDomainXMLToNative", error))
        return FALSE;
    if (!g_str_equal(args->nativeFormat, "qemu-argv")) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "unsupported config type %s", args->nativeFormat);
        return FALSE;
    }
    task = task_new(call, work_native, answer_native);
    task->xml = g_strdup(args->domainXml);
    task_push(task);
    return TRUE;
}

void caps_rpc_add(RemoteHandlers *handlers)
{
    handlers->connect_get_capabilities = get_capabilities;
    handlers->connect_get_domain_capabilities = get_domain_capabilities;
    handlers->connect_get_version = get_version;
    handlers->connect_get_cpu_model_names = get_cpu_model_names;
    handlers->connect_domain_xml_to_native = xml_to_native;
}
