/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/calls/caps_task.h"

#include "common/error.h"

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
    g_clear_pointer(&task->documents, g_ptr_array_unref);
    g_free(task);
}

CapsTask *caps_task_new(RpcCall *call, void (*work)(CapsTask *), void (*answer)(CapsTask *))
{
    CapsTask *task = g_new0(CapsTask, 1);

    *task = (CapsTask){.call = call, .work = work, .answer = answer};
    rpc_call_defer(call);
    return task;
}

void caps_task_push(CapsTask *task)
{
    daemon_run_worker(driver.daemon, run, done, task);
}

char *caps_task_copy(char *const *text)
{
    return text ? g_strdup(*text) : NULL;
}

EmulatorCaps *caps_task_find_emulator(CapsTask *task)
{
    const char *arch = task->arch ? task->arch : "x86_64";
    const char *path = task->path ? task->path : caps_default_emulator(arch);
    EmulatorCaps *caps;

    if (!domain_arch_is_known(arch)) {
        vir_error_set(&task->error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "unknown architecture: %s", arch);
        return NULL;
    }
    if (!path) {
        vir_error_set(&task->error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
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

EmulatorCaps *caps_task_find_kind(CapsTask *task, const EmulatorMachine **machine)
{
    g_autoptr(EmulatorCaps) caps = caps_task_find_emulator(task);

    if (!caps)
        return NULL;
    if (!task->virt_type)
        task->virt_type = g_strdup(caps->has_kvm ? "kvm" : "qemu");
    if (xml_enum_find(virt_types, VIRT_LAST, task->virt_type) < 0) {
        vir_error_set(&task->error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "unknown virttype: %s", task->virt_type);
        return NULL;
    }
    if (!g_str_equal(task->virt_type, "qemu") && !(g_str_equal(task->virt_type, "kvm") && caps->has_kvm)) {
        vir_error_set(&task->error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG,
                      "the accelerator '%s' is not supported by '%s' on this host", task->virt_type, caps->path);
        return NULL;
    }
    if (g_str_equal(task->virt_type, "qemu") && caps->has_kvm) {
        g_autoptr(EmulatorCaps) with_kvm = g_steal_pointer(&caps);

        caps = caps_cache_get_for(driver.caps, with_kvm->path, VIRT_QEMU, &task->error);
        if (!caps)
            return NULL;
    }
    *machine = emulator_caps_machine(caps, task->machine);
    if (*machine)
        return g_steal_pointer(&caps);
    vir_error_set(&task->error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG,
                  "the machine '%s' is not supported by emulator '%s'", task->machine, caps->path);
    return NULL;
}
