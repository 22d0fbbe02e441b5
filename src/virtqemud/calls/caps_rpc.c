/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: capabilities, versions, and what a definition looks like to QEMU. Emulators are asked on a worker. */
#include "common/error.h"
#include "common/parallel.h"
#include "virtqemud/calls/caps_task.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/caps/caps_xml.h"
#include "virtqemud/command/build.h"
#include "virtqemud/guest/define.h"
#include "virtqemud/guest/guest_cpu.h"
#include "virtqemud/guest/start.h"
#include "virtqemud/guest/state_dir.h"
#include "virtqemud/helper/dbus_host.h"
#include "virtqemud/host/firmware.h"
#include "virtqemud/storage/volume_peer.h"
#include "virtqemud/wire.h"

/* ---- <capabilities> ---- */

static void ask_emulator(gpointer data, gpointer unused)
{
    CapsGuest *guest = data;
    const char *path = caps_default_emulator(guest->arch);

    guest->caps = path ? caps_cache_get(driver.caps, path, NULL) : NULL;
}

/* All are asked at once. One that cannot be asked does not take the host's others from the answer. */
static void work_capabilities(CapsTask *task)
{
    CapsGuest guests[] = {{.arch = "i686"}, {.arch = "x86_64"}};
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    guint n = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(guests); i++)
        g_ptr_array_add(all, &guests[i]);
    parallel_each(all, ask_emulator);
    for (gsize i = 0; i < G_N_ELEMENTS(guests); i++)
        if (guests[i].caps)
            guests[n++] = guests[i];
    task->text = caps_xml_host(guests, n);
    for (guint i = 0; i < n; i++)
        emulator_caps_unref(guests[i].caps);
}

static void answer_capabilities(CapsTask *task)
{
    ((remote_connect_get_capabilities_ret *)rpc_call_ret(task->call))->capabilities = g_steal_pointer(&task->text);
}

static gboolean get_capabilities(RpcCall *call, remote_connect_get_capabilities_ret *ret, GError **error)
{
    caps_task_push(caps_task_new(call, work_capabilities, answer_capabilities));
    return TRUE;
}

/* ---- <domainCapabilities> ---- */

static void work_domain_capabilities(CapsTask *task)
{
    const EmulatorMachine *machine;
    g_autoptr(EmulatorCaps) caps = caps_task_find_kind(task, &machine);
    g_autoptr(GPtrArray) firmware = firmware_load_here(driver.is_privileged);

    if (caps)
        task->text = caps_xml_domain(caps, machine, task->arch ? task->arch : caps->arch, task->virt_type, firmware);
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
    task = caps_task_new(call, work_domain_capabilities, answer_domain_capabilities);
    task->path = caps_task_copy(args->emulatorbin);
    task->arch = caps_task_copy(args->arch);
    task->machine = caps_task_copy(args->machine);
    task->virt_type = caps_task_copy(args->virttype);
    caps_task_push(task);
    return TRUE;
}

/* ---- version ---- */

static void work_version(CapsTask *task)
{
    g_autoptr(EmulatorCaps) caps = caps_task_find_emulator(task);

    if (caps)
        task->version = caps->version;
}

static void answer_version(CapsTask *task)
{
    ((remote_connect_get_version_ret *)rpc_call_ret(task->call))->hv_ver = task->version;
}

static gboolean get_version(RpcCall *call, remote_connect_get_version_ret *ret, GError **error)
{
    caps_task_push(caps_task_new(call, work_version, answer_version));
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
    if (!guest_cpu_settle(def, caps, &task->error) || !volume_peer_resolve(def, &task->error))
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
    task = caps_task_new(call, work_native, answer_native);
    task->xml = g_strdup(args->domainXml);
    caps_task_push(task);
    return TRUE;
}

void caps_rpc_add(RemoteHandlers *handlers)
{
    handlers->connect_get_capabilities = get_capabilities;
    handlers->connect_get_domain_capabilities = get_domain_capabilities;
    handlers->connect_get_version = get_version;
    handlers->connect_domain_xml_to_native = xml_to_native;
}
